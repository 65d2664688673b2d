"""Containers: whole ones, filled jointly, and topped up where goods are wanted soon."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from optimize.checker import cost_of, decided_costs, violations
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.solve import build, solve

Build = Callable[..., Company]
Decided = Callable[[Instance, Limits], tuple[Decisions, float]]
LIMITS = Limits(gap=1e-6, nodes=100_000, seconds=3600.0, seed=0)


def _random(build: Build, seed: int) -> Instance:
    """Three articles of different size over six weeks, one or two suppliers that ship in containers."""
    rng = np.random.default_rng(seed)
    suppliers = {
        name: {
            "order_cost": float(rng.choice([0.0, 8.0])),
            "container_cost": float(rng.choice([6.0, 25.0])),
            "container_volume": float(rng.choice([10.0, 25.0])),
            "container_weight": float(rng.choice([15.0, np.inf])),
            "min_order_value": float(rng.choice([0.0, 40.0])),
        }
        for name in ("S", "T")
    }
    skus = ["a", "b", "c"]
    items = {
        sku: {"volume": volume, "weight": 1.0, "holding_cost": 0.2}
        for sku, volume in zip(skus, (0.5, 1.0, 2.5), strict=True)
    }
    lanes = [
        {"sku": sku, "supplier": str(rng.choice(["S", "T"])), "pack_size": float(rng.choice([1, 4]))} for sku in skus
    ]
    company = build({sku: [1.0] for sku in skus}, items=items, suppliers=suppliers, lanes=lanes, on_hand={"b": 5.0})
    return prepare(company, rng.poisson([[3.0], [5.0], [2.0]], (6, 3, 6)).astype(float))


@settings(derandomize=True, max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_containers_are_planned_as_branch_and_bound_plans_them(
    small_company: Build, decided: Decided, seed: int
) -> None:
    instance = _random(small_company, seed)
    found, bound = decided(instance, LIMITS)
    best = solve(build(instance, range(3), exact_weeks=6), LIMITS).objective
    assert violations(instance, found) == []
    assert cost_of(instance, range(3), found) == pytest.approx(best, rel=1e-5)
    assert bound == pytest.approx(best, rel=1e-5)


@settings(derandomize=True, max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_prices_of_room_alone_give_a_good_plan_and_a_bound_below_the_optimum(
    small_company: Build, decided: Decided, seed: int
) -> None:
    instance = _random(small_company, seed)
    best = solve(build(instance, range(3), exact_weeks=6), LIMITS).objective
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimize.decide.EXACT_LINES", 0)
        found, bound = decided(instance, LIMITS)
    assert violations(instance, found) == []
    assert bound <= best * (1 + 1e-6) + 1e-6
    assert best * (1 - 1e-6) - 1e-6 <= cost_of(instance, range(3), found) <= 1.15 * best


def _two(build: Build, room: float) -> Company:
    """Two articles of volume 1, 5 and 4 a week, in weeks 2 to 5; a container costs 30."""
    items = {sku: {"volume": 1.0, "holding_cost": 0.5} for sku in "ab"}
    supplier = {"container_cost": 30.0, "container_volume": room}
    return build({"a": [1.0], "b": [1.0]}, items=items, suppliers={"S": supplier})


DEMAND = np.repeat(np.array([[[5.0], [4.0]]]), 6, axis=2)


def test_a_container_that_is_nearly_full_is_topped_up_with_goods_wanted_soon(
    small_company: Build, decided: Decided
) -> None:
    """9 units are wanted a week, 36 in all; a container for 12 takes 3 units of the next week."""
    instance = prepare(_two(small_company, 12.0), DEMAND)
    found, _ = decided(instance, LIMITS)
    best = solve(build(instance, range(2), exact_weeks=6), LIMITS).objective
    assert cost_of(instance, range(2), found) == pytest.approx(best)
    first = sum(found.packs[q] for q, slot in enumerate(instance.slots) if slot.order_week == 0)
    assert first == 12
    assert decided_costs(instance, found, range(2))["containers"] == 90.0


def test_a_line_says_how_full_its_containers_are(small_company: Build) -> None:
    found = plan(_two(small_company, 12.0), DEMAND)
    assert found.costs["containers"] == 90.0
    now = found.due_now()
    assert now["units"].sum() == 12
    assert all("Its order fills 1 container to 100%." in reason for reason in now["reason"])


def test_a_container_that_costs_more_than_its_goods_earn_is_not_started(small_company: Build) -> None:
    company = _two(small_company, 20.0)
    company.suppliers["container_cost"] = 500.0
    assert len(plan(company, DEMAND).orders) == 0


def test_containers_without_a_cost_limit_nothing(small_company: Build) -> None:
    company = _two(small_company, 20.0)
    company.suppliers["container_cost"] = 0.0
    without = _two(small_company, np.inf)
    assert plan(company, DEMAND).orders.equals(plan(without, DEMAND).orders)
