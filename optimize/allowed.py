"""What capacities and budgets allow: what they say, or what lines that are decided already take, if that is more.

No plan can keep to a limit that approved lines which stay already exceed; all else keeps within what is left of it.
"""

from collections import defaultdict
from math import inf

from optimize.instance import Instance


def capacities(instance: Instance) -> dict[tuple[int, int], float]:
    """Units that decided lines take of an order, by (supplier, order week), where that exceeds the capacity."""
    taken: dict[tuple[int, int], float] = defaultdict(float)
    for q, packs in instance.held.items():
        slot = instance.slots[q]
        taken[slot.lane.supplier, slot.order_week] += slot.lane.pack * packs
    most = [inf if one.capacity is None else one.capacity for one in instance.suppliers]
    return {key: units for key, units in taken.items() if units > most[key[0]]}


def amounts(instance: Instance) -> list[float]:
    """Money that each budget allows."""
    if not instance.held:
        return [one.amount for one in instance.budgets]
    paid = {
        q: packs * instance.slots[q].lane.pack * instance.slots[q].lane.unit_cost for q, packs in instance.held.items()
    }
    return [max(one.amount, sum(paid.get(q, 0.0) for q in one.slots)) for one in instance.budgets]
