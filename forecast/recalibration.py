"""Recalibration: predictions are read at the probabilities at which past demand did fall evenly.

Weeks are recalibrated with those of their kind: of series of the same segment, of which as much was expected. So what
the high season errs by does not widen the months in which hardly anything sells.
"""

import numpy as np

from data.company import Floats

LEVELS = (0.1, 1.0)  # expected units a week that part the kinds of a segment: hardly ever sold, now and then, sold
KINDS = len(LEVELS) + 1  # of a segment
EVEN_RANKS = 200  # ranks of the segment added to a kind's own, so that few errors do not pretend to know the shape


def kinds(segments: np.ndarray, mean: Floats) -> np.ndarray:
    """Numbers (..., N, H) of the kinds of weeks with expected demand ``mean`` (..., N, H); ``segments`` (..., N)."""
    return np.asarray(KINDS * segments[..., None] + np.searchsorted(LEVELS, mean, side="right"))


def segments_of(kind: np.ndarray) -> np.ndarray:
    """The segments (..., N) that kinds (..., N, H) belong to."""
    return np.asarray(kind[..., 0] // KINDS)


def scales(raw: Floats, past: np.ndarray, wanted: np.ndarray) -> dict[int, Floats]:
    """Sorted ranks of each of the kinds ``wanted``: its own, and evenly picked ones of its segment.

    ``raw`` (O, N, H): ranks of past demand in (0, 1) as predicted, NaN where not seen; ``past`` (O, N, H): their kinds.
    """
    even = (np.arange(EVEN_RANKS) + 0.5) / EVEN_RANKS
    found = {}
    for kind in np.unique(wanted):
        segment = _sorted(raw[past // KINDS == kind // KINDS], even)
        found[int(kind)] = _sorted(raw[past == kind], np.quantile(segment, even))
    return found


def _sorted(raw: Floats, more: Floats) -> Floats:
    return np.sort(np.concatenate([raw[~np.isnan(raw)], more]))


def placed(raw: Floats, past: np.ndarray, scale: dict[int, Floats]) -> Floats:
    """Recalibrated ranks (..., N, H): a rank becomes its place among all of its kind."""
    result = np.full(raw.shape, np.nan)
    for kind in np.unique(past):
        cells, own = past == kind, scale[int(kind)]
        result[cells] = np.interp(raw[cells], own, _places(own))
    return result


def placed_left_out(raw: Floats, past: np.ndarray) -> Floats:
    """Recalibrated ranks (O, N, H), each origin's by what the other origins teach."""
    result = np.full(raw.shape, np.nan)
    for origin, (own, kind) in enumerate(zip(raw, past, strict=True)):
        others = scales(np.delete(raw, origin, axis=0), np.delete(past, origin, axis=0), kind)
        result[origin] = placed(own, kind, others)
    return result


def recalibrated(probability: Floats, kind: np.ndarray, scale: dict[int, Floats]) -> Floats:
    """Probabilities (S, ..., N, H) at which predictions of weeks of ``kind`` (..., N, H) must be read."""
    result = np.empty_like(probability)
    for each in np.unique(kind):
        cells, own = kind == each, scale[int(each)]
        result[:, cells] = np.interp(probability[:, cells], _places(own), own)
    return result


def _places(scale: Floats) -> Floats:
    return np.asarray((np.arange(len(scale)) + 0.5) / len(scale))
