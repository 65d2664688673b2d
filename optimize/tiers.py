"""Price tiers of one order line: where they share a maximum, a series' plan uses one of them at most.

An all-units price holds for the whole order line, so two of its tiers are never both used unless that gets round the
maximum. In the dynamic program of single.py each tier therefore starts from where its line's first one does.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimize.stock_flow import Flags, Floats, Integers

if TYPE_CHECKING:
    from optimize.instance import Instance
    from optimize.single import Batch


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
