"""What the run before believed about this Monday: its company carried forward, and the company with parts of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from forecast.paths import DemandPaths
from scenarios.run import Run

KEY = ["sku", "location"]
LANE = [*KEY, "supplier"]
COSTS = ["unit_cost", "price", "holding_cost", "shortage_cost", "salvage_value"]
LANE_COSTS = ["unit_cost", "line_cost", "expedite_unit_cost"]
CHARGES = ["order_cost", "payment_days", "container_cost"]
TERMS = [
    *("min_order_value", "order_every_weeks", "first_order", "capacity_units", "container_volume", "container_weight"),
]
DATES = ["order_date", "arrival_date", "week"]


@dataclass(frozen=True)
class Made:
    """What a run decided on, and on what.

    ``mean``: expected demand (sku, location, week, mean); ``expected``: the projection (sku, location, week,
    stock_mean); ``orders``: every order line, as orders.csv has them.
    """

    company: Company
    mean: pd.DataFrame
    expected: pd.DataFrame
    orders: pd.DataFrame


def made(run: Run) -> Made:
    """A run that is at hand."""
    return Made(run.company, run.forecast.paths.table(), run.plan.projection, run.plan.orders)


def read_made(folder: Path, company: Company) -> Made:
    """A run from its files in ``folder``; ``company``: what it was made from. Raises OSError if a file is missing."""
    names = ("forecast.csv", "projection.csv", "orders.csv")
    tables = [pd.read_csv(folder / name, dtype=dict.fromkeys(LANE, str), keep_default_na=False) for name in names]
    for table in tables:
        for name in set(DATES) & set(table.columns):
            table[name] = pd.to_datetime(table[name])
    return Made(company, *tables)


def carried_to(before: Made, now: Company) -> Company:
    """The company of the run before on this Monday, if all had gone as it planned: stock as it was projected, its
    orders placed and on their way, on the series of ``now`` (new ones as they are now)."""
    company = before.company
    if company.as_of == now.as_of:
        stock = company.stock["on_hand"]
        coming = company.open_orders
    else:
        eve = before.expected[before.expected["week"].eq(now.as_of - WEEK)]
        stock = eve.set_index(KEY)["stock_mean"].round()
        coming = pd.concat([company.open_orders, _placed(before, now.as_of)], ignore_index=True)
        coming = coming[coming["week"] >= now.as_of]
    held = stock.reindex(now.series).astype(float)
    here = pd.MultiIndex.from_frame(coming[KEY]).isin(now.series)
    return replace(
        company,
        as_of=now.as_of,
        stock=pd.DataFrame({"on_hand": held.fillna(now.stock["on_hand"])}, index=now.series),
        history=now.history,
        open_orders=coming[here].sort_values(["week", "po", *KEY]).reset_index(drop=True),
        disputes=company.disputes if company.as_of == now.as_of else company.disputes.iloc[:0],
        stock_picture=now.stock_picture.iloc[:0],
    )


def _placed(before: Made, monday: pd.Timestamp) -> pd.DataFrame:
    """The orders that were to be placed before this Monday, as open orders."""
    lines = before.orders[before.orders["order_date"] < monday]
    table = pd.DataFrame(
        {
            "po": "planned-" + lines["order_date"].dt.strftime("%Y-%m-%d") + "-" + lines["supplier"],
            **{name: lines[name] for name in LANE},
            "units": lines["units"].astype(float),
            "due": lines["arrival_date"],
            "ordered_on": lines["order_date"],
            "week": lines["arrival_date"],
        }
    )
    columns = before.company.open_orders.columns
    return table.reindex(columns=columns).astype(before.company.open_orders.dtypes.to_dict())


def demand_before(before: Made, paths: DemandPaths) -> Floats:
    """Today's paths (S, N, H) at the means that the run before expected; where it expected nothing, as they are."""
    told = before.mean.set_index([*KEY, "week"])["mean"]
    names = [np.repeat(paths.series.get_level_values(name), len(paths.weeks)) for name in KEY]
    index = pd.MultiIndex.from_arrays([*names, np.tile(paths.weeks, len(paths.series))])
    then = told.reindex(index).to_numpy(dtype=float).reshape(len(paths.series), len(paths.weeks))
    today = paths.mean()
    then = np.where(np.isfinite(then), then, today)
    scale = then / np.where(today > 0, today, 1.0)
    scaled: Floats = np.where(today > 0, paths.values * scale, then)
    return scaled


