"""Scenarios of supply: a supplier that is late or gone, and a new source."""

from dataclasses import replace
from math import ceil, inf
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import WEEK, monday_on_or_after
from data.company import Company
from data.schema import SUPPLIERS
from forecast.candidates import Bools
from scenarios.patch import NewSource, Override
from scenarios.segment import nothing, offered, period, rows_of, series_of

LANE = ["sku", "location", "supplier"]


def late_days(company: Company, override: Override) -> tuple[Company, int]:
    """Open orders that are due in the override's days, and new ones that are placed in them, come so many days later;
    new ones by as many weeks, rounded up. Without days all do.
    """
    orders = company.open_orders
    first, last = period(company, override)
    due = pd.to_datetime(orders["due"])
    late = rows_of(company, override, orders)
    if override.first:  # what is overdue was due before the run's first day
        late &= (due >= pd.Timestamp(override.first)).to_numpy()
    if override.last:
        late &= (due <= pd.Timestamp(override.last)).to_numpy()
    changed = due.mask(late, due + pd.Timedelta(days=1) * override.number)
    sellable, soonest = monday_on_or_after(changed), company.as_of + WEEK
    week = orders["week"].mask(late, sellable.where(sellable > soonest, soonest))
    sources = rows_of(company, override, company.sourcing) & (first <= last)
    if not late.any() and not sources.any():
        raise nothing(override, "nothing is due or can be ordered there then", offered(company, override))
    delay = ceil((first - company.as_of).days / 7), (last - company.as_of).days // 7, ceil(override.number / 7)
    sourcing = _appended(company.sourcing, "delays", delay, sources)
    found = replace(company, open_orders=orders.assign(due=changed, week=week), sourcing=sourcing)
    return found, int(late.sum() + sources.sum())


def supplier(company: Company, override: Override) -> tuple[Company, int]:
    """A supplier that takes no orders for some weeks."""
    named = rows_of(company, override, company.suppliers)
    if not named.any():
        raise nothing(override, "no supplier is named")
    table = _appended(company.suppliers, "closed", period(company, override), named)
    return replace(company, suppliers=table), int(named.sum())


def _appended(table: pd.DataFrame, name: str, entry: tuple[Any, ...], named: Bools) -> pd.DataFrame:
    """The table with one more entry in a column of entries, in the rows named."""
    known = table[name] if name in table else [()] * len(table)
    entries = [(*own, entry) if one else own for own, one in zip(known, named, strict=True)]
    return table.assign(**{name: pd.Series(entries, index=table.index, dtype=object)})


def source(company: Company, override: Override) -> tuple[Company, int]:
    """A new source of the series named; of those that its supplier delivers to already it is a new offer."""
    terms = override.value
    everywhere = override.model_copy(update={"supplier": ""})
    series = company.series[series_of(company, everywhere)].to_frame(index=False)
    if series.empty or not isinstance(terms, NewSource):
        raise nothing(override, "no item is named")
    usual = series["sku"].map(company.items["unit_cost"])
    lanes = series.assign(
        supplier=override.supplier,
        lead_time_weeks=terms.lead_time_weeks,
        unit_cost=usual * terms.cost_factor if terms.unit_cost is None else terms.unit_cost,
        lead_time_sd=terms.lead_time_sd,
        moq=terms.moq,
        pack_size=float(terms.pack_size),
        max_units=inf if terms.max_units is None else terms.max_units,
        line_cost=terms.line_cost,
        expedite_lead_time_weeks=np.nan,
        expedite_unit_cost=np.nan,
    )
    if "delays" in company.sourcing:
        lanes["delays"] = [()] * len(lanes)
    kept = company.sourcing[~pd.MultiIndex.from_frame(company.sourcing[LANE]).isin(lanes.set_index(LANE).index)]
    rows = pd.concat([kept, lanes[company.sourcing.columns]], ignore_index=True).sort_values(LANE, ignore_index=True)
    return replace(company, sourcing=rows, suppliers=_with_supplier(company, override.supplier)), len(lanes)


def _with_supplier(company: Company, name: str) -> pd.DataFrame:
    """The suppliers, and a new one with the defaults."""
    known = company.suppliers
    if name in known.index:
        return known
    plain = {one.name: one.default for one in SUPPLIERS.columns if one.default is not None}
    limits = dict.fromkeys(("capacity_units", "container_volume", "container_weight"), inf)
    row = pd.DataFrame([plain | limits], index=pd.Index([name], name=known.index.name)).reindex(columns=known.columns)
    kinds = {column: kind for column, kind in known.dtypes.items() if column in row}
    return pd.concat([known, row.astype(kinds)]).sort_index()
