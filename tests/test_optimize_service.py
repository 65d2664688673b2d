"""Service floors: met at least cost, shared where that is cheapest, priced, and elastic where they cannot be met."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from data.gate import read_company
from data.policy import Service
from optimize.checker import check, cost_of, short_units, supply, violations
from optimize.groups import groups
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.solve import build, solve

Build = Callable[..., Company]
Decided = Callable[[Instance, Limits], tuple[Decisions, float]]
LIMITS = Limits(gap=1e-6, nodes=100_000, seconds=3600.0, seed=0)


def _with(company: Company, **service: object) -> Company:
    return replace(company, policy=company.policy.model_copy(update={"service": Service(**service)}))


def _short(instance: Instance, found: Decisions, *series: int) -> float:
    return short_units(instance, found, series, supply(instance, found))


def _random(build: Build, seed: int) -> tuple[Company, np.ndarray]:
    """Three articles, two of a category, with random packs, charges and a capacity now and then."""
    rng = np.random.default_rng(seed)
    terms = {"order_cost": float(rng.choice([0.0, 9.0])), "capacity_units": float(rng.choice([12.0, np.inf]))}
    lanes = [{"sku": sku, "supplier": "S", "pack_size": float(rng.choice([1, 4]))} for sku in "abc"]
    margins = {
        sku: {"shortage_cost": float(rng.choice([0.3, 1.0, 4.0])), "category": "xxy"[i]} for i, sku in enumerate("abc")
    }
    company = build({sku: [1.0] for sku in "abc"}, items=margins, suppliers={"S": terms}, lanes=lanes)
    return company, rng.poisson([[4.0], [2.0], [6.0]], (8, 3, 6)).astype(float)


@settings(derandomize=True, max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), floor=st.sampled_from([0.6, 0.9, 1.0]), own=st.booleans())
def test_a_floor_is_kept_at_the_least_cost_and_never_lowers_it(
    small_company: Build, decided: Decided, seed: int, floor: float, own: bool
) -> None:
    company, demand = _random(small_company, seed)
    items = company.items.assign(service_floor=[floor, 0.0, 0.0])
    floored = replace(company, items=items) if own else _with(company, categories={"x": floor})
    instance = prepare(floored, demand)
    found, bound = decided(instance, LIMITS)
    best = solve(build(instance, range(3), exact_weeks=6), LIMITS).objective
    assert violations(instance, found) == []
    assert cost_of(instance, range(3), found) == pytest.approx(best, rel=1e-5)
    assert bound <= best + 1e-5 * abs(best)
    without = prepare(company, demand)
    assert cost_of(without, range(3), decided(without, LIMITS)[0]) <= best + 1e-5 * abs(best)


def test_a_floor_binds_and_is_met_with_no_unit_to_spare(small_company: Build, decided: Decided) -> None:
    """A margin of 0.05 does not pay for holding at 0.5 a week: what is bought beyond that, the floor asks for."""
    company = small_company({"a": [1.0]}, items={"a": {"shortage_cost": 0.05}})
    demand = np.random.default_rng(3).poisson(20.0, (60, 1, 6)).astype(float)
    free = prepare(company, demand)
    bound_ = prepare(replace(company, items=company.items.assign(service_floor=0.95)), demand)
    (floor,) = bound_.floors
    assert floor.demand == pytest.approx(demand[:, 0, 2:].sum() / 60)
    assert _short(free, decided(free, LIMITS)[0], 0) > floor.most_short
    short = _short(bound_, decided(bound_, LIMITS)[0], 0)
    assert floor.most_short - 1.0 < short <= floor.most_short


def test_a_pooled_floor_takes_service_where_it_is_cheapest(small_company: Build, decided: Decided) -> None:
    items = {
        "a": {"shortage_cost": 0.0, "holding_cost": 0.1, "category": "x"},
        "b": {"shortage_cost": 0.0, "holding_cost": 2.0, "category": "x"},
    }
    company = small_company({"a": [1.0], "b": [1.0]}, items=items)
    demand = np.random.default_rng(3).poisson(10.0, (40, 2, 6)).astype(float)
    instance = prepare(_with(company, categories={"x": 0.8, "unknown": 0.9}), demand)
    (floor,) = instance.floors
    found, _ = decided(instance, LIMITS)
    a, b = (_short(instance, found, i) for i in (0, 1))
    assert a + b <= floor.most_short + 1e-9
    assert a < b / 3


def test_one_floor_holds_for_all_together(small_company: Build, decided: Decided) -> None:
    company, demand = _random(small_company, 4)
    instance = prepare(_with(company, floor=0.97), demand)
    found, _ = decided(instance, LIMITS)
    (floor,) = instance.floors
    assert floor.series == (0, 1, 2)
    check(instance, found)
    assert groups(instance) == ([], [[0, 1, 2]])


def test_what_a_floor_cannot_have_is_told_and_a_capacity_does_not_give_for_it(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, items={"a": {"service_floor": 1.0}}, suppliers={"S": {"capacity_units": 3.0}})
    found = plan(company, np.full((1, 1, 6), 4.0))
    (gave,) = found.gave.to_dict("records")
    assert (gave["kind"], gave["name"], gave["week"]) == ("service_floor", "a", pd.Timestamp("2026-03-02"))
    assert gave["amount"] == pytest.approx(4.0)
    assert gave["price"] == pytest.approx(10.0 * 10.0)
    assert found.costs["limits"] == pytest.approx(400.0)
    assert (found.orders["units"] <= 3).all()


def test_many_floors_of_series_that_share_nothing_are_one_group(small_company: Build, decided: Decided) -> None:
    skus = [f"s{i:02}" for i in range(20)]
    lanes = [{"sku": sku, "supplier": sku} for sku in skus]
    company = small_company(
        {sku: [1.0] for sku in skus},
        items={sku: {"service_floor": 0.9, "shortage_cost": 0.1} for sku in skus[:15]},
        suppliers={sku: {} for sku in skus},
        lanes=lanes,
    )
    demand = np.random.default_rng(1).poisson(8.0, (30, 20, 6)).astype(float)
    instance = prepare(company, demand)
    assert groups(instance) == (list(range(15, 20)), [list(range(15))])
    found, bound = decided(instance, replace(LIMITS, gap=0.002, nodes=100))
    cost = cost_of(instance, range(20), found)
    below = [_short(instance, found, *floor.series) - floor.most_short for floor in instance.floors]
    assert max(below) * instance.floors[0].over_price < 1.0, "less than what one more unit costs"
    assert bound <= cost <= bound + 0.01 * abs(bound)


def test_a_floor_for_a_category_without_items_is_reported(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("sku,unit_cost,price,category,service_floor\na,4,9,baby,0.9\nb,4,9,baby,\n")
    (tmp_path / "sourcing.csv").write_text("sku,supplier,lead_time_weeks\na,S,1\nb,S,1\n")
    (tmp_path / "stock.csv").write_text("sku,on_hand\na,3\nb,3\n")
    (tmp_path / "sales.csv").write_text("date,sku,units\n2026-03-02,a,4\n2026-03-02,b,4\n")
    (tmp_path / "restock.toml").write_text("[service]\ncategories = { baby = 0.95, bady = 0.9 }\n")
    company, problems = read_company(tmp_path)
    (told,) = [one for one in problems if one.table == "restock.toml"]
    assert (told.value, told.effect) == ("bady", "The floor holds for nothing.")
    assert company.items["service_floor"].tolist() == [0.9, 0.0]
    assert company.policy.service.categories == {"baby": 0.95, "bady": 0.9}
