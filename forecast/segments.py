"""Segments: series that sell alike learn their errors together."""

from collections.abc import Sequence

import numpy as np

from data.company import Floats
from forecast.candidates import Demand

NEW, INTERMITTENT, SLOW, FAST = range(4)
NAMES = ("new", "intermittent", "slow", "fast")
RECENT = 52  # weeks that say how a series sells
FEW = 13  # seen weeks below which a series is new
MOSTLY_ZERO = 0.5  # share of weeks without demand from which a series is intermittent
SLOW_MEAN = 5.0  # mean weekly units below which a series is slow


def segments(demand: Demand, origins: Sequence[int]) -> np.ndarray:
    """Segment number of each series at each origin, (len(origins), N), by the year before it.

    As of then, not of now: series that are slow today were mostly faster when forecast, so what they erred by
    would teach that slow series are forecast too high.
    """
    at = [_segments(demand, origin) for origin in origins]
    return np.stack(at) if at else np.empty((0, len(demand.units)), dtype=int)


def _segments(demand: Demand, origin: int) -> np.ndarray:
    recent = slice(max(0, origin - RECENT), origin)
    seen = demand.seen[:, recent]
    weeks = np.maximum(seen.sum(axis=1), 1)
    units: Floats = np.where(seen, demand.units[:, recent], 0.0)
    mean, zeros = units.sum(axis=1) / weeks, (seen & (units == 0)).sum(axis=1) / weeks
    by_level = np.where(zeros >= MOSTLY_ZERO, INTERMITTENT, np.where(mean < SLOW_MEAN, SLOW, FAST))
    return np.where(demand.seen[:, :origin].sum(axis=1) < FEW, NEW, by_level)
