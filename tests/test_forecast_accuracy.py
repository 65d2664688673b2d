"""Accuracy against plain loops, and the combination and the marginals that it judges against known answers."""

import numpy as np
import pytest
from scipy import stats

from data.company import Floats
from forecast.combine import combined, weights
from forecast.dispersion import dispersions
from forecast.marginals import Marginals
from forecast.recalibration import kinds, recalibrated
from forecast.sampling import common_origins, draw_scores, probabilities, ranks
from forecast.scores import measures, pinball
from forecast.segments import SLOW

NAN = float("nan")


def scored_cells(actual: Floats, mean: Floats, scale: Floats) -> list[tuple[float, float, float]]:
    return [
        (float(actual[place]), float(mean[place]), float(scale[place[1]]))
        for place in np.ndindex(actual.shape)
        if not np.isnan(actual[place])
    ]


def alike(actual: Floats) -> tuple[np.ndarray, np.ndarray]:
    """All series of one segment, now and at each origin."""
    return np.zeros(actual.shape[1], dtype=int), np.zeros(actual.shape[:2], dtype=int)


def same_kind(raw: Floats) -> tuple[np.ndarray, np.ndarray]:
    """All weeks of one kind, those to come and those ranked."""
    return np.zeros(raw.shape[1:], dtype=int), np.zeros(raw.shape, dtype=int)


def test_measures_equal_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    actual, mean = rng.poisson(3, (4, 5, 6)).astype(float), rng.uniform(1, 5, (4, 5, 6))
    actual[rng.random(actual.shape) < 0.2] = NAN
    scale = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
    cells = scored_cells(actual, mean, scale)
    found = measures(actual, mean, scale)
    sold = sum(a for a, _, _ in cells)
    assert found["weeks"] == len(cells)
    assert found["wape"] == pytest.approx(sum(abs(m - a) for a, m, _ in cells) / sold)
    assert found["bias"] == pytest.approx(sum(m - a for a, m, _ in cells) / sold)
    assert found["mase"] == pytest.approx(sum(abs(m - a) / s for a, m, s in cells) / len(cells))


def test_pinball_equals_a_plain_loop() -> None:
    rng = np.random.default_rng(2)
    actual, levels = rng.poisson(3, (3, 4, 2)).astype(float), (0.1, 0.5, 0.9)
    quantiles = np.sort(rng.uniform(0, 8, (3, *actual.shape)), axis=0)
    actual[0, 0, 0] = NAN
    losses = []
    for level, quantile in zip(levels, quantiles, strict=True):
        for place in np.ndindex(actual.shape):
            if not np.isnan(actual[place]):
                above = actual[place] - quantile[place]
                losses.append(level * above if above > 0 else (level - 1) * above)
    assert pinball(actual, quantiles, levels) == pytest.approx(np.mean(losses))


def test_the_better_candidate_gets_the_weight_and_who_abstains_none() -> None:
    rng = np.random.default_rng(3)
    truth = rng.uniform(5, 15, (12, 30, 8))
    actual = rng.poisson(truth).astype(float)
    past = np.stack([truth, truth * 2, np.full_like(truth, NAN)])
    weight = weights(past, past[:, -1], actual, *alike(actual))
    assert weight.shape == (30, 3)
    assert weight.sum(axis=1) == pytest.approx(1)
    assert weight[:, 0].min() > 0.95
    assert (weight[:, 2] == 0).all()
    assert combined(past, weight) == pytest.approx(truth, rel=0.06)


def test_the_weights_are_the_least_squares_ones() -> None:
    rng = np.random.default_rng(4)
    low, high = rng.uniform(5, 15, (2, 13, 200, 8))
    actual = 0.3 * low + 0.7 * high
    past = np.stack([low, high])
    weight = weights(past, past[:, -1], actual, *alike(actual))
    assert weight.mean(axis=0) == pytest.approx([0.3, 0.7], abs=0.01)


@pytest.mark.parametrize(("mean", "dispersion"), [(0.3, 0.5), (4.0, 0.2), (20.0, 0.4)])
def test_counts_are_negative_binomial(mean: float, dispersion: float) -> None:
    probability = np.linspace(0.0005, 0.9995, 1000)[:, None]
    found = Marginals(np.array([mean]), np.array([dispersion]), True).quantile(probability)[:, 0]
    shape = 1 / dispersion
    expected = stats.nbinom.ppf(probability[:, 0], shape, 1 / (1 + dispersion * mean))
    if mean < 10:
        assert (found == expected).all()
    assert found.mean() == pytest.approx(mean, rel=0.01)
    assert np.abs(found - expected).max() <= 0.05 * expected.max()


