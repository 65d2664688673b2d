"""GlobalModel: one gradient-boosted model over all series, a candidate of the forecast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data.company import Floats
from data.problems import Problem
from forecast.candidates import Demand
from forecast.features import Features, Ints, Rows, all_rows

NEAR = 4  # weeks ahead that have a model of their own: orders placed now are decided on them
LEAST_SEEN = 8  # weeks of a series before it is learnt from or forecast
LEAST_ROWS = 500
SPAN = 17  # weeks of origins that one model serves before the next is trained
CHUNK = 100_000  # rows whose features are made at once
LEAVES_PER_ROW = 1 / 4000


@dataclass(frozen=True)
class Training:
    """How a model is trained: at most ``rows`` of them, ``trees`` of them, and how fast the past fades, in weeks."""

    rows: int
    trees: int
    half_life: float = 52.0


@dataclass(frozen=True)
class GlobalModel:
    """Direct forecasts of every week ahead by LightGBM, Poisson deviance of units over the series' level.

    A model is trained on the weeks before the first origin of a span and serves all origins of the span: no origin
    is forecast by a model that saw its future. Weeks ahead below ``NEAR`` have a model of their own, the others share
    a coarser one.
    """

    name: str = "global"
    near: Training = field(default=Training(rows=400_000, trees=250))
    far: Training = field(default=Training(rows=200_000, trees=150))

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        """See :class:`forecast.candidates.Candidate`; abstains for series seen less than ``LEAST_SEEN`` weeks."""
        features = Features(demand, horizon)
        mean = np.full((len(origins), len(demand.units), horizon), np.nan)
        for first, end in _spans(origins):
            for ahead, training in self._ranges(horizon):
                model = _train(features, origins[first], ahead, training, seed)
                if model is not None:
                    for k in range(first, end):
                        mean[k][:, ahead] = _predict(model, features, origins[k], ahead)
        return mean, []

    def _ranges(self, horizon: int) -> Iterator[tuple[Ints, Training]]:
        yield np.arange(min(NEAR, horizon)), self.near
        if horizon > NEAR:
            yield np.arange(NEAR, horizon), self.far


def _spans(origins: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first, end) positions of origins that share a model; the last origin, now, has its own."""
    first = 0
    for k in range(1, len(origins) + 1):
        if k >= len(origins) - 1 or origins[k] - origins[first] >= SPAN:
            if k > first:
                yield first, k
            first = k


def _train(features: Features, cutoff: int, ahead: Ints, training: Training, seed: int) -> Any | None:
    """A LightGBM booster that saw weeks before ``cutoff`` alone; None: too little to learn from."""
    import lightgbm

    rows = _training_rows(features, cutoff, ahead, training.rows, seed)
    if len(rows.series) < LEAST_ROWS:
        return None
    scale = features.scale(rows)
    fade = 0.5 ** ((cutoff - rows.target) / training.half_life)
    data = lightgbm.Dataset(
        features.table(rows),
        features.units[rows.series, rows.target] / scale,
        weight=scale * fade,
        categorical_feature=list(features.attributes),
    )
    return lightgbm.train(_parameters(len(rows.series), seed), data, training.trees)


def _parameters(rows: int, seed: int) -> dict[str, Any]:
    return {
        "objective": "poisson",
        "learning_rate": 0.05,
        "num_leaves": int(np.clip(rows * LEAVES_PER_ROW, 7, 31)),
        "min_data_in_leaf": int(np.clip(rows // 1000, 10, 50)),
        "feature_fraction": 0.6,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 1.0,
        "min_data_per_group": 100,
        "cat_smooth": 50,
        "max_cat_threshold": 16,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }


def _training_rows(features: Features, cutoff: int, ahead: Ints, most: int, seed: int) -> Rows:
    """Rows whose target was seen before the cutoff; a sample of ``most`` where there are more."""
    count = len(features.units)
    shape = (count, max(cutoff - LEAST_SEEN, 0), len(ahead))
    total = int(np.prod(shape))
    drawn = np.arange(total)
    if total > most:
        drawn = np.sort(np.random.default_rng([seed, cutoff]).choice(total, most, replace=False, shuffle=False))
    series, week, step = np.unravel_index(drawn, shape)
    return _learnable(features, Rows(series, week + LEAST_SEEN, ahead[step]), cutoff)


def _learnable(features: Features, rows: Rows, cutoff: int) -> Rows:
    known = rows.target < cutoff
    rows = Rows(rows.series[known], rows.origin[known], rows.ahead[known])
    use = features.seen[rows.series, rows.target] & (features.seen_before(rows) >= LEAST_SEEN)
    return Rows(rows.series[use], rows.origin[use], rows.ahead[use])


def _predict(model: Any, features: Features, origin: int, ahead: Ints) -> Floats:
    """(N, len(ahead)) units; NaN for series seen too little."""
    rows = all_rows(len(features.units), [origin], ahead)
    parts = [_predict_rows(model, features, part) for part in _chunks(rows)]
    return np.concatenate(parts).reshape(len(features.units), len(ahead))


def _predict_rows(model: Any, features: Features, rows: Rows) -> Floats:
    table: pd.DataFrame = features.table(rows)
    units = model.predict(table, num_threads=1) * features.scale(rows)
    return np.where(features.seen_before(rows) >= LEAST_SEEN, units, np.nan)


def _chunks(rows: Rows) -> Iterator[Rows]:
    for first in range(0, len(rows.series), CHUNK):
        part = slice(first, first + CHUNK)
        yield Rows(rows.series[part], rows.origin[part], rows.ahead[part])
