"""Where orders that are given go beyond what a world's budgets and capacities allow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.company import Floats
from optimize.budgets import budgets
from optimize.instance import Budget, Slot
from optimize.lanes import Lane
from scenarios.play import Played

ROUNDING = 1e-5
"""The share of a limit up to which nobody calls it exceeded: ten of a budget of a million."""


@dataclass(frozen=True)
class Exceeded:
    """``money`` (H,): of the orders beyond what each budget leaves for them, in the budget's first week; ``units``
    (H,): beyond their suppliers' capacities, by order week; ``weight``: what all of it weighs for the planner, money,
    more than it can earn. Nobody pays that.
    """

    money: Floats
    units: Floats
    weight: float


def exceeded(played: Played) -> Exceeded:
    """By how much the orders exceed the world's limits."""
    money, over, weight = np.zeros(played.sold.shape[2]), _units_over(played), 0.0
    for budget, beyond in _budgets(played):
        money[budget.week] += beyond
        weight += budget.over_price * beyond
    if over.any():
        weight += float((2.0 * _dearest(played)) @ over.sum(axis=1))
    return Exceeded(money, np.asarray(over.sum(axis=0)), weight)


def _dearest(played: Played) -> Floats:
    """The most that a unit of each supplier can lose (suppliers,), money."""
    dearest = np.zeros(len(played.company.suppliers))
    for own, worth in zip(played.ground.lanes, played.ground.worth, strict=True):
        for lane in own:
            dearest[lane.supplier] = max(dearest[lane.supplier], worth.lost)
    return dearest


def _budgets(played: Played) -> Iterator[tuple[Budget, float]]:
    """The budgets that are exceeded, and by how much."""
    if not len(played.settled.budgets):
        return
    lines, weeks = played.lines, played.sold.shape[2]
    spent = (lines["units"] * lines["unit_cost"]).to_numpy(dtype=float)
    slots = [_slot(row) for row in lines.itertuples(index=False)]
    for budget in budgets(played.settled, weeks, slots, [own.lost for own in played.ground.worth]):
        over = float(spent[list(budget.slots)].sum()) - budget.amount
        if over > ROUNDING * max(budget.amount, 1.0):
            yield budget, over


def _units_over(played: Played) -> Floats:
    """Units (suppliers, H) beyond the capacities."""
    most = played.company.suppliers["capacity_units"].to_numpy(dtype=float)
    ordered = np.zeros((len(most), played.sold.shape[2]))
    np.add.at(ordered, (played.lines["supplier"], played.lines["order_week"]), played.lines["units"].astype(float))
    over = ordered - most[:, None]
    return np.where(over > ROUNDING * np.maximum(most, 1.0)[:, None], over, 0.0)


def _slot(line: Any) -> Slot:
    """An order line as the budgets see it."""
    lead_time = int(line.promised_week - line.order_week)
    lane = Lane(line.series, line.supplier, line.expedite, lead_time, line.unit_cost, line.surcharge, 1, 1, None)
    return Slot(lane, line.order_week, line.promised_week, 0, 0)
