"""Own season: the yearly pattern of one long series, taken only where it explains enough of what the series does."""

import numpy as np

from data.company import Floats

YEAR = 52
YEARS = 10  # at most, that it is learnt from
LEAST_YEARS = 2.5
STRENGTH = 0.2  # share of the variance about the moving year that the pattern must explain


def own_season(level: Floats, horizon: int) -> Floats:
    """Factors of the last ``len(level)`` weeks, at most ``YEARS`` years of them, and of ``horizon`` weeks to come.

    Their mean over a year is 1; all are 1 where there is no telling pattern.

    Ratio to the centred moving mean of 52 weeks, averaged by place in the year and smoothed over neighbours (classical
    decomposition, Persons 1919). The strength is that of Wang, Smith & Hyndman (2006), corrected for the means'
    own freedom.
    """
    known = level[-YEARS * YEAR :]
    factors = np.ones(len(known) + horizon)
    if len(known) < LEAST_YEARS * YEAR:
        return factors
    ratio, place = _ratio(known), np.arange(len(known) + horizon) % YEAR
    if ratio is None:
        return factors
    index = _index(ratio, place[: len(known)])
    telling = _strength(ratio, index[place[: len(known)]]) > STRENGTH
    return index[place] if telling else factors


def _ratio(known: Floats) -> Floats | None:
    """Each week over the mean of the year about it; NaN in the first and last half year; None: not all positive."""
    year = np.convolve(known, np.r_[0.5, np.ones(YEAR - 1), 0.5] / YEAR, "valid")
    if (year <= 0).any():
        return None
    ratio = np.full(len(known), np.nan)
    ratio[YEAR // 2 : YEAR // 2 + len(year)] = known[YEAR // 2 : YEAR // 2 + len(year)] / year
    return ratio


def _index(ratio: Floats, place: np.ndarray) -> Floats:
    """(52,) mean ratio of each place in the year, smoothed by a quarter of each neighbour."""
    known = np.isfinite(ratio)
    total = np.bincount(place[known], ratio[known], YEAR)
    mean = total / np.maximum(np.bincount(place[known], minlength=YEAR), 1)
    smooth = 0.5 * mean + 0.25 * np.roll(mean, 1) + 0.25 * np.roll(mean, -1)
    return np.asarray(np.maximum(smooth / smooth.mean(), 0.05))


def _strength(ratio: Floats, index: Floats) -> float:
    """Share 0..1 of the ratios' variance that the index explains, less what as many free means explain of noise."""
    known = np.isfinite(ratio)
    years = float(known.sum()) / YEAR
    spread = float(np.var(ratio[known]))
    if spread <= 0 or years <= 1:
        return 0.0
    left = float(np.var((ratio - index)[known])) * years / float(max(years - 1, 0.5))
    return max(0.0, 1 - left / spread)
