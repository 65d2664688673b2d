"""Budgets that many parts share: every part offers whole plans, and one of each is chosen so that the money holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array, hstack, vstack

from optimize.highs import Arrays, Limits, Outcome, run
from optimize.instance import Budget
from optimize.priced import Offer
from optimize.stock_flow import Floats


@dataclass(frozen=True)
class Mixture:
    """A relaxed choice: its ``cost``, what it would pay for one unit more of each budget (``prices``), the ``shares``
    (rounds, parts) of what was offered, and what is spent ``over`` each budget.
    """

    cost: float
    prices: Floats
    shares: Floats
    over: Floats


class Pool:
    """The budgets and, round by round, the offers of all parts."""

    def __init__(self, budgets: Sequence[Budget]) -> None:
        self.amount = np.array([one.amount for one in budgets], dtype=float)
        self.over_price = np.array([one.over_price for one in budgets], dtype=float)
        self.rounds: list[list[Offer]] = []

    def add(self, offers: list[Offer]) -> Floats:
        """Takes one offer of each part; returns by how much they exceed the budgets (budgets,), money."""
        self.rounds.append(offers)
        excess: Floats = np.sum([one.spent for one in offers], axis=0) - self.amount
        return excess

    def bound(self, offers: Sequence[Offer], prices: Floats) -> float:
        """What the offers' proofs, made at these prices, prove of the cost of any plan."""
        return sum(one.proof.bound for one in offers) - float(prices @ self.amount)

    def value(self, offers: Sequence[Offer], prices: Floats) -> float:
        """What the offers cost if the budgets were spent to the last unit of money at these prices."""
        return sum(one.at(prices) for one in offers) - float(prices @ self.amount)

    def prices(self, limits: Limits) -> tuple[float, Floats]:
        """The relaxed choice: its cost and what it would pay for one unit more of each budget."""
        found = self.mixture(limits)
        return found.cost, found.prices

    def mixture(self, limits: Limits) -> Mixture:
        """The cheapest mixture of each part's offers."""
        found, parts = self._solve(limits, whole=False), len(self.rounds[0])
        values = np.zeros(parts * len(self.rounds) + len(self.amount)) if found.values is None else found.values
        shares, over = np.split(values, [parts * len(self.rounds)])
        prices = np.maximum(-found.row_dual[parts:], 0.0)
        return Mixture(found.objective, prices, shares.reshape(len(self.rounds), parts), over)

    def choose(self, limits: Limits) -> tuple[float, list[Offer]]:
        """The best choice of whole offers that keeps the budgets and its cost, of those that exceed them where none
        does; the last ones if there is none in time.
        """
        found, parts = self._solve(limits, whole=True, hard=True), len(self.rounds[0])
        if found.values is None:
            found = self._solve(limits, whole=True)
        if found.values is None:
            return np.inf, self.rounds[-1]
        taken = found.values[: parts * len(self.rounds)].reshape(len(self.rounds), parts).argmax(axis=0)
        return found.objective, [self.rounds[c][k] for k, c in enumerate(taken.tolist())]

    def _solve(self, limits: Limits, whole: bool, hard: bool = False) -> Outcome:
        """min sum of cost, one offer of each part, what is spent within each budget or beyond it at its over price."""
        offers = [one for offered in self.rounds for one in offered]
        parts, budgets, count = len(self.rounds[0]), len(self.amount), len(offers)
        each = csr_array((np.ones(count), (np.arange(count) % parts, np.arange(count))), shape=(parts, count))
        spent = csr_array(np.array([one.spent for one in offers]).reshape(count, budgets).T)
        matrix = vstack([hstack([each, csr_array((parts, budgets))]), hstack([spent, -eye_array(budgets)])])
        arrays = Arrays(
            cost=np.concatenate([[one.cost for one in offers], self.over_price]),
            lower=np.zeros(count + budgets),
            upper=np.repeat([np.inf, 0.0 if hard else np.inf], [count, budgets]),
            matrix=csc_array(matrix),
            row_lower=np.concatenate([np.ones(parts), np.full(budgets, -np.inf)]),
            row_upper=np.concatenate([np.ones(parts), self.amount]),
            whole=np.repeat([whole, False], [count, budgets]),
        )
        return run(arrays, limits)
