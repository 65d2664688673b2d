"""Recourse: a dearer order that can still follow once the first weeks of a season have been seen.

Where leftovers lose value and the cheapest lane closes early, as with a pre-season buy under a long lead time, units
that turn out to be short are bought later at the dearer lane's cost r, if demand until then has told; else their sale
is lost. The charge per unit short at the end of a period is therefore

    rho^2 (r - v) + (1 - rho^2) charge    in the last period,    (1 - rho^2) charge    before,

with v what a unit left brings and rho the correlation, over the paths, of demand until the dearer lane's last order
that arrives in time with demand until the period ends: rho^2 is the share of its variance that is known by then. A
shortage in several periods is mended once. The order that follows is no decision of this plan: that of its own week
makes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize.cost_curves import Calendar
from optimize.lanes import Lane, working
from optimize.stock_flow import Floats


@dataclass(frozen=True)
class Later:
    """A dearer order that can follow: placed in ``week``, at ``unit_cost``; ``since``: the week of the cheapest lane's
    last order.
    """

    week: int
    unit_cost: float
    since: int


def later_orders(own: Sequence[Lane], orders: Sequence[Sequence[int]], calendar: Calendar) -> list[Later | None]:
    """For each period, the cheapest dearer order after the cheapest lane's last one that arrives by its start."""
    if not own:
        return [None] * len(calendar.starts)
    usual = working(own)
    last = max((week for week in orders[usual.supplier] if usual.due(week) < calendar.end), default=None)
    found: list[Later | None] = []
    for start in calendar.starts:
        open_still = [
            Later(week, lane.net_cost, last)
            for lane in own
            for week in orders[lane.supplier]
            if last is not None and lane.net_cost > usual.net_cost and last < week and lane.due(week) <= start
        ]
        found.append(min(open_still, key=lambda one: (one.unit_cost, -one.week), default=None))
    return found


def softened(
    charges: list[float], later: Sequence[Later | None], calendar: Calendar, end_value: float, demand: Floats
) -> list[float]:
    """The charges of a series' periods where a dearer order can follow; ``demand`` (S, H) of the series."""
    found = list(charges)
    for p, one in enumerate(later):
        if one is not None:
            known = _known(demand[:, one.since : one.week], demand[:, one.since : calendar.weeks_of(p)[1] + 1])
            bought = one.unit_cost - end_value if p == len(later) - 1 else 0.0
            found[p] = min(charges[p], known * bought + (1.0 - known) * charges[p])
    return found


def _known(seen: Floats, needed: Floats) -> float:
    """The share of the variance of a sum of weeks' demand that its first weeks tell; 0 where nothing varies."""
    first, total = seen.sum(axis=1), needed.sum(axis=1)
    if first.std() <= 0 or total.std() <= 0:
        return 0.0
    return float(np.corrcoef(first, total)[0, 1] ** 2)
