"""A relaxed model in blocks that share nothing but some rows: each stays with its solver, and is solved at prices.

While a budget is a row, every exchange of its money touches all that it pays, and a solver's steps are slow. At a price
instead the model falls apart, steps are fast, and blocks are solved side by side.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from optimize.budget_prices import Goal, PriceSearch, settled
from optimize.highs import Arrays, Limits, Outcome
from optimize.pool import Pool
from optimize.priced import Done, Offer, Priced
from optimize.stock_flow import Floats, Integers
from optimize.threads import in_threads

LEAST, FEW = 4_000, 5
"""Columns that a block has at least: a solver's beginning takes longer than the steps of a smaller one; and blocks that
are tried before all the others.
"""
CLOSE, ROUNDS, FAR = 5e-7, 100, 1e-2
"""The gap, as a share of the cost, at which a mixture is the answer, and rounds at most; and the share of a budget,
foreseen to be missed, from which it is begun with other prices.
"""


@dataclass(frozen=True)
class Places:
    """Where a block is in a model: its ``rows`` and ``columns``, the ``entries`` of the model's matrix that are its
    own, and their row and column in the block (``indices``, ``starts``).
    """

    rows: Integers
    columns: Integers
    entries: Integers
    indices: Integers
    starts: Integers

    @classmethod
    def of(cls, matrix: csc_array, rows: Integers, columns: Integers) -> "Places":
        """Those of some rows and columns."""
        sizes = matrix.indptr[columns + 1] - matrix.indptr[columns]
        entries = np.repeat(matrix.indptr[columns] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        place = np.full(matrix.shape[0], -1)
        place[rows] = np.arange(len(rows))
        inside = place[matrix.indices[entries]] >= 0
        column = np.repeat(np.arange(len(columns)), sizes)[inside]
        own = entries[inside]
        return cls(rows, columns, own, place[matrix.indices[own]], np.searchsorted(column, np.arange(len(columns) + 1)))

    def cut(self, whole: Arrays) -> Arrays:
        """The block's part of the model."""
        shape = (len(self.rows), len(self.columns))
        return Arrays(
            cost=whole.cost[self.columns],
            lower=whole.lower[self.columns],
            upper=whole.upper[self.columns],
            matrix=csc_array((whole.matrix.data[self.entries], self.indices, self.starts), shape=shape),
            row_lower=whole.row_lower[self.rows],
            row_upper=whole.row_upper[self.rows],
            whole=np.zeros(len(self.columns), dtype=bool),
        )


