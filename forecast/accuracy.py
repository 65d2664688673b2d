"""Accuracy: how right forecasts were, by segment and weeks ahead, several methods on the same cells."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.company import Floats
from forecast.paths import QUANTILES
from forecast.scores import coverage, measures, over, pinball
from forecast.segments import NAMES

BLOCKS = ((1, 2), (3, 4), (5, 8), (9, 13), (14, 26), (27, 52), (53, 260))
OURS = "restock"
COVER = "lead time + review"
COLUMNS = [
    *("segment", "weeks_ahead", "method", "weeks", "wape", "bias", "mase", "pinball", "coverage"),
    *("below_q10", "below_q25", "below_q50", "below_q75", "below_q90"),
]


@dataclass(frozen=True)
class Predictions:
    """What a method said of cells (O origins, N series, H weeks).

    ``quantiles`` (len(QUANTILES), O, N, H); ``rank`` (O, N, H): where what came fell in the distribution, counts
    randomised on the edge, NaN where it was not seen. A method that names only the ``mean`` has no quantiles: (0, ...).
    """

    mean: Floats
    quantiles: Floats
    rank: Floats

    @classmethod
    def of_means(cls, mean: Floats) -> "Predictions":
        """A method that names no distribution."""
        return cls(mean, np.empty((0, *mean.shape)), np.full(mean.shape, np.nan))

    @property
    def has_quantiles(self) -> bool:
        return len(self.quantiles) > 0

    def cut(self, weeks: slice) -> "Predictions":
        """The predictions of some weeks ahead."""
        return Predictions(self.mean[..., weeks], self.quantiles[..., weeks], self.rank[..., weeks])


@dataclass(frozen=True)
class Judged:
    """Several methods beside what came, ``actual`` (O, N, H), NaN: not seen; ``scale`` (N,): of MASE."""

    actual: Floats
    methods: dict[str, Predictions]
    scale: Floats

    def cut(self, weeks: slice) -> "Judged":
        """Some weeks ahead of it."""
        methods = {name: said.cut(weeks) for name, said in self.methods.items()}
        return Judged(self.actual[..., weeks], methods, self.scale)

    def only(self, members: np.ndarray) -> "Judged":
        """Only the cells of ``members`` (O, N) scored."""
        return replace(self, actual=np.where(members[:, :, None], self.actual, np.nan))


def accuracy_table(weekly: Judged, cover: Judged, segments: np.ndarray, cover_segments: np.ndarray) -> pd.DataFrame:
    """One row per segment (and "all"), weeks ahead and method (``COLUMNS``).

    ``weekly``: single weeks, told in blocks of weeks ahead; ``cover`` (O', N, 1): the sum over each series' own lead
    time + review, which is what an order must last for; ``segments`` (O, N), ``cover_segments`` (O', N).
    ``weeks``: cells scored, the same for all methods; ``wape``: sum of absolute errors / sum of demand; ``bias``: sum
    of errors / sum of demand, above 0: too much; ``mase``: absolute error over that of repeating the last week (the
    last such sum) in the series' history (Hyndman & Koehler 2006); ``pinball``: mean pinball loss over the quantiles of
    forecast.csv / mean demand, twice, so that a forecast without quantiles has its wape; coverage: see ``coverage``.
    """
    sheets = [(ahead, cells, segments) for ahead, cells in _blocks(weekly)]
    if len(cover.actual):
        sheets.append((COVER, cover, cover_segments))
    rows = []
    for number in (None, *np.unique(segments)):
        name = "all" if number is None else NAMES[number]
        for ahead, cells, of_cells in sheets:
            members = cells if number is None else cells.only(of_cells == number)
            rows += [{"segment": name, "weeks_ahead": ahead, "method": each} | told for each, told in _scored(members)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _blocks(weekly: Judged) -> Iterator[tuple[str, Judged]]:
    count, _, horizon = weekly.actual.shape
    for first, last in BLOCKS:
        if count and first <= horizon:
            last = min(last, horizon)
            yield f"{first}-{last}" if first < last else f"{first}", weekly.cut(slice(first - 1, last))


def _scored(cells: Judged) -> Iterator[tuple[str, dict[str, float]]]:
    """Each method's scores on the cells that all of them speak of."""
    spoken = np.all([~np.isnan(said.mean) for said in cells.methods.values()], axis=0)
    actual = np.where(spoken, cells.actual, np.nan)
    scored = ~np.isnan(actual)
    mean_demand = over(float(actual[scored].sum()), float(scored.sum()))
    for name, said in cells.methods.items():
        told = measures(actual, said.mean, cells.scale)
        told["pinball"] = told["wape"]
        if said.has_quantiles:
            told["pinball"] = over(2 * pinball(actual, said.quantiles, QUANTILES), mean_demand)
            told |= coverage(said.rank, scored)
        yield name, told
