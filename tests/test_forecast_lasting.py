"""Errors that last: sums over several weeks are as wide as they were, whatever hides in counts and own errors."""

from dataclasses import replace

import numpy as np
import pytest

from data.company import Floats
from forecast.candidates import Bools
from forecast.errors import Errors, learn_errors, sample
from forecast.hindsight import of_paths
from forecast.lasting import lasting_share
from forecast.outlook import Outlook
from forecast.sampling import common_origins
from forecast.scores import coverage
from forecast.segments import FAST, NEW

ORIGINS, SERIES, WEEKS = 13, 300, 4


def scores_of(series_spread: float, origin_spread: float, rng: np.random.Generator) -> Floats:
    """Standard normal scores with a part of each series, one of each series and origin, and one of each week."""
    of_series = rng.standard_normal((1, SERIES, 1)) * np.sqrt(series_spread)
    of_origin = rng.standard_normal((ORIGINS, SERIES, 1)) * np.sqrt(origin_spread)
    left = rng.standard_normal((ORIGINS, SERIES, WEEKS)) * np.sqrt(1 - series_spread - origin_spread)
    scores: Floats = of_series + of_origin + left
    return scores


def everywhere(scores: Floats) -> Bools:
    return np.ones(scores.shape[:2], dtype=bool)


def test_what_own_errors_bring_is_not_drawn_again() -> None:
    scores = scores_of(0.0, 0.4, np.random.default_rng(1))
    assert lasting_share(scores, scores, everywhere(scores), 1.0) == pytest.approx(0.0, abs=0.03)


def test_what_a_series_errs_by_from_every_origin_is_drawn_anew() -> None:
    scores = scores_of(0.4, 0.0, np.random.default_rng(2))
    assert lasting_share(scores, scores, everywhere(scores), 1.0) == pytest.approx(0.4, abs=0.05)
    assert lasting_share(scores, scores, everywhere(scores), 0.0) == pytest.approx(0.0, abs=0.01)


def test_what_broken_ties_hide_is_added() -> None:
    rng = np.random.default_rng(3)
    scores = scores_of(0.3, 0.0, rng)
    one, two = (np.sqrt(0.5) * scores + np.sqrt(0.5) * rng.standard_normal(scores.shape) for _ in range(2))
    assert lasting_share(one, two, everywhere(one), 1.0) == pytest.approx(0.3, abs=0.05)


def test_nothing_is_learnt_from_nothing() -> None:
    scores = np.full((0, 5, WEEKS), np.nan)
    assert lasting_share(scores, scores, everywhere(scores), 0.8) == 0.0
    scores = np.full((3, 5, WEEKS), np.nan)
    assert lasting_share(scores, scores, everywhere(scores), 0.8) == 0.0


def test_few_errors_tell_little() -> None:
    scores = scores_of(0.4, 0.0, np.random.default_rng(6))
    few, many = (lasting_share(some, some, everywhere(some), 1.0) for some in (scores[:2, :2], scores))
    assert few < 0.1 < many


def outlook_of(actual: Floats, past: Floats, segment: int) -> Outlook:
    """All but the last origin as the past, the last one as now."""
    then = np.full(actual.shape[:2], segment)
    names, weight = ["only"], np.ones((SERIES, 1))
    return Outlook(
        list(range(ORIGINS - 1)),
        past[:-1],
        actual[:-1],
        past[-1],
        names,
        weight,
        then[-1],
        then[:-1],
        np.full(SERIES, True),
    )


def slow_sellers(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Counts (O, N, H) whose level is missed by one factor per series that stays, and their forecasts."""
    past = np.full((ORIGINS, SERIES, WEEKS), 1.5)
    factor = rng.gamma(2.0, 0.5, (1, SERIES, 1))
    return rng.poisson(past * factor).astype(float), past


def share_below(outlook: Outlook, errors: Errors, actual: Floats, rng: np.random.Generator) -> dict[str, float]:
    common = common_origins(errors.ranks, 200, rng)
    paths = sample(outlook, errors, [], common, rng).sum(axis=2, keepdims=True)
    rank = of_paths(paths, actual.sum(axis=1, keepdims=True), rng).rank
    return coverage(rank, ~np.isnan(rank))


def test_sums_of_weeks_hold_what_they_promise() -> None:
    rng = np.random.default_rng(4)
    actual, past = slow_sellers(rng)
    outlook = outlook_of(actual, past, FAST)
    errors = learn_errors(outlook, rng)
    told = share_below(outlook, errors, actual[-1], rng)
    apart = share_below(outlook, replace(errors, ranks=replace(errors.ranks, lasting={})), actual[-1], rng)
    assert told["coverage"] > apart["coverage"] + 0.03
    assert errors.ranks.lasting[FAST] > 0.2
    assert told["below_q10"] == pytest.approx(0.10, abs=0.05)
    assert told["below_q90"] == pytest.approx(0.90, abs=0.05)


def test_a_new_series_level_has_a_shock_of_its_own() -> None:
    rng = np.random.default_rng(5)
    actual, past = slow_sellers(rng)
    assert learn_errors(outlook_of(actual, past, NEW), rng).ranks.lasting == {}
