"""The report's charts as plain numbers: the page draws them, and says them in words for who cannot see them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.company import Floats
from forecast.demand_table import estimated
from restock.report_tables import product_name, risk_table
from restock.wording import Money, near_day, number, share
from scenarios.run import Run

SHOWN_PRODUCTS = 12
SHOWN_HISTORY = 52
BAND = (0.05, 0.25, 0.75, 0.95)


@dataclass(frozen=True)
class Product:
    """A series that matters: ``row`` in the company's order, and the facts above its chart."""

    row: int
    sku: str
    name: str
    location: str
    facts: list[tuple[str, str]]
    spoken: str


def leading_series(run: Run) -> list[Product]:
    """The series with the most money ordered now plus margin still at risk; among equals those that sell most."""
    table = risk_table(run)
    now = run.plan.due_now().groupby(["sku", "location"])[["units", "value"]].sum().reindex(run.company.series)
    ordered = now.fillna(0.0).reset_index(drop=True)
    price = run.company.items["price"].reindex(table["sku"]).to_numpy(dtype=float)
    sales = run.forecast.paths.mean().sum(axis=1) * price
    stake = ordered["value"].to_numpy() + table["lost_margin"].to_numpy()
    first = np.lexsort((-sales, -stake.round(2)))[:SHOWN_PRODUCTS]
    return [_product(run, int(row), table.iloc[row], float(ordered["units"].iloc[row])) for row in first]


def _product(run: Run, row: int, known: pd.Series, ordered: float) -> Product:
    money = Money(run.company.policy.money.currency)
    facts = [
        ("On the shelf", number(known["on_hand"])),
        ("On order", number(known["on_order"])),
        ("Order now", number(ordered)),
        ("Next 4 weeks' demand", number(known["demand"])),
        ("Highest chance to run out", f"{share(known['chance'])}, {near_day(known['worst_week'])}"),
        ("Margin at risk", money(known["lost_margin"])),
    ]
    if known["chance"] < 0.005:
        facts[4] = ("Highest chance to run out", "under 1%")
    name = product_name(run, str(known["sku"]))
    spoken = f"{known['sku']} {name}, {known['location']}: " + ", ".join(f"{what} {text}" for what, text in facts)
    return Product(row, str(known["sku"]), name, str(known["location"]), facts, spoken)


def charts(run: Run, products: list[Product]) -> dict[str, Any]:
    """Everything that the page draws: ``money`` and ``stock`` by week, ``products`` in the order given."""
    weeks = run.forecast.paths.weeks
    return {
        "as_of": f"{run.as_of:%Y-%m-%d}",
        "currency": Money(run.company.policy.money.currency).prefix,
        "weeks": [f"{week:%Y-%m-%d}" for week in weeks],
        "history": [f"{week:%Y-%m-%d}" for week in run.company.history.weeks[-SHOWN_HISTORY:]],
        "money": _money_by_week(run),
        "stock": _stock_by_week(run),
        "products": [_series_chart(run, product.row) for product in products],
    }


def _money_by_week(run: Run) -> dict[str, list[float | None]]:
    """Value of the orders to place per week, decided and outlook."""
    orders, weeks = run.plan.orders, run.forecast.paths.weeks
    sums = orders.groupby(["firm", "order_date"])["value"].sum()
    return {
        title: _numbers(sums.get(firm, pd.Series(dtype=float)).reindex(weeks).fillna(0.0).to_numpy(), 0)
        for firm, title in ((1, "decided"), (0, "outlook"))
    }


def _stock_by_week(run: Run) -> dict[str, list[float | None]]:
    """Value of the stock at each week's end, and the share of series expected to run out in the week."""
    seen, weeks = run.plan.projection, run.forecast.paths.weeks
    value = (seen["stock_mean"] * seen["sku"].map(run.company.items["unit_cost"])).groupby(seen["week"]).sum()
    out = seen.groupby("week")["p_stockout"].mean()
    return {
        "value": _numbers(value.reindex(weeks).to_numpy(), 0),
        "out": _numbers(100 * out.reindex(weeks).to_numpy(), 2),
    }


def _series_chart(run: Run, row: int) -> dict[str, Any]:
    """History, forecast band, stock band and chance of running out of one series."""
    paths, history = run.forecast.paths, run.company.history
    sku, location = (str(part) for part in run.company.series[row])
    seen = run.plan.projection
    stock = seen[seen["sku"].eq(sku) & seen["location"].eq(location)].sort_values("week")
    levels = np.quantile(paths.values[:, row], BAND, axis=0)
    return {
        "sold": _numbers(history.units[row, -SHOWN_HISTORY:], 1),
        "wanted": _numbers(estimated(run.forecast.demand)[row, history_weeks(run)][-SHOWN_HISTORY:], 1),
        "short": [bool(share < 1) for share in history.in_stock[row, -SHOWN_HISTORY:]],
        "mean": _numbers(paths.values[:, row].mean(axis=0), 1),
        "band": [_numbers(level, 1) for level in levels],
        "stock": _numbers(stock["stock_mean"].to_numpy(), 1),
        "stock_low": _numbers(stock["stock_q10"].to_numpy(), 1),
        "stock_high": _numbers(stock["stock_q90"].to_numpy(), 1),
        "out": _numbers(100 * stock["p_stockout"].to_numpy(), 1),
    }


def history_weeks(run: Run) -> slice:
    """The columns of the forecast's demand that the company's history has too: it may reach further, without data."""
    return slice(0, len(run.company.history.weeks))


def _numbers(values: Floats, decimals: int) -> list[float | None]:
    return [round(float(value), decimals) + 0.0 if math.isfinite(value) else None for value in values]
