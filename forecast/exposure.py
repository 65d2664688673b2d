"""Exposure: the factor by which season, drivers and promotions lift a week's demand above a series' level.

Local models learn the level of demand / exposure and multiply their forecast by the exposure of the weeks to come.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Floats
from forecast.candidates import Demand
from forecast.drivers import driver_factors, groups_of
from forecast.known_ahead import known_ahead
from forecast.lifted import Lifted, lifted_weeks
from forecast.promotions import Uplift, uplift
from forecast.season import moving_level, season


@dataclass(frozen=True)
class Exposure:
    """Factors of the weeks up to the end of the horizon, (N, origin + H), from what was known at ``origin``.

    ``factors``: of season, drivers and promotions; ``events``: of drivers and promotions alone.
    """

    origin: int
    factors: Floats
    events: Floats
    lifted: Lifted
    uplift: Uplift

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
    """Season x driver x promotion factors, mean about 1 over a year, from columns before ``origin`` alone."""
    weeks = _calendar(demand, origin, horizon)
    lifted = lifted_weeks(demand.company, weeks)
    index, driven = _season_and_drivers(demand, origin, lifted, weeks)
    factors = index * driven
    plain = demand.seen[:, :origin] & ~lifted.touched[:, :origin]
    level = moving_level(demand.units[:, :origin], factors[:, :origin], plain)
    lift = uplift(demand, origin, level * factors[:, :origin], lifted)
    return Exposure(origin, factors * lift.factors, driven * lift.factors, lifted, lift)


def _calendar(demand: Demand, origin: int, horizon: int) -> pd.DatetimeIndex:
    """The weeks before the origin and those of the horizon."""
    ahead = origin + horizon - len(demand.weeks)
    coming = weeks_from(demand.company.as_of, max(ahead, 0))
    return pd.DatetimeIndex(demand.weeks[: origin + horizon].append(coming))


def _season_and_drivers(demand: Demand, origin: int, lifted: Lifted, weeks: pd.DatetimeIndex) -> tuple[Floats, Floats]:
    """Factors (N, weeks) of the season and of the drivers, learnt from weeks without promotion.

    A holiday that stays in its week is the season's, one that moves the driver's: each is learnt over the other.
    """
    plain = demand.seen[:, :origin] & ~lifted.touched[:, :origin]
    known = np.ones(plain.shape)
    index = season(demand, origin, plain, known, weeks)
    tables, driven = _driver_tables(demand, weeks), np.ones(index.shape)
    if not tables or not plain.any():
        return index, driven
    skus = demand.company.series.get_level_values("sku")
    groups = groups_of(demand.company.items["category"].reindex(skus))
    units = np.where(plain, demand.units[:, :origin], 0.0)
    for _ in range(2):
        usual = index[:, :origin]
        level = moving_level(units, usual * driven[:, :origin], plain)
        driven = driver_factors(tables, units, level * usual, plain, groups)
        index = season(demand, origin, plain, driven[:, :origin], weeks)
    return index, driven


def _driver_tables(demand: Demand, weeks: pd.DatetimeIndex) -> list[Floats]:
    known = known_ahead(demand.company, weeks)
    return [table for name, table in known.items() if name.startswith("driver_")]
