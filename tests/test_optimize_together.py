"""Series that share orders, capacities and budgets: valid plans, proven bounds, the optimum where groups are small."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from optimize.checker import cost_of, decided_costs, violations
from optimize.decide import decide_together
from optimize.groups import groups
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.prepare import prepare
from optimize.solve import build, solve

Build = Callable[..., Company]
Decided = Callable[[Instance, Limits], tuple[Decisions, float]]
LIMITS = Limits(gap=1e-6, nodes=100_000, seconds=3600.0, seed=0)


def _random(build: Build, seed: int) -> Instance:
    """Three articles of two suppliers over six weeks, with fixed charges and random limits."""
    rng = np.random.default_rng(seed)
    skus = ["a", "b", "c"]
    suppliers = {
        name: {
            "order_cost": float(rng.choice([0.0, 8.0, 25.0])),
            "min_order_value": float(rng.choice([0.0, 40.0])),
            "capacity_units": float(rng.choice([9.0, 20.0, np.inf])),
        }
        for name in ("S", "T")
    }
    lanes = [
        {
            "sku": sku,
            "supplier": str(rng.choice(["S", "T"])),
            "pack_size": float(rng.choice([1, 4])),
            "line_cost": float(rng.choice([0.0, 7.0])),
        }
        for sku in skus
    ]
    lanes.append({"sku": "a", "supplier": "T" if lanes[0]["supplier"] == "S" else "S", "lead_time_weeks": 1})
    company = build({sku: [1.0] for sku in skus}, suppliers=suppliers, lanes=lanes, on_hand={"b": 5.0})
    now, weeks = company.as_of, pd.Timedelta(weeks=3)
    budget = pd.DataFrame({"start": [now], "end": [now + weeks], "amount": [150.0], "supplier": [""], "category": [""]})
    if rng.random() < 0.5:
        company = replace(company, budgets=budget)
    return prepare(company, rng.poisson([[3.0], [5.0], [2.0]], (6, 3, 6)).astype(float))


@settings(derandomize=True, max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_small_group_is_planned_to_the_optimum(small_company: Build, decided: Decided, seed: int) -> None:
    instance = _random(small_company, seed)
    plan, bound = decided(instance, LIMITS)
    best = solve(build(instance, range(3), exact_weeks=6), LIMITS).objective
    cost = cost_of(instance, range(3), plan)
    assert violations(instance, plan) == []
    assert cost == pytest.approx(best, rel=1e-5)
    assert bound == pytest.approx(cost, rel=1e-5)


@settings(derandomize=True, max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_prices_alone_give_a_valid_plan_and_a_bound_below_the_optimum(
    small_company: Build, decided: Decided, seed: int
) -> None:
    instance = _random(small_company, seed)
    best = solve(build(instance, range(3), exact_weeks=6), LIMITS).objective
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimize.decide.EXACT_LINES", 0)
        plan, bound = decided(instance, LIMITS)
    assert violations(instance, plan) == []
    assert bound <= best * (1 + 1e-6) + 1e-6
    assert cost_of(instance, range(3), plan) >= best * (1 - 1e-6) - 1e-6


@settings(derandomize=True, max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_moves_of_orders_that_are_passed_over_would_not_have_helped(
    small_company: Build, decided: Decided, seed: int
) -> None:
    instance = _random(small_company, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimize.decide.EXACT_LINES", 0)
        plan, _ = decided(instance, LIMITS)
        patch.setattr("optimize.search._Search.may_gain", lambda *_: True)
        all_tried, _ = decided(instance, LIMITS)
    assert np.array_equal(plan.packs, all_tried.packs)


def test_what_shares_nothing_stands_alone(small_company: Build) -> None:
    suppliers = {"S": {"order_cost": 5.0}, "T": {}, "U": {"order_cost": 5.0}}
    lanes = [{"sku": sku, "supplier": supplier} for sku, supplier in zip("abcd", "SSTU", strict=True)]
    company = small_company({sku: [1.0] for sku in "abcd"}, suppliers=suppliers, lanes=lanes)
    assert groups(prepare(company, np.ones((1, 4, 6)))) == ([2, 3], [[0, 1]])


def test_a_shared_charge_is_paid_once(small_company: Build) -> None:
    company = small_company({"a": [1.0], "b": [1.0]}, suppliers={"S": {"order_cost": 30.0}})
    instance = prepare(company, np.full((1, 2, 6), 4.0))
    plan = Decisions.none(instance)
    decide_together(instance, [0, 1], LIMITS, plan)
    assert decided_costs(instance, plan, range(2))["ordering"] == 30.0
    assert (plan.packs > 0).sum() == 2


def test_a_minimum_that_no_goods_are_worth_places_no_order(small_company: Build) -> None:
    company = small_company({"a": [1.0], "b": [1.0]}, suppliers={"S": {"min_order_value": 100_000.0}})
    instance = prepare(company, np.full((1, 2, 6), 4.0))
    plan = Decisions.none(instance)
    proof = decide_together(instance, [0, 1], LIMITS, plan)
    assert not plan.packs.any()
    assert proof.bound == pytest.approx(cost_of(instance, range(2), plan))


def test_a_budget_goes_where_it_earns_most(small_company: Build) -> None:
    items = {"a": {"shortage_cost": 2.0}, "b": {"shortage_cost": 9.0}}
    company = small_company({"a": [1.0], "b": [1.0]}, items=items)
    now = company.as_of
    row = {"start": [now], "end": [now + pd.Timedelta(weeks=9)], "amount": [80.0], "supplier": [""], "category": [""]}
    instance = prepare(replace(company, budgets=pd.DataFrame(row)), np.full((1, 2, 6), 4.0))
    plan = Decisions.none(instance)
    decide_together(instance, [0, 1], LIMITS, plan)
    units = [sum(plan.packs[q] for q, s in enumerate(instance.slots) if s.lane.series == i) for i in (0, 1)]
    assert units == [4.0, 16.0]
