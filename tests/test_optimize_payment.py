"""Payment terms: what paying later is worth, in the plan's cost and in its choices."""

from collections.abc import Callable

import numpy as np
import pytest

from data.company import Company
from optimize.checker import check
from optimize.highs import Limits
from optimize.instance import Decisions
from optimize.lanes import lanes
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.solve import build, solve

Build = Callable[..., Company]
DEMAND = np.full((1, 1, 6), 5.0)


def test_a_credit_is_the_carrying_cost_of_the_goods_until_they_are_paid(small_company: Build) -> None:
    suppliers = {"S": {"payment_days": 73.0}, "T": {}, "U": {"payment_days": 3650.0}}
    company = small_company(
        {"a": [1.0]}, suppliers=suppliers, lanes=[{"sku": "a", "supplier": name, "moq": 1.0} for name in suppliers]
    )
    most = 4.0
    assert [lane.credit for lane in lanes(company)] == pytest.approx([0.25 * 4.0 * 73 / 365, 0.0, most])


def test_the_credit_is_a_cost_term_of_its_own(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, suppliers={"S": {"payment_days": 73.0}})
    instance = prepare(company, DEMAND)
    costs = check(instance, Decisions(np.array([12.0, 3.0, 0, 0]), np.zeros(4)))
    assert costs["payment_terms"] == pytest.approx(-15 * 4.0 * 0.05)
    assert costs["purchase"] == pytest.approx(60.0)
    assert plan(company, DEMAND).costs["payment_terms"] == pytest.approx(-20 * 0.2)


def test_between_equal_suppliers_the_one_who_waits_for_the_money_is_chosen(small_company: Build) -> None:
    suppliers = {"S": {}, "T": {"payment_days": 60.0}}
    for dearer, chosen in ((0.1, "T"), (0.2, "S")):
        sources = [{"sku": "a", "supplier": "S"}, {"sku": "a", "supplier": "T", "unit_cost": 4.0 + dearer}]
        found = plan(small_company({"a": [1.0]}, suppliers=suppliers, lanes=sources), DEMAND)
        assert set(found.orders["supplier"]) == {chosen}


def test_nothing_is_bought_for_the_credit_alone(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, suppliers={"S": {"payment_days": 365.0, "order_cost": 0.01}})
    assert plan(company, DEMAND).orders["units"].sum() == 20


def test_the_relaxed_model_counts_the_credit(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, suppliers={"S": {"payment_days": 73.0}})
    model = build(prepare(company, DEMAND), [0], exact_weeks=0)
    limits = Limits(gap=0.0, nodes=100, seconds=60.0, seed=0)
    assert solve(model, limits, relaxed=True).objective == pytest.approx(plan(company, DEMAND).objective - 2 * 5 * 10)
