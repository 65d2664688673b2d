"""Combination: weights of the candidates per series, learnt on rolling origins and shrunk to the segment's."""

import numpy as np

from data.company import Floats

SEGMENT_WEEKS = 600  # scored weeks of its own that weigh as much as the segment's errors
POOL_WEEKS = 500  # scored weeks of a segment that weigh as much as all series' errors
STEPS = 300  # of the exponentiated gradient
SCORED = 13  # weeks after an origin whose errors choose: the reach of most lead times


def weights(means: Floats, actual: Floats, segments: np.ndarray) -> Floats:
    """Weights (N, C), rows on the simplex, that minimise the squared error of the combination on past origins.

    ``means`` (C, O, N, H) of the candidates; ``actual`` (O, N, H), NaN where not seen; ``segments`` (N,) numbers.
    Errors are divided by the variance expected of the week (its mean plus half its square), so that large series and
    seasons do not decide for all. Each series' normal equations are added to its segment's mean ones, which are
    added to the pool's.
    """
    count = means.shape[0]
    span = min(SCORED, means.shape[3])
    means, actual = means[..., :span], actual[..., :span]
    scored = ~np.isnan(actual) & ~np.isnan(means).any(axis=0)
    middle = np.where(scored, means.mean(axis=0), 1.0)
    scale = np.where(scored, 1 / np.sqrt(middle + 0.5 * middle**2 + 0.05), 0.0)
    x = np.where(scored, means, 0.0) * scale
    y = np.where(scored, actual, 0.0) * scale
    gram = np.einsum("conh,donh->ncd", x, x, optimize=True)
    cross = np.einsum("conh,onh->nc", x, y, optimize=True)
    weeks = scored.sum(axis=(0, 2)).astype(float)
    gram, cross = _shrunk(gram, cross, weeks, segments)
    return _simplex(gram, cross, np.full((len(gram), count), 1 / count))


def _shrunk(gram: Floats, cross: Floats, weeks: Floats, segments: np.ndarray) -> tuple[Floats, Floats]:
    """Normal equations per series with the segment's and the pool's mean ones added."""
    total = max(weeks.sum(), 1.0)
    pool_gram, pool_cross = gram.sum(axis=0) / total, cross.sum(axis=0) / total
    shrunk_gram, shrunk_cross = gram.copy(), cross.copy()
    for segment in np.unique(segments):
        rows = segments == segment
        scored = weeks[rows].sum() + POOL_WEEKS
        segment_gram = (gram[rows].sum(axis=0) + POOL_WEEKS * pool_gram) / scored
        segment_cross = (cross[rows].sum(axis=0) + POOL_WEEKS * pool_cross) / scored
        shrunk_gram[rows] += SEGMENT_WEEKS * segment_gram
        shrunk_cross[rows] += SEGMENT_WEEKS * segment_cross
    return shrunk_gram, shrunk_cross


def _simplex(gram: Floats, cross: Floats, start: Floats) -> Floats:
    """Minimum of w'Gw/2 - c'w over the simplex, one problem per row, by exponentiated gradient from ``start``."""
    weight = start
    step = 1 / np.maximum(np.abs(gram).max(axis=(1, 2)), 1e-9)[:, None]
    for _ in range(STEPS):
        gradient = np.einsum("ncd,nd->nc", gram, weight) - cross
        gradient -= gradient.min(axis=1, keepdims=True)
        weight = weight * np.exp(-step * gradient)
        weight /= weight.sum(axis=1, keepdims=True)
    return weight


def combined(means: Floats, weight: Floats) -> Floats:
    """Mean (O, N, H) of ``means`` (C, O, N, H) weighted by ``weight`` (N, C); who abstains leaves his share."""
    share = np.where(np.isnan(means), 0.0, weight.T[:, None, :, None])
    total = share.sum(axis=0)
    mean = (share * np.nan_to_num(means)).sum(axis=0)
    return np.asarray(np.where(total > 0, mean / np.maximum(total, 1e-12), 0.0))
