"""Known answers: lot sizes alone and joint, price steps, the newsvendor's quantity, the base stock of weekly orders."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from data.policy import Policy, Solver
from optimize.planner import plan

Build = Callable[..., Company]
BENCH = Path(os.environ.get("RESTOCK_BENCH", Path(__file__).resolve().parents[2] / "shared" / "bench"))
TEXTBOOK = BENCH / "lotsizing" / "textbook.json"

# Wagner & Whitin (1958), Management Science 5(1), 89-96, table 1: the optimum is 864.
WAGNER_WHITIN_1958 = {
    "num_periods": 12,
    "holding_cost": 1,
    "fixed_cost": [85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114],
    "demand": [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56],
    "purchase_cost": 0,
}


def _each(value: Any, count: int) -> list[float]:
    return [float(one) for one in value] if isinstance(value, list) else [float(value)] * count


def _company(build: Build, data: dict[str, Any]) -> Company:
    """One article whose every week has a supplier of its own, which accepts orders in that week alone."""
    weeks, as_of = data["num_periods"], pd.Timestamp("2026-03-02")
    charges, costs = _each(data["fixed_cost"], weeks), _each(data["purchase_cost"], weeks)
    names = [f"w{week:02d}" for week in range(weeks)]
    suppliers = {
        name: {"order_cost": charge, "first_order": as_of + pd.Timedelta(weeks=week), "order_every_weeks": 1000}
        for week, (name, charge) in enumerate(zip(names, charges, strict=True))
    }
    lanes = [
        {"sku": "a", "supplier": name, "lead_time_weeks": 0, "unit_cost": cost}
        for name, cost in zip(names, costs, strict=True)
    ]
    holding = _each(data["holding_cost"], weeks)[0]
    item = {"unit_cost": 0.0, "holding_cost": holding, "shortage_cost": 1000.0, "salvage_value": 0.0}
    return build({"a": [1.0]}, items={"a": item}, suppliers=suppliers, lanes=lanes)


def _cost(build: Build, data: dict[str, Any]) -> tuple[float, float]:
    found = plan(_company(build, data), np.array(data["demand"], dtype=float)[None, None, :])
    return found.objective, found.bound


def test_wagner_and_whitin_1958(small_company: Build) -> None:
    assert _cost(small_company, WAGNER_WHITIN_1958) == pytest.approx((864.0, 864.0), abs=1e-6)


@pytest.mark.skipif(not TEXTBOOK.exists(), reason=f"the textbook instances are not at {TEXTBOOK}")
def test_the_textbook_instances_are_solved_exactly(small_company: Build) -> None:
    instances = [one for one in json.loads(TEXTBOOK.read_text()) if one["kind"] == "wagner_whitin"]
    assert instances
    for one in instances:
        assert _cost(small_company, one["data"]) == pytest.approx((one["optimal_cost"],) * 2, abs=1e-6), one["name"]


def test_large_quantities_stay_exact(small_company: Build) -> None:
    """Demand a hundred times as large, held at a hundredth of the cost, has the same optimum."""
    large = WAGNER_WHITIN_1958 | {
        "demand": [100 * units for units in WAGNER_WHITIN_1958["demand"]],  # type: ignore[attr-defined]
        "holding_cost": 0.01,
    }
    assert _cost(small_company, large) == pytest.approx((864.0, 864.0), abs=1e-6)


@pytest.mark.parametrize("holding", [0.5, 2.0, 6.0])
def test_a_single_week_is_ordered_for_as_the_newsvendor_does(small_company: Build, holding: float) -> None:
    """The least q with F(q) >= shortage / (shortage + holding): Snyder & Shen, section 4.3."""
    demand = np.random.default_rng(1).poisson(20, (500, 1, 1)).astype(float)
    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": 0}
    company = small_company({"a": [1.0]}, items={"a": {"holding_cost": holding}}, lanes=[lane])
    found = plan(company, demand)
    quantity = np.sort(demand.ravel())[int(np.ceil(6.0 / (6.0 + holding) * 500 - 1e-9)) - 1]
    assert found.orders["units"].sum() == quantity


@pytest.mark.parametrize("salvage", [1.0, 3.0])
def test_leftovers_that_lose_value_are_part_of_the_newsvendors_ratio(small_company: Build, salvage: float) -> None:
    """The least q with F(q) >= shortage / (shortage + cost - salvage), where the paths are many and all different."""
    demand = np.random.default_rng(4).lognormal(6.0, 0.6, (1000, 1, 1))
    season = {"season_end": "2026-03-08", "salvage_value": salvage, "holding_cost": 0.0}
    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": 0}
    company = small_company({"a": [1.0]}, items={"a": season}, lanes=[lane])
    found = plan(company, demand)
    units = np.arange(3000.0)
    short = np.maximum(demand[:, 0] - units, 0.0).mean(axis=0)
    left = np.maximum(units - demand[:, 0], 0.0).mean(axis=0)
    assert found.orders["units"].sum() == (6.0 * short + (4.0 - salvage) * left).argmin()


def test_weekly_orders_without_charges_keep_the_base_stock(small_company: Build) -> None:
    """With lead time 2, the order raises what is there and on order to the quantile of three weeks' demand."""
    demand = np.random.default_rng(2).poisson(9, (400, 1, 8)).astype(float)
    company = small_company({"a": [1.0]}, on_hand={"a": 60.0}, policy=Policy(shortage_weight=1.0))
    found = plan(company, demand)
    needed = np.sort(demand[:, 0, :3].sum(axis=1))
    quantile = needed[int(np.ceil(6.0 / 6.5 * 400 - 1e-9)) - 1]
    assert found.due_now()["units"].sum() == max(quantile - 60.0, 0.0)


