"""Order lines that are decided already, as the dynamic program sees them: supply that comes whatever it decides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimize.stock_flow import Flags, Floats

if TYPE_CHECKING:
    from optimize.instance import Instance
    from optimize.shared import Shared
    from optimize.single import Batch


def held_packs(instance: "Instance", series: Sequence[int], periods: int, slots: int) -> Floats:
    """Packs (n, P, R) of the slots that are decided already, -1 for the others."""
    held = np.full((len(series), periods, slots), -1.0)
    if instance.held:
        for row, i in enumerate(series):
            for column, p in enumerate(instance.periods_of[i]):
                own = instance.arriving[p]
                held[row, column, : len(own)] = [instance.held.get(q, -1.0) for q in own]
    return held


def held_cost(batch: "Batch", unit_cost: Floats, fee: Floats) -> Floats:
    """What the lines that are decided already cost (n,): goods and fees, less what they are worth at the end."""
    if not (batch.held > 0).any():
        return np.zeros(len(batch.series))
    packs = np.maximum(batch.held, 0.0)
    units = packs * batch.units * batch.sign
    worth = unit_cost[batch.slots] - batch.end_value[:, None, None]
    fees = np.where(packs > 0, fee[batch.slots], 0.0)
    total: Floats = (units * worth + fees).sum(axis=(1, 2))
    return total


def must_be_placed(instance: "Instance", shared: "Shared") -> Flags:
    """The orders (orders,) that hold a line which is decided already."""
    must = np.zeros(len(shared.orders) + 1, dtype=bool)
    must[shared.order_of[[q for q, packs in instance.held.items() if packs > 0]]] = True
    return must[:-1]
