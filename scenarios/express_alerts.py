"""Alerts on orders that are cheap today and dear later: what is not ordered now would have to come by express."""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.plan import Plan
from optimize.stock_flow import Integers
from scenarios.alert import Alert, article, day, listed, money, units
from scenarios.shelf import received, shelves, supplies

NOW_OR_EXPRESS = "order_now_or_express"


@dataclass(frozen=True)
class Wait:
    """An article of today's order: what waiting for the supplier's next order day loses, and what express would add."""

    sku: str
    location: str
    missing: float
    dearer: float
    probability: float


def now_or_express(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Suppliers of today's regular orders that could be mended by express only, one alert each.

    Without the order placed today the articles sell what is there until the supplier's next order day brings more: what
    is lost until then would come by express. Money at risk: these units at the express surcharge, or at their margin
    where that is less; probability: that any is needed, each article weighed by its money.
    """
    lines = _mendable(company, plan)
    if lines.empty:
        return []
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(lines[["sku", "location"]]))
    without, planned = (_lost(company, paths, one, rows) for one in (_without(company, paths, plan, lines), plan))
    by_supplier: dict[str, list[Wait]] = defaultdict(list)
    for at, line in enumerate(lines.to_dict(orient="records")):
        until = int((line["arrival_date"] - company.as_of) // WEEK) + int(line["every"])
        more = np.maximum(without[:, at, :until] - planned[:, at, :until], 0.0).sum(axis=1)
        missing = min(float(more.mean()), float(line["units"]))
        if missing > 0:
            wait = Wait(line["sku"], line["location"], missing, missing * line["dearer"], float((more > 0).mean()))
            by_supplier[line["supplier"]].append(wait)
    found = [_alert(company, supplier, waits) for supplier, waits in sorted(by_supplier.items())]
    return [alert for alert in found if alert.money_at_risk > 0]


def _mendable(company: Company, plan: Plan) -> pd.DataFrame:
    """Today's regular lines of articles that their supplier also delivers by express, sooner than its next order would:
    with ``every`` weeks from one order day to the next, and ``dearer``: what a unit later costs more."""
    terms = ["sku", "location", "supplier", "lead_time_weeks", "unit_cost"]
    express = ["expedite_lead_time_weeks", "expedite_unit_cost"]
    orders = plan.orders
    now = orders[orders["order_date"].eq(company.as_of) & orders["expedite"].eq(0)]
    lanes = company.sourcing[[*terms, *express]].rename(columns={"unit_cost": "regular"})
    lines = now.merge(lanes, on=["sku", "location", "supplier"])
    every = lines["supplier"].map(company.suppliers["order_every_weeks"]).astype(int)
    margin = lines["sku"].map(company.items["shortage_cost"])
    surcharge = (lines["expedite_unit_cost"].fillna(lines["regular"]) - lines["regular"]).clip(lower=0.0)
    lines = lines.assign(every=every, dearer=np.minimum(surcharge, margin))
    return lines[lines["expedite_lead_time_weeks"] < lines["lead_time_weeks"]]


def _without(company: Company, paths: DemandPaths, plan: Plan, lines: pd.DataFrame) -> Plan:
    """The plan without these lines."""
    names = ["order_date", "supplier", "sku", "location", "expedite"]
    gone = pd.MultiIndex.from_frame(plan.orders[names]).isin(pd.MultiIndex.from_frame(lines[names]))
    fewer = plan.ordered - received(company, paths.weeks, lines, "arrival_date") if plan.late else plan.ordered
    return replace(plan, orders=plan.orders[~gone], ordered=np.maximum(fewer, 0.0))


def _lost(company: Company, paths: DemandPaths, plan: Plan, rows: Integers) -> Floats:
    """Units that some series lose (S, n, H)."""
    lost = np.zeros((len(paths.values), len(rows), len(paths.weeks)))
    for shelf in shelves(company, paths, supplies(company, paths, plan)):
        here = (rows >= shelf.rows.start) & (rows < shelf.rows.stop)
        lost[:, here] = shelf.lost[:, rows[here] - shelf.rows.start]
    return lost


def _alert(company: Company, supplier: str, waits: list[Wait]) -> Alert:
    dearest = sorted(waits, key=lambda one: (-one.dearer, one.sku, one.location))
    dearer, missing = sum(one.dearer for one in waits), sum(one.missing for one in waits)
    later = company.as_of + int(company.suppliers["order_every_weeks"].loc[supplier]) * WEEK
    names = [article(company, one.sku, one.location) for one in dearest]
    single = len(waits) == 1
    return Alert(
        kind=NOW_OR_EXPRESS,
        sku=waits[0].sku if single else "",
        location=waits[0].location if single else "",
        supplier=supplier,
        week=company.as_of,
        probability=sum(one.probability * one.dearer for one in waits) / dearer if dearer else 0.0,
        money_at_risk=dearer,
        action=f"Place the order with {supplier} today",
        deadline=company.as_of,
        message=f"If today's order from {supplier} waits for its next order day, {day(later)}, {units(missing)} would "
        f"have to come by express, {money(company, dearer)} dearer, or would not be sold: {listed(names)}.",
    )
