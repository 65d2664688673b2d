"""What of the sales rows is demand: repeats, returns, corrections, names from other systems."""

from pathlib import Path

import pandas as pd

from data.company import Company
from data.gate import read_company
from data.problems import Problem

OTHERS = {
    "items": "sku,unit_cost,price\nA,4,10\nB,8,20\n",
    "sourcing": "sku,supplier,lead_time_weeks\nA,S,2\nB,S,3\n",
    "stock": "sku,on_hand\nA,7\nB,1\n",
}


def read(folder: Path, sales: str, as_of: str | None = None, **tables: str) -> tuple[Company, list[Problem]]:
    for name, content in (OTHERS | {"sales": sales} | tables).items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return read_company(folder, None if as_of is None else pd.Timestamp(as_of))


def said(problems: list[Problem]) -> list[tuple[str, int | None, str]]:
    return [(problem.severity, problem.row, problem.problem) for problem in problems]


def test_equal_rows_of_weekly_totals_count_once(tmp_path: Path) -> None:
    sales = "date,sku,units\n2026-01-05,A,5\n2026-01-05,B,5\n2026-01-05,A,5\n2026-01-12,A,5\n"
    company, problems = read(tmp_path, sales)
    assert company.history.units[0].tolist() == [5, 5]
    assert said(problems) == [("warn", 4, "the row repeats an earlier one in every column")]


def test_different_totals_of_one_week_are_added_up_with_a_warning(tmp_path: Path) -> None:
    sales = "date,sku,units\n2026-01-05,A,5\n2026-01-05,B,5\n2026-01-05,A,6\n2026-01-12,A,5\n"
    company, problems = read(tmp_path, sales)
    assert company.history.units[0].tolist() == [11, 5]
    assert said(problems) == [("warn", 4, "another row has the same date, sku and location, but other values")]


LINES = (
    "2026-01-05,A,1{0}\n2026-01-05,A,1{0}\n2026-01-06,A,1{1}\n2026-01-06,A,2{1}\n2026-01-07,A,1{2}\n2026-01-07,A,3{2}\n"
)


def test_equal_receipt_lines_without_a_name_all_count(tmp_path: Path) -> None:
    company, problems = read(tmp_path, "date,sku,units\n" + LINES.format("", "", ""))
    assert company.history.units[0].tolist() == [9]
    assert said(problems)[0] == ("info", None, "equal rows cannot be told from one row exported twice")
    assert problems[0].value == "1 rows"


def test_equal_receipt_lines_of_one_document_count_once(tmp_path: Path) -> None:
    company, problems = read(tmp_path, "date,sku,units,document\n" + LINES.format(",1", ",2", ",3"))
    assert company.history.units[0].tolist() == [8]
    assert ("warn", 3, "the row repeats an earlier one in every column") in said(problems)


def test_returns_are_listed_and_netted(tmp_path: Path) -> None:
    sales = "date,sku,units,kind\n2026-01-05,A,5,\n2026-01-05,B,1,sale\n2026-01-12,A,-2,\n2026-01-12,A,1,Return\n"
    company, problems = read(tmp_path, sales)
    assert company.history.units[0].tolist() == [2, 0]
    assert said(problems) == [
        ("info", 4, "units are negative"),
        ("info", 5, "units of a return or cancellation are positive"),
    ]


def test_cancellations_and_blank_descriptions_are_listed(tmp_path: Path) -> None:
    rows = "2026-01-05,A,5,,Anorak\n2026-01-05,A,-5,cancellation,Anorak\n2026-01-06,B,2,,\n"
    _, problems = read(tmp_path, "date,sku,units,kind,description\n" + rows)
    assert said(problems) == [
        ("info", 4, "the description is blank"),
        ("info", 3, "the row cancels a sale"),
        ("info", 3, "units are negative"),
    ]


def test_corrections_of_stock_are_no_demand(tmp_path: Path) -> None:
    rows = "2026-01-05,A,5,\n2026-01-05,A,-3,adjustment\n2026-01-05,B,40,adjustment\n2026-01-06,B,1,\n"
    company, problems = read(tmp_path, "date,sku,units,kind\n" + rows)
    assert company.history.units.tolist() == [[5], [1]]
    assert problems[-1].effect == "They are not counted."


def test_unknown_kind_counts_as_blank(tmp_path: Path) -> None:
    company, problems = read(tmp_path, "date,sku,units,kind\n2026-01-05,A,5,swap\n2026-01-05,B,1,\n")
    assert company.history.units[0].tolist() == [5]
    assert [(problem.severity, problem.value) for problem in problems] == [("warn", "swap")]


def test_price_that_is_not_positive_is_unknown_and_the_units_count(tmp_path: Path) -> None:
    company, problems = read(tmp_path, "date,sku,units,price\n2026-01-05,A,5,0\n2026-01-05,B,1,-3\n2026-01-12,B,1,9\n")
    assert company.history.units[:, 0].tolist() == [5, 1]
    assert [(problem.row, problem.value, problem.problem) for problem in problems] == [
        (2, "0", "price is not above 0"),
        (3, "-3", "price is not above 0"),
    ]


def test_sales_of_other_articles_are_left_out(tmp_path: Path) -> None:
    company, problems = read(tmp_path, "date,sku,units\n2026-01-05,A,5\n2026-01-05,Z,1\n")
    assert [(problem.severity, problem.row, problem.value) for problem in problems] == [("warn", 3, "Z")]
    assert "Z" not in company.series.get_level_values("sku")


def test_names_from_other_systems_become_the_companys(tmp_path: Path) -> None:
    company, problems = read(
        tmp_path,
        "date,sku,units\n2026-01-05,shop-1,5\n2026-01-05,B,1\n",
        aliases="system,system_sku,sku\nshop,shop-1,A\nerp,4711,A\n",
        stock="sku,on_hand,system\n4711,9,erp\nB,1,erp\n",
    )
    assert company.history.units.tolist() == [[5], [1]]
    assert company.stock["on_hand"].tolist() == [9, 1]
    assert {(problem.table, problem.value) for problem in problems} == {("sales", "1 rows"), ("stock", "1 rows")}


def test_a_name_that_means_two_articles_is_left_out_where_no_system_is_said(tmp_path: Path) -> None:
    company, problems = read(
        tmp_path,
        "date,sku,units\n2026-01-05,X,5\n2026-01-05,B,1\n2026-01-05,A,1\n",
        aliases="system,system_sku,sku\nshop,X,A\nerp,X,B\n",
        stock="sku,on_hand,system\nX,9,erp\nX,3,shop\n",
    )
    assert company.stock["on_hand"].tolist() == [3, 9]
    assert ("warn", 2, "the name means different items in different systems") in said(problems)


def test_a_systems_own_name_goes_before_an_equal_sku(tmp_path: Path) -> None:
    company, _ = read(
        tmp_path,
        "date,sku,units\n2026-01-05,A,5\n2026-01-05,B,1\n",
        aliases="system,system_sku,sku\nshop,A,B\n",
        stock="sku,on_hand,system\nA,9,shop\nA,3,erp\n",
    )
    assert company.stock["on_hand"].tolist() == [3, 9]
    assert company.history.units.tolist() == [[5], [1]]


def test_sales_on_or_after_the_runs_monday_are_not_seen(tmp_path: Path) -> None:
    sales = "date,sku,units\n2026-01-05,A,5\n2026-01-12,A,6\n2026-01-12,B,6\n"
    company, problems = read(tmp_path, sales, as_of="2026-01-12")
    assert company.history.units[0].tolist() == [5]
    assert problems[0].problem == "sales are dated on or after the run's Monday"
