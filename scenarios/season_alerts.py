"""Alerts on stock that a season's end will leave over."""

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.plan import Plan
from scenarios.alert import Alert, article, day, key, money, units
from scenarios.shelf import shelves, supplies

SEASON_LEFTOVER = "season_leftover"
# A season that leaves more than this share of what could still be sold is left over, not rounding.
MUCH = 0.1
# Weeks before the season's end in which a mark-down still finds buyers.
TO_CLEAR = 4


def season_leftovers(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Series whose season ends within the horizon with stock that loses value.

    Money at risk: the expected units left, and those that arrive after the season, at unit cost - salvage value;
    probability: that more than a tenth of what can still be sold until then is left.
    """
    items = company.items.reindex(company.series.get_level_values("sku"))
    loss = (items["unit_cost"] - items["salvage_value"]).clip(lower=0.0).to_numpy(dtype=float)
    ends = (items["season_end"] - company.as_of) // WEEK
    last = ends.fillna(-1).to_numpy(dtype=int)
    concerned = (last >= 0) & (last < len(paths.weeks)) & (loss > 0)
    arriving = supplies(company, paths, plan)
    found = []
    for shelf in shelves(company, paths, arriving):
        for at in np.flatnonzero(concerned[shelf.rows.start : shelf.rows.stop]):
            row = shelf.rows[at]
            left = shelf.stock[:, at, last[row]] + arriving[row, last[row] + 1 :].sum()
            there = float(company.stock["on_hand"].iloc[row]) + float(arriving[row].sum())
            if left.any():
                found.append(_leftover(company, row, left, there, float(loss[row])))
    return found


def _leftover(company: Company, row: int, left: Floats, there: float, loss: float) -> Alert:
    sku, location = key(company, row)
    end = pd.Timestamp(str(company.items.at[sku, "season_end"]))
    expected = float(left.mean())
    order = _last_open_order(company, sku, location)
    start = company.as_of if order is not None else max(end - TO_CLEAR * WEEK, company.as_of)
    return Alert(
        kind=SEASON_LEFTOVER,
        sku=sku,
        location=location,
        supplier="" if order is None else str(order["supplier"]),
        week=end - end.weekday() * WEEK / 7,
        probability=float((left > MUCH * there).mean()),
        money_at_risk=expected * loss,
        action=_way_out(order, expected, start),
        deadline=start,
        message=f"{article(company, sku, location)} is expected to have {units(expected)} left when its season ends on "
        f"{day(end)}; clearing them loses {money(company, expected * loss)}.",
    )


def _last_open_order(company: Company, sku: str, location: str) -> pd.Series | None:
    orders = company.open_orders
    coming = orders[orders["sku"].eq(sku) & orders["location"].eq(location)]
    return None if coming.empty else coming.sort_values(["week", "po"]).iloc[-1]


def _way_out(order: pd.Series | None, left: float, start: pd.Timestamp) -> str:
    if order is None:
        return f"Mark down from {day(start)} on, to sell {units(left)} more"
    cut = units(min(left, float(order["units"])))
    return f"Ask to cancel {cut} of {order['po']} (due {day(order['due'])}), else mark down in time"
