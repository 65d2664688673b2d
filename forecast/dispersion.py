"""Dispersion: how far demand scatters about the forecast, per series and week ahead, from rolling-origin errors."""

import numpy as np

from data.company import Floats
from forecast.candidates import Bools

OWN_WEEKS = 40  # scored weeks of its own that weigh as much as the segment's dispersion
FIRST = 0.5  # dispersion where nothing was ever scored
FIRST_WEEKS = 20  # scored weeks that weigh as much as ``FIRST``
BLOCKS = (0, 2, 4, 8, 13, 26, 52)  # weeks ahead within which dispersion is taken as equal
LEAST, MOST = 1e-3, 5.0


def dispersions(mean: Floats, actual: Floats, segments: np.ndarray, past_segments: np.ndarray, whole: Bools) -> Floats:
    """(N, H) dispersion d of errors with variance m + d m^2 (``whole``, (N,)) or d m^2, by moments.

    ``mean``, ``actual`` (O, N, H), NaN where not seen; ``segments`` (N,) now, ``past_segments`` (O, N) then. A series'
    own moments are shrunk to its segment's; how dispersion grows with the weeks ahead is learnt per segment.
    """
    seen = ~np.isnan(actual)
    safe = np.where(seen, mean, 0.0)
    excess = np.where(seen, (np.nan_to_num(actual) - safe) ** 2 - np.where(whole[:, None], safe, 0.0), 0.0)
    weight = 1 / (safe + safe**2 + 0.05)
    top, bottom = np.where(seen, excess * weight, 0.0), np.where(seen, safe**2 * weight, 0.0)
    result = np.empty(mean.shape[1:])
    for segment in np.unique(segments):
        rows, cells = segments == segment, past_segments == segment
        level, growth, per_week = _segment(top[cells], bottom[cells], seen[cells])
        prior = OWN_WEEKS * per_week
        own = np.maximum(top[:, rows].sum(axis=(0, 2)), 0.0) + level * prior
        result[rows] = (own / (bottom[:, rows].sum(axis=(0, 2)) + prior))[:, None] * growth
    return np.clip(result, LEAST, MOST)


def _segment(top: Floats, bottom: Floats, seen: np.ndarray) -> tuple[float, Floats, float]:
    """Dispersion of a segment from the moments (cells, H) of its series, its growth (H,), and a week's weight."""
    per_week = float(bottom.sum() / max(seen.sum(), 1)) if bottom.sum() > 0 else 1.0
    prior = FIRST_WEEKS * per_week
    level = float((max(top.sum(), 0.0) + FIRST * prior) / (bottom.sum() + prior))
    return level, _growth(top, bottom, level, prior), per_week


def _growth(top: Floats, bottom: Floats, level: float, prior: float) -> Floats:
    """Factor (H,) of the dispersion of each block of weeks ahead over the segment's."""
    horizon = top.shape[1]
    growth = np.empty(horizon)
    for first, last in zip(BLOCKS, (*BLOCKS[1:], max(horizon, BLOCKS[-1] + 1)), strict=True):
        above, below = top[:, first:last].sum(), bottom[:, first:last].sum()
        growth[first:last] = (max(above, 0.0) + level * prior * 10) / (below + prior * 10) / max(level, LEAST)
    return growth
