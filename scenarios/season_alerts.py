"""Alerts on stock that a season's end will leave over."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company
from forecast.paths import DemandPaths
from optimize.plan import Plan
from scenarios.alert import Alert, article, day, key, listed, money, units
from scenarios.shelf import shelves, supplies

SEASON_LEFTOVER = "season_leftover"
# A season that leaves more than this share of what could still be sold is left over, not rounding.
MUCH = 0.1
# Weeks before the season's end in which a mark-down still finds buyers.
TO_CLEAR = 4


@dataclass(frozen=True)
class Leftover:
    """What a series' season leaves: units, money that clearing them loses, and the last order that could be cut.

    ``cleared``: units that the plan clears before, from ``first_clearance`` on.
    """

    sku: str
    location: str
    left: float
    loss: float
    probability: float
    order: dict[Any, Any] | None
    cleared: float = 0.0
    first_clearance: pd.Timestamp | None = None


def season_leftovers(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Stock that loses value because its season ends within the horizon.

    Articles that the same open order still brings share an alert: cutting it is one conversation. Money at risk: the
    expected units left, and those that arrive after the season, at unit cost - salvage value; probability: that more
    than a tenth of what can still be sold until then is left, each article weighed by its money.
    """
    of_order: dict[str, list[Leftover]] = defaultdict(list)
    for one in _leftovers(company, paths, plan):
        name = f"{one.sku} {one.location}" if one.order is None else str(one.order["po"])
        of_order[name].append(one)
    return [_alert(company, together) for together in of_order.values()]


def _leftovers(company: Company, paths: DemandPaths, plan: Plan) -> Iterator[Leftover]:
    arriving = supplies(company, paths, plan)
    items = company.items.reindex(company.series.get_level_values("sku"))
    loss = (items["unit_cost"] - items["salvage_value"]).clip(lower=0.0).to_numpy(dtype=float)
    last = ((items["season_end"] - company.as_of) // WEEK).fillna(-1).to_numpy(dtype=int)
    orders = _last_open_orders(company)
    concerned = (last >= 0) & (last < len(paths.weeks)) & (loss > 0)
    for shelf in shelves(company, paths, arriving):
        for at in np.flatnonzero(concerned[shelf.rows.start : shelf.rows.stop]):
            row = shelf.rows[at]
            left = shelf.stock[:, at, last[row]] + arriving[..., row, last[row] + 1 :].sum(axis=-1)
            there = float(company.stock["on_hand"].iloc[row]) + float(arriving[..., row, :].sum(axis=-1).mean())
            sku, location = key(company, row)
            if left.any():
                order = orders.get((sku, location))
                likely, expected = float((left > MUCH * there).mean()), float(left.mean())
                mine = plan.clearance[plan.clearance["sku"].eq(sku) & plan.clearance["location"].eq(location)]
                cleared = (float(mine["units"].sum()), mine["week"].min()) if len(mine) else (0.0, None)
                yield Leftover(sku, location, expected, expected * float(loss[row]), likely, order, *cleared)


def _last_open_orders(company: Company) -> dict[tuple[str, str], dict[Any, Any]]:
    """The open order line of each series that comes last."""
    by_week = company.open_orders.sort_values(["week", "po"], kind="stable")
    return {(line["sku"], line["location"]): line for line in by_week.to_dict(orient="records")}


def _alert(company: Company, together: list[Leftover]) -> Alert:
    dearest = sorted(together, key=lambda one: -one.loss)
    first, single = dearest[0], len(together) == 1
    loss, left = sum(one.loss for one in together), sum(one.left for one in together)
    end = pd.Timestamp(str(company.items.at[first.sku, "season_end"]))
    deadline = company.as_of if first.order is not None else max(end - TO_CLEAR * WEEK, company.as_of)
    names = [f"{article(company, one.sku, one.location)}: {units(one.left)}" for one in dearest]
    return Alert(
        kind=SEASON_LEFTOVER,
        sku=first.sku if single else "",
        location=first.location if single else "",
        supplier="" if first.order is None else str(first.order["supplier"]),
        week=company.as_of + (end - company.as_of) // WEEK * WEEK,
        probability=sum(one.probability * one.loss for one in together) / loss,
        money_at_risk=loss,
        action=_way_out(together, left, deadline),
        deadline=deadline,
        message=f"{units(left)} are expected to be left when {_what_ends(company, first.sku)} on {day(end)}; clearing "
        f"them loses {money(company, loss)}. {listed(names)}.{_planned(together)}",
    )


def _what_ends(company: Company, sku: str) -> str:
    item = company.items.loc[sku]
    return "it is sold for the last time" if item.get("end_of_life") == item["season_end"] else "the season ends"


def _planned(together: list[Leftover]) -> str:
    """What the plan clears before, where it does."""
    weeks = [one.first_clearance for one in together if one.first_clearance is not None]
    cleared = sum(one.cleared for one in together)
    return f" The plan clears {units(cleared)} before, from {day(min(weeks))} on." if weeks else ""


def _way_out(together: list[Leftover], left: float, start: pd.Timestamp) -> str:
    order = together[0].order
    if order is None:
        return f"Mark down from {day(start)} on, to sell {units(left)} more"
    cut = sum(min(one.left, float(one.order["units"])) for one in together if one.order is not None)
    return f"Ask to cancel {units(cut)} of {order['po']} (due {day(order['due'])}), else mark down in time"