def _joint_optimum(weeks: int, shared: float, own: list[float], holding: list[float], units: float) -> float:
    """Every choice of the weeks in which something is ordered, each article lot-sized between them."""
    best = np.inf
    for choice in product([False, True], repeat=weeks - 1):
        starts = [0, *(week for week, placed in enumerate(choice, start=1) if placed), weeks]
        total = shared * (len(starts) - 1)
        for charge, held in zip(own, holding, strict=True):
            least = [0.0]
            for end in starts[1:]:
                spans = [end - start for start in starts[: len(least)]]
                kept = [held * units * span * (span - 1) / 2 for span in spans]
                least.append(charge + min(sum(pair) for pair in zip(least, kept, strict=True)))
            total += least[-1]
        best = min(best, total)
    return best


@pytest.mark.parametrize("shared", [0.0, 30.0, 120.0])
def test_joint_replenishment_is_planned_exactly(small_company: Build, shared: float) -> None:
    """A charge per order and one per line: Silver's problem (1976) in weeks."""
    weeks, own, holding = 8, [5.0, 40.0, 90.0], [0.9, 0.5, 0.2]
    skus = ["a", "b", "c"]
    item = {"unit_cost": 0.0, "shortage_cost": 1000.0, "salvage_value": 0.0}
    company = small_company(
        {sku: [1.0] for sku in skus},
        items={sku: item | {"holding_cost": held} for sku, held in zip(skus, holding, strict=True)},
        suppliers={"S": {"order_cost": shared}},
        lanes=[
            {"sku": sku, "supplier": "S", "lead_time_weeks": 0, "unit_cost": 0.0, "line_cost": charge}
            for sku, charge in zip(skus, own, strict=True)
        ],
        policy=Policy(solver=Solver(gap=0.0)),
    )
    found = plan(company, np.full((1, 3, weeks), 20.0))
    known = _joint_optimum(weeks, shared, own, holding, 20.0)
    assert (found.objective, found.bound) == pytest.approx((known, known), rel=1e-6)


def test_an_all_units_discount_is_taken_where_it_pays(small_company: Build) -> None:
    """Harris's cycle with a step: K = 8, 25 a week, 0.3 of the price held a year; 32 weeks at 0.68 from 800 on."""
    holding = 0.3 * 0.68 / 52
    item = {"unit_cost": 0.75, "holding_cost": holding, "shortage_cost": 50.0, "salvage_value": 0.0}
    over = {"season_end": pd.Timestamp("2026-03-02") + pd.Timedelta(weeks=32, days=-1)}
    company = small_company(
        {"a": [1.0]},
        items={"a": item | over},
        suppliers={"S": {"order_cost": 8.0}},
        lanes=[{"sku": "a", "supplier": "S", "lead_time_weeks": 0, "unit_cost": 0.75}],
    )
    steps = {"sku": ["a", "a"], "supplier": ["S", "S"], "from_units": [400.0, 800.0], "unit_cost": [0.72, 0.68]}
    found = plan(replace(company, price_breaks=pd.DataFrame(steps)), np.full((1, 1, 32), 25.0))
    assert found.orders["units"].tolist() == [800]
    assert found.objective == pytest.approx(8.0 + 0.68 * 800 + holding * 25 * 32 * 31 / 2, rel=1e-9)