def _policy(base: Company, source: Company) -> Company:
    """Policy, budgets, what may be moved or cleared, what was approved; the horizon and the search stay."""
    kept = {name: getattr(base.policy, name) for name in ("horizon", "forecast", "solver")}
    return replace(
        base,
        policy=source.policy.model_copy(update=kept),
        budgets=source.budgets,
        transfers=source.transfers,
        markdowns=source.markdowns,
        approved=source.approved,
        items=_columns(base.items, source.items, ["service_floor"]),
    )


def _cost(base: Company, source: Company) -> Company:
    lanes, theirs = base.sourcing.set_index(LANE), source.sourcing.set_index(LANE)
    return replace(
        base,
        items=_columns(base.items, source.items, COSTS),
        suppliers=_columns(base.suppliers, source.suppliers, CHARGES),
        sourcing=_columns(lanes, theirs, LANE_COSTS).reset_index()[base.sourcing.columns.tolist()],
        price_breaks=source.price_breaks,
    )


def _lead_time(base: Company, source: Company) -> Company:
    """Lead times, lots, order days and capacities, and the receipts that tell how late suppliers are."""
    theirs = source.sourcing[pd.MultiIndex.from_frame(source.sourcing[KEY]).isin(base.series)]
    known = pd.MultiIndex.from_frame(theirs[KEY])
    rest = base.sourcing[~pd.MultiIndex.from_frame(base.sourcing[KEY]).isin(known)]
    lanes = pd.concat([theirs, rest]).set_index(LANE).sort_index()
    lanes = _columns(lanes, base.sourcing.set_index(LANE), LANE_COSTS)
    listed = base.suppliers.index.union(lanes.index.get_level_values("supplier"))
    everybody = pd.concat([base.suppliers, source.suppliers])
    suppliers = everybody[~everybody.index.duplicated()].reindex(listed).rename_axis("supplier")
    return replace(
        base,
        sourcing=lanes.reset_index()[base.sourcing.columns.tolist()],
        suppliers=_columns(suppliers, source.suppliers, TERMS),
        receipts=source.receipts,
    )


def _stock(base: Company, source: Company) -> Company:
    return replace(base, stock=source.stock, open_orders=source.open_orders, disputes=source.disputes)


def _life(base: Company, source: Company) -> Company:
    """Seasons and ends of life, which go with the demand."""
    return replace(base, items=_columns(base.items, source.items, ["season_start", "season_end", "end_of_life"]))


def _columns(table: pd.DataFrame, source: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The table with some columns as in ``source`` in the rows that it has."""
    both = table.index.isin(source.index)
    changed = table.copy()
    for name in [name for name in names if name in table and name in source]:
        changed[name] = table[name].where(~both, source[name].reindex(table.index)).astype(table[name].dtype)
    return changed


SWAPS: dict[str, Callable[[Company, Company], Company]] = {
    "policy": _policy,
    "cost": _cost,
    "lead_time": _lead_time,
    "stock": _stock,
    "demand": _life,
}
"""The groups of inputs, in the order in which they are swapped."""


def same(one: Company, other: Company) -> bool:
    """Whether two companies plan alike, given the same demand."""
    if one.policy != other.policy:
        return False
    tables = ("items", "suppliers", "sourcing", "price_breaks", "stock", "open_orders", "budgets", "transfers")
    more = ("markdowns", "approved", "disputes", "receipts")
    return all(getattr(one, name).equals(getattr(other, name)) for name in (*tables, *more))
