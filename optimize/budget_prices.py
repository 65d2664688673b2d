"""Prices of budgets at which a mixture of what a model's blocks would do spends what there is.

At any prices the blocks prove what the model costs at least, and the cheapest mixture of what they did so far that
keeps the budgets is a solution (Dantzig-Wolfe decomposition): where both agree, it is the best. New prices are those
of the mixture, once a budget was both exceeded and kept, and before that in proportion to what was spent too much.
"""

import numpy as np

from optimize.blocks import Blocks
from optimize.highs import Limits, Outcome
from optimize.pool import Pool
from optimize.stock_flow import Floats

CLOSE, SEARCHED, ROUNDS = 3e-7, 8, 100
"""The gap, as a share of the cost, at which the mixture is the answer; rounds at most."""
RISE, LEAST, NUDGE = 1.5, 0.3, 2e-3
"""By how much a price rises for a share of the budget that is spent too much, the price that it rises from at least,
and the share that counts at least.
"""


def answer(blocks: Blocks, pool: Pool, prices: Floats, limits: Limits) -> tuple[Outcome, Floats]:
    """The least cost of a model, and the budgets' prices; for a pool without offers, and from some prices on.

    Where a block has no solution in time, neither has the model.
    """
    search, rounds, bound, best = _Search(prices, pool), list[list[Outcome]](), -np.inf, prices
    while True:
        offers, found = blocks.at(prices, limits)
        unsolved = next((one for one in found if one.values is None), None)
        if unsolved is not None:
            return unsolved, best
        rounds.append(found)
        excess, proven = pool.add(offers), pool.bound(offers, prices)
        if proven > bound:
            bound, best, duals = proven, prices, blocks.duals(prices, found)
        mixture = pool.mixture(limits)
        close = mixture.cost - bound <= CLOSE * max(abs(mixture.cost), 1.0)
        if close or limits.late or len(rounds) == ROUNDS:
            break
        prices = search.next(prices, excess, mixture.prices) if len(rounds) < SEARCHED else mixture.prices
    values, offset = blocks.values(mixture.shares, mixture.over, rounds), blocks.arrays.offset
    stopped = "" if close else "seconds" if limits.late else "rounds"
    return Outcome(mixture.cost + offset, bound + offset, stopped, values, duals), best


class _Search:
    """For each budget the highest price at which too much was spent, and the lowest at which it was enough."""

    def __init__(self, prices: Floats, pool: Pool) -> None:
        self.over, self.within = np.full(len(prices), -np.inf), np.full(len(prices), np.inf)
        self.rise, self.amount, self.most = RISE, np.maximum(np.abs(pool.amount), 1.0), pool.over_price

    def next(self, prices: Floats, excess: Floats, mixed: Floats) -> Floats:
        """Other prices: those of the mixture between the two where both are known, else further."""
        over = excess > 0
        self.over = np.where(over, np.maximum(self.over, prices), self.over)
        self.within = np.where(over, self.within, np.minimum(self.within, prices))
        both = np.isfinite(self.over) & np.isfinite(self.within)
        share = np.where(over, 1.0, -1.0) * np.maximum(np.abs(excess) / self.amount, NUDGE)
        further = np.clip(prices + self.rise * share * np.maximum(prices, LEAST), 0.0, self.most)
        self.rise = 1.5 * self.rise
        low, high = np.minimum(self.over, self.within), np.maximum(self.over, self.within)
        return np.where(both, np.clip(mixed, low, high), further)
