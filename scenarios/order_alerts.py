"""Alerts on purchase orders that are overdue and on limits that had to give."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.lead_times import told
from optimize.open_orders import arrival_weeks
from optimize.plan import Plan
from optimize.stock_flow import Integers, play
from scenarios.alert import Alert, article, day, listed, money, units
from scenarios.lanes import next_regular
from scenarios.shelf import supplies

LATE_ORDER = "late_open_order"
TO_SETTLE = "open_order_to_settle"
LIMIT_GAVE = "limit_gave"


@dataclass(frozen=True)
class LateLine:
    """A line of an overdue purchase order: what is lost if it does not come before a new order could be sold."""

    line: dict[Any, Any]
    units_lost: float
    margin_lost: float
    probability: float


def late_orders(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Overdue purchase orders, one alert each: the margin lost if they do not come before a new order can be sold.

    Probability: that a sale is lost, each line weighed by its money.
    """
    orders = company.open_orders
    late = (pd.to_datetime(orders["due"]) < company.as_of).to_numpy(dtype=bool)
    overdue, comes = orders[late], arrival_weeks(company, len(paths.values), told(company))[late]
    arriving = supplies(company, paths, plan)
    replaced = next_regular(company)["arrives_in"].fillna(len(paths.weeks)).to_numpy(dtype=int)
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(overdue[["sku", "location"]]))
    of_po: dict[str, list[LateLine]] = defaultdict(list)
    expected = plan.open_orders.set_index(["po", "sku", "location"])["expected_arrival"].dropna().to_dict()
    for row, line, weeks in zip(rows, overdue.to_dict(orient="records"), comes, strict=True):
        usual = company.as_of + int(np.median(weeks)) * WEEK
        line["week"] = expected.get((line["po"], line["sku"], line["location"]), usual)
        week = (line["week"] - company.as_of) // WEEK
        until = max(int(replaced[row]), week + 1)
        on_hand = float(company.stock["on_hand"].iloc[row])
        coming, demand = arriving[..., row, :until], paths.values[:, row, :until]
        lost = _lost_without(on_hand, coming, demand, weeks, float(line["units"]))
        margin = float(lost.mean()) * float(company.items["shortage_cost"].loc[line["sku"]])
        if margin > 0:
            of_po[line["po"]].append(LateLine(line, float(lost.mean()), margin, float((lost > 0).mean())))
    return [_late_order(company, lines) for lines in of_po.values()]


def _lost_without(on_hand: float, arriving: Floats, demand: Floats, weeks: Integers, quantity: float) -> Floats:
    """Units lost per path (S,) more than with the order's ``quantity``, which the plan counts on in ``weeks`` (S,)."""
    without = arriving - quantity * (np.arange(demand.shape[1]) == weeks[:, None])
    stock = np.asarray(on_hand)
    lost: Floats = play(stock, without, demand)[1].sum(axis=1) - play(stock, arriving, demand)[1].sum(axis=1)
    return lost


def _late_order(company: Company, lines: list[LateLine]) -> Alert:
    dearest = sorted(lines, key=lambda one: -one.margin_lost)
    line, single = dearest[0].line, len(lines) == 1
    margin, lost = sum(one.margin_lost for one in lines), sum(one.units_lost for one in lines)
    names = [article(company, one.line["sku"], one.line["location"]) for one in dearest]
    week, supplier = day(line["week"]), line["supplier"] or "the supplier"
    return Alert(
        kind=LATE_ORDER,
        sku=line["sku"] if single else "",
        location=line["location"] if single else "",
        supplier=line["supplier"],
        week=line["week"],
        probability=sum(one.probability * one.margin_lost for one in lines) / margin,
        money_at_risk=margin,
        action=f"Wait for {line['po']} and have {supplier} confirm it; if it comes after {week}, replace what sells "
        "first",
        deadline=company.as_of,
        message=f"{line['po']} was due on {day(line['due'])}; the plan counts on it from {week}. If it does not come "
        f"before a new order could be sold, it is expected to lose sales of {units(lost)}, {money(company, margin)} of "
        f"margin: {listed(names)}.",
    )


