"""Trade-off curves: what a budget, a service floor or a carrying rate costs, over a grid; each point is a plan.

A budget's points are shares of the input's budgets, or, where it has none, of what the base spends, as one budget over
the horizon. A plan for less money is also one for more, and a plan for a higher floor one for a lower: where such a
plan is cheaper than the one found for a point, the point has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pandas as pd

from data.calendar import WEEK
from scenarios.comparison import CURVE_COLUMNS, Outcome
from scenarios.fields import FIELDS
from scenarios.patch import Override, Scenario, WrongScenario, nearest
from scenarios.run import Run

GRIDS: dict[str, tuple[float, ...]] = {
    "budget": (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1),
    "service_floor": (0.9, 0.95, 0.97, 0.98, 0.99),
    "carrying_rate": (0.1, 0.2, 0.3, 0.4, 0.5),
}


@dataclass(frozen=True)
class Curve:
    """A field (of ``GRIDS``) and its values, ascending."""

    field: str
    values: tuple[float, ...]


def read_curve(text: str) -> Curve:
    """A curve as it is asked for: ``budget``, or ``budget=0.6,0.8,1``; raises WrongScenario."""
    field, _, given = text.partition("=")
    if field not in GRIDS:
        raise WrongScenario(f"There is no curve over {field!r}. {nearest(field, GRIDS)}")
    try:
        values = tuple(sorted({float(value) for value in given.split(",")})) if given else GRIDS[field]
    except ValueError:
        raise WrongScenario(f"{given!r} is no list of numbers. Write it like {field}=0.6,0.8,1.") from None
    if not all(isfinite(value) and 0 <= value <= FIELDS[field].high for value in values):
        raise WrongScenario(f"{given!r}: values of {field} lie from 0 to {FIELDS[field].high:g}.")
    return Curve(field, values)


def points(base: Run, curve: Curve) -> list[Scenario]:
    """A scenario for each value of the grid."""
    return [
        Scenario(name=f"{curve.field} {value:g}", override=(_override(base, curve.field, value),))
        for value in curve.values
    ]


def _override(base: Run, field: str, value: float) -> Override:
    if field != "budget":
        return Override(field=field, value=value)
    if len(base.company.budgets):
        return Override(field=field, operation="multiply", value=value)
    return Override(field=field, value=value * float(base.plan.orders["value"].sum()))


def curve_table(base: Run, field: str, values: Sequence[float], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """The curve (``CURVE_COLUMNS``) from the re-optimised outcomes at those values that could be planned, ascending."""
    rows: list[dict[str, Any]] = []
    for place, value in enumerate(values):
        one = outcomes[_serving(field, outcomes, place)]
        amount = _amount(base, field, value)
        mean = {name: float(values.mean()) for name, values in one.totals.items()}
        rows.append(
            {
                "field": field,
                "value": value,
                "amount": amount,
                "plan": one.scenario,
                "spend": mean["purchase_spend"],
                "cost": mean["total_cost"],
                "profit": mean["profit"],
                "fill_rate": mean["fill_rate"],
                "over_budget": mean["over_budget"],
            }
        )
    table = pd.DataFrame(rows, columns=CURVE_COLUMNS[:-1])
    table["marginal_value"] = -table["cost"].diff() / table["amount"].diff()
    return table[CURVE_COLUMNS]


def _serving(field: str, outcomes: Sequence[Outcome], place: int) -> int:
    """The outcome that serves a point best: its own, or the cheapest of those that keep a tighter limit."""
    tighter = {"budget": range(place), "service_floor": range(place + 1, len(outcomes))}.get(field, range(0))
    able = [place, *(one for one in tighter if not outcomes[one].totals["over_budget"].any())]
    return min(able, key=lambda one: float(outcomes[one].totals["total_cost"].mean()))


def _amount(base: Run, field: str, value: float) -> float:
    """The value in money for a budget, else itself."""
    if field != "budget":
        return value
    budgets, last = base.company.budgets, base.company.as_of + base.company.policy.horizon.weeks * WEEK
    coming = budgets[pd.to_datetime(budgets["end"]).ge(base.company.as_of) & pd.to_datetime(budgets["start"]).lt(last)]
    return value * float(coming["amount"].sum() if len(budgets) else base.plan.orders["value"].sum())
