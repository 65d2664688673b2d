"""Shocks: what no past error of a series tells of, and lasts or is shared: a new item's level, a promotion's uplift."""

from dataclasses import dataclass

import numpy as np

from data.company import Floats
from forecast.candidates import Demand
from forecast.exposure import Exposure
from forecast.level import Prior


@dataclass(frozen=True)
class Shocks:
    """One more source of variance: ``variance`` (N, H) of log demand; ``group`` (N, H): cells that share the draw."""

    variance: Floats
    group: np.ndarray


def level_shocks(demand: Demand, now: Exposure, prior: Prior) -> Shocks:
    """What is not known of a level that few own weeks have shown; one draw per series for all weeks."""
    seen = (demand.seen * now.past).sum(axis=1)
    left = prior.spread * prior.weeks / (prior.weeks + seen)
    variance = np.where(left > 0.02 * prior.spread, left, 0.0)
    shape = now.future.shape
    series = np.broadcast_to(np.arange(shape[0])[:, None], shape)
    return Shocks(np.broadcast_to(variance[:, None], shape), series)


def promotion_shocks(now: Exposure) -> Shocks:
    """What is not known of the coming promotions' uplift; one draw per promotion for all series and weeks.

    Where promotions overlap, the one of the largest variance counts.
    """
    horizon = slice(now.origin, None)
    share, members = now.lifted.share[:, horizon], now.lifted.members
    variance = np.zeros(now.future.shape)
    group = np.zeros(now.future.shape, dtype=int)
    for promotion, spread in enumerate(now.uplift.variance):
        own = members[promotion][:, None] * (share[promotion] * spread)[None, :]
        group = np.where(own > variance, promotion, group)
        variance = np.maximum(variance, own)
    return Shocks(variance, group)


def normals(shocks: Shocks, count: int, rng: np.random.Generator) -> Floats:
    """(count, groups) standard normal draws, one for each group of cells."""
    return rng.standard_normal((count, int(shocks.group.max(initial=0)) + 1))


def shaken(scores: Floats, usual: Floats, variance: Floats, group: np.ndarray, drawn: Floats) -> Floats:
    """Normal scores (S, n, H) in which a shock has the share of the variance that it adds.

    ``usual`` (n, H): squared coefficient of variation of the week without it; ``variance``, ``group`` (n, H) of it;
    ``drawn`` (S, groups): its normals.
    """
    share = variance / (variance + usual)
    if not share.any():
        return scores
    return np.asarray(np.sqrt(1 - share) * scores + np.sqrt(share) * drawn[:, group])
