"""Reasons: every figure of a line's text recomputed from the paths, and the limits that set its quantity."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from optimize.planner import plan
from optimize.stock_flow import play

Build = Callable[..., Company]


def test_a_firm_line_says_what_it_covers_saves_and_would_have_brought(small_company: Build) -> None:
    demand = np.random.default_rng(6).poisson(9, (200, 1, 6)).astype(float)
    lane = {"sku": "a", "supplier": "S", "pack_size": 5.0}
    company = small_company({"a": [1.0]}, lanes=[lane], on_hand={"a": 20.0})
    found = plan(company, demand)
    line = found.orders.iloc[0]
    arrivals = np.zeros((1, 6))
    for row in found.orders.itertuples():
        arrivals[0, (row.arrival_date - company.as_of).days // 7] += row.units
    week = (line["arrival_date"] - company.as_of).days // 7
    assert (week, arrivals[0, 3] > 0) == (2, True)

    def sold_and_held(units: float) -> tuple[float, float, float]:
        changed = arrivals.copy()
        changed[0, 2] += units
        stock, lost = play(np.array([20.0]), changed, demand)
        return 6.0 * lost[:, 0, 2].mean(), 0.5 * stock[:, 0, 2].mean(), (lost[:, 0, 2] > 0).mean()

    (lost, held, _), (lost_none, _, out) = sold_and_held(0.0), sold_and_held(-line["units"])
    (lost_less, held_less, _), (lost_more, held_more, _) = sold_and_held(-5.0), sold_and_held(5.0)
    assert line["reason"].startswith("Stock then lasts ")
    assert f"Without it: {out:.0%} risk of running out by the week of 2026-03-16" in line["reason"]
    told = line["reason"].split("Without it: ")[1]
    expected = [lost_none - lost, lost_less - lost, held - held_less, lost - lost_more, held_more - held]
    shown = re.search(
        r", ([\d.]+) of margin lost. The last pack of 5 earns ([\d.]+) and costs ([\d.]+) of holding; "
        r"one more would earn ([\d.]+) and cost ([\d.]+)\.",
        told,
    )
    assert shown is not None
    assert [float(part) for part in shown.groups()] == pytest.approx(expected, abs=0.0051)


def test_cover_counts_the_stock_that_is_there(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, suppliers={"S": {"order_cost": 1.0, "order_every_weeks": 3}})
    found = plan(company, np.full((1, 1, 6), 4.0))
    first = found.orders.iloc[0]
    assert first["units"] == 12
    assert first["reason"].startswith("Stock then lasts 3.0 weeks, into the week of 2026-03-30.")


@pytest.mark.parametrize(
    ("supplier", "lane", "words"),
    [
        ({}, {"moq": 40.0}, "The minimum of 40 units sets the quantity."),
        ({}, {"max_units": 3.0}, "The limit of 3 units per order sets the quantity."),
        ({"capacity_units": 3.0}, {}, "The supplier's capacity of 3 units a week is used up."),
        ({"min_order_value": 64.0}, {}, "It helps to reach the supplier's minimum order of 64."),
    ],
)
def test_the_limit_that_sets_a_quantity_is_named(
    small_company: Build, supplier: dict[str, float], lane: dict[str, float], words: str
) -> None:
    company = small_company({"a": [1.0]}, suppliers={"S": supplier}, lanes=[{"sku": "a", "supplier": "S"} | lane])
    found = plan(company, np.full((1, 1, 6), 4.0))
    assert words in found.orders.iloc[0]["reason"]
    free = plan(small_company({"a": [1.0]}), np.full((1, 1, 6), 4.0))
    assert words not in free.orders.iloc[0]["reason"]


def test_a_price_step_is_no_minimum_and_no_limit(small_company: Build) -> None:
    """From 10 units on they cost 3 instead of 4: 10 are bought where 4 a week are needed; 9 would be the dear tier's
    most.
    """
    steps = pd.DataFrame({"sku": ["a"], "supplier": ["S"], "from_units": [10.0], "unit_cost": [3.0]})
    company = replace(small_company({"a": [1.0]}, suppliers={"S": {"order_cost": 6.0}}), price_breaks=steps)
    at_step = plan(company, np.array([[[0.0, 0.0, 8.0, 0.0, 0.0, 0.0]]]))
    assert at_step.orders["units"].tolist() == [10]
    assert (
        "From 10 units on a unit costs 3.00 instead of 4.00. One unit less of the step" in at_step.orders["reason"][0]
    )
    assert "minimum" not in at_step.orders["reason"][0]
    assert set(at_step.limits["kind"]) == {"price_step", "order_charge"}
    dear = replace(company, price_breaks=steps.assign(unit_cost=3.99))
    below = plan(dear, np.array([[[0.0, 0.0, 9.0, 0.0, 0.0, 0.0]]]))
    assert below.orders["units"].tolist() == [9]
    assert "limit" not in below.orders["reason"][0]


@pytest.mark.parametrize(
    ("lanes", "words"),
    [
        ([{"expedite_lead_time_weeks": 0.0, "expedite_unit_cost": 5.5}], "1.50 of express surcharge"),
        ([{"lead_time_weeks": 0, "unit_cost": 5.0}, {"supplier": "T"}], "1.00 more than at its lowest price"),
    ],
)
def test_what_is_paid_beyond_the_lowest_price_is_a_cost(
    small_company: Build, lanes: list[dict[str, float]], words: str
) -> None:
    """An empty shelf, a cheap way of two weeks and a dear one at once: a unit earns 6 and costs the difference."""
    rows = [{"sku": "a", "supplier": "S"} | lane for lane in lanes]
    company = small_company({"a": [1.0]}, suppliers={"S": {}, "T": {}}, lanes=rows)
    first = plan(company, np.full((1, 1, 6), 4.0)).orders
    rushed = first[first["arrival_date"].eq(company.as_of)]["reason"].iloc[0]
    more = words.split(" ")[0]
    assert f"The last unit earns 6.00 and costs 0.00 of holding and {words}; one more would earn 0.00" in rushed
    assert f"and cost {0.5 + float(more):.2f}." in rushed


def test_goods_that_an_open_order_would_leave_over_are_counted(small_company: Build) -> None:
    """The season's last order line meets a shortage before an open order comes: what it brings too much is left when
    the season ends, though the next delivery is that order.
    """
    company = small_company(
        {"a": [1.0]},
        items={"a": {"salvage_value": 1.0}},
        suppliers={"S": {"order_every_weeks": 6}},
        lanes=[{"sku": "a", "supplier": "S", "pack_size": 5.0}],
        open_orders=[{"po": "1", "sku": "a", "units": 20.0, "due": "2026-03-30"}],
    )
    items = company.items.assign(season_end=company.as_of + pd.Timedelta(weeks=5, days=6))
    found = plan(replace(company, items=items), np.full((1, 1, 6), 6.0))
    assert found.orders["units"].tolist() == [10]
    held, left = 0.5 * (5 + 3 + 3 + 3), 3.0 * 3
    assert f"one more would earn 12.00 and cost {held + left:.2f}." in found.orders["reason"][0]


def test_stock_for_longer_than_the_horizon_says_how_long(small_company: Build) -> None:
    company = small_company(
        {"a": [1.0]}, lanes=[{"sku": "a", "supplier": "S", "pack_size": 100.0}], items={"a": {"holding_cost": 0.01}}
    )
    line = plan(company, np.full((1, 1, 6), 2.0)).orders.iloc[0]
    assert line["reason"].startswith("Stock then lasts beyond the weeks that are planned, at their pace some 50 weeks.")


def test_a_budget_that_is_used_up_is_named(small_company: Build) -> None:
    company = small_company({"a": [1.0]})
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=6)]}
    budget = pd.DataFrame({**dates, "amount": [30.0], "supplier": [""], "category": [""]})
    found = plan(replace(company, budgets=budget), np.full((1, 1, 6), 4.0))
    assert "The budget 2026-03-02..2026-04-13 is used up." in found.orders.iloc[0]["reason"]


def test_what_a_season_leaves_over_is_counted(small_company: Build) -> None:
    demand = np.random.default_rng(6).poisson(9, (200, 1, 6)).astype(float)
    company = small_company({"a": [1.0]})
    items = company.items.assign(season_end=company.as_of + pd.Timedelta(weeks=2, days=6), salvage_value=1.0)
    line = plan(replace(company, items=items), demand).due_now().iloc[0]
    units = float(line["units"])
    shelf = play(np.array([float(company.stock["on_hand"].iloc[0])]), np.zeros((1, 3)), demand[:, :, :3])[0][:, 0, 1]
    left, less = (np.maximum(shelf + bought - demand[:, 0, 2], 0.0).mean() for bought in (units, units - 1))
    shown = re.search(r"and ([\d.]+) of clearance at season's end", line["reason"])
    assert shown is not None
    assert float(shown[1]) == pytest.approx(3.0 * (left - less), abs=0.0051)


def test_money_bears_the_companys_currency(small_company: Build) -> None:
    company = small_company({"a": [1.0]})
    money = company.policy.money.model_copy(update={"currency": "€"})
    company = replace(company, policy=company.policy.model_copy(update={"money": money}))
    found = plan(company, np.full((1, 1, 6), 4.0))
    assert "€24.00 of margin lost" in found.due_now().iloc[0]["reason"]


def test_goods_bought_ahead_of_a_full_order_say_so(small_company: Build) -> None:
    """Weeks 4 and 5 need 14 together, a week's order holds 8: some must come earlier than it is needed."""
    company = small_company({"a": [1.0]}, suppliers={"S": {"capacity_units": 8.0}})
    found = plan(company, np.array([[[0.0, 0.0, 2.0, 14.0, 2.0, 2.0]]]))
    first = found.orders.iloc[0]
    assert first["units"] == 8
    words = (
        "Part of it is bought ahead of the order of 2026-03-09: the supplier's capacity of 8 units a week is used up."
    )
    assert words in first["reason"]


def test_goods_bought_ahead_of_an_order_after_the_next_say_so(small_company: Build) -> None:
    """20 are wanted in the last week; an order holds 8, and the budget of the third one pays for 4."""
    company = small_company({"a": [1.0]}, lanes=[{"sku": "a", "supplier": "S", "max_units": 8.0}])
    dates = {"start": [company.as_of + pd.Timedelta(weeks=2)], "end": [company.as_of + pd.Timedelta(weeks=6)]}
    budget = pd.DataFrame({**dates, "amount": [16.0], "supplier": [""], "category": [""]})
    found = plan(replace(company, budgets=budget), np.array([[[0.0, 0.0, 0.0, 0.0, 0.0, 20.0]]]))
    assert found.orders["units"].tolist() == [8, 8, 4]
    words = "Part of it is bought ahead of the order of 2026-03-23: the budget 2026-03-16..2026-04-13 is used up."
    assert words in found.orders.iloc[0]["reason"]
