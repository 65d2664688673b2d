"""Scenarios applied: each changes what it names, nothing else, and says so when it matches nothing."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.calendar import weeks_from
from data.company import Company
from data.fill import WEEKS_A_YEAR
from data.policy import Forecast, Horizon, Policy
from forecast.engine import forecast
from forecast.paths import DemandPaths
from optimize.lanes import lanes, order_weeks
from scenarios.apply import Changed, changed
from scenarios.patch import Override, Scenario, WrongScenario

Build = Callable[..., Company]
WEEKS, PATHS = 6, 10
PROMOTIONS = pd.DataFrame(
    {
        "promo": ["f25", "f26"],
        "start": pd.to_datetime(["2025-11-03", "2026-03-16"]),
        "end": pd.to_datetime(["2025-11-16", "2026-03-29"]),
        "sku": "",
        "category": "x",
        "location": "",
        "kind": "festival",
        "discount": np.nan,
        "expected_uplift": [1.5, 1.6],
    }
)


@pytest.fixture(scope="module")
def company(small_company: Build) -> Company:
    """a and b are of category x, c is not; S delivers a and b, T delivers b and c."""
    made = small_company(
        {"a": [5.0] * 30, "b": [3.0] * 30, "c": [2.0] * 30},
        items={"a": {"category": "x"}, "b": {"category": "x"}, "c": {"category": "y", "holding_cost": 0.2}},
        suppliers={"S": {"order_every_weeks": 1}, "T": {"order_cost": 5.0, "container_cost": 9.0}},
        lanes=[
            {"sku": "a", "supplier": "S", "expedite_lead_time_weeks": 1.0, "expedite_unit_cost": 5.0},
            {"sku": "b", "supplier": "S", "unit_cost": 5.0},
            {"sku": "b", "supplier": "T"},
            {"sku": "c", "supplier": "T"},
        ],
        open_orders=[
            {"po": "P1", "sku": "a", "units": 8.0, "due": "2026-03-04", "week": "2026-03-09"},
            {"po": "P2", "sku": "a", "units": 8.0, "due": "2026-03-23"},
        ],
        policy=Policy(horizon=Horizon(weeks=WEEKS), forecast=Forecast(paths=PATHS)),
    )
    budgets = pd.DataFrame(
        {
            "start": pd.to_datetime(["2026-03-01", "2026-04-01"]),
            "end": pd.to_datetime(["2026-03-31", "2026-04-30"]),
            "amount": [100.0, 200.0],
            "supplier": "",
            "category": "",
        }
    )
    breaks = pd.DataFrame({"sku": ["b"], "supplier": ["T"], "from_units": [50.0], "unit_cost": [3.0]})
    return replace(made, budgets=budgets, price_breaks=breaks, promotions=PROMOTIONS)


def _changed(company: Company, *overrides: dict[str, Any]) -> Changed:
    return changed(company, Scenario(name="x", override=tuple(Override(**one) for one in overrides)))


def _world(company: Company, **override: Any) -> Company:
    return _changed(company, override).company


def _paths(company: Company, *overrides: dict[str, Any]) -> np.ndarray:
    """Demand of 10 units a week of every series and path, after the overrides."""
    flat = np.full((PATHS, len(company.series), WEEKS), 10.0)
    known = SimpleNamespace(paths=DemandPaths(flat, company.series, weeks_from(company.as_of, WEEKS)))
    return _changed(company, *overrides).paths(known)


def test_demand_of_a_segment_and_weeks(company: Company) -> None:
    found = _paths(
        company,
        {"field": "demand", "operation": "multiply", "value": 1.5, "category": "x", "first": "2026-03-09"},
    )
    assert (found[:, :2, 0] == 10).all()
    assert (found[:, :2, 1:] == 15).all()
    assert (found[:, 2] == 10).all()


def test_a_week_that_is_named_in_part_is_changed_by_its_days(company: Company) -> None:
    days = {"first": "2026-03-05", "last": "2026-03-09"}
    found = _paths(company, {"field": "demand", "operation": "multiply", "value": 2.0, "sku": "a", **days})
    assert found[0, 0].tolist() == pytest.approx([10 * (1 + 4 / 7), 10 * (1 + 1 / 7), 10, 10, 10, 10])


def test_units_added_or_set_are_a_week_s_of_all_that_is_named(company: Company) -> None:
    added = _paths(company, {"field": "demand", "operation": "add", "value": 6.0, "category": "x"})
    assert (added[:, :2] == 13).all()
    put = _paths(company, {"field": "demand", "operation": "set", "value": 8.0, "supplier": "T"})
    assert (put[:, 1:] == 4).all()
    assert (put[:, 0] == 10).all()


def test_demand_in_the_weeks_of_a_promotion(company: Company) -> None:
    found = _paths(company, {"field": "demand", "operation": "multiply", "value": 1.6, "promo": "festival"})
    assert found[0, 0].tolist() == [10, 10, 16, 16, 10, 10]
    assert (found[:, 2] == 10).all()


def test_overrides_act_one_after_the_other(company: Company) -> None:
    double, put = {"field": "price", "operation": "multiply", "value": 2.0}, {"field": "price", "value": 7.0}
    assert (_changed(company, double, put).company.items["price"] == 7).all()
    assert (_changed(company, put, double).company.items["price"] == 14).all()
    applied = _changed(company, put, {**double, "sku": "a"}).applied
    assert applied[["field", "operation", "sku", "changed"]].to_numpy().tolist() == [
        ["price", "set", "", 3],
        ["price", "multiply", "a", 1],
    ]


def test_prices_carry_the_margin_with_them(company: Company) -> None:
    found = _world(company, field="price", operation="add", value=-1.0, category="x")
    assert found.items["price"].tolist() == [9, 9, 10]
    assert found.items["shortage_cost"].tolist() == [5, 5, 6]


def test_cost_of_a_supplier_s_goods(company: Company) -> None:
    found = _world(company, field="unit_cost", operation="multiply", value=1.5, supplier="T")
    assert found.sourcing["unit_cost"].tolist() == [4, 5, 6, 6]
    assert found.price_breaks["unit_cost"].tolist() == [4.5]
    # Only c comes from nobody else: its own cost, holding cost and margin follow.
    assert found.items["unit_cost"].tolist() == [4, 4, 6]
    assert found.items["shortage_cost"].tolist() == [6, 6, 4]
    assert found.items["holding_cost"].tolist() == pytest.approx([0.5, 0.5, 0.2 + 0.25 * 2 / WEEKS_A_YEAR])
    assert found.items["salvage_value"].tolist() == [4, 4, 6]


@pytest.mark.parametrize(
    ("override", "factor"),
    [
        ({"field": "duty", "value": 0.1}, 1.1),
        ({"field": "duty", "operation": "add", "value": 0.2}, 1.2),
        ({"field": "exchange_rate", "operation": "multiply", "value": 1.08}, 1.08),
        ({"field": "exchange_rate", "operation": "set", "value": 0.9}, 0.9),
        ({"field": "exchange_rate", "operation": "add", "value": 0.05}, 1.05),
    ],
)
def test_duty_and_exchange_rate_are_factors_on_cost(company: Company, override: dict[str, Any], factor: float) -> None:
    found = _world(company, **override)
    assert found.sourcing["unit_cost"].tolist() == pytest.approx([4 * factor, 5 * factor, 4 * factor, 4 * factor])
    assert found.sourcing["expedite_unit_cost"].tolist()[0] == pytest.approx(5 * factor)


def test_freight_is_containers_and_what_express_adds(company: Company) -> None:
    found = _world(company, field="freight", operation="multiply", value=1.5)
    assert found.suppliers["container_cost"].tolist() == [0, 13.5]
    assert found.sourcing["expedite_unit_cost"].tolist()[0] == 5.5
    only = _world(company, field="freight", operation="multiply", value=1.5, supplier="S")
    assert only.suppliers["container_cost"].tolist() == [0, 9]


def test_the_carrying_rate_moves_holding_costs_by_its_part(company: Company) -> None:
    found = _world(company, field="carrying_rate", operation="add", value=0.05)
    assert found.policy.money.carrying_rate == pytest.approx(0.3)
    more = found.items["holding_cost"] - company.items["holding_cost"]
    assert more.tolist() == pytest.approx([0.05 * 4 / WEEKS_A_YEAR] * 3)


def test_columns_of_supply(company: Company) -> None:
    later = _world(company, field="lead_time_weeks", operation="add", value=1.5, supplier="S")
    assert later.sourcing["lead_time_weeks"].tolist() == [4, 4, 2, 2]
    assert later.sourcing["lead_time_weeks"].dtype == company.sourcing["lead_time_weeks"].dtype
    assert _world(company, field="lead_time_sd", value=0.7).sourcing["lead_time_sd"].eq(0.7).all()
    assert _world(company, field="capacity_units", value=30, supplier="T").suppliers["capacity_units"].tolist() == [
        np.inf,
        30,
    ]
    assert _world(company, field="on_hand", value=4, sku="b").stock["on_hand"].tolist() == [0, 4, 0]


def test_a_late_supplier_delays_what_is_on_order_and_what_will_be(company: Company) -> None:
    found = _world(company, field="late_days", value=15, supplier="S")
    assert [f"{day:%m-%d}" for day in found.open_orders["due"]] == ["03-19", "04-07"]
    assert [f"{day:%m-%d}" for day in found.open_orders["week"]] == ["03-23", "04-13"]
    assert [lane.due(4) for lane in lanes(found)] == [9, 8, 9, 6, 6, 6]
    some = _world(company, field="late_days", value=15, supplier="S", last="2026-03-10")
    assert [f"{day:%m-%d}" for day in some.open_orders["due"]] == ["03-19", "03-23"]
    overdue = replace(company, open_orders=company.open_orders.assign(due=pd.to_datetime(["2026-02-20", "2026-03-23"])))
    days = {"first": "2026-02-16", "last": "2026-02-22"}
    moved = _world(overdue, field="late_days", value=30, sku="a", **days).open_orders
    assert [f"{day:%m-%d}" for day in moved["week"]] == ["03-23", "03-23"]
    first = lanes(some)[0]
    assert [first.due(week) for week in range(4)] == [5, 6, 4, 5]
    twice = _changed(
        company,
        {"field": "late_days", "value": 7, "sku": "a", "first": "2026-03-09", "last": "2026-03-15"},
        {"field": "late_days", "value": 14, "sku": "a"},
    )
    assert [lanes(twice.company)[0].due(week) for week in range(3)] == [4, 6, 6]


def test_other_lead_times_do_not_make_past_deliveries_late(company: Company) -> None:
    receipts = pd.DataFrame(
        {
            "po": ["R"],
            "sku": ["a"],
            "units": [5.0],
            "supplier": ["S"],
            "ordered_on": pd.to_datetime(["2026-01-05"]),
            "promised_on": pd.to_datetime([pd.NaT]),
            "received_on": pd.to_datetime(["2026-01-19"]),
        }
    )
    found = _world(replace(company, receipts=receipts), field="lead_time_weeks", value=5, sku="a")
    assert found.receipts["promised_on"].tolist() == [pd.Timestamp("2026-01-19")]


def test_a_supplier_that_is_gone_takes_no_orders(company: Company) -> None:
    found = _world(company, field="supplier", value="gone", supplier="T", first="2026-03-09", last="2026-03-22")
    assert order_weeks(found, WEEKS) == [[0, 1, 2, 3, 4, 5], [0, 3, 4, 5]]


def test_a_new_source_of_a_category(company: Company) -> None:
    terms = {"lead_time_weeks": 1, "cost_factor": 0.75, "moq": 10}
    found = _world(company, field="source", value=terms, supplier="N", category="x")
    new = found.sourcing[found.sourcing["supplier"] == "N"]
    assert new[["sku", "lead_time_weeks", "unit_cost", "moq"]].to_numpy().tolist() == [["a", 1, 3, 10], ["b", 1, 3, 10]]
    assert found.suppliers.loc["N", ["order_cost", "order_every_weeks", "capacity_units"]].tolist() == [0, 1, np.inf]
    assert found.suppliers.index.tolist() == ["N", "S", "T"]


def test_budgets_of_a_period_and_new_ones(company: Company) -> None:
    less = _world(company, field="budget", operation="multiply", value=0.8, last="2026-03-31")
    assert less.budgets["amount"].tolist() == [80, 200]
    new = _world(company, field="budget", value=50, category="x").budgets
    assert new.iloc[-1][["amount", "category"]].tolist() == [50, "x"]
    assert len(new) == 3


def test_service_floors_of_all_a_category_and_an_item(company: Company) -> None:
    assert _world(company, field="service_floor", value=0.9).policy.service.floor == 0.9
    assert _world(company, field="service_floor", value=0.9, category="x").policy.service.categories == {"x": 0.9}
    assert _world(company, field="service_floor", value=0.9, sku="c").items["service_floor"].tolist() == [0, 0, 0.9]


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ({"field": "price", "value": 1.0, "sku": "A"}, "knows no sku 'A'. Did you mean \"a\"?"),
        ({"field": "demand", "value": 1.0, "promo": "festivl"}, 'Did you mean "festival"?'),
        ({"field": "demand", "value": 1.0, "sku": "c", "promo": "festival"}, "no coming promotion touches that"),
        ({"field": "demand", "value": 1.0, "promo": "f25"}, 'touches that. Did you mean "f26"?'),
        ({"field": "capacity_units", "operation": "multiply", "value": 0.5}, "To make one, use set."),
        ({"field": "line_cost", "operation": "multiply", "value": 2}, "all of them are 0"),
        ({"field": "service_floor", "operation": "multiply", "value": 0.9}, "there is none to multiply"),
        ({"field": "unit_cost", "value": 1.0, "sku": "a", "supplier": "T"}, "That is delivered by: S."),
        ({"field": "moq", "value": 1.0, "sku": "a", "supplier": "T"}, "That is delivered by: S."),
        ({"field": "budget", "operation": "multiply", "value": 0.5, "category": "y"}, "no such budget. There are: "),
        ({"field": "late_days", "value": 5.0, "first": "2027-04-06"}, "nothing is due or can be ordered there then"),
        ({"field": "demand", "value": 1.0, "first": "2027-04-06"}, "nothing is sold there then. Planned are"),
    ],
)
def test_an_override_that_matches_nothing_says_what_is_near(
    company: Company, override: dict[str, Any], told: str
) -> None:
    with pytest.raises(WrongScenario) as wrong:
        _changed(company, override)
    assert str(wrong.value).startswith("override 1: ")
    assert told in str(wrong.value)


def test_the_best_supplier_is_the_one_whose_goods_sold_most(company: Company) -> None:
    assert _changed(company, {"field": "late_days", "value": 7, "supplier": "@best"}).applied["supplier"][0] == "S"


def test_a_promotion_moved_or_cancelled_keeps_the_futures(company: Company) -> None:
    """Elsewhere every path is the same; where the festival was, it keeps its rank among the paths."""
    base = forecast(company)
    for override in (
        {"field": "promotion", "value": "cancelled", "promo": "f26"},
        {"field": "promotion_start", "operation": "add", "value": 14, "promo": "f26"},
    ):
        patched = _changed(company, override)
        assert patched.forecasts
        found, before = patched.paths(base), base.paths.values
        np.testing.assert_array_equal(found[:, 2], before[:, 2])
        np.testing.assert_array_equal(found[:, :2, 0], before[:, :2, 0])  # the week between is that of waiting for it
        assert found[:, :2, 2:4].mean() < 0.9 * before[:, :2, 2:4].mean()
        order = np.argsort(before[:, 0, 2], kind="stable")
        assert (np.diff(found[order, 0, 2]) >= 0).all()


def test_an_uplift_is_a_multiple_of_what_would_be_sold_without(company: Company) -> None:
    base = forecast(company)
    without = forecast(replace(company, promotions=company.promotions.iloc[:1])).outlook.mean
    found = _changed(company, {"field": "uplift", "value": 2.0, "promo": "f26"}).paths(base)
    scaled = base.outlook.mean * found.mean(axis=0) / base.paths.mean()
    np.testing.assert_allclose(scaled[:2, 2:4], 2.0 * without[:2, 2:4])
    np.testing.assert_array_equal(found[:, 2], base.paths.values[:, 2])
