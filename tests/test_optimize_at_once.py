"""When no time is left there is still a plan: whole, checked, and not far from the best, whatever series share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import APPROVED_COLUMNS, MARKDOWN_COLUMNS, TRANSFER_COLUMNS, Company, Panel
from data.policy import Forecast, Horizon, Policy, Service, Solver, Stability
from optimize.at_once import at_once
from optimize.checker import cost_of, violations
from optimize.choose import Choice
from optimize.decide import decide_together
from optimize.group import Group
from optimize.groups import groups
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.plan import Plan
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.rounded import rounded

Build = Callable[..., Company]
NO_TIME, GAP, WEEKS = 1e-9, 0.02, 7
SKUS = ["a", "b", "c", "d"]
DEMAND = np.random.default_rng(5).poisson([[5.0], [3.0], [8.0], [6.0]], (12, 4, WEEKS)).astype(float)
SHIPPED = {"container_cost": 20.0, "container_volume": 30.0, "container_weight": 60.0}
COUPLED: dict[str, dict[str, Any]] = {
    "order cost": {"order_cost": 25.0},
    "capacity": {"capacity_units": 18.0},
    "minimum": {"order_cost": 5.0, "min_order_value": 150.0},
    "containers": SHIPPED,
    "all": {"order_cost": 10.0, "capacity_units": 30.0, "min_order_value": 60.0, **SHIPPED},
}


def _company(build: Build, seconds: float, supplier: dict[str, Any], **policy: Any) -> Company:
    """Four articles in packs from two suppliers on these terms; one of them can come from either."""
    items = {sku: {"volume": 1.0 + n, "weight": 2.0} for n, sku in enumerate(SKUS)}
    lanes = [
        {"sku": "a", "supplier": "S", "pack_size": 4.0, "lead_time_weeks": 1},
        {"sku": "b", "supplier": "S", "moq": 6.0, "lead_time_weeks": 1},
        {"sku": "c", "supplier": "T", "pack_size": 6.0, "max_units": 60.0},
        {"sku": "d", "supplier": "T"},
        {"sku": "d", "supplier": "S", "unit_cost": 4.3, "lead_time_weeks": 1, "line_cost": 2.0},
    ]
    solver = Solver(seconds=seconds, gap=GAP)
    given_policy = Policy(horizon=Horizon(weeks=WEEKS), forecast=Forecast(paths=12), solver=solver, **policy)
    suppliers = {"S": supplier, "T": {**supplier, "order_every_weeks": 2}}
    on_hand = {"b": 9.0, "c": 20.0}
    return build({sku: [1.0] for sku in SKUS}, items, suppliers, lanes, on_hand, policy=given_policy)


def _budget(company: Company, amount: float) -> Company:
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=3)]}
    return replace(company, budgets=pd.DataFrame({**dates, "amount": [amount], "supplier": [""], "category": [""]}))


def _both(build: Build, supplier: dict[str, Any], amount: float = 1e9, **policy: Any) -> tuple[Plan, Plan]:
    """The plan of a company for which there is no time, and that with a minute."""
    hurried, quiet = (_budget(_company(build, seconds, supplier, **policy), amount) for seconds in (NO_TIME, 60.0))
    return plan(hurried, DEMAND), plan(quiet, DEMAND)


@pytest.mark.parametrize("kind", sorted(COUPLED))
def test_whatever_orders_share_there_is_a_plan_at_once(small_company: Build, kind: str) -> None:
    """The planner's checker has passed both; whole packs, minimums and maximums are in its orders."""
    hurried, quiet = _both(small_company, COUPLED[kind])
    assert hurried.stopped == "seconds"
    assert len(hurried.orders) > 0
    assert hurried.bound <= quiet.objective + 1e-6
    assert hurried.objective - quiet.objective <= 0.15 * abs(quiet.objective)


def test_a_budget_that_binds_is_kept_at_once(small_company: Build) -> None:
    hurried, quiet = _both(small_company, {"order_cost": 10.0}, amount=180.0)
    early = hurried.orders["order_date"] <= hurried.projection["week"].min() + pd.Timedelta(weeks=3)
    over = hurried.gave.loc[hurried.gave["kind"].eq("budget"), "amount"].sum()
    assert float(hurried.orders.loc[early, "value"].sum()) - 180.0 <= over + 1e-6
    assert over <= 24.0
    assert hurried.objective - quiet.objective <= 0.15 * abs(quiet.objective)


def test_service_floors_are_minded_at_once(small_company: Build) -> None:
    service = Service(floor=0.9)
    hurried, quiet = _both(small_company, {"order_cost": 60.0}, service=service)
    assert hurried.objective - quiet.objective <= 0.15 * abs(quiet.objective)


def test_what_was_approved_and_frozen_stays_at_once(small_company: Build) -> None:
    company = _company(small_company, 60.0, COUPLED["all"])
    lines = plan(company, DEMAND).orders[APPROVED_COLUMNS]
    frozen = _company(small_company, NO_TIME, COUPLED["all"], stability=Stability(frozen_weeks=2))
    found = plan(frozen, DEMAND, approved=lines)
    soon = company.as_of + pd.Timedelta(weeks=1)
    keys = ["order_date", "supplier", "sku", "units"]
    before, after = (table.loc[table["order_date"].le(soon), keys] for table in (lines, found.orders))
    assert before.reset_index(drop=True).equals(after.reset_index(drop=True))
    assert found.stability["frozen_weeks"] == 2.0


