"""Why a scenario changes an order line: what it changed of the line's own product, terms and supplier.

A line of which nothing changed follows what it shares with others: an order, a capacity, a budget.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from forecast.lifted import lifted_weeks
from scenarios.apply import Changed
from scenarios.patch_demand import stretched
from scenarios.run import Run
from scenarios.segment import promoted

KEY = ["sku", "location"]
LEAST = 0.005
"""Share of a product's demand below which a change is not told."""
ITEM = {
    "price": "price",
    "holding_cost": "holding cost",
    "shortage_cost": "loss per lost sale",
    "salvage_value": "salvage value",
    "service_floor": "service floor",
}
LANE = {
    "lead_time_weeks": "weeks to deliver",
    "lead_time_sd": "spread of the lead time",
    "unit_cost": "cost",
    "expedite_unit_cost": "cost by express",
    "expedite_lead_time_weeks": "weeks by express",
    "moq": "minimum",
    "pack_size": "pack",
    "max_units": "maximum",
    "line_cost": "cost of a line",
}
SUPPLIER = {
    "order_cost": "cost of an order",
    "min_order_value": "least order value",
    "order_every_weeks": "weeks between orders",
    "capacity_units": "capacity",
    "payment_days": "days to pay",
    "container_cost": "cost of a container",
}
SHARED = "Nothing of its own changes: it follows what it shares with others, such as an order, a capacity or a budget."
Told = Iterable[tuple[tuple[str, str], str]]
"""Of series (sku, location), what changed of them."""


def with_causes(base: Run, patched: Changed, changes: pd.DataFrame) -> pd.DataFrame:
    """A scenario's changed order lines (``CHANGES_COLUMNS``); each ``why`` begins with what it changed for the line."""
    if changes.empty:
        return changes
    causes, rest = _causes(base, patched), _shared(base.company, patched.company)
    places = zip(changes["sku"], changes["location"], changes["why"], strict=True)
    return changes.assign(why=[f"{causes.get((sku, location), rest)} {why}" for sku, location, why in places])


def _shared(before: Company, now: Company) -> str:
    """What changed for all."""
    if not before.budgets.equals(now.budgets):
        return "Here: a budget changes."
    return SHARED if before.policy.service == now.policy.service else "Here: a service floor changes."


def _causes(base: Run, patched: Changed) -> dict[tuple[str, str], str]:
    """What changed of each series, in one sentence; only of those of which something did."""
    before, now = base.company, patched.company
    words: dict[tuple[str, str], list[str]] = {}
    for part in (_demand(base, patched), _promotions(before, patched), _terms(before, now), _coming(before, now)):
        for place, told in part:
            words.setdefault(place, []).append(told)
    return {place: f"Here: {'; '.join(dict.fromkeys(parts))}." for place, parts in words.items()}


def _demand(base: Run, patched: Changed) -> Told:
    """Demand over the horizon, what promotions that are forecast anew do to it aside."""
    paths = base.forecast.paths
    mean: Floats = paths.values.mean(axis=0)[None]
    usual = mean.sum(axis=(0, 2))
    for override in patched.demand:
        if override.field != "uplift":
            mean = stretched(patched.company, override, mean)
    wanted = mean.sum(axis=(0, 2))
    for row in np.flatnonzero(np.abs(wanted - usual) > LEAST * np.maximum(usual, wanted)):
        sku, location = paths.series[int(row)]
        told = f"demand {wanted[row]:,.0f} units in {mean.shape[2]} weeks instead of {usual[row]:,.0f}"
        yield (str(sku), str(location)), told


def _promotions(before: Company, patched: Changed) -> Told:
    """Promotions that are moved, cancelled, or sell otherwise."""
    company = patched.company
    touched = np.zeros(len(before.series), dtype=bool)
    for override in patched.demand:
        if override.field == "uplift":
            touched |= promoted(company, override).any(axis=1)
    if patched.anew:
        other = pd.concat([before.promotions, company.promotions]).drop_duplicates(keep=False)
        weeks = weeks_from(before.as_of, before.policy.horizon.weeks)
        touched |= lifted_weeks(replace(company, promotions=other), weeks).touched.any(axis=1)
    for sku, location in before.series[touched]:
        yield (sku, location), "a promotion of it changes"


def _terms(before: Company, now: Company) -> Told:
    """What an item, its sources and their suppliers cost and ask for; what follows from a cost is not told again."""
    items, dearer = (_differences(before.items, now.items, names) for names in (ITEM, {"unit_cost": "cost"}))
    sellers = _differences(before.suppliers, now.suppliers, SUPPLIER)
    lane = [*KEY, "supplier"]
    sources = _differences(before.sourcing.set_index(lane), now.sourcing.set_index(lane), LANE)
    late = now.sourcing.set_index(lane).get("delays", pd.Series(dtype=object))
    closed = now.suppliers.get("closed", pd.Series(dtype=object))
    for source in now.sourcing[lane].itertuples(index=False):
        sku, location, supplier = map(str, source)
        told = [*sources.get((sku, location, supplier), []), *sellers.get(supplier, [])]
        told += ["new orders come later"] if len(late) and late[sku, location, supplier] else []
        told += ["takes no orders for some weeks"] if len(closed) and closed[supplier] else []
        for words in told:
            yield (sku, location), f"{words} ({supplier})"
        for words in [] if sku in dearer else items.get(sku, []):
            yield (sku, location), words


def _coming(before: Company, now: Company) -> Told:
    """What is on the shelf, and on order later or sooner."""
    stock = _differences(before.stock, now.stock, {"on_hand": "stock"})
    for (sku, location), told in stock.items():
        yield from (((sku, location), words) for words in told)
    moved = before.open_orders["week"].ne(now.open_orders["week"])
    late = before.open_orders[moved].groupby(KEY)["units"].sum().reset_index()
    for sku, location, units in late.to_numpy():
        yield (sku, location), f"{units:,.0f} units on order come at another time"


def _differences(before: pd.DataFrame, now: pd.DataFrame, names: dict[str, str]) -> dict[Any, list[str]]:
    """By row: the figures that differ; of a row that is new: that it is."""
    told: dict[Any, list[str]] = {row: ["delivers it too"] for row in now.index.difference(before.index)}
    rows = now.index.intersection(before.index)
    for name, words in names.items():
        usual, other = (table.loc[rows, name].astype(float) for table in (before, now))
        apart = ~np.isclose(usual, other, rtol=1e-9, equal_nan=True)
        for row in rows[apart]:
            told.setdefault(row, []).append(f"{words} {_figure(other[row])} instead of {_figure(usual[row])}")
    return told


def _figure(value: float) -> str:
    if not np.isfinite(value):
        return "none"
    return f"{value:,.4f}".rstrip("0").rstrip(".")
