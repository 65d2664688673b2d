"""Bad input, one case each: what the gate says, with which line and value, and what becomes of the run."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from data.company import Company
from data.gate import read_company
from data.problems import Problem, Rejected

TABLES = {
    "sales": "date,sku,location,units,price\n"
    "2026-01-05,A,main,5,10\n2026-01-05,B,main,2,20\n2026-01-12,A,main,4,10\n2026-01-12,B,main,3,20\n",
    "items": "sku,unit_cost,price,name,category\nA,4,10,Anorak,coats\nB,8,20,Boots,shoes\n",
    "sourcing": "sku,supplier,lead_time_weeks\nA,S,2\nB,S,3\n",
    "stock": "sku,on_hand\nA,7\nB,1\n",
}

Read = Callable[..., tuple[Company | None, list[Problem]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads the small company with some files' contents changed; no company if it was rejected."""

    def run(as_of: str | None = None, **changed: str | bytes | None) -> tuple[Company | None, list[Problem]]:
        for name, content in (TABLES | changed).items():
            path = tmp_path / ("restock.toml" if name == "policy" else f"{name}.csv")
            if content is not None:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            return read_company(tmp_path, None if as_of is None else pd.Timestamp(as_of))
        except Rejected as rejected:
            return None, rejected.problems

    return run


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_good_input_has_no_problem(read: Read) -> None:
    company, problems = read()
    assert company is not None
    assert problems == []
    assert company.as_of == pd.Timestamp("2026-01-19")


def test_missing_file(read: Read) -> None:
    company, problems = read(stock=None)
    assert company is None
    assert (only(problems).table, only(problems).problem) == ("stock", "the table is missing")
    assert "on_hand" in only(problems).remedy


def test_all_missing_files_are_named_together(read: Read) -> None:
    _, problems = read(stock=None, items=None, sourcing=None)
    assert [problem.table for problem in problems] == ["items", "sourcing", "stock"]


def test_missing_column_names_the_one_it_may_be(read: Read) -> None:
    company, problems = read(sourcing="sku,supplier,lead_time_week\nA,S,2\nB,S,3\n")
    assert company is None
    blocking = only([problem for problem in problems if problem.severity == "block"])
    assert (blocking.table, blocking.field) == ("sourcing", "lead_time_weeks")
    assert "Rename the column lead_time_week" in blocking.remedy


def test_unparsable_date_leaves_its_row_out(read: Read) -> None:
    company, problems = read(sales=TABLES["sales"] + "2026-02-30,A,main,9,10\n")
    assert company is not None
    found = only(problems)
    assert (found.severity, found.row, found.sku, found.field, found.value) == ("warn", 6, "A", "date", "2026-02-30")
    assert company.history.units.sum() == 14


def test_negative_stock_counts_as_none(read: Read) -> None:
    company, problems = read(stock="sku,on_hand\nA,-7\nB,1\n")
    assert company is not None
    negative, silent = problems
    assert (negative.row, negative.field, negative.value) == (2, "on_hand", "-7")
    assert silent.problem == "no system says what is on the shelf"
    assert company.stock["on_hand"].tolist() == [0.0, 1.0]


def test_unknown_sku_in_sourcing(read: Read) -> None:
    company, problems = read(sourcing=TABLES["sourcing"] + "C,S,1\n")
    assert company is not None
    found = only(problems)
    assert (found.table, found.row, found.sku, found.problem) == ("sourcing", 4, "C", "sku is not in items")
    assert set(company.sourcing["sku"]) == {"A", "B"}


def test_sku_without_source(read: Read) -> None:
    company, problems = read(sourcing="sku,supplier,lead_time_weeks\nA,S,2\n")
    assert company is not None
    assert (only(problems).sku, only(problems).problem) == ("B", "no supplier delivers the item there")
    assert ("B", "main") in company.series


def test_contradicting_rows_of_one_key_block(read: Read) -> None:
    company, problems = read(items=TABLES["items"] + "A,5,10,Anorak,coats\n")
    assert company is None
    assert [(problem.row, problem.value) for problem in problems] == [(2, "A"), (4, "A")]


