"""Early warnings on cases small enough to work out by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from forecast.paths import DemandPaths
from optimize.plan import ORDER_COLUMNS, PROJECTION_COLUMNS, Plan
from scenarios.alert import MOST
from scenarios.alerts import ALERT_COLUMNS, alerts
from scenarios.kpis import kpis

Build = Callable[..., Company]
WEEKS = 6


def _paths(company: Company, *futures: list[list[float]]) -> DemandPaths:
    """Each future: weekly demand per series."""
    weeks = pd.date_range(company.as_of, periods=len(futures[0][0]), freq="7D")
    return DemandPaths(np.array(futures, dtype=float), company.series, weeks)


def _plan(
    orders: list[tuple[str, str, str, float]] | None = None,
    gave: list[tuple[str, str, str, float, float]] | None = None,
    projection: pd.DataFrame | None = None,
) -> Plan:
    """``orders``: (ordered, arrives, sku, units) at 4 each from S; ``gave``: (kind, name, week, amount, price)."""
    rows = [
        (pd.Timestamp(placed), pd.Timestamp(arrives), "S", sku, "main", units, 4.0, 4.0 * units, 0, 1, "")
        for placed, arrives, sku, units in orders or []
    ]
    given = pd.DataFrame(gave or [], columns=["kind", "name", "week", "amount", "price"])
    return Plan(
        status="optimal",
        orders=pd.DataFrame(rows, columns=ORDER_COLUMNS).astype({"arrival_date": "datetime64[ns]"}),
        projection=pd.DataFrame(columns=PROJECTION_COLUMNS) if projection is None else projection,
        costs={},
        objective=0.0,
        bound=0.0,
        gap=0.0,
        gave=given.assign(week=pd.to_datetime(given["week"])),
        seconds={},
    )


def test_a_covered_company_has_no_alerts(small_company: Build) -> None:
    company = small_company({"a": [10.0] * 20}, on_hand={"a": 100})
    found = alerts(company, _paths(company, [[10.0] * WEEKS]), _plan())
    assert found.columns.tolist() == ALERT_COLUMNS
    assert found.empty


def test_a_stock_out_that_no_order_of_today_can_mend(small_company: Build) -> None:
    """12 on the shelf, two weeks of lead time: half of the futures lose 8 units before, the other half none."""
    company = small_company({"a": [10.0] * 20}, on_hand={"a": 12})
    paths = _paths(company, [[10.0] * WEEKS], [[5.0] * WEEKS])
    found = alerts(company, paths, _plan(orders=[("2026-03-02", "2026-03-16", "a", 99)]))
    alert = found.iloc[0]
    assert len(found) == 1
    assert alert["kind"] == "runs_out_even_if_ordered"
    assert alert["week"] == pd.Timestamp("2026-03-09")
    assert alert["probability"] == 0.5
    assert alert["money_at_risk"] == pytest.approx(4 * 6.0)
    assert alert["deadline"] == pd.Timestamp("2026-03-02")
    assert alert["action"] == "Ask S for 4 units by 2026-03-09"
    assert "can only be sold from 2026-03-16" in alert["message"]


def test_a_rush_order_of_the_plan_settles_it(small_company: Build) -> None:
    company = small_company({"a": [10.0] * 20}, on_hand={"a": 12})
    rush = _plan(orders=[("2026-03-02", "2026-03-09", "a", 8)])
    assert alerts(company, _paths(company, [[10.0] * WEEKS]), rush).empty


def test_a_stock_out_before_the_next_order_day_names_the_order_to_bring_forward(small_company: Build) -> None:
    supplier = {"order_every_weeks": 4, "first_order": pd.Timestamp("2026-03-09")}
    late = [{"po": "P7", "sku": "a", "units": 30, "due": "2026-04-06"}]
    company = small_company({"a": [10.0] * 20}, suppliers={"S": supplier}, on_hand={"a": 25}, open_orders=late)
    found = alerts(company, _paths(company, [[10.0] * WEEKS]), _plan())
    alert = found.iloc[0]
    assert (alert["kind"], alert["week"]) == ("runs_out_before_next_order", pd.Timestamp("2026-03-16"))
    assert alert["money_at_risk"] == pytest.approx(5 * 6.0)
    assert alert["action"] == "Ask S to deliver P7 (30 units, due 2026-04-06) by 2026-03-16"
    assert alert["deadline"] == pd.Timestamp("2026-03-09")


def test_what_a_season_will_leave_over(small_company: Build) -> None:
    """50 on the shelf, 3 weeks of season left at 10: 20 units left at a loss of 3 each, nothing that could be cut."""
    season = {"salvage_value": 1.0, "season_end": pd.Timestamp("2026-03-20")}
    company = small_company({"a": [10.0] * 20}, items={"a": season}, on_hand={"a": 50})
    alert = alerts(company, _paths(company, [[10.0] * WEEKS]), _plan()).iloc[0]
    assert (alert["kind"], alert["week"]) == ("season_leftover", pd.Timestamp("2026-03-16"))
    assert (alert["probability"], alert["money_at_risk"]) == (1.0, pytest.approx(60.0))
    assert alert["action"] == "Mark down from 2026-03-02 on, to sell 20 units more"


def test_leftovers_of_one_open_order_are_one_conversation(small_company: Build) -> None:
    season = {"salvage_value": 1.0, "season_end": pd.Timestamp("2026-03-20")}
    coming = [{"po": "P1", "sku": sku, "units": 15, "due": "2026-03-09"} for sku in "ab"]
    company = small_company(
        {"a": [10.0] * 20, "b": [1.0] * 20},
        items={"a": season, "b": season},
        on_hand={"a": 35, "b": 3},
        open_orders=coming,
    )
    found = alerts(company, _paths(company, [[10.0] * WEEKS, [1.0] * WEEKS]), _plan())
    assert len(found) == 1
    alert = found.iloc[0]
    assert alert["money_at_risk"] == pytest.approx((20 + 15) * 3.0)
    assert (alert["sku"], alert["supplier"]) == ("", "S")
    assert alert["action"] == "Ask to cancel 30 units of P1 (due 2026-03-09), else mark down in time"


def test_an_overdue_order_is_one_alert_with_what_hangs_on_it(small_company: Build) -> None:
    """20 units of each were due last week and are counted on next week; without them week 1 loses 10 of each."""
    late = [{"po": "P1", "sku": s, "units": 20, "due": "2026-02-23", "week": "2026-03-09"} for s in "ab"]
    company = small_company({"a": [10.0] * 20, "b": [10.0] * 20}, on_hand={"a": 10, "b": 10}, open_orders=late)
    replaced = _plan(orders=[("2026-03-02", "2026-03-16", sku, 99) for sku in "ab"])
    found = alerts(company, _paths(company, [[10.0] * WEEKS, [10.0] * WEEKS]), replaced)
    assert found["kind"].tolist() == ["late_open_order"]
    assert found["money_at_risk"].iloc[0] == pytest.approx(2 * 10 * 6.0)
    assert found["sku"].iloc[0] == ""
    assert "was due on 2026-02-23" in found["message"].iloc[0]


def test_an_overdue_order_is_awaited_when_the_plan_says(small_company: Build) -> None:
    late = [{"po": "P1", "sku": "a", "units": 20, "due": "2026-02-23", "week": "2026-03-09"}]
    company = small_company({"a": [10.0] * 20}, on_hand={"a": 10}, open_orders=late)
    replaced = _plan(orders=[("2026-03-02", "2026-03-16", "a", 99)])
    expected = {"po": "P1", "sku": "a", "location": "main", "decision": "wait", "money": 0.0}
    told = pd.DataFrame([expected | {"expected_arrival": pd.Timestamp("2026-03-16")}])
    (alert,) = alerts(company, _paths(company, [[10.0] * WEEKS]), replace(replaced, open_orders=told)).to_dict(
        "records"
    )
    assert alert["week"] == pd.Timestamp("2026-03-16")
    assert "the plan counts on it from 2026-03-16" in alert["message"]


def test_limits_that_gave_are_told_in_money(small_company: Build) -> None:
    company = small_company({"a": [10.0] * 20}, on_hand={"a": 100})
    gave = [("budget", "spring", "2026-03-02", 500.0, 9.0), ("capacity", "S", "2026-03-09", 20.0, 0.0)]
    orders = [("2026-03-09", "2026-03-23", "a", 50.0)]
    found = alerts(company, _paths(company, [[10.0] * WEEKS]), _plan(orders=orders, gave=gave))
    assert found[["rank", "kind", "supplier", "money_at_risk"]].to_numpy().tolist() == [
        [1, "limit_gave", "", 500.0],
        [2, "limit_gave", "S", 80.0],
    ]
    assert found["message"].tolist() == [
        "The budget spring is exceeded by 500 in the week of 2026-03-02: no plan that keeps to it was found in time.",
        "The capacity S is exceeded by 20 units in the week of 2026-03-09: what is already ordered, or approved to "
        "stay, takes more than it allows.",
    ]


def test_few_alerts_by_money(small_company: Build) -> None:
    """Sixty series lose 2, 4, ... 120 units: of the forty worst, 37 hold 95% of the money."""
    skus = [f"s{number:03d}" for number in range(60)]
    company = small_company({sku: [10.0] * 20 for sku in skus})
    demand = [[float(number)] * WEEKS for number in range(1, 61)]
    found = alerts(company, _paths(company, demand), _plan())
    assert found["rank"].tolist() == list(range(1, 38))
    assert found["sku"].tolist() == skus[:22:-1]
    assert found["money_at_risk"].tolist() == [2 * 6.0 * number for number in range(60, 23, -1)]
    assert len(found) < MOST


def test_alerts_do_not_depend_on_how_many_series_are_played_together(
    small_company: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = small_company({sku: [10.0] * 20 for sku in "abcde"}, on_hand={"b": 12, "c": 3})
    paths = _paths(company, [[10.0] * WEEKS] * 5, [[4.0] * WEEKS] * 5)
    once = alerts(company, paths, _plan())
    monkeypatch.setattr("scenarios.shelf.TOGETHER", 2)
    pd.testing.assert_frame_equal(alerts(company, paths, _plan()), once)


def test_kpis_by_hand(small_company: Build) -> None:
    """Two weeks of 10; 12 on the shelf, 5 come in week 1: stock 2 then 0, 3 units lost."""
    coming = [{"po": "P1", "sku": "a", "units": 5, "due": "2026-03-09"}]
    company = small_company({"a": [10.0] * 20}, on_hand={"a": 12}, open_orders=coming)
    weeks = pd.date_range(company.as_of, periods=2, freq="7D")
    columns = ["a", "main", 0.0, 0.0, 0.0, 0.0, 0.0]
    projection = pd.DataFrame([columns] * 2, columns=[c for c in PROJECTION_COLUMNS if c != "week"]).assign(week=weeks)
    projection = projection.assign(stock_mean=[2.0, 0.0], lost_units=[0.0, 3.0], p_stockout=[0.0, 1.0])
    plan = _plan([("2026-03-02", "2026-03-16", "a", 20), ("2026-03-09", "2026-03-23", "a", 10)], projection=projection)
    found = kpis(company, _paths(company, [[10.0, 10.0]]), plan)
    assert found["order_value"] == 80.0
    assert (found["order_units"], found["order_lines"], found["order_suppliers"]) == (20.0, 1.0, 1.0)
    assert found["planned_value"] == 120.0
    assert (found["stock_value"], found["in_transit_value"], found["stock_value_end"]) == (48.0, 20.0, 0.0)
    assert found["fill_rate"] == pytest.approx(17 / 20)
    assert found["lost_margin"] == pytest.approx(18.0)
    assert found["stock_out_weeks"] == 0.5
    assert found["stock_turns"] == pytest.approx(52 * 17 / 2 * 4 / (2 * 4 / 2))
