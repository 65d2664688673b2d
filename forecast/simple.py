"""Simple forecasts that anybody can make: the yardsticks of accuracy, and of what a better forecast earns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from data.company import Floats
from data.problems import Problem
from forecast.candidates import Demand

AVERAGED = 13  # weeks of the moving average
YEAR = 52


def moving_average(units: Floats, horizon: int) -> Floats:
    """(N, horizon) mean of the last 13 weeks of ``units`` (N, T), NaN: not seen; of all weeks where these are unseen.

    0 for a series that was never seen.
    """
    recent = _mean(units[:, -AVERAGED:])
    level = np.where(np.isnan(recent), _mean(units), recent)
    return np.repeat(np.nan_to_num(level)[:, None], horizon, axis=1)


def seasonal_naive(units: Floats, horizon: int) -> Floats:
    """(N, horizon) units of the same week of the last known year; the moving average where that was not seen."""
    weeks = units.shape[1]
    week = weeks - YEAR + np.arange(horizon) % YEAR
    average = moving_average(units, horizon)
    if not weeks:
        return average
    a_year_ago = np.where(week >= 0, units[:, np.maximum(week, 0)], np.nan)
    return np.where(np.isnan(a_year_ago), average, a_year_ago)


RULES: dict[str, Callable[[Floats, int], Floats]] = {
    "seasonal naive": seasonal_naive,
    "moving average": moving_average,
}


@dataclass(frozen=True)
class SimpleForecast:
    """One of ``RULES`` as a ``Candidate``: alone, it gives paths with its own error distribution."""

    name: str

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        """See ``Candidate``."""
        del seed  # nothing is drawn
        units = seen_units(demand)
        return np.stack([RULES[self.name](units[:, :origin], horizon) for origin in origins]), []


def seen_units(demand: Demand) -> Floats:
    """Units (N, T) of the weeks that were fully seen, NaN elsewhere."""
    return np.where(demand.seen, demand.units, np.nan)


def _mean(values: Floats) -> Floats:
    """Mean of each row's known values; NaN where none is known."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
