"""Laws that hold for every plan of every company: no rule of thumb beats it, a constraint more costs more."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from data.policy import Forecast, Horizon, Policy, Service, Solver
from optimize.checker import check, violations
from optimize.instance import Decisions, Instance
from optimize.planner import plan
from optimize.prepare import prepare

Build = Callable[..., Company]
SKUS, WEEKS, GAP = ["a", "b", "c"], 6, 1e-4
EXAMPLES = settings(derandomize=True, max_examples=6, deadline=None)


def _company(build: Build, seed: int, scale: float = 1.0) -> tuple[Company, np.ndarray]:
    """A random company in units of money worth 1 / scale, and its paths."""
    rng = np.random.default_rng(seed)

    def money(*choices: float) -> float:
        return scale * float(rng.choice(choices))

    suppliers = {
        name: {
            "order_cost": money(0.0, 12.0, 30.0),
            "min_order_value": money(0.0, 0.0, 50.0),
            "capacity_units": float(rng.choice([18.0, np.inf])),
            "order_every_weeks": int(rng.integers(1, 3)),
        }
        for name in "ST"
    }
    lanes = [
        {
            "sku": sku,
            "supplier": supplier,
            "lead_time_weeks": int(rng.integers(0, 3)),
            "unit_cost": money(3.5, 4.0, 4.4),
            "pack_size": float(rng.choice([1, 4])),
            "moq": float(rng.choice([0, 8])),
            "line_cost": money(0.0, 0.0, 5.0),
        }
        for sku in SKUS
        for supplier in ("S", "T")[: int(rng.integers(1, 3))]
    ]
    priced = {"unit_cost": 4.0, "price": 10.0, "holding_cost": 0.5, "salvage_value": 4.0}
    scaled = {name: scale * value for name, value in priced.items()}
    items = {sku: scaled | {"shortage_cost": money(1.0, 6.0)} for sku in SKUS}
    policy = Policy(horizon=Horizon(weeks=WEEKS), forecast=Forecast(paths=10), solver=Solver(gap=GAP))
    stock = {sku: float(rng.integers(0, 12)) for sku in SKUS}
    company = build({sku: [1.0] for sku in SKUS}, items, suppliers, lanes, stock, policy=policy)
    return company, rng.poisson([[4.0], [2.0], [6.0]], (10, 3, WEEKS)).astype(float)


def _budget(company: Company, amount: float) -> Company:
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=2)]}
    return replace(company, budgets=pd.DataFrame({**dates, "amount": [amount], "supplier": [""], "category": [""]}))


def _up_to(instance: Instance, cover: int, quantile: float) -> Decisions:
    """A rule of thumb: at every order raise what is there and coming to a quantile of the demand of the lead time and
    ``cover`` weeks, in whole packs above the minimum; orders below their supplier's minimum are not placed.
    """
    found = Decisions.none(instance)
    for i in range(len(instance.series)):
        own = [q for p in instance.periods_of[i] for q in instance.arriving[p]]
        first = min((instance.slots[q].lane for q in own), key=lambda lane: (lane.unit_cost, lane.lead_time))
        there = float(instance.stock[i] + instance.open_units[i].sum())
        for q in (q for q in own if instance.slots[q].lane is first):
            week, lane = instance.slots[q].order_week, first
            until = instance.demand[:, i, : week + lane.lead_time + cover].sum(axis=1)
            missing = float(np.quantile(until, quantile)) - there
            packs = max(int(np.ceil(missing / lane.pack)), lane.least) if missing > 0 else 0
            found.packs[q] = packs
            there += packs * lane.pack
    value = {key: sum(_worth(instance, found, q) for q in slots) for key, slots in instance.supplier_orders.items()}
    for (k, t), total in value.items():
        if total < instance.suppliers[k].least_value:
            found.packs[instance.supplier_orders[k, t]] = 0.0
    return found


def _worth(instance: Instance, plan_: Decisions, q: int) -> float:
    lane = instance.slots[q].lane
    return float(plan_.packs[q]) * lane.pack * lane.unit_cost


@EXAMPLES
@given(seed=st.integers(0, 10_000))
def test_no_rule_of_thumb_is_better_on_its_own_paths(small_company: Build, seed: int) -> None:
    company, demand = _company(small_company, seed)
    found, instance = plan(company, demand), prepare(company, demand)
    rules = [_up_to(instance, cover, quantile) for cover in (1, 2, 4) for quantile in (0.5, 0.9)]
    for rule in [Decisions.none(instance), *rules]:
        assert violations(instance, rule) == []
        cost = sum(check(instance, rule).values())
        assert found.bound <= cost + 1e-6
        assert found.objective <= cost + max(found.gap, GAP) * abs(found.objective) + 1e-6


def _tightened(company: Company) -> list[Company]:
    suppliers, sourcing, policy = company.suppliers, company.sourcing, company.policy
    boxes = suppliers.assign(container_cost=15.0, container_volume=20.0)
    return [
        replace(company, suppliers=suppliers.assign(capacity_units=np.minimum(suppliers["capacity_units"], 9.0))),
        replace(company, suppliers=suppliers.assign(min_order_value=suppliers["min_order_value"] + 60.0)),
        replace(company, sourcing=sourcing.assign(max_units=8.0)),
        replace(company, sourcing=sourcing.assign(moq=sourcing["moq"] + 8.0)),
        replace(company, sourcing=sourcing.assign(pack_size=sourcing["pack_size"] * 2.0)),
        _budget(company, 70.0),
        replace(company, suppliers=suppliers.assign(order_every_weeks=2 * suppliers["order_every_weeks"])),
        replace(company, suppliers=boxes, items=company.items.assign(volume=1.0)),
        replace(company, policy=policy.model_copy(update={"service": Service(floor=0.98)})),
    ]


@settings(EXAMPLES, max_examples=9)
@given(seed=st.integers(0, 10_000), which=st.integers(0, 8))
def test_one_more_constraint_never_lowers_the_cost(small_company: Build, seed: int, which: int) -> None:
    company, demand = _company(small_company, seed)
    free, bound = plan(company, demand), plan(_tightened(company)[which], demand)
    assert free.bound <= bound.objective + 1e-6
    assert free.objective <= bound.objective + max(free.gap, GAP) * abs(free.objective) + 1e-6


@EXAMPLES
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([0.01, 7.0, 1000.0]))
def test_money_has_no_scale(small_company: Build, seed: int, scale: float) -> None:
    company, demand = _company(small_company, seed)
    other, _ = _company(small_company, seed, scale)
    found, scaled = plan(company, demand), plan(other, demand)
    assert scaled.bound <= scale * found.objective + 1e-6 * scale
    slack = max(found.gap, scaled.gap, GAP)
    assert scaled.objective == pytest.approx(scale * found.objective, rel=1.01 * slack, abs=1e-6 * scale)


@EXAMPLES
@given(seed=st.integers(0, 10_000))
def test_the_orders_cost_what_the_plan_says(small_company: Build, seed: int) -> None:
    """From the order table alone: goods, each supplier's charge once per order, each line's own; and every limit."""
    company, demand = _company(small_company, seed)
    company = _budget(company, 120.0)
    found = plan(company, demand)
    lines = found.orders.merge(company.sourcing, on=["sku", "location", "supplier"], suffixes=("", "_lane"))
    orders = lines.groupby(["supplier", "order_date"]).agg(value=("value", "sum"), units=("units", "sum"))
    terms = company.suppliers.reindex(orders.index.get_level_values("supplier"))
    goods = found.costs["purchase"] + found.costs["expedite"]
    assert lines["value"].sum() == pytest.approx(goods)
    assert terms["order_cost"].sum() + lines["line_cost"].sum() == pytest.approx(found.costs["ordering"])
    assert (lines["units"] % lines["pack_size"] == 0).all()
    assert (lines["units"] >= lines["moq"]).all()
    assert (orders["value"].to_numpy() >= terms["min_order_value"].to_numpy() - 1e-9).all()
    over = np.maximum(orders["units"].to_numpy() - terms["capacity_units"].to_numpy(), 0.0).sum()
    early = lines["order_date"] <= company.as_of + pd.Timedelta(weeks=2)
    over_budget = max(float(lines.loc[early, "value"].sum()) - 120.0, 0.0)
    gave: Any = found.gave.groupby("kind")["amount"].sum()
    assert gave.get("capacity", 0.0) == pytest.approx(over)
    assert gave.get("budget", 0.0) == pytest.approx(over_budget)
    assert sum(found.costs.values()) == pytest.approx(found.objective)