class Blocks:
    """The blocks of a model without the rows ``shared`` and the columns ``own`` that belong to these rows alone.

    ``before``: the blocks of a model with the same rows; where they have as many columns as then, their solvers stay.
    """

    def __init__(
        self, arrays: Arrays, shared: slice, own: slice, limits: Limits, before: "Blocks | None" = None
    ) -> None:
        self.arrays, self.shared, self.own = arrays, shared, own
        self.places = [Places.of(arrays.matrix, *places) for places in _places(arrays, shared, own)]
        old = zip(before.places, before.blocks, strict=True) if before else ()
        known = {one.rows.tobytes(): block for one, block in old}
        self.blocks: list[Priced] = [
            _following(known.get(one.rows.tobytes()), *parts, limits)
            for one, parts in zip(self.places, self._parts(), strict=True)
        ]

    def _parts(self) -> list[tuple[Arrays, csr_array]]:
        """Of each block, its part of the model, and what it takes of the shared rows."""
        shared = csc_array(csr_array(self.arrays.matrix)[self.shared])
        return [(one.cut(self.arrays), csr_array(shared[:, one.columns])) for one in self.places]

    def take(self, arrays: Arrays) -> None:
        """Takes over the numbers of a model with the same places."""
        self.arrays = arrays
        for block, parts in zip(self.blocks, self._parts(), strict=True):
            block.take(*parts)

    def at(self, prices: Floats, limits: Limits) -> list[Done]:
        """What every block does at prices of the shared rows."""
        return in_threads(lambda block: block.at(prices, limits), self.blocks)

    def keep(self, done: list[Done]) -> None:
        """Keeps what all blocks did, to be told again."""
        for block, one in zip(self.blocks, done, strict=True):
            block.keep(one)

    def foreseen(self, prices: Floats, limits: Limits) -> Floats | None:
        """What they would spend (shared rows,) at the prices of what they did last, as a few of those tell that have
        other numbers than then; None where no more than a few have.
        """
        last = [block.done for block in self.blocks if block.done and np.array_equal(block.done.prices, prices)]
        others = [k for k, block in enumerate(self.blocks) if not block.stands]
        if len(last) < len(self.blocks) or len(others) <= FEW:
            return None
        few = others[:: len(others) // FEW]
        now = in_threads(lambda k: self.blocks[k].at(prices, limits).offer.spent, few)
        spent = np.array([done.offer.spent for done in last])
        before, after = spent[few].sum(axis=0), np.sum(now, axis=0)
        more = np.divide(after, before, out=np.ones_like(after), where=before > 0) - 1.0
        expected: Floats = spent.sum(axis=0) + more * spent[others].sum(axis=0)
        return expected

    def values(self, shares: Floats, own: Floats, rounds: list[list[Done]]) -> Floats:
        """The model's values (columns,): ``shares`` (rounds, blocks) of what the blocks found in each round, and the
        shared rows' ``own``.
        """
        values = np.zeros(len(self.arrays.cost))
        values[self.own] = own
        for share, done in zip(shares, rounds, strict=True):
            for weight, places, one in zip(share.tolist(), self.places, done, strict=True):
                if weight > 0 and one.found.values is not None:
                    values[places.columns] += weight * one.found.values
        return values

    def duals(self, done: list[Done]) -> Floats:
        """The rows' duals (rows,), the shared ones' prices among them."""
        duals = np.zeros(len(self.arrays.row_upper))
        for places, one in zip(self.places, done, strict=True):
            duals[places.rows], duals[self.shared] = one.found.row_dual, -one.prices
        return duals


def _following(other: Priced | None, arrays: Arrays, used: csr_array, limits: Limits) -> Priced:
    """A block that knows what the one with the same rows did, and has its solver if it has as many columns."""
    if other is not None and len(arrays.cost) == len(other.arrays.cost):
        other.take(arrays, used)
        return other
    block = Priced(arrays, used, limits)
    block.done = None if other is None else other.done
    return block


def _places(arrays: Arrays, shared: slice, own: slice) -> list[tuple[Integers, Integers]]:
    """Rows and columns of each block: what no row but the shared ones holds together, small blocks joined."""
    height, width = arrays.matrix.shape
    row, column = arrays.matrix.indices, np.repeat(np.arange(width), np.diff(arrays.matrix.indptr))
    held = (row < shared.start) | (row >= shared.stop)
    ties = csr_array((np.ones(held.sum()), (row[held], height + column[held])), shape=(height + width,) * 2)
    label = connected_components(ties, directed=False)[1]
    rows, columns = np.delete(np.arange(height), shared), np.delete(np.arange(width), own)
    of_row, of_column = label[rows], label[height + columns]
    size = np.bincount(of_column, minlength=label.max(initial=-1) + 1)
    block = (np.cumsum(size) - size) // LEAST
    of_row, of_column = block[of_row], block[of_column]
    return [(rows[of_row == number], columns[of_column == number]) for number in np.unique(of_column).tolist()]


def answer(blocks: Blocks, pool: Pool, prices: Floats, limits: Limits) -> tuple[Outcome, Floats]:
    """The least cost of a model, and the budgets' prices; for a pool without offers, and from some prices on.

    Where a block has no solution in time, neither has the model.
    """
    rounds: list[list[Done]] = []

    def ask(prices: Floats) -> list[Offer]:
        rounds.append(blocks.at(prices, limits))
        return [one.offer for one in rounds[-1]]

    offset = blocks.arrays.offset
    begun = _begun(pool, prices, blocks.foreseen(prices, limits))
    found = settled(ask, pool, begun, Goal(CLOSE, ROUNDS, offset), limits)
    if found.mixture is None:
        return next(one.found for one in rounds[-1] if one.found.values is None), found.prices
    best = rounds[found.best]
    blocks.keep(best)
    values = blocks.values(found.mixture.shares, found.mixture.over, rounds)
    stopped = "" if found.close else "seconds" if limits.late else "rounds"
    cost, bound = found.mixture.cost + offset, found.bound + offset
    return Outcome(cost, bound, stopped, values, blocks.duals(best)), found.prices


def _begun(pool: Pool, prices: Floats, expected: Floats | None) -> Floats:
    """Other prices where budgets are expected to be missed by far: spent too much, or too little for their price."""
    if expected is None:
        return prices
    excess = expected - pool.amount
    missed = np.where((excess > 0) | (prices > 0), np.abs(excess), 0.0)
    other = PriceSearch(prices, pool).next(prices, excess)
    return np.asarray(np.where(missed > FAR * np.abs(pool.amount), other, prices))
