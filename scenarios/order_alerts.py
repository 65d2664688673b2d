"""Alerts on purchase orders that are overdue and on limits that had to give."""

from typing import Any

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.plan import Plan
from optimize.stock_flow import play
from scenarios.alert import Alert, article, day, money, units
from scenarios.lanes import next_regular
from scenarios.shelf import supplies

LATE_ORDER = "late_open_order"
LIMIT_GAVE = "limit_gave"


def late_orders(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Overdue purchase orders: the margin lost if they do not come before a new order can be sold."""
    orders = company.open_orders
    overdue = orders[pd.to_datetime(orders["due"]) < company.as_of]
    arriving = supplies(company, paths, plan)
    replaced = next_regular(company)["arrives_in"].fillna(len(paths.weeks)).to_numpy(dtype=int)
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(overdue[["sku", "location"]]))
    found = []
    for row, line in zip(rows, overdue.to_dict(orient="records"), strict=True):
        week = int((line["week"] - company.as_of).days) // 7
        until = max(int(replaced[row]), week + 1)
        on_hand = float(company.stock["on_hand"].iloc[row])
        lost = _lost_without(on_hand, arriving[row, :until], paths.values[:, row, :until], week, float(line["units"]))
        if lost.any():
            found.append(_late_order(company, line, lost))
    return found


def _lost_without(on_hand: float, arriving: Floats, demand: Floats, week: int, quantity: float) -> Floats:
    """Units lost per path (S,) more than with the order's ``quantity``, which the plan counts on in ``week``."""
    without = arriving.copy()
    without[week : week + 1] -= quantity
    stock = np.asarray(on_hand)
    lost: Floats = play(stock, without, demand)[1].sum(axis=1) - play(stock, arriving, demand)[1].sum(axis=1)
    return lost


def _late_order(company: Company, line: dict[Any, Any], lost: Floats) -> Alert:
    sku, expected = line["sku"], float(lost.mean())
    at_risk = expected * float(company.items["shortage_cost"].loc[sku])
    name, week = article(company, sku, line["location"]), day(line["week"])
    return Alert(
        kind=LATE_ORDER,
        sku=sku,
        location=line["location"],
        supplier=line["supplier"],
        week=line["week"],
        probability=float((lost > 0).mean()),
        money_at_risk=at_risk,
        action=f"Have {line['supplier'] or 'the supplier'} confirm {line['po']}; if it comes after {week}, replace it",
        deadline=company.as_of,
        message=f"{line['po']} ({units(line['units'])} of {name}) was due on {day(line['due'])}; the plan counts on it "
        f"from {week}. If it does not come before a new order could be sold, it is expected to lose sales of "
        f"{units(expected)}, {money(company, at_risk)} of margin.",
    )


def limits(company: Company, plan: Plan) -> list[Alert]:
    """Limits that had to give. Money at risk: what is over, at the plan's price for it (a budget: the money)."""
    return [_limit(company, limit) for limit in plan.gave.to_dict(orient="records")]


def _limit(company: Company, limit: dict[Any, Any]) -> Alert:
    of_money, amount = limit["kind"] == "budget", float(limit["amount"])
    over = money(company, amount) if of_money else units(amount)
    return Alert(
        kind=LIMIT_GAVE,
        sku="",
        location="",
        supplier="" if of_money else limit["name"],
        week=limit["week"],
        probability=1.0,
        money_at_risk=amount if of_money else amount * float(limit["price"]),
        action=f"Agree on {over} more, or choose which orders to drop",
        deadline=limit["week"],
        message=f"The {limit['kind']} {limit['name']} is exceeded by {over} in the week of {day(limit['week'])}: "
        "keeping to it would lose more than it saves.",
    )
