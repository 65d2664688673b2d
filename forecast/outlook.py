"""Outlook: expected demand from past origins and from now, the candidates' forecasts combined."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from data.company import Floats
from data.problems import Problem
from data.progress import Progress
from forecast.candidates import Candidate, Demand
from forecast.combine import combined, weights
from forecast.origins import actuals, past_origins
from forecast.segments import segments

WORKERS = 2  # threads: the slow candidates spend their time in libraries that let others run


@dataclass(frozen=True)
class Outlook:
    """Expected demand, combined, beside what came.

    ``origins``: O past weeks' numbers; ``past`` (O, N, H): forecast from them; ``actual`` (O, N, H): what was demanded,
    NaN where not seen; ``mean`` (N, H): forecast from now; ``names``: of the C candidates; ``weight`` (N, C): of each;
    ``segments`` (N,); ``whole``: units are counted, not measured.
    """

    origins: list[int]
    past: Floats
    actual: Floats
    mean: Floats
    names: list[str]
    weight: Floats
    segments: np.ndarray
    whole: bool


def outlook(demand: Demand, candidates: Sequence[Candidate], progress: Progress) -> tuple[Outlook, list[Problem]]:
    """Forecasts of all candidates from rolling origins and from now, combined by their errors."""
    horizon = demand.company.policy.horizon.weeks
    origins = past_origins(len(demand.weeks), horizon)
    means, problems = [], []
    seed = demand.company.policy.seed
    with ThreadPoolExecutor(WORKERS) as pool:
        asked = pool.map(lambda each: each.forecast(demand, [*origins, len(demand.weeks)], horizon, seed), candidates)
        for number, (mean, failed) in enumerate(asked):
            means.append(mean)
            problems.extend(failed)
            progress("forecast", 0.8 * (number + 1) / len(candidates))
    stacked = np.stack(means)
    actual, segment = actuals(demand, origins, horizon), segments(demand)
    weight = weights(stacked[:, :-1], stacked[:, -1], actual, segment)
    mean = combined(stacked, weight)
    whole = bool((demand.units[demand.seen] % 1 == 0).all())
    names = [candidate.name for candidate in candidates]
    return Outlook(origins, mean[:-1], actual, mean[-1], names, weight, segment, whole), problems
