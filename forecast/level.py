"""Level models: exponential smoothing of demand / exposure for all series at once, shrunk to a prior level."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.company import Floats
from data.problems import Problem
from forecast.candidates import Candidate, Demand
from forecast.exposure import Exposure, Exposures
from forecast.kin import older_rows

LIKE_SPREAD = 0.3  # variance of a new item's log level about that of the item it is like
CATEGORY_SPREAD = 0.8  # the same about its category's mean
NOISE = 0.3  # squared coefficient of variation of a week's demand beyond Poisson
RECENT = 52  # weeks that say what level a category has now
LARGEST = 30.0  # times its category's median that a level counts as at most in the category's mean


@dataclass(frozen=True)
class Prior:
    """What a series' level is expected to be before its own sales speak: ``level`` (N,), ``spread`` of its log (N,)."""

    level: Floats
    spread: Floats

    @property
    def weeks(self) -> Floats:
        """How many weeks of the series' own sales weigh as much as the prior, (N,)."""
        return np.asarray(np.clip((NOISE + 1 / np.maximum(self.level, 1e-3)) / self.spread, 0.25, 8.0))


def prior_level(demand: Demand, seen: Exposure) -> Prior:
    """The level of the item that it is like, else the mean of the category at the location, else of all series."""
    recent = slice(max(0, seen.origin - RECENT), seen.origin)
    weight = demand.seen[:, recent].astype(float)
    sold = (np.where(demand.seen, demand.units, 0.0)[:, recent] * weight).sum(axis=1)
    exposed = (seen.factors[:, recent] * weight).sum(axis=1)
    own = np.where(exposed > 0, sold / np.maximum(exposed, 1e-9), np.nan)
    category = _category_mean(demand, own)
    older = older_rows(demand.company, ~np.isnan(own))
    known = older >= 0
    return Prior(np.where(known, own[older], category), np.where(known, LIKE_SPREAD, CATEGORY_SPREAD))


def _category_mean(demand: Demand, own: Floats) -> Floats:
    """Mean level of the category at the location; of the category; of all; 0 where nothing was ever sold."""
    items = demand.company.items["category"].fillna("").astype(str)
    keys = demand.company.series.to_frame(index=False)
    keys["category"] = items.reindex(keys["sku"]).to_numpy()
    keys["own"] = own
    usual = keys["own"].where(keys["own"] > 0).groupby([keys["category"], keys["location"]]).transform("median")
    keys["own"] = keys["own"].clip(upper=(LARGEST * usual).fillna(np.inf))
    here = keys.groupby(["category", "location"])["own"].transform("mean")
    anywhere = keys.groupby("category")["own"].transform("mean")
    overall = keys["own"].mean()
    mean: pd.Series = here.fillna(anywhere).fillna(0.0 if pd.isna(overall) else overall)
    return mean.to_numpy(dtype=float)


@dataclass(frozen=True)
class Smoothing(Candidate):
    """Exponential smoothing of the level with a given half-life in weeks; infinite: the mean of all weeks."""

    half_life: float
    exposures: Exposures = field(default_factory=Exposures, repr=False, compare=False)

    @property
    def name(self) -> str:
        return f"smoothing-{self.half_life:g}"

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        """See ``Candidate``. Level = weighted demand / weighted exposure, with the prior's weeks added."""
        del seed  # nothing is drawn
        means = [self._from(demand, self.exposures.at(demand, origin, horizon)) for origin in origins]
        return np.stack(means), []

    def _from(self, demand: Demand, seen: Exposure) -> Floats:
        prior = prior_level(demand, seen)
        age = np.arange(seen.origin, 0, -1) - 1.0
        weight = demand.seen[:, : seen.origin] * 0.5 ** (age / self.half_life)
        sold = (weight * np.where(weight > 0, demand.units[:, : seen.origin], 0.0)).sum(axis=1)
        exposed = (weight * seen.past).sum(axis=1)
        level = (sold + prior.weeks * prior.level) / (exposed + prior.weeks)
        return np.asarray(level[:, None] * seen.future)
