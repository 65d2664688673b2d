"""Rolling origins: the past weeks from which forecasts are made again to learn how wrong they are."""

import numpy as np

from data.company import Floats
from forecast.candidates import Demand
from forecast.season import LEAST_YEARS, YEAR

SPACING = 4  # weeks between origins, where history is long enough
MOST = 13  # origins: a year of them
LEAST = 26  # weeks of history before the first origin, where history is long enough


def past_origins(weeks: int, horizon: int) -> list[int]:
    """Origins (week numbers, ascending) of a history of ``weeks`` weeks; each has at least one week to score.

    The latest leaves a block of weeks to score, so that all origins know the errors of a short lead time. Those that
    knew no season are left out once more than half of ``MOST`` know one: who forecast best without a season, and how
    wrong that was, says nothing of now.
    """
    block = max(1, min(horizon, SPACING, weeks // 4))
    last, first = weeks - block, max(1, min(LEAST, weeks // 2))
    spacing = min(SPACING, max(1, (last - first) // MOST))
    origins = list(range(last, first - 1, -spacing))[:MOST][::-1]
    seasoned = [origin for origin in origins if origin >= LEAST_YEARS * YEAR]
    return seasoned if len(seasoned) > MOST / 2 else origins


def actuals(demand: Demand, origins: list[int], horizon: int) -> Floats:
    """What was demanded in the weeks after each origin, (len(origins), N, horizon); NaN where it was not seen."""
    count = len(demand.units)
    padded = np.concatenate([demand.seen_units, np.full((count, horizon), np.nan)], axis=1)
    if not origins:
        return np.empty((0, count, horizon))
    return np.stack([padded[:, origin : origin + horizon] for origin in origins])
