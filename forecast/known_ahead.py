"""What is known of weeks to come: numeric drivers and promotions, one value per series and week."""

import numpy as np
import pandas as pd

from data.calendar import monday_of
from data.company import Company, Floats
from forecast.lifted import lifted_weeks

KEYS = ("date", "sku", "location")
SCOPES: tuple[tuple[str, ...], ...] = ((), ("location",), ("sku",), ("sku", "location"))


def known_ahead(company: Company, weeks: pd.DatetimeIndex) -> dict[str, Floats]:
    """(N, len(weeks)) per numeric column of drivers and per measure of promotions; NaN where nothing is said.

    A driver that names its sku or location outranks one that does not. Columns that never vary are left out.
    """
    tables = drivers_ahead(company, weeks) | promotions_ahead(company, weeks)
    return {name: values for name, values in tables.items() if _varies(values)}


def logarithm(values: Floats) -> Floats:
    """Its logarithm where it is always positive, such as a price; else as it is."""
    said = np.isfinite(values)
    if not (values[said] > 0).all():
        return values
    return np.asarray(np.log(values, out=np.full(values.shape, np.nan), where=said))


def _varies(values: Floats) -> bool:
    known = values[np.isfinite(values)]
    return bool(len(known) and known.min() < known.max())


def drivers_ahead(company: Company, weeks: pd.DatetimeIndex) -> dict[str, Floats]:
    """Each numeric column of drivers as ``driver_<name>``; NaN where nothing is said."""
    frame = company.drivers
    named = pd.DataFrame({key: _named(frame, key) for key in ("sku", "location")})
    week = weeks.get_indexer(pd.DatetimeIndex(monday_of(pd.to_datetime(frame["date"]))))
    tables: dict[str, Floats] = {}
    for name in frame.columns.difference(list(KEYS), sort=False):
        values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
        table = np.full((len(company.series), len(weeks)), np.nan)
        for scope in SCOPES:
            of_scope = (named["sku"] == ("sku" in scope)) & (named["location"] == ("location" in scope))
            rows = np.flatnonzero(of_scope.to_numpy() & (week >= 0) & np.isfinite(values))
            if len(rows):
                said = _mean_by_key(company, frame.iloc[rows], scope, week[rows], values[rows], len(weeks))
                table = np.where(np.isfinite(said), said, table)
        tables[f"driver_{name}"] = table
    return tables


def _named(frame: pd.DataFrame, key: str) -> pd.Series:
    if key not in frame:
        return pd.Series(False, index=frame.index)
    return frame[key].notna() & frame[key].astype(str).str.strip().ne("")


def _mean_by_key(
    company: Company, frame: pd.DataFrame, scope: tuple[str, ...], week: np.ndarray, values: Floats, weeks: int
) -> Floats:
    """Mean of the values of each series' key (its sku, location, both or none) in each week, (N, weeks)."""
    codes, keys = pd.factorize(_keys(company.series.to_frame(index=False), scope))
    row = keys.get_indexer(_keys(frame, scope))
    total, count = np.zeros((len(keys), weeks)), np.zeros((len(keys), weeks))
    known = row >= 0
    np.add.at(total, (row[known], week[known]), values[known])
    np.add.at(count, (row[known], week[known]), 1.0)
    mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return np.asarray(mean[codes])


def _keys(frame: pd.DataFrame, scope: tuple[str, ...]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[list(scope)].assign(every=0))


def promotions_ahead(company: Company, weeks: pd.DatetimeIndex) -> dict[str, Floats]:
    """Share of the week promoted, its discount, and the uplift the company expects of it; 0 without promotion."""
    if not len(company.promotions):
        return {}
    lifted = lifted_weeks(company, weeks)
    members = lifted.members.T.astype(float)
    discount = pd.to_numeric(company.promotions["discount"]).fillna(0.0).to_numpy(dtype=float)
    expected = np.nan_to_num(lifted.expected - 1)
    return {
        "promoted": members @ lifted.share,
        "promotion_discount": (members * discount) @ lifted.share,
        "promotion_expected": (members * expected) @ lifted.share,
    }
