"""All tables together: which are there, which names they share, what is left of them."""

from dataclasses import dataclass

import pandas as pd

from data.check import Checked, check_table, empty_table
from data.findings import Findings, RawTable
from data.merges import AMOUNTS, added_up, merged, sound_products, with_decided_names
from data.places import known_categories, known_floors, known_locations, known_suppliers
from data.policy import Policy
from data.products import Names
from data.references import known_items, known_like_sku, one_row_per_key
from data.rules import (
    sound_approved,
    sound_forecast,
    sound_items,
    sound_markdowns,
    sound_open_orders,
    sound_overrides,
    sound_periods,
    sound_price_breaks,
    sound_receipts,
    sound_sourcing,
    sound_transfers,
)
from data.sales_rows import told_apart
from data.schema import TABLES

NAME_ITEMS = ("items", "aliases", "products")
FOLLOW_ITEMS = [name for name, table in TABLES.items() if "sku" in table.names and name not in NAME_ITEMS]
NEEDED = ("items", "sourcing", "sales")
MOST_UNREAD = 0.5
MOST_NAMED = 10


@dataclass(frozen=True)
class Tables:
    """Every table of the contract by its name, checked; those that the input lacks are empty."""

    checked: dict[str, Checked]

    def __getitem__(self, name: str) -> Checked:
        return self.checked[name]

    def given(self, name: str) -> bool:
        """Whether the table holds any row."""
        return len(self.checked[name].frame) > 0

    def replaced(self, table: Checked) -> "Tables":
        """The tables with one of them replaced."""
        return Tables({**self.checked, table.table.name: table})


def check_tables(raws: dict[str, RawTable], policy: Policy, found: Findings) -> Tables:
    """Every check that needs no clock; blocking problems are left for the caller to raise."""
    _missing(raws, found)
    checked = {}
    for name in TABLES:
        table = check_table(raws[name], policy.input.date_order, found) if name in raws else None
        checked[name] = empty_table(name) if table is None else table
    _readable(checked, found)
    checked["sales"] = told_apart(checked["sales"], found)
    if len(checked["items"].frame):
        checked = _one_language(checked, found)
    checked = _sound(checked, policy, found)
    checked = known_categories(known_locations(checked, found), found)
    known_suppliers(checked, found)
    known_floors(checked, policy, found)
    checked = {name: one_row_per_key(table, found) for name, table in checked.items()}
    _enough_left(checked, found)
    return Tables(merged(checked, found))


def _missing(raws: dict[str, RawTable], found: Findings) -> None:
    reported = {problem.table for problem in found.problems if problem.severity == "block"}
    for name, table in TABLES.items():
        optional = not table.required or (name == "sales" and len(raws.get("forecast", ())) > 0)
        if name in raws and not len(raws[name]) and not raws[name].unread:
            _absent(name, "the table has no rows", optional, found)
        elif name not in raws and not optional and not reported & {name, "input", "workbook", "database"}:
            _absent(name, "the table is missing", optional, found)


def _absent(name: str, problem: str, optional: bool, found: Findings) -> None:
    if optional:
        found.add("info", name, problem, "None needed if there is nothing to tell.", "It counts as not given.")
    else:
        expected = ", ".join(column.name for column in TABLES[name].columns if column.required)
        remedy = f"Add the table {name} with the columns {expected}."
        found.add("block", name, problem, remedy, "The run stops.")


def _readable(checked: dict[str, Checked], found: Findings) -> None:
    """A needed table of which most rows cannot be read is not worth planning on."""
    for name in NEEDED:
        raw = checked[name].raw
        rows, kept = len(raw) + raw.unread, len(checked[name].frame)
        if rows and rows - kept > MOST_UNREAD * rows:
            problem = "more than half of the table's rows cannot be read"
            value = f"{rows - kept:,} of {rows:,} rows"
            found.add("block", name, problem, "Correct the cells named in this list.", "The run stops.", value=value)


def _one_language(checked: dict[str, Checked], found: Findings) -> dict[str, Checked]:
    """Every table speaks of the company's items, by their own names."""
    items = set(checked["items"].frame["sku"])
    nobody = Names(empty_table("aliases"), items)
    aliases, products = (known_items(checked[name], nobody, items, found) for name in ("aliases", "products"))
    decided, products = with_decided_names(aliases, sound_products(products, items, found), found)
    names = Names(decided, items)
    own = {"aliases": aliases, "products": products, "items": known_like_sku(checked["items"], names, found)}
    followed = {**checked, **own}
    for name in FOLLOW_ITEMS:
        table = known_items(names.translated(checked[name], "sku", found), names, items, found)
        followed[name] = _several_codes(table, found) if name in AMOUNTS else table
    return followed


def _several_codes(table: Checked, found: Findings) -> Checked:
    """The table with the rows in which one system calls one item by several codes added up; says how many."""
    together = added_up(table, _as_written(table))
    fewer = len(table.frame) - len(together.frame)
    if fewer:
        problem, effect = "one item is named by several codes", "Their units were added up."
        value = f"{fewer:,} rows"
        found.add("info", table.table.name, problem, "None needed.", effect, field="sku", value=value)
    return together


def _as_written(table: Checked) -> pd.Series:
    """What the file called each row's item."""
    if "sku" not in table.raw.text.columns:
        return table.frame["sku"].astype(object)
    written: pd.Series = table.raw.text["sku"].reindex(table.frame.index).astype(object)
    return written


def _sound(checked: dict[str, Checked], policy: Policy, found: Findings) -> dict[str, Checked]:
    sourcing = sound_sourcing(checked["sourcing"], policy, found)
    items = sound_items(checked["items"], found)
    return {
        **checked,
        "items": items,
        "markdowns": sound_markdowns(checked["markdowns"], items, found),
        "transfers": sound_transfers(checked["transfers"], found),
        "sourcing": sourcing,
        "price_breaks": sound_price_breaks(checked["price_breaks"], sourcing, found),
        "promotions": sound_periods(checked["promotions"], found),
        "budgets": sound_periods(checked["budgets"], found),
        "receipts": sound_receipts(checked["receipts"], found),
        "open_orders": sound_open_orders(checked["open_orders"], found),
        "forecast": sound_forecast(checked["forecast"], found),
        "approved": sound_approved(checked["approved"], sourcing, found),
        "overrides": sound_overrides(sound_periods(checked["overrides"], found), found),
    }


def _enough_left(checked: dict[str, Checked], found: Findings) -> None:
    """Items and sources must be left, and sales unless the forecast names every item."""
    for name in ("items", "sourcing"):
        if len(checked[name].raw) and not len(checked[name].frame):
            problem = "no row of the table can be used"
            found.add("block", name, problem, "Correct the rows named in this list.", "The run stops.")
    if len(checked["sales"].frame) or found.blocked:
        return
    planned = set(checked["sourcing"].frame["sku"]) | set(checked["stock"].frame["sku"])
    unnamed = sorted(planned - set(checked["forecast"].frame["sku"]))
    if unnamed:
        problem = "there are no sales, and the forecast does not name every item"
        value = ", ".join(unnamed[:MOST_NAMED]) + (" ..." if len(unnamed) > MOST_NAMED else "")
        remedy = "Add sales, or these items to forecast."
        found.add("block", "sales", problem, remedy, "The run stops.", value=value)
    else:
        problem = "there are no sales; the forecast table names every item"
        found.add("info", "sales", problem, "None needed.", "Only that forecast is used.")
