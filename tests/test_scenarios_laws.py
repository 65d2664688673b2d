"""Worlds with a known answer: what a what-if must say whatever the company.

Where a plan may differ, costs are compared within the gap that the planner is allowed.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calendar import weeks_from
from data.company import Company
from data.policy import Forecast, Horizon, Policy, Solver
from forecast.paths import DemandPaths
from optimize.planner import plan
from scenarios.comparison import Outcome
from scenarios.finance_measures import BY_NAME
from scenarios.patch import Override, Scenario
from scenarios.run import Run
from scenarios.what_if import compare, run
from scenarios.worlds import Answer

Build = Callable[..., Company]
SKUS, WEEKS, PATHS, GAP = ["a", "b"], 6, 10, 1e-3
EXAMPLES = settings(derandomize=True, max_examples=2, deadline=None)
MONEY = {name for name, measure in BY_NAME.items() if measure.unit == "money"}


def _base(build: Build, seed: int, scale: float = 1.0) -> Run:
    """A random company, its money counted in units worth 1 / scale, and its plan."""
    rng = np.random.default_rng(seed)

    def money(*choices: float) -> float:
        return scale * float(rng.choice(choices))

    suppliers = {
        name: {
            "order_cost": money(0.0, 12.0, 30.0),
            "min_order_value": money(0.0, 0.0, 50.0),
            "capacity_units": float(rng.choice([18.0, np.inf])),
            "payment_days": float(rng.choice([0.0, 30.0])),
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
        }
        for sku in SKUS
        for supplier in "ST"[: int(rng.integers(1, 3))]
    ]
    priced = {"unit_cost": 4.0, "price": 10.0, "holding_cost": 0.5, "salvage_value": 4.0, "shortage_cost": 6.0}
    items = {sku: {name: scale * value for name, value in priced.items()} for sku in SKUS}
    coming = [{"po": "P", "sku": "a", "units": 9.0, "due": "2026-03-09"}]
    policy = Policy(horizon=Horizon(weeks=WEEKS), forecast=Forecast(paths=PATHS), solver=Solver(gap=GAP))
    stock = {sku: float(rng.integers(0, 12)) for sku in SKUS}
    company = build({sku: [5.0] * 9 for sku in SKUS}, items, suppliers, lanes, stock, coming, policy=policy)
    demand = rng.poisson([[4.0], [6.0]], (PATHS, 2, WEEKS)).astype(float)
    return _run(company, demand)


def _run(company: Company, demand: np.ndarray) -> Run:
    paths = DemandPaths(demand, company.series, weeks_from(company.as_of, WEEKS))
    known: dict[str, Any] = {
        "run_id": "base",
        "as_of": company.as_of,
        "version": "",
        "seed": 0,
        "company": company,
        "problems": [],
        "forecast": SimpleNamespace(paths=paths),
        "plan": plan(company, demand),
        "kpis": {},
        "seconds": {},
    }
    return Run(**known, **dict.fromkeys(("accuracy", "value_added", "alerts"), pd.DataFrame()))


def _answer(base: Run, **override: Any) -> Answer:
    return run(base, Scenario(name="what if", override=(Override(**override),)))


def _objective(one: Outcome) -> float:
    assert one.plan is not None
    return one.plan.objective


def _slack(one: Outcome) -> float:
    return GAP * abs(_objective(one)) + 1e-6


@EXAMPLES
@given(seed=st.integers(0, 10_000))
def test_a_scenario_without_overrides_is_the_base_to_the_last_digit(small_company: Build, seed: int) -> None:
    found = compare(_base(small_company, seed), [Scenario(name="nothing")])
    assert found.failed.empty
    base = found.outcomes[0]
    for one in found.outcomes[1:]:
        for measure, values in base.totals.items():
            np.testing.assert_array_equal(one.totals[measure], values)
        for measure, values in base.weekly.items():
            np.testing.assert_array_equal(one.weekly[measure], values)
        pd.testing.assert_frame_equal(one.lines, base.lines)
    assert (found.table["difference"] == 0).all()
    assert (found.table["standard_error"] == 0).all()
    assert found.changes.empty
    assert (found.regret["regret"] == 0).all()


@EXAMPLES
@given(seed=st.integers(0, 10_000))
def test_doubling_all_money_doubles_every_cost(small_company: Build, seed: int) -> None:
    """In the base's orders as they stand and in those made anew; what is not money stays."""
    change = {"field": "demand", "operation": "multiply", "value": 1.25}
    once, twice = (_answer(_base(small_company, seed, scale), **change) for scale in (1.0, 2.0))
    for one, two in ((once.committed, twice.committed), (once.reoptimised, twice.reoptimised)):
        for measure, values in one.totals.items():
            factor = 2.0 if measure in MONEY else 1.0
            np.testing.assert_allclose(two.totals[measure], factor * values, rtol=1e-9, atol=1e-9)


@EXAMPLES
@given(seed=st.integers(0, 10_000))
def test_a_budget_above_the_spend_of_the_base_changes_nothing(small_company: Build, seed: int) -> None:
    base = _base(small_company, seed)
    found = _answer(base, field="budget", value=_spend(base) + 1.0)
    assert _objective(found.reoptimised) == pytest.approx(base.plan.objective, rel=GAP)
    assert _objective(found.reoptimised) <= base.plan.objective + 1e-9 * abs(base.plan.objective)
    assert found.committed.totals["over_budget"].max() == 0.0


@EXAMPLES
@given(seed=st.integers(0, 10_000), share=st.floats(0.2, 0.95))
def test_less_budget_never_raises_what_is_earned(small_company: Build, seed: int, share: float) -> None:
    base = _base(small_company, seed)
    found = _answer(base, field="budget", value=share * _spend(base))
    assert _objective(found.reoptimised) >= base.plan.objective - _slack(found.reoptimised)
    assert found.committed.totals["over_budget"].max() == pytest.approx((1 - share) * _spend(base))


@EXAMPLES
@given(seed=st.integers(0, 10_000), days=st.integers(1, 21))
def test_a_later_supplier_never_lowers_cost(small_company: Build, seed: int, days: int) -> None:
    base = _base(small_company, seed)
    found = _answer(base, field="late_days", value=days, supplier="S")
    assert _objective(found.reoptimised) >= base.plan.objective - _slack(found.reoptimised)


def _spend(base: Run) -> float:
    """What the base orders; its budget period is the horizon."""
    return float(base.plan.orders["value"].sum())
