"""What the global model sees of a row (series, origin, weeks ahead): only what was known on the origin's Monday."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from forecast.candidates import Demand
from forecast.known_ahead import known_ahead, logarithm

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

YEAR = 52
LEVELS = (1, 2, 4, 8, 13, 26, 52)
LAGS = (1, 2, 3, 4)
SCALE_WEEKS, LONG_WEEKS, LONG_WEIGHT = 26, 104, 4.0
LEAST_SCALE = 0.05
PRIOR_UNITS = 0.5


def running_total(values: Floats) -> Floats:
    """Totals of the columns before each week, shape (rows, T + 1)."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


@dataclass(frozen=True)
class Rows:
    """R questions to the model: how much of ``series[r]`` is wanted ``ahead[r]`` weeks after week ``origin[r]``?"""

    series: Ints
    origin: Ints
    ahead: Ints

    @property
    def target(self) -> Ints:
        """The week asked for, as a column of the demand."""
        return self.origin + self.ahead

    def take(self, which: Any) -> "Rows":
        """The rows that an index, a mask or a slice names."""
        return Rows(self.series[which], self.origin[which], self.ahead[which])


def all_rows(series: int, origins: Iterable[int], horizon: Iterable[int]) -> Rows:
    """Every combination, the weeks ahead fastest, then the origins, then the series."""
    grid = np.meshgrid(np.arange(series), np.fromiter(origins, int), np.fromiter(horizon, int), indexing="ij")
    return Rows(*(axis.ravel() for axis in grid))


