"""Scenarios of money: prices, costs of goods, duty, exchange rate, freight and the carrying rate.

An item's margin and holding cost follow its price and cost: they move by as much as the part of them that the price,
the cost or the carrying rate makes, whatever else is in them.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from data.company import Company
from data.fill import WEEKS_A_YEAR
from forecast.candidates import Bools
from scenarios.patch import Override
from scenarios.segment import nothing, offered, rows_of

EXPRESS = "expedite_unit_cost"
Patched = tuple[Company, int]


def price(company: Company, override: Override) -> Patched:
    """Selling prices, those that the drivers tell of weeks to come too; the loss per lost sale follows, demand not."""
    named = rows_of(company, override, company.items)
    if not named.any():
        raise nothing(override, "no item is named")
    items = company.items
    prices = items["price"].mask(named, override.changed(items["price"]))
    shortage = (items["shortage_cost"] + (prices - items["price"])).clip(lower=0.0)
    drivers = _told_prices(company, items.index[named], override)
    changed = replace(company, items=items.assign(price=prices, shortage_cost=shortage), drivers=drivers)
    return changed, int(named.sum())


def _told_prices(company: Company, skus: pd.Index, override: Override) -> pd.DataFrame:
    drivers = company.drivers
    if "price" not in drivers:
        return drivers
    coming = drivers["sku"].isin(skus) & pd.to_datetime(drivers["date"]).ge(company.as_of)
    return drivers.assign(price=drivers["price"].mask(coming, override.changed(drivers["price"])))


def unit_cost(company: Company, override: Override) -> Patched:
    """What units cost to buy, by express too."""
    return _costs(company, override, override)


def duty(company: Company, override: Override) -> Patched:
    """A duty on the cost of goods."""
    return _costs(company, override, _times(override, 1.0 + override.number))


def exchange_rate(company: Company, override: Override) -> Patched:
    """The cost of goods in the company's currency, of which 1 is today's."""
    return _costs(company, override, _times(override, override.number + (override.operation == "add")))


def freight(company: Company, override: Override) -> Patched:
    """Containers, what express adds to the cost of goods, and moving goods between locations."""
    sellers = rows_of(company, override, company.suppliers) & (company.suppliers["container_cost"] > 0).to_numpy()
    suppliers = _column(company.suppliers, "container_cost", sellers, override)
    sourcing = company.sourcing
    surcharge = (sourcing[EXPRESS] - sourcing["unit_cost"]).to_numpy(dtype=float)
    rushed = rows_of(company, override, sourcing) & (surcharge > 0)
    express = sourcing["unit_cost"] + override.changed(surcharge)
    moved = company.transfers["unit_cost"].astype(float).gt(0).to_numpy() & (not override.supplier)
    changed = int(sellers.sum() + rushed.sum() + moved.sum())
    if not changed:
        raise nothing(override, "there are no containers, no express and no transfers that cost anything")
    found = replace(
        company,
        suppliers=suppliers,
        sourcing=sourcing.assign(**{EXPRESS: sourcing[EXPRESS].mask(rushed, express)}),
        transfers=_column(company.transfers, "unit_cost", moved, override),
    )
    return found, changed


def carrying_rate(company: Company, override: Override) -> Patched:
    """The cost of money in stock: of every item by as much as its goods cost, and what paying later is worth."""
    money = company.policy.money
    rate = float(override.changed(np.float64(money.carrying_rate)))
    policy = company.policy.model_copy(update={"money": money.model_copy(update={"carrying_rate": rate})})
    items = company.items
    holding = items["holding_cost"] + (rate - money.carrying_rate) * items["unit_cost"] / WEEKS_A_YEAR
    return replace(company, policy=policy, items=items.assign(holding_cost=holding.clip(lower=0.0))), len(items)


def _times(override: Override, factor: float) -> Override:
    return override.model_copy(update={"operation": "multiply", "value": factor})


def _costs(company: Company, override: Override, change: Override) -> Patched:
    """Costs of goods: of the sources named, their price breaks, and of the items all of whose sources are."""
    sourcing = company.sourcing
    named = rows_of(company, override, sourcing)
    whole = _items_of(company, override, named)
    if not named.any() and not whole.any():
        raise nothing(override, "the input has no such source", offered(company, override))
    sources = _column(sourcing, "unit_cost", named, change)
    factor = np.where(sourcing["unit_cost"] > 0, sources["unit_cost"] / sourcing["unit_cost"].where(lambda c: c > 0), 1)
    sources[EXPRESS] = sourcing[EXPRESS].mask(named, sourcing[EXPRESS] * factor)
    found = replace(
        company,
        sourcing=sources,
        price_breaks=_column(company.price_breaks, "unit_cost", _breaks_of(company, named), change),
        items=_item_costs(company, whole, change),
    )
    return found, int(named.sum() + whole.sum())


def _items_of(company: Company, override: Override, named: Bools) -> Bools:
    """(items,): those whose own cost changes too: all their sources are named, or none delivers them."""
    items = rows_of(company, override, company.items)
    if not override.supplier and not override.location:
        return items
    every = pd.Series(named).groupby(company.sourcing["sku"]).all().reindex(company.items.index)
    return np.asarray(items & every.eq(True).to_numpy())


def _breaks_of(company: Company, named: Bools) -> Bools:
    pairs = pd.MultiIndex.from_frame(company.sourcing.loc[named, ["sku", "supplier"]])
    return np.asarray(pd.MultiIndex.from_frame(company.price_breaks[["sku", "supplier"]]).isin(pairs))


def _item_costs(company: Company, whole: Bools, change: Override) -> pd.DataFrame:
    items, rate = company.items, company.policy.money.carrying_rate
    cost = items["unit_cost"].mask(whole, change.changed(items["unit_cost"]))
    more = cost - items["unit_cost"]
    salvaged_at_cost = items["salvage_value"] == items["unit_cost"]
    return items.assign(
        unit_cost=cost,
        holding_cost=(items["holding_cost"] + rate * more / WEEKS_A_YEAR).clip(lower=0.0),
        shortage_cost=(items["shortage_cost"] - more).clip(lower=0.0),
        salvage_value=items["salvage_value"].mask(salvaged_at_cost, cost),
    )


def _column(table: pd.DataFrame, name: str, named: Bools, override: Override) -> pd.DataFrame:
    """The table, with one column changed in the rows named."""
    before = table[name].astype(float)
    return table.assign(**{name: before.mask(named, override.changed(before))})
