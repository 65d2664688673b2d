"""What was really forecast on the Mondays of a backtest, beside what really sold."""

from collections import defaultdict

import numpy as np
import pandas as pd

from data.company import Floats
from forecast.accuracy import OURS, Judged, Predictions, accuracy_table
from forecast.censoring import sales_of
from forecast.engine import Forecast
from forecast.hindsight import cover_weeks, of_paths, totals
from forecast.scores import naive_error, naive_error_of_totals
from forecast.simple import RULES, seasonal_naive
from forecast.value_added import Overridden, overridden_cells, value_added
from scenarios.world import World


class ForecastRecord:
    """Collects the forecasts of each Monday; demand that a week out of stock hid is not scored."""

    def __init__(self, scene: World) -> None:
        company, horizon = scene.company, scene.company.policy.horizon.weeks
        demand = sales_of(company)
        self._weeks = demand.weeks
        unknown = np.full((len(company.series), horizon), np.nan)
        self._came = np.concatenate([demand.seen_units, unknown], axis=1)
        self._cover = cover_weeks(company, horizon)
        self._seed = company.policy.seed
        self._first: Forecast | None = None
        self._actual: list[Floats] = []
        self._segments: list[np.ndarray] = []
        self._overridden: list[Overridden] = []
        self._weekly: dict[str, list[Predictions]] = defaultdict(list)
        self._summed: dict[str, list[Predictions]] = defaultdict(list)

    def add(self, made: Forecast) -> None:
        """A Monday's forecast, and what the simple ones would have said that day."""
        self._first = self._first or made
        actual, values = self._from(made.paths.weeks[0]), made.paths.values
        rng = np.random.default_rng([self._seed, 4, len(self._actual)])
        self._actual.append(actual)
        self._segments.append(made.outlook.segments)
        self._weekly[OURS].append(of_paths(values, actual, rng))
        self._summed[OURS].append(of_paths(totals(values, self._cover), totals(actual, self._cover), rng))
        units = made.demand.seen_units
        for name, rule in RULES.items():
            mean = rule(units, len(made.paths.weeks))[None]
            self._weekly[name].append(Predictions.of_means(mean))
            self._summed[name].append(Predictions.of_means(totals(mean, self._cover)))
        naive = seasonal_naive(units, len(made.paths.weeks))
        layers = (naive, made.baseline, made.layer.mean)
        self._overridden.append(overridden_cells(made.demand.company, made.layer.held, actual, layers))

    def table(self) -> pd.DataFrame:
        """See ``accuracy_table``."""
        if self._first is None:
            raise ValueError("nothing was forecast")
        actual, segments, demand = np.stack(self._actual), np.stack(self._segments), self._first.demand
        weekly, summed = (
            {name: _stacked(said) for name, said in by_method.items()} for by_method in (self._weekly, self._summed)
        )
        return accuracy_table(
            Judged(actual, weekly, naive_error(demand)),
            Judged(totals(actual, self._cover), summed, naive_error_of_totals(demand, self._cover)),
            segments,
            segments,
        )

    def value_added(self) -> pd.DataFrame:
        """See ``value_added``."""
        return value_added(self._overridden)

    def _from(self, monday: pd.Timestamp) -> Floats:
        """(N, H) what sold from the Monday on; NaN where it is not known."""
        start = int(self._weeks.searchsorted(monday))
        horizon = self._came.shape[1] - len(self._weeks)
        return self._came[:, start : start + horizon]


def _stacked(origins: list[Predictions]) -> Predictions:
    return Predictions(
        np.concatenate([one.mean for one in origins]),
        np.concatenate([one.quantiles for one in origins], axis=1),
        np.concatenate([one.rank for one in origins]),
    )
