"""Season: an index per week of the year, from no season step by step to all series together, group and series.

With three years of history an index pooled over many series says more about the season than any series of its own.
"""

import numpy as np
import pandas as pd

from data.company import Floats
from forecast.candidates import Bools, Demand
from forecast.kin import older_rows

WINDOW = 53  # weeks over which a level is averaged while the season is learnt
ROUNDS = 3  # alternations between level and season
NOISE = 0.3  # squared coefficient of variation of one series' week beyond Poisson
# Least variance of the pool's index about 1 and of a group's about the pool's; that of a series' about its group's.
GROUP_SPREAD, SERIES_SPREAD = 0.05, 0.02
LEAST_YEARS = 1.5  # of history before a season can be told from a trend
YEAR = 52
FAR = 5.0  # standard deviations from the usual beyond which a series' week counts no further in a pool


def season(demand: Demand, origin: int, plain: Bools, known: Floats, weeks: pd.DatetimeIndex) -> Floats:
    """(N, weeks) index of each series and week, mean 1 over a year; 1 throughout where history is short.

    ``plain`` (N, origin): weeks to learn from, fully seen and without promotion; ``known`` (N, origin): factors by
    which drivers are known to have lifted them.
    """
    if origin < LEAST_YEARS * YEAR or not plain.any():
        return np.ones((len(plain), len(weeks)))
    week = np.minimum(weeks.isocalendar().week.to_numpy(dtype=int), YEAR) - 1
    units = np.where(plain, demand.units[:, :origin], 0.0)
    onehot = np.eye(YEAR)[week[:origin]]
    groups, older = _groups(demand), older_rows(demand.company, np.asarray(plain.any(axis=1)))
    index: Floats = np.ones((len(units), YEAR))
    for _ in range(ROUNDS):
        level = np.where(plain, moving_level(units, index[:, week[:origin]] * known, plain) * known, 0.0)
        index = _indices(units @ onehot, level @ onehot, (level > 0).astype(float) @ onehot, groups, older)
    return np.asarray(index[:, week])


def _groups(demand: Demand) -> np.ndarray:
    """Number of each series' group: its item's category."""
    items = demand.company.items["category"].fillna("").astype(str)
    skus = demand.company.series.get_level_values("sku")
    codes: np.ndarray = pd.factorize(items.reindex(skus).to_numpy())[0]
    return codes


def moving_level(units: Floats, index: Floats, plain: Bools) -> Floats:
    """Centred moving mean of demand / index, (N, T): sold / exposed over the window; 0 without either."""
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


def _indices(units: Floats, level: Floats, years: Floats, groups: np.ndarray, older: np.ndarray) -> Floats:
    """(N, 52) indices from units and levels summed by week of year (N, 52), and how many years each week was seen.

    Series are pooled by the precision of their own index, so that neither the largest nor the noisiest decides, nor
    one that sold once by the lorry. An item has the season of the ``older`` one that it is like, or else its group's,
    as far as its own does not speak.
    """
    ratio = np.where(level > 0, units / np.maximum(level, 1e-9), 1.0)
    mean = level / np.maximum(years, 1)
    precision = np.where(level > 0, years / (NOISE + 1 / np.maximum(mean, 1e-6)), 0.0)
    members = np.eye(groups.max() + 1)[groups].T
    everyone = np.ones((1, len(units)))
    common = _smooth(_weighted(_usual(ratio, precision, np.zeros_like(groups)), precision, everyone))
    pool = _towards(common, np.ones_like(common), everyone @ precision)
    by_group = _smooth(_weighted(_usual(ratio, precision, groups), precision, members))
    group = _towards(by_group, pool, members @ precision)[groups]
    own = _shrunk(_smooth(ratio), group, 3 * precision, SERIES_SPREAD)
    own = np.where(older[:, None] >= 0, _shrunk(_smooth(ratio), own[older], 3 * precision, SERIES_SPREAD), own)
    return np.asarray(own / own.mean(axis=1, keepdims=True))


def _towards(index: Floats, prior: Floats, precision: Floats) -> Floats:
    """Indices (n, 52) shrunk to their prior, the less the more they are found to differ from it over the year."""
    return _shrunk(index, prior, precision, np.maximum(_spread(index, prior, precision), GROUP_SPREAD))


def _usual(ratio: Floats, precision: Floats, groups: np.ndarray) -> Floats:
    """Ratios (N, 52) cut where they lie ``FAR`` above their group's median of the week, or above 1 where that is less.

    The deviation is that of the series' own ratio, in proportion to what is usual.
    """
    cut = ratio.copy()
    for group in range(int(groups.max()) + 1):
        rows = groups == group
        middle = np.maximum(np.median(ratio[rows], axis=0), 1.0)
        cut[rows] = np.minimum(ratio[rows], middle * (1 + FAR / np.sqrt(np.maximum(precision[rows], 1e-9))))
    return cut


def _weighted(ratio: Floats, precision: Floats, members: Floats) -> Floats:
    """Mean ratio of each row of ``members``, weighted by precision; 1 where there is none."""
    weight = members @ precision
    return np.asarray(np.where(weight > 0, (members @ (precision * ratio)) / np.maximum(weight, 1e-12), 1.0))


def _smooth(index: Floats) -> Floats:
    """Each week with a quarter of each neighbour: the calendar's holidays move by a week between years."""
    return np.asarray(0.5 * index + 0.25 * np.roll(index, 1, axis=-1) + 0.25 * np.roll(index, -1, axis=-1))


def _spread(own: Floats, prior: Floats, precision: Floats) -> Floats:
    """Variance (n, 1) of each row about its prior over the year, less what its own error makes of it."""
    weight = precision.sum(axis=1, keepdims=True)
    apart = (precision * (own - prior) ** 2).sum(axis=1, keepdims=True) / np.maximum(weight, 1e-12)
    return np.asarray(np.maximum(apart - precision.shape[1] / np.maximum(weight, 1e-12), 0.0))


def _shrunk(own: Floats, prior: Floats, precision: Floats, spread: float | Floats) -> Floats:
    """Empirical Bayes: the own index weighted by spread / (spread + its variance)."""
    trust = spread * precision / (spread * precision + 1)
    return np.asarray(trust * own + (1 - trust) * prior)
