"""Accuracy: how right the outlook was on its rolling origins, by segment and weeks ahead, beside simple rules."""

import numpy as np
import pandas as pd

from data.company import Floats
from forecast.candidates import Bools, Demand
from forecast.errors import Errors, predicted
from forecast.outlook import Outlook
from forecast.paths import QUANTILES
from forecast.sampling import ranks_left_out, recalibrated
from forecast.segments import NAMES

BLOCKS = ((1, 2), (3, 4), (5, 8), (9, 13), (14, 26), (27, 52), (53, 260))
AVERAGED = 13  # weeks of the moving average
YEAR = 52
LOW, HIGH = 0.10, 0.90  # the interval whose coverage is told
OURS = "restock"
COLUMNS = ["segment", "weeks_ahead", "method", "weeks", "wape", "bias", "mase", "pinball", "coverage"]


def accuracy_table(demand: Demand, outlook: Outlook, errors: Errors) -> pd.DataFrame:
    """One row per segment (and "all"), block of weeks ahead and method (``COLUMNS``).

    ``weeks``: series x weeks scored; ``wape``: sum of absolute errors / sum of demand; ``bias``: sum of errors / sum of
    demand, above 0: too much; ``mase``: absolute error over that of the one-week naive in the series' history (Hyndman
    & Koehler 2006); ``pinball``: mean pinball loss over the quantiles of forecast.csv / mean demand, twice, so that a
    point forecast's is its wape; ``coverage``: share of weeks between q10 and q90, counts randomised on the edge, each
    origin recalibrated by the others. Simple rules have no quantiles.
    """
    horizon = outlook.actual.shape[2]
    scale = naive_error(demand)
    quantiles = _quantiles(outlook, errors)
    rank = ranks_left_out(errors.ranks.raw, outlook.segments)
    methods = {OURS: outlook.past} | _rules(demand, outlook.origins, horizon)
    rows = []
    for segment, members in _segments(outlook).items():
        for first, last in BLOCKS:
            if first > horizon or not outlook.origins:
                continue
            ahead = slice(first - 1, min(last, horizon))
            actual = outlook.actual[:, members, ahead]
            for name, mean in methods.items():
                measured = measures(actual, mean[:, members, ahead], scale[members])
                if name == OURS:
                    measured |= _spread(actual, quantiles[:, :, members, ahead], rank[:, members, ahead])
                rows.append({"segment": segment, "weeks_ahead": f"{first}-{ahead.stop}", "method": name} | measured)
    return pd.DataFrame(rows, columns=COLUMNS)


def measures(actual: Floats, mean: Floats, scale: Floats) -> dict[str, float]:
    """weeks, wape, bias and mase of ``mean`` against ``actual`` (O, n, h), NaN: not scored; ``scale`` (n,)."""
    scored = ~np.isnan(actual) & ~np.isnan(mean)
    error = np.where(scored, mean - np.nan_to_num(actual), 0.0)
    sold = np.where(scored, actual, 0.0).sum()
    scaled = scored & (scale > 0)[None, :, None]
    relative = np.abs(error) / np.where(scale > 0, scale, 1.0)[None, :, None]
    return {
        "weeks": float(scored.sum()),
        "wape": _over(np.abs(error).sum(), sold),
        "bias": _over(error.sum(), sold),
        "mase": _over(relative[scaled].sum(), scaled.sum()),
    }


def pinball(actual: Floats, quantiles: Floats, levels: tuple[float, ...]) -> float:
    """Mean pinball loss over ``levels`` and scored cells, ``quantiles`` (len(levels), *actual.shape)."""
    scored = ~np.isnan(actual)
    loss = 0.0
    for level, quantile in zip(levels, quantiles, strict=True):
        above = (actual - quantile)[scored]
        loss += float(np.maximum(level * above, (level - 1) * above).sum())
    return _over(loss, float(scored.sum() * len(levels)))


def naive_error(demand: Demand) -> Floats:
    """Mean absolute change from one seen week to the next of each series, (N,); 0 where there is none."""
    units = np.where(demand.seen, demand.units, np.nan)
    change = np.abs(np.diff(units, axis=1))
    known = ~np.isnan(change)
    return np.asarray(np.where(known, change, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _segments(outlook: Outlook) -> dict[str, Bools]:
    by_name: dict[str, Bools] = {"all": np.ones(len(outlook.segments), dtype=bool)}
    for number in np.unique(outlook.segments):
        by_name[NAMES[number]] = outlook.segments == number
    return by_name


def _quantiles(outlook: Outlook, errors: Errors) -> Floats:
    """(len(QUANTILES), O, N, H) as predicted at past origins, recalibrated as the paths are."""
    levels = np.repeat(np.array(QUANTILES)[:, None, None], len(outlook.segments), axis=1)
    shape = (len(QUANTILES), *outlook.past.shape)
    probability = np.broadcast_to(recalibrated(levels, errors.ranks, np.arange(len(outlook.segments)))[:, None], shape)
    return predicted(outlook, errors.spread).quantile(probability)


def _spread(actual: Floats, quantiles: Floats, rank: Floats) -> dict[str, float]:
    """pinball and coverage of one cut of the origins."""
    scored = ~np.isnan(actual)
    inside = ((rank >= LOW) & (rank <= HIGH) & scored).sum()
    mean = _over(float(actual[scored].sum()), float(scored.sum()))
    return {
        "pinball": _over(2 * pinball(actual, quantiles, QUANTILES), mean),
        "coverage": _over(float(inside), float(scored.sum())),
    }


def _rules(demand: Demand, origins: list[int], horizon: int) -> dict[str, Floats]:
    """Means (O, N, H) of the rules of thumb: the same week a year ago, and the average of the last 13 weeks."""
    shape = (len(origins), len(demand.units), horizon)
    naive, average = np.full(shape, np.nan), np.full(shape, np.nan)
    units = np.where(demand.seen, demand.units, np.nan)
    for number, origin in enumerate(origins):
        naive[number] = _year_ago(units[:, :origin], horizon)
        recent = units[:, max(0, origin - AVERAGED) : origin]
        known = ~np.isnan(recent)
        level = np.where(known, recent, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        average[number] = np.where(known.any(axis=1), level, np.nan)[:, None]
    return {"seasonal naive": naive, "13-week average": average}


def _year_ago(units: Floats, horizon: int) -> Floats:
    """(N, horizon) units of the same week of the last known year; NaN where it was not seen."""
    origin = units.shape[1]
    week = origin - YEAR + np.arange(horizon) % YEAR
    known = np.where(week >= 0, week, 0)
    return np.where(week >= 0, units[:, known], np.nan) if origin else np.full((len(units), horizon), np.nan)
