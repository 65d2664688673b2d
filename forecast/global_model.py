"""GlobalModel: gradient-boosted trees over all series, as candidates of the forecast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import numpy as np

from data.company import Floats
from data.problems import Problem
from forecast.candidates import LEAST_LEVEL, LEAST_SEEN, Bools, Candidate, Demand
from forecast.features import Features, Ints, Rows, all_rows

NEAR = 4  # weeks ahead that have a model of their own: orders placed now are decided on them
LEAST_PANEL = 5000  # seen weeks x weeks ahead below which the local models know all there is to know
LEAST_ROWS = 500
LEAST_SHARE = 0.01  # of a level: the logarithm of no sale
SPAN = 26  # weeks of origins that one model serves before the next is trained
THREADS = 1  # more would wait for each other wherever something else runs
CHUNK = 100_000  # rows whose features are made at once
SAMPLED = 20_000  # rows whose values set the bins

Loss = Literal["count", "factor"]


@dataclass(frozen=True)
class Training:
    """How a model is trained: on at most ``rows``, in ``trees`` steps; the past halves in ``half_life`` weeks."""

    rows: int
    trees: int
    half_life: float = 104.0

    def rough(self) -> "Training":
        """For past origins, whose forecasts only tell how much the model errs: a third of the rows."""
        return replace(self, rows=self.rows // 3)


@dataclass(frozen=True)
class GlobalModel(Candidate):
    """Direct forecasts of every week ahead by LightGBM, of units over the series' level.

    ``loss`` factor: squared error of the logarithm, every series weighing alike; where drivers are known, which lift
    demand by factors, for series of ``LEAST_LEVEL`` units a week and more. Count: Poisson deviance, a series weighing
    as its units do; learnt from all series, for those that the other loss does not serve.

    A model is trained on the weeks before the first origin of a span and serves all origins of the span: no origin
    is forecast by a model that saw its future. Weeks ahead below ``NEAR`` have a model of their own, the others share
    a coarser one. It trains beside the others; its library is imported when the model is made: two threads that import
    at once may see half of it.
    """

    trains: ClassVar[bool] = True
    name: str = "global"
    loss: Loss = "count"
    near: Training = field(default=Training(rows=400_000, trees=125))
    far: Training = field(default=Training(rows=100_000, trees=125))

    def __post_init__(self) -> None:
        _missing_library()

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        """See :class:`forecast.candidates.Candidate`; abstains for series seen less than ``LEAST_SEEN`` weeks."""
        mean = np.full((len(origins), len(demand.units), horizon), np.nan)
        missing = _missing_library()
        if missing or demand.seen.sum() * horizon < LEAST_PANEL:
            return mean, missing
        features = Features(demand, horizon)
        if self.loss == "factor" and not features.driven:
            return mean, []
        for first, end in _spans(origins):
            for ahead, now in self._ranges(horizon):
                training = now if end == len(origins) else now.rough()
                model = _train(features, origins[first], ahead, training, self.loss, seed)
                if model is not None:
                    for k in range(first, end):
                        mean[k][:, ahead] = model.predict(features, origins[k], ahead)
        return mean, []

    def _ranges(self, horizon: int) -> Iterator[tuple[Ints, Training]]:
        yield np.arange(min(NEAR, horizon)), self.near
        if horizon > NEAR:
            yield np.arange(NEAR, horizon), self.far


def _missing_library() -> list[Problem]:
    """LightGBM needs the system's OpenMP library, which a bare machine may lack; the other models do without."""
    try:
        import lightgbm  # noqa: F401
    except (ImportError, OSError) as reason:
        remedy = "install the system's OpenMP library (on Debian: libgomp1)"
        return [Problem("info", "sales", "LightGBM cannot be loaded", remedy, f"forecast without it ({reason})")]
    return []


