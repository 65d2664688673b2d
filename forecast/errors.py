"""Errors: what rolling origins teach of how wrong the outlook may be, and the sample paths that follow from it."""

from dataclasses import dataclass

import numpy as np

from data.company import Floats
from forecast.dispersion import dispersions
from forecast.marginals import Marginals
from forecast.outlook import Outlook
from forecast.sampling import Ranks, draw_scores, probabilities, ranks
from forecast.shocks import Shocks, shaken


@dataclass(frozen=True)
class Errors:
    """``spread`` (N, H): dispersion of the marginals; ``ranks``: where past demand fell in what was predicted then."""

    spread: Floats
    ranks: Ranks


def learn_errors(outlook: Outlook, rng: np.random.Generator) -> Errors:
    """Dispersions and ranks of the outlook's rolling origins; ``rng`` breaks the ties of counts."""
    spread = dispersions(outlook.past, outlook.actual, outlook.segments, outlook.whole)
    raw = predicted(outlook, spread).rank(outlook.actual, rng.random(outlook.actual.shape))
    return Errors(spread, ranks(raw, outlook.segments))


def predicted(outlook: Outlook, spread: Floats) -> Marginals:
    """Marginals (O, N, H) as they were predicted at past origins."""
    return Marginals(outlook.past, np.broadcast_to(spread, outlook.past.shape), outlook.whole)


def sample(
    outlook: Outlook, errors: Errors, shocks: list[Shocks], count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Paths (count, N, H) and the probabilities (count, N, H) that they were read at."""
    scores = draw_scores(errors.ranks, count, outlook.mean.shape[1], rng)
    spread = errors.spread
    for shock in shocks:
        scores = shaken(scores, spread, outlook.mean, shock, rng)
        spread = spread + shock.variance
    drawn = probabilities(scores, errors.ranks, rng)
    return Marginals(outlook.mean, spread, outlook.whole).quantile(drawn), drawn
