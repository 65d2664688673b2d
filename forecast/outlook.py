"""Outlook: expected demand from past origins and from now, the candidates' forecasts combined."""

import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from data.company import Floats
from data.problems import Problem
from data.progress import Progress
from forecast.candidates import Bools, Candidate, Demand
from forecast.combine import combined, weights
from forecast.origins import actuals, past_origins
from forecast.segments import segments


@dataclass(frozen=True)
class Outlook:
    """Expected demand, combined, beside what came.

    ``origins``: O past weeks' numbers; ``past`` (O, N, H): forecast from them; ``actual`` (O, N, H): what was demanded,
    NaN where not seen; ``mean`` (N, H): forecast from now; ``names``: of the C candidates; ``weight`` (N, C): of each;
    ``segments`` (N,) now and ``past_segments`` (O, N) at each origin; ``whole`` (N,): units are counted, not measured.
    """

    origins: list[int]
    past: Floats
    actual: Floats
    mean: Floats
    names: list[str]
    weight: Floats
    segments: np.ndarray
    past_segments: np.ndarray
    whole: Bools


def outlook(demand: Demand, candidates: Sequence[Candidate], progress: Progress) -> tuple[Outlook, list[Problem]]:
    """Forecasts of all candidates from rolling origins and from now, combined by their errors.

    A candidate that fails abstains, with a problem; only if all of them fail, the first one's failure is raised.
    """
    horizon = demand.company.policy.horizon.weeks
    origins = past_origins(len(demand.weeks), horizon)
    stacked, problems = _asked(demand, candidates, [*origins, len(demand.weeks)], progress)
    actual, segment = actuals(demand, origins, horizon), segments(demand, [*origins, len(demand.weeks)])
    weight = weights(
        stacked[:, :-1], _left_to_specialists(candidates, stacked[:, -1]), actual, segment[-1], segment[:-1]
    )
    mean = combined(stacked, weight)
    names = [candidate.name for candidate in candidates]
    return Outlook(
        origins, mean[:-1], actual, mean[-1], names, weight, segment[-1], segment[:-1], counted(demand)
    ), problems


def counted(demand: Demand) -> Bools:
    """(N,): its units are counted: never a fraction was seen; of a series never seen: as most series are."""
    known = demand.seen.any(axis=1)
    whole: Bools = (~demand.seen | (demand.units % 1 == 0)).all(axis=1)
    return np.where(known, whole, not known.any() or whole[known].mean() >= 0.5)


def _left_to_specialists(candidates: Sequence[Candidate], now: Floats) -> Floats:
    """Means (C, N, H), NaN where a candidate leaves the series to those that were made for its like."""
    special = np.array([candidate.specialist for candidate in candidates])
    taken = np.isfinite(now[special]).all(axis=2).any(axis=0)
    return np.where(taken[:, None] & ~special[:, None, None], np.nan, now)


Answer = tuple[Floats, list[Problem], Exception | None]


def _asked(
    demand: Demand, candidates: Sequence[Candidate], origins: list[int], progress: Progress
) -> tuple[Floats, list[Problem]]:
    """All candidates' means (C, O, N, H) and their problems.

    Those that train for long do so in a thread beside the others, on a copy of the demand: pandas makes its indices
    when they are first asked, which two threads must not do at once.
    """
    training = [number for number, each in enumerate(candidates) if each.trains]
    others = [number for number in range(len(candidates)) if number not in training]
    answers: dict[int, Answer] = {}
    with ThreadPoolExecutor(1) as beside:
        own: Demand = pickle.loads(pickle.dumps(demand)) if training else demand
        trained = {number: beside.submit(_answer, candidates[number], own, origins) for number in training}
        for number in [*others, *training]:
            told = trained[number].result() if number in trained else _answer(candidates[number], demand, origins)
            answers[number] = told
            progress("forecast", 0.8 * len(answers) / len(candidates))
    means, problems, failures = zip(*(answers[number] for number in range(len(candidates))), strict=True)
    if all(failures):
        raise failures[0]
    return np.stack(means), list(dict.fromkeys(problem for found in problems for problem in found))


def _answer(candidate: Candidate, demand: Demand, origins: list[int]) -> Answer:
    """A candidate's means and problems; if it fails, it abstains, and its failure is told too."""
    horizon, seed = demand.company.policy.horizon.weeks, demand.company.policy.seed
    try:
        return *candidate.forecast(demand, origins, horizon, seed), None
    except Exception as reason:  # whatever one method stumbles over, the others go on
        return np.full((len(origins), len(demand.units), horizon), np.nan), [_failed(candidate, reason)], reason


def _failed(candidate: Candidate, reason: Exception) -> Problem:
    return Problem(
        "warn",
        "sales",
        f"the forecasting method {candidate.name} failed",
        "send this line to the people who look after restock",
        f"the other methods forecast without it ({type(reason).__name__}: {reason})",
    )
