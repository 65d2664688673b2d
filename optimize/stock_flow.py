"""How stock moves: each week receive, then sell; what is not on the shelf is a lost sale."""

import numpy as np

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


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
    level: Floats = np.broadcast_to(stock, shape[:-1]).astype(float)
    for week in range(shape[-1]):
        level = np.maximum(level + arrivals[..., week], 0.0) - demand[..., week]
        lost[..., week] = np.maximum(-level, 0.0)
        level = np.maximum(level, 0.0)
        end_stock[..., week] = level
    return end_stock, lost
