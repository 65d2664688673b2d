"""Prices of budgets at which a mixture of what the parts of a model would do spends what there is.

At any prices the parts prove what the model costs at least, and the cheapest mixture of what they offered so far that
keeps the budgets is a solution (Dantzig-Wolfe decomposition): where both agree, it is the best. The first new prices
are those at which each budget by itself is about spent, later ones those of the mixture.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimize.highs import Limits
from optimize.pool import Mixture, Pool
from optimize.priced import Offer
from optimize.stock_flow import Flags, Floats

SEARCHED = 8
"""Rounds before the mixture's prices count."""
RISE, LEAST, NUDGE, BEYOND = 1.5, 0.3, 5e-3, 1.25
"""By how much a price first rises for a share of the budget that is spent too much, the price that it rises from at
least, and the share that counts at least; and how far it then goes of the way on which all would be spent.
"""


@dataclass(frozen=True)
class Goal:
    """When prices are good enough: the mixture costs no more than what is proven by a ``gap``, a share of what it costs
    with what is ``fixed``; after so many ``rounds`` in any case.
    """

    gap: float
    rounds: int
    fixed: float = 0.0


@dataclass(frozen=True)
class Settled:
    """``prices`` that prove the ``bound``, those of the round ``best``; ``mixture`` of all rounds, None where a part
    offered nothing; ``close``: whether it is as good as was wanted.
    """

    prices: Floats
    bound: float = -np.inf
    best: int = 0
    mixture: Mixture | None = None
    close: bool = False


def settled(ask: Callable[[Floats], list[Offer]], pool: Pool, prices: Floats, goal: Goal, limits: Limits) -> Settled:
    """The prices of a pool's budgets, searched from some prices on; ``ask``: for the parts' offers at prices."""
    search, found = PriceSearch(prices, pool), Settled(prices)
    for number in range(1, goal.rounds + 1):
        offers = ask(prices)
        if any(np.isinf(one.cost) for one in offers):
            return replace(found, mixture=None)
        excess, proven = pool.add(offers), pool.bound(offers, prices)
        if proven > found.bound:
            found = replace(found, prices=prices, bound=proven, best=number - 1)
        mixture = pool.mixture(limits)
        enough = goal.gap * max(abs(mixture.cost + goal.fixed), 1.0)
        found = replace(found, mixture=mixture, close=mixture.cost - found.bound <= enough)
        if found.close or limits.late:
            break
        prices = search.next(prices, excess) if number < SEARCHED else mixture.prices
    return found


class PriceSearch:
    """For each budget the highest price at which too much was spent, the lowest at which it was enough, and by how much
    at each: the next price is one beyond, as the last two tell but at most twice as far, then one between, in
    proportion; where one side is hit again, the other then counts half (the Illinois rule), so that prices come close
    from both sides.
    """

    def __init__(self, prices: Floats, pool: Pool) -> None:
        self.over, self.within = np.full(len(prices), -np.inf), np.full(len(prices), np.inf)
        self.too_much, self.left = np.zeros(len(prices)), np.zeros(len(prices))
        self.last: Flags = np.zeros(len(prices), dtype=bool)
        self.before: tuple[Floats, Floats] | None = None
        self.amount, self.most = np.maximum(np.abs(pool.amount), 1.0), pool.over_price

    def next(self, prices: Floats, excess: Floats) -> Floats:
        """Other prices than those that led to this excess."""
        over = excess > 0
        weight, self.last = np.where(over == self.last, 0.5, 1.0), over
        self.over, self.within = np.where(over, prices, self.over), np.where(over, self.within, prices)
        self.too_much = np.where(over, excess, weight * self.too_much)
        self.left = np.where(over, weight * self.left, -excess)
        both = np.isfinite(self.over) & np.isfinite(self.within)
        low, high = np.where(both, self.over, 0.0), np.where(both, self.within, 0.0)
        between = low + (high - low) * self.too_much / np.maximum(self.too_much + self.left, 1e-12)
        further = np.clip(prices + self._step(prices, excess), 0.0, self.most)
        self.before = prices, excess
        return np.where(both, between, further)

    def _step(self, prices: Floats, excess: Floats) -> Floats:
        """How far prices go while all of them were too low, or too high."""
        share, risen = np.abs(excess) / self.amount, RISE * np.maximum(prices, LEAST)
        step = risen * np.maximum(share, NUDGE)
        if self.before is not None:
            gone, gained = np.abs(prices - self.before[0]), np.abs(self.before[1]) - np.abs(excess)
            way = BEYOND * gone * np.abs(excess) / np.maximum(gained, 1e-12)
            step = np.where(gone > 0, np.maximum(np.minimum(way, 2 * gone), NUDGE * risen), step)
        return np.asarray(np.copysign(step, excess))
