"""Local models: statsforecast's, one series at a time, on demand / exposure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.company import Floats
from data.problems import Problem
from forecast.candidates import Demand
from forecast.exposure import Exposure, Exposures

YEAR = 52
FEW_FITS = 1500  # series x origins up to which models that take milliseconds a fit are worth waiting for


@dataclass(frozen=True)
class Method:
    """A statsforecast model: its class and arguments, and the weeks of history below which it abstains."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()
    least: int = 4

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
    Method("AutoTheta", (("season_length", 1),), least=26),
    Method("AutoETS", (("season_length", 1),), least=26),
)


def local_models(exposures: Exposures, fits: int) -> list["Local"]:
    """The local models for a panel that needs ``fits`` (series x origins) of each."""
    methods = (*QUICK, *CAREFUL) if fits <= FEW_FITS else QUICK
    return [Local(method, exposures) for method in methods]


@dataclass(frozen=True)
class Local:
    """One statsforecast model, fitted to each series' demand / exposure and multiplied by the exposure to come."""

    method: Method
    exposures: Exposures = field(default_factory=Exposures, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.method.name

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        """See ``Candidate``. A series that the model fails on gets the seasonal naive forecast, and a problem."""
        del seed  # nothing is drawn
        model = self.method.model()
        problems: dict[int, Problem] = {}
        means = np.stack(
            [self._from(model, demand, self.exposures.at(demand, origin, horizon), problems) for origin in origins]
        )
        return means, list(problems.values())

    def _from(self, model: Any, demand: Demand, seen: Exposure, problems: dict[int, Problem]) -> Floats:
        horizon = seen.future.shape[1]
        mean = np.full(seen.future.shape, np.nan)
        for i, units in enumerate(demand.units[:, : seen.origin]):
            level = _gapless(units / np.maximum(seen.past[i], 1e-6))
            if len(level) < self.method.least:
                continue
            try:
                mean[i] = _fitted(model.forecast, level, horizon) * seen.future[i]
            except Exception as reason:  # a model may fail in any way on a strange series; the others go on
                mean[i] = seasonal_naive(units, horizon)
                problems.setdefault(i, _failed(demand, i, self.name, reason))
        return mean


def _fitted(fit: Callable[..., dict[str, Floats]], level: Floats, horizon: int) -> Floats:
    mean = np.asarray(fit(y=level, h=horizon)["mean"], dtype=float)
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
