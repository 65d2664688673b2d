"""A plan played in a world: the plan's own projection in its own, the world's lead times and prices in another."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import MARKDOWN_COLUMNS, TRANSFER_COLUMNS, Company
from data.policy import Horizon, Policy
from optimize.plan import Plan
from optimize.planner import plan
from optimize.stock_flow import Floats
from scenarios.play import Moves, Played, play_plan

Build = Callable[..., Company]
WEEKS = 8
LINE = {"supplier": "S", "sku": "a", "location": "main", "expedite": 0}


def _receipts(weeks_late: list[int]) -> pd.DataFrame:
    promised = pd.Timestamp("2026-01-05")
    rows = [
        ("P", "a", 1.0, "S", promised - pd.Timedelta(weeks=2), promised, promised + pd.Timedelta(weeks=late))
        for late in weeks_late
    ]
    columns = ["po", "sku", "units", "supplier", "ordered_on", "promised_on", "received_on"]
    return pd.DataFrame(rows, columns=columns).assign(po=lambda table: [f"P{n}" for n in range(len(table))])


def _company(small_company: Build, **more: Any) -> Company:
    policy = Policy(horizon=Horizon(weeks=WEEKS))
    return small_company({"a": [4.0] * 8, "b": [2.0] * 8}, policy=policy, **more)


def _demand(paths: int = 20, series: int = 2) -> Floats:
    return np.random.default_rng(3).poisson(4, (paths, series, WEEKS)).astype(float)


def _as_projected(played: Played, plan: Plan) -> None:
    shape = played.end_stock.shape[1:]
    for name, found in (("stock_mean", played.end_stock.mean(axis=0)), ("lost_units", played.lost.mean(axis=0))):
        assert plan.projection[name].to_numpy().reshape(shape) == pytest.approx(found)
    low, high = np.quantile(played.end_stock, [0.1, 0.9], axis=0)
    assert plan.projection["stock_q10"].to_numpy().reshape(shape) == pytest.approx(low)
    assert plan.projection["stock_q90"].to_numpy().reshape(shape) == pytest.approx(high)


def _orders(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([LINE | row for row in rows]).astype({"order_date": "datetime64[ns]"})


def test_in_its_own_world_a_plan_does_what_it_projected(small_company: Build) -> None:
    season = {"b": {"season_end": pd.Timestamp("2026-04-05"), "salvage_value": 1.0}}
    open_orders = [{"po": "1", "sku": "a", "units": 9.0, "due": "2026-03-09"}]
    company = _company(small_company, items=season, open_orders=open_orders, on_hand={"a": 8.0, "b": 3.0})
    late = replace(company, receipts=_receipts([0, 1, 1, 3]))
    for world in (company, late):
        found = plan(world, _demand())
        assert len(found.orders)
        _as_projected(play_plan(world, found.orders, _demand()), found)


def test_what_is_cleared_and_moved_is_played_with_the_orders(small_company: Build) -> None:
    season = {"season_end": pd.Timestamp("2026-04-05"), "salvage_value": 0.0}
    company = _company(small_company, items={"a": season}, on_hand={"a": 90.0})
    marks = pd.DataFrame([[3.0, "a", "", "", pd.NaT, np.nan, 15.0]], columns=MARKDOWN_COLUMNS)
    company = replace(company, markdowns=marks.astype({"from_date": "datetime64[ns]"}))
    found = plan(company, _demand())
    assert len(found.clearance)
    played = play_plan(company, found.orders, _demand(), Moves.of(found))
    _as_projected(played, found)
    assert played.out.sum(axis=(1, 2)).mean() <= found.clearance["units"].sum()


def test_moved_units_leave_one_shelf_for_another(small_company: Build) -> None:
    company = _company(small_company, on_hand={"a": 90.0})
    series = pd.MultiIndex.from_tuples([("a", "main"), ("a", "shop")], names=["sku", "location"])
    both = replace(company, history=replace(company.history, series=series), stock=company.stock.set_axis(series))
    both = replace(both, sourcing=both.sourcing.iloc[[0, 0]].assign(location=["main", "shop"]))
    routes = pd.DataFrame([["main", "shop", 1, "", 0.1, np.inf]], columns=TRANSFER_COLUMNS)
    both = replace(both, transfers=routes)
    found = plan(both, _demand())
    assert len(found.transfers)
    _as_projected(play_plan(both, found.orders, _demand(), Moves.of(found)), found)


def test_nothing_is_made_or_lost_on_the_way(small_company: Build) -> None:
    company = replace(_company(small_company, on_hand={"a": 8.0}), receipts=_receipts([0, 1, 2]))
    played = play_plan(company, _orders({"order_date": "2026-03-02", "units": 12}), _demand())
    come = played.arrivals.cumsum(axis=2) - played.sold.cumsum(axis=2)
    assert (8.0 + come[:, 0] == played.end_stock[:, 0]).all()
    assert (played.sold + played.lost == _demand()).all()


def test_the_worlds_lead_time_decides_when_an_order_comes(small_company: Build) -> None:
    company = _company(small_company)
    orders = _orders({"order_date": "2026-03-09", "units": 12, "arrival_date": "2026-03-23"})
    later = replace(company, sourcing=company.sourcing.assign(lead_time_weeks=4))
    for world, week in ((company, 3), (later, 5)):
        arrivals = play_plan(world, orders, _demand()).arrivals[:, 0]
        assert (np.flatnonzero(arrivals.any(axis=0)) == [week]).all()
        assert (arrivals[:, week] == 12).all()


def test_the_worlds_price_is_paid_its_price_breaks_and_express_too(small_company: Build) -> None:
    company = _company(small_company)
    fast = company.sourcing.assign(unit_cost=5.0, expedite_lead_time_weeks=1.0, expedite_unit_cost=7.0)
    breaks = pd.DataFrame([["a", "S", 10.0, 4.5]], columns=["sku", "supplier", "from_units", "unit_cost"])
    world = replace(company, sourcing=fast, price_breaks=breaks)
    day = {"order_date": "2026-03-02"}
    orders = _orders(day | {"units": 9}, day | {"units": 10}, day | {"units": 10, "expedite": 1})
    lines = play_plan(world, orders, _demand()).lines
    assert lines["unit_cost"].tolist() == [5.0, 4.5, 7.0]
    assert lines["surcharge"].tolist() == [0.0, 0.0, 2.0]
    assert lines["promised_week"].tolist() == [2, 2, 1]
    slow = play_plan(company, orders, _demand()).lines
    assert slow["promised_week"].tolist() == [2, 2, 2]
    assert not slow["expedite"].any()


def test_a_supplier_that_takes_no_orders_is_waited_for_and_one_that_is_gone_brings_nothing(
    small_company: Build,
) -> None:
    company = _company(small_company)
    orders = _orders({"order_date": "2026-03-02", "units": 12})
    closed = replace(company, suppliers=company.suppliers.assign(first_order=pd.Timestamp("2026-03-16")))
    lines = play_plan(closed, orders, _demand()).lines
    assert lines[["order_week", "promised_week"]].to_numpy().tolist() == [[2, 4]]
    gone = replace(company, sourcing=company.sourcing[company.sourcing["sku"] != "a"])
    played = play_plan(gone, orders, _demand())
    assert not len(played.lines)
    assert not played.arrivals.any()


def test_no_orders_at_all_play_too(small_company: Build) -> None:
    company = _company(small_company, on_hand={"a": 8.0})
    played = play_plan(company, plan(company, _demand()).orders.iloc[:0], _demand())
    assert not played.arrivals.any()
    assert played.sold[:, 0].sum(axis=1).max() <= 8
