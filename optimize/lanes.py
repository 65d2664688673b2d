"""Lanes: the ways in which a series can be ordered, and the weeks in which it can."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, inf
from typing import Any, Literal

import pandas as pd

from data.company import Company
from optimize.payment import credit_shares

TINY = 1e-9
Kind = Literal["order", "clearance", "sent", "received"]
BREAK_COLUMNS = ["sku", "supplier", "from_units", "unit_cost"]


@dataclass(frozen=True)
class Lane:
    """One way to order one series: from a supplier, regular or expedite; or a way in which its units leave.

    ``series``, ``supplier``: positions in the company's series and suppliers. ``lead_time``: weeks from the order's
    Monday to the one from which it can be sold. ``unit_cost``: money per unit, of which ``surcharge`` is what rushing
    adds. ``pack``: units per pack; ``least`` and ``most``: packs per order line, ``most`` None without a limit.
    ``line_cost``: money per order line, whatever its quantity; ``credit``: money per unit that the supplier's payment
    terms are worth. ``most_in_all``: packs of all price tiers of an order line together, None without a limit or other
    tiers. ``kind``: of a clearance, or where units are sent to another location, ``pack`` is -1: every unit
    takes one from supply; a clearance's ``unit_cost`` is what it brings. ``volume`` and ``weight``: of a container, per
    unit. ``shift``: weeks by which it is later than promised, on the clock of its series (see late.py). ``delays``:
    (first, last, weeks): what is ordered in the weeks from first to last takes so many weeks more, where a what-if
    says so.
    """

    series: int
    supplier: int
    expedite: bool
    lead_time: int
    unit_cost: float
    surcharge: float
    pack: int
    least: int
    most: int | None
    line_cost: float = 0.0
    credit: float = 0.0
    kind: Kind = "order"
    volume: float = 0.0
    weight: float = 0.0
    shift: int = 0
    delays: tuple[tuple[int, int, int], ...] = ()
    most_in_all: int | None = None

    @property
    def usable(self) -> bool:
        """Whether its limit leaves room for its minimum."""
        return self.most is None or self.least <= self.most

    @property
    def net_cost(self) -> float:
        """Money per unit, less what paying later is worth."""
        return self.unit_cost - self.credit

    @property
    def arrives_after(self) -> int:
        """Weeks from the order to the arrival on the clock of its series."""
        return max(self.lead_time + self.shift, 0)

    def arrivals(self, weeks: Sequence[int]) -> list[int]:
        """The weeks in which orders of some weeks arrive on the clock of its series."""
        after = self.arrives_after
        if not self.delays:
            return [week + after for week in weeks]
        return [week + after + delayed(self.delays, week) for week in weeks]

    def due(self, week: int) -> int:
        """The week for which an order of ``week`` is promised."""
        return week + self.lead_time + delayed(self.delays, week)


def working(own: Iterable[Lane]) -> Lane:
    """The lane that a series is usually ordered by: the cheapest regular one, then the faster."""
    return min((lane for lane in own if not lane.expedite), key=lambda lane: (lane.net_cost, lane.lead_time))


def delayed(delays: Iterable[tuple[int, int, int]], week: int) -> int:
    """Weeks by which an order of ``week`` takes longer."""
    return sum(more for first, last, more in delays if first <= week <= last)


def order_weeks(company: Company, weeks: int) -> list[list[int]]:
    """The weeks 0..weeks-1 in which each supplier accepts orders, by position.

    A supplier with a first order date accepts orders from its week on, every ``order_every_weeks``; without one the
    run's own Monday begins the cycle. None is accepted on the days in ``closed``, where a what-if gives that column:
    (first, last) pairs.
    """
    suppliers = company.suppliers
    closed = suppliers["closed"] if "closed" in suppliers else [()] * len(suppliers)
    return [
        [week for week in _cycle(company.as_of, first, int(every), weeks) if not _within(company.as_of, week, away)]
        for first, every, away in zip(suppliers["first_order"], suppliers["order_every_weeks"], closed, strict=True)
    ]


def _within(as_of: pd.Timestamp, week: int, days: Sequence[tuple[pd.Timestamp, pd.Timestamp]]) -> bool:
    monday = as_of + pd.Timedelta(weeks=week)
    return any(first <= monday <= last for first, last in days)


def _cycle(as_of: pd.Timestamp, first: pd.Timestamp, every: int, weeks: int) -> list[int]:
    anchor = 0 if pd.isna(first) else (first - as_of).days // 7
    return [week for week in range(max(anchor, 0), weeks) if (week - anchor) % every == 0]


def lanes(company: Company) -> list[Lane]:
    """All lanes, in the order of the series, then of the suppliers; regular before expedite, cheaper tiers last.

    An all-units discount makes a lane of each of its tiers, whose least and most packs keep within the tier. Those that
    are not ``usable`` tell what goods cost, but nothing can be ordered by them.
    """
    series = {key: position for position, key in enumerate(company.series)}
    suppliers = {name: position for position, name in enumerate(company.suppliers.index)}
    breaks: pd.DataFrame = company.price_breaks.sort_values("from_units", kind="stable")
    tiers: dict[tuple[Any, Any], list[tuple[float, float]]] = defaultdict(list)
    for sku, supplier, *tier in zip(*(breaks[name] for name in BREAK_COLUMNS), strict=True):
        tiers[sku, supplier].append((float(tier[0]), float(tier[1])))
    found: list[Lane] = []
    for row in company.sourcing.itertuples(index=False):
        if (row.sku, row.location) not in series:
            continue
        place = series[row.sku, row.location], suppliers[row.supplier]
        delays = tuple(getattr(row, "delays", ()))
        own = [*_regular(row, place, tiers[row.sku, row.supplier]), *_expedite(row, place)]
        found += [replace(lane, delays=delays) for lane in own] if delays else own
    credit = credit_shares(company)
    sizes = company.items.loc[company.series.get_level_values("sku"), ["volume", "weight"]].astype(float).fillna(0.0)
    room = sizes.to_numpy().tolist()
    sized = [
        replace(lane, credit=credit[lane.supplier] * lane.unit_cost, volume=volume, weight=weight)
        for lane, (volume, weight) in ((lane, room[lane.series]) for lane in found)
    ]
    return sorted(sized, key=lambda lane: (lane.series, lane.supplier, lane.expedite))


def _regular(row: Any, place: tuple[int, int], tiers: list[tuple[float, float]]) -> Iterator[Lane]:
    """The lane of each price tier; the first is at the sourcing's own cost."""
    starts = [(0.0, float(row.unit_cost)), *tiers]
    ends = [from_units for from_units, _ in starts[1:]] + [inf]
    pack, least, most = _packs(row)
    in_all = None if most == inf or not tiers else int(most)
    for (from_units, unit_cost), end in zip(starts, ends, strict=True):
        low = max(least, ceil(from_units / pack - TINY))
        high = most if end == inf else min(most, ceil(end / pack - TINY) - 1)
        limit = None if high == inf else int(high)
        charge, after = float(row.line_cost), int(row.lead_time_weeks)
        yield Lane(*place, False, after, unit_cost, 0.0, pack, low, limit, charge, most_in_all=in_all)


def _expedite(row: Any, place: tuple[int, int]) -> Iterator[Lane]:
    """The rushed lane, if there is one that is faster."""
    rushed = row.expedite_lead_time_weeks
    if pd.notna(rushed) and int(rushed) < int(row.lead_time_weeks):
        pack, least, most = _packs(row)
        regular = float(row.unit_cost)
        cost = regular if pd.isna(row.expedite_unit_cost) else float(row.expedite_unit_cost)
        limit = None if most == inf else int(most)
        yield Lane(*place, True, int(rushed), cost, cost - regular, pack, least, limit, float(row.line_cost))


def _packs(row: Any) -> tuple[int, int, float]:
    """Units per pack, and the least and most packs of an order line."""
    pack = max(round(row.pack_size), 1)
    return pack, max(ceil(row.moq / pack - TINY), 1), floor(row.max_units / pack + TINY) if row.max_units < inf else inf
