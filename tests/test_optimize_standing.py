"""A standing model answers what-ifs as a model built anew would, and refuses what is no change of numbers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from optimize.budget_prices import approach
from optimize.highs import Arrays, Limits, Solver
from optimize.instance import Instance
from optimize.prepare import prepare
from optimize.redraw import slopes_of
from optimize.solve import build, solve
from optimize.standing import Standing
from optimize.stock_flow import Integers

Build = Callable[..., Company]
LIMITS = Limits(gap=0.0, nodes=0, seconds=3600.0, seed=0)


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
        assert standing.what_if(other, LIMITS).objective == pytest.approx(_fresh(other), rel=2e-2)


def test_a_solution_tells_the_price_of_a_limit(company: Company) -> None:
    tight = replace(company, budgets=company.budgets.assign(amount=60.0))
    standing = Standing(prepare(company, _demand()), LIMITS)
    wider = replace(company, budgets=company.budgets.assign(amount=61.0))
    price = standing.what_if(prepare(tight, _demand()), LIMITS).dual("budget", 0)
    before = standing.solution.objective
    assert standing.what_if(prepare(wider, _demand()), LIMITS).objective - before == pytest.approx(price, rel=0.05)
    assert price < 0


def test_budgets_that_bind_are_approached_by_prices_and_met_exactly(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    approached: list[int] = []

    def noting(solver: Solver, arrays: Arrays, rows: Integers, *rest: Any) -> None:
        approach(solver, arrays, rows, *rest)
        approached.append(len(rows))

    monkeypatch.setattr("optimize.standing.approach", noting)
    budgets = pd.concat([company.budgets.assign(supplier="S"), company.budgets.assign(amount=170.0)], ignore_index=True)
    company = replace(company, budgets=budgets)
    standing = Standing(prepare(company, _demand()), LIMITS)
    for factor in (0.9, 0.5, 1.05, 3.0):
        other = prepare(replace(company, budgets=budgets.assign(amount=factor * budgets["amount"])), _demand())
        assert standing.what_if(other, LIMITS).objective == pytest.approx(_fresh(other), rel=1e-9)
    assert approached == [1, 1, 1, 1]
    assert standing.what_if(prepare(company, _demand()), LIMITS).objective == pytest.approx(
        _fresh(prepare(company, _demand())), rel=1e-9
    )
    assert len(approached) == 4


@pytest.mark.parametrize(
    "change", [{"lead_time_weeks": 1}, {"pack_size": 2.0}, {"expedite_lead_time_weeks": 0.0, "expedite_unit_cost": 9.0}]
)
def test_other_changes_need_a_model_of_their_own(company: Company, change: dict[str, float]) -> None:
    standing = Standing(prepare(company, _demand()), LIMITS)
    other = replace(company, sourcing=company.sourcing.assign(**change))
    with pytest.raises(ValueError, match="a model of its own"):
        standing.what_if(prepare(other, _demand()), LIMITS)


def test_curves_drawn_with_their_own_slopes_are_themselves(company: Company) -> None:
    instance = prepare(company, _demand())
    slopes, own = slopes_of(instance), instance.columns.segments
    drawn = slopes.drawn(instance)
    used = drawn["width"] > 1e-9
    assert drawn["width"][used] == pytest.approx(own["width"])
    for name in ("holding_slope", "short_slope"):
        assert drawn[name][used] == pytest.approx(own[name])


@pytest.mark.parametrize("mean", [5.0, 10.0, 15.0])
def test_curves_drawn_with_the_slopes_of_others_end_as_before(company: Company, mean: float) -> None:
    first, other = prepare(company, _demand()), prepare(company, _demand(mean))
    slopes = slopes_of(first)
    drawn = slopes.drawn(other)
    for p, period in enumerate(other.periods):
        own = slopes.period == p
        slope = (drawn["holding_slope"] + period.charge * drawn["short_slope"])[own]
        rank = np.argsort(slope, kind="stable")
        levels = period.curve.levels
        width = np.minimum(drawn["width"][own], np.ptp(levels) + 1.0)[rank]
        reach = np.concatenate([[0.0], np.cumsum(width)]) + levels[0]
        at = np.interp(levels, reach, np.concatenate([[0.0], np.cumsum(width * slope[rank])]))
        known = period.cost_at(levels) - period.cost_at(levels[:1])
        assert (at <= known + 1e-6).all()
        assert at == pytest.approx(known, abs=0.02 * np.ptp(known))
        assert at[-1] == pytest.approx(known[-1])
