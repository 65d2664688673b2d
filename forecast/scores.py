"""Scores of a forecast: how far its mean is from what came, and whether its quantiles hold what they promise."""

import numpy as np

from data.company import Floats
from forecast.candidates import Demand

PROMISED = (0.10, 0.25, 0.50, 0.75, 0.90)  # the quantiles whose coverage is told


def measures(actual: Floats, mean: Floats, scale: Floats) -> dict[str, float]:
    """weeks, wape, bias and mase of ``mean`` against ``actual`` (O, n, h), NaN: not scored; ``scale`` (n,)."""
    scored = ~np.isnan(actual) & ~np.isnan(mean)
    error = np.where(scored, mean - np.nan_to_num(actual), 0.0)
    sold = np.where(scored, actual, 0.0).sum()
    scaled = scored & (scale > 0)[None, :, None]
    relative = np.abs(error) / np.where(scale > 0, scale, 1.0)[None, :, None]
    return {
        "weeks": float(scored.sum()),
        "wape": over(np.abs(error).sum(), sold),
        "bias": over(error.sum(), sold),
        "mase": over(relative[scaled].sum(), scaled.sum()),
    }


def pinball(actual: Floats, quantiles: Floats, levels: tuple[float, ...]) -> float:
    """Mean pinball loss over ``levels`` and scored cells, ``quantiles`` (len(levels), *actual.shape)."""
    scored = ~np.isnan(actual)
    loss = 0.0
    for level, quantile in zip(levels, quantiles, strict=True):
        above = (actual - quantile)[scored]
        loss += float(np.maximum(level * above, (level - 1) * above).sum())
    return over(loss, float(scored.sum() * len(levels)))


def coverage(rank: Floats, scored: np.ndarray) -> dict[str, float]:
    """Shares of the ``scored`` cells whose ``rank`` lies below each of ``PROMISED``; coverage: between q10 and q90.

    A share below q10 of more than 10% says that demand fell low more often than promised.
    """
    known = rank[scored]
    below = {level: over(float((known <= level).sum()), float(len(known))) for level in PROMISED}
    told = {f"below_q{round(100 * level)}": share for level, share in below.items()}
    return {"coverage": below[PROMISED[-1]] - below[PROMISED[0]]} | told


def naive_error(demand: Demand) -> Floats:
    """Mean absolute change from one seen week to the next of each series, (N,); 0 where there is none."""
    return naive_error_of_totals(demand, np.ones(len(demand.units), dtype=int))


def naive_error_of_totals(demand: Demand, weeks: np.ndarray) -> Floats:
    """Mean absolute change from the total of ``weeks`` (N,) weeks to the next such total; 0 where there is none."""
    units = demand.seen_units
    error = np.zeros(len(units))
    for span in np.unique(weeks):
        rows = weeks == span
        running = np.concatenate([np.zeros((rows.sum(), 1)), np.cumsum(np.nan_to_num(units[rows]), axis=1)], axis=1)
        unseen = np.concatenate([np.zeros((rows.sum(), 1)), np.cumsum(np.isnan(units[rows]), axis=1)], axis=1)
        whole = (unseen[:, span:] - unseen[:, :-span]) == 0
        total = np.where(whole, running[:, span:] - running[:, :-span], np.nan)
        change = np.abs(total[:, span:] - total[:, :-span])
        known = ~np.isnan(change)
        error[rows] = np.where(known, change, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return error


def over(part: float, whole: float) -> float:
    """part / whole; NaN where there is nothing to divide by."""
    return float(part / whole) if whole > 0 else float("nan")
