"""The planner's forecast by hand: a 13-week moving average with seasonal weights shared by all series."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Floats, Panel

WINDOW = 13
YEAR = 52


@dataclass(frozen=True)
class MovingAverage:
    """What the purchaser's spreadsheet knows.

    ``level`` (N,): units per week without the season; ``spread`` (N,): standard deviation of a week's units without
    the season, over the last year; ``weights`` (53,): sales of a week of the year as a share of the average week's, by
    ISO week number - 1.
    """

    level: Floats
    spread: Floats
    weights: Floats

    def ahead(self, weeks: pd.DatetimeIndex) -> Floats:
        """Expected units (N, len(weeks))."""
        return np.outer(self.level, self.weights[_week_of_year(weeks)])


def moving_average(panel: Panel) -> MovingAverage:
    """The forecast of the organiser's benchmark in the VN2 Inventory Planning Challenge (SupChains, 2025).

    Weeks out of stock say nothing and are left out. A week of the year weighs what all series sold in it on average,
    over the average of all weeks of the year. The level is the mean of the last 13 weeks, each divided by its weight; a
    series that was out of stock through all of them is taken at what it sold. Weights are 1 where less than a year is
    known.
    """
    sold = np.clip(panel.units, 0.0, None)
    observed = np.where(panel.in_stock >= 1.0, sold, np.nan)
    weights = _seasonal_weights(observed, panel.weeks)
    factor = weights[_week_of_year(panel.weeks)]
    flat = observed / factor
    level = _mean(flat[:, -WINDOW:])
    as_sold = _mean((sold / factor)[:, -WINDOW:])
    level = np.where(np.isnan(level), np.nan_to_num(as_sold), level)
    return MovingAverage(level, _spread(flat[:, -YEAR:]), weights)


def _week_of_year(weeks: pd.DatetimeIndex) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    return np.asarray(weeks.isocalendar().week, dtype=np.intp) - 1


def _seasonal_weights(observed: Floats, weeks: pd.DatetimeIndex) -> Floats:
    weights = np.ones(53)
    if len(weeks) < YEAR:
        return weights
    of_year = _week_of_year(weeks)
    by_week = np.array([_mean(_mean(observed.T)[of_year == week]) for week in range(53)])
    average = float(_mean(by_week))
    usable = by_week > 0
    weights[usable] = by_week[usable] / average
    return weights


def _mean(values: Floats) -> Floats:
    """Mean over the last axis without the unknown; NaN where nothing is known."""
    count = np.isfinite(values).sum(axis=-1)
    total = np.nansum(values, axis=-1)
    return np.asarray(np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0))


def _spread(values: Floats) -> Floats:
    deviation = values - _mean(values)[:, None]
    return np.nan_to_num(np.sqrt(_mean(deviation**2)))
