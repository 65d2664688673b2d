"""Exposure: the factor by which season and promotions lift a week's demand above a series' level.

Local models learn the level of demand / exposure and multiply their forecast by the exposure of the weeks to come:
with three years of history an index pooled over many series says more about the season than any series of its own.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Floats
from forecast.candidates import Demand
from forecast.promotions import lifted_weeks, uplift

WINDOW = 53  # weeks over which a level is averaged while the season is learnt
ROUNDS = 3  # alternations between level and season
NOISE = 0.3  # squared coefficient of variation of one series' week beyond Poisson
GROUP_SPREAD, SERIES_SPREAD = 0.05, 0.02  # variance of a group's index about the pool's, of a series' about its group's
LEAST_YEARS = 1.5  # of history before a season can be told from a trend


@dataclass(frozen=True)
class Exposure:
    """``factors`` (N, origin + H): of the weeks up to the end of the horizon, from what was known at ``origin``."""

    origin: int
    factors: Floats

    @property
    def past(self) -> Floats:
        return self.factors[:, : self.origin]

    @property
    def future(self) -> Floats:
        return self.factors[:, self.origin :]


class Exposures:
    """Exposures computed once for all models that ask about the same demand and origin."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], tuple[Demand, Exposure]] = {}

    def at(self, demand: Demand, origin: int, horizon: int) -> Exposure:
        """See ``exposure``; the demand is kept with its exposure, so that its identity stays its own."""
        key = (id(demand), origin, horizon)
        if key not in self._known:
            self._known[key] = (demand, exposure(demand, origin, horizon))
        return self._known[key][1]


def exposure(demand: Demand, origin: int, horizon: int) -> Exposure:
    """Season x promotion factors, mean about 1 over a year, from columns before ``origin`` alone."""
    weeks = _calendar(demand, origin, horizon)
    lifted = lifted_weeks(demand.company, weeks)
    plain = demand.seen[:, :origin] & ~lifted.any_promotion[:, :origin]
    season = _season(demand, origin, plain, weeks)
    level = _level(demand.units[:, :origin], season[:, :origin], plain)
    return Exposure(origin, season * uplift(demand, origin, level * season[:, :origin], lifted))


def _calendar(demand: Demand, origin: int, horizon: int) -> pd.DatetimeIndex:
    """The weeks before the origin and those of the horizon."""
    ahead = origin + horizon - len(demand.weeks)
    coming = weeks_from(demand.company.as_of, max(ahead, 0))
    return pd.DatetimeIndex(demand.weeks[: origin + horizon].append(coming))


def _season(demand: Demand, origin: int, plain: np.ndarray, weeks: pd.DatetimeIndex) -> Floats:
    """Index of each series and week: all series pooled, then groups, then the series itself, each shrunk to the last.

    ``plain`` (N, origin): weeks that were fully seen and not promoted.
    """
    units = np.where(plain, demand.units[:, :origin], 0.0)
    week = np.minimum(weeks.isocalendar().week.to_numpy(dtype=int), 52) - 1
    if origin < LEAST_YEARS * 52 or not plain.any():
        return np.ones((len(units), len(weeks)))
    onehot = np.eye(52)[week[:origin]]
    groups = _groups(demand)
    index: Floats = np.ones((len(units), 52))
    for _ in range(ROUNDS):
        level = np.where(plain, _level(units, index[:, week[:origin]], plain), 0.0)
        index = _indices(units @ onehot, level @ onehot, (level > 0).astype(float) @ onehot, groups)
    return np.asarray(index[:, week])


def _groups(demand: Demand) -> np.ndarray:
    """Number of each series' group: its item's category."""
    items = demand.company.items["category"].fillna("").astype(str)
    skus = demand.company.series.get_level_values("sku")
    codes: np.ndarray = pd.factorize(items.reindex(skus).to_numpy())[0]
    return codes


def _level(units: Floats, index: Floats, plain: np.ndarray) -> Floats:
    """Centred moving mean of deseasonalised demand, (N, T): sold / exposed over the window; 0 without either."""
    sold = _windowed(np.where(plain, units, 0.0))
    exposed = _windowed(np.where(plain, index, 0.0))
    return np.asarray(np.where(exposed > 0, sold / np.maximum(exposed, 1e-9), 0.0))


def _windowed(values: Floats) -> Floats:
    """Sum over a centred window of ``WINDOW`` weeks, cut at the edges."""
    total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    week = np.arange(values.shape[1])
    first = np.maximum(week - WINDOW // 2, 0)
    last = np.minimum(week + WINDOW // 2 + 1, values.shape[1])
    return np.asarray(total[:, last] - total[:, first])


def _indices(units: Floats, level: Floats, years: Floats, groups: np.ndarray) -> Floats:
    """(N, 52) indices from units and levels summed by week of year (N, 52), and how many years each week was seen."""
    pool = _smooth(_ratio(units.sum(axis=0), level.sum(axis=0)))
    members = np.eye(groups.max() + 1)[groups].T
    mean = level / np.maximum(years, 1)
    noise = np.where(years > 0, (NOISE + 1 / np.maximum(mean, 1e-6)) / np.maximum(years, 1), np.inf)
    by_group = _smooth(_ratio(members @ units, members @ level))
    group_noise = 1 / np.maximum(members @ (1 / noise), 1e-12)
    group = _shrunk(by_group, pool, group_noise, GROUP_SPREAD)[groups]
    own = _shrunk(_smooth(_ratio(units, level)), group, noise / 3, SERIES_SPREAD)
    return np.asarray(own / own.mean(axis=1, keepdims=True))


def _ratio(units: Floats, level: Floats) -> Floats:
    return np.asarray(np.where(level > 0, units / np.maximum(level, 1e-9), 1.0))


def _smooth(index: Floats) -> Floats:
    """Each week with a quarter of each neighbour: the calendar's holidays move by a week between years."""
    return np.asarray(0.5 * index + 0.25 * np.roll(index, 1, axis=-1) + 0.25 * np.roll(index, -1, axis=-1))


def _shrunk(own: Floats, prior: Floats, noise: Floats, spread: float) -> Floats:
    """Empirical Bayes: the own index weighted by spread / (spread + its noise)."""
    trust = spread / (spread + noise)
    return np.asarray(trust * own + (1 - trust) * prior)
