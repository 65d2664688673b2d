"""Which supplier orders to place: local search over order weeks, every series replanned exactly for each choice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from optimize.highs import Flags
from optimize.instance import Decisions, Instance
from optimize.shared import Shared
from optimize.single import Batch, plan_alone, slot_values
from optimize.stock_flow import Floats

ROUNDS = 1


def search_orders(
    instance: Instance, shared: Shared, parts: Sequence[Batch], unit_cost: Floats, placed: Flags
) -> tuple[Flags, Floats]:
    """The orders to place (orders,) when units cost ``unit_cost`` (slots,), and what each line is worth then (slots,).

    Supplier by supplier: place all, leave out those worth less than they cost, then add, drop or move one by a week
    while that helps. An order below its supplier's minimum pays for goods bought before they are needed.
    """
    search = _Search(instance, shared, parts, unit_cost, placed)
    for _ in range(ROUNDS):
        for k in search.orders_of:
            search.drop(k)
            search.move(k)
    return search.placed, search.line_worth(range(len(parts)))


class _Search:
    """The orders placed so far and, by batch, what its series then cost and the value of their lines by order."""

    def __init__(
        self, instance: Instance, shared: Shared, parts: Sequence[Batch], unit_cost: Floats, placed: Flags
    ) -> None:
        self.instance, self.shared, self.batches, self.unit_cost = instance, shared, parts, unit_cost
        self.placed = placed
        supplier = np.array([k for k, _ in shared.orders], dtype=int)
        self.orders_of = {k: np.flatnonzero(supplier == k) for k in sorted(set(supplier.tolist()))}
        self.batches_of: dict[int, list[int]] = defaultdict(list)
        for position, batch in enumerate(parts):
            for k in sorted({instance.slots[q].lane.supplier for q in batch.slots[batch.slots >= 0].tolist()}):
                self.batches_of[k].append(position)
        self.plan = Decisions.none(instance)
        self.found = [self.of(batch, self.placed) for batch in parts]

    def of(self, batch: Batch, placed: Flags) -> tuple[float, Floats]:
        """Cost of a batch's series with these orders placed, and the value of their lines by order."""
        cost = plan_alone(batch, self.unit_cost, self.shared.fees(placed), self.plan).sum()
        slots = batch.slots[batch.slots >= 0]
        value = np.zeros(len(placed) + 1)
        lines = self.plan.packs[slots] * self.shared.pack[slots] * self.shared.unit_cost[slots]
        np.add.at(value, self.shared.order_of[slots], lines)
        return float(cost), value[:-1]

    def total(self, k: int, placed: Flags, found: Iterable[tuple[float, Floats]]) -> float:
        """Cost of a supplier's series and orders, minimums included."""
        cost, values = zip(*found, strict=True)
        return float(sum(cost) + self.charges(k, placed, np.sum(values, axis=0))[placed].sum())

    def charges(self, k: int, placed: Flags, value: Floats) -> Floats:
        """What placing each order costs (orders,): its charge, and holding the goods that fill it up to the minimum
        until the supplier's next order would have brought them.
        """
        charges, own = self.shared.charge.copy(), self.orders_of[k]
        missing = np.maximum(self.instance.suppliers[k].least_value - value[own], 0.0)
        if missing.any():
            weeks = np.array([self.shared.orders[o][1] for o in own])
            on = weeks[placed[own]]
            following = np.append(on, self.instance.demand.shape[2])[np.searchsorted(on, weeks, side="right")]
            charges[own] += missing * self.holding_rate(k) * (following - weeks)
        return charges

    def holding_rate(self, k: int) -> float:
        """Holding cost per week and money of goods, the mean of a supplier's lanes."""
        orders = [self.shared.orders[o] for o in self.orders_of[k]]
        lanes = {self.instance.slots[q].lane for order in orders for q in self.instance.supplier_orders[order]}
        goods = sum(sorted(lane.unit_cost for lane in lanes))
        held = sum(sorted(self.instance.series[lane.series].holding for lane in lanes))
        return held / goods if goods else 0.0

    def worth(self, k: int) -> Floats:
        """What each order of a supplier is worth to its series (orders,): their cost without it less with it."""
        total = np.zeros(len(self.placed) + 1)
        np.add.at(total, self.shared.order_of, self.line_worth(self.batches_of[k]))
        return total[:-1]

    def line_worth(self, positions: Iterable[int]) -> Floats:
        """What each line of some batches is worth (slots,): its series' cost without it less with it."""
        fees = self.shared.fees(self.placed)
        total = np.zeros(len(fees))
        for position in positions:
            slots = self.batches[position].slots
            _, worth = slot_values(self.batches[position], self.unit_cost, fees, np.zeros(len(fees)))
            total[slots[slots >= 0]] = worth[slots >= 0]
        return total

    def attempt(self, k: int, placed: Flags) -> bool:
        """Takes over another choice of a supplier's orders if it costs less in all."""
        touched = self.batches_of[k]
        before = self.total(k, self.placed, [self.found[position] for position in touched])
        after = [self.of(self.batches[position], placed) for position in touched]
        if self.total(k, placed, after) >= before - 1e-9 * max(abs(before), 1.0):
            return False
        self.placed = placed
        for position, found in zip(touched, after, strict=True):
            self.found[position] = found
        return True

    def drop(self, k: int) -> None:
        """Leaves out orders worth less than they cost: as many at once as helps, but no two neighbours."""
        own, most = self.orders_of[k], len(self.placed)
        while most:
            value = np.sum([self.found[position][1] for position in self.batches_of[k]], axis=0)
            profit = (self.worth(k) - self.charges(k, self.placed, value))[own]
            chosen = own[_apart(np.where(self.placed[own], profit, np.inf), most)]
            if not len(chosen):
                return
            most = len(self.placed) if self.attempt(k, _switched(self.placed, chosen.tolist())) else len(chosen) // 2

    def move(self, k: int) -> None:
        """Adds an order that is worth its charge, then moves orders to the week before or after."""
        own = self.orders_of[k]
        profit = np.where(self.placed[own], -np.inf, (self.worth(k) - self.shared.charge)[own])
        if profit.max() > 0:
            self.attempt(k, _switched(self.placed, [int(own[profit.argmax()])]))
        for here, there in [*pairwise(own.tolist()), *pairwise(own[::-1].tolist())]:
            if self.placed[here] and not self.placed[there]:
                self.attempt(k, _switched(self.placed, [here, there]))


def _apart(profit: Floats, most: int) -> list[int]:
    """Positions of losses, the greatest first, at most ``most`` and no two of them neighbours among the orders left."""
    left = np.flatnonzero(np.isfinite(profit))
    chosen: list[int] = []
    taken: set[int] = set()
    for place in np.argsort(profit[left], kind="stable").tolist():
        if len(chosen) == most or profit[left[place]] >= 0:
            break
        if not {place - 1, place + 1} & taken:
            taken.add(place)
            chosen.append(int(left[place]))
    return chosen


def _switched(placed: Flags, orders: list[int]) -> Flags:
    other = placed.copy()
    other[orders] = ~other[orders]
    return other
