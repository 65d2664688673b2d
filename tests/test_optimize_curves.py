"""Cost curves: exact where they say so, convex, and each lost unit counted once."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from data.policy import Policy
from optimize.cost_curves import Calendar, Terms, outlooks
from optimize.prepare import prepare

Build = Callable[..., Company]


def _terms(holding: float = 0.5, charge: float = 6.0, pitch: float = 1.0, periods: int = 1) -> Terms:
    return Terms(np.array([holding]), np.full((1, periods), charge), np.array([pitch]), np.zeros(1))


def test_a_period_costs_what_its_paths_cost_on_average() -> None:
    demand = np.random.default_rng(3).poisson(3, (50, 1, 4)).astype(float)
    calendar = Calendar(reach=1, end=4, starts=(1,), informed=(0,))
    (outlook,) = outlooks(np.array([5.0]), np.zeros((1, 4)), demand, calendar, _terms())
    (curve,) = outlook.curves
    left = np.maximum(5.0 - demand[:, 0, 0], 0.0)
    needs = demand[:, 0, 1:].cumsum(axis=1) - left[:, None]
    for supply in curve.levels:
        assert curve.holding_at(supply) == pytest.approx(0.5 * np.maximum(supply - needs, 0).sum(axis=1).mean())
        assert curve.short_at(supply) == pytest.approx(np.maximum(needs[:, -1] - supply, 0).mean())
    assert outlook.held == pytest.approx(left.mean())
    assert outlook.lost == pytest.approx(np.maximum(demand[:, 0, 0] - 5.0, 0.0).mean())


def test_beyond_the_highest_need_only_holding_grows() -> None:
    demand = np.full((1, 1, 3), 2.0)
    calendar = Calendar(0, 3, (0,), (0,))
    (curve,) = outlooks(np.zeros(1), np.zeros((1, 3)), demand, calendar, _terms())[0].curves
    assert curve.holding_at(np.array([6.0, 10.0])).tolist() == [0.5 * (4 + 2), 0.5 * (8 + 6 + 4)]
    assert curve.short_at(np.array([6.0, 10.0])).tolist() == [0.0, 0.0]


def test_certain_demand_keeps_the_whole_packs_round_its_kinks() -> None:
    demand = np.array([[[1.25, 2.5]]])
    (curve,) = outlooks(np.zeros(1), np.zeros((1, 2)), demand, Calendar(0, 2, (0,), (0,)), _terms())[0].curves
    assert curve.levels.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert curve.short_at(np.array([1.0, 3.0, 4.0])) == pytest.approx([2.75, 0.75, 0.0])


def test_many_kinks_are_kept_at_whole_packs_and_stay_convex() -> None:
    demand = np.random.default_rng(5).gamma(4.0, 40.0, (300, 1, 3))
    (outlook,) = outlooks(
        np.zeros(1), np.zeros((1, 3)), demand, Calendar(0, 3, (0, 1, 2), (0, 0, 0)), _terms(pitch=12.0, periods=3)
    )
    for curve in outlook.curves:
        assert (np.mod(curve.levels, 12.0) == 0).all()
        assert len(curve.levels) <= 41
        slopes = [holding + 6.0 * short for _, holding, short in curve.segments()]
        assert (np.diff(slopes) >= -1e-9).all()


def test_what_is_learned_before_the_last_useful_order_is_no_risk() -> None:
    demand = np.random.default_rng(9).poisson(6, (400, 1, 6)).astype(float)
    calendar = Calendar(1, 6, (1, 2, 3, 4, 5), (0, 1, 2, 3, 4))
    told = outlooks(np.zeros(1), np.zeros((1, 6)), demand, calendar, _terms(periods=5))[0].curves
    untold = Calendar(1, 6, (1, 2, 3, 4, 5), (0, 0, 0, 0, 0))
    blind = outlooks(np.zeros(1), np.zeros((1, 6)), demand, untold, _terms(periods=5))[0].curves
    mean = told[4].need
    assert mean == pytest.approx(blind[4].need)
    assert told[0].short_at(mean) == pytest.approx(blind[0].short_at(mean))
    assert told[4].short_at(mean) < 0.8 * blind[4].short_at(mean)


def test_what_a_season_goes_without_is_charged_in_its_last_period_alone() -> None:
    demand = np.random.default_rng(9).poisson(6, (400, 1, 6)).astype(float)
    demand[:40] *= 3.0
    calendar = Calendar(1, 6, (1, 3, 5), (0, 0, 0))
    plain = outlooks(np.zeros(1), np.zeros((1, 6)), demand, calendar, _terms(periods=3))[0].curves
    terms = replace(_terms(periods=3), most=np.array([40.0]))
    season = outlooks(np.zeros(1), np.zeros((1, 6)), demand, calendar, terms)[0].curves
    forgone = np.maximum(demand[:, 0].sum(axis=1) - 40.0, 0.0)
    needed = demand[:, 0, 1:5].sum(axis=1)
    for supply in (0.0, 24.0, 40.0):
        at = np.array(supply)
        assert season[1].charged_at(at) == pytest.approx(np.maximum(needed - forgone - supply, 0.0).mean(), abs=0.1)
        assert season[1].short_at(at) == pytest.approx(np.maximum(needed - supply, 0.0).mean(), abs=0.1)
        assert season[2].charged_at(at) == pytest.approx(plain[2].charged_at(at))


def test_only_the_last_week_before_a_possible_arrival_is_charged(small_company: Build) -> None:
    company = small_company({"a": [1.0]}, suppliers={"S": {"order_every_weeks": 3}}, policy=Policy(shortage_weight=0.5))
    instance = prepare(company, np.array([[[3.0] * 6], [[5.0] * 6]]))
    assert [(period.first, period.last) for period in instance.periods] == [(2, 4), (5, 5)]
    assert [period.charge for period in instance.periods] == [0.5 * 6.0, 6.0]
    assert float(instance.periods[0].curve.short_at(np.array(0.0))) == 12.0


def test_a_season_ends_the_series_and_what_is_left_brings_its_salvage(small_company: Build) -> None:
    season = {"season_end": pd.Timestamp("2026-03-25"), "salvage_value": 1.5}
    company = small_company({"a": [1.0]}, items={"a": season})
    instance = prepare(company, np.full((1, 1, 6), 4.0))
    assert instance.series[0].end == 4
    assert {slot.arrival_week for slot in instance.slots} == {2, 3}
    assert instance.series[0].end_value == 1.5
    assert instance.periods[-1].charge == 6.0 + 4.0 - 1.5


def test_salvage_never_pays_for_buying(small_company: Build) -> None:
    season = {"season_end": pd.Timestamp("2026-03-25"), "salvage_value": 9.0}
    assert prepare(small_company({"a": [1.0]}, items={"a": season}), np.ones((1, 1, 6))).series[0].end_value == 4.0


def test_a_series_that_no_order_can_reach_is_played_to_the_end(small_company: Build) -> None:
    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": 9}
    instance = prepare(small_company({"a": [1.0]}, lanes=[lane], on_hand={"a": 10.0}), np.full((1, 1, 6), 4.0))
    outlook = instance.series[0].outlook
    assert not instance.periods
    assert (outlook.held, outlook.lost, outlook.left) == (8.0, 14.0, 0.0)
