"""Robust choices: what every plan costs in every world, what it regrets there, and the plan of least worst regret.

The regret of a plan in a world is its expected cost there less that of the best plan that keeps the world's limits
(Savage 1951). A plan that exceeds a budget or a capacity of a world cannot be placed there as it stands: it is chosen
only if every plan exceeds some world's.
"""

from dataclasses import dataclass

import pandas as pd

from scenarios.comparison import REGRET_COLUMNS


@dataclass(frozen=True)
class Choice:
    """The plan of least worst regret: ``plan``, the ``world`` in which it regrets most, and that ``regret``, money;
    ``keeps_limits``: whether it can be placed in every world.
    """

    plan: str
    world: str
    regret: float
    keeps_limits: bool


def with_regret(costs: pd.DataFrame) -> pd.DataFrame:
    """The matrix as a table (``REGRET_COLUMNS``), from plan, world, cost, over_budget and over_capacity."""
    kept = costs[~exceeds(costs)]
    best = kept.groupby("world")["cost"].min().reindex(costs["world"].unique())
    best = best.fillna(costs.groupby("world")["cost"].min())
    return costs.assign(regret=costs["cost"] - costs["world"].map(best))[REGRET_COLUMNS]


def exceeds(costs: pd.DataFrame) -> pd.Series:
    """Whether each row's plan goes beyond a limit of its world."""
    return costs["over_budget"].gt(0) | costs["over_capacity"].gt(0)


def least_regret(regret: pd.DataFrame) -> Choice:
    """The plan whose worst regret is least, the first of equal ones, among those that can be placed everywhere."""
    broken = set(regret.loc[exceeds(regret), "plan"])
    able = regret[~regret["plan"].isin(broken)]
    rows = able if len(able) else regret
    worst = rows.loc[rows.groupby("plan", sort=False)["regret"].idxmax()]
    chosen = worst.loc[worst["regret"].idxmin()]
    return Choice(str(chosen["plan"]), str(chosen["world"]), float(chosen["regret"]), bool(len(able)))
