"""Lasting errors: how much of what a series errs by stays with it from week to week, per segment.

The sum over a lead time is as wide as the errors of its weeks are alike. Paths take the order of a series' own past
errors, which says how they moved from origin to origin: what a series errs by from every origin alike is lost in it,
and so is what counts hide, as a week without a sale can mean anything below one.
"""

import numpy as np

from data.company import Floats

REACH = 13  # weeks ahead whose errors are compared: the reach of most lead times
LEAST_TOLD = 0.2  # share of a score that counts tell, at least: below it there is too little to divide by
FEW = 50  # errors (of a series from an origin) that weigh as much as knowing of nothing that lasts


def lasting_share(scores: Floats, again: Floats, cells: np.ndarray, own: float) -> float:
    """Share c of a score's variance that a draw kept over all weeks must have, so that weeks are as alike as they were.

    ``scores`` and ``again`` (O, N, H): normal scores of past errors, the ranks of counts randomised twice; NaN where
    not seen; ``cells`` (O, N): those of a segment; ``own``: share of a path's score that is of the series itself.
    The correlation r of two weeks is their mean product over ``cells`` by that of ``scores`` and ``again``, which
    is below 1 as far as the randomised ranks of counts are noise. The paths bring p of it by themselves: that of the
    scores about each series' own mean, mixed with other series' scores. c + (1 - c) p = r, shrunk where errors are few.
    """
    scores, again = scores[..., :REACH], again[..., :REACH]
    alike, variance = _products(scores[cells])
    told = _mean(scores[cells] * again[cells])
    own_alike, own_variance = _products((scores - _means_of_series(scores))[cells])
    brought = (own * own_alike + (1 - own) * alike) / max(own * own_variance + (1 - own) * variance, 1e-9)
    share = (alike / max(told, LEAST_TOLD) - brought) / max(1 - brought, 1e-9)
    count = int((~np.isnan(scores[cells])).any(axis=1).sum())
    return float(np.clip(share, 0.0, 1.0)) * count / (count + FEW)


def _products(scores: Floats) -> tuple[float, float]:
    """Mean product of two different weeks, and of a week with itself, of the rows of ``scores`` (n, H)."""
    known = ~np.isnan(scores)
    filled, count = np.where(known, scores, 0.0), known.sum(axis=1)
    squares = (filled**2).sum(axis=1)
    between = (filled.sum(axis=1) ** 2 - squares).sum() / max(int((count * (count - 1)).sum()), 1)
    return float(between), float(squares.sum() / max(int(count.sum()), 1))


def _means_of_series(scores: Floats) -> Floats:
    """(N, H) mean over the origins."""
    known = ~np.isnan(scores)
    return np.asarray(np.where(known, scores, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0
