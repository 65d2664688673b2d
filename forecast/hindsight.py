"""Hindsight: what is forecast now, forecast again from past origins and held against what came."""

from dataclasses import replace

import numpy as np
import pandas as pd

from data.company import Company, Floats
from data.lanes import cheapest_lanes, exposed_weeks
from forecast.accuracy import OURS, Judged, Predictions, accuracy_table
from forecast.candidates import Demand
from forecast.errors import Errors, learn_errors, predicted, sample
from forecast.outlook import Outlook
from forecast.paths import QUANTILES
from forecast.recalibration import kinds, placed_left_out, recalibrated
from forecast.sampling import common_origins
from forecast.scores import naive_error, naive_error_of_totals
from forecast.simple import RULES

MOST_SERIES = 1000  # of more, evenly picked ones speak for all
PATHS = 100  # futures drawn at an origin to see the sum over lead time + review
USUAL_COVER = 4  # weeks, where nobody sells anything


def hindsight(demand: Demand, outlook: Outlook, errors: Errors) -> pd.DataFrame:
    """``accuracy_table`` of the rolling origins, beside the simple forecasts; of ``MOST_SERIES`` series at most.

    The sums over lead time + review are those of paths drawn at every second origin with the other origins' errors.
    """
    count, _, horizon = outlook.actual.shape
    rows = np.unique(np.linspace(0, len(demand.units) - 1, min(len(demand.units), MOST_SERIES)).astype(int))
    cover, alternate = cover_weeks(demand.company, horizon), np.arange(count)[::-2]
    simple = simple_means(demand, outlook.origins, horizon)
    segments = outlook.past_segments[:, rows]
    rng = np.random.default_rng([demand.company.policy.seed, 3])
    weekly = {OURS: _weekly(outlook, errors, rows)}
    weekly |= {name: Predictions.of_means(mean[:, rows]) for name, mean in simple.items()}
    summed = {OURS: _summed(outlook, cover[rows], alternate, rows, rng)}
    summed |= {
        name: Predictions.of_means(totals(mean[alternate][:, rows], cover[rows])) for name, mean in simple.items()
    }
    came = totals(outlook.actual[alternate][:, rows], cover[rows])
    return accuracy_table(
        Judged(outlook.actual[:, rows], weekly, naive_error(demand)[rows]),
        Judged(came, summed, naive_error_of_totals(demand, cover)[rows]),
        segments,
        segments[alternate],
    )


def simple_means(demand: Demand, origins: list[int], horizon: int) -> dict[str, Floats]:
    """Means (O, N, H) that the simple forecasts would have named at each origin."""
    units = demand.seen_units
    none = np.empty((0, len(units), horizon))
    return {
        name: np.stack([rule(units[:, :origin], horizon) for origin in origins]) if origins else none
        for name, rule in RULES.items()
    }


def cover_weeks(company: Company, horizon: int) -> np.ndarray:
    """Lead time + review of each series' cheapest source in whole weeks (N,), at most the horizon."""
    if company.sourcing.empty:
        return np.full(len(company.series), min(USUAL_COVER, horizon))
    weeks = exposed_weeks(cheapest_lanes(company))
    return np.asarray(np.clip(weeks.astype(int), 1, horizon))


def totals(units: Floats, cover: np.ndarray) -> Floats:
    """Sums (..., N, 1) of ``units`` (..., N, H) over each series' first ``cover`` (N,) weeks; NaN if one is."""
    within = np.arange(units.shape[-1]) < cover[:, None]
    return np.asarray(np.where(within, units, 0.0).sum(axis=-1, keepdims=True))


def of_paths(values: Floats, actual: Floats, rng: np.random.Generator) -> Predictions:
    """What paths (S, N, H) say of one origin, beside ``actual`` (N, H).

    What came is one more path: its rank is even where it could have been any of them, ties broken at random.
    """
    below, at = (values < actual).sum(axis=0), (values == actual).sum(axis=0)
    rank = np.where(np.isnan(actual), np.nan, (below + rng.random(actual.shape) * (at + 1)) / (len(values) + 1))
    quantiles = np.quantile(values, QUANTILES, axis=0)
    return Predictions(values.mean(axis=0)[None], quantiles[:, None], rank[None])


def _weekly(outlook: Outlook, errors: Errors, rows: np.ndarray) -> Predictions:
    """As predicted at past origins: quantiles recalibrated as the paths are, each rank by what other origins teach."""
    some = replace(outlook, past=outlook.past[:, rows], whole=outlook.whole[rows])
    past = kinds(outlook.past_segments[:, rows], some.past)
    levels = np.broadcast_to(np.array(QUANTILES)[:, None, None, None], (len(QUANTILES), *past.shape))
    probability = recalibrated(levels, past, errors.ranks.scale)
    quantiles = predicted(some, errors.spread[rows], errors.idle[rows, None]).quantile(probability)
    return Predictions(some.past, quantiles, placed_left_out(errors.ranks.raw[:, rows], past))


def _summed(
    outlook: Outlook,
    cover: np.ndarray,
    origins: np.ndarray,
    rows: np.ndarray,
    rng: np.random.Generator,
) -> Predictions:
    """Predictions (len(origins), len(rows), 1) of the sums over ``cover`` (len(rows),)."""
    mean, actual = (totals(units[origins][:, rows], cover) for units in (outlook.past, outlook.actual))
    rank, quantiles = np.full(mean.shape, np.nan), np.full((len(QUANTILES), *mean.shape), np.nan)
    for place in np.flatnonzero(~np.isnan(actual).all(axis=(1, 2))):
        drawn = _drawn(outlook, int(origins[place]), rows, int(cover.max()), rng)
        one = of_paths(totals(drawn, cover), actual[place], rng)
        quantiles[:, place], rank[place] = one.quantiles[:, 0], one.rank[0]
    return Predictions(mean, quantiles, rank)


def _drawn(outlook: Outlook, origin: int, rows: np.ndarray, weeks: int, rng: np.random.Generator) -> Floats:
    """Paths (PATHS, len(rows), weeks) as drawn at a past origin."""
    then = _then(outlook, origin, rows)
    errors = learn_errors(then, rng)
    raw, scores, ahead = (each[..., :weeks] for each in (errors.ranks.raw, errors.ranks.scores, errors.ranks.kinds))
    known = replace(errors.ranks, raw=raw, scores=scores, kinds=ahead)
    errors = replace(errors, spread=errors.spread[:, :weeks], ranks=known)
    then = replace(then, mean=then.mean[:, :weeks])
    return sample(then, errors, [], common_origins(known, PATHS, rng), rng)


def _then(outlook: Outlook, origin: int, rows: np.ndarray) -> Outlook:
    """The outlook of some series from a past origin, in the segments of then; only the other origins teach it."""
    past, actual, segments = (
        np.delete(each, origin, axis=0)[:, rows] for each in (outlook.past, outlook.actual, outlook.past_segments)
    )
    mean, now = outlook.past[origin, rows], outlook.past_segments[origin, rows]
    whole = outlook.whole[rows]
    return replace(outlook, past=past, actual=actual, mean=mean, segments=now, past_segments=segments, whole=whole)
