"""Prices of budgets at which a mixture of what a model's blocks would do spends what there is.

At any prices the blocks prove what the model costs at least, and the cheapest mixture of what they did so far that
keeps the budgets is a solution (Dantzig-Wolfe decomposition): where both agree, it is the best. The first new prices
are those at which each budget by itself is about spent, later ones those of the mixture.
"""

import numpy as np

from optimize.blocks import Blocks, Round
from optimize.highs import Limits, Outcome
from optimize.pool import Pool
from optimize.stock_flow import Flags, Floats

CLOSE, SEARCHED, ROUNDS = 5e-7, 8, 100
"""The gap, as a share of the cost, at which the mixture is the answer; rounds before its prices count, and at most."""
RISE, LEAST, NUDGE = 1.5, 0.3, 2e-3
"""By how much a price rises for a share of the budget that is spent too much, the price that it rises from at least,
and the share that counts at least.
"""


def answer(blocks: Blocks, pool: Pool, prices: Floats, limits: Limits) -> tuple[Outcome, Floats]:
    """The least cost of a model, and the budgets' prices; for a pool without offers, and from some prices on.

    Where a block has no solution in time, neither has the model.
    """
    search, rounds, bound, best = _Search(prices, pool), list[Round](), -np.inf, prices
    while True:
        done = blocks.at(prices, limits)
        unsolved = next((one for one in done.found if one.values is None), None)
        if unsolved is not None:
            return unsolved, best
        rounds.append(done)
        excess, proven = pool.add(done.offers), pool.bound(done.offers, prices)
        if proven > bound:
            bound, best, duals, blocks.kept = proven, prices, blocks.duals(done), done
        mixture = pool.mixture(limits)
        close = mixture.cost - bound <= CLOSE * max(abs(mixture.cost + blocks.arrays.offset), 1.0)
        if close or limits.late or len(rounds) == ROUNDS:
            break
        prices = search.next(prices, excess) if len(rounds) < SEARCHED else mixture.prices
    values, offset = blocks.values(mixture.shares, mixture.over, rounds), blocks.arrays.offset
    stopped = "" if close else "seconds" if limits.late else "rounds"
    return Outcome(mixture.cost + offset, bound + offset, stopped, values, duals), best


class _Search:
    """For each budget the highest price at which too much was spent, the lowest at which it was enough, and by how much
    at each: the next price is one beyond, then one between, in proportion; where one side is hit again, the other then
    counts half (the Illinois rule), so that prices come close from both sides.
    """

    def __init__(self, prices: Floats, pool: Pool) -> None:
        self.over, self.within = np.full(len(prices), -np.inf), np.full(len(prices), np.inf)
        self.too_much, self.left = np.zeros(len(prices)), np.zeros(len(prices))
        self.last: Flags = np.zeros(len(prices), dtype=bool)
        self.rise, self.amount, self.most = RISE, np.maximum(np.abs(pool.amount), 1.0), pool.over_price

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
        step = np.where(over, 1.0, -1.0) * np.maximum(np.abs(excess) / self.amount, NUDGE)
        further = np.clip(prices + self.rise * step * np.maximum(prices, LEAST), 0.0, self.most)
        self.rise = 1.5 * self.rise
        return np.where(both, between, further)
