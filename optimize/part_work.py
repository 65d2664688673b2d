"""What is done with one part of a large group, at given prices of the budgets that it shares with others."""

from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from optimize.decide import Proof, searched, searched_again
from optimize.expand import Expanded
from optimize.group import Group
from optimize.highs import Limits
from optimize.instance import Decisions
from optimize.parts import Part
from optimize.priced import Offer, Priced
from optimize.solve import Solution, build
from optimize.stock_flow import Floats

Task = Literal["relax", "decide", "again"]


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
        self.model, self.relaxed = model, Priced(arrays, _used(part, model), limits)
        self.group: Group | None = None

    def do(self, task: Task, prices: Floats) -> Offer:
        """Does a task at prices of the budgets shared with others."""
        return {"relax": self.relax, "decide": self.decide, "again": self.again}[task](prices)

    def relax(self, prices: Floats) -> Offer:
        """The relaxed part: what it would cost and spend."""
        if self.limits.late:
            return Offer.missing(len(prices), self.limits)
        return self.relaxed.at(prices, self.limits).offer

    def decide(self, prices: Floats) -> Offer:
        """The part planned in whole packs, and how good that is."""
        group = self._group().at(self.part.surcharge(prices))
        plan = Decisions.none(self.part.instance)
        found = None if self.limits.late else Solution.of(self.model, self.relaxed.at(prices, self.limits).found)
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


def _used(part: Part, model: Expanded) -> csr_array:
    """Money (budgets, columns) that a part's packs take of the budgets that it shares with others."""
    slots = model.data.sets["SLOTS"]
    paid = csr_array(part.paid[:, slots] * part.instance.columns.slots["pack"][slots]).tocoo()
    columns = np.arange(len(model.arrays.cost))[model.columns["packs"]]
    return csr_array((paid.data, (paid.row, columns[paid.col])), shape=(part.paid.shape[0], len(model.arrays.cost)))
