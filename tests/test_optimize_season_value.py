"""A season's end: what a unit left before it is worth, and how much is bought when orders can follow one another."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from data.policy import Forecast, Horizon, Policy
from optimize.planner import plan
from optimize.season_value import rest_of_season, season_quantity, value_left
from optimize.stock_flow import Floats

Build = Callable[..., Company]
MONDAY, WEEKS = pd.Timestamp("2026-03-02"), 10


def _futures() -> Floats:
    """A season of ten weeks whose level nobody knows before it: (paths, 1, weeks)."""
    rng = np.random.default_rng(4)
    return rng.poisson(rng.gamma(4.0, 5.0, (400, 1, 1)), (400, 1, WEEKS)).astype(float)


def _company(build: Build, weeks: int, history: int = 52, season_weeks: int = WEEKS) -> Company:
    """One order, now, at 4 for a price of 10; what the season leaves brings 1."""
    item = {"season_end": MONDAY + pd.Timedelta(days=7 * season_weeks - 4), "salvage_value": 1.0, "holding_cost": 0.01}
    return build(
        {"a": [5.0] * history},
        items={"a": item},
        suppliers={"S": {"order_every_weeks": 52}},
        lanes=[{"sku": "a", "supplier": "S", "lead_time_weeks": 0}],
        policy=Policy(horizon=Horizon(weeks=weeks), forecast=Forecast(paths=20)),
    )


@pytest.mark.parametrize("weeks", [9, 8, 7])
def test_a_horizon_short_of_the_seasons_end_buys_no_more_than_the_season_needs(
    small_company: Build, weeks: int
) -> None:
    demand = _futures()
    season = plan(_company(small_company, WEEKS), demand).due_now()["units"].sum()
    short = plan(_company(small_company, weeks), demand[..., :weeks]).due_now()["units"].sum()
    assert short == pytest.approx(season, rel=0.15)
    assert short < 0.55 * demand.sum(axis=2).max()


def test_what_is_left_is_worth_its_salvage_at_the_seasons_end_and_its_cost_long_before() -> None:
    demand = _futures()[:, 0]
    assert value_left(demand, 0.0, 4.0, 10.0, 1.0) == pytest.approx(1.0, abs=0.05)
    values = [value_left(demand, rest, 4.0, 10.0, 1.0) for rest in (0.1, 0.3, 1.0, 5.0)]
    assert values == sorted(values)
    assert 1.0 < values[0] < values[1] < values[-1] == 4.0
    assert value_left(demand, np.inf, 4.0, 10.0, 1.0) == 4.0


@pytest.mark.parametrize("scale", [1.0, 0.01, 0.07, 1000.0])
def test_a_season_is_bought_alike_in_every_currency(scale: float) -> None:
    demand = np.arange(1.0, 11.0)[:, None]
    assert season_quantity(demand, 10.0 * scale, 3.0 * scale, 0.0) == 7.0


def test_goods_without_margin_keep_their_cost() -> None:
    assert value_left(_futures()[:, 0], 0.1, 4.0, 4.0, 1.0) == 4.0


def test_orders_that_follow_one_another_buy_no_more_than_the_season_needs(small_company: Build) -> None:
    """Weekly orders, eight weeks on their way: a path that sells twice as expected is short in period after period.

    Were it charged in each of them, 350 would be bought: Z is 273 of the weeks that orders reach.
    """
    rng = np.random.default_rng(4)
    demand = rng.poisson(rng.gamma(4.0, 5.0, (400, 1, 1)), (400, 1, 20)).astype(float)
    demand[..., :4] = 0.0
    company = _company(small_company, 20, season_weeks=20)
    weekly = company.suppliers.assign(order_every_weeks=1)
    company = replace(company, suppliers=weekly, sourcing=company.sourcing.assign(lead_time_weeks=8))
    most = season_quantity(demand[:, 0, 8:], 10.0, 4.0, 1.0)
    assert most == 273.0
    assert 0.9 * most < plan(company, demand).orders["units"].sum() < 1.1 * most


def test_the_rest_of_a_season_is_told_by_the_year_before(small_company: Build) -> None:
    assert rest_of_season(_company(small_company, 8), 8) == pytest.approx([2 / 8])
    assert np.isnan(rest_of_season(_company(small_company, 10), 10)).all()
    assert rest_of_season(_company(small_company, 8, history=20), 8) == pytest.approx([2 / 8])
    later = _company(small_company, 8)
    later.history.units[0, 2:8], later.history.units[0, 8:10] = 0.0, 40.0
    assert rest_of_season(later, 8) == pytest.approx([80 / 10])
    later.history.units[0, :8] = 0.0
    assert rest_of_season(later, 8).tolist() == [np.inf]
