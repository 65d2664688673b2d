"""Moved goods settled: when what is moved between locations is fixed, every series plans itself with it.

So single transfers can be changed, one after the other, as long as the locations gain by it in all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

import numpy as np

from optimize.highs import Limits
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
        **({"line": batch.line} if batch.line.shape[2] else {}),
    }
    return replace(batch, **{name: np.take_along_axis(part, open_first, axis=2) for name, part in parts.items()})


def improved(
    batches: Sequence[Batch],
    transfers: Integers,
    most: Floats,
    moved: Floats,
    price: tuple[Floats, Floats],
    limits: Limits,
) -> Floats:
    """What is moved, changed one transfer at a time while the series, replanned, gain by it.

    ``most`` (slots,): units of each slot at most; ``price``: cost per unit and fee per line of slots. Changes tried:
    a unit, half or all of it more or less, all of it a slot earlier or later; of transfers in which something is moved
    first. At most ``TRIALS`` are made.
    """
    parts = {int(i): _only(one, row) for one in batches for row, i in enumerate(one.series.tolist())}
    owner = {int(q): i for i, one in parts.items() for q in np.intersect1d(one.slots, transfers).tolist()}
    costs = {i: _cost(one, transfers, moved, price) for i, one in parts.items()}
    slack = GAIN * max(abs(sum(costs.values())), 1.0)
    trials, gained = 0, True
    while gained:
        gained = False
        for r in np.argsort(moved[transfers[:, 0]] == 0, kind="stable").tolist():
            for change in _changes(transfers, moved, r):
                if trials >= TRIALS or limits.late:
                    return moved
                other, trials = np.clip(moved + change, 0.0, most), trials + 1
                touched = {owner[q] for q in transfers[(other != moved)[transfers[:, 0]]].ravel().tolist()}
                then = {i: _cost(parts[i], transfers, other, price) for i in touched}
                if sum(then.values()) < sum(costs[i] for i in touched) - slack:
                    costs |= then
                    moved, gained = other, True
    return moved


def _only(batch: Batch, row: int) -> Batch:
    """One series of a batch."""
    return replace(batch, **{part.name: getattr(batch, part.name)[[row]] for part in fields(batch)})


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
