"""A relaxed model that stays with its solvers: a what-if changes its numbers and is solved from where it stands.

Nothing is built again: costs, demand and limits are numbers of the same rows and columns. Without its budgets the model
falls apart into blocks (blocks.py); the budgets' prices begin at those of the last answer (budget_prices.py), and cost
curves stand where the last ones stood (room.py).
"""

from dataclasses import replace

import numpy as np

from optimize.blocks import Blocks, answer
from optimize.columns import Columns
from optimize.figures import figures
from optimize.filling import Data, Lists
from optimize.highs import Limits
from optimize.instance import Instance
from optimize.model import rules
from optimize.pool import Pool
from optimize.room import Room
from optimize.solve import Solution
from optimize.stock_flow import Floats

OF_CURVES = ("SEGMENTS", "SEGMENTS_OF", "SEGMENTS_SERVED")


class Standing:
    """The relaxed model of all series of an instance. ``solution``: of the instance or the what-if solved last;
    ``prices`` (budgets,): the budgets' in it; ``worth`` (periods,): money per unit of supply in it.
    """

    def __init__(self, instance: Instance, limits: Limits) -> None:
        self.instance, self.room = instance, Room.of(instance)
        self.model = rules().expand(_in_room(_figures(instance), self.room))
        self.blocks = self._cut(limits)
        self.prices: Floats = np.zeros(len(instance.budgets))
        self.worth: Floats = np.zeros(len(instance.periods))
        self.solution = self._solve(limits)

    def what_if(self, instance: Instance, limits: Limits) -> Solution:
        """The solution with the costs, demand and limits of another instance.

        Raises ValueError if that is no such change: it must have the same ways and weeks to order, the same limits in
        the same places, and packs of the same size.
        """
        data = _figures(instance) if _same_places(instance.columns, self.instance.columns) else None
        if data is None or not _alike(data, self.model.data):
            raise ValueError("a what-if that changes more than costs, demand and limits needs a model of its own")
        width = len(self.model.arrays.cost)
        self.instance, self.room = instance, self.room.taken(instance, self.instance, self.worth)
        self.model = rules().expand(_in_room(data, self.room))
        if len(self.model.arrays.cost) == width:
            self.blocks.take(self.model.arrays)
        else:
            self.blocks = self._cut(limits, self.blocks)
        self.solution = self._solve(limits)
        return self.solution

    def _cut(self, limits: Limits, before: Blocks | None = None) -> Blocks:
        model = self.model
        return Blocks(model.arrays, model.rows["budget"], model.columns["over_budget"], limits, before)

    def _solve(self, limits: Limits) -> Solution:
        found, self.prices = answer(self.blocks, Pool(self.instance.budgets), self.prices, limits)
        if len(found.row_dual):
            self.worth = -found.row_dual[self.model.rows["supply_in_segments"]]
        return Solution.of(self.model, found)


def _figures(instance: Instance) -> Data:
    return figures(instance, range(len(instance.series)), exact_weeks=0)


def _in_room(data: Data, room: Room) -> Data:
    """The figures with the cost curves where they stand in a room."""
    places, served = np.arange(room.places.sum()), data.lists["SERVED_BY"]
    serving = [np.flatnonzero(np.isin(room.period, served.of(f))) for f in range(len(data.sets["FLOORS"]))]
    curves = {"SEGMENTS_OF": Lists.of_sizes(room.places, places), "SEGMENTS_SERVED": Lists.of_each(serving)}
    return replace(
        data,
        sets=data.sets | {"SEGMENTS": places},
        lists=data.lists | curves,
        values=data.values | room.values,
    )


def _same_places(own: Columns, other: Columns) -> bool:
    """Whether the same can be ordered in the same weeks, in packs of the same size."""
    return all(
        np.array_equal(getattr(own, name), getattr(other, name))
        for name in ("series", "supplier", "order", "order_week", "period", "period_series", "previous")
    ) and np.array_equal(own.slots["pack"], other.slots["pack"])


def _alike(data: Data, other: Data) -> bool:
    """Whether two fillings have the same sets, those of the cost curves apart."""
    sets = [(own, other.sets[name]) for name, own in data.sets.items() if name not in OF_CURVES]
    lists = [(own, other.lists[name]) for name, own in data.lists.items() if name not in OF_CURVES]
    return all(np.array_equal(one, two) for one, two in sets) and all(
        np.array_equal(one.starts, two.starts) and np.array_equal(one.members, two.members) for one, two in lists
    )
