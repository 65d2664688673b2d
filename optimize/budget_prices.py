"""A what-if under budgets that bind, approached by their prices before it is solved.

While a budget is a row, every exchange of its money touches all that it pays, and steps are slow. At a price instead,
what it pays falls apart, and steps are fast. So the prices are moved until about what there is is spent; then the rows
come back, each in exchange for a column that is as good in as out at these prices, and few steps are left.
"""

import numpy as np
from scipy.sparse import csr_array

from optimize.highs import Arrays, Limits, Solver
from optimize.stock_flow import Floats, Integers

STEPS, NEAR, RISE = 3, 0.01, 1.2
"""Prices tried at most, the share of a budget that is near enough, and by how much a price rises for a share of the
budget that is spent too much.
"""


def approach(solver: Solver, arrays: Arrays, rows: Integers, prices: Floats, limits: Limits) -> None:
    """Brings a solver near the answer to ``arrays``, which are then to be solved.

    ``rows`` (budgets,): those that bind in what it solved last; ``prices`` (budgets,): theirs in it, money per unit.
    """
    spent = csr_array(arrays.matrix)[rows]
    amount = np.maximum(arrays.row_upper[rows], 1.0)
    for _ in range(STEPS):
        solver.change(arrays.without(rows, arrays.cost + spent.T @ prices))
        found = solver.run(limits)
        if found.values is None:
            return
        excess = (spent @ found.values - arrays.row_upper[rows]) / amount
        if (np.abs(excess) <= NEAR).all():
            break
        prices = prices * np.maximum(1.0 + RISE * excess, 0.0)
    solver.bind(rows, spent)
