"""A group of series as it is planned by prices: what they share, and their dynamic programs' batches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimize.checker import cost_of
from optimize.groups import by_suppliers
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.settle import settled
from optimize.shared import Shared, shared
from optimize.single import Batch, batches
from optimize.stock_flow import Flags, Floats, Integers

if TYPE_CHECKING:
    from optimize.solve import Solution

SEARCH_STATES, QUICK_STATES = 256, 128


@dataclass(frozen=True)
class Group:
    """Series planned together: what they share and their batches, on a coarse lattice to search with and on whole
    packs to decide with; ``surcharge`` (slots,): money per unit at prices of limits beyond the group.
    """

    instance: Instance
    common: Shared
    coarse: list[Batch]
    exact: list[Batch]
    limits: Limits
    surcharge: Floats

    @classmethod
    def of(cls, instance: Instance, series: Sequence[int], limits: Limits) -> "Group":
        """The group of some series, without a surcharge."""
        alike = by_suppliers(instance, series)
        states = QUICK_STATES if limits.late else SEARCH_STATES
        coarse = [batch for members in alike for batch in batches(instance, members, states)]
        return cls(
            instance=instance,
            common=shared(instance, series),
            coarse=coarse,
            exact=coarse if limits.late else [batch for members in alike for batch in batches(instance, members)],
            limits=limits,
            surcharge=np.zeros(len(instance.slots)),
        )

    def at(self, surcharge: Floats) -> "Group":
        """A group without a surcharge at one (slots,)."""
        common = replace(self.common, unit_cost=self.common.unit_cost + surcharge)
        return replace(self, common=common, surcharge=surcharge)

    @property
    def cells(self) -> int:
        """How many figures its batches hold."""
        parts = self.coarse if self.exact is self.coarse else [*self.coarse, *self.exact]
        return sum(batch.cost.size + batch.short.size for batch in parts)

    @property
    def is_exact(self) -> bool:
        """Whether no series has so many packs that its plan is coarse."""
        return all(bool(batch.exact.all()) for batch in self.exact)

    @property
    def lines(self) -> int:
        """How many whole decisions the group has."""
        instance = self.instance
        return sum(len(instance.arriving[p]) for i in self.common.series for p in instance.periods_of[i])

    @property
    def always(self) -> Flags:
        """The limits (limits,) that hold whatever orders are placed."""
        return np.array([one.order is None for one in self.common.limits], dtype=bool)

    @property
    def transfers(self) -> Integers:
        """The slots (transfers, 2) of the group's transfers."""
        rows = [one.slots for one in self.common.limits if one.row[0] == "moved" and one.sense > 0]
        return np.array(rows, dtype=np.int64).reshape(-1, 2)

    def with_moved(self, units: Floats) -> "Group":
        """The group when ``units`` (slots,) are moved between locations, and no other."""
        parts = settled(self.exact, self.transfers, units)
        limits = [one for one in self.common.limits if one.row[0] != "moved"]
        return replace(self, common=replace(self.common, limits=limits), coarse=parts, exact=parts)

    def cost(self, plan: Decisions) -> float:
        """What a plan of the group costs, with what the surcharge adds."""
        added = float(self.surcharge @ (self.common.pack * plan.packs)) if self.surcharge.any() else 0.0
        return cost_of(self.instance, self.common.series, plan) + added

    def relaxed(self) -> "Solution | None":
        """The model without whole packs; None where it tells nothing: the plan is exact, and no limit always holds."""
        if self.is_exact and not self.always.any():
            return None
        return relaxed_model(self.instance, self.common.series, self.limits)


def relaxed_model(instance: Instance, series: Sequence[int], limits: Limits) -> "Solution":
    """The model of some series without whole packs; Pyomo is loaded only where it is needed."""
    from optimize.solve import build, solve

    return solve(build(instance, series, 0), limits, relaxed=True)
