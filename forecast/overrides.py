"""Planner overrides: a layer over the statistical forecast, before the plan; the paths keep shape and uncertainty."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.candidates import Bools
from forecast.marginals import Marginals
from forecast.sampling import spread_evenly

FEW = 5.0  # mean units below which counts are drawn anew: stretching a few of them would leave holes
SURE = 0.5  # variance over mean below which counts are surer than Poisson ones, as a forecast from elsewhere may be
DAYS = 7


@dataclass(frozen=True)
class Layer:
    """``mean`` (N, H): expected demand with the overrides; ``held`` (N, H): position in ``company.overrides`` of the
    override that holds, -1: none; ``named``: how many cells each override that could hold names, by position."""

    mean: Floats
    held: np.ndarray
    named: dict[int, int]

    @property
    def cells(self) -> Bools:
        return np.asarray(self.held >= 0)


def overridden(company: Company, mean: Floats, weeks: pd.DatetimeIndex, on: pd.Timestamp) -> Layer:
    """Means (N, H) of ``weeks`` with the overrides that were known and held on the Monday ``on``.

    Of several for the same series and week the one made last holds, of those of one day the one further down. A week
    that it covers in part is changed by its share of days. Units (set, add) are a week's, of all series named
    together: they are divided as ``mean`` is, evenly where that is 0.
    """
    result, held, named = mean.copy(), np.full(mean.shape, -1), dict[int, int]()
    table = company.overrides
    in_force = (table["made_on"] <= on) & ~(table["until"] < on)
    by_day = np.argsort(table["made_on"].to_numpy(), kind="stable")
    for position in by_day[in_force.to_numpy()[by_day]]:
        override = table.iloc[int(position)]
        rows, share = np.flatnonzero(members(company, override)), days_covered(override, weeks)
        columns = np.flatnonzero(share > 0)
        if not len(rows) or not len(columns):
            continue
        cells = np.ix_(rows, columns)
        changed = _changed(str(override["operation"]), float(override["value"]), mean[cells])
        result[cells] = mean[cells] + share[columns] * (changed - mean[cells])
        held[cells] = position
        named[int(position)] = len(rows) * len(columns)
    return Layer(result, held, named)


def members(company: Company, override: pd.Series) -> Bools:
    """(N,): the series that an override names."""
    skus, places = (company.series.get_level_values(name) for name in ("sku", "location"))
    named = np.ones(len(skus), dtype=bool)
    if override["sku"]:
        named &= np.asarray(skus == override["sku"])
    if override["category"]:
        named &= (company.items["category"].reindex(skus) == override["category"]).to_numpy()
    if override["location"]:
        named &= np.asarray(places == override["location"])
    return named


def days_covered(override: pd.Series, weeks: pd.DatetimeIndex) -> Floats:
    """Share (H,) of each week's days on which the override's period lies."""
    day, mondays = np.timedelta64(1, "D"), weeks.to_numpy()
    first = np.maximum(mondays, override["start"].to_datetime64())
    last = np.minimum(mondays + (DAYS - 1) * day, override["end"].to_datetime64())
    return np.asarray(np.clip((last - first + day) / (DAYS * day), 0.0, 1.0))


def _changed(operation: str, value: float, mean: Floats) -> Floats:
    """Means (n, h) of the named series and weeks once the whole week is changed; never below 0."""
    if operation == "multiply":
        return mean * value
    total = mean.sum(axis=0)
    part = np.where(total > 0, mean / np.where(total > 0, total, 1.0), 1 / len(mean))
    return np.maximum(part * value + (mean if operation == "add" else 0.0), 0.0)


def reshaped(values: Floats, layer: Layer, whole: Bools, rng: np.random.Generator) -> Floats:
    """Paths (S, N, H) whose means are the layer's: stretched, so that their shape and order stay.

    Whole units (``whole``, (N,)) stay whole, rounded at random so that the mean stays. Where few were expected, counts
    are drawn anew in the order of the paths: negative binomial with the paths' dispersion. Where nothing was, they are
    Poisson; divisible units a gamma of the same variance.
    """
    cells = layer.cells
    counts = np.broadcast_to(whole[:, None], cells.shape)[cells]
    before, goal = values[:, cells], layer.mean[cells]
    mean, variance = before.mean(axis=0), before.var(axis=0)
    stretched = before * (goal / np.where(mean > 0, mean, 1.0))
    stretched = np.where(counts, np.floor(stretched + rng.random(stretched.shape)), stretched)
    anew = (goal > 0) & ((mean == 0) | (counts & (mean < FEW) & (variance >= SURE * mean)))
    order = spread_evenly(before[:, anew] + 1e-6 * rng.random((len(before), int(anew.sum()))), rng)
    beyond_poisson = np.maximum(variance - mean, 0.0) / np.where(mean > 0, mean, 1.0) ** 2
    dispersion = np.where(counts, beyond_poisson, 1 / np.maximum(goal, 1e-9))
    stretched[:, anew] = Marginals(goal[anew], dispersion[anew], counts[anew]).quantile(order)
    result = values.copy()
    result[:, cells] = stretched
    return result
