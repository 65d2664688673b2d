"""An instance's slots, periods and curve segments as columns of numbers, for what works on all of them at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimize.stock_flow import Flags, Floats, Integers

if TYPE_CHECKING:
    from optimize.instance import Instance


OF_LANE = ("series", "supplier", "pack", "unit_cost", "surcharge", "least", "line_cost", "credit", "volume", "weight")


@dataclass(frozen=True)
class Columns:
    """An instance's slots, periods and segments by position.

    Of slots: ``kind``, ``series``, ``supplier``, ``order`` (its place in instance.orders), ``order_week``, ``period``;
    of periods: ``period_series``, ``previous`` (-1 for a series' first), ``last``; of segments: ``segment_period`` and
    ``level``, the supply at which it begins. ``slots``, ``periods`` and ``segments``: their parameters in model.py.
    """

    kind: np.ndarray[tuple[int, ...], np.dtype[np.str_]]
    series: Integers
    supplier: Integers
    order: Integers
    order_week: Integers
    period: Integers
    slots: dict[str, Floats]
    period_series: Integers
    previous: Integers
    last: Flags
    periods: dict[str, Floats]
    segment_period: Integers
    level: Floats
    segments: dict[str, Floats]


def read(instance: "Instance") -> Columns:
    """The columns of an instance."""
    slots, periods = instance.slots, instance.periods
    lanes = {id(slot.lane): slot.lane for slot in slots}
    place = {key: position for position, key in enumerate(lanes)}
    of_lane = np.array([place[id(slot.lane)] for slot in slots], dtype=np.int64)
    own = {name: np.array([getattr(lane, name) for lane in lanes.values()], dtype=float)[of_lane] for name in OF_LANE}
    series, supplier = own.pop("series").astype(np.int64), own.pop("supplier").astype(np.int64)
    order_week = _whole([slot.order_week for slot in slots])
    order = _order(instance, supplier, order_week)
    owner = _whole([period.series for period in periods])
    counts, level, segments = _segments(instance)
    starts = np.cumsum(counts) - counts
    return Columns(
        kind=np.array([lane.kind for lane in lanes.values()], dtype=str)[of_lane],
        series=series,
        supplier=supplier,
        order=order,
        order_week=order_week,
        period=_whole([slot.period for slot in slots]),
        slots=own | _packs(instance) | {"order_of": order.astype(float)},
        period_series=owner,
        previous=_whole([-1 if period.previous is None else period.previous for period in periods]),
        last=np.array([period.final for period in periods], dtype=bool),
        periods={
            "lowest": level[starts],
            "holding_at_none": segments.pop("holding")[starts],
            "short_at_none": segments.pop("short")[starts],
            "owed_at_none": segments.pop("owed")[starts],
            "charge": np.array([period.charge for period in periods], dtype=float),
            "need": np.array([period.curve.need for period in periods], dtype=float),
            "lost": np.array([one.lost for one in instance.series], dtype=float)[owner],
            "end_value": np.array([one.end_value for one in instance.series], dtype=float)[owner],
        },
        segment_period=np.repeat(np.arange(len(periods)), counts),
        level=level,
        segments=segments,
    )


def _packs(instance: "Instance") -> dict[str, Floats]:
    """The least and the most packs of each slot: both are what is held where that is decided already."""
    limit = np.array([slot.limit for slot in instance.slots], dtype=float)
    held = np.zeros(len(limit))
    if instance.held:
        decided = list(instance.held)
        held[decided] = limit[decided] = list(instance.held.values())
    return {"held": held, "limit": limit}


def _whole(numbers: list[int]) -> Integers:
    return np.array(numbers, dtype=np.int64)


def _order(instance: "Instance", supplier: Integers, week: Integers) -> Integers:
    """The place of each slot's order in instance.orders, which ascend by supplier, then week."""
    weeks = instance.demand.shape[2]
    keys = _whole([k * weeks + t for k, t in instance.orders])
    return np.searchsorted(keys, supplier * weeks + week)


def _segments(instance: "Instance") -> tuple[Integers, Floats, dict[str, Floats]]:
    """How many segments each period's curve has; where each begins, and its figures there; its width and slopes.

    A curve's last segment has no end.
    """
    curves, none = [period.curve for period in instance.periods], [np.zeros(0)]
    counts = _whole([len(curve.levels) for curve in curves])
    level = np.concatenate([curve.levels for curve in curves] or none)
    holding = np.concatenate([curve.holding for curve in curves] or none)
    short = np.concatenate([curve.short for curve in curves] or none)
    as_short = all(curve.owed is None for curve in curves)
    owed = short if as_short else np.concatenate([curve.charged for curve in curves] or none)
    ends = np.cumsum(counts) - 1
    width = np.diff(level, append=0.0)
    width[ends] = np.inf
    holding_slope, short_slope = np.diff(holding, append=0.0) / width, np.diff(short, append=0.0) / width
    holding_slope[ends], short_slope[ends] = [curve.slope for curve in curves], 0.0
    owed_slope = np.diff(owed, append=0.0) / width
    owed_slope[ends] = 0.0
    slopes = {"width": width, "holding_slope": holding_slope, "short_slope": short_slope, "owed_slope": owed_slope}
    return counts, level, slopes | {"holding": holding, "short": short, "owed": owed}
