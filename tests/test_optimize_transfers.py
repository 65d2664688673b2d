"""Transfers: goods are moved to where they are missing, as many as pay."""

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

from data.company import TRANSFER_COLUMNS, Company, Panel
from optimize import constraints
from optimize.checker import check, cost_of, violations
from optimize.decide import decide_together
from optimize.expand import Rules
from optimize.figures import decisions_of, figures, values_of
from optimize.filling import instantiate
from optimize.groups import groups
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.model import frame, planning_model
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.settle import improved
from optimize.shared import shared
from optimize.single import batches
from optimize.solve import build, solve
from optimize.transfers import Route, routes

Build = Callable[..., Company]
LIMITS = Limits(gap=1e-6, nodes=100_000, seconds=3600.0, seed=0)
PLACES = ("east", "west")


def two_places(
    build: Build, on_hand: tuple[float, float], lead_times: tuple[int, int], moves: list[dict[str, Any]], **lane: Any
) -> Company:
    """Article x in east and in west, each with a lane of its own, and a table of transfers."""
    lanes = [
        {"sku": "x", "supplier": "S", "location": place, "lead_time_weeks": weeks, **lane}
        for place, weeks in zip(PLACES, lead_times, strict=True)
    ]
    company = build({"x": [1.0]}, items={"x": {"holding_cost": 0.1}}, lanes=lanes)
    series = pd.MultiIndex.from_product([["x"], PLACES], names=["sku", "location"])
    past = company.history
    blank = {"from_location": "east", "to_location": "west", "sku": "", "unit_cost": 0.5, "most_units": np.inf}
    return replace(
        company,
        history=Panel(
            series, past.weeks, *(np.repeat(part, 2, axis=0) for part in (past.units, past.in_stock, past.price))
        ),
        stock=pd.DataFrame({"on_hand": on_hand}, index=series),
        transfers=pd.DataFrame([blank | row for row in moves], columns=TRANSFER_COLUMNS),
    )


def _by_hand(sent: tuple[int, ...]) -> float:
    """East has 14 and sells 1 a week, west has nothing and sells 2; what is sent arrives a week later, for 0.5."""
    stock, cost, coming = [14, 0], 0.5 * sum(sent), 0
    for week in range(6):
        units = sent[week] if week < len(sent) else 0
        if units > stock[0]:
            return np.inf
        stock = [stock[0] - units, stock[1] + coming]
        coming = units
        for place, demand in enumerate((1, 2)):
            cost += 10.0 * max(demand - stock[place], 0)
            stock[place] = max(stock[place] - demand, 0)
        cost += 0.1 * sum(stock)
    return cost - 4.0 * sum(stock)


def test_what_one_location_has_too_much_of_is_moved_to_the_other(small_company: Build) -> None:
    company = two_places(small_company, (14.0, 0.0), (9, 9), [{"lead_time_weeks": 1}])
    found = plan(company, np.repeat([[[1.0], [2.0]]], 6, axis=2))
    best = min(product(range(11), range(5), range(5), range(5), range(5)), key=_by_hand)
    assert found.objective == pytest.approx(_by_hand(best))
    assert found.status == "optimal"
    assert found.transfers["units"].sum() == sum(best) == 8
    assert found.costs["transfers"] == pytest.approx(4.0)
    first = found.transfers.iloc[0]
    assert (first["from_location"], first["to_location"], first["week"]) == ("east", "west", company.as_of)
    assert first["arrival_date"] - first["week"] == pd.Timedelta(weeks=1)


def test_the_table_says_what_moving_earns(small_company: Build) -> None:
    company = two_places(small_company, (14.0, 0.0), (9, 9), [{"lead_time_weeks": 1}])
    found = plan(company, np.repeat([[[1.0], [2.0]]], 6, axis=2)).transfers
    assert found["reason"].iloc[0] == (
        "The last unit sells 1.0 units more at west, worth 10.00, and 0.0 units fewer at east, worth 0.00; moving it "
        "costs 0.50."
    )


def test_nothing_is_moved_where_moving_costs_more_than_it_earns(small_company: Build) -> None:
    company = two_places(small_company, (14.0, 0.0), (9, 9), [{"lead_time_weeks": 1, "unit_cost": 50.0}])
    found = plan(company, np.repeat([[[1.0], [2.0]]], 6, axis=2))
    assert len(found.transfers) == 0


def test_a_hub_without_demand_buys_for_others(small_company: Build) -> None:
    company = two_places(small_company, (0.0, 0.0), (0, 9), [{"lead_time_weeks": 1}], pack_size=4.0)
    found = plan(company, np.repeat([[[0.0], [2.0]]], 6, axis=2))
    assert set(found.orders["location"]) == {"east"}
    assert found.orders["units"].sum() >= found.transfers["units"].sum() == 10
    assert found.costs["lost_sales"] == pytest.approx(2 * 10.0)


