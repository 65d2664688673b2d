"""Locations, suppliers and categories that tables name must be ones that the company has."""

import pandas as pd

from data.check import Checked, leave_out, warn
from data.findings import Findings
from data.policy import Policy
from data.words import has_word, reworded

SELLS_OR_HOLDS = ("sales", "stock", "sourcing")
FOLLOWS = ("open_orders", "approved", "forecast", "promotions", "drivers", "overrides", "markdowns")
BETWEEN = ("from_location", "to_location")
SPEAKS_OF_CATEGORIES = ("promotions", "overrides", "markdowns")
ONE_PLACE = ("open_orders", "approved", "forecast")

Found = dict[str, Checked]


def known_locations(checked: Found, found: Findings) -> Found:
    """Tables whose locations sell, hold or receive stock, with the blank ones of orders and forecasts filled in.

    Sales, stock and sourcing may use locations that the locations table lacks: it only adds attributes.
    """
    _report_unlisted(checked, found)
    known = all_locations(checked)
    only = known[0] if len(known) == 1 else "main"
    followed = dict(checked)
    for name in FOLLOWS:
        table = checked[name]
        if name in ONE_PLACE:
            place = table.frame["location"]
            words = place.cat.categories.to_numpy(dtype=object)
            table = table.with_column("location", reworded(place, [word or only for word in words]))
        unknown = ~has_word(table.frame["location"], {"", *known})
        remedy = f"Write one of {', '.join(known[:10])}."
        followed[name] = leave_out(table, unknown, "location", "the location is not known", remedy, found)
    for column in BETWEEN:
        routes = followed["transfers"]
        unknown = ~has_word(routes.frame[column], set(known))
        remedy = f"Write one of {', '.join(known[:10])}."
        followed["transfers"] = leave_out(routes, unknown, column, "the location is not known", remedy, found)
    return followed


def all_locations(checked: Found) -> list[str]:
    """Every location that is listed, sells, holds or receives stock, sorted; main if there is none."""
    named: set[str] = set()
    for name in ("locations", *SELLS_OR_HOLDS):
        named |= set(checked[name].frame["location"].unique())
    return sorted(named - {""}) or ["main"]


def _report_unlisted(checked: Found, found: Findings) -> None:
    listed = set(checked["locations"].frame["location"])
    if not listed:
        return
    for name in SELLS_OR_HOLDS:
        for place in sorted(set(checked[name].frame["location"].unique()) - listed - {""}):
            problem = "the location is not in locations"
            remedy = "Add it to locations, or correct the name."
            found.add("warn", name, problem, remedy, "It counts all the same.", field="location", value=place)


def known_suppliers(checked: Found, found: Findings) -> None:
    """Says which suppliers have only the defaults, and which budgets limit nobody."""
    listed, used = set(checked["suppliers"].frame["supplier"]), set(checked["sourcing"].frame["supplier"])
    for supplier in sorted(used - listed) if listed else []:
        problem = "the supplier is not in suppliers"
        effect = "It has the defaults: no order cost, no minimum, no limit, orders every week."
        remedy = "Add it to suppliers."
        found.add("warn", "sourcing", problem, remedy, effect, field="supplier", value=supplier)
    budgets = checked["budgets"]
    nobody = ~has_word(budgets.frame["supplier"], {"", *listed, *used})
    remedy = "Correct the name, or leave it blank for all."
    effect = "The budget limits nothing."
    warn(budgets, nobody, "supplier", "no item comes from this supplier", remedy, effect, found)


def known_categories(checked: Found, found: Findings) -> Found:
    """Promotions, overrides and markdowns of categories that items have; budgets of other categories are reported."""
    known = {"", *checked["items"].frame["category"].unique()}
    problem, remedy = "no item is in this category", "Correct the name, or leave it blank for all."
    budgets = checked["budgets"]
    nothing = ~has_word(budgets.frame["category"], known)
    warn(budgets, nothing, "category", problem, remedy, "The budget limits nothing.", found)
    followed = dict(checked)
    for name in SPEAKS_OF_CATEGORIES:
        unknown = ~has_word(checked[name].frame["category"], known)
        followed[name] = leave_out(checked[name], unknown, "category", problem, remedy, found)
    return followed


def known_floors(checked: Found, policy: Policy, found: Findings) -> None:
    """Says which categories have a service floor but no item."""
    known = set(checked["items"].frame["category"].unique())
    for category in sorted(set(policy.service.categories) - known):
        problem, remedy = "no item is in this category", "Correct the name under [service] categories."
        effect = "The floor holds for nothing."
        found.add("warn", "restock.toml", problem, remedy, effect, field="service.categories", value=category)


def without_source(series: pd.MultiIndex, items: pd.DataFrame, lanes: pd.DataFrame, found: Findings) -> None:
    """Says which series cannot be ordered from anywhere, and which items take no part at all."""
    reached = set(zip(lanes["sku"], lanes["location"], strict=True))
    problem = "no supplier delivers the item there"
    remedy = "Add a row to sourcing, or drop the item if it is not sold any more."
    effect = "It is forecast, but no order is proposed."
    for sku, location in series:
        if (sku, location) not in reached:
            found.add("warn", "sourcing", problem, remedy, effect, sku=sku, field="sku", value=location)
    problem = "the item is neither sold, stocked nor bought"
    for sku in items.index.difference(series.get_level_values("sku")):
        found.add(
            "info", "items", problem, "None needed.", "It is not planned.", sku=str(sku), field="sku", value=str(sku)
        )
