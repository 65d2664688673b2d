"""The rules of thumb against plain loops and numbers worked out by hand."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from data.company import Company
from scenarios.moving_average import moving_average
from scenarios.rules import order_up_to, period_cover, position, reorder_point

Build = Callable[..., Company]
STEADY = {"a": [10.0] * 20}


def _units(lines: pd.DataFrame) -> dict[str, float]:
    return dict(zip(lines["sku"], lines["units"], strict=True))


def test_moving_average_without_a_year_is_the_mean_of_13_weeks(small_company: Build) -> None:
    panel = small_company({"a": [100.0] * 5 + [float(week) for week in range(13)]}).history
    average = moving_average(panel)
    assert average.level == pytest.approx([6.0])
    assert average.ahead(panel.weeks[:3]) == pytest.approx(np.full((1, 3), 6.0))


def test_moving_average_leaves_out_weeks_out_of_stock(small_company: Build) -> None:
    units, share = [8.0] * 10 + [0.0] * 5, [1.0] * 10 + [0.0] * 5
    panel = small_company({"a": units, "b": [0.0] * 15}, in_stock={"a": share, "b": [0.0] * 15}).history
    assert moving_average(panel).level == pytest.approx([8.0, 0.0])


def test_seasonal_weights_are_shared_by_all_series(small_company: Build) -> None:
    """Two years in which one week of the year sells three times as much: the weights show it, the level does not."""
    weeks = pd.date_range(end="2026-02-23", periods=104, freq="7D")
    peak = np.asarray(weeks.isocalendar().week == 10)
    units = {"a": list(np.where(peak, 30.0, 10.0)), "b": list(np.where(peak, 6.0, 2.0))}
    average = moving_average(small_company(units).history)
    ahead = average.ahead(pd.DatetimeIndex(["2026-03-02", "2026-03-09"]))
    assert ahead == pytest.approx(np.array([[30.0, 10.0], [6.0, 2.0]]))


def test_period_cover_is_order_up_to_cover_once_a_week(small_company: Build) -> None:
    """The plain form of the VN2 benchmark: up to four weeks at a lead time of two, whole units rounded up."""
    rng = np.random.default_rng(3)
    units = {sku: rng.poisson(3, 120).astype(float).tolist() for sku in "abcdef"}
    on_hand = {sku: float(rng.integers(0, 9)) for sku in units}
    coming = [{"po": f"P{sku}", "sku": sku, "units": 2.0, "due": "2026-03-09"} for sku in "ace"]
    company = small_company(units, on_hand=on_hand, open_orders=coming)
    ahead = moving_average(company.history).ahead(pd.date_range("2026-03-02", periods=4, freq="7D"))
    for spare, share in ((1.0, 1.0), (0.25, 0.25)):
        expected = {}
        for row, sku in enumerate(sorted(units)):
            level = ahead[row, :3].sum() + share * ahead[row, 3]
            need = level - on_hand[sku] - (2.0 if sku in "ace" else 0.0)
            if need > 0:
                expected[sku] = math.ceil(need)
        lines = period_cover(spare)(company)
        assert _units(lines) == expected
        assert lines["arrival_date"].eq(pd.Timestamp("2026-03-16")).all()


def test_position_counts_shelf_and_transit(small_company: Build) -> None:
    coming = [
        {"po": "P1", "sku": "a", "units": 5, "due": "2026-03-09"},
        {"po": "P2", "sku": "a", "units": 4, "due": "2026-05-04"},
    ]
    company = small_company(STEADY | {"b": [1.0] * 20}, on_hand={"a": 3, "b": 2}, open_orders=coming)
    assert position(company).tolist() == [12.0, 2.0]


def test_order_up_to_adds_normal_safety_stock(small_company: Build) -> None:
    """Two weeks of lead time + two of review; a week's sd is 2; margin 6 against two weeks of holding at 0.5."""
    company = small_company({"a": [8.0, 12.0] * 20}, suppliers={"S": {"order_every_weeks": 2}})
    level = 4 * np.mean([12, 8] * 6 + [12]) + norm.ppf(6 / 7) * 2 * 2
    assert _units(order_up_to(company)) == {"a": math.ceil(level)}


