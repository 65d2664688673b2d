"""Prices of budgets at which a mixture of what a model's blocks would do spends what there is.

At any prices the blocks prove what the model costs at least, and the cheapest mixture of what they did so far that
keeps the budgets is a solution (Dantzig-Wolfe decomposition): where both agree, it is the best. The first new prices
are those at which each budget by itself is about spent, later ones those of the mixture.
"""

import numpy as np

from optimize.blocks import Blocks, Done
from optimize.highs import Limits, Outcome
from optimize.pool import Pool
from optimize.stock_flow import Flags, Floats

CLOSE, SEARCHED, ROUNDS = 5e-7, 8, 100
"""The gap, as a share of the cost, at which the mixture is the answer; rounds before its prices count, and at most."""
FAR = 1e-2
"""The share of a budget, foreseen to be missed, from which it is begun with other prices."""
RISE, LEAST, NUDGE, BEYOND = 1.5, 0.3, 2e-3, 1.25
"""By how much a price first rises for a share of the budget that is spent too much, the price that it rises from at
least, and the share that counts at least; and how far it then goes of the way on which all would be spent.
"""


def answer(blocks: Blocks, pool: Pool, prices: Floats, limits: Limits) -> tuple[Outcome, Floats]:
    """The least cost of a model, and the budgets' prices; for a pool without offers, and from some prices on.

    Where a block has no solution in time, neither has the model.
    """
    expected = blocks.foreseen(prices, limits)
    if expected is not None:
        prices = _nearer(pool, prices, expected - pool.amount)
    search, rounds, bound, best = _Search(prices, pool), list[list[Done]](), -np.inf, prices
    while True:
        done = blocks.at(prices, limits)
        unsolved = next((one.found for one in done if one.found.values is None), None)
        if unsolved is not None:
            return unsolved, best
        rounds.append(done)
        offers = [one.offer for one in done]
        excess, proven = pool.add(offers), pool.bound(offers, prices)
        if proven > bound:
            bound, best, duals = proven, prices, blocks.duals(done)
            blocks.keep(done)
        mixture = pool.mixture(limits)
        close = mixture.cost - bound <= CLOSE * max(abs(mixture.cost + blocks.arrays.offset), 1.0)
        if close or limits.late or len(rounds) == ROUNDS:
            break
        prices = search.next(prices, excess) if len(rounds) < SEARCHED else mixture.prices
    values, offset = blocks.values(mixture.shares, mixture.over, rounds), blocks.arrays.offset
    stopped = "" if close else "seconds" if limits.late else "rounds"
    return Outcome(mixture.cost + offset, bound + offset, stopped, values, duals), best


def _nearer(pool: Pool, prices: Floats, excess: Floats) -> Floats:
    """Other prices where budgets would be missed by far: spent too much, or too little for their price."""
    missed = np.where((excess > 0) | (prices > 0), np.abs(excess), 0.0)
    other = _Search(prices, pool).next(prices, excess)
    return np.asarray(np.where(missed > FAR * np.abs(pool.amount), other, prices))


class _Search:
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