class Features:
    """Features of rows, made from running totals so that any row costs the same.

    Units are relative to the series' level at the origin (:meth:`scale`), so that one model serves all series. Weeks
    that were not fully seen count neither in the levels nor as lags.
    """

    def __init__(self, demand: Demand, horizon: int) -> None:
        self._calendar = weeks_from(demand.weeks[0], len(demand.weeks) + horizon)
        self._week_of_year = self._calendar.isocalendar().week.to_numpy().astype(np.int64)
        self.seen = demand.seen & np.isfinite(demand.units)
        self.units: Floats = np.where(self.seen, np.nan_to_num(demand.units), 0.0)
        self._count = running_total(self.seen.astype(np.float64))
        self._sum = running_total(self.units)
        self._square = running_total(self.units**2)
        self._sold = running_total((self.units > 0).astype(np.float64))
        self._last_sale = _last_true(self.units > 0)
        started = np.isfinite(demand.units)
        self._first = np.where(started.any(axis=1), started.argmax(axis=1), started.shape[1])
        self._known = [_Known(name, values) for name, values in known_ahead(demand.company, self._calendar).items()]
        self.attributes = attribute_codes(demand.company)
        self._groups = {
            name: (codes, running_total(_group_sum(np.nan_to_num(demand.units), codes)))
            for name, codes in season_groups(demand.company, self.attributes).items()
        }

    @property
    def driven(self) -> bool:
        """Something is known of weeks to come."""
        return bool(self._known)

    def seen_before(self, rows: Rows) -> Floats:
        """Weeks fully seen before each row's origin, shape (R,)."""
        return np.asarray(self._count[rows.series, rows.origin])

    def scale(self, rows: Rows) -> Floats:
        """Level of each row's series at its origin, units per week: half a year, shrunk to two years; shape (R,)."""
        long = np.nan_to_num(self._mean(rows, rows.origin - LONG_WEEKS, rows.origin))
        recent, weeks = self._window(self._sum, rows, SCALE_WEEKS), self._window(self._count, rows, SCALE_WEEKS)
        return np.maximum((recent + LONG_WEIGHT * long) / (weeks + LONG_WEIGHT), LEAST_SCALE)

    def table(self, rows: Rows) -> pd.DataFrame:
        """One line per row, one column per feature (float32; NaN: unknown)."""
        scale = self.scale(rows)
        columns = {"scale": np.log(scale), "ahead": rows.ahead, "week_of_year": self._week_of_year[rows.target]}
        columns |= self._levels(rows, scale) | self._spread(rows, scale) | self._recency(rows)
        columns |= self._last_year(rows, scale)
        for name, (codes, totals) in self._groups.items():
            columns |= _group_columns(name, totals, codes[rows.series], rows)
        for known in self._known:
            columns |= known.columns(rows)
        columns |= {str(name): codes.to_numpy()[rows.series] for name, codes in self.attributes.items()}
        return pd.DataFrame({name: np.asarray(values, dtype=np.float32) for name, values in columns.items()})

    def _window(self, total: Floats, rows: Rows, weeks: int) -> Floats:
        return _between(total, rows.series, rows.origin - weeks, rows.origin)

    def _mean(self, rows: Rows, first: Ints, end: Ints) -> Floats:
        """Mean units of the seen weeks first..end-1; NaN where none was seen."""
        weeks = _between(self._count, rows.series, first, end)
        return _ratio(_between(self._sum, rows.series, first, end), weeks)

    def _levels(self, rows: Rows, scale: Floats) -> dict[str, Floats]:
        levels = {f"level_{w}": self._mean(rows, rows.origin - w, rows.origin) / scale for w in LEVELS}
        lags = {f"lag_{k}": self._mean(rows, rows.origin - k, rows.origin - k + 1) / scale for k in LAGS}
        return levels | lags

    def _spread(self, rows: Rows, scale: Floats) -> dict[str, Floats]:
        columns = {}
        for w in (13, YEAR):
            weeks = self._window(self._count, rows, w)
            square = _ratio(self._window(self._square, rows, w), weeks)
            mean = self._mean(rows, rows.origin - w, rows.origin)
            columns[f"deviation_{w}"] = np.sqrt(np.maximum(square - mean**2, 0)) / scale
            columns[f"nonzero_{w}"] = _ratio(self._window(self._sold, rows, w), weeks)
        return columns

    def _recency(self, rows: Rows) -> dict[str, Floats]:
        since = rows.origin - self._last_sale[rows.series, rows.origin]
        return {
            "since_sale": np.minimum(since, YEAR + 1).astype(np.float64),
            "age": np.minimum(rows.origin - self._first[rows.series], 2 * YEAR).astype(np.float64),
            "unseen_4": 4 - self._window(self._count, rows, 4),
            "unseen_13": 13 - self._window(self._count, rows, 13),
        }

    def _last_year(self, rows: Rows, scale: Floats) -> dict[str, Floats]:
        """The weeks around the target one year before, and how they stood to those before the origin's anniversary."""
        then = rows.target - _years_back(rows)
        around = {f"last_year_{k}": self._mean(rows, then - k, then + k + 1) / scale for k in (0, 1, 2)}
        anniversary = rows.origin - _years_back(rows)
        base = self._mean(rows, anniversary - 8, anniversary)
        rise = (self._mean(rows, then - 1, then + 2) + PRIOR_UNITS) / (base + PRIOR_UNITS)
        return around | {"last_year_rise": rise}


class _Known:
    """One thing known ahead, (N, T + H); as logarithms where it is always positive, such as a price."""

    def __init__(self, name: str, values: Floats) -> None:
        said = np.isfinite(values)
        self.name = name
        self._values = logarithm(values)
        self._sum = running_total(np.where(said, np.nan_to_num(self._values), 0.0))
        self._count = running_total(said.astype(np.float64))

    def columns(self, rows: Rows) -> dict[str, Floats]:
        """Its value in the target week, and against the weeks that the scale was made from; the week before's too."""
        first = rows.origin - SCALE_WEEKS
        weeks = _between(self._count, rows.series, first, rows.origin)
        usual = _ratio(_between(self._sum, rows.series, first, rows.origin), weeks)
        value = self._values[rows.series, rows.target]
        return {
            self.name: value,
            f"{self.name}_change": value - usual,
            f"{self.name}_before": self._values[rows.series, rows.target - 1] - usual,
            f"{self.name}_last": self._values[rows.series, rows.origin - 1] - usual,
        }


