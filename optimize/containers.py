"""Containers: how many each supplier order needs, filled jointly by its lines."""

from collections.abc import Collection
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from optimize.instance import Decisions, Instance, Supplier

SLACK = 1e-9


def fill(supplier: "Supplier", volume: float, weight: float) -> float:
    """What volume and weight take of a supplier's containers, in containers: the scarcer of the two."""
    return max(volume / supplier.container_volume, weight / supplier.container_weight)


def filled(instance: "Instance", decisions: "Decisions", series: Collection[int]) -> dict[tuple[int, int], float]:
    """What each placed order of some series takes of its containers, in containers, by (supplier, order week)."""
    loads: dict[tuple[int, int], list[float]] = {}
    for q in np.flatnonzero(decisions.packs > 0).tolist():
        slot = instance.slots[q]
        lane, supplier = slot.lane, instance.suppliers[slot.lane.supplier]
        if supplier.ships_containers and lane.series in series:
            units = lane.pack * float(decisions.packs[q])
            load = loads.setdefault((lane.supplier, slot.order_week), [0.0, 0.0])
            load[0] += lane.volume * units
            load[1] += lane.weight * units
    return {key: fill(instance.suppliers[key[0]], *load) for key, load in sorted(loads.items())}


def counted(taken: dict[tuple[int, int], float]) -> dict[tuple[int, int], int]:
    """The whole containers of each order."""
    return {key: max(ceil(share - SLACK), 1) for key, share in taken.items()}
