"""Transfers: which goods can be moved between locations, when, and at what cost."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, inf
from typing import Any

import numpy as np
import pandas as pd

from data.company import Company
from optimize.instance import Period, Slot
from optimize.lanes import Lane
from optimize.stock_flow import Floats

TINY = 1e-9


@dataclass(frozen=True)
class Route:
    """A way from one series to another of the same item: ``cost`` money per unit moved, ``most`` units a week."""

    sender: int
    receiver: int
    lead_time: int
    cost: float
    most: float


def routes(company: Company) -> list[Route]:
    """All routes; a row that names the sku goes before one for all."""
    table: pd.DataFrame = company.transfers
    place = {key: position for position, key in enumerate(company.series)}
    found: dict[tuple[int, int], Route] = {}
    for row in sorted(table.itertuples(index=False), key=lambda row: _named(row.sku) == ""):
        for sku in [_named(row.sku)] if _named(row.sku) else company.items.index:
            ends = place.get((sku, row.from_location)), place.get((sku, row.to_location))
            if ends[0] is not None and ends[1] is not None:
                found.setdefault((ends[0], ends[1]), _route(ends[0], ends[1], row))
    return [found[key] for key in sorted(found)]


def _named(sku: Any) -> str:
    return "" if pd.isna(sku) else str(sku)


def _route(sender: int, receiver: int, row: Any) -> Route:
    most = inf if pd.isna(row.most_units) or row.most_units == inf else floor(row.most_units + TINY)
    return Route(sender, receiver, int(row.lead_time_weeks), float(row.unit_cost), most)


def weeks_of(route: Route, ends: Sequence[int]) -> range:
    """The weeks in which units can leave so that they arrive in time."""
    return range(min(ends[route.sender], ends[route.receiver] - route.lead_time))


def passed_on(found: list[Route], tops: dict[int, float]) -> Floats:
    """Units (series,) that each series may have beyond its own needs: what all that it exchanges goods with can use."""
    joined: dict[int, set[int]] = defaultdict(set)
    for route in found:
        joined[route.sender].add(route.receiver)
        joined[route.receiver].add(route.sender)
    extra = np.zeros(max(tops, default=-1) + 1)
    for one in sorted(joined.keys() & tops.keys()):
        extra[one] = sum(tops.get(other, 0.0) for other in sorted(_reached(one, joined) - {one}))
    return extra


def _reached(start: int, onward: dict[int, set[int]]) -> set[int]:
    seen, ahead = set[int](), [start]
    while ahead:
        for one in onward.get(ahead.pop(), set()) - seen:
            seen.add(one)
            ahead.append(one)
    return seen


def transfer_slots(
    found: list[Route], periods: list[Period], ends: Sequence[int], supplier: int, room: Floats
) -> Iterator[tuple[Slot, Slot]]:
    """The slots of each route and week: units leave one series, and as many reach the other.

    ``room`` (series,): units beyond which a series can use none more. Moving is paid where the units arrive.
    """
    position = {(period.series, period.first): index for index, period in enumerate(periods)}
    for route in found:
        most = None if route.most == inf else int(route.most)
        limit = int(min(route.most, room[route.receiver]))
        out = Lane(route.sender, supplier, False, 0, 0.0, 0.0, -1, 1, most, kind="sent")
        back = Lane(route.receiver, supplier, False, route.lead_time, route.cost, 0.0, 1, 1, most, kind="received")
        for week in weeks_of(route, ends) if limit else ():
            then = week + route.lead_time
            yield (
                Slot(out, week, week, position[route.sender, week], limit),
                Slot(back, week, then, position[route.receiver, then], limit),
            )
