"""Figures as people read them."""

import math

import pandas as pd
import pytest

from data.problems import Problem
from restock.issues import example, kinds, tally
from restock.terminal import safe
from restock.wording import Money, counted, day, number, share

SALE = Problem("warn", "sales", "units are not a number", "Correct it.", "Left out.", 4, "A", "units", "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (number(1234567.5), "1,234,568"),
        (number(-0.2), "0"),
        (number(math.nan), "–"),  # noqa: RUF001 (what a table shows)
        (share(0.0734), "7%"),
        (share(0.0), "0%"),
        (share(0.0001), "under 1%"),
        (share(0.9999), "over 99%"),
        (share(1.0), "100%"),
        (share(0.96894, 1), "96.9%"),
        (share(0.99999, 1), "over 99.9%"),
        (day(pd.Timestamp("2026-05-18")), "18 May 2026"),
        (counted(1, "line"), "1 line"),
        (counted(1200, "line"), "1,200 lines"),
        (Money("EUR")(1234.4), "EUR\u00a01,234"),
        (Money("€")(-1234.4), "-€1,234"),
        (Money("€")(-0.3), "€0"),
        (Money()(12.0), "12"),
        (Money("€").each(2.5), "€2.50"),
        (Money("€").each(0.0125), "€0.0125"),
    ],
)
def test_figures_read_as_a_person_writes_them(text, expected):
    assert text == expected


def test_equal_problems_are_one_kind_with_its_count_and_examples():
    note = Problem("info", "stock", "names were translated", "None needed.", "They count.")
    other = Problem("warn", "sales", "units are not a number", "Correct it.", "Left out as well.", 9, "B", "units", "y")
    block = Problem("block", "items", "the column is missing", "Add it.", "The run stops.", field="price")
    found = kinds([note, SALE, other, block])
    assert [(kind.severity, kind.count) for kind in found] == [("block", 1), ("warn", 2), ("info", 1)]
    assert found[1].examples == ('line 4, SKU A, units "x"', 'line 9, SKU B, units "y"')
    assert found[1].remedy == "Correct it."
    assert found[1].effect == "For example: Left out."


def test_a_long_value_is_cut_and_a_whole_table_needs_no_example():
    assert example(Problem("warn", "sales", "odd", "Look.", "Kept.", 4, "", "note", "z" * 199)).endswith('…"')
    assert example(Problem("block", "items", "empty", "Fill it.", "The run stops.")) == ""


def test_the_tally_counts_each_severity():
    assert tally([]) == "none"
    assert tally([SALE, SALE]) == "2 warnings"
    assert tally([Problem("block", "items", "p", "r", "e"), SALE]) == "1 that stops the run, 1 warning"


def test_text_of_the_input_cannot_steer_the_terminal():
    assert safe("\x1b[31mred[/] \u009b\r\nEUR\u00a05 奶粉") == " [31mred\\[/]    EUR\u00a05 奶粉"
