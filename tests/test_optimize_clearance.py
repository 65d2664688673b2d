"""Clearance as a decision: early where that brings more, and never more than there is."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyomo.environ import AbstractModel, Constraint, Objective

from data.company import MARKDOWN_COLUMNS, Company
from optimize import constraints
from optimize.checker import check, cost_of, violations
from optimize.clearance import markdowns
from optimize.figures import decisions_of, figures, values_of
from optimize.filling import instantiate
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.model import frame
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.single import batches, least_cost, plan_alone
from optimize.solve import build, solve
from optimize.ways import Ways

Build = Callable[..., Company]
LIMITS = Limits(gap=0.0, nodes=100_000, seconds=3600.0, seed=0)
SEASON = {"season_end": pd.Timestamp("2026-03-31"), "salvage_value": 0.5, "holding_cost": 0.1}
FAR = [{"sku": "a", "supplier": "S", "lead_time_weeks": 9}]


def marked_down(company: Company, *rows: dict[str, Any]) -> Company:
    """The company with a markdown table."""
    blank = {"sku": "", "category": "", "location": "", "from_date": pd.NaT, "weeks_before_end": np.nan}
    table = pd.DataFrame([blank | {"most_units": np.inf} | row for row in rows], columns=MARKDOWN_COLUMNS)
    return replace(company, markdowns=table.astype({"from_date": "datetime64[ns]"}))


CURVE = (
    {"value": 3.0, "most_units": 4.0},
    {"value": 2.5, "most_units": 3.0},
    {"value": 2.0, "from_date": pd.Timestamp("2026-03-16"), "most_units": 5.0},
    {"value": 1.0, "from_date": pd.Timestamp("2026-03-23")},
)


def _overstocked(build: Build) -> Company:
    company = build({"a": [1.0]}, items={"a": SEASON}, lanes=FAR, on_hand={"a": 30.0})
    return marked_down(company, *CURVE)


def _by_hand(cleared: tuple[int, ...]) -> float:
    """Cost of clearing some units a week: 30 on the shelf, 2 sold a week at 10 for 5 weeks, best step first."""
    stock, cost = 30, 0.0
    for week, units in enumerate(cleared):
        steps = [[3.0] * 4 + [2.5] * 3, [2.0] * 5, [1.0] * 99][0 if week < 2 else 1 if week == 2 else 2]
        if units > min(len(steps), stock):
            return np.inf
        cost -= sum(steps[:units])
        stock -= units
        cost += 10.0 * max(2 - stock, 0)
        stock = max(stock - 2, 0)
        cost += 0.1 * stock
    return cost - 0.5 * stock


def test_overstock_is_cleared_early_and_as_much_as_trying_everything_says(small_company: Build) -> None:
    found = plan(_overstocked(small_company), np.full((1, 1, 6), 2.0))
    cleared = np.zeros(5, dtype=int)
    weeks = ((found.clearance["week"] - pd.Timestamp("2026-03-02")).dt.days // 7).to_numpy()
    np.add.at(cleared, weeks, found.clearance["units"].to_numpy())
    best = min(product(range(8), range(8), range(6), range(21), range(21)), key=_by_hand)
    assert tuple(cleared) == best == (7, 7, 5, 1, 0)
    assert found.objective == pytest.approx(_by_hand(best))
    assert found.costs["clearance"] == pytest.approx(-(2 * (4 * 3.0 + 3 * 2.5) + 5 * 2.0 + 1.0))
    assert found.status == "optimal"
    assert len(found.orders) == 0


def test_each_step_of_the_markdown_curve_and_what_is_there_bind_alone(small_company: Build) -> None:
    """Five units more at 3.0 take the place of others at 2.5 or less; the last step has no end, so more is no more."""

    def least(on_hand: float, most: tuple[float, ...]) -> float:
        company = small_company({"a": [1.0]}, items={"a": SEASON}, lanes=FAR, on_hand={"a": on_hand})
        steps = [{**step, "most_units": units} for step, units in zip(CURVE, most, strict=True)]
        instance = prepare(marked_down(company, *steps), np.full((1, 1, 6), 2.0))
        return solve(build(instance, range(1), exact_weeks=6), LIMITS).objective

    usual = (4.0, 3.0, 5.0, np.inf)
    tight = least(30.0, usual)
    assert least(30.0, (9.0, 3.0, 5.0, np.inf)) <= tight - 5 * 0.5
    assert least(30.0, (0.0, 3.0, 5.0, np.inf)) > tight
    assert least(30.0, (4.0, 3.0, 5.0, 99.0)) == pytest.approx(tight)
    assert least(40.0, usual) < tight < least(12.0, usual)


def test_the_table_says_what_is_cleared_and_why(small_company: Build) -> None:
    found = plan(_overstocked(small_company), np.full((1, 1, 6), 2.0)).clearance
    assert found[["units", "unit_value", "value", "firm"]].iloc[0].tolist() == [4, 3.0, 12.0, 1]
    assert found["reason"].iloc[0] == (
        "Each unit brings 3.00 now. Kept, one unit more would be sold with 0% probability, bringing 0.00 on average, "
        "cost 0.50 of holding over 5.0 weeks and be worth 0.50 at the end. At most 4 units a week bring this much."
    )


def test_without_overstock_nothing_is_cleared(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, items={"a": SEASON}, lanes=FAR, on_hand={"a": 10.0})
    found = plan(marked_down(company, *CURVE), np.full((1, 1, 6), 2.0))
    assert len(found.clearance) == 0


def test_an_empty_shelf_that_nothing_fills_has_nothing_to_clear(small_company: Build) -> None:
    company = marked_down(small_company({"a": [1.0]}, items={"a": SEASON}, lanes=FAR), *CURVE)
    found = plan(company, np.full((1, 1, 6), 2.0))
    assert len(found.clearance) == len(found.orders) == 0
    assert found.objective == pytest.approx(5 * 2 * 10.0)


def test_nothing_is_bought_to_be_cleared(small_company: Build) -> None:
    company = marked_down(small_company({"a": [1.0]}), {"value": 9.0})
    without = plan(small_company({"a": [1.0]}), np.full((1, 1, 6), 4.0))
    found = plan(company, np.full((1, 1, 6), 4.0))
    assert found.clearance["units"].sum() == 0
    assert found.orders["units"].sum() == without.orders["units"].sum()


def test_open_orders_are_cleared_only_when_they_are_there(small_company: Build) -> None:
    rows = [{"po": "1", "sku": "a", "units": 20.0, "due": "2026-03-16", "week": "2026-03-16"}]
    company = small_company({"a": [1.0]}, items={"a": SEASON}, lanes=FAR, open_orders=rows)
    found = plan(marked_down(company, *CURVE), np.full((1, 1, 6), 1.0)).clearance
    assert found["week"].min() == pd.Timestamp("2026-03-16")
    assert found["units"].sum() == 17


def test_the_closest_row_counts_and_the_one_that_began_last(small_company: Build) -> None:
    company = small_company({"a": [1.0], "b": [1.0]}, items={"a": {**SEASON, "category": "coats"}, "b": SEASON})
    rows = (
        {"value": 1.0, "weeks_before_end": 2.0},
        {"value": 2.0, "category": "coats", "from_date": pd.Timestamp("2025-12-01")},
        {"value": 3.0, "category": "coats", "from_date": pd.Timestamp("2026-02-05"), "most_units": 6.0},
    )
    found = markdowns(marked_down(company, *rows), [5, 5])
    assert [(one.series, one.week, one.value, one.most) for one in found] == [
        *((0, week, 3.0, 6.0) for week in range(5)),
        *((1, week, 1.0, np.inf) for week in (3, 4)),
    ]


def _random(build: Build, seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": int(rng.integers(0, 7)), "pack_size": rng.choice([1, 3])}
    item = {**SEASON, "holding_cost": float(rng.choice([0.1, 1.0])), "shortage_cost": float(rng.choice([0.5, 6.0]))}
    company = build({"a": [1.0]}, items={"a": item}, lanes=[lane], on_hand={"a": float(rng.integers(0, 40))})
    starts = pd.Timestamp("2026-03-02") + pd.Timedelta(weeks=1) * rng.integers(0, 5, 3)
    rows = [
        {"value": value, "from_date": start, "most_units": float(rng.choice([3, np.inf]))}
        for value, start in zip((3.5, 2.0, 1.0), starts, strict=True)
    ]
    return prepare(marked_down(company, *rows), rng.poisson(3.0, (8, 1, 6)).astype(float))


@settings(derandomize=True, max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_series_with_clearance_is_planned_as_branch_and_bound_plans_it(small_company: Build, seed: int) -> None:
    instance = _random(small_company, seed)
    prices = np.array([slot.lane.unit_cost for slot in instance.slots]), np.zeros(len(instance.slots))
    plan_ = Decisions.none(instance)
    cost = sum(plan_alone(batch, *prices, plan_).sum() for batch in batches(instance, [0])) + instance.constant([0])
    assert violations(instance, plan_) == []
    assert cost_of(instance, [0], plan_) == pytest.approx(cost)
    model = build(instance, [0], exact_weeks=6)
    best = solve(model, LIMITS)
    assert best.values is not None
    assert cost == pytest.approx(best.objective, abs=1e-6)
    again = solve(model, replace(LIMITS, nodes=0), start=values_of(instance, model.data, plan_))
    assert again.objective == pytest.approx(cost, abs=1e-6)
    decisions_of(model.data, best.values, plan_)
    assert cost_of(instance, [0], plan_) == pytest.approx(cost, abs=1e-6)


@settings(derandomize=True, max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_clearance_is_worth_what_closing_it_costs(small_company: Build, seed: int) -> None:
    instance = _random(small_company, seed)
    (batch,) = batches(instance, [0])
    unit_cost, fee = np.array([slot.lane.unit_cost for slot in instance.slots]), np.zeros(len(instance.slots))
    worth = Ways(batch, unit_cost, fee).worth(fee)
    for place in np.argwhere(batch.slots >= 0):
        closed = fee.copy()
        closed[batch.slots[tuple(place)]] = np.inf
        difference = least_cost(batch, unit_cost, closed) - least_cost(batch, unit_cost, fee)
        assert worth[tuple(place)] == pytest.approx(difference[0], abs=1e-9)


def test_the_checker_counts_what_leaves_without_being_there(small_company: Build) -> None:
    instance = prepare(_overstocked(small_company), np.full((1, 1, 6), 2.0))
    packs = np.zeros(len(instance.slots))
    packs[-1] = 31.0
    assert violations(instance, Decisions(packs, np.zeros(len(instance.periods)))) == [
        "series 0, week 4: more units leave than can be there"
    ]
    packs[-1] = 20.0
    assert check(instance, Decisions(packs, np.zeros(len(instance.periods))))["clearance"] == -20.0


GOLDEN = {
    "supply_balance": """
        c_e_supply_balance(0)_: +1 supply(0) -1 given_up(0) +1 cleared(1) = 0
        c_e_supply_balance(1)_: -1 supply(0) +1 supply(1) -1 given_up(1) +1 cleared(2) -1 packs(0) = 0""",
    "supply_in_segments": """
        c_e_supply_in_segments(0)_: +1 supply(0) -1 segment(0) -1 segment(1) = -5.0
        c_e_supply_in_segments(1)_: +1 supply(1) -1 segment(2) -1 segment(3) = -5.0""",
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_what_is_cleared_leaves_the_balance(small_company: Build, name: str, tmp_path: Any) -> None:
    from pyomo.repn.tests.lp_diff import lp_diff

    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": 1}
    company = marked_down(small_company({"a": [1.0]}, lanes=[lane], on_hand={"a": 5.0}), {"value": 2.0})
    instance = prepare(company, np.array([[[3.0, 4.0]]]))
    model: AbstractModel = frame()
    model.cost = Objective(expr=0.0)
    setattr(model, name, Constraint(model.PERIODS, rule=getattr(constraints, name)))
    written = instantiate(model, figures(instance, [0], exact_weeks=2))
    written.write(str(tmp_path / "alone.lp"), io_options={"symbolic_solver_labels": True})
    rows = (tmp_path / "alone.lp").read_text().split("s.t.")[1].split("bounds")[0]
    assert lp_diff("\n".join(GOLDEN[name].split()), "\n".join(rows.split())) == ([], [])