@dataclass(frozen=True)
class _Model:
    """A trained booster; ``spread``: variance of the logarithm that it left unexplained, for its mean."""

    booster: Any
    loss: Loss
    spread: float

    def predict(self, features: Features, origin: int, ahead: Ints) -> Floats:
        """Mean units (N, len(ahead)); NaN for series that this model does not serve."""
        rows = all_rows(len(features.units), [origin], ahead)
        served, mean = np.flatnonzero(_served(features, rows, self.loss)), np.full(len(rows.series), np.nan)
        for first in range(0, len(served), CHUNK):
            part = served[first : first + CHUNK]
            mean[part] = self._rows(features, rows.take(part))
        return mean.reshape(len(features.units), len(ahead))

    def _rows(self, features: Features, rows: Rows) -> Floats:
        told: Floats = self.booster.predict(features.table(rows), num_threads=THREADS)
        share = told if self.loss == "count" else np.exp(told + self.spread / 2)
        return share * features.scale(rows)


def _spans(origins: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first, end) positions of origins that share a model; the last origin, now, has its own."""
    first = 0
    for k in range(1, len(origins) + 1):
        if k >= len(origins) - 1 or origins[k] - origins[first] >= SPAN:
            if k > first:
                yield first, k
            first = k


def _train(features: Features, cutoff: int, ahead: Ints, training: Training, loss: Loss, seed: int) -> _Model | None:
    """A model that saw weeks before ``cutoff`` alone; None: too little to learn from."""
    import lightgbm

    rows = _training_rows(features, cutoff, ahead, training.rows, loss, seed)
    if len(rows.series) < LEAST_ROWS:
        return None
    table, target, weight = features.table(rows), *_target(features, rows, loss)
    weight = weight * 0.5 ** ((cutoff - rows.target) / training.half_life)
    data = lightgbm.Dataset(
        table, target, weight=weight / weight.mean(), categorical_feature=list(features.attributes), free_raw_data=False
    )
    booster = lightgbm.train(_parameters(features, len(target), loss, seed), data, training.trees)
    left = np.square(target - booster.predict(table, num_threads=THREADS)).mean() if loss == "factor" else 0.0
    return _Model(booster, loss, float(left))


def _target(features: Features, rows: Rows, loss: Loss) -> tuple[Floats, Floats]:
    """What is learnt of each row, and how much the row weighs."""
    scale = features.scale(rows)
    share = features.units[rows.series, rows.target] / scale
    if loss == "count":
        return share, scale
    return np.log(np.maximum(share, LEAST_SHARE)), np.ones_like(scale)


def _parameters(features: Features, rows: int, loss: Loss, seed: int) -> dict[str, Any]:
    """Small trees for season and level alone; larger ones where drivers meet everything else."""
    return {
        "objective": "poisson" if loss == "count" else "l2",
        "learning_rate": 0.1 if loss == "count" else 0.2,
        "num_leaves": 15 if features.driven else 8,
        "min_data_in_leaf": int(np.clip(rows // 500, 10, 50 if features.driven else 200)),
        "feature_fraction": 0.6,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 1.0,
        "max_bin": 63,
        "bin_construct_sample_cnt": SAMPLED,
        "min_data_per_group": 100,
        "cat_smooth": 50,
        "max_cat_threshold": 16,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
        "verbosity": -1,
    }


def _training_rows(features: Features, cutoff: int, ahead: Ints, most: int, loss: Loss, seed: int) -> Rows:
    """Rows whose target was seen before the cutoff, of series that the loss can learn from; at most ``most``, drawn."""
    shape = (len(features.units), max(cutoff - LEAST_SEEN, 0), len(ahead))
    total = int(np.prod(shape))
    drawn = np.arange(total)
    if total > most:
        drawn = np.sort(np.random.default_rng([seed, cutoff]).choice(total, most, replace=False, shuffle=False))
    series, week, step = np.unravel_index(drawn, shape)
    rows = Rows(series, week + LEAST_SEEN, ahead[step])
    known = rows.take(rows.target < cutoff)
    able = _enough(features, known) & (_by_factors(features, known) | (loss == "count"))
    return known.take(features.seen[known.series, known.target] & able)


def _served(features: Features, rows: Rows, loss: Loss) -> Bools:
    """The rows forecast with this loss, of two."""
    return np.asarray(_enough(features, rows) & (_by_factors(features, rows) == (loss == "factor")))


def _enough(features: Features, rows: Rows) -> Bools:
    return np.asarray(features.seen_before(rows) >= LEAST_SEEN)


def _by_factors(features: Features, rows: Rows) -> Bools:
    return np.asarray(features.driven & (features.scale(rows) >= LEAST_LEVEL))
