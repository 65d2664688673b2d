"""Sales of any day become Monday weeks: what was sold, what could be sold, at what price."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import WEEK, monday_of, weeks_from
from data.company import Floats, Panel
from data.findings import Findings
from data.returns import carried_back
from data.silence import silent

USUAL = 0.8

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Cells:
    """Where each sales row falls: its series and its week, of ``shape`` (N series, T weeks)."""

    series: Ints
    week: Ints
    shape: tuple[int, int]

    def total(self, values: np.ndarray[Any, np.dtype[np.float64]]) -> Floats:
        """The values' sum by series and week, shape (N, T)."""
        flat = self.series * self.shape[1] + self.week
        sums = np.bincount(flat, weights=values, minlength=self.shape[0] * self.shape[1])
        return np.asarray(sums.reshape(self.shape))

    def take(self, rows: np.ndarray[Any, np.dtype[np.bool_]]) -> "Cells":
        """The cells of some rows."""
        return Cells(self.series[rows], self.week[rows], self.shape)


def weekly_panel(sales: pd.DataFrame, series: pd.MultiIndex, as_of: pd.Timestamp, found: Findings) -> Panel:
    """The weekly history of ``series`` from sales rows dated before ``as_of``.

    ``sales``: date, sku, location, units, in_stock, price. Weeks without any row of the company are missing data:
    at the end the panel stops before them, in the middle they are NaN; so are weeks in which a location is silent (see
    ``silence``). A series' weeks before its first sale are NaN, later weeks without a row are 0.
    """
    mondays = monday_of(sales["date"])
    if not len(sales):
        none = np.zeros((len(series), 0))
        return Panel(series, weeks_from(as_of, 0), none, none, none)
    first = mondays.min()
    weeks = weeks_from(first, int((mondays.max() - first) / WEEK) + 1)
    cells = Cells(_positions(sales, series), ((mondays - first) // WEEK).to_numpy(), (len(series), len(weeks)))
    units = carried_back(cells.total(sales["units"].to_numpy()), series, weeks, found)
    units[:, _missing_weeks(cells, weeks, as_of, found)] = np.nan
    units[silent(cells.total(np.ones(len(sales))), series, weeks, found)] = np.nan
    units[_before_first_sale(units)] = np.nan
    in_stock = _in_stock(cells, sales) * _whole_weeks(sales["date"], len(weeks), found)
    return Panel(series, weeks, units, in_stock, _price(cells, sales))


def _positions(sales: pd.DataFrame, series: pd.MultiIndex) -> Ints:
    """The row in ``series`` of each sales row."""
    sku, location = sales["sku"].cat, sales["location"].cat
    pairs = pd.MultiIndex.from_product([sku.categories, location.categories])
    flat = sku.codes.to_numpy().astype(np.int64) * len(location.categories) + location.codes.to_numpy()
    positions: Ints = series.get_indexer(pairs)[flat]
    return positions


def _missing_weeks(cells: Cells, weeks: pd.DatetimeIndex, as_of: pd.Timestamp, found: Findings) -> Any:
    missing = ~np.isin(np.arange(len(weeks)), cells.week)
    for week in weeks[missing]:
        remedy = "Add the week's sales, or rows with 0 units if nothing was sold."
        problem = "the company has no sales row in this week"
        effect = "The week counts as missing data, not as no sales."
        found.add("warn", "sales", problem, remedy, effect, field="date", value=f"{week:%Y-%m-%d}")
    end = weeks[-1] + WEEK
    if end < as_of:
        value = f"{end:%Y-%m-%d} to {as_of - pd.Timedelta(days=1):%Y-%m-%d}"
        problem = "the sales end before the run's Monday"
        effect = "The weeks between count as missing data, not as no sales; the forecast bridges them."
        found.add("warn", "sales", problem, "Add the last weeks' sales.", effect, field="date", value=value)
    return missing


def _whole_weeks(dates: pd.Series, count: int, found: Findings) -> Floats:
    """The share of each week's trading days that the data covers: below 1 for the first and the last week at most.

    A weekday on which four weeks of five have rows is a trading day; totals of whole weeks have one of them. Fewer than
    four weeks do not tell.
    """
    share = np.ones(count)
    days = dates.drop_duplicates().dt.weekday
    trading = (days.value_counts() >= USUAL * count).loc[lambda often: often].index.to_numpy()
    if len(trading) < 2 or count < 4:
        return share
    share[0] *= (trading >= dates.min().weekday()).mean()
    share[-1] *= (trading <= dates.max().weekday()).mean()
    for end, day in ((0, dates.min()), (-1, dates.max())):
        if share[end] < 1:
            problem = "the sales begin or end within a week"
            effect = f"That week counts as {share[end]:.0%} of one."
            remedy = "Export whole weeks, Monday to Sunday."
            found.add("info", "sales", problem, remedy, effect, field="date", value=f"{day:%Y-%m-%d}")
    return share


def _before_first_sale(units: Floats) -> Any:
    return np.cumsum(np.nan_to_num(units) > 0, axis=1) == 0


def _in_stock(cells: Cells, sales: pd.DataFrame) -> Floats:
    """The mean of the week's rows; a week without a row between two in which nothing could be sold is like them.

    The last report counts on until a later one; before the first report it could be sold.
    """
    rows = cells.total(np.ones(len(sales)))
    with np.errstate(invalid="ignore"):
        share = cells.total(sales["in_stock"].to_numpy()) / rows
    reported = pd.DataFrame(share)
    before, after = reported.ffill(axis=1), reported.bfill(axis=1)
    closed = (before == 0) & (after.isna() | (after == 0))
    filled = reported.mask(reported.isna() & closed, 0.0).fillna(1.0)
    return filled.to_numpy()


def _price(cells: Cells, sales: pd.DataFrame) -> Floats:
    """The mean price of the units sold; where none was sold, of the rows."""
    price, units = sales["price"].to_numpy(), np.maximum(sales["units"].to_numpy(), 0.0)
    known = ~np.isnan(price)
    seen, price, units = cells.take(known), price[known], units[known]
    with np.errstate(invalid="ignore"):
        by_unit = seen.total(price * units) / seen.total(units)
        by_row = seen.total(price) / seen.total(np.ones(len(price)))
    return np.where(np.isnan(by_unit), by_row, by_unit)
