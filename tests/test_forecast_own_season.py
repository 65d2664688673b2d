"""A long smooth series' own season: found where it is there, left out where it is noise, and followed to come."""

import numpy as np
import pytest

from forecast.local import CAREFUL, QUICK, Local
from forecast.outlook import _left_to_specialists
from forecast.own_season import YEARS, own_season

YEAR = 52
WAVE = 1 + 0.3 * np.sin(2 * np.pi * np.arange(YEAR) / YEAR)


def test_a_yearly_pattern_is_found_and_continued() -> None:
    level = (100 + 0.1 * np.arange(5 * YEAR)) * np.tile(WAVE, 5)
    factors = own_season(level, 10)
    assert len(factors) == 5 * YEAR + 10
    assert factors == pytest.approx(np.resize(WAVE, 5 * YEAR + 10), abs=0.01)


def test_noise_is_no_season() -> None:
    walk = 100 + np.cumsum(np.random.default_rng(3).normal(0, 1, 4 * YEAR))
    assert (own_season(walk, 4) == 1).all()


@pytest.mark.parametrize("level", [np.full(30, 5.0), np.full(300, 5.0), np.zeros(300), -np.ones(300)])
def test_short_constant_and_empty_series_have_none(level: np.ndarray) -> None:
    assert own_season(level, 3).tolist() == [1.0] * (len(level) + 3)


def test_what_is_long_past_is_forgotten() -> None:
    level = np.concatenate([np.full(300, 9.0), 100 * np.tile(WAVE, YEARS)])
    assert own_season(level, 2) == pytest.approx(np.resize(WAVE, YEARS * YEAR + 2), abs=0.01)


def test_the_others_leave_a_series_to_its_specialists() -> None:
    candidates = [Local(method) for method in (QUICK[0], CAREFUL[0])]
    now = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [np.nan, np.nan]]])
    left = _left_to_specialists(candidates, now)
    assert np.isnan(left[0, 0]).all()
    np.testing.assert_array_equal(left[0, 1], [3.0, 4.0])
    np.testing.assert_array_equal(left[1], now[1])
    plain = _left_to_specialists([Local(QUICK[0]), Local(QUICK[1])], now)
    np.testing.assert_array_equal(plain, now)
