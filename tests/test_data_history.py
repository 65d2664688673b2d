"""Sales of any day become Monday weeks: sums, returns, what is missing and what was out of stock."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Panel
from data.findings import Findings
from data.history import weekly_panel
from data.problems import Problem
from data.returns import at_their_sales, carried_back

NAN = float("nan")
MONDAY = pd.Timestamp("2026-01-05")
Build = Callable[..., tuple[Panel, list[Problem]]]


def week(number: int, day: int = 0) -> pd.Timestamp:
    return MONDAY + pd.Timedelta(weeks=number, days=day)


def panel(*rows: tuple[Any, ...], as_of: int) -> tuple[Panel, list[Problem]]:
    """The panel of rows (date, sku, units, in_stock, price), the last two optional."""
    full = [row + (1.0, NAN)[len(row) - 3 :] for row in rows]
    sales = pd.DataFrame(full, columns=["date", "sku", "units", "in_stock", "price"]).assign(location="main")
    sales = sales.astype({"sku": "category", "location": "category", "units": float, "in_stock": float})
    series = pd.MultiIndex.from_product([sorted(set(sales["sku"])), ["main"]], names=["sku", "location"])
    found = Findings()
    return weekly_panel(sales, series, week(as_of), found), found.problems


def test_days_become_monday_weeks() -> None:
    history, problems = panel((week(0, 6), "A", 2), (week(1, 0), "A", 3), (week(1, 6), "A", 4), as_of=2)
    assert history.weeks.tolist() == [week(0), week(1)]
    assert history.units.tolist() == [[2, 7]]
    assert problems == []


def test_weeks_before_the_first_sale_are_not_zeros() -> None:
    rows = [(week(number), "A", 1) for number in range(4)]
    history, _ = panel(*rows, (week(1), "B", 0), (week(2), "B", 5), as_of=4)
    np.testing.assert_array_equal(history.units, [[1, 1, 1, 1], [NAN, NAN, 5, 0]])


def test_trailing_weeks_without_any_row_are_missing() -> None:
    history, problems = panel((week(0), "A", 1), (week(1), "A", 1), as_of=4)
    assert history.weeks.tolist() == [week(0), week(1)]
    (problem,) = problems
    assert (problem.severity, problem.problem) == ("warn", "the sales end before the run's Monday")
    assert problem.value == "2026-01-19 to 2026-02-01"


def shops(items: int, weeks: int, silent: dict[str, set[int]]) -> tuple[Panel, list[Problem]]:
    """The panel of two shops that sell each item each week, but for the weeks in which one is silent."""
    skus = [f"S{number}" for number in range(items)]
    rows = [
        (week(number), sku, shop, 3.0, 1.0, NAN)
        for shop in ("north", "south")
        for number in range(weeks)
        for sku in skus
        if number not in silent.get(shop, set())
    ]
    sales = pd.DataFrame(rows, columns=["date", "sku", "location", "units", "in_stock", "price"])
    sales = sales.astype({"sku": "category", "location": "category"})
    series = pd.MultiIndex.from_product([skus, ["north", "south"]], names=["sku", "location"])
    found = Findings()
    return weekly_panel(sales, series, week(weeks), found), found.problems


@pytest.mark.parametrize(
    ("items", "silent", "missing"),
    [(8, {4, 5}, {4, 5}), (2, {4, 5}, set()), (8, {8, 9}, {8, 9}), (8, {6, 7, 8, 9}, set()), (8, {0, 1}, {0, 1})],
    ids=["silent", "few items", "late", "closed", "not open yet"],
)
def test_a_week_in_which_a_busy_location_is_silent_is_missing(items: int, silent: set[int], missing: set[int]) -> None:
    history, problems = shops(items, 10, {"south": silent})
    south = history.series.get_level_values("location") == "south"
    assert set(np.flatnonzero(np.isnan(history.units[south]).all(axis=0)).tolist()) == missing
    assert not np.isnan(history.units[~south]).any()
    told = [problem.value for problem in problems if "location south" in problem.problem]
    assert told == ([f"{week(min(missing)):%Y-%m-%d} and 1 more"] if missing - {0, 1} else [])


def test_a_middle_week_without_any_row_is_missing() -> None:
    history, problems = panel((week(0), "A", 1), (week(0), "B", 1), (week(2), "A", 1), as_of=3)
    np.testing.assert_array_equal(history.units, [[1, NAN, 1], [1, NAN, 0]])
    assert [problem.value for problem in problems] == ["2026-01-12"]


def test_returns_reduce_their_own_week_first() -> None:
    history, problems = panel((week(0), "A", 5), (week(1), "A", 5), (week(1, 3), "A", -2), as_of=2)
    assert history.units.tolist() == [[5, 3]]
    assert problems == []


def test_what_a_week_cannot_take_goes_to_the_latest_weeks_before() -> None:
    history, problems = panel((week(0), "A", 5), (week(1), "A", 2), (week(2), "A", 1), (week(2), "A", -5), as_of=3)
    assert history.units.tolist() == [[3, 0, 0]]
    assert problems == []


def test_returns_of_unknown_sales_are_listed() -> None:
    history, problems = panel((week(0), "A", 3), (week(1), "A", -5), (week(2), "A", 4), as_of=3)
    np.testing.assert_array_equal(history.units, [[NAN, NAN, 4]])
    (problem,) = problems
    assert (problem.severity, problem.sku, problem.value) == ("info", "A", "2 units in the week of 2026-01-12 at main")


def test_in_stock_is_the_mean_of_the_weeks_rows() -> None:
    history, _ = panel((week(0), "A", 5, 1.0), (week(0, 1), "A", 1, 0.0), (week(1), "A", 1, 0.5), as_of=2)
    assert history.in_stock.tolist() == [[0.5, 0.5]]


def test_a_week_without_row_between_closed_weeks_is_closed() -> None:
    other = [(week(number), "B", 1) for number in range(6)]
    rows = [(week(0), "A", 3, 1.0), (week(1), "A", 0, 0.0), (week(3), "A", 0, 0.0), (week(5), "A", 1, 1.0)]
    history, _ = panel(*other, *rows, as_of=6)
    assert history.in_stock[0].tolist() == [1, 0, 0, 0, 1, 1]


def test_price_is_the_mean_over_units() -> None:
    history, _ = panel((week(0), "A", 3, 1.0, 10.0), (week(0), "A", 1, 1.0, 6.0), (week(1), "A", 0, 1.0, 7.0), as_of=2)
    assert history.price.tolist() == [[9.0, 7.0]]


def test_a_first_and_last_week_that_are_not_whole_count_as_part_of_one() -> None:
    whole = [week(number, day) for number in range(1, 9) for day in range(5)]
    days = [week(0, 3), week(0, 4), *whole, week(9), week(9, 3)]
    history, problems = panel(*[(day, "A", 1) for day in days], as_of=10)
    assert history.in_stock.tolist() == [[0.4, *[1.0] * 8, 0.8]]
    assert [problem.value for problem in problems] == ["2026-01-08", "2026-03-12"]


def customers(*rows: tuple[pd.Timestamp, str, float]) -> pd.DataFrame:
    sales = pd.DataFrame(rows, columns=["date", "customer", "units"])
    return sales.assign(sku="A", location="main").astype(
        {"customer": "category", "sku": "category", "location": "category"}
    )


def test_a_return_finds_its_customers_latest_equal_sale() -> None:
    sales = customers((week(0), "x", 5), (week(1), "y", 5), (week(2), "x", 5), (week(4), "x", -5))
    assert at_their_sales(sales, Findings())["date"].tolist() == [week(0), week(1), week(2), week(2)]


def test_a_sale_is_undone_once_and_nobody_else_s() -> None:
    sales = customers((week(0), "x", 5), (week(1), "x", -5), (week(2), "x", -5), (week(2), "y", -5), (week(3), "", -5))
    found = Findings()
    assert at_their_sales(sales, found)["date"].tolist() == [week(0), week(0), week(2), week(2), week(3)]
    assert found.problems[0].value == "1 of 4 returns"


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-9, 9), min_size=6, max_size=6), min_size=1, max_size=4))
def test_netting_keeps_units_and_never_goes_below_zero(net: list[list[int]]) -> None:
    series = pd.MultiIndex.from_product([[f"S{row}" for row in range(len(net))], ["main"]])
    weeks = pd.date_range(MONDAY, periods=6, freq="7D")
    found = Findings()
    units = carried_back(np.array(net, dtype=float), series, weeks, found)
    lost = sum(float(problem.value.split()[0]) for problem in found.problems)
    assert (units >= 0).all()
    assert units.sum() - lost == np.sum(net)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 27), st.sampled_from("ABC"), st.integers(0, 20)), min_size=1, max_size=40))
def test_weekly_sums_agree_with_a_plain_loop(rows: list[tuple[int, str, int]]) -> None:
    history, _ = panel(*[(week(0, day), sku, units) for day, sku, units in rows], as_of=4)
    expected: dict[tuple[str, pd.Timestamp], int] = {}
    for day, sku, units in rows:
        expected[sku, week(day // 7)] = expected.get((sku, week(day // 7)), 0) + units
    for row, (sku, _) in enumerate(history.series):
        for column, monday in enumerate(history.weeks):
            assert np.nan_to_num(history.units[row, column]) == expected.get((sku, monday), 0)


@pytest.mark.parametrize("monday", [week(1), week(2)])
def test_before_shows_only_what_was_known(monday: pd.Timestamp) -> None:
    history, _ = panel(*[(week(number), "A", number + 1) for number in range(4)], as_of=4)
    assert history.before(monday).weeks.max() < monday
