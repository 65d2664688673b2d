"""A relaxed model at prices of what it shares with others: it stays with its solver, and offers what it would do."""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_array

from optimize.decide import Proof
from optimize.highs import Arrays, Limits, Outcome, Solver
from optimize.instance import Decisions
from optimize.stock_flow import Floats


@dataclass(frozen=True)
class Offer:
    """What a part would do: ``plan``, None of a relaxed part; its ``cost``, money; ``spent`` (budgets,): money that it
    takes of those shared with others; ``proof``: its bound is that of cost and what is spent, at the prices asked for.
    """

    cost: float
    spent: Floats
    proof: Proof
    plan: Decisions | None = field(default=None, repr=False)

    def at(self, prices: Floats) -> float:
        """Cost and what is spent, at prices of the budgets."""
        return self.cost + float(prices @ self.spent)

    @classmethod
    def missing(cls, budgets: int, limits: Limits) -> "Offer":
        """Of a part for which nothing was found in time."""
        return cls(np.inf, np.zeros(budgets), Proof(-np.inf, limits.hit))


@dataclass(frozen=True)
class Done:
    """What a model does at ``prices``: what its solver ``found``, and its ``offer``."""

    prices: Floats
    found: Outcome
    offer: Offer


class Priced:
    """A relaxed model with its solver.

    ``arrays``: its numbers; ``used`` (budgets, columns): what its columns take of each budget; ``done``: what it did at
    some prices; ``stands``: whether it would do so still.
    """

    def __init__(self, arrays: Arrays, used: csr_array, limits: Limits) -> None:
        self.arrays, self.used = arrays, used
        self.done: Done | None = None
        self.stands = False
        self.solver = Solver(arrays, limits, presolved=False)

    def take(self, arrays: Arrays, used: csr_array) -> None:
        """Takes over the numbers of a model with the same places."""
        names = ("cost", "lower", "upper", "row_lower", "row_upper")
        pairs = [(getattr(self.arrays, name), getattr(arrays, name)) for name in names]
        pairs += [(self.arrays.matrix.data, arrays.matrix.data), (self.used.data, used.data)]
        self.stands = self.stands and all(np.array_equal(one, other) for one, other in pairs)
        self.arrays, self.used = arrays, used

    def at(self, prices: Floats, limits: Limits) -> Done:
        """What the model does at prices of the budgets, from what it did last."""
        if self.done is not None and self.stands and np.array_equal(prices, self.done.prices):
            return self.done
        self.solver.change(replace(self.arrays, cost=self.arrays.cost + prices @ self.used))
        found = self.solver.run(limits)
        if found.values is None:
            return Done(prices, found, Offer.missing(len(prices), limits))
        spent: Floats = self.used @ found.values
        proof = Proof(found.bound, (found.stopped,) if found.stopped else ())
        return Done(prices, found, Offer(found.objective - float(prices @ spent), spent, proof))

    def keep(self, done: Done) -> None:
        """Keeps what it did, to be told again while its numbers stay."""
        self.done, self.stands = done, True