def _years_back(rows: Rows) -> Ints:
    """Whole years after which the target's neighbourhood (2 weeks either side) lies before the origin, in weeks."""
    return YEAR * np.maximum(-(-(rows.ahead + 3) // YEAR), 1)


def _ratio(total: Floats, weeks: Floats) -> Floats:
    return np.asarray(np.divide(total, weeks, out=np.full(total.shape, np.nan), where=weeks > 0))


def _between(total: Floats, row: Ints, first: Ints, end: Ints) -> Floats:
    """Sum of the columns first..end-1 of ``row``; columns before the first week count nothing."""
    last = total.shape[1] - 1
    return np.asarray(total[row, np.clip(end, 0, last)] - total[row, np.clip(first, 0, last)])


def _last_true(flags: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Ints:
    """The last True column before each week, -1 where none; shape (N, T + 1)."""
    columns = np.where(flags, np.arange(flags.shape[1]), -1)
    return np.concatenate([np.full((len(flags), 1), -1), np.maximum.accumulate(columns, axis=1)], axis=1)


def _group_sum(units: Floats, codes: Ints) -> Floats:
    totals = np.zeros((int(codes.max(initial=0)) + 1, units.shape[1]))
    np.add.at(totals, codes, units)
    return totals


def _group_columns(name: str, totals: Floats, group: Ints, rows: Rows) -> dict[str, Floats]:
    """How the target's season stood to the origin's in years before, and how the group moves now."""

    def level(first: Ints, end: Ints) -> Floats:
        mean = _between(totals, group, first, end) / np.maximum(end - np.maximum(first, 0), 1)
        return np.asarray(np.where(first >= 0, mean + PRIOR_UNITS, np.nan))

    columns, origin = {}, rows.origin
    for years in (1, 2):
        back = _years_back(rows) + YEAR * (years - 1)
        then, base = rows.target - back, level(origin - back - 8, origin - back)
        columns[f"{name}_season_{years}"] = level(then - 1, then + 2) / base
        if years == 1:
            columns[f"{name}_week_{years}"] = level(then, then + 1) / base
    for short, long in ((1, 8), (4, 13), (13, YEAR)):
        columns[f"{name}_move_{short}"] = level(origin - short, origin) / level(origin - long, origin)
    columns[f"{name}_year"] = level(origin - 8, origin) / level(origin - YEAR - 8, origin - YEAR)
    return columns


def attribute_codes(company: Company) -> pd.DataFrame:
    """Categorical attributes of the series, as codes: sku, location, and the columns of items and locations that group.

    Columns that never vary, or that name each series alone, tell nothing and are left out.
    """
    table = pd.DataFrame({"sku": company.series.get_level_values("sku")})
    table["location"] = company.series.get_level_values("location")
    table = table.join(_attributes(company.items), on="sku")
    table = table.join(_attributes(company.locations).add_prefix("location_"), on="location")
    codes = table.apply(lambda column: pd.factorize(column, sort=True)[0])
    kinds = codes.nunique()
    return codes.loc[:, (kinds > 1) & (kinds < len(codes))]


MONEY = ["unit_cost", "price", "holding_cost", "shortage_cost", "salvage_value"]
OTHER = ["name", "season_start", "season_end", "end_of_life", "like_sku"]


def _attributes(frame: pd.DataFrame) -> pd.DataFrame:
    table: pd.DataFrame = frame.drop(columns=[*MONEY, *OTHER], errors="ignore").astype(str)
    return table


def season_groups(company: Company, attributes: pd.DataFrame) -> dict[str, Ints]:
    """The groups whose common season and movement a series is told: all, its sku, its location, its category."""
    groups: dict[str, Ints] = {"all": np.zeros(len(company.series), dtype=np.int64)}
    for name in ("sku", "location", "category"):
        if name in attributes:
            groups[name] = attributes[name].to_numpy(dtype=np.int64)
    return groups
