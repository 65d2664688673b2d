"""Response: demand as a log-linear function of what is known ahead, the item's own and its rivals'."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from data.problems import Problem
from forecast.candidates import LEAST_LEVEL, LEAST_SEEN, Candidate, Demand
from forecast.exposure import Exposures
from forecast.known_ahead import known_ahead, logarithm
from forecast.rivals import lowest_rivals, rivals

POOL_RIDGE, SKU_RIDGE, SERIES_RIDGE = 100.0, 4000.0, 300.0  # weeks that weigh as much as the coarser effect
HALF_LIFE = 40.0  # weeks in which what was learnt of effects fades by half
LEVEL_HALF_LIFE, LEVEL_WEEKS = 4.0, 1.0  # of the level; weeks that weigh as much as the long one
SPIKE = 0.4  # log error beyond which a week counts by its size no more
ROUNDS = 3
BOUND = 2.5  # largest log effect of a week's drivers


@dataclass(frozen=True)
class Response(Candidate):
    """Log demand over season = level + effects of the known tables; for series of ``LEAST_LEVEL`` units and more.

    Each table enters as it is and a week late (stocks at home), as its square where it is no yes or no (demand bends),
    what is graded, such as a price, also times what is a mark (a price cut that is featured sells more), and as the
    mean and the lowest of the rivals. Effects are fitted for all series, then per sku, then per series, each shrunk to
    the last (ridge), by Huber's iterated weights: a spike that nothing known explains teaches little. The level is the
    errors' recent mean. Means follow from medians by Duan's smearing (1983), one factor for all: a sku's own is set by
    its few largest weeks.
    """

    exposures: Exposures = field(default_factory=Exposures, repr=False, compare=False)
    name: str = "response"

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        """See ``Candidate``; abstains without drivers and promotions, and for small or new series."""
        del seed  # nothing is drawn
        means = np.full((len(origins), len(demand.units), horizon), np.nan)
        weeks = weeks_from(demand.weeks[0], len(demand.weeks) + horizon)
        inputs = response_inputs(demand.company, weeks)
        if inputs is not None:
            for number, origin in enumerate(origins):
                exposure = self.exposures.at(demand, origin, horizon)
                season = exposure.factors / np.maximum(exposure.events, 1e-9)
                means[number] = _forecast(demand, inputs[:, : origin + horizon], season, origin)
        return means, []


def response_inputs(company: Company, weeks: pd.DatetimeIndex) -> Floats | None:
    """(N, weeks, K) inputs in logarithms where always positive; NaN: not known. None: nothing is known ahead."""
    tables = {name: logarithm(values) for name, values in known_ahead(company, weeks).items()}
    if not tables:
        return None
    late = [np.roll(values, 1, axis=1) for values in tables.values()]
    for values in late:
        values[:, 0] = np.nan
    marks = [values for values in tables.values() if _is_mark(values)]
    graded = {name: _less_usual(values) for name, values in tables.items() if len(np.unique(_known(values))) > 2}
    prices = {name: values for name, values in graded.items() if not _is_mark(tables[name])}
    bent = [np.square(values) for values in graded.values()]
    met = [mark * values for mark in marks for values in prices.values()]
    others = [*rivals(company, tables).values(), *lowest_rivals(company, prices).values()]
    return np.stack([*tables.values(), *late, *bent, *met, *others], axis=2)


def _known(values: Floats) -> Floats:
    return np.asarray(values[np.isfinite(values)])


def _is_mark(values: Floats) -> bool:
    """Yes, no or a share of the week, such as a feature."""
    known = _known(values)
    return bool(known.min() == 0 and known.max() <= 1)


def _less_usual(values: Floats) -> Floats:
    known = np.isfinite(values)
    mean = np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray(values - mean[:, None])


def _forecast(demand: Demand, inputs: Floats, season: Floats, origin: int) -> Floats:
    """Mean units (N, weeks after the origin); NaN for series that are not served."""
    units, seen = demand.units[:, :origin], demand.seen[:, :origin]
    mean = np.full((len(units), inputs.shape[1] - origin), np.nan)
    weeks = seen.sum(axis=1)
    level = np.where(seen, units, 0.0).sum(axis=1) / np.maximum(weeks, 1)
    rows = np.flatnonzero((weeks >= LEAST_SEEN) & (level >= LEAST_LEVEL))
    if not len(rows):
        return mean
    skus = pd.factorize(demand.company.series.get_level_values("sku")[rows])[0]
    fresh = 0.5 ** (np.arange(origin - 1, -1, -1) / HALF_LIFE)
    weight = seen[rows] * fresh
    target = np.log(np.maximum(np.where(seen[rows], units[rows], 1.0), 1.0) / season[rows, :origin])
    effects, level = _fitted(target, weight, inputs[rows], skus)
    expected = np.exp(effects + level) * season[rows]
    sold = np.where(seen[rows], units[rows], 0.0)
    mean[rows] = expected[:, origin:] * _smearing(sold, np.where(seen[rows], expected[:, :origin], 0.0))
    return mean


def _fitted(target: Floats, weight: Floats, inputs: Floats, skus: np.ndarray) -> tuple[Floats, Floats]:
    """(n, weeks) log effects of the inputs, and the log level as it was known before each past week and is now."""
    robust = weight
    for _ in range(ROUNDS):
        effects, middle = _effects(target, robust, inputs, skus)
        left = np.where(weight > 0, target - effects[:, : target.shape[1]] - middle[:, None], 0.0)
        robust = weight * SPIKE / np.maximum(np.abs(left), SPIKE)
    shift = _running_level(left, np.where(weight > 0, SPIKE / np.maximum(np.abs(left), SPIKE), 0.0))
    coming = np.repeat(shift[:, -1:], effects.shape[1] - target.shape[1], axis=1)
    return effects, middle[:, None] + np.concatenate([shift[:, :-1], coming], axis=1)


def _running_level(left: Floats, trust: Floats) -> Floats:
    """(n, T + 1) smoothed errors of the weeks before each week, weighted by ``trust`` (n, T) and shrunk to 0."""
    fade, level = 0.5 ** (1 / LEVEL_HALF_LIFE), np.zeros((len(left), left.shape[1] + 1))
    total, weeks = np.zeros(len(left)), np.zeros(len(left))
    for week in range(left.shape[1]):
        total = fade * total + trust[:, week] * left[:, week]
        weeks = fade * weeks + trust[:, week]
        level[:, week + 1] = total / (weeks + LEVEL_WEEKS)
    return level


def _effects(target: Floats, weight: Floats, inputs: Floats, skus: np.ndarray) -> tuple[Floats, Floats]:
    """(n, weeks) log effects of the inputs, centred on past weeks; (n,) weighted mean of the target."""
    past = target.shape[1]
    total = np.maximum(weight.sum(axis=1), 1e-9)
    middle = (weight * target).sum(axis=1) / total
    centred = _standardised(inputs, weight)
    known = centred[:, :past]
    weighted = (known * weight[:, :, None]).transpose(0, 2, 1)
    curve = weighted @ known
    left, effect = target - middle[:, None], np.zeros((len(target), inputs.shape[2]))
    for rows, ridge in (
        (np.zeros(len(target), dtype=int), POOL_RIDGE),
        (skus, SKU_RIDGE),
        (np.arange(len(target)), SERIES_RIDGE),
    ):
        slope = (weighted @ (left - (known @ effect[:, :, None])[..., 0])[:, :, None])[..., 0]
        effect = effect + _ridge(curve, slope, rows, ridge)[rows]
    return np.clip((centred @ effect[:, :, None])[..., 0], -BOUND, BOUND), middle


def _standardised(inputs: Floats, weight: Floats) -> Floats:
    """Inputs less the series' weighted mean, over the pool's deviation, cut to what was met; 0 where not known."""
    past = weight.shape[1]
    known = np.isfinite(inputs[:, :past]) & (weight > 0)[:, :, None]
    share = np.where(known, weight[:, :, None], 0.0)
    usual = (share * np.nan_to_num(inputs[:, :past])).sum(axis=1) / np.maximum(share.sum(axis=1), 1e-9)
    centred = np.nan_to_num(inputs - usual[:, None])
    learnt = np.where(known, centred[:, :past], 0.0)
    deviation = np.sqrt((share * learnt**2).sum(axis=(0, 1)) / np.maximum(share.sum(axis=(0, 1)), 1e-9))
    cut = np.clip(centred, learnt.min(axis=(0, 1)), learnt.max(axis=(0, 1)))
    return np.asarray(np.where(deviation > 1e-9, cut / np.maximum(deviation, 1e-9), 0.0))


def _ridge(curve: Floats, slope: Floats, rows: np.ndarray, ridge: float) -> Floats:
    """(groups, K): the ridge-penalised solution of each group's summed normal equations."""
    count, size = int(rows.max()) + 1, slope.shape[1]
    total, right = np.zeros((count, size, size)), np.zeros((count, size))
    np.add.at(total, rows, curve)
    np.add.at(right, rows, slope)
    return np.asarray(np.linalg.solve(total + ridge * np.eye(size), right[..., None])[..., 0])


def _smearing(sold: Floats, expected: Floats) -> float:
    """Units sold per unit expected over all past weeks."""
    return float(sold.sum() / max(expected.sum(), 1e-9)) if sold.any() else 1.0
