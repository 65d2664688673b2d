"""Lanes, order weeks, and what of a budget is left."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from data.company import Company
from optimize.ground import ground
from optimize.lanes import lanes, order_weeks
from optimize.prepare import prepare

Build = Callable[..., Company]
UNITS = {"a": [1.0, 1.0]}


def test_a_cycle_begins_with_the_first_order_or_with_the_run(small_company: Build) -> None:
    company = small_company(
        UNITS,
        suppliers={
            "free": {"order_every_weeks": 2},
            "past": {"order_every_weeks": 3, "first_order": pd.Timestamp("2026-02-18")},
            "late": {"order_every_weeks": 4, "first_order": pd.Timestamp("2026-03-16")},
        },
        lanes=[{"sku": "a", "supplier": "free"}],
    )
    assert order_weeks(company, 8) == [[0, 2, 4, 6], [1, 4, 7], [2, 6]]


def test_minimums_are_rounded_up_to_packs_and_limits_down(small_company: Build) -> None:
    lane = {"sku": "a", "supplier": "S", "moq": 20.0, "pack_size": 6.0, "max_units": 50.0}
    (found,) = lanes(small_company(UNITS, lanes=[lane]))
    assert (found.pack, found.least, found.most) == (6, 4, 8)


def test_nothing_is_ordered_by_a_lane_whose_limit_is_below_its_minimum(small_company: Build) -> None:
    lane = {"sku": "a", "supplier": "S", "moq": 20.0, "pack_size": 12.0, "max_units": 23.0}
    company = small_company(UNITS, lanes=[lane])
    assert [one.usable for one in lanes(company)] == [False]
    assert ground(company, np.ones((1, 1, 6))).lanes == [[]]


def test_a_limit_that_keeps_a_price_out_of_reach_makes_goods_worth_no_more(small_company: Build) -> None:
    breaks = pd.DataFrame({"sku": "a", "supplier": "S", "from_units": [20.0], "unit_cost": [3.0]})
    free, tight = (
        ground(replace(small_company(UNITS, lanes=[lane]), price_breaks=breaks), np.ones((1, 1, 6)))
        for lane in ({"sku": "a", "supplier": "S", "max_units": most} for most in (np.inf, 8.0))
    )
    assert [lane.unit_cost for lane in tight.lanes[0]] == [4.0]
    assert tight.worth == free.worth
    assert free.worth[0].replacement == 3.0


def test_expedite_is_a_lane_of_its_own_with_its_surcharge(small_company: Build) -> None:
    rush = {"expedite_lead_time_weeks": 1.0, "expedite_unit_cost": 5.5}
    regular, rushed = lanes(small_company(UNITS, lanes=[{"sku": "a", "supplier": "S", **rush}]))
    assert (regular.expedite, regular.lead_time, regular.unit_cost, regular.surcharge) == (False, 2, 4.0, 0.0)
    assert (rushed.expedite, rushed.lead_time, rushed.unit_cost, rushed.surcharge) == (True, 1, 5.5, 1.5)


def test_an_expedite_that_is_not_faster_is_no_lane(small_company: Build) -> None:
    rush = {"expedite_lead_time_weeks": 2.0, "expedite_unit_cost": 5.5}
    assert len(lanes(small_company(UNITS, lanes=[{"sku": "a", "supplier": "S", **rush}]))) == 1


def test_each_price_tier_is_a_lane_within_its_units(small_company: Build) -> None:
    company = small_company(UNITS, lanes=[{"sku": "a", "supplier": "S", "pack_size": 10.0, "moq": 15.0}])
    breaks = pd.DataFrame({"sku": "a", "supplier": "S", "from_units": [800.0, 405.0], "unit_cost": [3.0, 3.5]})
    found = lanes(replace(company, price_breaks=breaks))
    assert [(lane.unit_cost, lane.least, lane.most) for lane in found] == [(4.0, 2, 40), (3.5, 41, 79), (3.0, 80, None)]


def test_a_budget_pays_what_is_not_yet_spent_of_it(small_company: Build) -> None:
    ordered = {"po": "1", "sku": "a", "units": 10.0, "due": "2026-03-16", "ordered_on": pd.Timestamp("2026-03-01")}
    company = small_company({"a": [1.0], "b": [1.0]}, items={"b": {"category": "toys"}}, open_orders=[ordered])
    row = {"start": pd.Timestamp("2026-03-01"), "end": pd.Timestamp("2026-03-15"), "amount": 100.0}
    budgets = pd.DataFrame([row | {"supplier": "", "category": ""}, row | {"supplier": "S", "category": "toys"}])
    instance = prepare(replace(company, budgets=budgets), np.ones((1, 2, 6)))
    whole, toys = instance.budgets
    assert (whole.amount, whole.overspent, toys.amount) == (60.0, 0.0, 100.0)
    assert {instance.slots[q].order_week for q in whole.slots} == {0, 1}
    assert {instance.slots[q].lane.series for q in toys.slots} == {1}
