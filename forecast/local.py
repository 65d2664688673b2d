"""Local models: statsforecast's, one series at a time, on demand / exposure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.company import Floats
from data.problems import Problem
from forecast.candidates import Bools, Candidate, Demand
from forecast.exposure import Exposure, Exposures
from forecast.own_season import own_season

YEAR = 52
CAREFUL_FITS = 6000  # series x origins of a model that takes milliseconds a fit: about a minute
SMOOTH = 0.2  # mean weekly change over mean, below which a series is smooth enough for such models to pay
LONG = 52  # known weeks from which they do
MEMORY = 260  # weeks that they learn from


@dataclass(frozen=True)
class Method:
    """A statsforecast model: its class and arguments, and the weeks of history below which it abstains.

    ``careful``: it takes milliseconds a fit, so it forecasts long smooth series alone, with their own season instead
    of the pooled one, and from the latest origins alone where there are many series.
    """

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()
    least: int = 4
    careful: bool = False

    def model(self) -> Any:
        import statsforecast.models as models

        return getattr(models, self.name)(**dict(self.arguments))


QUICK = (
    Method("SimpleExponentialSmoothingOptimized"),
    Method("TSB", (("alpha_d", 0.1), ("alpha_p", 0.1))),
    Method("CrostonSBA"),
    Method("IMAPA"),
    Method("WindowAverage", (("window_size", 13),), least=13),
)
CAREFUL = (
    Method("AutoETS", (("season_length", 1),), least=LONG, careful=True),
    Method("AutoCES", (("season_length", 1),), least=LONG, careful=True),
)


def local_models(demand: Demand, exposures: Exposures) -> list["Local"]:
    """The local models that the panel has use for."""
    methods = (*QUICK, *CAREFUL) if smooth(demand.units).any() else QUICK
    return [Local(method, exposures) for method in methods]


def smooth(units: Floats) -> Bools:
    """(N,): long known, never constant, and changing little from week to week."""
    known = ~np.isnan(units)
    change = np.abs(np.diff(units, axis=1))
    changes = np.maximum((~np.isnan(change)).sum(axis=1), 1)
    mean = np.where(known, units, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    roughness = np.nan_to_num(change).sum(axis=1) / changes / np.maximum(mean, 1e-9)
    calm: Bools = (known.sum(axis=1) >= LONG) & (roughness > 0) & (roughness < SMOOTH)
    return calm


@dataclass(frozen=True)
class Local(Candidate):
    """One statsforecast model, fitted to each series' demand / exposure and multiplied by the exposure to come."""

    method: Method
    exposures: Exposures = field(default_factory=Exposures, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.method.name

    @property
    def specialist(self) -> bool:
        return self.method.careful

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        """See ``Candidate``. A series that the model fails on gets the seasonal naive forecast, and a problem."""
        del seed  # nothing is drawn
        problems: dict[int, Problem] = {}
        latest = self._latest(demand, len(origins))
        means = np.full((len(origins), len(demand.units), horizon), np.nan)
        for number in range(len(origins) - latest, len(origins)):
            means[number] = self._from(demand, self.exposures.at(demand, origins[number], horizon), problems)
        return means, list(problems.values())

    def _latest(self, demand: Demand, origins: int) -> int:
        """How many of the origins are forecast from, the latest of them."""
        if not self.method.careful:
            return origins
        return int(np.clip(CAREFUL_FITS // max(smooth(demand.units).sum(), 1), min(2, origins), origins))

    def _from(self, demand: Demand, seen: Exposure, problems: dict[int, Problem]) -> Floats:
        model, careful = self.method.model(), self.method.careful
        known = demand.units[:, : seen.origin]
        factors = seen.events if careful else seen.factors
        horizon = factors.shape[1] - seen.origin
        mean = np.full((len(known), horizon), np.nan)
        for i in np.flatnonzero(smooth(known)) if careful else range(len(known)):
            level = _gapless(known[i] / np.maximum(factors[i, : seen.origin], 1e-6))
            if len(level) < self.method.least:
                continue
            try:
                mean[i] = _fitted(model.forecast, level, horizon, own=careful) * factors[i, seen.origin :]
            except Exception as reason:  # a model may fail in any way on a strange series; the others go on
                mean[i] = seasonal_naive(known[i], horizon)
                problems.setdefault(int(i), _failed(demand, int(i), self.name, reason))
        return mean


def _fitted(fit: Callable[..., dict[str, Floats]], level: Floats, horizon: int, own: bool) -> Floats:
    """The model's means, of ``level`` freed of its own season if ``own``."""
    season = own_season(level, horizon) if own else np.ones(len(level[-MEMORY:]) + horizon)
    past = (level[-len(season) + horizon :] / season[:-horizon])[-MEMORY:]
    mean = np.asarray(fit(y=past, h=horizon)["mean"], dtype=float) * season[-horizon:]
    if not np.isfinite(mean).all():
        raise ArithmeticError("its forecast is not a number")
    return np.asarray(np.maximum(mean, 0.0))


def _gapless(level: Floats) -> Floats:
    """From the first known week on, with the last known value in weeks without data."""
    known = np.flatnonzero(~np.isnan(level))
    if not len(known):
        return level[:0]
    last = np.maximum.accumulate(np.where(np.isnan(level), 0, np.arange(len(level))))
    return np.asarray(level[last][known[0] :])


def seasonal_naive(units: Floats, horizon: int) -> Floats:
    """The same week a year ago; the last known week where there is none. ``units`` (T,), result (horizon,)."""
    series = _gapless(units)
    if not len(series):
        return np.zeros(horizon)
    year = series[-YEAR:] if len(series) >= YEAR else series[-1:]
    return np.asarray(np.resize(year, horizon))


def _failed(demand: Demand, series: int, model: str, reason: Exception) -> Problem:
    sku, location = demand.company.series[series]
    return Problem(
        "warn",
        "sales",
        f"{model} cannot forecast this series",
        "look for gaps or extreme values in its history",
        f"the seasonal naive forecast stands in for this model ({reason})",
        sku=str(sku),
        field="location",
        value=str(location),
    )
