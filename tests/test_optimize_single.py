"""Series alone: the dynamic program against branch and bound on the whole model, and slot by slot."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from optimize.checker import cost_of, violations
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.prepare import prepare
from optimize.single import _limited, batches, least_cost, plan_alone
from optimize.solve import build, solve
from optimize.ways import Ways

Build = Callable[..., Company]
LIMITS = Limits(gap=0.0, nodes=100_000, seconds=3600.0, seed=0)


def _random(build: Build, seed: int) -> Instance:
    """One article with up to three lanes of random terms, six weeks, eight paths of small counts."""
    rng = np.random.default_rng(seed)
    lanes = [
        {
            "sku": "a",
            "supplier": supplier,
            "lead_time_weeks": int(rng.integers(0, 3)),
            "unit_cost": float(rng.integers(2, 6)),
            "pack_size": float(rng.choice([1, 2, 3])),
            "moq": float(rng.choice([0, 4, 9])),
            "max_units": float(rng.choice([12, 20, np.inf])),
            "expedite_lead_time_weeks": 0.0 if rng.random() < 0.3 else np.nan,
            "expedite_unit_cost": 6.0,
        }
        for supplier in ["S", "T"][: int(rng.integers(1, 3))]
    ]
    item = {"shortage_cost": float(rng.choice([0.5, 6.0])), "holding_cost": float(rng.choice([0.1, 1.0]))}
    suppliers = {"S": {"order_every_weeks": int(rng.integers(1, 3))}, "T": {}}
    company = build({"a": [1.0]}, items={"a": item}, suppliers=suppliers, lanes=lanes, on_hand={"a": 3.0})
    if rng.random() < 0.5:
        breaks = pd.DataFrame({"sku": ["a"], "supplier": ["S"], "from_units": [8.0], "unit_cost": [1.5]})
        company = replace(company, price_breaks=breaks)
    return prepare(company, rng.poisson(3.0, (8, 1, 6)).astype(float))


def _prices(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    return np.array([slot.lane.unit_cost for slot in instance.slots]), np.zeros(len(instance.slots))


@settings(derandomize=True, max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_series_alone_is_planned_as_branch_and_bound_plans_it(small_company: Build, seed: int) -> None:
    instance = _random(small_company, seed)
    plan = Decisions.none(instance)
    cost = sum(plan_alone(batch, *_prices(instance), plan).sum() for batch in batches(instance, [0]))
    assert violations(instance, plan) == []
    assert cost_of(instance, [0], plan) == pytest.approx(cost + instance.constant([0]))
    best = solve(build(instance, [0], exact_weeks=6), LIMITS)
    assert cost + instance.constant([0]) == pytest.approx(best.objective, abs=1e-6)


def test_a_limit_below_a_state_of_a_coarse_lattice_cannot_be_used(small_company: Build) -> None:
    """300 units are needed and 3 may be ordered at a time: on a lattice of dozens of units there is no such order."""
    lane = {"sku": "a", "supplier": "S", "max_units": 3.0}
    instance = prepare(
        small_company({"a": [1.0]}, lanes=[lane]), np.full((2, 1, 6), 75.0) + np.array([[[0.0]], [[9.0]]])
    )
    plan, (batch,) = Decisions.none(instance), batches(instance, [0], most_states=8)
    assert batch.pitch[0] > 3
    cost = plan_alone(batch, *_prices(instance), plan)
    assert np.isfinite(cost).all()
    assert not plan.packs.any()
    assert violations(instance, plan) == []
    found = _limited(np.zeros((2, 40)), 1, np.array([0, 3]))
    assert np.isinf(found[0]).all()
    assert not found[1].any()


@settings(derandomize=True, max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_slot_is_worth_what_closing_it_costs(small_company: Build, seed: int) -> None:
    instance = _random(small_company, seed)
    (batch,) = batches(instance, [0])
    unit_cost, fee = _prices(instance)
    rng = np.random.default_rng(seed)
    fee = np.where(rng.random(len(fee)) < 0.4, np.inf, fee)
    worth = Ways(batch, unit_cost, fee).worth(np.zeros(len(fee)))
    for place in np.argwhere(batch.slots >= 0):
        q = batch.slots[tuple(place)]
        closed, opened = fee.copy(), fee.copy()
        closed[q], opened[q] = np.inf, 0.0
        difference = least_cost(batch, unit_cost, closed) - least_cost(batch, unit_cost, opened)
        assert worth[tuple(place)] == pytest.approx(difference[0], abs=1e-9)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_other_fees_would_cost_is_known_without_planning_all_again(small_company: Build, seed: int) -> None:
    instance, rng = _random(small_company, seed), np.random.default_rng(seed)
    (batch,) = batches(instance, [0])
    unit_cost, fee = _prices(instance)
    closed = np.where(rng.random(len(fee)) < 0.4, np.inf, 2.0)
    ways = Ways(batch, unit_cost, closed)
    for other in (closed, np.where(np.arange(len(fee)) == rng.integers(len(fee)), 1.0, closed), fee):
        assert ways.cost(other) == pytest.approx(least_cost(batch, unit_cost, other))


def test_series_of_a_batch_are_planned_as_if_alone(small_company: Build) -> None:
    rng = np.random.default_rng(4)
    lanes = [{"sku": sku, "supplier": "S", "moq": moq} for sku, moq in (("a", 0.0), ("b", 9.0), ("c", 30.0))]
    company = small_company({"a": [1.0], "b": [1.0], "c": [1.0]}, lanes=lanes)
    instance = prepare(company, rng.poisson([[2.0], [6.0], [11.0]], (20, 3, 6)).astype(float))
    together = Decisions.none(instance)
    for batch in batches(instance, [0, 1, 2]):
        plan_alone(batch, *_prices(instance), together)
    for i in range(3):
        alone = Decisions.none(instance)
        (batch,) = batches(instance, [i])
        plan_alone(batch, *_prices(instance), alone)
        slots = [q for q, slot in enumerate(instance.slots) if slot.lane.series == i]
        assert together.packs[slots].tolist() == alone.packs[slots].tolist()


def test_very_many_packs_are_planned_coarsely_and_said_so(small_company: Build) -> None:
    instance = prepare(small_company({"a": [1.0]}), np.full((1, 1, 6), 500.0))
    (fine,), (coarse,) = batches(instance, [0]), batches(instance, [0], most_states=50)
    assert fine.exact.all()
    assert not coarse.exact.any()
    assert coarse.cost.shape[2] <= 52
    plan = Decisions.none(instance)
    assert plan_alone(coarse, *_prices(instance), plan)[0] >= least_cost(fine, *_prices(instance))[0]
    assert violations(instance, plan) == []


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.integers(1, 3), st.integers(1, 9), st.lists(st.floats(0, 9), min_size=2, max_size=14))
def test_the_least_of_the_next_places_is_found_by_doubling(stride: int, steps: int, row: list[float]) -> None:
    values = np.array([[*row, np.inf]])
    found = _limited(values, stride, np.array([steps]))[0]
    for k in range(len(row)):
        assert found[k] == min(values[0, k : k + stride * steps : stride])


def test_one_series_may_be_as_large_as_it_is(small_company: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what is small, series unlike each other have batches of their own; the first has none to be unlike."""
    instance = prepare(small_company({"a": [1.0], "b": [1.0]}), np.repeat([[[900.0], [2.0]]], 6, axis=2))
    monkeypatch.setattr("optimize.single.SMALL_CELLS", 0)
    assert [one.series.tolist() for one in batches(instance, [0])] == [[0]]
    assert [one.series.tolist() for one in batches(instance, [0, 1])] == [[1], [0]]
