"""A standing model answers what-ifs as a model built anew would, and refuses what is no change of numbers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from optimize.highs import Limits
from optimize.instance import Instance
from optimize.prepare import prepare
from optimize.solve import build, solve
from optimize.standing import Standing, drawn

Build = Callable[..., Company]
LIMITS = Limits(gap=0.0, nodes=0, seconds=60.0, seed=0)


@pytest.fixture
def company(small_company: Build) -> Company:
    lanes = [
        {"sku": sku, "supplier": "S", "pack_size": pack} for sku, pack in zip("abc", (1.0, 6.0, 12.0), strict=True)
    ]
    company = small_company(
        {sku: [1.0] for sku in "abc"}, suppliers={"S": {"order_cost": 9.0, "capacity_units": 40.0}}, lanes=lanes
    )
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=2)]}
    return replace(company, budgets=pd.DataFrame({**dates, "amount": [150.0], "supplier": [""], "category": [""]}))


def _demand(mean: float = 9.0) -> np.ndarray:
    return np.random.default_rng(3).poisson(mean, (40, 3, 6)).astype(float)


def _fresh(instance: Instance) -> float:
    return solve(build(instance, range(3), 0), LIMITS, relaxed=True).objective


def test_costs_and_limits_may_change(company: Company) -> None:
    standing = Standing(prepare(company, _demand()), LIMITS)
    assert standing.solution.objective == pytest.approx(_fresh(prepare(company, _demand())))
    items, sellers, sourcing = company.items, company.suppliers, company.sourcing
    changes = [
        {"items": items.assign(holding_cost=1.5)},
        {"items": items.assign(shortage_cost=1.0)},
        {"sourcing": sourcing.assign(unit_cost=4.5)},
        {"suppliers": sellers.assign(capacity_units=25.0, order_cost=30.0)},
        {"budgets": company.budgets.assign(amount=60.0)},
        {},
    ]
    for change in changes:
        other = prepare(replace(company, **change), _demand())
        found = standing.what_if(other, LIMITS)
        assert found.objective == pytest.approx(_fresh(other), rel=1e-3), change
        assert found.values is not None
        assert found.values["packs"].shape == (len(other.slots),)


def test_demand_may_change(company: Company) -> None:
    standing = Standing(prepare(company, _demand()), LIMITS)
    for mean in (4.0, 9.5, 18.0):
        other = prepare(company, _demand(mean))
        assert standing.what_if(other, LIMITS).objective == pytest.approx(_fresh(other), rel=5e-3)


def test_a_solution_tells_the_price_of_a_limit(company: Company) -> None:
    tight = replace(company, budgets=company.budgets.assign(amount=60.0))
    standing = Standing(prepare(company, _demand()), LIMITS)
    wider = replace(company, budgets=company.budgets.assign(amount=61.0))
    price = standing.what_if(prepare(tight, _demand()), LIMITS).dual("budget", 0)
    before = standing.solution.objective
    assert standing.what_if(prepare(wider, _demand()), LIMITS).objective - before == pytest.approx(price, rel=0.05)
    assert price < 0


@pytest.mark.parametrize(
    "change", [{"lead_time_weeks": 1}, {"pack_size": 2.0}, {"expedite_lead_time_weeks": 0.0, "expedite_unit_cost": 9.0}]
)
def test_other_changes_need_a_model_of_their_own(company: Company, change: dict[str, float]) -> None:
    standing = Standing(prepare(company, _demand()), LIMITS)
    other = replace(company, sourcing=company.sourcing.assign(**change))
    with pytest.raises(ValueError, match="a model of its own"):
        standing.what_if(prepare(other, _demand()), LIMITS)


def test_curves_are_drawn_with_the_segments_at_hand() -> None:
    """The first curve lacks two segments, the second has one too many: its first two become their mean."""
    values = {
        "width": np.array([2.0, np.inf, 1.0, 3.0, 2.0, np.inf]),
        "holding_slope": np.array([1.0, 5.0, 0.0, 4.0, 6.0, 8.0]),
        "short_slope": np.array([-1.0, 0.0, -4.0, -2.0, -1.0, 0.0]),
    }
    found = drawn(values, np.array([2, 4]), np.array([4, 3]))
    assert found["width"].tolist() == [2.0, 0.0, 0.0, np.inf, 1.0, 5.0, np.inf]
    assert found["holding_slope"].tolist() == [1.0, 5.0, 5.0, 5.0, 0.0, (12.0 + 12.0) / 5.0, 8.0]
    assert found["short_slope"].tolist() == [-1.0, 0.0, 0.0, 0.0, -4.0, -8.0 / 5.0, 0.0]
