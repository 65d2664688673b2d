"""A relaxed model that stays with its solver: a what-if changes its numbers and is solved from where it stands.

Nothing is built again: costs, demand and limits are numbers of the same rows and columns. Cost curves are drawn with
the slopes of the first ones (redraw.py), so that other demand changes bounds and no costs: the last answer stays close.
"""

from dataclasses import replace

import numpy as np

from optimize.budget_prices import approach
from optimize.columns import Columns
from optimize.figures import figures
from optimize.filling import Data, Lists
from optimize.highs import Limits, Solver
from optimize.instance import Instance
from optimize.model import rules
from optimize.redraw import slopes_of
from optimize.solve import Solution
from optimize.stock_flow import Floats, Integers

MOVING = ("need", "amount")
"""What moves a solution far: other demand, other budgets. Other costs and capacities are solved sooner as they are."""


class Standing:
    """The relaxed model of all series of an instance. ``solution``: of the instance or the what-if solved last."""

    def __init__(self, instance: Instance, limits: Limits) -> None:
        self.columns = instance.columns
        self.slopes = slopes_of(instance)
        self.model = rules().expand(self._filling(instance))
        self.solver = Solver(replace(self.model.arrays, whole=np.zeros_like(self.model.arrays.whole)), limits)
        self.solution = self._solve(limits)

    def what_if(self, instance: Instance, limits: Limits) -> Solution:
        """The solution with the costs, demand and limits of another instance.

        Raises ValueError if that is no such change: it must have the same ways and weeks to order, the same limits in
        the same places, and packs of the same size.
        """
        data = self._filling(instance) if self._has_the_places_of(instance.columns) else None
        if data is None or not _alike(data, self.model.data):
            raise ValueError("a what-if that changes more than costs, demand and limits needs a model of its own")
        moved = [name for name in MOVING if not np.array_equal(data.values[name], self.model.data.values[name])]
        self.model = rules().expand(data)
        arrays = replace(self.model.arrays, whole=self.solver.arrays.whole)
        rows, prices = self._bound_budgets()
        if len(rows) and moved:
            approach(self.solver, arrays, rows, prices, limits)
        self.solver.change(arrays)
        self.solution = self._solve(limits)
        return self.solution

    def _bound_budgets(self) -> tuple[Integers, Floats]:
        """The budgets that bind in the last solution: their rows, and their prices."""
        rows = np.arange(self.model.rows["budget"].start, self.model.rows["budget"].stop)
        prices = np.maximum(-self.solution.duals[rows], 0.0) if len(self.solution.duals) else np.zeros(len(rows))
        return rows[prices > 0], prices[prices > 0]

    def _solve(self, limits: Limits) -> Solution:
        return Solution.of(self.model, self.solver.run(limits))

    def _filling(self, instance: Instance) -> Data:
        data = figures(instance, range(len(instance.series)), exact_weeks=0)
        count = len(self.slopes.period)
        starts = np.searchsorted(self.slopes.period, np.arange(len(instance.periods) + 1))
        return replace(
            data,
            sets=data.sets | {"SEGMENTS": np.arange(count)},
            lists=data.lists | {"SEGMENTS_OF": Lists(starts, np.arange(count))},
            values=data.values | self.slopes.drawn(instance),
        )

    def _has_the_places_of(self, other: Columns) -> bool:
        mine = self.columns
        return all(
            np.array_equal(getattr(mine, name), getattr(other, name))
            for name in ("series", "supplier", "order", "order_week", "period", "period_series", "previous")
        ) and np.array_equal(mine.slots["pack"], other.slots["pack"])


def _alike(data: Data, other: Data) -> bool:
    """Whether two fillings have the same sets."""
    lists = [(own, other.lists[name]) for name, own in data.lists.items()]
    return all(np.array_equal(own, other.sets[name]) for name, own in data.sets.items()) and all(
        np.array_equal(one.starts, two.starts) and np.array_equal(one.members, two.members) for one, two in lists
    )
