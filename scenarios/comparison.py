"""Comparison: the base and its scenarios side by side, each with its orders committed and re-optimised."""

from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from data.company import Floats
from optimize.plan import Plan
from scenarios.patch import Scenario
from scenarios.run import Run

BASE, WEIGHTED = "base", "weighted"
TABLE_COLUMNS = ["scenario", "orders", "measure", "week", "mean", "q10", "q90", "difference", "standard_error"]
APPLIED_COLUMNS = [
    *("scenario", "priority", "field", "operation", "value"),
    *("sku", "category", "supplier", "location", "promo", "from", "to", "changed"),
]
FAILED_COLUMNS = ["scenario", "problem"]
REGRET_COLUMNS = ["plan", "world", "cost", "regret", "over_budget", "over_capacity"]
CHANGES_COLUMNS = [
    *("scenario", "sku", "location", "supplier", "order_date", "expedite"),
    *("units_base", "units_scenario", "change", "why"),
]
CURVE_COLUMNS = [
    *("field", "value", "amount", "plan"),
    *("spend", "cost", "profit", "fill_rate", "over_budget", "marginal_value"),
]

Orders = Literal["committed", "reoptimised"]


@dataclass(frozen=True)
class Outcome:
    """Orders met with the futures of one world.

    ``orders``: committed (the base's orders as they stand) or reoptimised for this world. ``plan``: of the
    re-optimised orders and of the base, else None. ``lines``: the orders played, rows as plan.orders.
    ``weekly``: by measure, money or units by path and week, (S, H). ``totals``: by measure, over the horizon, (S,).
    Path s is the same future in every outcome.
    """

    scenario: str
    orders: Orders
    plan: Plan | None
    lines: pd.DataFrame
    weekly: dict[str, Floats]
    totals: dict[str, Floats]


@dataclass(frozen=True)
class Weighted:
    """One plan for several scenarios at once (see weighted.py).

    ``shares``: of each scenario in the futures put together; ``left_out``: scenarios that change more than demand;
    ``caution``: the weight of the worst tenth; ``mean`` and ``worst``: expected loss, and that of the worst tenth,
    money; ``plans``: how many were made.
    """

    plan: Plan
    shares: dict[str, float]
    left_out: list[str]
    caution: float
    mean: float
    worst: float
    plans: int


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns)


@dataclass(frozen=True)
class Comparison:
    """What changes when the world or the plan changes, in money, on the same futures.

    ``scenarios``: those that ran, in the order asked. ``outcomes``: the base first (scenario ``BASE``, committed), then
    of each scenario the committed and the re-optimised orders.
    ``table``: compare.csv (``TABLE_COLUMNS``), week NaT: the total; difference to the base, with its standard error
    over the paths' own differences.
    ``applied``: one row per override that acted, in the order of action (``APPLIED_COLUMNS``; blank segments ""),
    ``changed``: how many figures it touched.
    ``failed``: scenarios that could not be run (``FAILED_COLUMNS``).
    ``regret``: expected cost of each plan in each world, with what exceeding limits weighs for the planner; what it
    lies above the best plan's there; by what it exceeds budgets (money) and capacities (units) (``REGRET_COLUMNS``; the
    base among both, and the plan ``WEIGHTED`` if it was asked for).
    ``changes``: order lines that differ from the base's (``CHANGES_COLUMNS``), why in words.
    ``curve``: a trade-off curve (``CURVE_COLUMNS``), one row per value: the ``amount`` that it stands for, the ``plan``
    that serves it, and what one more of the amount saves since the row before; empty if none was asked for.
    ``weighted``: the plan for all scenarios at once, None if it was not asked for.
    """

    base: Run
    scenarios: list[Scenario]
    outcomes: list[Outcome]
    table: pd.DataFrame
    applied: pd.DataFrame = field(default_factory=lambda: _empty(APPLIED_COLUMNS))
    failed: pd.DataFrame = field(default_factory=lambda: _empty(FAILED_COLUMNS))
    regret: pd.DataFrame = field(default_factory=lambda: _empty(REGRET_COLUMNS))
    changes: pd.DataFrame = field(default_factory=lambda: _empty(CHANGES_COLUMNS))
    curve: pd.DataFrame = field(default_factory=lambda: _empty(CURVE_COLUMNS))
    weighted: Weighted | None = None

    def outcome(self, scenario: str, orders: Orders) -> Outcome:
        """One of the outcomes; raises KeyError if there is none."""
        for one in self.outcomes:
            if (one.scenario, one.orders) == (scenario, orders):
                return one
        raise KeyError(f"no outcome {scenario!r} with {orders} orders")

    def figure(self, one: Outcome, measure: str) -> tuple[float, float]:
        """The mean of a measure's total in an outcome, and of its difference to the base's, path by path."""
        total, usual = one.totals[measure], self.outcomes[0].totals[measure]
        return float(total.mean()), float((total - usual).mean())
