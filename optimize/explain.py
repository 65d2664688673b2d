"""Why each order line is what it is, in money."""

import numpy as np

from optimize.checker import supply
from optimize.instance import Decisions, Instance, Slot


def reasons(instance: Instance, decisions: Decisions) -> dict[int, str]:
    """One sentence per slot with an order, from the plan's own numbers."""
    reached = supply(instance, decisions)
    return {
        q: _reason(instance, slot, float(reached[slot.period]))
        for q, slot in enumerate(instance.slots)
        if decisions.packs[q] > 0
    }


def _reason(instance: Instance, slot: Slot, reached: float) -> str:
    period = instance.periods[slot.period]
    pack = slot.lane.pack

    def cost(supplied: float) -> float:
        return float(period.cost_at(np.asarray(supplied)))

    last = cost(reached - pack) - cost(reached)
    more = cost(reached + pack) - cost(reached)
    return f"the last {pack} save {last:,.2f} until the next delivery; {pack} more would cost {more:,.2f}"
