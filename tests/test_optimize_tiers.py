"""Price tiers of one order line under a maximum per order: one tier at most is used, as trying everything says."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyomo.environ import Constraint, Objective

from data.company import Company
from data.policy import Policy, Solver
from optimize import constraints
from optimize.checker import violations
from optimize.expand import Rules
from optimize.figures import figures
from optimize.filling import instantiate
from optimize.highs import Limits
from optimize.instance import Decisions
from optimize.model import frame, planning_model
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.solve import solve

Build = Callable[..., Company]
DEMAND = np.array([[[8.0, 9.0, 7.0, 6.0]]])
TIERS, MOST, CHARGE, HOLDING, LOST = ((0, 4.0), (10, 3.5), (14, 3.0)), 14, 9.0, 0.1, 500.0


@pytest.fixture(scope="module")
def company(small_company: Build) -> Company:
    """One article in four weeks, at most 14 units an order, all of them cheaper from 10 and again from 14 on."""
    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": 0, "unit_cost": 4.0, "max_units": float(MOST)}
    item = {"holding_cost": HOLDING, "shortage_cost": LOST, "season_end": pd.Timestamp("2026-03-29")}
    breaks = [("a", "S", float(units), cost) for units, cost in TIERS[1:]]
    built = small_company(
        {"a": [1.0]},
        items={"a": item | {"salvage_value": 0.0}},
        suppliers={"S": {"order_cost": CHARGE}},
        lanes=[lane],
        policy=Policy(solver=Solver(gap=0.0)),
    )
    table = pd.DataFrame(breaks, columns=["sku", "supplier", "from_units", "unit_cost"])
    return replace(built, price_breaks=table)


def _cost(units: tuple[int, ...]) -> float:
    """What orders of so many units a week cost, infinite where a sale is lost."""
    stock, cost = 0.0, 0.0
    for ordered, wanted in zip(units, DEMAND.ravel(), strict=True):
        price = next(price for start, price in reversed(TIERS) if ordered >= start)
        stock += ordered - wanted
        cost += CHARGE * (ordered > 0) + price * ordered + HOLDING * stock
        if stock < 0:
            return np.inf
    return cost


def test_no_order_gets_round_its_maximum_in_two_tiers(company: Company) -> None:
    found = plan(company, DEMAND)
    assert found.objective == pytest.approx(min(map(_cost, product(range(MOST + 1), repeat=4))))
    assert found.bound == pytest.approx(found.objective)
    units = found.orders.groupby("order_date")["units"].agg(["sum", "size"])
    assert (units["sum"] <= MOST).all()
    assert (units["size"] == 1).all()


def test_a_kept_line_is_not_joined_by_another_tier(company: Company) -> None:
    line = {"order_date": company.as_of, "supplier": "S", "sku": "a", "location": "main", "expedite": 0.0}
    kept = pd.DataFrame([line | {"units": 12.0, "held": 1.0}])
    now = plan(company, DEMAND, approved=kept).due_now()
    assert now["units"].tolist() == [12]


def test_the_checker_names_tiers_above_their_maximum(company: Company) -> None:
    instance = prepare(company, DEMAND)
    decisions = Decisions.none(instance)
    first, second, _ = instance.tier_lines[0]
    decisions.packs[[first, second]] = 8.0, 10.0
    assert violations(instance, decisions) == [
        "series 0, supplier S, week 0: 18.0 packs in all tiers are above the limit"
    ]


def test_tiers_together_are_golden_rows(company: Company, tmp_path: Path) -> None:
    from pyomo.repn.tests.lp_diff import lp_diff

    model = frame()
    model.cost = Objective(expr=0.0)
    model.tiers_together = Constraint(model.TIERED, rule=constraints.tiers_together)
    written = instantiate(model, figures(prepare(company, DEMAND[..., :2]), [0], exact_weeks=2))
    written.write(str(tmp_path / "alone.lp"), io_options={"symbolic_solver_labels": True})
    rows = (tmp_path / "alone.lp").read_text().split("s.t.")[1].split("bounds")[0]
    golden = """
        c_u_tiers_together(0)_: +1 packs(0) +1 packs(2) +1 packs(4) <= 14.0
        c_u_tiers_together(1)_: +1 packs(1) +1 packs(3) +1 packs(5) <= 14.0"""
    assert lp_diff("\n".join(golden.split()), "\n".join(rows.split())) == ([], [])


def test_tiers_together_bind(company: Company) -> None:
    """The whole model costs what the dynamic program finds; without the constraint it is cheaper."""
    data, limits = figures(prepare(company, DEMAND), [0], exact_weeks=4), Limits(0.0, 10_000, 3600.0, 0)
    without = planning_model()
    without.del_component("tiers_together")
    whole, less = (solve(rules.expand(data), limits).objective for rules in (Rules(planning_model()), Rules(without)))
    assert whole == pytest.approx(plan(company, DEMAND).objective)
    assert less < whole - 1e-6
