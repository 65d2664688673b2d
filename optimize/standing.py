"""A relaxed model that stays with its solver: a what-if changes its numbers and is solved from where it stands.

Nothing is built again: costs, demand and limits are numbers of the same rows and columns. Where a cost curve has more
segments than the standing model has room for, the nearest are joined, so that the curve lies above itself a little.
"""

from dataclasses import replace

import numpy as np

from optimize.columns import Columns
from optimize.figures import figures
from optimize.filling import Data, Lists
from optimize.highs import Limits, Solver
from optimize.instance import Instance
from optimize.model import rules
from optimize.solve import Solution
from optimize.stock_flow import Floats, Integers

ROOM = 3
SLOPES = ("holding_slope", "short_slope")


class Standing:
    """The relaxed model of all series of an instance. ``solution``: of the instance or the what-if solved last."""

    def __init__(self, instance: Instance, limits: Limits) -> None:
        self.columns = instance.columns
        self.counts = np.bincount(self.columns.segment_period, minlength=len(instance.periods)) + ROOM
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
        self.model = rules().expand(data)
        self.solver.change(replace(self.model.arrays, whole=self.solver.arrays.whole))
        self.solution = self._solve(limits)
        return self.solution

    def _solve(self, limits: Limits) -> Solution:
        found = self.solver.run(limits)
        values = None
        if found.values is not None:
            values = {name: found.values[columns] for name, columns in self.model.columns.items()}
        return Solution(self.model, found.objective, found.bound, found.stopped, values, found.row_dual)

    def _filling(self, instance: Instance) -> Data:
        data = figures(instance, range(len(instance.series)), exact_weeks=0)
        count = int(self.counts.sum())
        starts = np.concatenate([[0], np.cumsum(self.counts)]).astype(np.int64)
        own = np.bincount(instance.columns.segment_period, minlength=len(instance.periods))
        return replace(
            data,
            sets=data.sets | {"SEGMENTS": np.arange(count)},
            lists=data.lists | {"SEGMENTS_OF": Lists(starts, np.arange(count))},
            values=data.values | drawn(data.values, own, self.counts),
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


def drawn(values: dict[str, Floats], own: Integers, counts: Integers) -> dict[str, Floats]:
    """Curves of ``own`` segments each (periods,) drawn with ``counts`` segments: width and slopes of these.

    Missing segments have no width; surplus ones are joined to their neighbours. The last, endless one stays the last.
    """
    first = np.concatenate([[0], np.cumsum(own)])[:-1]
    period = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(period)) - np.repeat(np.cumsum(counts) - counts, counts)
    ends, steps = own[period] - 1, counts[period] - 1
    low, high = (np.where(steps >= ends, np.minimum(at, ends), at * ends // steps) for at in (place, place + 1))
    low, high, last = first[period] + low, first[period] + np.minimum(high, ends), place == steps
    finite = np.where(np.isinf(values["width"]), 0.0, values["width"])
    width = _between(finite, low, high)
    found = {"width": np.where(last, np.inf, width)}
    for name in SLOPES:
        mean = _between(finite * values[name], low, high) / np.where(width > 0, width, 1.0)
        found[name] = np.where(width > 0, mean, values[name][first[period] + ends])
    return found


def _between(values: Floats, low: Integers, high: Integers) -> Floats:
    """Sums of values from each low to the one before its high."""
    sums: Floats = np.concatenate([[0.0], np.cumsum(values)])
    return sums[high] - sums[low]
