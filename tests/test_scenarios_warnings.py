"""Festivals, express, phantom stock, disputes and settled orders: early warnings worked out by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from forecast.paths import DemandPaths
from optimize.plan import OPEN_ORDER_COLUMNS, ORDER_COLUMNS, PROJECTION_COLUMNS, Plan
from scenarios.dispute_alerts import disputes
from scenarios.express_alerts import now_or_express
from scenarios.festival_alerts import under_covered
from scenarios.order_alerts import settled_orders
from scenarios.phantom_alerts import DISPERSION, WRONG_BOOKS, phantoms

Build = Callable[..., Company]
AS_OF = pd.Timestamp("2026-03-02")


def _paths(company: Company, *futures: list[list[float]]) -> DemandPaths:
    weeks = pd.date_range(company.as_of, periods=len(futures[0][0]), freq="7D")
    return DemandPaths(np.array(futures, dtype=float), company.series, weeks)


def _plan(*orders: tuple[str, str, str, float, int], open_orders: pd.DataFrame | None = None) -> Plan:
    """``orders``: (ordered, arrives, sku, units, expedite) from S."""
    rows = [
        (pd.Timestamp(placed), pd.Timestamp(arrives), "S", sku, "main", units, 4.0, 4.0 * units, express, 1, "")
        for placed, arrives, sku, units, express in orders
    ]
    dates = {"order_date": "datetime64[ns]", "arrival_date": "datetime64[ns]"}
    return Plan(
        status="optimal",
        orders=pd.DataFrame(rows, columns=ORDER_COLUMNS).astype(dates),
        projection=pd.DataFrame(columns=PROJECTION_COLUMNS),
        costs={},
        objective=0.0,
        bound=0.0,
        gap=0.0,
        gave=pd.DataFrame(columns=["kind", "name", "week", "amount", "price"]),
        seconds={},
        open_orders=pd.DataFrame(columns=OPEN_ORDER_COLUMNS) if open_orders is None else open_orders,
    )


def _promoted(company: Company, start: str, end: str, sku: str = "", category: str = "") -> Company:
    row = {
        **{"promo": "spring", "start": pd.Timestamp(start), "end": pd.Timestamp(end), "sku": sku},
        **{"category": category, "location": "", "kind": "festival", "discount": 0.2, "expected_uplift": 2.0},
    }
    return replace(company, promotions=pd.DataFrame([row]))


def test_a_festival_that_the_plan_does_not_cover(small_company: Build) -> None:
    """60 on the shelf for 10, 10, 10, 40: in the fourth week 10 are lost in one future of two, none in the other."""
    company = small_company(
        {"a": [10.0] * 20, "b": [10.0] * 20}, on_hand={"a": 60, "b": 99}, items={"a": {"category": "x"}}
    )
    company = _promoted(company, "2026-03-23", "2026-03-29", category="x")
    demand = [[10.0, 10.0, 10.0, 40.0], [1.0] * 4], [[10.0, 10.0, 10.0, 20.0], [1.0] * 4]
    alert = under_covered(company, _paths(company, *demand), _plan())[0]
    assert (alert.kind, alert.sku, alert.week) == ("festival_under_covered", "a", pd.Timestamp("2026-03-23"))
    assert alert.money_at_risk == pytest.approx(5 * 6.0)
    assert alert.probability == 0.5
    assert alert.deadline == pd.Timestamp("2026-03-09")
    assert "17% of its demand" in alert.message


def test_a_festival_that_is_covered_or_past_is_no_alert(small_company: Build) -> None:
    company = small_company({"a": [10.0] * 20}, on_hand={"a": 99})
    paths = _paths(company, [[10.0] * 4])
    assert not under_covered(_promoted(company, "2026-03-23", "2026-03-29"), paths, _plan())
    empty = small_company({"a": [10.0] * 20})
    assert not under_covered(_promoted(empty, "2026-02-23", "2026-03-08"), paths, _plan())


def test_what_waiting_for_the_next_order_day_would_cost(small_company: Build) -> None:
    """20 last two weeks. Today's 40 come in week 2; skipped, others come in week 4: 20 by express, 1.5 dearer."""
    express = {"sku": "a", "supplier": "S", "expedite_lead_time_weeks": 1, "expedite_unit_cost": 5.5}
    company = small_company(
        {"a": [10.0] * 20}, on_hand={"a": 20}, suppliers={"S": {"order_every_weeks": 2}}, lanes=[express]
    )
    plan = _plan(("2026-03-02", "2026-03-16", "a", 40, 0))
    alert = now_or_express(company, _paths(company, [[10.0] * 6]), plan)[0]
    assert (alert.kind, alert.supplier, alert.probability) == ("order_now_or_express", "S", 1.0)
    assert alert.money_at_risk == pytest.approx(20 * 1.5)
    assert "next order day, 2026-03-16, 20 units" in alert.message


