"""The health of the data: what hangs on each problem, whose it is, and how it moves."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data.company import Company
from data.health import HEALTH_COLUMNS, health
from data.policy import Policy
from data.problems import Problem
from restock.health_files import read_health, write_health

Build = Callable[..., Company]


@pytest.fixture
def company(small_company: Build) -> Company:
    """a sells 520 units a year at 10, b 52; 7 of b are on the shelf, 20 of a on order; a unit costs 4."""
    coming = [{"po": "P", "sku": "a", "units": 20, "due": "2026-04-06"}]
    return small_company({"a": [10.0] * 52, "b": [1.0] * 52}, on_hand={"b": 7}, open_orders=coming)


def _problem(table: str, sku: str = "", severity: str = "warn", problem: str = "wrong", **more: object) -> Problem:
    return Problem(severity, table, problem, "Mend it.", "Nothing.", sku=sku, **more)  # type: ignore[arg-type]


def test_each_table_has_its_own_money(company: Company) -> None:
    problems = [
        _problem("items", "a"),
        _problem("items", "a"),
        _problem("sales", "b"),
        _problem("open_orders", "a"),
        _problem("stock", "b"),
        _problem("sourcing", field="supplier", value="S"),
    ]
    found = health(problems, company)
    assert found.columns.tolist() == HEALTH_COLUMNS
    assert found[["rank", "table", "money", "lines", "items"]].to_numpy().tolist() == [
        [1, "sourcing", 5720.0, 1, 0],
        [2, "items", 5200.0, 2, 1],
        [3, "sales", 520.0, 1, 1],
        [4, "open_orders", 80.0, 1, 1],
        [5, "stock", 28.0, 1, 1],
    ]


def test_notes_come_last_and_what_names_nothing_weighs_nothing(company: Company) -> None:
    found = health([_problem("sales", "a", "info"), _problem("locations", field="name", value="x")], company)
    assert found[["severity", "money"]].to_numpy().tolist() == [["warn", 0.0], ["info", 5200.0]]


def test_lines_of_unknown_items_count_as_an_average_week(company: Company) -> None:
    found = health([_problem("sales", "zzz"), _problem("sales", "zzz")], company)
    assert found["money"].tolist() == [pytest.approx(2 * 5720 / 104)]


def test_stock_rows_belong_to_the_system_that_says_so(company: Company) -> None:
    claims = pd.DataFrame({"row": [2, 3], "system": ["erp", "shop"]})
    picture = pd.DataFrame({"difference_value": [100.0, 0.0]}, index=company.series)
    policy = Policy(owners={"items": "pim"})
    told = replace(company, stock_claims=claims, stock_picture=picture, policy=policy)
    problems = [_problem("stock", "a", row=2), _problem("stock", "b", row=3), _problem("items", "b")]
    found = health(problems, told).set_index("owner")
    assert found["money"].to_dict() == {"pim": 520.0, "erp": 100.0, "shop": 28.0}


def test_the_trend_is_told_against_the_run_before(company: Company, tmp_path: Path) -> None:
    known = [_problem("items", "a"), _problem("items", "a"), _problem("sales", "b")]
    for number in (2, 3, 1):
        write_health(health(known[:number], company, read_health(tmp_path) if number != 2 else None), tmp_path)
    found = health([*known[:1], *known[:1], _problem("stock", "b")], company, read_health(tmp_path))
    told = found.set_index("table")[["lines_before", "trend", "weeks"]]
    assert told.loc["items"].tolist() == [1.0, "grows", "2, 2, 1, 2"]
    assert told.loc["stock"].tolist() == [0.0, "new", "0, 1"]
