"""Limits that bind: named, priced, and worth what their price says when they are relaxed by one unit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from optimize.checker import check
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.order_prices import with_full_limits
from optimize.plan import LIMIT_COLUMNS, Plan
from optimize.planner import plan
from optimize.prepare import prepare

Build = Callable[..., Company]
PATHS = np.random.default_rng(7).poisson(200.0, (100, 2, 6)).astype(float)
"""Demand in hundreds: whole units are nearly continuous."""


def _plan(
    build: Build,
    supplier: dict[str, Any] | None = None,
    lane: dict[str, Any] | None = None,
    budget: float = 0.0,
    floor: float = 0.0,
    margin: float = 2.0,
) -> Plan:
    company = build(
        {"a": [1.0], "b": [1.0]},
        items={"a": {"shortage_cost": margin, "service_floor": floor}, "b": {"shortage_cost": 5.0}},
        suppliers={"S": supplier or {}},
        lanes=[{"sku": sku, "supplier": "S"} | (lane or {}) for sku in "ab"],
    )
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=9)]}
    table = pd.DataFrame({**dates, "amount": [budget], "supplier": [""], "category": [""]})
    return plan(replace(company, budgets=table) if budget else company, PATHS)


def _price(found: Plan, kind: str) -> float:
    assert list(found.limits) == LIMIT_COLUMNS
    return float(found.limits.loc[found.limits["kind"].eq(kind), "price"].sum())


@pytest.mark.parametrize(
    ("kind", "by", "tight", "loose"),
    [
        ("capacity", 1, {"supplier": {"capacity_units": 300.0}}, {"supplier": {"capacity_units": 301.0}}),
        ("budget", 20, {"budget": 5000.0}, {"budget": 5020.0}),
        ("service_floor", 1, {"floor": 0.96, "margin": 0.1}, {"floor": 0.95, "margin": 0.1}),
        ("line_maximum", 1, {"lane": {"max_units": 150.0}}, {"lane": {"max_units": 151.0}}),
        (
            "minimum_order_value",
            20,
            {"supplier": {"order_cost": 50.0, "min_order_value": 6700.0, "order_every_weeks": 6}},
            {"supplier": {"order_cost": 50.0, "min_order_value": 6680.0, "order_every_weeks": 6}},
        ),
        ("order_charge", 1, {"supplier": {"order_cost": 90.0}}, {"supplier": {"order_cost": 89.0}}),
    ],
)
def test_relaxing_a_limit_by_one_unit_brings_its_price(
    small_company: Build, kind: str, by: float, tight: dict[str, Any], loose: dict[str, Any]
) -> None:
    before, after = _plan(small_company, **tight), _plan(small_company, **loose)
    saved = before.objective - after.objective
    assert saved > 0
    assert by * _price(before, kind) == pytest.approx(saved, rel=0.25)


@pytest.mark.parametrize("kind", ["capacity", "budget"])
def test_a_full_limit_without_a_price_is_priced_by_planning_its_articles_again(
    small_company: Build, decided: Callable[[Instance, Limits], tuple[Decisions, float]], kind: str
) -> None:
    """Two articles share the only order; a pack more of the better of the two saves what its price says."""
    paths = np.random.default_rng(3).poisson([[10.0], [6.0]], (60, 2, 6)).astype(float)

    def found(units: float) -> tuple[Instance, Decisions, float]:
        supplier = {"order_cost": 30.0, "order_every_weeks": 6}
        lanes = [{"sku": "a", "supplier": "S", "pack_size": 2.0}, {"sku": "b", "supplier": "S", "pack_size": 2.0}]
        company = small_company({"a": [1.0], "b": [1.0]}, suppliers={"S": supplier}, lanes=lanes)
        dates = {"start": [company.as_of], "end": [company.as_of]}
        budget = pd.DataFrame({**dates, "amount": [4.0 * units], "supplier": [""], "category": [""]})
        capacity = company.suppliers.assign(capacity_units=units)
        limited = {"capacity": {"suppliers": capacity}, "budget": {"budgets": budget}}[kind]
        instance = prepare(replace(company, **limited), paths)
        decisions, _ = decided(instance, Limits(0.0, 10_000, 3600.0, 0))
        return instance, decisions, sum(check(instance, decisions).values())

    (instance, decisions, cost), (_, _, less) = found(40.0), found(42.0)
    price = with_full_limits(instance, decisions, {})[kind, 0]
    assert cost - less > 1.0
    assert (2 if kind == "capacity" else 8) * price == pytest.approx(cost - less)
