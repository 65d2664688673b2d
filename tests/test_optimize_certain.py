"""Certain demand: what is not worth its cost is not sold, week by week, exactly as the best of all plans has it."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from data.policy import Horizon, Policy, Solver
from optimize.planner import plan
from optimize.prepare import prepare

Build = Callable[..., Company]
WEEKS = 6
POLICY = Policy(horizon=Horizon(weeks=WEEKS, firm_weeks=WEEKS), solver=Solver(gap=0.0))


def _drawn(build: Build, seed: int) -> tuple[Company, np.ndarray]:
    """An article that hardly earns its order charge, in packs, and its only future."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(0, 12, WEEKS).astype(float)
    item = {"shortage_cost": float(rng.choice([0.5, 2.0, 6.0])), "holding_cost": float(rng.choice([0.1, 0.8, 3.0]))}
    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": int(rng.integers(0, 2))}
    lane |= {"pack_size": float(rng.choice([1, 5, 7])), "line_cost": float(rng.choice([0.0, 15.0, 40.0]))}
    coming = [{"po": "1", "sku": "a", "units": float(rng.integers(1, 40)), "due": "2026-03-24"}]
    terms = {"order_every_weeks": int(rng.integers(1, 4))}
    stock = {"a": float(rng.integers(0, 9))}
    company = build({"a": [1.0]}, {"a": item}, {"S": terms}, [lane], stock, coming, policy=POLICY)
    return company, demand


def _least_cost(company: Company, demand: np.ndarray) -> float:
    """Every order that could be placed, tried: receive, then sell; what is not on the shelf is lost."""
    item, lane, supplier = company.items.iloc[0], company.sourcing.iloc[0], company.suppliers.iloc[0]
    pack, lead, every = int(lane["pack_size"]), int(lane["lead_time_weeks"]), int(supplier["order_every_weeks"])
    due = (company.open_orders["week"] - company.as_of) // pd.Timedelta(weeks=1)
    coming = dict(zip(due.tolist(), company.open_orders["units"].tolist(), strict=True))
    most = int(-(-demand.sum() // pack))

    @cache
    def best(week: int, stock: float) -> float:
        if week == WEEKS:
            return -float(item["unit_cost"]) * stock
        costs = []
        reached = week >= lead and (week - lead) % every == 0
        for packs in range(most + 1 if reached else 1):
            there = stock + coming.get(week, 0.0) + packs * pack
            left, lost = max(there - demand[week], 0.0), max(demand[week] - there, 0.0)
            paid = lane["unit_cost"] * packs * pack + lane["line_cost"] * (packs > 0)
            missed = (item["shortage_cost"] + item["unit_cost"]) * lost
            costs.append(float(paid + item["holding_cost"] * left + missed) + best(week + 1, left))
        return min(costs)

    return best(0, float(company.stock["on_hand"].iloc[0]))


@settings(derandomize=True, max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_plan_for_certain_demand_is_the_best_of_all(small_company: Build, seed: int) -> None:
    company, demand = _drawn(small_company, seed)
    found = plan(company, demand[None, None])
    assert found.objective == pytest.approx(_least_cost(company, demand), abs=1e-6)
    assert found.bound == pytest.approx(found.objective, abs=1e-6)


def test_what_is_given_up_is_single_units_unless_there_are_too_many(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, lanes=[{"sku": "a", "supplier": "S", "pack_size": 12.0}])
    for demand, single in ((5.0, True), (1e6, False)):
        assert prepare(company, np.full((3, 1, WEEKS), demand)).series[0].single == single


def test_demand_is_certain_where_all_paths_agree(small_company: Build) -> None:
    company = small_company({"a": [1.0], "b": [1.0], "c": [1.0]}, suppliers={"S": {"order_every_weeks": 3}})
    demand = np.zeros((2, 3, WEEKS))
    demand[:, 0], demand[1, 1] = 4.0, 4.0
    instance = prepare(company, demand)
    assert [len(own) for own in instance.periods_of] == [4, 2, 2]