def test_without_express_or_need_nothing_is_urgent(small_company: Build) -> None:
    company = small_company({"a": [10.0] * 20}, on_hand={"a": 20})
    plan = _plan(("2026-03-02", "2026-03-16", "a", 40, 0))
    assert not now_or_express(company, _paths(company, [[10.0] * 6]), plan)
    express = {"sku": "a", "supplier": "S", "expedite_lead_time_weeks": 1, "expedite_unit_cost": 5.5}
    full = small_company({"a": [10.0] * 20}, on_hand={"a": 99}, lanes=[express])
    assert not now_or_express(full, _paths(full, [[10.0] * 6]), plan)


def test_stock_on_paper_that_does_not_sell(small_company: Build) -> None:
    """a sells as b does, 8 a week, then nothing for three weeks with 30 on the shelf."""
    units = {"a": [8.0] * 20 + [0.0] * 3, "b": [8.0] * 23}
    company = small_company(units, on_hand={"a": 30, "b": 30})
    found = phantoms(company, _paths(company, [[8.0] * 6] * 2))
    assert [alert.sku for alert in found] == ["a"]
    silence = 3 * np.log1p(DISPERSION * 8) / DISPERSION
    chance = WRONG_BOOKS / (WRONG_BOOKS + (1 - WRONG_BOOKS) * np.exp(-silence))
    assert found[0].probability == pytest.approx(chance)
    assert found[0].money_at_risk == pytest.approx(chance * 16 * 6.0)
    assert "sold nothing since 2026-02-09, where about 8 units a week" in found[0].message


@pytest.mark.parametrize(
    ("units", "on_hand", "in_stock"),
    [
        ({"a": [8.0] * 20 + [0.0] * 3, "b": [8.0] * 20 + [0.0] * 3}, 30, 1.0),  # the whole category is quiet
        ({"a": [8.0] * 20 + [0.0] * 3, "b": [8.0] * 23}, 0, 1.0),  # nothing on paper
        ({"a": [8.0] * 20 + [0.0] * 3, "b": [8.0] * 23}, 30, 0.0),  # it was not on sale
        ({"a": [0.0, 1.0] + [0.0] * 21, "b": [8.0] * 23}, 30, 1.0),  # it hardly ever sells
        ({"a": [8.0] * 22 + [0.0], "b": [8.0] * 23}, 30, 1.0),  # one week proves nothing
    ],
)
def test_silence_that_is_explained_is_no_phantom(
    small_company: Build, units: dict[str, list[float]], on_hand: float, in_stock: float
) -> None:
    company = small_company(units, on_hand={"a": on_hand, "b": 30}, in_stock={"a": [1.0] * 20 + [in_stock] * 3})
    assert not phantoms(company, _paths(company, [[8.0] * 6] * 2))


def test_orders_that_wait_for_a_count_are_one_alert(small_company: Build) -> None:
    company = small_company({"a": [1.0] * 4, "b": [1.0] * 4})
    rows = {"sku": ["a", "b"], "location": "main", "value_at_stake": [300.0, 100.0], "sure": [0.5, 0.7]}
    alert = disputes(replace(company, disputes=pd.DataFrame(rows)))[0]
    assert alert.money_at_risk == 400
    assert alert.probability == pytest.approx((0.5 * 300 + 0.3 * 100) / 400)
    assert not disputes(company)
    assert not disputes(replace(company, disputes=pd.DataFrame(rows).assign(value_at_stake=0.0)))


def test_open_orders_that_the_plan_rushes_or_cancels_are_told(small_company: Build) -> None:
    table = pd.DataFrame(
        [
            (
                "P1",
                "a",
                "main",
                "S",
                20.0,
                AS_OF - pd.Timedelta(days=3),
                AS_OF,
                "expedite",
                90.0,
                "Waiting costs more.",
            ),
            ("P2", "a", "main", "S", 10.0, AS_OF + pd.Timedelta(days=30), pd.NaT, "cancel", 40.0, "Too much."),
            ("P3", "a", "main", "S", 10.0, AS_OF + pd.Timedelta(days=30), AS_OF, "wait", 0.0, ""),
        ],
        columns=OPEN_ORDER_COLUMNS,
    )
    found = settled_orders(small_company({"a": [1.0] * 4}), _plan(open_orders=table))
    assert [(one.kind, one.action, one.money_at_risk) for one in found] == [
        ("late_open_order", "Have P1 rushed: 20 units", 90.0),
        ("open_order_to_settle", "Cancel P2: 10 units", 40.0),
    ]
