"""The door of the forecast: a company in, sample paths of its demand out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from data.problems import Problem
from data.progress import Progress, silent
from forecast.candidates import Candidate, Demand
from forecast.censoring import demand_of
from forecast.combine import combined, weights
from forecast.dispersion import dispersions
from forecast.exposure import Exposures
from forecast.level import Smoothing, prior_level
from forecast.marginals import Marginals
from forecast.origins import actuals, past_origins
from forecast.paths import DemandPaths
from forecast.sampling import draw_scores, probabilities, ranks
from forecast.segments import NAMES, segments
from forecast.shocks import Shocks, level_shocks, promotion_shocks, shaken
from forecast.supplied import supplied_paths, supplied_rows


@dataclass(frozen=True)
class Forecast:
    """What demand may be, and how that was found.

    ``models``: one row per series: sku, location, model (the candidate that weighs most), weight, segment, error (WAPE
    of the combination on the rolling origins) and one column per candidate with its weight.
    """

    paths: DemandPaths
    models: pd.DataFrame
    problems: list[Problem]


@dataclass(frozen=True)
class Outlook:
    """Expected demand, combined: ``past`` (O, N, H) from past origins, beside what was ``actual`` (NaN: not seen), and
    ``mean`` (N, H) from now. ``weight`` (N, C) of each candidate; ``segments`` (N,); ``whole``: units are counted.
    """

    past: Floats
    actual: Floats
    mean: Floats
    weight: Floats
    segments: np.ndarray
    whole: bool


def default_candidates(exposures: Exposures) -> list[Candidate]:
    """The methods whose combination is forecast; local ones share ``exposures``."""
    return [Smoothing(half_life, exposures) for half_life in (4, 8, 16, 32, 104)]


def forecast(company: Company, progress: Progress = silent, candidates: Sequence[Candidate] | None = None) -> Forecast:
    """Paths of every series of the company over the policy's horizon, the same for the same policy seed."""
    exposures = Exposures()
    chosen = default_candidates(exposures) if candidates is None else list(candidates)
    demand = demand_of(company)
    outlook, problems = _outlook(demand, chosen, progress)
    rng = np.random.default_rng([company.policy.seed, 1])
    values, ranked = sample(outlook, _shocks(demand, exposures), company.policy.forecast.paths, rng)
    rows = supplied_rows(company)
    if len(rows):
        values[:, rows], uncovered = supplied_paths(company, rows, ranked[:, rows])
        problems = problems + uncovered
    paths = DemandPaths(values, company.series, weeks_from(company.as_of, company.policy.horizon.weeks))
    progress("forecast", 1.0)
    return Forecast(paths, _models(company, outlook, [c.name for c in chosen], rows), problems)


def _outlook(demand: Demand, candidates: list[Candidate], progress: Progress) -> tuple[Outlook, list[Problem]]:
    """Forecasts of all candidates, combined by their errors on past origins."""
    horizon = demand.company.policy.horizon.weeks
    origins = past_origins(len(demand.weeks), horizon)
    means, problems = [], []
    for number, candidate in enumerate(candidates):
        mean, failed = candidate.forecast(demand, [*origins, len(demand.weeks)], horizon, demand.company.policy.seed)
        means.append(mean)
        problems.extend(failed)
        progress("forecast", 0.8 * (number + 1) / len(candidates))
    stacked = np.stack(means)
    actual, segment = actuals(demand, origins, horizon), segments(demand)
    weight = weights(stacked[:, :-1], actual, segment)
    mean = combined(stacked, weight)
    whole = bool((demand.units[demand.seen] % 1 == 0).all())
    return Outlook(mean[:-1], actual, mean[-1], weight, segment, whole), problems


def _shocks(demand: Demand, exposures: Exposures) -> list[Shocks]:
    """What past errors do not tell of the weeks to come."""
    now = exposures.at(demand, len(demand.weeks), demand.company.policy.horizon.weeks)
    return [level_shocks(demand, now, prior_level(demand, now)), promotion_shocks(now)]


def sample(outlook: Outlook, shocks: list[Shocks], count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Paths (count, N, H) and the probabilities (count, N, H) that they were read at."""
    spread = dispersions(outlook.past, outlook.actual, outlook.segments, outlook.whole)
    then = Marginals(outlook.past, np.broadcast_to(spread, outlook.past.shape), outlook.whole)
    known = ranks(then.rank(outlook.actual, rng.random(outlook.actual.shape)), outlook.segments)
    scores = draw_scores(known, count, outlook.mean.shape[1], rng)
    for shock in shocks:
        scores = shaken(scores, spread, outlook.mean, shock, rng)
        spread = spread + shock.variance
    drawn = probabilities(scores, known, rng)
    return Marginals(outlook.mean, spread, outlook.whole).quantile(drawn), drawn


def _models(company: Company, outlook: Outlook, names: list[str], supplied: np.ndarray) -> pd.DataFrame:
    seen = ~np.isnan(outlook.actual)
    wrong = np.where(seen, np.abs(np.nan_to_num(outlook.actual) - outlook.past), 0.0).sum(axis=(0, 2))
    sold = np.nan_to_num(outlook.actual).sum(axis=(0, 2))
    best = np.argmax(outlook.weight, axis=1)
    table = company.series.to_frame(index=False)
    table["model"] = np.array(names, dtype=object)[best]
    table["weight"] = outlook.weight[np.arange(len(best)), best]
    table["segment"] = np.array(NAMES, dtype=object)[outlook.segments]
    table["error"] = np.where(sold > 0, wrong / np.maximum(sold, 1e-9), np.nan)
    table[names] = outlook.weight
    table.loc[supplied, "model"] = "forecast table"
    table.loc[supplied, "weight"] = 1.0
    table.loc[supplied, ["error", *names]] = np.nan
    return table
