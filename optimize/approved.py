"""The approved order plan in the instance's terms: which slots hold what was approved, and how far it reaches."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.company import Company
from optimize.instance import Decisions, Instance
from optimize.lanes import Lane

TINY = 1e-9


@dataclass(frozen=True)
class Approved:
    """What was approved.

    ``packs``: of slots with an approved line that today's terms allow, by position; ``reach``: the weeks that it speaks
    of, up to its last order; ``units``: all that was approved for them; ``lost``: units of lines that cannot be ordered
    so any more; ``named``: the series that it has a line of; ``firm``: as ``packs``, of lines that must stay: they are
    decided, and no plan to keep near.
    """

    packs: dict[int, float]
    reach: int
    units: float
    lost: float
    named: frozenset[int]
    firm: dict[int, float]

    def held(self, instance: Instance, weeks: int, only_named: bool = False) -> dict[int, float]:
        """What slots of the first weeks hold if nothing but the approved lines is ordered in them.

        ``only_named``: leaves series free that the approved plan does not know.
        """
        last = min(weeks, self.reach)
        return {
            q: self.packs.get(q, 0.0)
            for q, slot in enumerate(instance.slots)
            if slot.lane.kind == "order" and slot.order_week < last
            if not only_named or slot.lane.series in self.named
        }

    def told(self, instance: Instance, decisions: Decisions, notes: dict[int, list[str]]) -> dict[int, list[str]]:
        """The notes of each slot with an order, and before them what was approved for it."""
        told = dict(notes)
        for q in decisions.ordered(instance):
            slot, packs = instance.slots[q], self.packs.get(q, 0.0)
            if q in instance.held:
                told[q] = ["As approved, to stay." if q in self.firm else "Frozen as approved."]
            elif slot.order_week < self.reach:
                same = (
                    "As approved." if packs == decisions.packs[q] else f"Approved: {packs * slot.lane.pack:,.0f} units."
                )
                told[q] = [same, *notes.get(q, [])]
        return told

    def changed(self, instance: Instance, decisions: Decisions) -> float:
        """Units that a plan orders otherwise than approved, in the weeks that the approved plan speaks of."""
        slots = instance.slots
        moved = sum(
            slots[q].lane.pack * abs(float(decisions.packs[q]) - packs)
            for q, packs in self.held(instance, self.reach).items()
        )
        return moved + self.lost


def read_approved(company: Company, instance: Instance, approved: pd.DataFrame) -> Approved:
    """The approved lines (``APPROVED_COLUMNS``) from the run's week on.

    A line is kept as it is or not at all: it must be in whole packs, between minimum and maximum, in a week in which
    its supplier takes orders, and its order must reach the supplier's minimum.
    """
    places = {key: position for position, key in enumerate(company.series)}
    suppliers = {name: position for position, name in enumerate(company.suppliers.index)}
    slots = _slots(instance)
    known = approved if "held" in approved else approved.assign(held=0.0)
    keys = ["order_date", "supplier", "sku", "location", "expedite"]
    sums: Any = known.groupby(keys, as_index=False).agg({"units": "sum", "held": "max"})
    packs: dict[int, float] = {}
    named, firm, reach, units = set[int](), set[int](), 0, 0.0
    for row in sums.itertuples(index=False):
        week = (row.order_date - company.as_of).days // 7
        key = places.get((row.sku, row.location), -1), suppliers.get(row.supplier, -1), row.expedite > 0, week
        if week < 0 or row.units <= 0 or key[0] < 0:
            continue
        fitting = [q for q in slots[key] if _fits(instance.slots[q].lane, float(row.units))][:1]
        packs |= {q: round(float(row.units) / instance.slots[q].lane.pack) for q in fitting}
        if row.held > 0:
            firm.update(fitting)
        else:
            reach, units = max(reach, week + 1), units + float(row.units)
            named.add(key[0])
    possible = _orderable(instance, packs)
    held = {q: number for q, number in possible.items() if q in firm}
    kept = {q: number for q, number in possible.items() if q not in firm}
    left = units - sum(instance.slots[q].lane.pack * number for q, number in kept.items())
    return Approved(kept, reach, units, left, frozenset(named), held)


def _slots(instance: Instance) -> dict[Any, list[int]]:
    """The slots of each (series, supplier, express, order week); price tiers make several of one."""
    found: dict[Any, list[int]] = defaultdict(list)
    for q, slot in enumerate(instance.slots):
        if slot.lane.kind == "order":
            found[slot.lane.series, slot.lane.supplier, slot.lane.expedite, slot.order_week].append(q)
    return found


def _fits(lane: Lane, units: float) -> bool:
    packs = units / lane.pack
    whole = abs(packs - round(packs)) < TINY
    return whole and lane.least <= round(packs) and (lane.most is None or round(packs) <= lane.most)


def _orderable(instance: Instance, packs: dict[int, float]) -> dict[int, float]:
    """The lines whose order reaches its supplier's minimum."""
    value: dict[tuple[int, int], float] = defaultdict(float)
    for q, number in packs.items():
        lane = instance.slots[q].lane
        value[lane.supplier, instance.slots[q].order_week] += lane.pack * number * lane.unit_cost
    enough = {key for key, money in value.items() if money >= instance.suppliers[key[0]].least_value * (1 - TINY)}
    return {
        q: number
        for q, number in packs.items()
        if (instance.slots[q].lane.supplier, instance.slots[q].order_week) in enough
    }
