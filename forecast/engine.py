"""The door of the forecast: a company in, sample paths of its demand out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from data.problems import Problem
from data.progress import Progress, silent
from forecast.candidates import Candidate, Demand
from forecast.censoring import demand_of
from forecast.end_of_life import faded, fading_problems, on_sale, silence
from forecast.errors import Errors, learn_errors, path_ranks, sample
from forecast.exposure import Exposures
from forecast.global_model import GlobalModel
from forecast.hindsight import hindsight
from forecast.level import Smoothing, prior_level
from forecast.local import local_models
from forecast.outlook import Outlook, outlook
from forecast.override_problems import override_problems
from forecast.overrides import Layer, overridden, reshaped
from forecast.paths import DemandPaths
from forecast.response import Response
from forecast.sampling import common_origins
from forecast.segments import NAMES
from forecast.shocks import Shocks, level_shocks, promotion_shocks
from forecast.supplied import supplied_paths, supplied_rows
from forecast.value_added import looking_back, value_added

HALF_LIVES = (4, 8, 16, 32, 104)  # weeks


@dataclass(frozen=True)
class Forecast:
    """What demand may be, and how that was found.

    ``models``: one row per series: sku, location, model (the candidate that weighs most), weight, segment, error (WAPE
    of the combination on the rolling origins) and one column per candidate with its weight. ``demand``: what
    was learnt from, with estimates where sales were censored. ``outlook``, ``errors``: the rolling origins.
    ``baseline`` (N, H): mean demand before the planners' overrides; ``layer``: these.
    """

    paths: DemandPaths
    models: pd.DataFrame
    problems: list[Problem]
    demand: Demand
    outlook: Outlook
    errors: Errors
    baseline: Floats
    layer: Layer

    def accuracy(self) -> pd.DataFrame:
        """See ``hindsight``; computed when asked."""
        return hindsight(self.demand, self.outlook, self.errors)

    def value_added(self) -> pd.DataFrame:
        """See ``value_added``: what the overrides of past weeks did to the forecast; computed when asked."""
        return value_added(looking_back(self.demand, self.outlook))

    def table(self) -> pd.DataFrame:
        """forecast.csv: the paths' table and ``baseline``, the mean before the overrides."""
        return self.paths.table().assign(baseline=self.baseline.ravel())


def default_candidates(demand: Demand, exposures: Exposures) -> list[Candidate]:
    """The methods whose combination is forecast, the slowest first; local ones share ``exposures``."""
    smoothing = [Smoothing(half_life, exposures) for half_life in HALF_LIVES]
    trees = [GlobalModel(), GlobalModel(name="global factor", loss="factor")]
    told = len(demand.company.drivers) or len(demand.company.promotions)
    response = [Response(exposures)] if told else []
    return [*trees, *response, *smoothing, *local_models(demand, exposures)]


def forecast(company: Company, progress: Progress = silent, candidates: Sequence[Candidate] | None = None) -> Forecast:
    """Paths of every series of the company over the policy's horizon, the same for the same policy seed."""
    exposures, demand, rows = Exposures(), demand_of(company), supplied_rows(company)
    ours = len(rows) < len(company.series)
    chosen = candidates or (default_candidates(demand, exposures) if ours else [Smoothing(HALF_LIVES[-1], exposures)])
    found, problems = outlook(demand, chosen, progress)
    now = exposures.at(demand, len(demand.weeks), company.policy.horizon.weeks)
    fading = silence(demand, now)
    found, problems = replace(found, mean=faded(found.mean, fading)), [*problems, *fading_problems(company, fading)]
    rng = np.random.default_rng([company.policy.seed, 1])
    errors = learn_errors(found, rng)
    common = common_origins(errors.ranks, company.policy.forecast.paths, rng)
    values = sample(found, errors, _shocks(demand, exposures), common, rng)
    if len(rows):
        values[:, rows], uncovered = supplied_paths(company, rows, path_ranks(errors, rows, common, rng))
        problems = problems + uncovered
    weeks = weeks_from(company.as_of, company.policy.horizon.weeks)
    sold = on_sale(company, weeks)
    values *= sold
    baseline = values.mean(axis=0)
    layer = overridden(company, baseline, weeks, company.as_of)
    layer = replace(layer, mean=layer.mean * sold)
    paths = DemandPaths(reshaped(values, layer, found.whole, rng), company.series, weeks)
    problems = [*problems, *override_problems(company, layer, weeks)]
    progress("forecast", 1.0)
    return Forecast(paths, _models(company, found, rows), problems, demand, found, errors, baseline, layer)


def _shocks(demand: Demand, exposures: Exposures) -> list[Shocks]:
    """What past errors do not tell of the weeks to come."""
    now = exposures.at(demand, len(demand.weeks), demand.company.policy.horizon.weeks)
    return [level_shocks(demand, now, prior_level(demand, now)), promotion_shocks(now)]


def _models(company: Company, found: Outlook, supplied: np.ndarray) -> pd.DataFrame:
    seen = ~np.isnan(found.actual)
    wrong = np.where(seen, np.abs(np.nan_to_num(found.actual) - found.past), 0.0).sum(axis=(0, 2))
    sold = np.nan_to_num(found.actual).sum(axis=(0, 2))
    best = np.argmax(found.weight, axis=1)
    table = company.series.to_frame(index=False)
    table["model"] = np.array(found.names, dtype=object)[best]
    table["weight"] = found.weight[np.arange(len(best)), best]
    table["segment"] = np.array(NAMES, dtype=object)[found.segments]
    table["error"] = np.where(sold > 0, wrong / np.maximum(sold, 1e-9), np.nan)
    table[found.names] = found.weight
    table.loc[supplied, "model"] = "forecast table"
    table.loc[supplied, "weight"] = 1.0
    table.loc[supplied, ["error", *found.names]] = np.nan
    return table
