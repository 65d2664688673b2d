"""How stock moves: each week receive, then sell; what is not on the shelf is a lost sale."""

import numpy as np

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
BLOCK = 100_000
"""Figures of an array that are worked on at once where it is passed week by week."""


def play(stock: Floats, arrivals: Floats, demand: Floats) -> tuple[Floats, Floats]:
    """Plays demand against stock and arrivals, week by week, with lost sales.

    ``stock`` (..., N): units on the shelf before the first week; ``arrivals`` and ``demand`` (..., N, H): units
    received at the beginning of each week and demanded in it; where arrivals are negative units leave, as many as are
    there. The shapes broadcast, so one plan meets many paths.
    Returns ``(end_stock, lost)``, both (..., N, H): I_t = max(0, s_t - d_t), the units left when week t ends, and
    l_t = max(0, d_t - s_t), the units that could not be sold, with s_t = max(0, I_{t-1} + a_t).
    """
    shape = np.broadcast_shapes(arrivals.shape, demand.shape, (*stock.shape, 1))
    end_stock, lost = np.empty(shape), np.empty(shape)
    start = np.broadcast_to(stock, shape[:-1])
    given, wanted = np.broadcast_to(arrivals, shape), np.broadcast_to(demand, shape)
    for own in blocks(shape):
        level: Floats = start[own].astype(float)
        coming, taken, left, short = (part[own] for part in (given, wanted, end_stock, lost))
        for week in range(shape[-1]):
            level = np.maximum(level + coming[..., week], 0.0) - taken[..., week]
            short[..., week] = np.maximum(-level, 0.0)
            level = np.maximum(level, 0.0)
            left[..., week] = level
    return end_stock, lost


def blocks(shape: tuple[int, ...]) -> list[slice]:
    """Blocks of the first axis of an array that is worked on week by week, its last axis: small enough to stay near."""
    size = max(BLOCK // max(int(np.prod(shape[1:])), 1), 1)
    return [slice(start, start + size) for start in range(0, shape[0], size)]
