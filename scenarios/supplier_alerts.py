"""Alerts on suppliers whose deliveries come later and later."""

from dataclasses import replace

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.late import Late
from optimize.lead_times import deliveries
from optimize.plan import Plan
from scenarios.alert import Alert, money
from scenarios.lanes import next_regular
from scenarios.shelf import shelves

DRIFTS_LATE = "supplier_drifts_late"
RECENT_WEEKS = 52
# Fewer deliveries than that, or less than that much later than before, is no drift.
FEWEST, LEAST_DAYS = 2, 4.0


def drifting_suppliers(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Suppliers whose deliveries of the last year came later than those before, where that costs sales.

    Money at risk: the margin that the plan is expected to lose more than if all came when it was promised, on the
    articles next ordered from that supplier; probability: the share of last year's deliveries that were late.
    """
    told = deliveries(company)
    if plan.late is None or told.empty:
        return []
    supplier = next_regular(company)["supplier"]
    margin = company.items["shortage_cost"].reindex(company.series.get_level_values("sku")).to_numpy(dtype=float)
    dearer = pd.Series(_lost_by_lateness(company, paths, plan, plan.late) * margin).groupby(supplier).sum()
    found = [_alert(company, str(name), rows, float(dearer.get(name, 0.0))) for name, rows in told.groupby("supplier")]
    return [alert for alert in found if alert is not None]


def _lost_by_lateness(company: Company, paths: DemandPaths, plan: Plan, late: Late) -> Floats:
    """Units (N,) lost more than if all came when it was promised."""
    punctual = replace(late, delay=np.zeros_like(late.delay), open_units=late.promised[None])
    lost = [_lost(company, paths, one.arrivals(plan.ordered)) for one in (late, punctual)]
    return np.maximum(lost[0] - lost[1], 0.0)


def _lost(company: Company, paths: DemandPaths, arrivals: Floats) -> Floats:
    parts = [shelf.lost.sum(axis=2).mean(axis=0) for shelf in shelves(company, paths, arrivals)]
    return np.concatenate(parts or [np.zeros(0)])


def _alert(company: Company, supplier: str, rows: pd.DataFrame, at_risk: float) -> Alert | None:
    days = (rows["received_on"] - rows["promised_on"]).dt.days
    recent = (company.as_of - rows["received"]).dt.days < 7 * RECENT_WEEKS
    now, before = days[recent], days[~recent]
    drift = float(now.mean() - before.mean()) if min(len(now), len(before)) >= FEWEST else 0.0
    if drift < LEAST_DAYS or at_risk <= 0:
        return None
    return Alert(
        kind=DRIFTS_LATE,
        sku="",
        location="",
        supplier=supplier,
        week=company.as_of,
        probability=float((now > 0).mean()),
        money_at_risk=at_risk,
        action=f"Agree on dates that {supplier} keeps, or order from elsewhere; the plan counts on its lateness",
        deadline=company.as_of,
        message=f"{supplier} delivered {now.mean():.0f} days late on average in the last year, {before.mean():.0f} "
        f"days before{_whose(rows, recent)}. Its lateness is expected to lose {money(company, at_risk)} of margin.",
    )


def _whose(rows: pd.DataFrame, recent: pd.Series) -> str:
    """How much of it the carrier adds, where the days of shipping are known."""
    transit = rows["transit_days"]
    now, before = transit[recent].dropna(), transit[~recent].dropna()
    if min(len(now), len(before)) < FEWEST:
        return ""
    return f" (its carrier took {now.mean():.0f} days, {before.mean():.0f} before)"
