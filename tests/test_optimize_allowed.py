"""Capacities and budgets hold, whatever a pack beyond them would earn, and give for lines that are decided only."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import optimize.decide
from data.company import Company
from data.policy import Solver, Stability
from optimize.planner import plan

Build = Callable[..., Company]
WEEKLY = np.full((1, 2, 6), 5.0)


def _shop(build: Build, supplier: dict[str, Any], budget: float = 1e6, seconds: float = 60.0) -> Company:
    """Two articles in packs of 10 that bring 40 a week, from one order today; all arrive in two weeks."""
    lanes = [{"sku": sku, "supplier": "S", "pack_size": 10.0} for sku in "ab"]
    cycle = {"order_every_weeks": 6} | supplier
    company = build({"a": [1.0], "b": [1.0]}, suppliers={"S": cycle}, lanes=lanes)
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=6)]}
    budgets = pd.DataFrame({**dates, "amount": [budget], "supplier": [""], "category": [""]})
    policy = company.policy.model_copy(update={"solver": Solver(seconds=seconds)})
    return replace(company, budgets=budgets, policy=policy)


@pytest.mark.parametrize("lines", [optimize.decide.EXACT_LINES, 0])
@pytest.mark.parametrize("seconds", [60.0, 1e-6])
@pytest.mark.parametrize(
    ("supplier", "budget", "units"), [({"capacity_units": 39.0}, 1e6, 30), ({}, 119.0, 20), ({}, 121.0, 30)]
)
def test_a_pack_that_does_not_fit_is_not_bought(
    small_company: Build,
    monkeypatch: pytest.MonkeyPatch,
    lines: int,
    seconds: float,
    supplier: dict[str, Any],
    budget: float,
    units: int,
) -> None:
    """A pack beyond the limit by one unit, or by 1 of money, would earn 60; planned by branch and bound, by the choice
    among whole plans, and at once.
    """
    monkeypatch.setattr(optimize.decide, "EXACT_LINES", lines)
    found = plan(_shop(small_company, supplier, budget, seconds), WEEKLY)
    assert found.orders["units"].sum() == units
    assert found.gave.empty


def test_what_is_approved_to_stay_takes_more_than_the_limits_allow(small_company: Build) -> None:
    company = _shop(small_company, {"capacity_units": 35.0}, budget=100.0)
    company = replace(company, policy=company.policy.model_copy(update={"stability": Stability(frozen_weeks=1)}))
    lines = {"order_date": company.as_of, "supplier": "S", "location": "main", "expedite": 0}
    approved = pd.DataFrame([lines | {"sku": sku, "units": 20} for sku in "ab"])
    found = plan(company, WEEKLY, approved=approved)
    assert found.orders["units"].tolist() == [20, 20]
    assert found.costs["limits"] == 0.0
    assert found.gave[["kind", "amount", "price"]].to_numpy().tolist() == [
        ["capacity", 5.0, 0.0],
        ["budget", 60.0, 0.0],
    ]
    prices = found.limits.set_index("kind")["price"]
    assert (prices["capacity"], prices["budget"]) == (0.0, 0.0)
    assert found.orders["reason"].str.endswith(" Frozen as approved.").all()
    assert "would save" not in found.orders["reason"].iloc[0]