def test_open_orders_wait_where_there_is_no_time_to_weigh_them(small_company: Build) -> None:
    company = _company(small_company, NO_TIME, {"order_cost": 10.0})
    orders = pd.DataFrame({"po": ["P"], "sku": ["a"], "location": ["main"], "supplier": ["S"], "units": [60.0]})
    due = company.as_of + pd.Timedelta(weeks=6)
    table = orders.assign(due=due, week=due, ordered_on=pd.NaT, cancel_cost=0.0)
    found = plan(replace(company, open_orders=table), DEMAND).open_orders.iloc[0]
    assert found["decision"] == "wait"
    assert found["reason"] == "The time was up before other choices could be weighed."


def test_goods_stay_where_they_are_if_there_is_no_time_to_move_them(small_company: Build) -> None:
    company = _company(small_company, NO_TIME, {"order_cost": 10.0})
    series = pd.MultiIndex.from_product([SKUS, ["main", "shop"]], names=["sku", "location"])
    past = company.history
    parts = (np.repeat(part, 2, axis=0) for part in (past.units, past.in_stock, past.price))
    row = {"from_location": "main", "to_location": "shop", "sku": "", "unit_cost": 0.1, "most_units": np.inf}
    sourcing = pd.concat([company.sourcing.assign(location=place) for place in ("main", "shop")], ignore_index=True)
    company = replace(
        company,
        history=Panel(series, past.weeks, *parts),
        stock=pd.DataFrame({"on_hand": np.tile([30.0, 0.0], 4)}, index=series),
        sourcing=sourcing,
        transfers=pd.DataFrame([row | {"lead_time_weeks": 1}], columns=TRANSFER_COLUMNS),
    )
    found = plan(company, np.repeat(DEMAND, 2, axis=1))
    assert len(found.transfers) == 0
    assert len(found.orders) > 0


def test_what_is_cleared_is_there_at_once_too(small_company: Build) -> None:
    """Lines of articles that are marked down keep what their own plan ordered: what they clear depends on it."""
    company = _company(small_company, NO_TIME, {"order_cost": 10.0, "capacity_units": 9.0, "min_order_value": 80.0})
    season = {"season_end": company.as_of + pd.Timedelta(weeks=5), "salvage_value": 0.5}
    blank = {"sku": "", "category": "", "location": "", "from_date": pd.NaT, "weeks_before_end": np.nan}
    rows = [blank | {"value": value, "most_units": most} for value, most in ((3.5, 3.0), (2.0, np.inf))]
    table = pd.DataFrame(rows, columns=MARKDOWN_COLUMNS).astype({"from_date": "datetime64[ns]"})
    company = replace(company, items=company.items.assign(**season), markdowns=table)
    stock = company.stock.assign(on_hand=[40.0, 0.0, 70.0, 2.0])
    found = plan(_budget(replace(company, stock=stock), 150.0), DEMAND)
    assert found.clearance["units"].sum() > 0
    assert found.stopped == "seconds"


def _random(build: Build, seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    supplier = {
        "order_cost": float(rng.choice([0.0, 10.0, 40.0])),
        "capacity_units": float(rng.choice([12.0, 30.0, np.inf])),
        "min_order_value": float(rng.choice([0.0, 50.0, 200.0])),
    } | (SHIPPED if rng.random() < 0.3 else {})
    amount = float(rng.choice([60.0, 200.0, 1e9]))
    return prepare(_budget(_company(build, 1.0, supplier), amount), rng.permutation(DEMAND, axis=1))


@settings(derandomize=True, max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_plans_at_once_are_valid_bounded_and_no_dearer_than_ordering_nothing(small_company: Build, seed: int) -> None:
    instance = _random(small_company, seed)
    _, together = groups(instance)
    found = Decisions.none(instance)
    nothing = cost_of(instance, range(4), found)
    for members in together:
        proof = decide_together(instance, members, Limits(0.0, 0, -1.0, 0), found)
        assert proof.stopped == ("seconds",)
        assert proof.bound <= cost_of(instance, members, found) + 1e-6
    assert violations(instance, found) == []
    assert cost_of(instance, range(4), found) <= nothing + 1e-6


@settings(derandomize=True, max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_mix_of_offers_becomes_whole_packs(small_company: Build, seed: int) -> None:
    """Whatever the shares: every line is whole, within its minimum and maximum; only order minimums may be missed."""
    instance = _random(small_company, seed)
    for members in groups(instance)[1]:
        group = Group.of(instance, members, Limits(0.0, 0, 60.0, 0))
        choice = Choice(instance, group.common, group.coarse, np.ones(len(group.common.orders), dtype=bool))
        for share in (0.0, 0.2, 0.6):
            choice.offer(np.full(len(group.common.limits), share))
        shares = np.random.default_rng(seed).dirichlet(np.ones(3), len(members)).T
        found = Decisions.none(instance)
        rounded(choice, shares, found)
        assert [one for one in violations(instance, found) if "below its minimum" not in one] == []


def test_prices_begin_where_they_were(small_company: Build) -> None:
    """A plan at once at prices that are right already costs no more than one that begins with none."""
    instance = prepare(_budget(_company(small_company, 1.0, {"order_cost": 10.0}), 150.0), DEMAND)
    members = groups(instance)[1][0]
    group = Group.of(instance, members, Limits(0.0, 0, -1.0, 0))
    placed = np.ones(len(group.common.orders), dtype=bool)
    costs = []
    prices = np.zeros(len(group.common.limits))
    for _ in range(2):
        found = Decisions.none(instance)
        prices = at_once(group, placed, prices, found)
        costs.append(group.cost(found))
    assert prices.max() > 0
    assert costs[1] <= 1.05 * costs[0]
