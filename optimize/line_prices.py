"""What relaxing the limits of order lines would bring: each series planned again with one pack more, or less, allowed.

A line's maximum and minimum are its series' own, so the dynamic program answers exactly, at the prices that the plan
puts on what series share.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from optimize.groups import groups
from optimize.instance import Decisions, Instance
from optimize.lanes import Lane
from optimize.settle import settled
from optimize.shared import Row, Shared, shared
from optimize.single import Batch, batches, least_cost
from optimize.tiers import Tiers


@dataclass(frozen=True)
class LineLimit:
    """The minimum or maximum of a lane that sets order lines ``slots``; ``price``: money per unit that it is relaxed,
    in every week.
    """

    lane: Lane
    is_maximum: bool
    slots: tuple[int, ...]
    price: float


def line_limits(instance: Instance, decisions: Decisions, prices: dict[Row, float]) -> list[LineLimit]:
    """The line limits that bind, by lane. ``prices``: of the limits that series share, money per unit."""
    bound = _binding(instance, decisions)
    alone, together = groups(instance)
    found = _priced(instance, decisions, bound, {}, shared(instance, alone), alone=True)
    for members in together:
        if any(lane.series in set(members) for lane, _ in bound):
            found += _priced(instance, decisions, bound, prices, shared(instance, members), alone=False)
    return sorted(found, key=lambda one: one.slots)


def _binding(instance: Instance, decisions: Decisions) -> dict[tuple[Lane, bool], list[int]]:
    """The free lines at their lane's maximum (True) or minimum (False); the end of a price tier is no limit."""
    ordered, tiers = decisions.ordered(instance), Tiers(instance)
    bound: dict[tuple[Lane, bool], list[int]] = defaultdict(list)
    for q in (q for q in ordered if q not in instance.held):
        lane, packs = instance.slots[q].lane, decisions.packs[q]
        if packs == lane.most and not tiers.ends(lane):
            bound[lane, True].append(q)
        elif packs == lane.least > 1:
            bound[lane, False].append(q)
    return bound


def _priced(
    instance: Instance,
    decisions: Decisions,
    bound: dict[tuple[Lane, bool], list[int]],
    prices: dict[Row, float],
    common: Shared,
    alone: bool,
) -> list[LineLimit]:
    """The binding limits of some series' lines; limits of one series are relaxed one after the other."""
    own: dict[int, list[tuple[Lane, bool]]] = defaultdict(list)
    for lane, is_maximum in bound:
        if lane.series in set(common.series):
            own[lane.series].append((lane, is_maximum))
    paid = np.array([prices.get(one.row, 0.0) for one in common.limits])
    unit_cost, fee = common.priced(paid), common.fees(common.placed(decisions))
    if alone:
        fee = common.line_cost + np.append(common.charge, 0.0)[common.order_of]
    found = []
    for batch in settled(batches(instance, sorted(own)), instance.transfers, decisions.packs):
        charged = common.charged(batch, paid)
        before = least_cost(charged, unit_cost, fee)
        for turn in range(max(len(own[i]) for i in batch.series.tolist())):
            chosen = {row: own[i][turn] for row, i in enumerate(batch.series.tolist()) if turn < len(own[i])}
            saved = before - least_cost(_relaxed(instance, charged, chosen.items()), unit_cost, fee)
            found += [
                LineLimit(lane, top, tuple(bound[lane, top]), max(float(saved[row]), 0.0) / lane.pack)
                for row, (lane, top) in chosen.items()
            ]
    return found


def _relaxed(instance: Instance, batch: Batch, chosen: Iterable[tuple[int, tuple[Lane, bool]]]) -> Batch:
    """The batch with one pack more, or less, allowed on one lane of some rows."""
    least, most = batch.least.copy(), batch.most.copy()
    for row, (lane, is_maximum) in chosen:
        lanes = [instance.slots[q].lane if q >= 0 else None for q in batch.slots[row].ravel().tolist()]
        same = np.array([one == lane for one in lanes]).reshape(batch.slots.shape[1:])
        if is_maximum:
            most[row][same] += batch.stride[row][same]
        else:
            least[row][same] -= batch.stride[row][same]
    return replace(batch, least=least, most=most)
