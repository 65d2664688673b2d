"""The best ways of series planned alone: what single order lines are worth, and what other fees would make of costs.

The dynamic program of single.py once backwards and once forwards: the best way to each state meets the best way on from
it, so that a change in a few periods is weighed without planning the others again.
"""

from functools import cached_property

import numpy as np

from optimize.held import held_cost
from optimize.instance import Decisions
from optimize.single import Batch, at_end, backwards, best_from, layers, plan_alone, unless_forced, used
from optimize.stock_flow import Floats
from optimize.tiers import beside


class Ways:
    """The best ways of a batch's series at ``unit_cost`` and ``fee`` (slots of the instance,), money.

    ``onward``: by period, the layers of single.py; ``reached``: by period, the least cost (n, M) to each state before
    its slots, after its last one, and so on to its first.
    """

    def __init__(self, batch: Batch, unit_cost: Floats, fee: Floats) -> None:
        self.batch, self.unit_cost, self.fee = batch, unit_cost, fee
        self.onward = backwards(batch, unit_cost, fee)

    def plan(self, into: Decisions) -> Floats:
        """The least cost (n,) of each series; the plan is written into ``into`` (see plan_alone)."""
        return plan_alone(self.batch, self.unit_cost, self.fee, into, self.onward)

    @cached_property
    def reached(self) -> list[list[Floats]]:
        """See above."""
        before: Floats = np.full((len(self.batch.series), self.batch.cost.shape[2]), np.inf)
        before[np.arange(len(before)), self.batch.start] = 0.0
        found: list[list[Floats]] = []
        for column in range(len(self.onward)):
            found.append(self._within(column, before))
            before = self._after(column, found[-1][-1])
        return found

    def _within(self, column: int, reached: Floats) -> list[Floats]:
        """The least cost to each state as a period's slots are passed, from the last to the first."""
        found = [reached]
        for r in reversed(range(self.batch.slots.shape[2])):
            before = beside(self.batch, column, r, found, backwards=True)
            back = used(self.batch, column, r, before[:, ::-1], self.unit_cost, self.fee)[:, ::-1]
            found.append(unless_forced(self.batch, column, r, back, found[-1]))
        return found

    def _after(self, column: int, reached: Floats) -> Floats:
        """The least cost (n, M) to each state when a period is over, from that when its slots are passed."""
        price = (self.batch.lost * self.batch.pitch)[:, None]
        given_up = best_from(reached[:, ::-1], price)[:, ::-1]
        return np.asarray(given_up + self.batch.cost[:, column])

    def worth(self, open_fee: Floats) -> Floats:
        """What each slot is worth (n, P, R): cost without it less cost with it at ``open_fee`` (slots,).

        It is exact for one slot at a time, price tiers that share a maximum aside.
        """
        worth, slots = np.zeros(self.batch.slots.shape), self.batch.slots.shape[2]
        for column, (onward, reached) in enumerate(zip(self.onward, self.reached, strict=True)):
            for r in range(slots):
                without, way = onward[r + 1], reached[slots - 1 - r]
                least = beside(self.batch, column, r, onward[1 : r + 2])
                opened = np.minimum(without, used(self.batch, column, r, least, self.unit_cost, open_fee))
                worth[:, column, r] = (way + without).min(axis=1) - (way + opened).min(axis=1)
        worth[self.batch.slots < 0] = 0.0
        return worth

    def cost(self, fee: Floats) -> Floats:
        """The least cost (n,) of each series at other fees, exact, without what no decision changes.

        Only the periods from the first to the last whose fees change are planned again.
        """
        changed = ((fee != self.fee)[self.batch.slots] & (self.batch.slots >= 0)).any(axis=(0, 2))
        columns = np.flatnonzero(changed).tolist() or [0]
        last = columns[-1] + 1
        following = self.onward[last][-1] if last < len(self.onward) else at_end(self.batch)
        for column in reversed(range(columns[0], last)):
            following = layers(self.batch, column, following, self.unit_cost, fee)[-1]
        best: Floats = (self.reached[columns[0]][0] + following).min(axis=1)
        return best + held_cost(self.batch, self.unit_cost, fee)