def test_divisible_units_are_gamma() -> None:
    probability = np.linspace(0.01, 0.99, 99)[:, None]
    found = Marginals(np.array([500.0]), np.array([0.04]), False).quantile(probability)[:, 0]
    assert found == pytest.approx(stats.gamma.ppf(probability[:, 0], 25, scale=20), rel=1e-3)


@pytest.mark.parametrize("whole", [True, False])
def test_where_nothing_is_expected_nothing_comes(whole: bool) -> None:
    probability = np.linspace(0.001, 0.999, 50)[:, None]
    assert (Marginals(np.zeros(1), np.array([0.5]), whole).quantile(probability) == 0).all()


@pytest.mark.parametrize("whole", [True, False])
def test_ranks_of_what_was_predicted_are_even(whole: bool) -> None:
    rng = np.random.default_rng(5)
    marginal = Marginals(np.full(20_000, 2.0), np.full(20_000, 0.4), whole)
    units = marginal.quantile(rng.random((1, 20_000)))[0]
    found = marginal.rank(units, rng.random(20_000))
    assert np.quantile(found, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)


def test_dispersion_is_that_of_the_errors() -> None:
    rng = np.random.default_rng(6)
    mean = rng.uniform(2, 30, (13, 100, 8))
    actual = rng.negative_binomial(1 / 0.3, 1 / (1 + 0.3 * mean)).astype(float)
    assert dispersions(mean, actual, *alike(actual), np.full(100, True)).mean() == pytest.approx(0.3, rel=0.1)


def test_paths_keep_the_marginals_and_learn_their_shape_from_the_ranks() -> None:
    rng = np.random.default_rng(7)
    raw = 0.5 * rng.random((13, 40, 6))
    known, rows = ranks(raw, raw, *same_kind(raw)), np.arange(40)
    drawn = probabilities(draw_scores(known, rows, common_origins(known, 400, rng), rng), known, rows, rng)
    by_cell = drawn.mean(axis=0)
    assert by_cell.std() < 0.01
    assert np.mean(drawn < 0.5) > 0.9


def test_weeks_beyond_an_origin_come_from_one_that_reaches_further() -> None:
    rng = np.random.default_rng(8)
    raw = np.full((5, 30, 6), 0.9)
    raw[1:, :, 3:] = NAN
    raw[0] = 0.1
    known = ranks(raw, raw, *same_kind(raw))
    scores = draw_scores(known, np.arange(30), common_origins(known, 300, rng), rng)
    assert scores[:, :, :3].mean() > 0
    assert scores[:, :, 3:].mean() < 0


def test_errors_teach_the_segment_that_a_series_had_then() -> None:
    raw = np.full((5, 20, 4), 0.2)
    raw[:, 10:] = 0.8
    then = np.zeros((5, 20), dtype=int)
    then[:, 10:] = 1
    past, now = kinds(then, np.full(raw.shape, 2.0)), kinds(np.ones(20, dtype=int), np.full((20, 4), 2.0))
    known = ranks(raw, raw, now, past)
    assert np.median(known.scale[int(past[0, 0, 0])]) < 0.5 < np.median(known.scale[int(now[0, 0])])


def test_what_the_high_season_errs_by_does_not_widen_the_low_one() -> None:
    rng = np.random.default_rng(10)
    raw = rng.random((13, 40, 4))
    raw[:6] = np.where(raw[:6] < 0.5, 0.05, 0.95)
    past = kinds(np.full((13, 40), SLOW), np.where(np.arange(13) < 6, 5.0, 0.05)[:, None, None] * np.ones(raw.shape))
    known = ranks(raw, raw, past[6], past)
    even = np.linspace(0.05, 0.95, 10)[:, None, None] * np.ones((10, 40, 4))
    low, high = (recalibrated(even, past[origin], known.scale)[:, 0, 0] for origin in (6, 0))
    assert np.abs(low - even[:, 0, 0]).max() < 0.08
    assert high[1] < 0.1
    assert high[-2] > 0.9