def test_repeated_row_of_one_key_counts_once(read: Read) -> None:
    company, problems = read(items=TABLES["items"] + "A,4.0,10,Anorak,coats\n")
    assert company is not None
    assert (only(problems).severity, only(problems).row) == ("warn", 4)


def test_lead_time_beyond_the_horizon(read: Read) -> None:
    company, problems = read(sourcing="sku,supplier,lead_time_weeks\nA,S,26\nB,S,25\n")
    assert company is not None
    assert (problems[0].row, problems[0].value) == (2, "26")
    assert "horizon of 26 weeks" in problems[0].problem
    assert set(company.sourcing["sku"]) == {"B"}


def test_empty_required_table_blocks(read: Read) -> None:
    company, problems = read(stock="sku,on_hand\n")
    assert company is None
    assert only(problems).problem == "the table has no rows"


def test_empty_file_blocks(read: Read) -> None:
    company, problems = read(stock="")
    assert company is None
    assert only(problems).problem == "the file is empty"


def test_empty_optional_table_is_noted(read: Read) -> None:
    company, problems = read(budgets="start,end,amount\n")
    assert company is not None
    assert (only(problems).severity, only(problems).table) == ("info", "budgets")


def test_mixed_day_and_month_block(read: Read) -> None:
    company, problems = read(sales="date,sku,units\n03/04/2025,A,5\n25/04/2025,B,2\n04/25/2025,B,2\n")
    assert company is None
    found = only(problems)
    assert (found.row, found.field) == (2, "date")
    assert found.value == "03/04/2025, 25/04/2025, 04/25/2025"
    assert "date_order" in found.remedy


def test_one_ambiguous_date_blocks(read: Read) -> None:
    company, problems = read(sales="date,sku,units\n25/04/2025,B,2\n03/04/2025,A,5\n")
    assert company is None
    assert only(problems).row == 3


def test_stated_date_order_is_used(read: Read) -> None:
    sales = "date,sku,units\n03/04/2025,A,5\n25/04/2025,B,2\n04/25/2025,B,2\n"
    company, problems = read(sales=sales, policy='[input]\ndate_order = "day-month-year"\n')
    assert company is not None
    assert company.history.weeks[0] == pd.Timestamp("2025-03-31")
    assert [problem.value for problem in problems if problem.problem == "date is not a date"] == ["04/25/2025"]


def test_dates_that_allow_one_reading_are_taken(read: Read) -> None:
    company, problems = read(sales="date,sku,units\n13/01/2026,A,5\n14/01/2026,B,2\n")
    assert company is not None
    assert (only(problems).severity, only(problems).effect) == ("info", "They were read as day-month-year.")
    assert company.history.weeks.tolist() == [pd.Timestamp("2026-01-12")]


def test_byte_order_mark(read: Read) -> None:
    company, problems = read(items=b"\xef\xbb\xbf" + TABLES["items"].encode())
    assert company is not None
    assert problems == []


def test_chinese_text_in_gbk(read: Read) -> None:
    company, problems = read(items=TABLES["items"].replace("Anorak", "羽绒服").encode("gbk"))
    assert company is not None
    assert company.items.at["A", "name"] == "羽绒服"
    assert only(problems).problem == "the file is not UTF-8: it was read as GB18030"


def test_cyclic_like_sku(read: Read) -> None:
    items = "sku,unit_cost,price,like_sku\nA,4,10,B\nB,8,20,A\nC,1,2,A\n"
    company, problems = read(items=items, sourcing=TABLES["sourcing"] + "C,S,1\n", stock=TABLES["stock"] + "C,0\n")
    assert company is not None
    assert [(problem.row, problem.sku, problem.value) for problem in problems] == [(2, "A", "B"), (3, "B", "A")]
    assert company.items["like_sku"].tolist() == ["", "", "A"]


def test_zero_price_means_no_margin(read: Read) -> None:
    company, problems = read(items="sku,unit_cost,price\nA,4,0\nB,8,20\n")
    assert company is not None
    assert (only(problems).severity, only(problems).problem) == ("warn", "price is 0")
    assert company.items["shortage_cost"].tolist() == [0.0, 12.0]


