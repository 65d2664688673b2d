"""Combination: weights of the candidates per series, learnt on rolling origins and shrunk to the segment's."""

import numpy as np

from data.company import Floats
from forecast.candidates import Bools

SEGMENT_WEEKS = 600  # scored weeks of its own that weigh as much as the segment's errors
POOL_WEEKS = 500  # scored weeks of a segment that weigh as much as all series' errors
STEPS = 300  # of the exponentiated gradient
SCORED = 13  # weeks after an origin whose errors choose: the reach of most lead times
SPREAD = 0.5  # variance of a week beyond Poisson, as a share of its squared mean


def weights(past: Floats, now: Floats, actual: Floats, segments: np.ndarray, past_segments: np.ndarray) -> Floats:
    """Weights (N, C), rows on the simplex, that minimise the squared error of the combination on past origins.

    ``past`` (C, O, N, H) and ``now`` (C, N, H): the candidates' means, NaN where they abstain; ``actual`` (O, N, H),
    NaN where not seen; ``segments`` (N,) numbers, ``past_segments`` (O, N) at the origins. Errors are divided by the
    variance expected of the week (its mean plus ``SPREAD`` its square), so that neither large series nor peaks decide
    for all. A series' own normal equations are added to the mean ones of its segment's weeks, those to the pool's.
    Who abstains now, or always did, has no weight.
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
    for segment, (mean_gram, mean_cross) in _pooled(x, y, scored, past_segments, np.unique(segments)).items():
        rows = segments == segment
        gram[rows] += SEGMENT_WEEKS * mean_gram
        cross[rows] += SEGMENT_WEEKS * mean_cross
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


def _pooled(
    x: Floats, y: Floats, scored: Bools, past_segments: np.ndarray, names: np.ndarray
) -> dict[int, tuple[Floats, Floats]]:
    """Mean normal equations (C, C), (C,) of a scored week of each segment, shrunk to those of all series."""

    def total(cells: Bools) -> tuple[Floats, Floats, float]:
        inputs, answers = x[:, cells].reshape(len(x), -1), y[cells].ravel()
        return inputs @ inputs.T, inputs @ answers, float(scored[cells].sum())

    gram, cross, weeks = total(np.ones(past_segments.shape, dtype=bool))
    share = POOL_WEEKS / max(weeks, 1.0)
    pooled = {}
    for name in names.tolist():
        own_gram, own_cross, own_weeks = total(past_segments == name)
        count = own_weeks + POOL_WEEKS
        pooled[name] = (own_gram + share * gram) / count, (own_cross + share * cross) / count
    return pooled


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