def test_lead_time_spread_adds_safety_stock(small_company: Build) -> None:
    lane = {"sku": "a", "supplier": "S", "lead_time_sd": 1.5}
    sure, unsure = small_company(STEADY), small_company(STEADY, lanes=[lane])
    assert _units(order_up_to(sure)) == {"a": 30.0}
    assert _units(order_up_to(unsure)) == {"a": math.ceil(30 + norm.ppf(6 / 6.5) * 15)}


def test_reorder_point_orders_a_lot_only_below_s(small_company: Build) -> None:
    suppliers = {"S": {"order_cost": 20.0}}
    lot = math.sqrt(2 * 20 * 10 / 0.5)
    below = small_company(STEADY, suppliers=suppliers, on_hand={"a": 29})
    at = small_company(STEADY, suppliers=suppliers, on_hand={"a": 30})
    assert _units(reorder_point(below)) == {"a": math.ceil(30 + lot - 29)}
    assert _units(reorder_point(at)) == {}


def test_reorder_point_without_order_cost_is_order_up_to(small_company: Build) -> None:
    company = small_company({"a": [3.0, 9.0, 4.0] * 8}, on_hand={"a": 2})
    pd.testing.assert_frame_equal(reorder_point(company), order_up_to(company))


@pytest.mark.parametrize(
    ("lane", "expected"),
    [
        ({"pack_size": 12.0}, 48.0),
        ({"moq": 50.0}, 50.0),
        ({"moq": 50.0, "pack_size": 12.0}, 60.0),
        ({"max_units": 25.0}, 25.0),
        ({"max_units": 25.0, "pack_size": 12.0}, 24.0),
    ],
)
def test_packs_minimums_and_limits_of_a_line(small_company: Build, lane: dict[str, float], expected: float) -> None:
    company = small_company(STEADY, lanes=[{"sku": "a", "supplier": "S"} | lane])
    assert _units(period_cover(1.0)(company)) == {"a": expected}


def test_nothing_needed_is_nothing_ordered(small_company: Build) -> None:
    company = small_company(STEADY, lanes=[{"sku": "a", "supplier": "S", "moq": 50.0}], on_hand={"a": 40})
    assert period_cover(1.0)(company).empty


def test_an_order_below_the_minimum_value_is_filled_up(small_company: Build) -> None:
    """40 + 20 units at 4 are worth 240; the supplier wants 480."""
    units = {"a": [10.0] * 20, "b": [5.0] * 20}
    company = small_company(units, suppliers={"S": {"min_order_value": 480.0}})
    assert _units(period_cover(1.0)(company)) == {"a": 80.0, "b": 40.0}


def test_an_order_above_the_capacity_is_cut_down(small_company: Build) -> None:
    units = {"a": [10.0] * 20, "b": [5.0] * 20}
    company = small_company(units, suppliers={"S": {"capacity_units": 30.0}})
    assert _units(period_cover(1.0)(company)) == {"a": 20.0, "b": 10.0}


@pytest.mark.parametrize(
    ("first_order", "ordered"), [("2026-02-02", True), ("2026-02-09", False), ("2026-03-16", False)]
)
def test_orders_only_on_order_days(small_company: Build, first_order: str, ordered: bool) -> None:
    supplier = {"order_every_weeks": 4, "first_order": pd.Timestamp(first_order)}
    company = small_company(STEADY, suppliers={"S": supplier})
    assert period_cover(1.0)(company).empty is not ordered


def test_the_cheapest_lane_is_used_at_its_price_break(small_company: Build) -> None:
    lanes = [{"sku": "a", "supplier": "S"}, {"sku": "a", "supplier": "T", "unit_cost": 3.5, "lead_time_weeks": 3}]
    breaks = pd.DataFrame({"sku": "a", "supplier": "T", "from_units": [20.0, 100.0], "unit_cost": [3.0, 2.0]})
    company = replace(small_company(STEADY, lanes=lanes, suppliers={"S": {}, "T": {}}), price_breaks=breaks)
    line = period_cover(1.0)(company).iloc[0]
    assert (line["supplier"], line["units"], line["unit_cost"], line["value"]) == ("T", 50.0, 3.0, 150.0)
