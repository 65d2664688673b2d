"""Seasonal buys in two stages: the pre-season quantity knows what an order after the first weeks can still mend."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from data.policy import Forecast, Horizon, Policy
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.stock_flow import Floats, play

Build = Callable[..., Company]
WEEKS, FIRST, PRE, PRICE, HOLDING = 12, 4, 4.0, 10.0, 0.05


def _futures() -> tuple[Floats, Floats]:
    """A season of 8 weeks that sells at half, as or 1.7 times as expected: (paths, weeks), and which of the three."""
    rng = np.random.default_rng(1)
    level = rng.choice(3, 300, p=[0.3, 0.4, 0.3])
    mean = np.zeros((300, WEEKS))
    mean[:, FIRST:] = np.array([5.0, 10.0, 17.0])[level][:, None]
    return rng.poisson(mean).astype(float), level


def _company(build: Build, again: float | None, salvage: float, week: int) -> Company:
    """A pre-season order now, at 4, arrives in week 4; one in ``week`` costs ``again`` and arrives a week later."""
    monday = pd.Timestamp("2026-03-02")
    item = {"season_end": monday + pd.Timedelta(days=7 * WEEKS - 4), "salvage_value": salvage, "holding_cost": HOLDING}
    lanes = [{"sku": "a", "supplier": "S", "lead_time_weeks": FIRST, "unit_cost": PRE}]
    suppliers: dict[str, dict[str, Any]] = {"S": {"order_every_weeks": 52}}
    if again is not None:
        lanes.append({"sku": "a", "supplier": "T", "lead_time_weeks": 1, "unit_cost": again})
        suppliers["T"] = {"order_every_weeks": 52, "first_order": monday + pd.Timedelta(weeks=week)}
    policy = Policy(horizon=Horizon(weeks=WEEKS), forecast=Forecast(paths=20))
    return build({"a": [1.0]}, items={"a": item}, suppliers=suppliers, lanes=lanes, policy=policy)


def _cost(first: float, second: Floats, demand: Floats, again: float, salvage: float, week: int) -> Floats:
    """Cost (orders, paths) of a pre-season buy and of each second order, sales lost where the shelf is empty."""
    arrivals = np.zeros((len(second), 1, WEEKS))
    arrivals[..., FIRST] = first
    arrivals[:, 0, week + 1] = second
    left, lost = play(np.zeros(1), arrivals, demand)
    money = PRE * first + again * second[:, None] + PRICE * lost.sum(axis=2) + HOLDING * left.sum(axis=2)
    return np.asarray(money - salvage * left[..., -1])


def _two_stages(first: float, again: float, salvage: float, week: int) -> float:
    """Expected cost of a pre-season buy when the second order is the best for what the first weeks told."""
    demand, level = _futures()
    second = np.arange(0.0, 130.0, 3.0)
    costs = [_cost(first, second, demand[level == one], again, salvage, week) for one in range(3)]
    return float(sum(cost.mean(axis=1).min() * cost.shape[1] for cost in costs)) / len(demand)


@pytest.mark.parametrize(("again", "salvage", "week"), [(5.5, 1.0, 6), (4.5, 1.0, 6), (7.0, 1.0, 6), (5.5, 3.0, 6)])
def test_the_pre_season_buy_is_close_to_the_optimum_of_two_stages(
    small_company: Build, again: float, salvage: float, week: int
) -> None:
    demand, _ = _futures()
    terms = again, salvage, week
    best = min(_two_stages(first, *terms) for first in np.arange(0.0, 161.0, 4.0))
    orders = plan(_company(small_company, *terms), demand[:, None, :]).orders
    first = float(orders.loc[orders["supplier"].eq("S"), "units"].sum())
    alone = float(plan(_company(small_company, None, salvage, week), demand[:, None, :]).orders["units"].sum())
    assert first < alone
    assert _two_stages(first, *terms) <= 1.015 * best


def test_what_cannot_be_known_by_then_is_still_charged(small_company: Build) -> None:
    """Weeks that say nothing about each other leave the charge nearly whole."""
    rng = np.random.default_rng(5)
    demand = rng.poisson(10.0, (400, 1, WEEKS)).astype(float)
    demand[..., :FIRST] = 0.0
    blind = prepare(_company(small_company, 5.5, 1.0, 6), demand).periods[-1].charge
    told = prepare(_company(small_company, 5.5, 1.0, 6), _futures()[0][:, None, :]).periods[-1].charge
    assert 5.5 - 1.0 < told < blind < PRICE - 1.0


def test_without_a_later_order_or_a_loss_on_leftovers_nothing_changes(small_company: Build) -> None:
    demand = _futures()[0][:, None, :]
    assert prepare(_company(small_company, None, 1.0, 6), demand).periods[-1].charge == PRICE - 1.0
    assert prepare(_company(small_company, 5.5, PRE, 6), demand).periods[-1].charge == PRICE - PRE


def test_certain_demand_is_bought_before_the_season(small_company: Build) -> None:
    demand = np.full((1, 1, WEEKS), 10.0)
    demand[..., :FIRST] = 0.0
    orders = plan(_company(small_company, 5.5, 1.0, 6), demand).orders
    assert orders[["supplier", "units"]].to_numpy().tolist() == [["S", 80]]
