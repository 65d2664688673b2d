"""Moved goods settled: when what is moved between locations is fixed, every series plans itself with it.

So single transfers can be changed, one after the other, as long as the locations gain by it in all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from optimize.single import Batch, least_cost
from optimize.stock_flow import Floats, Integers

TRIALS = 400


def settled(batches: Sequence[Batch], transfers: Integers, moved: Floats) -> list[Batch]:
    """The batches when ``moved`` (slots of the instance,) units leave and arrive in the slots of ``transfers``.

    A slot in which nothing is moved is closed.
    """
    return [_settled(batch, transfers, moved) for batch in batches]


def _settled(batch: Batch, transfers: Integers, moved: Floats) -> Batch:
    own = np.isin(batch.slots, transfers) & (batch.slots >= 0)
    units = np.where(own, moved[batch.slots], 0.0)
    states = np.rint(units / batch.pitch[:, None, None]).astype(np.int64)
    return replace(
        batch,
        slots=np.where(own & (states == 0), -1, batch.slots),
        least=np.where(own, states, batch.least),
        most=np.where(own, states, batch.most),
        stride=np.where(own, np.maximum(states, 1), batch.stride),
        forced=own & (states > 0),
    )


def improved(
    batches: Sequence[Batch], transfers: Integers, most: Floats, moved: Floats, price: tuple[Floats, Floats]
) -> Floats:
    """What is moved, changed one transfer at a time while the series, replanned, gain by it.

    ``most`` (slots,): units of each slot at most; ``price``: cost per unit and fee per line of slots. Changes tried:
    a unit, half or all of it more or less, all of it a slot earlier or later. At most ``TRIALS`` are made.
    """
    best, trials = _cost(batches, transfers, moved, price), 0
    gained = True
    while gained:
        gained = False
        for r in range(len(transfers)):
            for change in _changes(transfers, moved, r):
                other = np.clip(moved + change, 0.0, most)
                if trials >= TRIALS:
                    return moved
                cost, trials = _cost(batches, transfers, other, price), trials + 1
                if cost < best - 1e-9 * max(abs(best), 1.0):
                    best, moved, gained = cost, other, True
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


def _cost(batches: Sequence[Batch], transfers: Integers, moved: Floats, price: tuple[Floats, Floats]) -> float:
    unit_cost, fee = price
    return sum(float(least_cost(one, unit_cost, fee).sum()) for one in settled(batches, transfers, moved))
