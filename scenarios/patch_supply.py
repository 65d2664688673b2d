"""Scenarios of supply: a supplier that is late or gone, and a new source."""

from dataclasses import replace
from math import ceil, inf

import numpy as np
import pandas as pd

from data.calendar import WEEK, monday_on_or_after
from data.company import Company
from data.schema import SUPPLIERS
from scenarios.patch import NewSource, Override
from scenarios.patch_table import column
from scenarios.segment import nothing, period, rows_of, series_of

LANE = ["sku", "location", "supplier"]


def late_days(company: Company, override: Override) -> tuple[Company, int]:
    """Open orders due in the override's days come so many days later; new ones by as many weeks, rounded up.

    What is ordered anew is late throughout where no days are given, and keeps its lead time where they are: the trouble
    is then with what is on its way.
    """
    orders = company.open_orders
    first, last = period(company, override)
    due = pd.to_datetime(orders["due"])
    late = rows_of(company, override, orders) & (due >= first).to_numpy() & (due <= last).to_numpy()
    if not (override.first or override.last):
        late = rows_of(company, override, orders)
    changed = due.mask(late, due + pd.Timedelta(days=1) * override.number)
    sellable, soonest = monday_on_or_after(changed), company.as_of + WEEK
    week = orders["week"].mask(late, sellable.where(sellable > soonest, soonest))
    found, lanes = replace(company, open_orders=orders.assign(due=changed, week=week)), 0
    if not (override.first or override.last):
        weeks = {"field": "lead_time_weeks", "operation": "add", "value": float(ceil(override.number / 7))}
        found, lanes = column(found, override.model_copy(update=weeks))
    if not late.any() and not lanes:
        raise nothing(override, "nothing that is on order is due then")
    return found, int(late.sum()) + lanes


def supplier(company: Company, override: Override) -> tuple[Company, int]:
    """A supplier that takes no orders for some weeks."""
    named = rows_of(company, override, company.suppliers)
    if not named.any():
        raise nothing(override, "no supplier is named")
    closed = company.suppliers["closed"].tolist() if "closed" in company.suppliers else [()] * len(named)
    days = [(*own, period(company, override)) if one else own for own, one in zip(closed, named, strict=True)]
    table = company.suppliers.assign(closed=pd.Series(days, index=company.suppliers.index, dtype=object))
    return replace(company, suppliers=table), int(named.sum())


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
