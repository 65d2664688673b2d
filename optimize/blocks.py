"""A relaxed model in blocks that share nothing but some rows: each stays with its solver, and is solved at prices.

While a budget is a row, every exchange of its money touches all that it pays, and a solver's steps are slow. At a price
instead the model falls apart, steps are fast, and blocks are solved side by side.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from optimize.decide import Proof
from optimize.highs import Arrays, Limits, Outcome, Solver
from optimize.part_work import Offer
from optimize.stock_flow import Floats, Integers
from optimize.threads import in_threads

LEAST, FEW = 4_000, 5
"""Columns that a block has at least: a solver's beginning takes longer than the steps of a smaller one; and blocks that
are tried before all the others.
"""


@dataclass(frozen=True)
class Done:
    """What a block does at ``prices`` of the shared rows: what its solver ``found``, and its ``offer``."""

    prices: Floats
    found: Outcome
    offer: Offer


class Block:
    """Some rows and columns of a model with their solver.

    ``arrays``: its numbers; ``used`` (shared rows, columns): what its columns take of each shared row; ``done``: what
    it did at some prices; ``stands``: whether it would do so still.
    """

    def __init__(self, whole: Arrays, shared: csc_array, places: tuple[Integers, Integers], limits: Limits) -> None:
        self.rows, self.columns = rows, columns = places
        matrix = whole.matrix
        sizes = matrix.indptr[columns + 1] - matrix.indptr[columns]
        entries = np.repeat(matrix.indptr[columns] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        place = np.full(matrix.shape[0], -1)
        place[rows] = np.arange(len(rows))
        inside = place[matrix.indices[entries]] >= 0
        self.entries = entries[inside]
        self.indices = place[matrix.indices[self.entries]]
        self.starts = np.searchsorted(np.repeat(np.arange(len(columns)), sizes)[inside], np.arange(len(columns) + 1))
        self.arrays, self.used = self._of(whole), csr_array(shared[:, columns])
        self.done: Done | None = None
        self.stands = False
        self.solver = Solver(self.arrays, limits, presolved=False)

    def take(self, whole: Arrays, shared: csc_array) -> None:
        """Takes over the numbers of a model with the same places."""
        arrays, used = self.arrays, self.used
        self.arrays, self.used = self._of(whole), csr_array(shared[:, self.columns])
        self.stands = self.stands and self._same_as(arrays, used)

    def at(self, prices: Floats, limits: Limits) -> Done:
        """What the block does at prices of the shared rows, from what it did last."""
        if self.done is not None and self.stands and np.array_equal(prices, self.done.prices):
            return self.done
        self.solver.change(replace(self.arrays, cost=self.arrays.cost + prices @ self.used))
        found = self.solver.run(limits)
        if found.values is None:
            return Done(prices, found, Offer(np.inf, np.zeros(len(prices)), Proof(-np.inf)))
        spent: Floats = self.used @ found.values
        return Done(prices, found, Offer(found.objective - float(prices @ spent), spent, Proof(found.bound)))

    def follow(self, other: "Block") -> None:
        """Takes over what a block with the same rows did; its solver too, if it has as many columns."""
        self.done = other.done
        if len(self.columns) == len(other.columns):
            self.solver = other.solver
            self.stands = other.stands and self._same_as(other.arrays, other.used)

    def keep(self, done: Done) -> None:
        """Keeps what it did, to be told again while its numbers stay."""
        self.done, self.stands = done, True

    def _same_as(self, arrays: Arrays, used: csr_array) -> bool:
        """Whether its numbers are these."""
        names = ("cost", "lower", "upper", "row_lower", "row_upper")
        own = [(self.arrays.matrix.data, arrays.matrix.data), (self.used.data, used.data)]
        pairs = own + [(getattr(self.arrays, name), getattr(arrays, name)) for name in names]
        return all(np.array_equal(one, other) for one, other in pairs)

    def _of(self, whole: Arrays) -> Arrays:
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
        rows = _rows(arrays, shared)
        self.blocks = [Block(arrays, rows, places, limits) for places in _places(arrays, shared, own)]
        for block, other in zip(self.blocks, before.blocks if before else [], strict=False):
            if np.array_equal(block.rows, other.rows):
                block.follow(other)

    def take(self, arrays: Arrays) -> None:
        """Takes over the numbers of a model with the same places."""
        self.arrays, rows = arrays, _rows(arrays, self.shared)
        for block in self.blocks:
            block.take(arrays, rows)

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
            for weight, block, one in zip(share.tolist(), self.blocks, done, strict=True):
                if weight > 0 and one.found.values is not None:
                    values[block.columns] += weight * one.found.values
        return values

    def duals(self, done: list[Done]) -> Floats:
        """The rows' duals (rows,), the shared ones' prices among them."""
        duals = np.zeros(len(self.arrays.row_upper))
        for block, one in zip(self.blocks, done, strict=True):
            duals[block.rows], duals[self.shared] = one.found.row_dual, -one.prices
        return duals


def _rows(arrays: Arrays, own: slice) -> csc_array:
    """Some rows of a model's matrix."""
    return csc_array(csr_array(arrays.matrix)[own])


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
