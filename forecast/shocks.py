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


def shaken(scores: Floats, dispersion: Floats, mean: Floats, shocks: Shocks, rng: np.random.Generator) -> Floats:
    """Normal scores (S, N, H) in which each shock has the share of the variance that it adds.

    Without the shock the squared coefficient of variation of a week is ``dispersion`` + 1 / ``mean``.
    """
    usual = dispersion + 1 / np.maximum(mean, 1e-6)
    share = shocks.variance / (shocks.variance + usual)
    drawn = rng.standard_normal((len(scores), int(shocks.group.max(initial=0)) + 1))
    for path, normal in enumerate(drawn):
        scores[path] = np.sqrt(1 - share) * scores[path] + np.sqrt(share) * normal[shocks.group]
    return scores
