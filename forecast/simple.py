"""Simple forecasts that anybody can make: the yardsticks of accuracy, and of what a better forecast earns."""

from collections.abc import Callable

import numpy as np

from data.calendar import weeks_from
from data.company import Floats
from forecast.candidates import Demand
from forecast.outlook import counted
from forecast.paths import DemandPaths

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


def simple_paths(demand: Demand, rule: str) -> DemandPaths:
    """Paths of one of ``RULES`` with its own errors.

    Each path adds to the forecast what it missed from one of the last year's Mondays on, the same Monday for all series
    and weeks; where that is not known, what it missed from another. Never below 0; whole where demand was.
    """
    policy, units = demand.company.policy, demand.seen_units
    horizon, known = policy.horizon.weeks, units.shape[1]
    rng = np.random.default_rng([policy.seed, 5])
    missed = _missed(units, RULES[rule], horizon, range(max(1, known - YEAR), known))
    values = np.maximum(RULES[rule](units, horizon) + _redrawn(missed, policy.forecast.paths, rng), 0.0)
    rounded = np.floor(values + rng.random(values.shape))
    values = np.where(counted(demand)[:, None], rounded, values)
    return DemandPaths(values, demand.company.series, weeks_from(demand.company.as_of, horizon))


def _missed(units: Floats, rule: Callable[[Floats, int], Floats], horizon: int, origins: range) -> Floats:
    """(len(origins), N, horizon) units that came beyond the forecast made at each origin; NaN: not seen, or nothing
    had been seen before."""
    later = np.concatenate([units, np.full((len(units), horizon), np.nan)], axis=1)
    missed = np.full((len(origins), len(units), horizon), np.nan)
    for number, origin in enumerate(origins):
        known = ~np.isnan(units[:, :origin]).all(axis=1, keepdims=True)
        missed[number] = np.where(known, later[:, origin : origin + horizon] - rule(units[:, :origin], horizon), np.nan)
    return missed


def _redrawn(missed: Floats, count: int, rng: np.random.Generator) -> Floats:
    """(count, N, H) errors, each path's from one origin where it is known, else from any; 0 where none is."""
    if not len(missed):
        return np.zeros((count, *missed.shape[1:]))
    known_first = np.take_along_axis(missed, np.argsort(np.isnan(missed), axis=0, kind="stable"), axis=0)
    known = (~np.isnan(missed)).sum(axis=0)
    any_known = (rng.random((count, *known.shape)) * known).astype(int)
    other = np.nan_to_num(np.take_along_axis(known_first, any_known, axis=0))
    own = missed[rng.permutation(np.arange(count) % len(missed))]
    return np.where(np.isnan(own), other, own)


def _mean(values: Floats) -> Floats:
    """Mean of each row's known values; NaN where none is known."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