def _random(build: Build, seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    moves = [{"lead_time_weeks": int(rng.integers(0, 3)), "most_units": float(rng.choice([3, np.inf]))}]
    if rng.random() < 0.5:
        moves.append({"lead_time_weeks": 1, "from_location": "west", "to_location": "east"})
    lead_times = int(rng.integers(0, 7)), int(rng.integers(2, 7))
    on_hand = float(rng.integers(0, 30)), float(rng.integers(0, 8))
    company = two_places(build, on_hand, lead_times, moves, pack_size=float(rng.choice([1, 4])))
    if rng.random() < 0.3:
        company.suppliers["order_cost"] = 8.0
    return prepare(company, rng.poisson([[2.0], [3.0]], (6, 2, 6)).astype(float))


@settings(derandomize=True, max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_transfers_are_planned_as_branch_and_bound_plans_them(small_company: Build, seed: int) -> None:
    instance = _random(small_company, seed)
    assert groups(instance) == ([], [[0, 1]])
    found = Decisions.none(instance)
    proof = decide_together(instance, [0, 1], LIMITS, found)
    model = build(instance, [0, 1], exact_weeks=6)
    best = solve(model, LIMITS)
    assert best.values is not None
    cost = cost_of(instance, [0, 1], found)
    assert violations(instance, found) == []
    assert cost == pytest.approx(best.objective, rel=1e-5, abs=1e-5)
    assert proof.bound == pytest.approx(cost, rel=1e-5, abs=1e-5)
    again = solve(model, replace(LIMITS, nodes=0), start=values_of(instance, model.data, found))
    assert again.objective == pytest.approx(cost, rel=1e-5, abs=1e-5)
    decisions_of(model.data, best.values, found)
    assert cost_of(instance, [0, 1], found) == pytest.approx(best.objective, rel=1e-5, abs=1e-5)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_settled_transfers_alone_come_close_and_the_bound_stays_below(small_company: Build, seed: int) -> None:
    instance = _random(small_company, seed)
    best = solve(build(instance, [0, 1], exact_weeks=6), LIMITS).objective
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimize.decide.EXACT_LINES", 0)
        found = Decisions.none(instance)
        proof = decide_together(instance, [0, 1], LIMITS, found)
    assert violations(instance, found) == []
    assert proof.bound <= best + 1e-6 * abs(best)
    assert best - 1e-6 * abs(best) <= cost_of(instance, [0, 1], found) <= best + 0.01 * abs(best)


def test_the_checker_counts_units_that_vanish_on_the_way(small_company: Build) -> None:
    company = two_places(small_company, (14.0, 0.0), (9, 9), [{"lead_time_weeks": 1}])
    instance = prepare(company, np.full((1, 2, 6), 2.0))
    packs = np.zeros(len(instance.slots))
    packs[instance.transfers[0]] = 5.0
    assert check(instance, Decisions(packs, np.zeros(len(instance.periods))))["transfers"] == 2.5
    packs[instance.transfers[0, 1]] = 4.0
    assert violations(instance, Decisions(packs, np.zeros(len(instance.periods)))) == [
        "week 0: 5.0 units are sent, 4.0 arrive"
    ]


def test_a_row_for_the_item_goes_before_one_for_all(small_company: Build) -> None:
    rows = [{"lead_time_weeks": 1}, {"lead_time_weeks": 2, "sku": "x", "most_units": 7.0}]
    company = two_places(small_company, (0.0, 0.0), (1, 1), rows)
    assert routes(company) == [Route(0, 1, 2, 0.5, 7)]


GOLDEN = {
    "supply_balance": """
        c_e_supply_balance(0)_: +1 supply(0) -1 given_up(0) +1 sent(0) = 0
        c_e_supply_balance(1)_: +1 supply(1) -1 given_up(1) -1 received(0) = 0""",
    "moved": """
        c_e_moved(0)_: +1 received(0) -1 sent(0) = 0""",
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_what_is_moved_leaves_one_balance_and_enters_the_other(small_company: Build, name: str, tmp_path: Any) -> None:
    from pyomo.repn.tests.lp_diff import lp_diff

    company = two_places(small_company, (14.0, 0.0), (9, 9), [{"lead_time_weeks": 1}])
    instance = prepare(company, np.array([[[3.0, 3.0], [4.0, 4.0]]]))
    model: AbstractModel = frame()
    model.cost = Objective(expr=0.0)
    over = model.PERIODS if name == "supply_balance" else model.TRANSFERS
    setattr(model, name, Constraint(over, rule=getattr(constraints, name)))
    written = instantiate(model, figures(instance, [0, 1], exact_weeks=2))
    written.write(str(tmp_path / "alone.lp"), io_options={"symbolic_solver_labels": True})
    rows = (tmp_path / "alone.lp").read_text().split("s.t.")[1].split("bounds")[0]
    assert lp_diff("\n".join(GOLDEN[name].split()), "\n".join(rows.split())) == ([], [])


def test_without_the_balance_of_what_is_moved_goods_come_from_nowhere(small_company: Build) -> None:
    company = two_places(small_company, (0.0, 0.0), (9, 9), [{"lead_time_weeks": 1}])
    instance = prepare(company, np.full((1, 2, 6), 2.0))
    without = planning_model()
    without.del_component("moved")
    data = figures(instance, [0, 1], exact_weeks=6)
    whole, less = (solve(rules.expand(data), LIMITS).objective for rules in (Rules(planning_model()), Rules(without)))
    assert less < whole - 1.0


def test_moves_are_improved_series_by_series_and_not_when_the_time_is_up(small_company: Build) -> None:
    """East has 14 and sells 1 a week, west has nothing and sells 2: from nothing moved to what is best."""
    company = two_places(small_company, (14.0, 0.0), (9, 9), [{"lead_time_weeks": 1}])
    instance = prepare(company, np.repeat([[[1.0], [2.0]]], 6, axis=2))
    common, none = shared(instance, [0, 1]), np.zeros(len(instance.slots))
    most = np.array([float(slot.limit) for slot in instance.slots])
    price = common.unit_cost, common.line_cost
    parts = instance.transfers, most, none, price
    assert not improved(batches(instance, [0, 1]), *parts, replace(LIMITS, seconds=-1.0)).any()
    moved = improved(batches(instance, [0, 1]), *parts, LIMITS)
    assert moved[instance.transfers].sum(axis=0).tolist() == [8.0, 8.0]
