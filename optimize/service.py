"""Service floors: the least fill rate that a segment is to have, at a price where it cannot.

A segment's fill rate is the share of its expected demand, in the weeks that orders can reach, that is met from stock.
What is short is counted as the plan counts it: units short when a period between two possible arrivals ends, and units
given up. A floor may be kept by some of its series for others, where service costs least.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from data.company import Company
from optimize.stock_flow import Floats


@dataclass(frozen=True)
class Floor:
    """A floor. ``share``: the least fill rate; ``series``: those of its segment that orders can reach; ``demand``:
    their expected demand in the weeks that orders can reach, units; ``over_price``: money per unit short beyond it.
    """

    name: str
    share: float
    series: tuple[int, ...]
    demand: float
    over_price: float

    @property
    def most_short(self) -> float:
        """Units that may be short."""
        return (1.0 - self.share) * self.demand


def service_floors(company: Company, demand: Floats, lost: Sequence[float], weeks: dict[int, slice]) -> list[Floor]:
    """The floors of all segments with demand that orders can reach.

    ``demand`` (S, N, H); ``lost`` (N,): money per unit lost; ``weeks``: those that orders can reach, by series.
    """
    found = []
    for name, share, members in _segments(company):
        series = tuple(i for i in members if i in weeks)
        expected = sum(float(demand[:, i, weeks[i]].sum()) / len(demand) for i in series)
        if expected > 0:
            price = company.policy.service.price * max(lost[i] for i in series)
            found.append(Floor(name, share, series, expected, price))
    return found


def _segments(company: Company) -> Iterator[tuple[str, float, list[int]]]:
    """(name, floor, series) of all together, of each category and of each item that has a floor."""
    service = company.policy.service
    items = company.items.reindex(company.series.get_level_values("sku"))
    if service.floor > 0:
        yield "all", service.floor, list(range(len(items)))
    for category, share in sorted(service.categories.items()):
        if share > 0:
            yield f"category {category}", share, np.flatnonzero(items["category"] == category).tolist()
    own: dict[tuple[str, float], list[int]] = defaultdict(list)
    shares = items["service_floor"].to_numpy(float)
    for i in np.flatnonzero(shares > 0).tolist():
        own[str(items.index[i]), float(shares[i])].append(i)
    for (sku, share), members in own.items():
        yield sku, share, members


def most_worth(lost: Sequence[float], floors: Sequence[Floor]) -> list[float]:
    """The most that a unit of each series can earn (N,), money: what losing it costs, and what its floors add.

    A capacity or a budget must cost more than that to exceed: a floor gives before them.
    """
    worth = list(lost)
    for floor in floors:
        for i in floor.series:
            worth[i] += floor.over_price
    return worth
