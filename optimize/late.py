"""What comes late: by how many weeks in each demand path, for what is on order and for what will be ordered.

What a series orders comes k_s weeks late in a path s: cumulative supply received by week t is Z at t - k_s, and one
variable per period is enough. Each delivery is late for itself, and the more of them are on the way at a time, the less
they are all late together: k_s are the weeks of orders that are outstanding beyond their promises, drawn from the
lateness of the series' *working* supplier (its regular lane of least cost), pooled over its orders (see Spread.pooled).
A lane of another supplier keeps the working supplier's clock, moved by the difference of their mean lateness, in whole
weeks.
Series that can be cleared sell at a price of a given week; their orders are late by their mean, in whole weeks.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.company import Company
from optimize.lanes import Lane, working
from optimize.lead_times import PUNCTUAL, Spread, Told, ranks
from optimize.open_orders import arrival_weeks, promised_weeks, units_by_path
from optimize.order_intervals import order_intervals
from optimize.stock_flow import Flags, Floats, Integers


@dataclass(frozen=True)
class Late:
    """``delay`` (S, N): weeks by which what a series orders comes late (negative: early) in each path; ``open_units``
    (S, N, H): what open orders bring in each path, ``open_weeks`` (orders, S): when; ``promised`` (N, H): in the weeks
    that they are promised for, or expected in where all paths agree; ``spread`` (N,): whether the paths differ.
    """

    delay: Integers
    open_units: Floats
    open_weeks: Integers
    promised: Floats
    spread: Flags
    deliveries: tuple[Spread, ...]

    def arrivals(self, ordered: Floats) -> Floats:
        """Units (S, N, H) that open orders bring, and orders whose promised weeks ``ordered`` (N, H) holds."""
        return self.open_units + shifted(ordered, self.delay)

    def clock(self, series: int) -> bytes:
        """What series must have in common to be read off the paths together; nothing where the paths agree."""
        return self.delay[:, series].tobytes() if self.spread[series] else b""


def shifted(units: Floats, delay: Integers) -> Floats:
    """Units by week (n, H) as they come in each path (S, n, H), ``delay`` (S, n) weeks later; the rest comes never."""
    weeks = units.shape[-1]
    since = np.arange(weeks) - delay[..., None]
    inside = (since >= 0) & (since < weeks)
    moved = np.take_along_axis(np.broadcast_to(units, since.shape), np.clip(since, 0, weeks - 1), axis=2)
    return np.where(inside, moved, 0.0)


def on_one_clock(
    company: Company, by_series: list[list[Lane]], expected: Collection[int], known: Told
) -> list[list[Lane]]:
    """Each series' lanes on one clock: of its working supplier, or, for the series ``expected``, of the calendar."""
    means = [late.mean for late in _by_position(company, known)]
    return [
        [replace(lane, shift=_shift(lane, own, means, i in expected)) for lane in own]
        for i, own in enumerate(by_series)
    ]


def _shift(lane: Lane, own: list[Lane], means: list[float], expected: bool) -> int:
    return round(means[lane.supplier] - (0.0 if expected else means[working(own).supplier]))


def _by_position(company: Company, known: Told) -> list[Spread]:
    """Weeks late of every supplier."""
    return [known.late[str(name)] for name in company.suppliers.index]


def late(
    company: Company, by_series: list[list[Lane]], expected: Collection[int], demand: Floats, known: Told
) -> Late | None:
    """What comes late in each of the demand paths (S, N, H); None where everything keeps its promise.

    ``expected``: series for which lateness counts at its mean, open orders at their median.
    """
    paths, _, weeks = demand.shape
    deliveries = _by_position(company, known)
    delay = _delays(company, deliveries, by_series, expected, demand)
    arrive, promised = arrival_weeks(company, paths, known), promised_weeks(company)
    if not delay.any() and (arrive == promised[:, None]).all():
        return None
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(company.open_orders[["sku", "location"]]))
    steady = np.isin(rows, list(expected))
    arrive[steady] = np.median(arrive[steady], axis=1, keepdims=True).astype(np.int64)
    same = (arrive == arrive[:, :1]).all(axis=1)
    spread: Flags = np.asarray(delay.any(axis=0)) | np.isin(np.arange(delay.shape[1]), rows[~same])
    open_units = units_by_path(company, arrive, weeks)
    agreed = np.where(same, arrive[:, 0], promised)
    promises = units_by_path(company, agreed[:, None], weeks)[0]
    return Late(delay, open_units, arrive, promises, spread, tuple(deliveries))


def _delays(
    company: Company,
    deliveries: list[Spread],
    by_series: list[list[Lane]],
    expected: Collection[int],
    demand: Floats,
) -> Integers:
    """Weeks late (S, N); nobody delivers before the day of the order."""
    delay = np.zeros(demand.shape[:2], dtype=np.int64)
    if all(one == PUNCTUAL for one in deliveries):
        return delay
    names, drawn = [str(name) for name in company.suppliers.index], dict[tuple[int, int], Integers]()
    for i, every in enumerate(order_intervals(company, by_series, demand).tolist()):
        own = by_series[i]
        if own and i not in expected:
            k = working(own).supplier
            if (k, every) not in drawn:
                drawn[k, every] = deliveries[k].pooled(every).at(ranks(names[k], company.policy.seed, len(demand)))
            delay[:, i] = np.maximum(drawn[k, every], -min(lane.arrives_after for lane in own))
    return delay
