"""Lanes: the ways in which a series can be ordered, and the weeks in which it can."""

from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Any

import pandas as pd

from data.company import Company


@dataclass(frozen=True)
class Lane:
    """One way to order one series: from a supplier, regular or expedite.

    ``series``, ``supplier``: positions in the company's series and suppliers. ``lead_time``: weeks from the order's
    Monday to the one from which it can be sold. ``unit_cost``: money per unit, of which ``surcharge`` is what rushing
    adds. ``pack``: units per pack; ``least`` and ``most``: packs per order line, ``most`` None without a limit.
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


def order_weeks(company: Company, weeks: int) -> list[list[int]]:
    """The weeks 0..weeks-1 in which each supplier accepts orders, by position.

    A supplier with a first order date accepts orders from its week on, every ``order_every_weeks``; without one the
    run's own Monday begins the cycle.
    """
    suppliers = company.suppliers
    return [
        _cycle(company.as_of, first, int(every), weeks)
        for first, every in zip(suppliers["first_order"], suppliers["order_every_weeks"], strict=True)
    ]


def _cycle(as_of: pd.Timestamp, first: pd.Timestamp, every: int, weeks: int) -> list[int]:
    anchor = 0 if pd.isna(first) else (first - as_of).days // 7
    return [week for week in range(max(anchor, 0), weeks) if (week - anchor) % every == 0]


def lanes(company: Company) -> list[Lane]:
    """All lanes, in the order of the series, then of the sourcing table; regular before expedite.

    A source whose limit per order is below its minimum can never be used and gives no lane.
    """
    series = {key: position for position, key in enumerate(company.series)}
    suppliers = {name: position for position, name in enumerate(company.suppliers.index)}
    found: list[Lane] = []
    for row in company.sourcing.itertuples(index=False):
        found += _lanes_of(row, series[row.sku, row.location], suppliers[row.supplier])
    return sorted(found, key=lambda lane: (lane.series, lane.supplier, lane.expedite))


def _lanes_of(row: Any, series: int, supplier: int) -> list[Lane]:
    pack = max(round(row.pack_size), 1)
    least = max(ceil(row.moq / pack - 1e-9), 1)
    most = floor(row.max_units / pack + 1e-9) if isfinite(row.max_units) else None
    if most is not None and most < least:
        return []
    lead_time = int(row.lead_time_weeks)
    regular = Lane(series, supplier, False, lead_time, float(row.unit_cost), 0.0, pack, least, most)
    if pd.isna(row.expedite_lead_time_weeks) or int(row.expedite_lead_time_weeks) >= lead_time:
        return [regular]
    rushed = regular.unit_cost if pd.isna(row.expedite_unit_cost) else float(row.expedite_unit_cost)
    surcharge = rushed - regular.unit_cost
    rush_time = int(row.expedite_lead_time_weeks)
    return [regular, Lane(series, supplier, True, rush_time, rushed, surcharge, pack, least, most)]
