"""What arrives: open orders and a plan's own, as promised and as it comes."""

import numpy as np

from optimize.instance import Decisions, Instance
from optimize.late import shifted
from optimize.stock_flow import Floats, Integers


def ordered(instance: Instance, decisions: Decisions) -> Floats:
    """Units of the plan's orders by series and promised week (N, H)."""
    units = np.zeros_like(instance.open_units)
    for slot, packs in zip(instance.slots, decisions.packs.tolist(), strict=True):
        units[slot.lane.series, slot.arrival_week] += slot.lane.pack * packs
    return units


def as_promised(instance: Instance, decisions: Decisions) -> Floats:
    """Units that open orders and the plan's bring by series and week (N, H) if all comes when it was promised."""
    return instance.open_units + ordered(instance, decisions)


def as_it_comes(instance: Instance, decisions: Decisions) -> Floats:
    """The same as it comes: (N, H) where everything keeps its promise, else by path, (S, N, H)."""
    units = ordered(instance, decisions)
    return instance.open_units + units if instance.late is None else instance.late.arrivals(units)


def lateness_of(instance: Instance, series: list[int]) -> Integers:
    """Weeks by which what some series order comes late: (S, n), or (n,) where everything keeps its promise."""
    return np.zeros(len(series), dtype=np.int64) if instance.late is None else instance.late.delay[:, series]


def as_it_comes_late(instance: Instance, series: list[int], units: Floats) -> Floats:
    """Units (n, H) ordered for some series by promised week, as they come: (n, H) or (S, n, H)."""
    return units if instance.late is None else shifted(units, instance.late.delay[:, series])
