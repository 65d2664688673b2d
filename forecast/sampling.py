"""Joint sampling: ranks of the same past origin's errors across series and weeks, pushed through today's marginals."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from data.company import Floats
from forecast.lasting import lasting_share
from forecast.recalibration import placed, recalibrated, scales, segments_of
from forecast.segments import NEW

ORIGIN, SECOND, OTHER = 0.5, 0.3, 0.2  # shares of a score's variance: the path's two origins, another series' errors


@dataclass(frozen=True)
class Ranks:
    """Where actual demand fell in the distributions predicted at past origins.

    ``raw`` (O, N, H): in (0, 1) as predicted; NaN where not seen, as below.
    ``scores`` (O, N, H): normal scores of the recalibrated ranks, standard normal within a kind; NaN where not seen.
    ``scale``: per kind the sorted raw ranks that the recalibration maps back to.
    ``lasting``: per segment the share of a score's variance that stays with a series over all weeks of a path.
    ``kinds`` (N, H): of the weeks to come, which are recalibrated together (recalibration.py).
    """

    raw: Floats
    scores: Floats
    scale: dict[int, Floats]
    lasting: dict[int, float]
    kinds: np.ndarray

    @property
    def segments(self) -> np.ndarray:
        return segments_of(self.kinds)


def ranks(raw: Floats, again: Floats, now: np.ndarray, past: np.ndarray) -> Ranks:
    """Recalibrated ranks from raw ones (O, N, H).

    ``again``: the raw ranks with the ties of counts broken anew; ``now`` (N, H) and ``past`` (O, N, H): the kinds of
    the weeks to come and of those ranked (recalibration.py). What is not known of a new series' level is a shock of its
    own (``level_shocks``).
    """
    scale = scales(raw, past, np.union1d(now, past))
    scores, twice = (ndtri(placed(each, past, scale)) for each in (raw, again))
    then = segments_of(past)
    known = [int(segment) for segment in np.union1d(segments_of(now), then) if segment != NEW]
    lasting = {each: lasting_share(scores, twice, then == each, ORIGIN + SECOND) for each in known}
    return Ranks(raw, scores, scale, lasting, now)


def common_origins(known: Ranks, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The two origins (count, 1, H) whose errors each path repeats, the same for all series."""
    return [_origins(known, (count, 1), rng) for _ in range(2)]


def draw_scores(known: Ranks, rows: np.ndarray, common: list[np.ndarray], rng: np.random.Generator) -> Floats:
    """Normal scores (count, len(rows), H) of the series ``rows``, dependent over series and weeks as past errors were.

    A path takes the scores of all series and weeks from the same origin, so that what erred together errs together
    again, mixed with those of a second origin, so that few origins give many futures, and for each series with those
    of another one of its segment, so that it is not bound to its own few errors. What lasts (lasting.py) is drawn once
    for all weeks.
    """
    count = len(common[0])
    one, two = (_trajectories(known, np.broadcast_to(rows, (count, len(rows))), origin, rng) for origin in common)
    partners = _partners(known, count, rows, rng)
    other = _trajectories(known, partners, _origins(known, partners.shape, rng), rng)
    mixed = np.sqrt(ORIGIN) * one + np.sqrt(SECOND) * two + np.sqrt(OTHER) * other
    share = np.array([known.lasting.get(int(segment), 0.0) for segment in known.segments[rows]])[:, None]
    return np.asarray(np.sqrt(1 - share) * mixed + np.sqrt(share) * rng.standard_normal((count, len(rows), 1)))


def probabilities(scores: Floats, known: Ranks, rows: np.ndarray, rng: np.random.Generator) -> Floats:
    """Probabilities (S, len(rows), H) to push through today's marginals, recalibrated as past ranks ask.

    The order of the paths is all that is taken from the scores (the Schaake shuffle, Clark et al. 2004): each series
    and week keeps its own marginal distribution.
    """
    return np.clip(recalibrated(spread_evenly(scores, rng), known.kinds[rows], known.scale), 1e-6, 1 - 1e-6)


def spread_evenly(scores: Floats, rng: np.random.Generator) -> Floats:
    """Ranks in (0, 1), evenly spread over the paths in the order of the scores, for each series and week."""
    place = np.argsort(np.argsort(scores, axis=0), axis=0)
    return np.asarray((place + rng.random(scores.shape)) / len(scores))


def _partners(known: Ranks, count: int, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(count, len(rows)): for each path and series, a series of its segment."""
    partners = np.empty((count, len(rows)), dtype=int)
    for segment in np.unique(known.segments[rows]):
        members = known.segments[rows] == segment
        alike = np.flatnonzero(known.segments == segment)
        partners[:, members] = rng.choice(alike, size=(count, int(members.sum())))
    return partners


def _trajectories(known: Ranks, series: np.ndarray, origin: np.ndarray, rng: np.random.Generator) -> Floats:
    """(count, n, H) scores of ``series`` (count, n) at ``origin`` (count, 1 or n, H); fresh where none is known."""
    fresh = rng.standard_normal((*series.shape, known.scores.shape[2]))
    if not len(known.scores):
        return fresh
    weeks = np.arange(known.scores.shape[2])
    picked = known.scores[origin, series[:, :, None], weeks]
    return np.where(np.isnan(picked), fresh, picked)


def _origins(known: Ranks, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(*shape, H) origin of each week ahead: one at random while it reaches, then one that reaches further."""
    reach = np.any(~np.isnan(known.scores), axis=1)
    length = reach.shape[1] - np.argmax(reach[:, ::-1], axis=1)
    length[~np.any(reach, axis=1)] = 0
    origin = np.zeros((*shape, reach.shape[1]), dtype=int)
    if not len(length):
        return origin
    current = rng.integers(0, len(length), size=shape)
    for week in range(reach.shape[1]):
        able = np.flatnonzero(length > week)
        if len(able):
            ended = length[current] <= week
            current = np.where(ended, rng.choice(able, size=shape), current)
        origin[..., week] = current
    return origin
