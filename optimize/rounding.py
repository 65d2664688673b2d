"""From relaxed packs to whole ones that obey minimums and limits, order week by order week."""

import numpy as np

from optimize.instance import Instance, Slot
from optimize.stock_flow import Floats


def whole_packs(instance: Instance, packs: Floats) -> Floats:
    """Whole packs (slots,) near the relaxed ones; what an order week cannot place waits for the lane's next one."""
    rounded = np.zeros(len(packs))
    waiting: dict[object, float] = {}
    orders = sorted(instance.supplier_orders.items(), key=lambda item: (item[0][1], item[0][0]))
    for (k, _), members in orders:
        wanted = np.array([packs[q] + waiting.get(instance.slots[q].lane, 0.0) for q in members])
        placed = _within_capacity(
            instance, k, members, np.array([_line(instance.slots[q], w) for q, w in zip(members, wanted, strict=True)])
        )
        placed = _worth_ordering(instance, k, members, placed)
        for q, want, place in zip(members, wanted, placed, strict=True):
            rounded[q] = place
            waiting[instance.slots[q].lane] = want - place
    return _within_budgets(instance, rounded)


def _line(slot: Slot, wanted: float) -> float:
    """Whole packs of one line: nothing, or at least the minimum."""
    nearest = float(np.rint(wanted))
    if nearest < slot.lane.least:
        nearest = float(slot.lane.least) if wanted >= slot.lane.least / 2 else 0.0
    return nearest if slot.lane.most is None else min(nearest, float(slot.lane.most))


def _fewer(slot: Slot, packs: float) -> float:
    return packs - 1.0 if packs > slot.lane.least else 0.0


def _within_capacity(instance: Instance, k: int, members: list[int], placed: Floats) -> Floats:
    """Takes packs from the largest lines until the supplier's capacity holds."""
    limit = instance.suppliers[k].capacity
    units = np.array([instance.slots[q].lane.pack for q in members]) * placed
    while limit is not None and units.sum() > limit + 1e-9:
        largest = int(units.argmax())
        slot = instance.slots[members[largest]]
        placed[largest] = _fewer(slot, placed[largest])
        units[largest] = slot.lane.pack * placed[largest]
    return placed


def _worth_ordering(instance: Instance, k: int, members: list[int], placed: Floats) -> Floats:
    """Raises an order that nearly reaches the supplier's minimum, else leaves it for the next order week."""
    least = instance.suppliers[k].least_value
    lanes = [instance.slots[q].lane for q in members]
    worth = np.array([lane.pack * lane.unit_cost for lane in lanes])
    value = float(worth @ placed)
    if value >= least or not placed.any():
        return placed
    if value < least / 2:
        return np.zeros(len(placed))
    raised = np.ceil(placed * least / value - 1e-9)
    room = all(lane.most is None or n <= lane.most for lane, n in zip(lanes, raised, strict=True))
    limit = instance.suppliers[k].capacity
    fits = limit is None or float(np.array([lane.pack for lane in lanes]) @ raised) <= limit
    return raised if room and fits and float(worth @ raised) >= least else np.zeros(len(placed))


def _within_budgets(instance: Instance, rounded: Floats) -> Floats:
    """Drops the last order lines of an overspent budget, and then orders that fell below their supplier's minimum."""
    worth = np.array([slot.lane.pack * slot.lane.unit_cost for slot in instance.slots])
    for budget in instance.budgets:
        for q in sorted(budget.slots, key=lambda q: (-instance.slots[q].order_week, q)):
            if worth[list(budget.slots)] @ rounded[list(budget.slots)] <= max(budget.amount, 0.0) + 1e-9:
                break
            rounded[q] = 0.0
    for (k, _), members in instance.supplier_orders.items():
        if float(worth[members] @ rounded[members]) < instance.suppliers[k].least_value * (1 - 1e-9):
            rounded[members] = 0.0
    return rounded
