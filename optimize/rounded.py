"""A mix of whole plans made whole: rounded to packs, so that what series share is exceeded, or missed, by packs only.

Series of which the mix has one plan keep it; those that units can leave keep their plan of the greatest share. What is
rounded off a line is added to the series' next one. Orders above a limit then give packs back, a pack a line in turn,
those below a supplier's minimum are filled up likewise.
"""

from collections.abc import Collection, Iterable

import numpy as np

from optimize.choose import Choice
from optimize.instance import Decisions, Slot
from optimize.stock_flow import Floats

ONE = 1 - 1e-6


def rounded(choice: Choice, shares: Floats, into: Decisions) -> None:
    """Writes the mix of offers, ``shares`` (rounds, n), into ``into`` in whole packs."""
    instance, packs, given_up = choice.instance, np.array(choice.packs), np.array(choice.given_up)
    greatest, leaving = shares.argmax(axis=0), {slot.lane.series for slot in instance.slots if slot.lane.pack < 0}
    settled = set(instance.held) | {q for q, slot in enumerate(instance.slots) if slot.lane.series in leaving}
    for place, i in enumerate(choice.shared.series):
        own = shares[:, place]
        slots = [q for p in instance.periods_of[i] for q in instance.arriving[p]]
        whole = own[greatest[place]] > ONE or i in leaving
        mix = (np.arange(len(own)) == greatest[place]).astype(float) if whole else own
        into.given_up[instance.periods_of[i]] = mix @ given_up[:, instance.periods_of[i]]
        into.packs[slots] = mix @ packs[:, slots]
        if not whole:
            _round(choice, [q for q in slots if q not in settled], into)
    for tiers in instance.tier_lines:
        _one_tier(tiers, into)
    for row in choice.rows.tolist():
        if choice.shared.limits[row].order is None:
            _give_back(choice, row, settled, into)
    for row in choice.rows.tolist():
        if choice.shared.limits[row].order is not None:
            _fill(choice, row, settled, into)


def _round(choice: Choice, slots: Iterable[int], into: Decisions) -> None:
    """The lines of a series in whole packs, from its first arrival on."""
    carried = 0.0
    for q in slots:
        if into.packs[q] <= 0:
            continue
        slot = choice.instance.slots[q]
        wanted = into.packs[q] * slot.lane.pack + carried
        into.packs[q] = _allowed(slot, wanted / slot.lane.pack)
        carried = wanted - into.packs[q] * slot.lane.pack


def _one_tier(tiers: list[int], into: Decisions) -> None:
    """Of an order line's price tiers that share a maximum, the one of most packs."""
    most = max(tiers, key=lambda q: float(into.packs[q]))
    into.packs[[q for q in tiers if q != most]] = 0.0


def _allowed(slot: Slot, packs: float) -> float:
    """The nearest number of packs that a line may have."""
    least, most = slot.lane.least, slot.limit if slot.lane.most is None else slot.lane.most
    near = float(np.clip(np.rint(packs), 0, most))
    if near >= least:
        return near
    return float(least) if packs >= least / 2 else 0.0


def _give_back(choice: Choice, row: int, settled: Collection[int], into: Decisions) -> None:
    """Takes packs from the lines of a limit until it holds, then, from the last on, lines at their minimum."""
    limit, slots = choice.shared.limits[row], choice.instance.slots
    each = limit.weight * choice.shared.pack[limit.slots]
    over = float(each @ into.packs[limit.slots]) - limit.amount if limit.boxes is None and not limit.served else 0.0
    taken = True
    while over > 0 and taken:
        taken = False
        for q, weight in zip(limit.slots.tolist(), each.tolist(), strict=True):
            if over > 0 and into.packs[q] > slots[q].lane.least and q not in settled:
                into.packs[q] -= 1
                over, taken = over - weight, True
    for q, weight in reversed(list(zip(limit.slots.tolist(), each.tolist(), strict=True))):
        if over > 0 and weight * into.packs[q] > 0 and q not in settled:
            over -= weight * float(into.packs[q])
            into.packs[q] = 0.0


def _fill(choice: Choice, row: int, settled: Collection[int], into: Decisions) -> None:
    """Adds packs to the lines of an order until it reaches its minimum."""
    limit, slots = choice.shared.limits[row], choice.instance.slots
    each = -limit.weight * choice.shared.pack[limit.slots]
    lines = zip(limit.slots.tolist(), each.tolist(), strict=True)
    own = [(q, value) for q, value in lines if into.packs[q] > 0 and q not in settled]
    missing = -limit.amount - float(each @ into.packs[limit.slots])
    added = bool(own)
    while missing > 0 and added:
        added = False
        for q, value in own:
            most = slots[q].lane.most
            if missing > 0 and (most is None or into.packs[q] < most):
                into.packs[q] += 1
                missing, added = missing - value, True
