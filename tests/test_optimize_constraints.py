"""Each constraint alone against its golden rows; none is missing; each binds."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyomo.environ import AbstractModel, Constraint, Objective

from data.company import Company
from optimize import constraints, costs
from optimize.checker import TERMS, cost_of
from optimize.expand import Expanded, Rules
from optimize.figures import decisions_of, figures, values_of
from optimize.filling import instantiate
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.model import frame, planning_model
from optimize.prepare import prepare
from optimize.solve import build, solve

Build = Callable[..., Company]
LIMITS = Limits(gap=0.0, nodes=10_000, seconds=3600.0, seed=0)

ELSEWHERE = {"moved", "tiers_together"}
"""Their golden rows and their bite are in test_optimize_transfers.py and test_optimize_tiers.py."""

OVER = {
    "supply_balance": "PERIODS",
    "supply_in_segments": "PERIODS",
    "least_line": "LINES",
    "most_line": "LINES",
    "line_in_order": "JOINED_LINES",
    "packs_in_order": "JOINED_PACKS",
    "least_order_value": "LEAST_ORDERS",
    "capacity": "CAPPED",
    "container_volume": "BY_VOLUME",
    "container_weight": "BY_WEIGHT",
    "container_started": "CONTAINED",
    "budget": "BUDGETS",
    "service_floor": "FLOORS",
}
GOLDEN = {
    "supply_balance": """
        c_e_supply_balance(0)_: +1 supply(0) -6.0 packs(0) -1 given_up(0) = 0
        c_e_supply_balance(1)_: -1 supply(0) +1 supply(1) -1 given_up(1) = 0
        c_e_supply_balance(2)_: -1 supply(1) +1 supply(2) -6.0 packs(1) -1 given_up(2) = 0
        c_e_supply_balance(3)_: +1 supply(3) -1.0 packs(2) -1 given_up(3) = 0
        c_e_supply_balance(4)_: -1 supply(3) +1 supply(4) -1 given_up(4) = 0""",
    "supply_in_segments": """
        c_e_supply_in_segments(0)_: +1 supply(0) -1 segment(0) -1 segment(1) = 0
        c_e_supply_in_segments(1)_: +1 supply(1) -1 segment(2) -1 segment(3) = 0
        c_e_supply_in_segments(2)_: +1 supply(2) -1 segment(4) -1 segment(5) = 0
        c_e_supply_in_segments(3)_: +1 supply(3) -1 segment(6) -1 segment(7) = 0
        c_e_supply_in_segments(4)_: +1 supply(4) -1 segment(8) -1 segment(9) = 0""",
    "least_line": """
        c_u_least_line(0)_: +2.0 line(0) -1 packs(0) <= 0
        c_u_least_line(1)_: +2.0 line(1) -1 packs(1) <= 0""",
    "most_line": """
        c_u_most_line(0)_: +1 packs(0) -3.0 line(0) <= 0
        c_u_most_line(1)_: +1 packs(1) -3.0 line(1) <= 0""",
    "line_in_order": """
        c_u_line_in_order(0)_: +1 line(0) -1 order(0) <= 0
        c_u_line_in_order(1)_: +1 line(1) -1 order(1) <= 0""",
    "packs_in_order": """
        c_u_packs_in_order(2)_: +1 packs(2) -13.0 order(0) <= 0""",
    "least_order_value": """
        c_u_least_order_value(0)_: +50.0 order(0) -24.0 packs(0) -4.0 packs(2) <= 0
        c_u_least_order_value(1)_: +50.0 order(1) -24.0 packs(1) <= 0""",
    "capacity": """
        c_u_capacity(0)_: +6.0 packs(0) +1.0 packs(2) -1 over_capacity(0) <= 16.0
        c_u_capacity(1)_: +6.0 packs(1) -1 over_capacity(1) <= 16.0""",
    "container_volume": """
        c_u_container_volume(0)_: +3.0 packs(0) +1.5 packs(2) -30.0 containers(0) <= 0
        c_u_container_volume(1)_: +3.0 packs(1) -30.0 containers(1) <= 0""",
    "container_weight": """
        c_u_container_weight(0)_: +6.0 packs(0) +2.0 packs(2) -40.0 containers(0) <= 0
        c_u_container_weight(1)_: +6.0 packs(1) -40.0 containers(1) <= 0""",
    "container_started": """
        c_u_container_started(0)_: +1 order(0) -1 containers(0) <= 0
        c_u_container_started(1)_: +1 order(1) -1 containers(1) <= 0""",
    "budget": """
        c_u_budget(0)_: +24.0 packs(0) +4.0 packs(2) -1 over_budget(0) <= 60.0""",
    "service_floor": """
        c_u_service_floor(0)_: -1.0 segment(0) -1.0 segment(2) -1.0 segment(4) +1 given_up(0) +1 given_up(1)
        +1 given_up(2) -1 below_floor(0) <= -22.8""",
}


@pytest.fixture(scope="module")
def instance(small_company: Build) -> Instance:
    """Two articles from one supplier in three weeks: a in packs of 6 and at least 2, b at most 20; certain demand."""
    containers = {"container_cost": 5.0, "container_volume": 30.0, "container_weight": 40.0}
    supplier = {"order_cost": 9.0, "min_order_value": 50.0, "capacity_units": 16.0, "order_every_weeks": 2}
    company = small_company(
        {"a": [1.0], "b": [1.0]},
        items={"a": {"volume": 0.5, "weight": 1.0, "service_floor": 0.9}, "b": {"volume": 1.5, "weight": 2.0}},
        suppliers={"S": supplier | containers},
        lanes=[
            {"sku": "a", "supplier": "S", "lead_time_weeks": 0, "pack_size": 6.0, "moq": 12.0},
            {"sku": "b", "supplier": "S", "lead_time_weeks": 1, "max_units": 20.0},
        ],
    )
    now = company.as_of
    budget = pd.DataFrame({"start": [now], "end": [now], "amount": [60.0], "supplier": [""], "category": [""]})
    return prepare(replace(company, budgets=budget), np.array([[[4.0, 4.0, 4.0], [3.0, 3.0, 3.0]]]))


def _alone(name: str) -> AbstractModel:
    model = frame()
    model.cost = Objective(expr=0.0)
    setattr(model, name, Constraint(getattr(model, OVER[name]), rule=getattr(constraints, name)))
    return model


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_constraint_alone_is_its_golden_rows(instance: Instance, name: str, tmp_path: Path) -> None:
    from pyomo.repn.tests.lp_diff import lp_diff

    model = instantiate(_alone(name), figures(instance, [0, 1], exact_weeks=3))
    model.write(str(tmp_path / "alone.lp"), io_options={"symbolic_solver_labels": True})
    written = (tmp_path / "alone.lp").read_text()
    rows = written.split("s.t.")[1].split("bounds")[0]
    assert lp_diff("\n".join(GOLDEN[name].split()), "\n".join(rows.split())) == ([], [])


def test_no_constraint_is_without_its_golden_rows(instance: Instance) -> None:
    named = {name for name, rule in inspect.getmembers(constraints, inspect.isfunction)}
    assert named == set(build(instance, [0, 1], 3).rows) == set(GOLDEN) | ELSEWHERE
    assert set(GOLDEN) == set(OVER)


def test_every_cost_of_the_model_is_a_term_that_the_checker_recomputes() -> None:
    """All but what was settled of open orders, which no decision of the model changes."""
    named = {name for name, rule in inspect.getmembers(costs, inspect.isfunction)}
    assert named == set(TERMS) - {"open_orders"}


BINDING: dict[str, tuple[dict[str, float], dict[str, float], float]] = {
    "supply_balance": ({}, {}, 1e9),
    "supply_in_segments": ({}, {"moq": 50.0}, 1e9),
    "least_line": ({}, {"moq": 50.0}, 1e9),
    "most_line": ({"order_cost": 9.0}, {"moq": 2.0}, 1e9),
    "line_in_order": ({"order_cost": 9.0}, {"moq": 2.0}, 1e9),
    "packs_in_order": ({"order_cost": 9.0}, {}, 1e9),
    "least_order_value": ({"min_order_value": 200.0}, {}, 1e9),
    "capacity": ({"capacity_units": 3.0}, {}, 1e9),
    "container_volume": ({"container_cost": 9.0, "container_volume": 2.0}, {}, 1e9),
    "container_weight": ({"container_cost": 9.0, "container_weight": 2.0}, {}, 1e9),
    "container_started": ({"container_cost": 9.0, "container_volume": 99.0}, {}, 1e9),
    "budget": ({}, {}, 20.0),
    "service_floor": ({"order_cost": 200.0}, {}, 1e9),
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_each_constraint_binds(small_company: Build, name: str) -> None:
    """Where it should change the plan, the same model without it is cheaper."""
    supplier, lane, amount = BINDING[name]
    floor = 0.5 if name == "service_floor" else 0.0
    items = {"a": {"volume": float(name != "container_started"), "weight": 1.0, "service_floor": floor}}
    lanes = [{"sku": "a", "supplier": "S"} | lane]
    company = small_company({"a": [1.0]}, items=items, suppliers={"S": supplier}, lanes=lanes)
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=5)]}
    budget = pd.DataFrame({**dates, "amount": [amount], "supplier": [""], "category": [""]})
    instance = prepare(replace(company, budgets=budget), np.full((1, 1, 6), 4.0))
    data = figures(instance, [0], exact_weeks=6)
    without = planning_model()
    without.del_component(name)
    whole, less = (
        solve(_bounded(rules.expand(data)), LIMITS).objective for rules in (Rules(planning_model()), Rules(without))
    )
    assert less < whole - 1e-6


def _bounded(model: Expanded) -> Expanded:
    """Nothing may grow without end where a constraint is missing."""
    return replace(model, arrays=replace(model.arrays, upper=np.minimum(model.arrays.upper, 1000.0)))


def test_the_relaxed_model_prices_what_binds(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, suppliers={"S": {"capacity_units": 3.0}})
    instance = prepare(company, np.full((1, 1, 6), 4.0))
    found = solve(build(instance, [0], exact_weeks=0), LIMITS, relaxed=True)
    assert found.dual("capacity", 0) == pytest.approx(-6.0)


def test_a_plan_to_begin_with_is_taken_over(instance: Instance) -> None:
    model = build(instance, [0, 1], 3)
    best = solve(model, LIMITS)
    assert best.values is not None
    plan = Decisions.none(instance)
    decisions_of(model.data, best.values, plan)
    again = solve(model, replace(LIMITS, nodes=0), start=values_of(instance, model.data, plan))
    assert again.objective == pytest.approx(best.objective)
    assert cost_of(instance, [0, 1], plan) == pytest.approx(best.objective)
