"""Checked tables become the company: every default filled in, every table on the company's series."""

import numpy as np
import pandas as pd

from data.calendar import WEEK, monday_on_or_after
from data.check import Checked
from data.company import APPROVED_COLUMNS, Company
from data.findings import Findings
from data.history import weekly_panel
from data.places import all_locations, without_source
from data.policy import Policy
from data.reconcile import trusted_stock
from data.returns import at_their_sales
from data.sales_rows import known_then
from data.schema import ITEMS, SUPPLIERS
from data.series import PAIR, series_of
from data.tables import Tables

WEEKS_A_YEAR = 52


def fill_company(tables: Tables, policy: Policy, as_of: pd.Timestamp, digest: str, found: Findings) -> Company:
    """The company as of a Monday, from checked tables."""
    tables = tables.replaced(known_then(tables["sales"], as_of, found))
    series = series_of(tables)
    items = _items(tables["items"], policy)
    sourcing = _sourcing(tables, series, items)
    without_source(series, items, sourcing, found)
    sales = at_their_sales(tables["sales"].frame, found)
    history = weekly_panel(sales, series, as_of, found)
    receipts = _receipts(tables["receipts"], as_of)
    stock = trusted_stock(tables["stock"], history, receipts, items["unit_cost"], as_of, policy, found)
    return Company(
        as_of=as_of,
        policy=policy,
        history=history,
        items=items,
        locations=_indexed(tables["locations"], "location").reindex(all_locations(tables.checked)).fillna(""),
        suppliers=_suppliers(tables["suppliers"], sourcing),
        sourcing=sourcing,
        price_breaks=_plain(tables["price_breaks"]),
        stock=stock.sellable,
        stock_picture=stock.picture,
        stock_claims=stock.claims,
        open_orders=_open_orders(tables, as_of, found),
        receipts=receipts,
        promotions=_plain(tables["promotions"]),
        drivers=_plain(tables["drivers"]),
        budgets=_plain(tables["budgets"]),
        forecast=_forecast(tables),
        input_digest=digest,
        overrides=_overrides(tables),
        approved=_plain(tables["approved"])[[*APPROVED_COLUMNS, "held"]],
        markdowns=_limited(tables["markdowns"]),
        transfers=_limited(tables["transfers"]),
    )


def _plain(table: Checked) -> pd.DataFrame:
    """The table with text as plain strings, rows numbered anew."""
    frame = table.frame.reset_index(drop=True)
    return frame.astype({name: object for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)})


def _limited(table: Checked) -> pd.DataFrame:
    """The table, as plain text and numbers, without a limit where it names none."""
    frame = _plain(table)
    frame["most_units"] = frame["most_units"].astype(float).fillna(np.inf)
    return frame


def _indexed(table: Checked, name: str) -> pd.DataFrame:
    return _plain(table).set_index(name).sort_index()


def _items(table: Checked, policy: Policy) -> pd.DataFrame:
    items = _indexed(table, "sku")
    holding = items["unit_cost"] * policy.money.carrying_rate / WEEKS_A_YEAR
    items["holding_cost"] = items["holding_cost"].fillna(holding)
    items["shortage_cost"] = items["shortage_cost"].fillna((items["price"] - items["unit_cost"]).clip(lower=0.0))
    items["salvage_value"] = items["salvage_value"].fillna(items["unit_cost"])
    items["season_end"] = items[["season_end", "end_of_life"]].min(axis=1)
    declared = {column.name for column in ITEMS.columns}
    for name in items.columns.difference(list(declared)):
        items[name] = _attribute(items[name])
    return items


def _attribute(words: pd.Series) -> pd.Series:
    """Numbers where every word is a number; codes with leading zeros stay text."""
    numbers = pd.to_numeric(words.where(words != ""), errors="coerce")
    coded = words.str.fullmatch(r"0[0-9]+").any()
    return words if coded or numbers.notna().sum() != (words != "").sum() or numbers.isna().all() else numbers


def _suppliers(table: Checked, sourcing: pd.DataFrame) -> pd.DataFrame:
    """Listed suppliers and those that sourcing names, the latter with the defaults."""
    listed = _indexed(table, "supplier")
    suppliers = listed.reindex(listed.index.union(pd.Index(sourcing["supplier"].unique(), name="supplier")))
    for column in SUPPLIERS.columns:
        if column.default is not None:
            suppliers[column.name] = suppliers[column.name].fillna(column.default)
    limits = ["capacity_units", "container_volume", "container_weight"]
    suppliers[limits] = suppliers[limits].fillna(np.inf)
    return suppliers.astype({"order_every_weeks": int})


def _sourcing(tables: Tables, series: pd.MultiIndex, items: pd.DataFrame) -> pd.DataFrame:
    """One row per series and supplier; a row for one location goes before a row for all."""
    rows = _plain(tables["sourcing"])
    pairs = series.to_frame(index=False)
    named = rows[rows["location"] != ""]
    spread = rows[rows["location"] == ""].drop(columns="location").merge(pairs, on="sku")
    lanes = pd.concat([named, spread], ignore_index=True).drop_duplicates([*PAIR, "supplier"])
    lanes["unit_cost"] = lanes["unit_cost"].fillna(lanes["sku"].map(items["unit_cost"]))
    lanes["max_units"] = lanes["max_units"].fillna(np.inf)
    lanes["lead_time_weeks"] = lanes["lead_time_weeks"].astype(int)
    columns = [*PAIR, "supplier", *rows.columns.difference([*PAIR, "supplier"], sort=False)]
    return lanes.sort_values([*PAIR, "supplier"])[columns].reset_index(drop=True)


def _open_orders(tables: Tables, as_of: pd.Timestamp, found: Findings) -> pd.DataFrame:
    """Orders still to come, with the Monday from which they can be sold; overdue ones: a week from now."""
    table = tables["open_orders"]
    late = table.frame.index[table.frame["due"] < as_of]
    problem = "the order is overdue"
    remedy = "Ask the supplier for a new date and write it into due."
    effect = f"Unless past receipts tell otherwise, it is expected on {as_of + WEEK:%Y-%m-%d}."
    found.rows("warn", table.raw, late, "due", problem, remedy, effect)
    frame = table.frame
    week = monday_on_or_after(frame["due"]).where(frame["due"] >= as_of, as_of + WEEK)
    plain = _plain(table.with_column("week", week))
    return plain.sort_values(["week", "po", *PAIR]).reset_index(drop=True)


def _receipts(table: Checked, as_of: pd.Timestamp) -> pd.DataFrame:
    receipts = _plain(table)
    return receipts[receipts["received_on"] < as_of].reset_index(drop=True)


def _overrides(tables: Tables) -> pd.DataFrame:
    """The overrides, each with its line in the file."""
    frame = tables["overrides"].frame
    return _plain(tables["overrides"]).assign(row=frame.index.to_numpy(dtype=int))


def _forecast(tables: Tables) -> pd.DataFrame:
    """The forecast from elsewhere by series and Monday."""
    return _plain(tables["forecast"]).sort_values([*PAIR, "week"]).reset_index(drop=True)
