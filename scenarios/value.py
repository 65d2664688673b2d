"""Value kept: the weeks since restock began, as they were ordered and as a rule of thumb would have ordered them.

All live through the same weeks from the stock and open orders of the first run's Monday and meet the same demand: what
sold, and where the shelf was empty what the forecast's own estimate says would have.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data.calendar import WEEK, monday_of, monday_on_or_after
from data.company import Company, Floats
from forecast.censoring import demand_of
from scenarios.carried import promised
from scenarios.deliveries import delivered_before
from scenarios.forecasts_since import scored_forecasts
from scenarios.lanes import earliest_arrival
from scenarios.measures import Prices, by_round, by_series_and_week, figures
from scenarios.past_run import input_of
from scenarios.purchase import LINE_COLUMNS, LINE_TYPES
from scenarios.refusals import Refused
from scenarios.replay import Decide, Replay, replay
from scenarios.rules import order_up_to, period_cover, quarterly
from scenarios.state import State
from scenarios.store import ORDERS, PURCHASE_ORDERS, RUNS, rows
from scenarios.world import World, anchored

KEPT = "as ordered since restock began"
RULE = "period cover + 1 week"
RULES: dict[str, Decide] = {RULE: period_cover(1.0), "order-up-to": order_up_to, "quarterly averages": quarterly}
QUARTER = 13
SERIES = ["sku", "location"]


@dataclass(frozen=True)
class Value:
    """What was kept.

    ``policies``: one row per policy, ``KEPT`` first: policy, the figures of ``measures.figures``, stock_outs (series'
    weeks that lost a sale) and overstock (mean value of what lies beyond 13 weeks of the mean demand), money at cost.
    ``weekly``: policy, week, cost (holding, lost margin, write-down), stock_value, lost. ``forecast``: see
    ``scored_forecasts``.
    """

    first: pd.Timestamp
    weeks: int
    currency: str
    policies: pd.DataFrame
    weekly: pd.DataFrame
    forecast: pd.DataFrame


def value(state: State) -> Value:
    """What was kept since the first run; raises ``Refused`` until a week has sold since it."""
    runs = _runs(state)
    then, now = (input_of(state, row)[0] for row in (runs[0], runs[-1]))
    weeks = pd.date_range(then.as_of, now.as_of - WEEK, freq="7D")
    if weeks.empty:
        raise Refused("No week has sold since the first run. Come back after next Monday's: restock weekly INPUT")
    scene = _world(then, now, weeks)
    deciders = {KEPT: _placed(_orders(state, scene, now))} | RULES
    played = [replay(scene, name, decide) for name, decide in deciders.items()]
    details = [by_series_and_week(scene, one) for one in played]
    return Value(
        first=then.as_of,
        weeks=len(weeks),
        currency=now.policy.money.currency,
        policies=pd.DataFrame([_figures(scene, one, detail) for one, detail in zip(played, details, strict=True)]),
        weekly=_weekly(pd.concat(details, ignore_index=True)),
        forecast=scored_forecasts(state, runs, now),
    )


def _runs(state: State) -> list[dict[str, Any]]:
    """The last run of each Monday that ended well."""
    with state.engine.connect() as connection:
        done = rows(connection, sa.select(RUNS).where(RUNS.c.status == "done").order_by(RUNS.c.as_of, RUNS.c.attempt))
    last = {str(row["as_of"]): row for row in done}
    if not last:
        raise Refused(f"There is no run yet. Begin with: restock weekly INPUT --state {state.folder}")
    return list(last.values())


def _world(then: Company, now: Company, weeks: pd.DatetimeIndex) -> World:
    """The weeks since the first Monday, of the series that were planned then and still are."""
    both = np.flatnonzero(now.series.isin(then.series))
    demand = demand_of(now)
    columns = demand.weeks.get_indexer(weeks)
    wanted = demand.units[np.ix_(both, columns)]
    history = now.history.only(both)
    company = replace(
        now,
        history=history,
        stock=now.stock.loc[history.series],
        sourcing=_of(history.series, now.sourcing),
        open_orders=_of(history.series, now.open_orders),
    )
    company = anchored(company, then.as_of)
    since = earliest_arrival(company, then.as_of)
    counted = (np.arange(len(weeks)) >= since[:, None]) & np.isfinite(wanted)
    told = np.clip(np.nan_to_num(wanted), 0.0, None).round()
    stock, coming = then.stock.loc[history.series], _of(history.series, then.open_orders)
    return World(company, len(weeks), weeks, told, counted, stock, coming, delivered_before(now))


def _of(series: pd.MultiIndex, table: pd.DataFrame) -> pd.DataFrame:
    return table[pd.MultiIndex.from_frame(table[SERIES]).isin(series)].reset_index(drop=True)


def _orders(state: State, scene: World, now: Company) -> pd.DataFrame:
    """Every order line placed since the first Monday: restock's exports, and what the company's tables say beside."""
    with state.engine.connect() as connection:
        query = sa.select(ORDERS, PURCHASE_ORDERS.c.ordered_on).join(
            PURCHASE_ORDERS, PURCHASE_ORDERS.c.po == ORDERS.c.po
        )
        placed = rows(connection, query.where(ORDERS.c.withdrawn == ""))
    shifted = [line | {"arrival_date": promised(line, line["ordered_on"])} for line in placed]
    ours = pd.DataFrame(shifted, columns=["po", "ordered_on", *LINE_COLUMNS])
    days = {"arrival_date": ours["arrival_date"], "order_date": ours["ordered_on"]}
    ours = ours.assign(**{name: pd.to_datetime(column) for name, column in days.items()})
    lines = pd.concat([ours, _others(now, set(ours["po"]))], ignore_index=True)
    lines["value"] = lines["units"].astype(float) * lines["unit_cost"].astype(float)
    since = lines[lines["order_date"].ge(scene.first) & lines["order_date"].lt(now.as_of)]
    return _of(scene.company.series, since)[LINE_COLUMNS].astype(LINE_TYPES)


def _others(now: Company, ours: set[str]) -> pd.DataFrame:
    """Orders that did not come from restock, on the Monday of their week; receipts without a location: the one that
    sells most."""
    main = pd.Series(np.nansum(now.history.units, axis=1), index=now.series).sort_values().groupby(level="sku").tail(1)
    place = dict(main.index.tolist())
    told = now.receipts["location"]
    came = now.receipts.assign(
        location=told.mask(told.eq(""), now.receipts["sku"].map(place)), due=now.receipts["promised_on"]
    )
    table = pd.concat(
        [one[["po", *SERIES, "supplier", "units", "ordered_on", "due"]] for one in (came, now.open_orders) if len(one)]
        or [now.open_orders]
    )
    known = table[
        ~table["po"].isin(ours) & table["ordered_on"].notna() & table["due"].notna() & table["location"].notna()
    ]
    return known.assign(
        order_date=monday_of(pd.to_datetime(known["ordered_on"])),
        arrival_date=monday_on_or_after(pd.to_datetime(known["due"])),
        unit_cost=known["sku"].map(now.items["unit_cost"]),
        expedite=0,
    )


def _placed(lines: pd.DataFrame) -> Decide:
    """What was really ordered on each Monday."""

    def decide(known: Company) -> pd.DataFrame:
        return lines[lines["order_date"].eq(known.as_of)]

    return decide


def _figures(scene: World, played: Replay, detail: pd.DataFrame) -> dict[str, Any]:
    mean = np.where(scene.counted, scene.demand, 0.0).sum(axis=1) / np.maximum(scene.counted.sum(axis=1), 1)
    beyond: Floats = np.maximum(played.stock - QUARTER * mean[:, None], 0.0) * scene.counted
    overstock = float(
        (beyond.sum(axis=1) @ Prices.of(scene.company).unit_cost) / max(scene.counted.any(axis=0).sum(), 1)
    )
    told = figures(detail, by_round(scene, played))
    return {"policy": played.policy, **told, "stock_outs": int(detail["lost"].gt(0).sum()), "overstock": overstock}


def _weekly(detail: pd.DataFrame) -> pd.DataFrame:
    cost = detail.assign(cost=detail["holding"] + detail["lost_margin"] + detail["write_down"])
    return cost.groupby(["policy", "week"], sort=False)[["cost", "stock_value", "lost"]].sum().reset_index()
