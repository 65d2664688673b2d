"""Which supplier orders to place: local search over order weeks, every series replanned exactly for each choice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import fsum

import numpy as np

from optimize.group import Group
from optimize.held import must_be_placed
from optimize.instance import Decisions
from optimize.single import Batch
from optimize.stock_flow import Flags, Floats, Integers
from optimize.ways import Ways

Found = tuple[float, Floats]
CYCLES = (0.6, 1.0, 1.6)


def search_orders(group: Group, prices: Floats, placed: Flags) -> tuple[Flags, Floats]:
    """The orders to place (orders,) at the ``prices`` of the limits (limits,), from those that are ``placed``, and what
    each line is worth then (slots,).

    Supplier by supplier: place all, leave out those worth less than they cost, then add, drop or move one by a week
    while that helps. An order below its supplier's minimum pays for goods bought before they are needed.
    """
    search = _Search(group, prices, placed)
    for k in search.orders_of:
        if not group.limits.late:
            search.drop(k)
            search.move(k)
        if group.limits.late:
            search.repeat(k)
    return search.placed, search.line_worth(range(len(search.batches)))


class _Search:
    """The orders placed so far and, by batch, what its series then cost and order: (orders, 5) units, money, volume,
    weight and money paid for room; as far as they are known, ``ways`` of the supplier at work and what lines are worth
    (n, P, R).
    """

    def __init__(self, group: Group, prices: Floats, placed: Flags) -> None:
        instance, shared = group.instance, group.common
        self.instance, self.shared, self.limits = instance, shared, group.limits
        self.batches, self.unit_cost = [shared.charged(one, prices) for one in group.coarse], shared.priced(prices)
        room = shared.room_price(prices)
        self.each = np.stack([np.ones(len(room)), shared.value, shared.volume, shared.weight, room], axis=1)
        self.placed, self.must = placed, must_be_placed(instance, shared)
        supplier = np.array([k for k, _ in shared.orders], dtype=int)
        self.orders_of = {k: np.flatnonzero(supplier == k) for k in sorted(set(supplier.tolist()))}
        self.batches_of: dict[int, list[int]] = defaultdict(list)
        for position, batch in enumerate(self.batches):
            for k in sorted({instance.slots[q].lane.supplier for q in batch.slots[batch.slots >= 0].tolist()}):
                self.batches_of[k].append(position)
        self.plan = Decisions.none(instance)
        self.typical = {k: self._typical(k) for k in self.orders_of}
        self.found = [self.of(self.through(batch, self.placed)) for batch in self.batches]
        self.ways: dict[int, Ways] = {}
        self.worths: dict[int, Floats] = {}

    def through(self, batch: Batch, placed: Flags) -> Ways:
        """The ways of a batch's series with these orders placed."""
        return Ways(batch, self.unit_cost, self.shared.fees(placed))

    def of(self, ways: Ways) -> Found:
        """What a batch's series cost, and what they order."""
        cost, batch = ways.plan(self.plan).sum(), ways.batch
        slots = batch.slots[batch.slots >= 0]
        units = self.plan.packs[slots] * self.shared.pack[slots]
        ordered = np.zeros((len(self.placed) + 1, 5))
        np.add.at(ordered, self.shared.order_of[slots], units[:, None] * self.each[slots])
        return float(cost), ordered[:-1]

    def total(self, k: int, placed: Flags, found: Sequence[Found]) -> float:
        """Cost of a supplier's series and orders, their limits included."""
        series = sum(cost for cost, _ in found)
        return series + float(self.charges(k, placed, found)[placed].sum()) + self.overflow(k, placed, found)

    def charges(self, k: int, placed: Flags, found: Sequence[Found]) -> Floats:
        """What placing each order costs (orders,): its charge, its containers beyond what units pay, and holding
        the goods that fill it up to the minimum until the supplier's next order would have brought them.
        """
        charges = self.shared.charge.copy()
        own, weeks, ordered = self.placed_orders(k, placed, found)
        held, _, cost = self.typical[k]
        missing = np.maximum(self.instance.suppliers[k].least_value - ordered[:, 1], 0.0)
        supplier = self.instance.suppliers[k]
        if supplier.ships_containers:
            taken = np.maximum(ordered[:, 2] / supplier.container_volume, ordered[:, 3] / supplier.container_weight)
            boxes = np.maximum(np.ceil(taken - 1e-9), 1.0)
            charges[own] += supplier.container_cost * boxes - ordered[:, 4]
        charges[own] += missing / cost * held * np.diff(np.append(weeks, self.instance.demand.shape[2]))
        return charges

    def overflow(self, k: int, placed: Flags, found: Sequence[Found]) -> float:
        """What goods beyond a supplier's capacity cost: they are brought forward to the order before and held until
        they are needed; what the first order cannot take is lost.
        """
        capacity = self.instance.suppliers[k].capacity
        if capacity is None:
            return 0.0
        _, weeks, ordered = self.placed_orders(k, placed, found)
        held, lost, _ = self.typical[k]
        over, cost = 0.0, 0.0
        for place in reversed(range(len(weeks))):
            over = max(ordered[place, 0] + over - capacity, 0.0)
            cost += over * (held * float(weeks[place] - weeks[place - 1]) if place else lost)
        return cost

    def placed_orders(self, k: int, placed: Flags, found: Sequence[Found]) -> tuple[Integers, Integers, Floats]:
        """A supplier's placed orders, their weeks, and what they hold: (n, 5) as ``of`` gives it."""
        own = self.orders_of[k][placed[self.orders_of[k]]]
        weeks = np.array([self.shared.orders[o][1] for o in own], dtype=int)
        return own, weeks, np.sum([ordered for _, ordered in found], axis=0)[own]

    def _typical(self, k: int) -> tuple[float, float, float]:
        """Holding cost per week, money lost and cost of a typical unit of a supplier: the means of its lanes."""
        orders = [self.shared.orders[o] for o in self.orders_of[k]]
        lanes = {self.instance.slots[q].lane for order in orders for q in self.instance.supplier_orders[order]}
        series = [self.instance.series[lane.series] for lane in lanes]
        held = fsum(one.holding for one in series) / len(lanes)
        lost = fsum(one.lost - one.replacement for one in series) / len(lanes)
        return held, lost, max(fsum(lane.unit_cost for lane in lanes) / len(lanes), 1e-9)

    def worth(self, k: int) -> Floats:
        """What each order of a supplier is worth to its series (orders,): their cost without it less with it."""
        self.keep(k)
        total = np.zeros(len(self.placed) + 1)
        np.add.at(total, self.shared.order_of, self.line_worth(self.batches_of[k]))
        return total[:-1]

    def keep(self, k: int) -> None:
        """Keeps the ways of a supplier's batches at hand while the orders stand, and no others: they are large."""
        for position in self.batches_of[k]:
            if position not in self.ways:
                self.ways[position] = self.through(self.batches[position], self.placed)
        self.ways = {position: self.ways[position] for position in self.batches_of[k]}

    def line_worth(self, positions: Iterable[int]) -> Floats:
        """What each line of some batches is worth (slots,): its series' cost without it less with it."""
        total = np.zeros(len(self.unit_cost))
        for position in positions:
            if position not in self.worths:
                ways = self.ways.get(position) or self.through(self.batches[position], self.placed)
                self.worths[position] = ways.worth(self.shared.line_cost)
            slots = self.batches[position].slots
            total[slots[slots >= 0]] = self.worths[position][slots >= 0]
        return total

    def attempt(self, k: int, placed: Flags) -> bool:
        """Takes over another choice of a supplier's orders if it costs less in all."""
        if (self.must & ~placed).any():
            return False
        touched = self.batches_of[k]
        before = self.total(k, self.placed, [self.found[position] for position in touched])
        ways = [self.through(self.batches[position], placed) for position in touched]
        after = [self.of(one) for one in ways]
        if self.total(k, placed, after) >= before - 1e-9 * max(abs(before), 1.0):
            return False
        self.placed = placed
        self.ways = dict(zip(touched, ways, strict=True))
        for position, found in zip(touched, after, strict=True):
            self.found[position] = found
            self.worths.pop(position, None)
        return True

    def drop(self, k: int) -> None:
        """Leaves out orders worth less than they cost: as many at once as helps, but no two neighbours."""
        own, most = self.orders_of[k], len(self.placed)
        while most and not self.limits.late:
            found = [self.found[position] for position in self.batches_of[k]]
            profit = (self.worth(k) - self.charges(k, self.placed, found))[own]
            profit = np.where(self.must[own], np.abs(profit), profit)
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
            if self.placed[here] and not self.placed[there] and not self.limits.late:
                other = _switched(self.placed, [here, there])
                if self.may_gain(k, other):
                    self.attempt(k, other)

    def may_gain(self, k: int, placed: Flags) -> bool:
        """Whether another choice of a supplier's orders could cost less: not if its series and the orders' bare charges
        already cost more. With containers, which units pay for, nobody knows.
        """
        if self.instance.suppliers[k].ships_containers:
            return True
        fees, touched = self.shared.fees(placed), self.batches_of[k]
        series = sum(float(self.ways[position].cost(fees).sum()) for position in touched)
        now = self.total(k, self.placed, [self.found[position] for position in touched])
        return series + float(self.shared.charge[placed].sum()) < now

    def repeat(self, k: int) -> None:
        """Places every n-th order if that costs less, with some n near the one that is best under level demand."""
        own = self.orders_of[k]
        best = self.level(k)
        for every in sorted({min(max(round(share * best), 1), len(own)) for share in CYCLES}):
            other = np.isin(np.arange(len(self.placed)), own[::every])
            self.attempt(k, np.where(np.isin(np.arange(len(other)), own), other | self.must, self.placed))

    def level(self, k: int) -> float:
        """Of how many orders one is to be placed if what the series order now came level over all weeks.

        The economic order interval sqrt(2 K / (h d)), or what it takes to reach the supplier's minimum.
        """
        own, _, ordered = self.placed_orders(k, self.placed, [self.found[b] for b in self.batches_of[k]])
        held, _, cost = self.typical[k]
        supplier, each = self.instance.suppliers[k], float(ordered[:, 1].sum()) / len(self.orders_of[k])
        weeks = self.instance.demand.shape[2] / len(self.orders_of[k])
        charge = float(self.shared.charge[own].mean()) if len(own) else 0.0
        interval = np.sqrt(2 * charge * weeks / max(held / cost * each, 1e-9)) / weeks
        return float(max(interval, supplier.least_value / max(each, 1e-9)))


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
