"""A large group that only budgets hold together, taken apart: without them its suppliers' series share nothing.

Each part is an instance of its own; what it pays from the budgets that it shares with others is a row of weights, so
that a price of a budget is a surcharge on the part's units.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from optimize.groups import groups
from optimize.instance import Decisions, Instance
from optimize.shared import Row
from optimize.stock_flow import Floats, Integers

LONERS = 100


@dataclass(frozen=True)
class Part:
    """Some series of an instance as one of their own.

    ``slots`` and ``periods``: the places of its own in the whole; ``budgets`` and ``floors``: likewise, of those that
    it has for itself; ``paid`` (budgets shared with others, slots): money per unit that each slot takes of them.
    """

    instance: Instance
    slots: Integers
    periods: Integers
    budgets: list[int]
    floors: list[int]
    paid: csr_array

    def read(self, plan: Decisions) -> Decisions:
        """A plan of the whole as one of the part."""
        return Decisions(plan.packs[self.slots], plan.given_up[self.periods])

    def spent(self, plan: Decisions) -> Floats:
        """Money that a plan of the part takes of each budget shared with others."""
        pack = np.array([slot.lane.pack for slot in self.instance.slots], dtype=float)
        spent: Floats = self.paid @ (pack * plan.packs)
        return spent

    def surcharge(self, prices: Floats) -> Floats:
        """Money per unit of each slot at the prices of the budgets shared with others."""
        surcharge: Floats = self.paid.T @ prices
        return surcharge

    def write(self, plan: Decisions, into: Decisions) -> None:
        """Writes a plan of the part into one of the whole."""
        into.packs[self.slots] = plan.packs
        into.given_up[self.periods] = plan.given_up

    def row(self, row: Row, whole: Instance) -> Row:
        """A row of the part's model as the whole has it."""
        name, index = row
        if name == "budget":
            return name, self.budgets[index]
        if name == "service_floor":
            return name, self.floors[index]
        return name, bisect_left(whole.orders, self.instance.orders[index])


def parts_of(instance: Instance, series: Sequence[int]) -> tuple[list[Part], list[int]]:
    """The parts of a group of series, and the budgets that they share; series that share nothing else make parts of
    ``LONERS`` each.
    """
    alone, together = groups(replace(instance, budgets=[]))
    members = set(series)
    sets = [own for own in together if own[0] in members]
    rest = sorted(members.intersection(alone))
    sets += [rest[start : start + LONERS] for start in range(0, len(rest), LONERS)]
    part_of = np.full(len(instance.series), -1)
    for number, own in enumerate(sets):
        part_of[own] = number
    payers = [np.unique(part_of[[instance.slots[q].lane.series for q in one.slots]]) for one in instance.budgets]
    common = [b for b, own in enumerate(payers) if own[0] >= 0 and len(own) > 1]
    private = {b: int(own[0]) for b, own in enumerate(payers) if own[0] >= 0 and len(own) == 1}
    slots = _by_part(part_of[instance.columns.series], len(sets))
    periods = _by_part(part_of[instance.columns.period_series], len(sets))
    paid = _paid(instance, common)
    return [
        _part(instance, own, slots[k], periods[k], [b for b, part in private.items() if part == k], paid)
        for k, own in enumerate(sets)
    ], common


def _by_part(part: Integers, count: int) -> list[Integers]:
    """The places of each part's own, ascending."""
    rank = np.argsort(part, kind="stable")
    ends = np.searchsorted(part[rank], np.arange(-1, count), side="right")
    return [rank[start:end] for start, end in pairwise(ends.tolist())]


def _paid(instance: Instance, common: Sequence[int]) -> csr_array:
    """Money per unit (budgets, slots) that each slot takes of each budget."""
    rows = np.repeat(np.arange(len(common)), [len(instance.budgets[b].slots) for b in common])
    slots = np.array([q for b in common for q in instance.budgets[b].slots], dtype=np.int64)
    cost = np.array([instance.slots[q].lane.unit_cost for q in slots.tolist()])
    return csr_array((cost, (rows, slots)), shape=(len(common), len(instance.slots)))


def _part(
    instance: Instance, series: list[int], slots: Integers, periods: Integers, budgets: list[int], paid: csr_array
) -> Part:
    place = {i: own for own, i in enumerate(series)}
    slot_place = {q: own for own, q in enumerate(slots.tolist())}
    period_place = {p: own for own, p in enumerate(periods.tolist())}
    lanes = {id(lane): lane for lane in (instance.slots[q].lane for q in slots.tolist())}
    own_lane = {key: replace(lane, series=place[lane.series]) for key, lane in lanes.items()}
    floors = [f for f, one in enumerate(instance.floors) if one.series[0] in place]
    return Part(
        instance=replace(
            instance,
            series=[instance.series[i] for i in series],
            slots=[
                replace(slot, lane=own_lane[id(slot.lane)], period=period_place[slot.period])
                for slot in (instance.slots[q] for q in slots.tolist())
            ],
            periods=[
                replace(
                    one, series=place[one.series], previous=None if one.previous is None else period_place[one.previous]
                )
                for one in (instance.periods[p] for p in periods.tolist())
            ],
            budgets=[
                replace(instance.budgets[b], slots=tuple(slot_place[q] for q in instance.budgets[b].slots))
                for b in budgets
            ],
            floors=[
                replace(instance.floors[f], series=tuple(place[i] for i in instance.floors[f].series)) for f in floors
            ],
            stock=instance.stock[series],
            open_units=instance.open_units[series],
            demand=np.zeros((0, len(series), instance.demand.shape[2])),
            late=None,
            open_money=0.0,
            held={slot_place[q]: packs for q, packs in instance.held.items() if q in slot_place},
        ),
        slots=slots,
        periods=periods,
        budgets=budgets,
        floors=floors,
        paid=paid[:, slots],
    )
