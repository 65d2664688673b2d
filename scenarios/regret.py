"""Robust choices: what every plan costs in every world, what it regrets there, and the plan of least worst regret.

The regret of a plan in a world is its expected cost there less the best plan's (Savage 1951). What exceeds a budget or
a capacity of the world is counted as the planner weighs it, at more than it can earn: such a plan cannot be placed
there as it stands.
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
    best = costs.groupby("world")["cost"].min()
    return costs.assign(regret=costs["cost"] - costs["world"].map(best))[REGRET_COLUMNS]


def exceeds(costs: pd.DataFrame) -> pd.Series:
    """Whether each row's plan goes beyond a limit of its world."""
    return costs["over_budget"].gt(0) | costs["over_capacity"].gt(0)


def least_regret(regret: pd.DataFrame) -> Choice:
    """The plan whose worst regret is least, the first of equal ones."""
    worst = regret.loc[regret.groupby("plan", sort=False)["regret"].idxmax()]
    chosen = worst.loc[worst["regret"].idxmin()]
    broken = exceeds(regret[regret["plan"] == chosen["plan"]]).any()
    return Choice(str(chosen["plan"]), str(chosen["world"]), float(chosen["regret"]), not broken)
