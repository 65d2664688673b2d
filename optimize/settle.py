"""Moved goods settled: when what is moved between locations is fixed, every series plans itself with it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimize.single import Batch
from optimize.stock_flow import Floats, Integers


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
