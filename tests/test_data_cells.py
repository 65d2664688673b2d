"""Cells: each kind of text is read, or named."""

import math

import numpy as np
import pandas as pd
import pytest

from data.cells import date_style, read_words
from data.columns import Column
from data.findings import MOST_LISTED, Findings, RawTable
from data.schema import TABLES


def read(text: str, column: Column, order: str = "") -> tuple[object, str]:
    reading = read_words(pd.Index([text], dtype=object), column, order)
    return reading.values[0], reading.problem[0]


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("-2.50", -2.5), ("+.5", 0.5), ("3.", 3), ("1e3", 1000), ("007", 7), ("1E-2", 0.01)]
)
def test_numbers(text: str, value: float) -> None:
    assert read(text, Column("x", "number", "")) == (value, "")


@pytest.mark.parametrize("text", ["1,234", "12 kg", "€5", "0x10", "1_000", "--1", "١٢", "1 2", "=1+1", "nan1", "."])
def test_text_that_is_no_number(text: str) -> None:
    value, problem = read(text, Column("x", "number", ""))
    assert math.isnan(float(str(value)))
    assert problem == "x is not a number"


@pytest.mark.parametrize(
    ("text", "value"), [("true", 1), ("FALSE", 0), ("yes", 1), ("0.25", 0.25), ("1", 1), ("0", 0), ("1.0", 1)]
)
def test_shares(text: str, value: float) -> None:
    assert read(text, Column("x", "share", "")) == (value, "")


@pytest.mark.parametrize("text", ["2", "-0.1", "50%", "maybe"])
def test_text_that_is_no_share(text: str) -> None:
    assert read(text, Column("x", "share", ""))[1] == "x is neither a share from 0 to 1 nor true or false"


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "2026-03-05 08:26:00", "2026-03-05T08:26:00Z", "2026/3/5", "2026.03.05", "20260305", "2026年3月5日"],
)
def test_dates_with_the_year_first(text: str) -> None:
    assert read(text, Column("x", "date", "")) == (np.datetime64("2026-03-05"), "")


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01", "26-03-05", "45000", "5 March", "0001-01-01", "03/04/2026"]
)
def test_text_that_is_no_date(text: str) -> None:
    assert read(text, Column("x", "date", ""))[1] == "x is not a date"


def test_stated_order_of_day_and_month() -> None:
    assert read("3.4.2026", Column("x", "date", ""), "day-month-year")[0] == np.datetime64("2026-04-03")
    assert read("03/04/2026", Column("x", "date", ""), "month-day-year")[0] == np.datetime64("2026-03-04")


@pytest.mark.parametrize(
    ("words", "order"),
    [
        (["2026-01-02", ""], ""),
        (["13/01/2026", "14/02/2026"], "day-month-year"),
        (["01/13/2026"], "month-day-year"),
        (["13/01/2026", "01/02/2026"], "unclear"),
        (["13/01/2026", "01/13/2026"], "unclear"),
    ],
)
def test_order_is_told_only_by_dates_that_allow_one_reading(words: list[str], order: str) -> None:
    assert date_style(pd.Index(words)).order == order


def test_limits_and_whole_numbers() -> None:
    weeks = Column("x", "whole", "", low=1, high=52)
    assert [read(text, weeks)[1] for text in ("0", "53", "2.5", "52", "")] == [
        "x is below 1",
        "x is above 52, which cannot be",
        "x is not a whole number",
        "",
        "",
    ]


def test_a_column_is_declared_soundly() -> None:
    with pytest.raises(ValueError, match="required, so it has no default"):
        Column("x", "text", "", required=True, default="a", if_bad="row")
    with pytest.raises(ValueError, match="costs its row or the run"):
        Column("x", "text", "", required=True)


def test_references_lead_to_tables() -> None:
    assert {column.refers for table in TABLES.values() for column in table.columns} <= {"", *TABLES}


def test_many_equal_problems_are_counted_beyond_a_limit() -> None:
    rows = pd.RangeIndex(2, MOST_LISTED + 7, name="row")
    raw = RawTable("sales", pd.DataFrame({"units": pd.Categorical(["x"] * len(rows))}, index=rows), "sales.csv")
    found = Findings()
    found.rows("warn", raw, rows, "units", "bad", "mend", "lost")
    assert len(found.problems) == MOST_LISTED + 1
    assert found.problems[-1].value == "5 further rows"
