"""Planner overrides: what they change, by hand; what they leave alone; what is said of those that do not hold."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import Company, Floats, no_overrides
from data.policy import Forecast, Horizon, Policy
from forecast.engine import forecast
from forecast.level import Smoothing
from forecast.overrides import Layer, overridden, reshaped
from forecast.simple import seasonal_naive
from forecast.value_added import LAYERS

Build = Callable[..., Company]
AS_OF = pd.Timestamp("2026-03-02")
WEEKS = pd.date_range(AS_OF, periods=6, freq="7D")
DAYS = ["made_on", "start", "end", "until"]
ROW = {
    "who": "Ann",
    "made_on": "2026-02-20",
    "sku": "a",
    "category": "",
    "location": "",
    "start": "2026-03-09",
    "end": "2026-03-22",
    "operation": "set",
    "value": 30.0,
    "why": "",
    "until": None,
}


def with_overrides(company: Company, *rows: dict[str, Any]) -> Company:
    table = pd.DataFrame([ROW | {"row": number + 2} | row for number, row in enumerate(rows)])
    table[DAYS] = table[DAYS].apply(pd.to_datetime)
    return replace(company, overrides=table.astype(no_overrides().dtypes.to_dict()))


@pytest.fixture(scope="module")
def shop(small_company: Build) -> Company:
    rng = np.random.default_rng(2)
    units = {sku: rng.poisson(mean, 70).astype(float).tolist() for sku, mean in (("a", 20), ("b", 10), ("c", 0))}
    policy = Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=200))
    items = {"a": {"category": "x"}, "b": {"category": "x"}, "c": {"category": "y"}}
    return small_company(units, items=items, policy=policy)


def means(company: Company, *rows: dict[str, Any], on: pd.Timestamp = AS_OF) -> list[list[float]]:
    flat = np.array([[20.0] * 6, [10.0] * 6, [0.0] * 6])
    return overridden(with_overrides(company, *rows), flat, WEEKS, on).mean.tolist()


def test_set_add_and_multiply_by_hand(shop: Company) -> None:
    assert means(shop, {})[0] == [20, 30, 30, 20, 20, 20]
    assert means(shop, {"operation": "add", "value": 5.0})[0] == [20, 25, 25, 20, 20, 20]
    assert means(shop, {"operation": "add", "value": -50.0})[0] == [20, 0, 0, 20, 20, 20]
    assert means(shop, {"operation": "multiply", "value": 1.5})[0] == [20, 30, 30, 20, 20, 20]
    assert means(shop, {})[1:] == [[10] * 6, [0] * 6]


def test_a_week_is_changed_by_its_share_of_days(shop: Company) -> None:
    found = means(shop, {"start": "2026-03-05", "end": "2026-03-09", "value": 90.0})[0]
    assert found == pytest.approx([20 + 70 * 4 / 7, 20 + 70 / 7, 20, 20, 20, 20])


def test_units_of_a_category_are_divided_as_the_forecast_is(shop: Company) -> None:
    found = means(shop, {"sku": "", "category": "x", "value": 60.0})
    assert [row[1] for row in found] == [40, 20, 0]
    assert [row[1] for row in means(shop, {"sku": "", "operation": "multiply", "value": 2.0})] == [40, 20, 0]


def test_what_was_expected_to_sell_nothing_is_divided_evenly(shop: Company) -> None:
    assert means(shop, {"sku": "c", "value": 7.0})[2][1] == 7.0


def test_the_override_made_last_holds(shop: Company) -> None:
    early, late = {"made_on": "2026-02-01", "value": 50.0}, {"made_on": "2026-02-25", "end": "2026-03-15"}
    assert means(shop, late, early)[0] == [20, 30, 50, 20, 20, 20]
    assert means(shop, {"value": 40.0}, {"value": 41.0})[0][1] == 41.0


def test_what_is_not_known_yet_or_holds_no_longer_changes_nothing(shop: Company) -> None:
    assert means(shop, {"made_on": "2026-03-03"})[0] == [20] * 6
    assert means(shop, {"until": "2026-03-01"})[0] == [20] * 6
    assert means(shop, {"until": "2026-03-02"})[0][1] == 30
    assert means(shop, {"until": "2026-03-01"}, on=AS_OF - pd.Timedelta(weeks=1))[0][1] == 30


def as_layer(mean: Floats) -> Layer:
    return Layer(mean, np.zeros(mean.shape, dtype=int), {})


def test_paths_are_stretched_and_keep_order_and_shape() -> None:
    rng = np.random.default_rng(1)
    values = rng.negative_binomial(5, 0.05, (400, 2, 3)).astype(float)
    goal = values.mean(axis=0) * 1.3
    found = reshaped(values, as_layer(goal), np.full(2, True), rng)
    assert (found % 1 == 0).all()
    assert found.mean(axis=0) == pytest.approx(goal, rel=0.01)
    assert found.std(axis=0) / found.mean(axis=0) == pytest.approx(values.std(axis=0) / values.mean(axis=0), rel=0.02)
    assert np.corrcoef(found[:, 0, 0], values[:, 0, 0])[0, 1] > 0.999


def test_few_expected_counts_leave_no_holes_when_many_are_set() -> None:
    rng = np.random.default_rng(2)
    values = rng.poisson(0.4, (500, 1, 1)).astype(float)
    found = reshaped(values, as_layer(np.array([[30.0]])), np.full(1, True), rng)[:, 0, 0]
    assert found.mean() == pytest.approx(30, rel=0.02)
    assert (found == 0).mean() < 0.01
    assert found[values[:, 0, 0] >= 2].mean() > found[values[:, 0, 0] == 0].mean()


def test_nothing_expected_becomes_poisson_or_its_divisible_twin() -> None:
    rng = np.random.default_rng(3)
    values, goal = np.zeros((500, 1, 2)), np.array([[9.0, 0.0]])
    for whole in (True, False):
        found = reshaped(values, as_layer(goal), np.full(1, whole), rng)[:, 0]
        assert found[:, 0].mean() == pytest.approx(9, rel=0.03)
        assert found[:, 0].std() == pytest.approx(3, rel=0.1)
        assert (found[:, 1] == 0).all()


def test_a_certain_forecast_stays_certain() -> None:
    values = np.full((50, 1, 1), 2.0)
    assert (reshaped(values, as_layer(np.array([[3.0]])), np.full(1, True), np.random.default_rng(4)) == 3.0).all()


def test_the_door_plans_with_the_overrides_and_keeps_the_baseline(shop: Company) -> None:
    plain = forecast(shop, candidates=[Smoothing(104)])
    found = forecast(with_overrides(shop, {}), candidates=[Smoothing(104)])
    assert found.baseline == pytest.approx(plain.paths.mean())
    mean = found.paths.mean()
    assert mean[0, 1:3] == pytest.approx([30, 30], rel=0.02)
    untouched = np.ones(mean.shape, dtype=bool)
    untouched[0, 1:3] = False
    assert (found.paths.values[:, untouched] == plain.paths.values[:, untouched]).all()
    assert found.problems == plain.problems


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"category": "y"}, "names nothing that is planned"),
        ({"made_on": "2026-03-04"}, "was made after the run's Monday"),
        ({"until": "2026-02-27"}, "holds no longer"),
        ({"end": "2026-02-27", "start": "2026-02-23"}, "weeks of the override are over"),
        ({"start": "2026-06-01", "end": "2026-06-07"}, "lie beyond the horizon"),
    ],
)
def test_what_does_not_hold_is_named(shop: Company, row: dict[str, Any], problem: str) -> None:
    (found,) = forecast(with_overrides(shop, row), candidates=[Smoothing(104)]).problems
    assert problem in found.problem
    assert (found.table, found.row, found.sku) == ("overrides", 2, "a")
    assert found.severity == ("warn" if "nothing" in problem else "info")


@pytest.mark.parametrize(("made_on", "effect"), [("2026-02-09", "held against what sold"), ("2026-02-24", "nothing")])
def test_only_what_was_made_in_time_is_held_against_what_sold(shop: Company, made_on: str, effect: str) -> None:
    row = {"made_on": made_on, "start": "2026-02-16", "end": "2026-02-22"}
    (found,) = forecast(with_overrides(shop, row), candidates=[Smoothing(104)]).problems
    assert effect in found.effect


def test_overrides_that_contradict_each_other_are_named_on_the_one_that_gives_way(shop: Company) -> None:
    company = with_overrides(shop, {"value": 40.0}, {"made_on": "2026-02-25", "end": "2026-03-15"})
    (found,) = forecast(company, candidates=[Smoothing(104)]).problems
    assert found.row == 2
    assert "made later" in found.problem
    assert found.effect == "The later one holds where both apply."


def test_value_added_by_hand(shop: Company) -> None:
    """A promotion that the forecast could not know: Ann's override helps, Bob's does harm."""
    rows = [
        {"made_on": "2025-12-01", "start": "2025-12-15", "end": "2025-12-21", "value": 60.0},
        {"who": "Bob", "sku": "b", "made_on": "2025-12-01", "start": "2025-12-15", "end": "2025-12-21", "value": 90.0},
    ]
    units = shop.history.units.copy()
    week = int(shop.history.weeks.get_loc(pd.Timestamp("2025-12-15")))
    units[0, week] = 61.0
    company = with_overrides(replace(shop, history=replace(shop.history, units=units)), *rows)
    made = forecast(company, candidates=[Smoothing(104)])
    table = made.value_added().set_index(["who", "layer"])
    origins = [number for number, origin in enumerate(made.outlook.origins) if week - 6 < origin <= week]
    origins = [
        number
        for number in origins
        if made.demand.weeks[made.outlook.origins[number]] >= pd.Timestamp(rows[0]["made_on"])
    ]
    assert table["weeks"].to_dict() == {
        (who, layer): len(origins) * count for who, count in (("all", 2), ("Ann", 1), ("Bob", 1)) for layer in LAYERS
    }
    said = [made.outlook.past[number][0, week - made.outlook.origins[number]] for number in origins]
    naive = [
        seasonal_naive(made.demand.seen_units[:, :origin], 6)[0, week - origin]
        for origin in (made.outlook.origins[number] for number in origins)
    ]
    assert table.at[("Ann", "restock"), "wape"] == pytest.approx(np.mean([abs(mean - 61) for mean in said]) / 61)
    assert table.at[("Ann", "seasonal naive"), "bias"] == pytest.approx(np.mean([mean - 61 for mean in naive]) / 61)
    assert table.at[("Ann", "with overrides"), "wape"] == pytest.approx(1 / 61)
    assert table.at[("Ann", "with overrides"), "value_added"] > 0 > table.at[("Bob", "with overrides"), "value_added"]


def test_without_overrides_no_value_was_added(shop: Company) -> None:
    made = forecast(shop, candidates=[Smoothing(104)])
    assert made.value_added().empty
