"""Errors: what rolling origins teach of how wrong the outlook may be, and the sample paths that follow from it."""

from dataclasses import dataclass

import numpy as np

from data.company import Floats
from forecast.dispersion import dispersions
from forecast.idle import idle_shares
from forecast.marginals import Marginals
from forecast.outlook import Outlook
from forecast.recalibration import kinds
from forecast.sampling import Ranks, draw_scores, probabilities, ranks, spread_evenly
from forecast.shocks import Shocks, normals, shaken

BLOCK = 500  # series drawn together


@dataclass(frozen=True)
class Errors:
    """``spread`` (N, H): dispersion of the marginals; ``idle`` (N,): the share of it that idle weeks make;
    ``ranks``: where past demand fell in what was predicted then."""

    spread: Floats
    idle: Floats
    ranks: Ranks


def learn_errors(outlook: Outlook, rng: np.random.Generator) -> Errors:
    """Dispersions and ranks of the outlook's rolling origins; ``rng`` breaks the ties of counts."""
    spread = dispersions(outlook.past, outlook.actual, outlook.segments, outlook.past_segments, outlook.whole)
    idle = idle_shares(predicted(outlook, spread, 0.0), outlook.actual)
    raw, again = predicted(outlook, spread, idle[:, None]).rank(outlook.actual, rng.random((2, *outlook.actual.shape)))
    now, past = kinds(outlook.segments, outlook.mean), kinds(outlook.past_segments, outlook.past)
    return Errors(spread, idle, ranks(raw, again, now, past))


def predicted(outlook: Outlook, spread: Floats, idle: Floats | float) -> Marginals:
    """Marginals (O, N, H) as they were predicted at past origins; ``idle`` (N, 1)."""
    return Marginals(outlook.past, np.broadcast_to(spread, outlook.past.shape), outlook.whole[:, None], idle)


def sample(
    outlook: Outlook, errors: Errors, shocks: list[Shocks], common: list[np.ndarray], rng: np.random.Generator
) -> Floats:
    """Paths (count, N, H) that repeat the ``common`` origins' errors, drawn block by block to spare memory."""
    count = len(common[0])
    drawn = [normals(shock, count, rng) for shock in shocks]
    paths = np.empty((count, *outlook.mean.shape))
    for rows in np.split(np.arange(len(outlook.mean)), range(BLOCK, len(outlook.mean), BLOCK)):
        mean, spread = outlook.mean[rows], errors.spread[rows]
        scores = draw_scores(errors.ranks, rows, common, rng)
        for shock, normal in zip(shocks, drawn, strict=True):
            usual = spread + 1 / np.maximum(mean, 1e-6)
            scores = shaken(scores, usual, shock.variance[rows], shock.group[rows], normal)
            spread = spread + shock.variance[rows]
        at = probabilities(scores, errors.ranks, rows, rng)
        paths[:, rows] = Marginals(mean, spread, outlook.whole[rows, None], errors.idle[rows, None]).quantile(at)
    return paths


def path_ranks(errors: Errors, rows: np.ndarray, common: list[np.ndarray], rng: np.random.Generator) -> Floats:
    """Ranks (count, len(rows), H) in (0, 1) by which distributions from elsewhere join the paths."""
    return spread_evenly(draw_scores(errors.ranks, rows, common, rng), rng)
