"""What series share, as a price-directed method sees it: supplier orders to place, and limits with prices.

Every shared limit is one row, sum over slots of weight * units <= amount: a supplier's capacity in an order week, a
budget, and the minimum value of an order that is placed (minus the value <= minus the minimum). A service floor is a
row over the units short of its series instead: sum over series of units short <= units that may be.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.sparse import csr_array

from optimize.allowed import amounts, capacities
from optimize.instance import Decisions, Instance
from optimize.single import Batch, charged, units_short
from optimize.stock_flow import Flags, Floats, Integers

Row = tuple[str, int]


@dataclass(frozen=True)
class Limit:
    """A shared limit. ``row``: its constraint in model.py, name and index; ``slots`` and their ``weight`` per unit;
    ``amount``: the most of their sum; ``order``: the position of the order whose minimum it is, else None; ``served``:
    the series whose units short a floor adds up; ``boxes``: the position of the order whose containers it limits, each
    of which adds ``room``, else None; ``sense``: -1 if the row is turned round.
    """

    row: Row
    slots: Integers
    weight: Floats
    amount: float
    order: int | None
    served: tuple[int, ...] = ()
    boxes: int | None = None
    room: float = 0.0
    sense: int = 1


@dataclass(frozen=True)
class Shared:
    """The orders and limits of a group of series.

    ``orders``: (supplier, order week) of those that cost money or have a minimum, ``charge`` what placing one costs
    and ``box_cost`` what each of its containers costs;
    ``order_of`` (slots of the instance,): the slot's order among them, -1 for none; ``unit_cost``, ``value``,
    ``line_cost`` and ``pack`` (slots,): money per unit net of payment terms, money per unit as ordered, money per line,
    units per pack.
    """

    series: list[int]
    orders: list[tuple[int, int]]
    charge: Floats
    order_of: Integers
    unit_cost: Floats
    value: Floats
    line_cost: Floats
    pack: Floats
    limits: list[Limit]
    box_cost: Floats
    volume: Floats
    weight: Floats

    def placed(self, plan: Decisions) -> Flags:
        """The orders (orders,) that a plan places."""
        return np.isin(np.arange(len(self.orders)), self.order_of[plan.packs > 0])

    def rest_of_boxes(self, prices: Floats) -> Floats:
        """What a container of each order (orders,) costs beyond the price of the room that it gives."""
        rest = self.box_cost.copy()
        for limit, price in zip(self.limits, prices, strict=True):
            if limit.boxes is not None:
                rest[limit.boxes] -= price * limit.room
        return rest

    def within_boxes(self, prices: Floats) -> Floats:
        """The prices (limits,), those of room lowered where a container's room would be dearer than the container."""
        dear = self.box_cost / np.maximum(self.box_cost - self.rest_of_boxes(prices), 1e-9)
        factor = np.array([1.0 if one.boxes is None else min(dear[one.boxes], 1.0) for one in self.limits])
        return np.asarray(prices * factor)

    def room_price(self, prices: Floats) -> Floats:
        """The part of the price of each unit (slots,) that pays for room in containers."""
        boxed = np.array([one.boxes is not None for one in self.limits], dtype=bool)
        return np.asarray(self.priced(np.where(boxed, prices, 0.0)) - self.unit_cost)

    def priced(self, prices: Floats) -> Floats:
        """Money per unit (slots,) when each limit's price is paid for what is used of it."""
        total = self.unit_cost.copy()
        for limit, price in zip(self.limits, prices, strict=True):
            if price:
                total[limit.slots] += price * limit.weight
        return total

    def charged(self, batch: Batch, prices: Floats) -> Batch:
        """The batch when units short pay the prices of their floors."""
        charge = np.zeros(int(batch.series.max()) + 1)
        for limit, price in zip(self.limits, prices, strict=True):
            if limit.served:
                charge[[i for i in limit.served if i < len(charge)]] += price
        return charged(batch, charge) if charge.any() else batch

    @property
    def has_floors(self) -> bool:
        """Whether any series of the group has a service floor."""
        return any(one.served for one in self.limits)

    def dearer_floors(self, prices: Floats, factor: float) -> Floats:
        """The limits' prices with those of service floors multiplied."""
        return np.where([bool(one.served) for one in self.limits], factor, 1.0) * prices

    def used(self, batches: Sequence[Batch], plan: Decisions) -> Floats:
        """What a plan of the series uses of each limit (limits,)."""
        total: Floats = self.use() @ plan.packs + self.served() @ self.units_short(batches, plan)
        return total

    def units_short(self, batches: Sequence[Batch], plan: Decisions) -> Floats:
        """Units short (n,) of the group's series under a plan; 0 where no floor asks."""
        short = np.zeros(len(self.series))
        for batch in batches:
            if batch.short.shape[2]:
                short[np.searchsorted(self.series, batch.series)] = units_short(batch, plan)
        return short

    def served(self) -> csr_array:
        """Matrix (limits, n): whose units short each limit adds up."""
        rows = np.repeat(np.arange(len(self.limits)), [len(one.served) for one in self.limits])
        columns = np.searchsorted(self.series, [i for one in self.limits for i in one.served])
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(self.limits), len(self.series)))

    def fees(self, placed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
        """Fee (slots,) that opens the slots of placed orders, for what a line costs, and closes those of the others."""
        shut = np.append(~placed, False)[self.order_of]
        return np.where(shut, np.inf, self.line_cost)

    def use(self) -> csr_array:
        """Matrix (limits, slots): what one pack uses of each limit."""
        sizes = [len(limit.slots) for limit in self.limits]
        rows = np.repeat(np.arange(len(sizes)), sizes)
        columns = np.concatenate([limit.slots for limit in self.limits] or [np.zeros(0, dtype=np.int64)])
        weights = np.concatenate([limit.weight for limit in self.limits] or [np.zeros(0)])
        return csr_array((weights * self.pack[columns], (rows, columns)), shape=(len(sizes), len(self.pack)))


def shared(instance: Instance, series: Sequence[int]) -> Shared:
    """What the series of a group share."""
    members = set(series)
    slots = [q for q, slot in enumerate(instance.slots) if slot.lane.series in members]
    keys = sorted({(instance.slots[q].lane.supplier, instance.slots[q].order_week) for q in slots})
    orders = [(k, t) for k, t in keys if instance.suppliers[k].must_be_placed]
    place = {key: position for position, key in enumerate(orders)}
    order_of = np.full(len(instance.slots), -1)
    for q in slots:
        order_of[q] = place.get((instance.slots[q].lane.supplier, instance.slots[q].order_week), -1)
    return Shared(
        series=list(series),
        orders=orders,
        charge=np.array([instance.suppliers[k].order_cost for k, _ in orders]),
        order_of=order_of,
        unit_cost=np.array([slot.lane.net_cost for slot in instance.slots]),
        value=np.array([slot.lane.unit_cost for slot in instance.slots]),
        line_cost=np.array([slot.lane.line_cost for slot in instance.slots]),
        pack=np.array([float(slot.lane.pack) for slot in instance.slots]),
        box_cost=np.array([_box_cost(instance, k) for k, _ in orders]),
        volume=np.array([slot.lane.volume for slot in instance.slots]),
        weight=np.array([slot.lane.weight for slot in instance.slots]),
        limits=[
            *_budgets(instance, members),
            *_order_limits(instance, keys, place),
            *_floors(instance, members),
            *_moved(instance, members),
        ],
    )


def _moved(instance: Instance, members: set[int]) -> list[Limit]:
    """What arrives is what was sent, as two limits: not more, and not less."""
    found = []
    for pair in instance.transfers:
        if instance.slots[pair[0]].lane.series in members:
            for sense in (1, -1):
                found.append(Limit(("moved", int(pair[0])), pair, np.full(2, float(sense)), 0.0, None, sense=sense))
    return found


def _box_cost(instance: Instance, supplier: int) -> float:
    one = instance.suppliers[supplier]
    return one.container_cost if one.ships_containers else 0.0


def _budgets(instance: Instance, members: set[int]) -> list[Limit]:
    found = []
    for b, (one, amount) in enumerate(zip(instance.budgets, amounts(instance), strict=True)):
        if instance.slots[one.slots[0]].lane.series in members:
            costs = np.array([instance.slots[q].lane.unit_cost for q in one.slots])
            found.append(Limit(("budget", b), np.array(one.slots), costs, amount, None))
    return found


def _order_limits(instance: Instance, keys: list[tuple[int, int]], place: dict[tuple[int, int], int]) -> list[Limit]:
    found, more = [], capacities(instance)
    for key in keys:
        own, supplier = np.array(instance.supplier_orders[key]), instance.suppliers[key[0]]
        row = bisect_left(instance.orders, key)
        if supplier.capacity is not None:
            found.append(Limit(("capacity", row), own, np.ones(len(own)), more.get(key, supplier.capacity), None))
        if supplier.least_value > 0:
            costs = np.array([instance.slots[q].lane.unit_cost for q in own])
            found.append(Limit(("least_order_value", row), own, -costs, -supplier.least_value, place[key]))
        for name, attribute in (("container_volume", "volume"), ("container_weight", "weight")):
            room = getattr(supplier, name)
            if supplier.ships_containers and room < inf:
                sizes = np.array([getattr(instance.slots[q].lane, attribute) for q in own])
                found.append(Limit((name, row), own, sizes, 0.0, None, boxes=place[key], room=room))
    return found


def _floors(instance: Instance, members: set[int]) -> list[Limit]:
    none = np.zeros(0, dtype=np.int64)
    return [
        Limit(("service_floor", f), none, np.zeros(0), one.most_short, None, one.series)
        for f, one in enumerate(instance.floors)
        if one.series[0] in members
    ]


def over_price(instance: Instance, limit: Limit) -> float:
    """Money per unit of a limit's excess: its own, all its money for a missing minimum."""
    name, index = limit.row
    if name == "service_floor":
        return instance.floors[index].over_price
    if name == "budget":
        return instance.budgets[index].over_price
    return instance.suppliers[instance.orders[index][0]].over_price if name == "capacity" else 1.0