DECISIONS = {"expedite": "Have {po} rushed", "cancel": "Cancel {po}", "reorder": "Cancel {po} and order anew"}


def settled_orders(company: Company, plan: Plan) -> list[Alert]:
    """Purchase orders that the plan has rushed or cancelled, one alert for each and decision. Money at risk: what that
    saves in expectation against waiting; probability 1: the plan counts on it.
    """
    changed = plan.open_orders[plan.open_orders["decision"].isin(list(DECISIONS)) & plan.open_orders["money"].gt(0)]
    return [_to_settle(company, rows) for _, rows in changed.groupby(["po", "decision"], sort=True)]


def _to_settle(company: Company, rows: pd.DataFrame) -> Alert:
    dearest = rows.sort_values(["money", "sku", "location"], ascending=[False, True, True], kind="stable")
    lines = dearest.to_dict(orient="records")
    first, single = lines[0], len(lines) == 1
    saved, overdue = float(rows["money"].sum()), bool(first["due"] < company.as_of)
    names = [article(company, line["sku"], line["location"]) for line in lines]
    was = "was" if overdue else "is"
    return Alert(
        kind=LATE_ORDER if overdue else TO_SETTLE,
        sku=str(first["sku"]) if single else "",
        location=str(first["location"]) if single else "",
        supplier=str(first["supplier"]),
        week=company.as_of,
        probability=1.0,
        money_at_risk=saved,
        action=DECISIONS[first["decision"]].format(po=first["po"]) + f": {units(float(rows['units'].sum()))}",
        deadline=company.as_of,
        message=f"{first['po']} {was} due on {day(first['due'])}. The plan counts on this instead of waiting, which "
        f"would cost {money(company, saved)} more: {listed(names)}.",
    )


def limits(company: Company, plan: Plan) -> list[Alert]:
    """Limits that had to give. Money at risk: what is over, at cost; of a service floor at the plan's price for it."""
    gave = plan.gave.to_dict(orient="records")
    return [
        _below_floor(company, one) if one["kind"] == "service_floor" else _exceeded(company, plan, one) for one in gave
    ]


def _below_floor(company: Company, limit: dict[Any, Any]) -> Alert:
    name, short = limit["name"], units(float(limit["amount"]))
    return Alert(
        kind=LIMIT_GAVE,
        sku=name if name in company.items.index else "",
        location="",
        supplier="",
        week=limit["week"],
        probability=1.0,
        money_at_risk=float(limit["amount"]) * float(limit["price"]),
        action="Lower the floor, or raise what holds it down: capacity, budget, the most per order",
        deadline=limit["week"],
        message=f"The service floor of {name} cannot be met within the other limits: {short} more are short "
        "than it allows.",
    )


def _exceeded(company: Company, plan: Plan, limit: dict[Any, Any]) -> Alert:
    of_money, amount = limit["kind"] == "budget", float(limit["amount"])
    order = plan.orders[plan.orders["supplier"].eq(limit["name"]) & plan.orders["order_date"].eq(limit["week"])]
    each = 1.0 if of_money else float(order["value"].sum()) / max(float(order["units"].sum()), 1.0)
    if limit["price"] > 0:
        why = "no plan that keeps to it was found in time"
    else:
        why = "what is already ordered, or approved to stay, takes more than it allows"
    over = money(company, amount) if of_money else units(amount)
    return Alert(
        kind=LIMIT_GAVE,
        sku="",
        location="",
        supplier="" if of_money else limit["name"],
        week=limit["week"],
        probability=1.0,
        money_at_risk=amount * each,
        action=f"Agree on {over} more, or choose which orders to drop",
        deadline=limit["week"],
        message=f"The {limit['kind']} {limit['name']} is exceeded by {over} in the week of {day(limit['week'])}: "
        f"{why}.",
    )
