"""Combination: weights of the candidates per series, learnt on rolling origins and shrunk to the segment's."""

import numpy as np

from data.company import Floats
from forecast.candidates import Bools

SEGMENT_WEEKS = 600  # scored weeks of its own that weigh as much as the segment's errors
POOL_WEEKS = 500  # scored weeks of a segment that weigh as much as all series' errors
STEPS = 300  # of the exponentiated gradient
SCORED = 13  # weeks after an origin whose errors choose: the reach of most lead times
SPREAD = 0.5  # variance of a week beyond Poisson, as a share of its squared mean


def weights(past: Floats, now: Floats, actual: Floats, segments: np.ndarray) -> Floats:
    """Weights (N, C), rows on the simplex, that minimise the squared error of the combination on past origins.

    ``past`` (C, O, N, H) and ``now`` (C, N, H): the candidates' means, NaN where they abstain; ``actual`` (O, N, H),
    NaN where not seen; ``segments`` (N,) numbers. Errors are divided by the variance expected of the week (its mean
    plus ``SPREAD`` its square), so that neither large series nor peaks decide for all. A series' own normal equations
    are added to its segment's mean ones, those to the pool's. Who abstains now, or always did, has no weight.
    """
    able = _able(past, now)
    span = min(SCORED, past.shape[3])
    past, actual = past[..., :span], actual[..., :span]
    scored = ~np.isnan(actual) & (np.isfinite(past) | ~able.T[:, None, :, None]).all(axis=0)
    filled = _filled(past)
    middle = np.where(scored, filled.mean(axis=0), 1.0)
    scale = np.where(scored, 1 / np.sqrt(middle + SPREAD * middle**2 + 0.05), 0.0)
    x, y = np.where(scored, filled, 0.0) * scale, np.where(scored, actual, 0.0) * scale
    gram = np.einsum("conh,donh->ncd", x, x, optimize=True)
    cross = np.einsum("conh,onh->nc", x, y, optimize=True)
    gram, cross = _shrunk(gram, cross, scored.sum(axis=(0, 2)).astype(float), segments)
    return _simplex(gram, cross, able / np.maximum(able.sum(axis=1, keepdims=True), 1))


def _able(past: Floats, now: Floats) -> Bools:
    """(N, C): the candidate forecasts the series now, and did at some past origin if any candidate did."""
    today, before = np.all(np.isfinite(now), axis=2).T, np.any(np.isfinite(past), axis=(1, 3)).T
    able: Bools = today & (before | ~before.any(axis=1, keepdims=True))
    return able


def _filled(means: Floats) -> Floats:
    """Where a candidate abstains, the mean of those that do not; 0 where all do."""
    known = np.isfinite(means)
    middle = np.where(known, means, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known, means, middle)


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
    """Minimum of w'Gw/2 - c'w over the simplex, one problem per row, by exponentiated gradient from ``start``.

    Kivinen & Warmuth (1997). A weight that starts at 0 stays there.
    """
    weight = start
    step = 1 / np.maximum(np.abs(gram).max(axis=(1, 2)), 1e-9)[:, None]
    for _ in range(STEPS):
        gradient = np.einsum("ncd,nd->nc", gram, weight) - cross
        gradient -= gradient.min(axis=1, keepdims=True)
        weight = weight * np.exp(-step * gradient)
        weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    return weight


def combined(means: Floats, weight: Floats) -> Floats:
    """Mean (O, N, H) of ``means`` (C, O, N, H) weighted by ``weight`` (N, C); who abstains leaves his share.

    Where all that have weight abstain, as at an origin before some of them can speak, the others' plain mean.
    """
    share = np.where(np.isnan(means), 0.0, weight.T[:, None, :, None])
    total = share.sum(axis=0)
    mean = (share * np.nan_to_num(means)).sum(axis=0)
    return np.asarray(np.where(total > 1e-9, mean / np.maximum(total, 1e-9), _filled(means).mean(axis=0)))
