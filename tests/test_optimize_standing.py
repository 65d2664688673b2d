"""A standing model answers what-ifs as a model built anew would, and refuses what is no change of numbers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from optimize.blocks import Blocks
from optimize.highs import Limits, Outcome, Solver
from optimize.instance import Instance
from optimize.prepare import prepare
from optimize.solve import build, solve
from optimize.standing import Standing

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


def _as_fresh(standing: Standing, company: Company, demand: np.ndarray) -> None:
    """The what-if's cost is that of a model built anew, and its values are a solution of that cost."""
    other = prepare(company, demand)
    found, arrays = standing.what_if(other, LIMITS), standing.model.arrays
    assert found.objective == pytest.approx(_fresh(other), rel=1e-6)
    assert found.bound <= found.objective + 1e-6
    assert found.values is not None
    assert not found.stopped
    values = np.concatenate([found.values[name] for name in standing.model.columns])
    assert arrays.cost @ values + arrays.offset == pytest.approx(found.objective)
    rows = arrays.matrix @ values
    assert (rows <= arrays.row_upper + 1e-5).all()
    assert (rows >= arrays.row_lower - 1e-5).all()
    assert (values <= arrays.upper + 1e-6).all()
    assert (values >= arrays.lower - 1e-6).all()


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
        {"budgets": company.budgets.assign(amount=9999.0)},
        {},
    ]
    for change in changes:
        _as_fresh(standing, replace(company, **change), _demand())


@pytest.mark.parametrize("least", [1, 4_000])
def test_demand_may_change(company: Company, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimize.blocks.LEAST", least)
    sellers = pd.concat([company.suppliers, company.suppliers.rename(index={"S": "T"})])
    company = replace(
        company, suppliers=sellers.rename_axis("supplier"), sourcing=company.sourcing.assign(supplier=["S", "T", "T"])
    )
    standing = Standing(prepare(company, _demand()), LIMITS)
    assert len(standing.blocks.blocks) == (2 if least == 1 else 1)
    for mean in (4.0, 9.5, 18.0, 60.0, 9.0):
        _as_fresh(standing, company, _demand(mean))


def test_what_a_few_blocks_tell_changes_where_prices_begin_and_no_answer(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optimize.blocks.LEAST", 1)
    monkeypatch.setattr("optimize.blocks.FEW", 1)
    company = replace(company, suppliers=company.suppliers.assign(capacity_units=np.inf, order_cost=0.0))
    standing = Standing(prepare(company, _demand()), LIMITS)
    told: list[np.ndarray | None] = []
    foreseen = Blocks.foreseen
    monkeypatch.setattr(Blocks, "foreseen", lambda *given: told.append(foreseen(*given)) or told[-1])
    for mean in (12.0, 30.0, 3.0, 9.0):
        _as_fresh(standing, company, _demand(mean))
    _as_fresh(standing, replace(company, budgets=company.budgets.assign(amount=100.0)), _demand())
    assert [one is None for one in told] == [False, False, False, False, True]


def test_only_blocks_whose_curves_need_more_room_begin_anew(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimize.blocks.LEAST", 1)
    company = replace(company, suppliers=company.suppliers.assign(capacity_units=np.inf, order_cost=0.0))
    certain = _demand()
    certain[:, 0] = 9.0
    standing = Standing(prepare(company, certain), LIMITS)
    before = [block.solver for block in standing.blocks.blocks]
    _as_fresh(standing, company, _demand())
    stays = [one is block.solver for one, block in zip(before, standing.blocks.blocks, strict=True)]
    assert stays == [False, True, True]


def test_service_floors_hold_in_a_what_if(company: Company) -> None:
    company = replace(company, items=company.items.assign(shortage_cost=0.05, service_floor=[0.95, 0.0, 0.0]))
    standing = Standing(prepare(company, _demand()), LIMITS)
    assert standing.solution.dual("service_floor", 0) < 0
    for mean in (7.0, 14.0):
        _as_fresh(standing, company, _demand(mean))


def test_blocks_are_not_solved_again_where_nothing_changed(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing(prepare(replace(company, budgets=company.budgets.assign(amount=9999.0)), _demand()), LIMITS)
    solved: list[Solver] = []
    change = Solver.change
    monkeypatch.setattr(Solver, "change", lambda solver, *given: solved.append(solver) or change(solver, *given))
    _as_fresh(standing, replace(company, budgets=company.budgets.assign(amount=8888.0)), _demand())
    assert not solved
    _as_fresh(standing, replace(company, items=company.items.assign(holding_cost=1.5)), _demand())
    assert solved


def test_without_any_answer_the_next_what_if_has_one(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing(prepare(company, _demand()), LIMITS)
    with monkeypatch.context() as patch:
        patch.setattr(Solver, "run", lambda *_: Outcome(np.inf, -np.inf, "seconds", None, np.zeros(0)))
        found = standing.what_if(prepare(company, _demand(19.0)), LIMITS)
    assert found.values is None
    assert found.stopped == "seconds"
    _as_fresh(standing, company, _demand(18.0))


def test_a_solution_tells_the_price_of_a_limit(company: Company) -> None:
    tight = replace(company, budgets=company.budgets.assign(amount=60.0))
    standing = Standing(prepare(company, _demand()), LIMITS)
    wider = replace(company, budgets=company.budgets.assign(amount=61.0))
    price = standing.what_if(prepare(tight, _demand()), LIMITS).dual("budget", 0)
    before = standing.solution.objective
    assert standing.what_if(prepare(wider, _demand()), LIMITS).objective - before == pytest.approx(price, rel=0.05)
    assert price < 0


@pytest.mark.parametrize("least", [1, 4_000])
def test_several_budgets_that_bind_are_met_exactly(
    company: Company, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optimize.blocks.LEAST", least)
    company = replace(company, suppliers=company.suppliers.assign(capacity_units=np.inf, order_cost=0.0))
    late = company.budgets.assign(
        start=company.as_of + pd.Timedelta(weeks=2), end=company.as_of + pd.Timedelta(weeks=9)
    )
    budgets = pd.concat([company.budgets, company.budgets.assign(amount=170.0), late], ignore_index=True)
    company = replace(company, budgets=budgets)
    standing = Standing(prepare(company, _demand()), LIMITS)
    for factor in (1.0, 0.9, 0.5, 1.05, 3.0, 0.0, 1.0):
        _as_fresh(standing, replace(company, budgets=budgets.assign(amount=factor * budgets["amount"])), _demand())
    assert (standing.prices > 0).sum() == 2


@pytest.mark.parametrize(
    "change", [{"lead_time_weeks": 1}, {"pack_size": 2.0}, {"expedite_lead_time_weeks": 0.0, "expedite_unit_cost": 9.0}]
)
def test_other_changes_need_a_model_of_their_own(company: Company, change: dict[str, float]) -> None:
    standing = Standing(prepare(company, _demand()), LIMITS)
    other = replace(company, sourcing=company.sourcing.assign(**change))
    with pytest.raises(ValueError, match="a model of its own"):
        standing.what_if(prepare(other, _demand()), LIMITS)
