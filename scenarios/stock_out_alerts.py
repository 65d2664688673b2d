"""Alerts on stock-outs that no regular order can mend."""

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.plan import Plan
from scenarios.alert import MOST, Alert, article, day, key, money, units
from scenarios.lanes import next_regular
from scenarios.shelf import shelves, supplies

RUNS_OUT_ANYWAY = "runs_out_even_if_ordered"
RUNS_OUT_BEFORE = "runs_out_before_next_order"


def stock_outs(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Series that lose sales before a regular order can be sold, open orders and the plan's rush orders counted in; the
    ``MOST`` with the most money.

    Money at risk: the margin of the sales lost until then; week: by when half of the futures that run out have done so.
    """
    lanes = next_regular(company)
    beyond = np.arange(len(paths.weeks)) >= lanes["arrives_in"].fillna(0).to_numpy()[:, None]
    margin = company.items["shortage_cost"].reindex(company.series.get_level_values("sku")).to_numpy(dtype=float)
    found: list[tuple[float, int, Floats]] = []
    for shelf in shelves(company, paths, supplies(company, paths, plan)):
        part = slice(shelf.rows.start, shelf.rows.stop)
        lost = np.where(beyond[part], 0.0, shelf.lost)
        at_risk = lost.sum(axis=(0, 2)) * margin[part]
        dearest = np.argsort(-at_risk, kind="stable")[:MOST]
        found += [(float(at_risk[at]), shelf.rows[at], lost[:, at]) for at in dearest if at_risk[at] > 0]
    found = sorted(found, key=lambda one: -one[0])[:MOST]
    return [_stock_out(company, paths.weeks, lost, row, lanes.iloc[row], margin[row]) for _, row, lost in found]


def _stock_out(
    company: Company, weeks: pd.DatetimeIndex, lost: Floats, row: int, lane: pd.Series, margin: float
) -> Alert:
    sku, location = key(company, row)
    runs_out = (lost > 0).any(axis=1)
    probability, missing = float(runs_out.mean()), float(lost.sum(axis=1).mean())
    week = weeks[int(np.median((lost > 0).argmax(axis=1)[runs_out]))]
    order_day = company.as_of + int(lane["wait"]) * WEEK
    arrival = day(company.as_of + int(lane["arrives_in"]) * WEEK)
    anyway = order_day == company.as_of
    why = "even what is ordered today" if anyway else f"what is ordered on the next order day, {day(order_day)},"
    return Alert(
        kind=RUNS_OUT_ANYWAY if anyway else RUNS_OUT_BEFORE,
        sku=sku,
        location=location,
        supplier=str(lane["supplier"]),
        week=week,
        probability=probability,
        money_at_risk=missing * margin,
        action=_remedy(company, sku, location, str(lane["supplier"]), week, missing),
        deadline=max(week - WEEK, company.as_of),
        message=f"{article(company, sku, location)} {_runs_out(company, row, week, probability)}: {why} can only be "
        f"sold from {arrival}. It is expected to lose sales of {units(missing)}, "
        f"{money(company, missing * margin)} of margin.",
    )


def _runs_out(company: Company, row: int, week: pd.Timestamp, probability: float) -> str:
    if company.stock["on_hand"].iloc[row] <= 0 and week == company.as_of:
        return "is out of stock"
    return f"runs out in the week of {day(week)} ({probability:.0%} likely)"


def _remedy(company: Company, sku: str, location: str, supplier: str, week: pd.Timestamp, missing: float) -> str:
    orders = company.open_orders
    coming = orders[orders["sku"].eq(sku) & orders["location"].eq(location) & orders["week"].gt(week)]
    when = "at once" if week == company.as_of else f"by {day(week)}"
    if coming.empty:
        return f"Ask {supplier} for {units(missing)} {when}"
    first = coming.sort_values(["week", "po"]).iloc[0]
    source = first["supplier"] or supplier
    return f"Ask {source} to deliver {first['po']} ({units(first['units'])}, due {day(first['due'])}) {when}"
