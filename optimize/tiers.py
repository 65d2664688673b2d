"""Price tiers of one order line: which they are, and that where they share a maximum, a series' plan uses one at most.

An all-units price holds for the whole order line, so two of its tiers are never both used unless that gets round the
maximum. In the dynamic program of single.py each tier therefore starts from where its line's first one does.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimize.lanes import Lane
from optimize.stock_flow import Flags, Floats, Integers

if TYPE_CHECKING:
    from optimize.instance import Instance
    from optimize.single import Batch


class Tiers:
    """The price tiers of every order line, as lanes."""

    def __init__(self, instance: "Instance") -> None:
        found: dict[tuple[int, int, bool], dict[int, Lane]] = defaultdict(dict)
        for slot in instance.slots:
            if slot.lane.kind == "order":
                found[_line_of(slot.lane)][slot.lane.least] = slot.lane
        self._tiers = {line: [own[least] for least in sorted(own)] for line, own in found.items()}

    def before(self, lane: Lane) -> Lane | None:
        """The tier of fewer packs at whose end a tier begins; None if its least is no price step."""
        own = self._tiers[_line_of(lane)]
        place = bisect_left([one.least for one in own], lane.least)
        return own[place - 1] if place else None

    def ends(self, lane: Lane) -> bool:
        """Whether a tier's most is only where the next one begins."""
        return lane.most is not None and any(one.least == lane.most + 1 for one in self._tiers[_line_of(lane)])


def _line_of(lane: Lane) -> tuple[int, int, bool]:
    return lane.series, lane.supplier, lane.expedite


def tier_lines(instance: "Instance", slots: Integers) -> Integers:
    """The line (n, P, R) of each slot that shares a maximum with other tiers, else -1; (n, P, 0) where none does."""
    number = np.full(len(instance.slots) + 1, -1)
    for line, tiers in enumerate(instance.tier_lines):
        number[tiers] = line
    found: Integers = number[slots]
    return found if (found >= 0).any() else found[..., :0]


def with_one_tier(instance: "Instance", held: Mapping[int, float]) -> dict[int, float]:
    """Slots that are decided already, and the other tiers of their lines closed."""
    lines = (tiers for tiers in instance.tier_lines if any(held.get(q, 0.0) > 0 for q in tiers))
    return {q: 0.0 for tiers in lines for q in tiers} | dict(held)


def beside(batch: "Batch", column: int, r: int, passed: Sequence[Floats], backwards: bool = False) -> Floats:
    """The costs (n, M) from which slot ``r`` may be used: as they were before any tier of its line.

    ``passed``: costs before a period's slots, after the first of them, and so on to the one before ``r``; the last
    first where the slots are passed ``backwards``.
    """
    own = batch.line[:, column]
    if not own.size or not (own[:, r] >= 0).any():
        return passed[-1]
    others = own[:, r + 1 :] if backwards else own[:, :r]
    tiers = ((others == own[:, r, None]) & (own[:, r, None] >= 0)).sum(axis=1).tolist()
    return np.stack([passed[-1 - count][row] for row, count in enumerate(tiers)])


def follows_tier(batch: "Batch", column: int, r: int) -> Flags:
    """Whether the slot before ``r`` is another tier of its line (n,)."""
    own = batch.line[:, column]
    if not own.size or not r:
        return np.zeros(len(own), dtype=bool)
    return np.asarray((own[:, r] >= 0) & (own[:, r] == own[:, r - 1]))
