"""Large groups taken apart: parts that only budgets hold together, planned at prices of the budgets."""

from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from optimize.apart import decide_apart
from optimize.checker import cost_of, violations
from optimize.crew import Crew
from optimize.decide import Proof, decide_together
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.parts import parts_of
from optimize.prepare import prepare
from optimize.together import plan_group

Build = Callable[..., Company]
LIMITS = Limits(gap=1e-6, nodes=100_000, seconds=3600.0, seed=0)
SKUS, SUPPLIERS = 6, "STU"


def _budgets(company: Company, amounts: dict[str, float]) -> pd.DataFrame:
    """Budgets of the first three weeks, by supplier ("": of all)."""
    rows = {"start": company.as_of, "end": company.as_of + pd.Timedelta(weeks=3), "category": ""}
    return pd.DataFrame([rows | {"supplier": name, "amount": money} for name, money in amounts.items()])


def _instance(build: Build, seed: int, share: float = 0.6) -> Instance:
    """Six articles of three suppliers with charges and capacities; their budget is a share of what they would spend.

    One supplier has a budget of its own.
    """
    rng = np.random.default_rng(seed)
    skus = [f"sku {n}" for n in range(SKUS)]
    suppliers = {
        name: {"order_cost": float(rng.choice([8.0, 25.0])), "capacity_units": float(rng.choice([20.0, np.inf]))}
        for name in SUPPLIERS
    }
    lanes = [
        {"sku": sku, "supplier": SUPPLIERS[n // 2], "pack_size": float(rng.choice([1, 4]))}
        for n, sku in enumerate(skus)
    ]
    items = {sku: {"shortage_cost": float(rng.uniform(2.0, 9.0))} for sku in skus}
    company = build({sku: [1.0] for sku in skus}, items=items, suppliers=suppliers, lanes=lanes)
    mean = rng.uniform(1.0, 5.0, (SKUS, 1))
    amounts = {"": share * float(mean.sum()) * 4.0 * 4.0, "S": 0.9 * float(mean[:2].sum()) * 4.0 * 4.0}
    company = replace(company, budgets=_budgets(company, amounts))
    return prepare(company, rng.poisson(mean, (6, SKUS, 5)).astype(float))


def _apart(
    instance: Instance, limits: Limits = LIMITS, processes: int = 1, known: Decisions | None = None
) -> tuple[Decisions, Proof]:
    plan = Decisions.none(instance)
    found = decide_apart(instance, parts_of(instance, range(SKUS)), limits, plan, processes=processes, known=known)
    return plan, found


@settings(derandomize=True, max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_plan_is_valid_and_the_bound_lies_below_every_plan(small_company: Build, seed: int) -> None:
    instance, other = _instance(small_company, seed), Decisions.none(_instance(small_company, seed))
    plan, proof = _apart(instance)
    joint = decide_together(instance, range(SKUS), replace(LIMITS, gap=0.02, nodes=100), other)
    cost, best = cost_of(instance, range(SKUS), plan), cost_of(instance, range(SKUS), other)
    assert violations(instance, plan) == []
    assert proof.bound <= min(cost, best) * (1 + 1e-9)
    assert joint.bound <= cost * (1 + 1e-9)


def test_parts_are_suppliers_and_keep_the_budgets_of_their_own(small_company: Build) -> None:
    instance = _instance(small_company, 1)
    parts, shared = parts_of(instance, range(SKUS))
    assert shared == [0]
    assert [len(part.instance.series) for part in parts] == [2, 2, 2]
    assert [part.budgets for part in parts] == [[1], [], []]
    assert sorted(np.concatenate([part.slots for part in parts]).tolist()) == list(range(len(instance.slots)))


def test_a_part_costs_and_spends_what_it_does_in_the_whole(small_company: Build) -> None:
    instance = _instance(small_company, 2)
    parts, _ = parts_of(instance, range(SKUS))
    plan, _ = _apart(instance)
    own = [Decisions(plan.packs[part.slots], plan.given_up[part.periods]) for part in parts]
    cost = sum(cost_of(p.instance, range(2), one) for p, one in zip(parts, own, strict=True))
    spent = sum(float(p.spent(one)[0]) for p, one in zip(parts, own, strict=True))
    paid = [(q, instance.slots[q].lane) for q in instance.budgets[0].slots]
    assert cost == pytest.approx(cost_of(instance, range(SKUS), plan))
    assert spent == pytest.approx(sum(lane.unit_cost * lane.pack * plan.packs[q] for q, lane in paid))


def test_rows_of_a_part_are_those_of_the_whole(small_company: Build) -> None:
    instance = _instance(small_company, 3)
    second = parts_of(instance, range(SKUS))[0][1]
    key = second.instance.orders[2]
    assert instance.orders[second.row(("capacity", 2), instance)[1]] == key
    assert parts_of(instance, range(SKUS))[0][0].row(("budget", 0), instance) == ("budget", 1)


def test_a_budget_that_holds_has_a_price_and_one_that_does_not_has_none(small_company: Build) -> None:
    tight, loose = (_apart(_instance(small_company, 4, share))[1] for share in (0.5, 9.0))
    assert tight.prices["budget", 0] > 0.1
    assert loose.prices["budget", 0] == 0.0


def test_processes_find_what_one_alone_finds(small_company: Build) -> None:
    instance = _instance(small_company, 5)
    (one, proof), (two, other) = _apart(instance), _apart(instance, processes=2)
    assert np.array_equal(one.packs, two.packs)
    assert proof == other


def test_from_the_orders_of_a_known_plan_another_world_is_planned_well(small_company: Build) -> None:
    instance, known = _instance(small_company, 5, 0.7), _apart(_instance(small_company, 5, 0.6))[0]
    best, _ = _apart(instance)
    (plan, found), (again, other) = (_apart(instance, processes=count, known=known) for count in (1, 2))
    assert violations(instance, plan) == []
    assert found.bound <= cost_of(instance, range(SKUS), plan) * (1 + 1e-9)
    assert cost_of(instance, range(SKUS), plan) == pytest.approx(cost_of(instance, range(SKUS), best), rel=0.02)
    assert np.array_equal(plan.packs, again.packs)
    assert found == other


def test_the_work_is_done_here_where_processes_cannot_start(
    small_company: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = _instance(small_company, 6)

    def broken(*_: object) -> Iterator[None]:
        raise BrokenProcessPool

    monkeypatch.setattr(Crew, "_asked", broken)
    plan, proof = _apart(instance, processes=2)
    assert np.array_equal(plan.packs, _apart(instance)[0].packs)
    assert np.isfinite(proof.bound)


def test_out_of_time_there_is_still_a_plan(small_company: Build) -> None:
    instance = _instance(small_company, 7)
    plan, proof = _apart(instance, replace(LIMITS, seconds=0.0))
    assert violations(instance, plan) == []
    assert proof.stopped == ("seconds",)


def test_only_large_groups_are_taken_apart(small_company: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    instance, plan = _instance(small_company, 8), [Decisions.none(_instance(small_company, 8)) for _ in range(2)]
    small = plan_group(instance, list(range(SKUS)), LIMITS, plan[0])
    monkeypatch.setattr("optimize.together.LARGE", SKUS)
    monkeypatch.setattr("optimize.together.MANY", 3)
    large = plan_group(instance, list(range(SKUS)), LIMITS, plan[1])
    costs = [cost_of(instance, range(SKUS), one) for one in plan]
    assert small.bound == pytest.approx(costs[0], rel=1e-5)
    assert large.bound <= costs[0] * (1 + 1e-9) <= costs[1] * (1 + 2e-9)
