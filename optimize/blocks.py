"""A relaxed model in blocks that share nothing but some rows: each stays with its solver, and is solved at prices.

While a budget is a row, every exchange of its money touches all that it pays, and a solver's steps are slow. At a price
instead the model falls apart, and steps are fast.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from optimize.decide import Proof
from optimize.highs import Arrays, Limits, Outcome, Solver
from optimize.part_work import Offer
from optimize.stock_flow import Floats, Integers

LEAST = 4_000
"""Columns that a block has at least: a solver's beginning takes longer than the steps of a smaller one."""


class Block:
    """Some rows and columns of a model with their solver."""

    def __init__(self, arrays: Arrays, rows: Integers, columns: Integers, limits: Limits) -> None:
        self.rows, self.columns = rows, columns
        matrix = arrays.matrix
        sizes = matrix.indptr[columns + 1] - matrix.indptr[columns]
        entries = np.repeat(matrix.indptr[columns] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        place = np.full(matrix.shape[0], -1)
        place[rows] = np.arange(len(rows))
        inside = place[matrix.indices[entries]] >= 0
        self.entries = entries[inside]
        self.indices = place[matrix.indices[self.entries]]
        self.starts = np.searchsorted(np.repeat(np.arange(len(columns)), sizes)[inside], np.arange(len(columns) + 1))
        self.solver = Solver(self.of(arrays), limits, presolved=False)

    def of(self, whole: Arrays) -> Arrays:
        """The block's part of a model."""
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

    def at(self, arrays: Arrays, surcharge: Floats, limits: Limits) -> Outcome:
        """What the block does with these numbers, at a surcharge on its columns, from what it did last."""
        self.solver.change(replace(arrays, cost=arrays.cost + surcharge))
        return self.solver.run(limits)


@dataclass(frozen=True)
class Round:
    """What all blocks do at some prices of the shared rows: their offers, and what each found."""

    prices: Floats
    offers: list[Offer]
    found: list[Outcome]


class Blocks:
    """The blocks of a model without the rows ``shared`` and the columns ``own`` that belong to these rows alone.

    ``before``: the blocks of a model with the same rows; where they have as many columns as then, their solvers stay.
    ``kept``: what they did at some prices, to be told again while their numbers stay.
    """

    def __init__(
        self, arrays: Arrays, shared: slice, own: slice, limits: Limits, before: "Blocks | None" = None
    ) -> None:
        self.shared, self.own = shared, own
        self.kept: Round | None = None
        self.blocks = [Block(arrays, *places, limits) for places in _places(arrays, shared, own)]
        for block, other in zip(self.blocks, before.blocks if before else [], strict=False):
            if np.array_equal(block.rows, other.rows) and len(block.columns) == len(other.columns):
                block.solver = other.solver
        self.arrays, self.parts = arrays, list[Arrays]()
        self.take(arrays)

    def take(self, arrays: Arrays) -> None:
        """Takes over the numbers of a model with the same places; what was found is kept if they are those of before,
        the shared rows' sides apart.
        """
        parts = [block.of(arrays) for block in self.blocks]
        if not all(map(_same, parts, self.parts)) or not np.array_equal(arrays.matrix.data, self.arrays.matrix.data):
            self.kept = None
        self.arrays, self.parts = arrays, parts
        rows = csc_array(csr_array(arrays.matrix)[self.shared])
        self.used = [csr_array(rows[:, block.columns]) for block in self.blocks]
        self.priced = [csr_array(used.T) for used in self.used]

    def at(self, prices: Floats, limits: Limits) -> "Round":
        """What every block would do at prices of the shared rows."""
        if self.kept is not None and np.array_equal(prices, self.kept.prices):
            return self.kept
        found = [
            block.at(arrays, priced @ prices, limits)
            for block, arrays, priced in zip(self.blocks, self.parts, self.priced, strict=True)
        ]
        return Round(prices, [_offer(one, used, prices) for one, used in zip(found, self.used, strict=True)], found)

    def values(self, shares: Floats, own: Floats, rounds: list[Round]) -> Floats:
        """The model's values (columns,): ``shares`` (rounds, blocks) of what the blocks found in each round, and the
        shared rows' ``own``.
        """
        values = np.zeros(len(self.arrays.cost))
        values[self.own] = own
        for share, done in zip(shares, rounds, strict=True):
            for weight, block, one in zip(share.tolist(), self.blocks, done.found, strict=True):
                if weight > 0 and one.values is not None:
                    values[block.columns] += weight * one.values
        return values

    def duals(self, done: Round) -> Floats:
        """The rows' duals (rows,), the shared ones' prices among them."""
        duals = np.zeros(len(self.arrays.row_upper))
        duals[self.shared] = -done.prices
        for block, one in zip(self.blocks, done.found, strict=True):
            duals[block.rows] = one.row_dual
        return duals


def _same(arrays: Arrays, other: Arrays) -> bool:
    """Whether two models with the same places have the same numbers, those in their matrices apart."""
    names = ("cost", "lower", "upper", "row_lower", "row_upper")
    return all(np.array_equal(getattr(arrays, name), getattr(other, name)) for name in names)


def _offer(found: Outcome, used: csr_array, prices: Floats) -> Offer:
    if found.values is None:
        return Offer(np.inf, np.zeros(len(prices)), Proof(-np.inf))
    spent: Floats = used @ found.values
    return Offer(found.objective - float(prices @ spent), spent, Proof(found.bound))


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
