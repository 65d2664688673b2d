"""An instance's slots, periods and curve segments as columns of numbers, for what works on all of them at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimize.stock_flow import Flags, Floats, Integers

if TYPE_CHECKING:
    from optimize.instance import Instance


@dataclass(frozen=True)
class Columns:
    """An instance's slots, periods and segments by position.

    Of slots: ``kind``, ``series``, ``supplier``, ``order`` (its place in instance.orders), ``order_week``, ``period``;
    of periods: ``period_series``, ``previous`` (-1 for a series' first), ``last``; of segments: ``segment_period`` and
    ``level``, the supply at which it begins. ``slots``, ``periods`` and ``segments``: their parameters in model.py.
    """

    kind: list[str]
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
    slots, lanes, periods = instance.slots, [slot.lane for slot in instance.slots], instance.periods
    place = {key: position for position, key in enumerate(instance.orders)}
    orders = np.array([place[slot.lane.supplier, slot.order_week] for slot in slots], dtype=np.int64)
    owner = np.array([period.series for period in periods], dtype=np.int64)
    lost = np.array([one.lost for one in instance.series])
    end_value = np.array([one.end_value for one in instance.series])
    counts = np.array([len(period.curve.levels) for period in periods], dtype=np.int64)
    level, segments = _segments(instance, counts)
    return Columns(
        kind=[lane.kind for lane in lanes],
        series=np.array([lane.series for lane in lanes], dtype=np.int64),
        supplier=np.array([lane.supplier for lane in lanes], dtype=np.int64),
        order=orders,
        order_week=np.array([slot.order_week for slot in slots], dtype=np.int64),
        period=np.array([slot.period for slot in slots], dtype=np.int64),
        slots={
            "pack": np.array([lane.pack for lane in lanes], dtype=float),
            "unit_cost": np.array([lane.unit_cost for lane in lanes], dtype=float),
            "line_cost": np.array([lane.line_cost for lane in lanes], dtype=float),
            "credit": np.array([lane.credit for lane in lanes], dtype=float),
            "surcharge": np.array([lane.surcharge for lane in lanes], dtype=float),
            "least": np.array([lane.least for lane in lanes], dtype=float),
            "limit": np.array([slot.limit for slot in slots], dtype=float),
            "order_of": orders.astype(float),
        },
        period_series=owner,
        previous=np.array([-1 if one.previous is None else one.previous for one in periods], dtype=np.int64),
        last=np.array([period.final for period in periods], dtype=bool),
        periods={
            "lowest": np.array([period.curve.levels[0] for period in periods], dtype=float),
            "holding_at_none": np.array([period.curve.holding[0] for period in periods], dtype=float),
            "short_at_none": np.array([period.curve.short[0] for period in periods], dtype=float),
            "charge": np.array([period.charge for period in periods], dtype=float),
            "need": np.array([period.curve.need for period in periods], dtype=float),
            "lost": lost[owner],
            "end_value": end_value[owner],
        },
        segment_period=np.repeat(np.arange(len(periods)), counts),
        level=level,
        segments=segments,
    )


def _segments(instance: "Instance", counts: Integers) -> tuple[Floats, dict[str, Floats]]:
    """Where each segment of the periods' curves begins, its width and its slopes; a curve's last one has no end."""
    curves = [period.curve for period in instance.periods]
    none = [np.zeros(0)]
    level, holding, short = (
        np.concatenate([getattr(curve, name) for curve in curves] or none) for name in ("levels", "holding", "short")
    )
    ends = np.cumsum(counts) - 1
    width = np.diff(level, append=0.0)
    width[ends] = np.inf
    holding_slope, short_slope = np.diff(holding, append=0.0) / width, np.diff(short, append=0.0) / width
    holding_slope[ends], short_slope[ends] = [curve.slope for curve in curves], 0.0
    return level, {"width": width, "holding_slope": holding_slope, "short_slope": short_slope}