def test_zero_cost_and_lead_time_are_valid(read: Read) -> None:
    company, problems = read(
        items="sku,unit_cost,price\nA,0,10\nB,8,20\n", sourcing="sku,supplier,lead_time_weeks\nA,S,0\nB,S,3\n"
    )
    assert company is not None
    assert problems == []
    assert company.sourcing["lead_time_weeks"].tolist() == [0, 3]


def test_enormous_number(read: Read) -> None:
    company, problems = read(sales=TABLES["sales"] + "2026-01-12,A,main,99999999999,10\n")
    assert company is not None
    assert (only(problems).row, only(problems).problem) == (6, "units is above 1,000,000,000, which cannot be")


@pytest.mark.parametrize("text", ["inf", "-Infinity", "NaN", "1e999"])
def test_numbers_that_are_not_finite(read: Read, text: str) -> None:
    company, problems = read(sales=TABLES["sales"] + f"2026-01-12,A,main,{text},10\n")
    assert company is not None
    assert (only(problems).value, only(problems).problem) == (text, "units is not a finite number")


def test_formula_in_a_name_is_kept_as_text(read: Read) -> None:
    company, problems = read(items=TABLES["items"].replace("Anorak", "=cmd|'/C calc'!A0"))
    assert company is not None
    assert (only(problems).severity, only(problems).row, only(problems).field) == ("info", 2, "name")
    assert company.items.at["A", "name"] == "=cmd|'/C calc'!A0"


def test_run_day_that_is_no_monday(read: Read) -> None:
    company, problems = read(as_of="2026-01-22")
    assert company is None
    assert (only(problems).value, only(problems).remedy) == (
        "2026-01-22, a Thursday",
        "The nearest Monday is 2026-01-19.",
    )


def test_nearest_monday_may_be_the_next(read: Read) -> None:
    _, problems = read(as_of="2026-01-23")
    assert only(problems).remedy == "The nearest Monday is 2026-01-26."


def test_unknown_policy_key_names_the_nearest(read: Read) -> None:
    company, problems = read(policy="[horizon]\nweek = 20\n[money]\ncarrying_rate = -1\n")
    assert company is None
    unknown, negative = problems
    assert (unknown.table, unknown.field, unknown.remedy) == ("restock.toml", "horizon.week", "Did you mean weeks?")
    assert (negative.field, negative.value) == ("money.carrying_rate", "-1")


def test_policy_that_is_no_toml(read: Read) -> None:
    _, problems = read(policy="[horizon\n")
    assert only(problems).problem == "the file is not valid TOML"


def test_lost_budget_or_open_order_stops_the_run(read: Read) -> None:
    company, problems = read(
        budgets="start,end,amount\n2026-01-01,2026-02-01,lots\n",
        open_orders="po,sku,units,due\n1,A,5,soon\n",
    )
    assert company is None
    assert [(problem.table, problem.value) for problem in problems] == [("open_orders", "soon"), ("budgets", "lots")]


def test_most_rows_unreadable_stops_the_run(read: Read) -> None:
    company, problems = read(sales="date,sku,units\nx,A,1\ny,B,1\n2026-01-05,B,1\n")
    assert company is None
    assert [problem.value for problem in problems] == ["x", "y", "2 of 3 rows"]


def test_forecast_may_stand_in_for_sales(read: Read) -> None:
    forecast = "sku,week,mean\nA,2026-01-19,3\nB,2026-01-19,4\n"
    company, problems = read(sales=None, forecast=forecast)
    assert company is not None
    assert only(problems).severity == "info"
    assert company.history.units.shape == (2, 0)
    assert company.as_of == pd.Timestamp("2026-01-19")


def test_forecast_of_some_articles_does_not_replace_sales(read: Read) -> None:
    company, problems = read(sales=None, forecast="sku,week,mean\nA,2026-01-19,3\n")
    assert company is None
    assert only(problems).value == "B"


def test_row_with_too_many_cells(read: Read) -> None:
    company, problems = read(sales=TABLES["sales"] + "2026-01-12,A,main,1,200,50\n")
    assert company is not None
    assert (only(problems).row, only(problems).value) == (6, "2026-01-12,A,main,1,200,50")


def test_wrong_path() -> None:
    with pytest.raises(Rejected) as rejected:
        read_company("nowhere/at/all")
    assert only(rejected.value.problems).problem == "the input does not exist"
