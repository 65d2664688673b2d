"""Idle weeks: more weeks without any demand than the usual distribution of a week has, as lumpy goods have them."""

import numpy as np

from data.company import Floats
from forecast.marginals import Marginals
from forecast.origins import SPACING

MOST = 0.98  # share of the dispersion that idle weeks can make
GRID = np.linspace(0.0, MOST, 8)


def idle_shares(predicted: Marginals, actual: Floats) -> Floats:
    """(N,) share of each series' dispersion that idle weeks make, for as many weeks without demand as there were.

    ``predicted``: the marginals (O, N, H) of past origins, without idle weeks; ``actual`` (O, N, H), NaN where not
    seen. Of every origin the next weeks count, so that each week does once. What they promised too few is trusted as
    far as it exceeds the chance error of such a count (positive-part shrinkage, Efron & Morris 1973).
    """
    near = slice(0, SPACING)
    seen = ~np.isnan(actual[..., near])
    mean, spread = predicted.mean[..., near], predicted.dispersion[..., near]

    def none(share: float) -> Floats:
        return np.where(seen, Marginals(mean, spread, predicted.whole, share).none, 0.0)

    promised = np.stack([none(share).sum(axis=(0, 2)) for share in GRID])
    missing = (actual[..., near] == 0).sum(axis=(0, 2)) - promised[0]
    chance = (none(0.0) * (1 - none(0.0))).sum(axis=(0, 2))
    trusted = np.maximum(missing - chance / np.maximum(missing, 1e-9), 0.0)
    goals = promised[0] + trusted
    return np.where(trusted > 0, [np.interp(*each, GRID) for each in zip(goals, promised.T, strict=True)], 0.0)
