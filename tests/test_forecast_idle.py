"""Idle weeks: lumpy goods have the zeros that they had, goods that scatter as usual keep their distribution."""

import numpy as np
import pytest

from forecast.idle import idle_shares
from forecast.marginals import Marginals

ORIGINS, WEEKS = 13, 4


@pytest.mark.parametrize("whole", [True, False])
def test_idle_weeks_keep_mean_and_variance(whole: bool) -> None:
    mean, dispersion = np.array([3.0, 0.5]), np.array([3.0, 5.0])
    marginal = Marginals(mean, dispersion, whole, 0.9)
    probability = np.broadcast_to(((np.arange(100_000) + 0.5) / 100_000)[:, None], (100_000, 2))
    units = marginal.quantile(probability)
    assert units.mean(axis=0) == pytest.approx(mean, rel=0.04)
    assert units.var(axis=0) == pytest.approx(dispersion * mean**2 + (mean if whole else 0.0), rel=0.06)
    assert (units == 0).mean(axis=0) == pytest.approx(marginal.none, abs=0.001)


@pytest.mark.parametrize("whole", [True, False])
def test_ranks_of_lumpy_demand_are_even(whole: bool) -> None:
    marginal = Marginals(np.full(20_000, 2.0), np.full(20_000, 3.0), whole, 0.8)
    rng = np.random.default_rng(0)
    rank = marginal.rank(marginal.quantile(rng.random((1, 20_000)))[0], rng.random(20_000))
    assert np.quantile(rank, [0.1, 0.25, 0.5, 0.75, 0.9]) == pytest.approx([0.1, 0.25, 0.5, 0.75, 0.9], abs=0.02)


def test_without_idle_weeks_nothing_changes() -> None:
    mean, dispersion = np.array([0.3, 2.0, 80.0]), np.array([0.4, 5.0, 0.2])
    probability = np.random.default_rng(0).random((50, 3))
    plain = Marginals(mean, dispersion, True).quantile(probability)
    assert np.array_equal(plain, Marginals(mean, dispersion, True, np.zeros(3)).quantile(probability))


def test_lumpy_goods_have_as_many_weeks_without_demand_as_they_had() -> None:
    rng = np.random.default_rng(1)
    lumps = (rng.random((ORIGINS, 40, WEEKS)) < 0.2) * 10.0
    mean, dispersion = np.full(lumps.shape, 2.0), np.full(lumps.shape, 3.5)
    share = idle_shares(Marginals(mean, dispersion, True), lumps)
    then = Marginals(mean, dispersion, True, share[:, None])
    assert Marginals(mean, dispersion, True).none.mean() < 0.6
    assert then.none.mean() == pytest.approx(0.8, abs=0.06)


def test_what_chance_makes_is_not_idleness() -> None:
    rng = np.random.default_rng(2)
    shape = (ORIGINS, 200, WEEKS)
    usual = Marginals(np.full(shape, 1.5), np.full(shape, 0.5), True)
    share = idle_shares(usual, rng.negative_binomial(2.0, 1 / 1.75, shape).astype(float))
    assert np.median(share) == 0
    assert Marginals(usual.mean, usual.dispersion, True, share[:, None]).none.mean() == pytest.approx(
        usual.none.mean(), abs=0.01
    )


def test_weeks_that_nobody_saw_say_nothing() -> None:
    usual = Marginals(np.full((3, 2, WEEKS), 1.0), np.full((3, 2, WEEKS), 2.0), True)
    assert (idle_shares(usual, np.full((3, 2, WEEKS), np.nan)) == 0).all()
    assert idle_shares(Marginals(*(np.empty((0, 2, WEEKS)),) * 2, True), np.empty((0, 2, WEEKS))).tolist() == [0, 0]
