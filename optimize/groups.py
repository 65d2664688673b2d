"""Which series must be planned together: those that share a supplier's order, its capacity, a budget or a floor."""

from collections import defaultdict
from collections.abc import Sequence

from optimize.instance import Instance


def groups(instance: Instance) -> tuple[list[int], list[list[int]]]:
    """The series that share nothing, and the groups of those that do; each in ascending order."""
    parent = list(range(len(instance.series)))
    ties = _ties(instance)
    ties += _only_floors(instance, ties)
    for members in ties:
        for one in members[1:]:
            parent[_root(parent, one)] = _root(parent, members[0])
    tied: dict[int, list[int]] = defaultdict(list)
    for one in sorted({one for members in ties for one in members}):
        tied[_root(parent, one)].append(one)
    alone = sorted(set(range(len(parent))) - {one for members in tied.values() for one in members})
    return alone, sorted(tied.values())


def _root(parent: list[int], one: int) -> int:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


def _ties(instance: Instance) -> list[list[int]]:
    """Sets of series that something ties together: an order that several lines share, a limit of it, or a budget."""
    slots = instance.slots
    shared = []
    for (k, _), members in instance.supplier_orders.items():
        supplier = instance.suppliers[k]
        if supplier.limits_orders or (supplier.order_cost > 0 and len(members) > 1):
            shared.append(sorted({slots[q].lane.series for q in members}))
    shared += [sorted({slots[q].lane.series for q in pair}) for pair in instance.transfers.tolist()]
    return shared + [sorted({slots[q].lane.series for q in budget.slots}) for budget in instance.budgets]


def _only_floors(instance: Instance, ties: list[list[int]]) -> list[list[int]]:
    """Series with floors, those that nothing else ties in one group: many floors are priced in one go."""
    tied = {i for members in ties for i in members}
    free = [list(floor.series) for floor in instance.floors if not tied & set(floor.series)]
    floors = [list(floor.series) for floor in instance.floors]
    return [*floors, sorted({i for members in free for i in members})] if free else floors


def by_suppliers(instance: Instance, series: Sequence[int]) -> list[list[int]]:
    """Series with the same suppliers together."""
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i in series:
        slots = [instance.slots[q] for p in instance.periods_of[i] for q in instance.arriving[p]]
        alike[tuple(sorted({slot.lane.supplier for slot in slots}))].append(i)
    return [alike[key] for key in sorted(alike)]
