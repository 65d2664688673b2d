"""Why a scenario changes an order line: each kind of change is told of the lines that it touches, in their terms."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.calendar import weeks_from
from data.company import Company
from data.policy import Horizon, Policy
from forecast.paths import DemandPaths
from scenarios.apply import changed
from scenarios.change_reasons import SHARED, with_causes
from scenarios.patch import Override, Scenario
from scenarios.run import Run

Build = Callable[..., Company]
WEEKS = 6


@pytest.fixture(scope="module")
def base(small_company: Build) -> Run:
    """Article a of supplier S and b of T, 5 a week each; a has 20 on order, a festival of b is to come, one budget."""
    company = small_company(
        {"a": [5.0] * 9, "b": [5.0] * 9},
        items={"a": {"category": "x"}, "b": {"category": "y"}},
        suppliers={"S": {}, "T": {}},
        lanes=[{"sku": "a", "supplier": "S"}, {"sku": "b", "supplier": "T"}],
        open_orders=[{"po": "P", "sku": "a", "units": 20, "due": "2026-03-16", "supplier": "S"}],
        policy=Policy(horizon=Horizon(weeks=WEEKS)),
    )
    days = {"start": [company.as_of + pd.Timedelta(weeks=1)], "end": [company.as_of + pd.Timedelta(days=20)]}
    festival = {"promo": ["f"], **days, "sku": [""], "category": ["y"], "location": [""], "kind": ["festival"]}
    promotions = pd.DataFrame({**festival, "discount": [np.nan], "expected_uplift": [1.5]})
    budgets = pd.DataFrame({**days, "amount": [110.0], "supplier": [""], "category": [""]})
    company = replace(company, promotions=promotions, budgets=budgets)
    paths = DemandPaths(np.full((4, 2, WEEKS), 5.0), company.series, weeks_from(company.as_of, WEEKS))
    forecast: Any = SimpleNamespace(paths=paths)
    told: dict[str, Any] = {"run_id": "r", "as_of": company.as_of, "version": "", "seed": 0, "kpis": {}, "seconds": {}}
    empty: dict[str, Any] = {name: pd.DataFrame() for name in ("accuracy", "value_added", "alerts")}
    nothing: Any = None
    return Run(**told, **empty, company=company, problems=[], forecast=forecast, plan=nothing)


@pytest.mark.parametrize(
    ("override", "a", "b"),
    [
        (
            {"field": "demand", "operation": "multiply", "value": 1.5, "sku": "a"},
            "Here: demand 45 units in 6 weeks instead of 30.",
            SHARED,
        ),
        ({"field": "promotion", "value": "cancelled"}, SHARED, "Here: a promotion of it changes."),
        ({"field": "uplift", "value": 2.0}, SHARED, "Here: a promotion of it changes."),
        ({"field": "unit_cost", "value": 3.0, "supplier": "T"}, SHARED, "Here: cost 3 instead of 4 (T)."),
        ({"field": "price", "value": 20.0, "sku": "a"}, "Here: price 20 instead of 10; loss per lost sale 16 ", SHARED),
        ({"field": "capacity_units", "value": 50, "supplier": "S"}, "Here: capacity 50 instead of none (S).", SHARED),
        ({"field": "lead_time_weeks", "value": 3, "sku": "b"}, SHARED, "Here: weeks to deliver 3 instead of "),
        ({"field": "supplier", "value": "gone", "supplier": "T"}, SHARED, "Here: takes no orders for some weeks (T)."),
        (
            {"field": "late_days", "value": 14, "supplier": "S"},
            "Here: new orders come later (S); 20 units on order come at another time.",
            SHARED,
        ),
        (
            {"field": "source", "value": {"lead_time_weeks": 1}, "supplier": "N", "sku": "b"},
            SHARED,
            "Here: delivers it too (N).",
        ),
        ({"field": "on_hand", "value": 7, "sku": "a"}, "Here: stock 7 instead of ", SHARED),
        ({"field": "budget", "operation": "multiply", "value": 0.5}, *["Here: a budget changes."] * 2),
        ({"field": "service_floor", "value": 0.9}, *["Here: a service floor changes."] * 2),
    ],
)
def test_a_line_is_told_what_changed_of_it(base: Run, override: dict[str, Any], a: str, b: str) -> None:
    scenario = Scenario(name="s", override=(Override(**override),))
    changes = pd.DataFrame({"scenario": "s", "sku": ["a", "b"], "location": "main", "why": ["One.", "Two."]})
    first, second = with_causes(base, changed(base.company, scenario), changes)["why"]
    assert first.startswith(a)
    assert first.endswith(" One.")
    assert second.startswith(b)
    assert second.endswith(" Two.")
