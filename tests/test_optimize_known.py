"""A plan that is known before the search: taken where it costs no more, as far as it can be ordered."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from data.company import Company
from data.policy import Forecast, Horizon, Policy
from optimize.instance import Decisions
from optimize.known import keep_known, known_plan
from optimize.planner import plan
from optimize.prepare import prepare

Build = Callable[..., Company]
DEMAND = np.full((4, 2, 6), 5.0)


def _company(build: Build) -> Company:
    """Two articles of one supplier, whose orders cost 6."""
    policy = Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=10))
    sellers = {"S": {"order_cost": 6.0}}
    return build({"a": [5.0] * 8, "b": [5.0] * 8}, suppliers=sellers, on_hand={"a": 10.0, "b": 10.0}, policy=policy)


def test_a_cheaper_known_plan_is_taken_and_a_dearer_one_is_not(small_company: Build) -> None:
    company = _company(small_company)
    found, instance = plan(company, DEMAND), prepare(company, DEMAND)
    known = known_plan(company, instance, found.orders)
    assert (known.packs > 0).sum() == len(found.orders)
    nothing = Decisions.none(instance)
    keep_known(instance, [0, 1], known, nothing)
    np.testing.assert_array_equal(nothing.packs, known.packs)
    keep_known(instance, [0, 1], Decisions.none(instance), nothing)
    np.testing.assert_array_equal(nothing.packs, known.packs)


def test_what_can_no_longer_be_ordered_so_is_left_out(small_company: Build) -> None:
    company = _company(small_company)
    orders = plan(company, DEMAND).orders
    dozens = replace(company, sourcing=company.sourcing.assign(pack_size=[1.0, 12.0]))
    instance = prepare(dozens, DEMAND)
    known = known_plan(dozens, instance, orders)
    ordered = {company.series[instance.slots[q].lane.series][0] for q in known.ordered(instance)}
    whole = orders.loc[orders["sku"].eq("a") | (orders["units"] % 12 == 0), "sku"]
    assert ordered == set(whole)


def test_the_same_company_keeps_its_plan(small_company: Build) -> None:
    company = _company(small_company)
    once = plan(company, DEMAND)
    again = plan(company, DEMAND, known=once.orders)
    assert again.orders.equals(once.orders)
    assert again.objective == once.objective
