"""What is done with one part of a large group, at given prices of the budgets that it shares with others."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from optimize.decide import Proof, searched, searched_again
from optimize.group import Group
from optimize.highs import Limits, Solver
from optimize.instance import Decisions
from optimize.parts import Part
from optimize.solve import Solution, build
from optimize.stock_flow import Floats

Task = Literal["relax", "decide", "again"]


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


class Work:
    """A part, a plan from whose orders its search starts, if one is known, its relaxed model, which stays with its
    solver, and its last offer. ``group``: the part as it is searched, while that is kept.
    """

    def __init__(self, part: Part, known: Decisions | None, limits: Limits) -> None:
        self.known = known
        self.part, self.limits, self.last = part, limits, Offer(0.0, np.zeros(part.paid.shape[0]), Proof(-np.inf))
        self.series = range(len(part.instance.series))
        model = build(part.instance, self.series, 0)
        arrays = replace(model.arrays, whole=np.zeros(len(model.arrays.whole), dtype=bool))
        self.model, self.solver = model, Solver(arrays, limits)
        self.base = arrays
        self.group: Group | None = None

    def do(self, task: Task, prices: Floats) -> Offer:
        """Does a task at prices of the budgets shared with others."""
        return {"relax": self.relax, "decide": self.decide, "again": self.again}[task](prices)

    def relax(self, prices: Floats) -> Offer:
        """The relaxed part: what it would cost and spend."""
        found = None if self.limits.late else self._relaxed(prices)
        if found is None or found.values is None:
            return Offer(np.inf, np.zeros(len(prices)), Proof(-np.inf, self.limits.hit))
        plan = Decisions.none(self.part.instance)
        plan.packs[self.model.data.sets["SLOTS"]] = found.values["packs"]
        spent = self.part.spent(plan)
        return Offer(found.objective - float(prices @ spent), spent, Proof(found.bound, found.stops))

    def decide(self, prices: Floats) -> Offer:
        """The part planned in whole packs, and how good that is."""
        group = self._group().at(self.part.surcharge(prices))
        plan = Decisions.none(self.part.instance)
        found = None if self.limits.late else self._relaxed(prices)
        return self._offer(plan, searched(group, found, plan, known=self.known))

    def again(self, prices: Floats) -> Offer:
        """The part planned in whole packs once more, from its last plan."""
        if self.last.plan is None:
            return self.decide(prices)
        group = self._group().at(self.part.surcharge(prices))
        plan = Decisions.none(self.part.instance)
        return self._offer(plan, searched_again(group, self.last.plan, self.last.proof.prices, plan))

    def _group(self) -> Group:
        if self.group is None:
            self.group = Group.of(self.part.instance, self.series, self.limits)
        return self.group

    def _offer(self, plan: Decisions, proof: Proof) -> Offer:
        self.last = Offer(self._group().cost(plan), self.part.spent(plan), proof, plan)
        return self.last

    def _relaxed(self, prices: Floats) -> Solution:
        """The relaxed model when units pay the budgets' prices, from where it was solved last."""
        cost, slots = self.base.cost.copy(), self.model.data.sets["SLOTS"]
        pack = self.part.instance.columns.slots["pack"]
        cost[self.model.columns["packs"]] += (self.part.surcharge(prices) * pack)[slots]
        self.solver.change(replace(self.base, cost=cost))
        return Solution.of(self.model, self.solver.run(self.limits))
