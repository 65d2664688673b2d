"""Moved goods settled: when what is moved between locations is fixed, every series plans itself with it.

So single transfers can be changed, one after the other, as long as the locations gain by it in all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from optimize.single import Batch, least_cost
from optimize.stock_flow import Floats, Integers

TRIALS, GAIN = 300, 1e-6


def settled(batches: Sequence[Batch], transfers: Integers, moved: Floats) -> list[Batch]:
    """The batches when ``moved`` (slots of the instance,) units leave and arrive in the slots of ``transfers``.

    A slot in which nothing is moved is closed.
    """
    return [_settled(batch, transfers, moved) for batch in batches]


def _settled(batch: Batch, transfers: Integers, moved: Floats) -> Batch:
    own = np.isin(batch.slots, transfers) & (batch.slots >= 0)
    units = np.where(own, moved[batch.slots], 0.0)
    states = np.rint(units / batch.pitch[:, None, None]).astype(np.int64)
    slots = np.where(own & (states == 0), -1, batch.slots)
    open_first = np.argsort(slots < 0, axis=2, kind="stable")
    open_first = open_first[..., : max(int((slots >= 0).sum(axis=2).max(initial=0)), 1)]
    parts = {
        "slots": slots,
        "least": np.where(own, states, batch.least),
        "most": np.where(own, states, batch.most),
        "stride": np.where(own, np.maximum(states, 1), batch.stride),
        "units": batch.units,
        "sign": batch.sign,
        "forced": own & (states > 0),
        "held": batch.held,
    }
    return replace(batch, **{name: np.take_along_axis(part, open_first, axis=2) for name, part in parts.items()})


def improved(
    batches: Sequence[Batch], transfers: Integers, most: Floats, moved: Floats, price: tuple[Floats, Floats]
) -> Floats:
    """What is moved, changed one transfer at a time while the series, replanned, gain by it.

    ``most`` (slots,): units of each slot at most; ``price``: cost per unit and fee per line of slots. Changes tried:
    a unit, half or all of it more or less, all of it a slot earlier or later. At most ``TRIALS`` are made.
    """
    costs = [_cost(one, transfers, moved, price) for one in batches]
    holding = [np.isin(transfers, one.slots).any(axis=1) for one in batches]
    trials, gained = 0, True
    while gained:
        gained = False
        for r in range(len(transfers)):
            for change in _changes(transfers, moved, r):
                if trials >= TRIALS:
                    return moved
                other, trials = np.clip(moved + change, 0.0, most), trials + 1
                changed = (other != moved)[transfers[:, 0]]
                touched = [b for b, own in enumerate(holding) if (own & changed).any()]
                then = {b: _cost(batches[b], transfers, other, price) for b in touched}
                if sum(then.values()) < sum(costs[b] for b in touched) - GAIN * max(abs(sum(costs)), 1.0):
                    costs = [then.get(b, cost) for b, cost in enumerate(costs)]
                    moved, gained = other, True
    return moved


def _changes(transfers: Integers, moved: Floats, r: int) -> Iterator[Floats]:
    units = float(moved[transfers[r, 0]])
    steps = {1.0, np.ceil(units / 2), units} - {0.0}
    for step in sorted(steps | {-one for one in steps if one <= units}):
        change = np.zeros(len(moved))
        change[transfers[r]] = step
        yield change
    for other in (r - 1, r + 1):
        if units and 0 <= other < len(transfers):
            change = np.zeros(len(moved))
            change[transfers[r]], change[transfers[other]] = -units, units
            yield change


def _cost(batch: Batch, transfers: Integers, moved: Floats, price: tuple[Floats, Floats]) -> float:
    return float(least_cost(_settled(batch, transfers, moved), *price).sum())
