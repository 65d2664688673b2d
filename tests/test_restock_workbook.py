"""orders.xlsx as a spreadsheet sees it: formulas where figures follow, text everywhere else, legal sheet names."""

import re
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.policy import Forecast, Horizon, Money, Policy
from data.problems import Problem
from restock.headline import headline
from restock.sheet_names import FORBIDDEN, LONGEST, SheetNames, reference
from restock.workbook import write_workbook
from scenarios.pipeline import run_company

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def run(small_company):
    company = small_company(
        {"A": [9.0, 11.0, 8.0, 12.0] * 8, "B": [2.0, 3.0] * 16},
        items={"A": {"name": FORMULA}, "B": {"name": "奶粉"}},
        suppliers={"S/1": {"name": "Acme", "min_order_value": 10.0, "order_cost": 5.0}, "s:1": {}},
        lanes=[{"sku": "A", "supplier": "S/1"}, {"sku": "B", "supplier": "s:1"}],
        on_hand={"A": 5.0},
        policy=Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=20), money=Money(currency="EUR")),
    )
    return run_company(company, [Problem("info", "items", "it is odd", "Look.", "Kept.", 2, "A", "name", FORMULA)])


@pytest.fixture(scope="module")
def target(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "orders.xlsx"
    write_workbook(run, headline(run), path)
    return path


@pytest.fixture(scope="module")
def book(target):
    return openpyxl.load_workbook(target)


def test_a_sheet_per_supplier_with_legal_names_beside_the_common_ones(book):
    assert book.sheetnames == ["Summary", "S-1", "s-1 (2)", "Outlook", "Alerts", "Data issues"]


def test_line_values_and_totals_are_formulas_with_their_values(book, target, run):
    sheet, values = book["S-1"], openpyxl.load_workbook(target, data_only=True)["S-1"]
    now = run.plan.due_now()
    total = now.loc[now["supplier"].eq("S/1"), "value"].sum()
    assert sheet["I5"].value == "=G5*H5"
    assert values["I5"].value == pytest.approx(values["G5"].value * values["H5"].value)
    assert sheet["B2"].value == f"=SUM(I5:I{sheet.max_row})"
    assert values["B2"].value == pytest.approx(total)
    assert values["C3"].value == "reached"


def test_the_summary_adds_up_the_suppliers(book, target, run):
    values = openpyxl.load_workbook(target, data_only=True)["Summary"]
    formulas = [cell.value for row in book["Summary"].iter_rows() for cell in row if str(cell.value).startswith("='")]
    assert formulas == ["='S-1'!B2", "='s-1 (2)'!B2"]
    last = [cell.value for cell in values[values.max_row]]
    assert last[0] == "All suppliers"
    assert last[3] == pytest.approx(run.plan.due_now()["value"].sum())


def test_the_header_is_frozen_and_filtered_and_printed_on_each_page(book):
    sheet = book["S-1"]
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == f"A4:M{sheet.max_row}"
    assert sheet.print_title_rows == "$4:$4"


def test_dates_are_dates_and_chinese_stays(book, run):
    sheet = book["S-1"]
    assert sheet["D5"].value == run.as_of
    assert sheet["D5"].is_date
    assert book["s-1 (2)"]["B5"].value == "奶粉"


def test_no_text_of_the_user_is_a_formula(book):
    ours = re.compile(r"=(\w\d+\*\w\d+|SUM\(\w\d+:\w\d+\)|IF\(B2>=B3,.*\)|'[sS]-1( \(2\))?'!B2)")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert cells
    assert all(ours.fullmatch(cell.value) for cell in cells)
    assert book["S-1"]["B5"].value == FORMULA
    assert book["S-1"]["B5"].data_type == "s"


def test_the_same_run_gives_the_same_bytes(run, target, tmp_path):
    write_workbook(run, headline(run), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == target.read_bytes()


def test_nothing_to_order_is_said_and_not_an_empty_book(run, tmp_path):
    idle = replace(
        run, plan=replace(run.plan, orders=run.plan.orders.iloc[:0]), alerts=run.alerts.iloc[:0], problems=[]
    )
    idle = replace(idle, kpis=idle.kpis | {"order_lines": 0.0})
    write_workbook(idle, headline(idle), tmp_path / "idle.xlsx")
    book = openpyxl.load_workbook(tmp_path / "idle.xlsx")
    assert book.sheetnames == ["Summary", "Outlook", "Alerts", "Data issues"]
    said = [cell.value for row in book["Summary"].iter_rows() for cell in row]
    assert "Nothing to order this week." in said
    assert book["Alerts"]["A1"].value == "No alerts."


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=15))
def test_sheet_names_are_legal_and_unique(wanted):
    names = SheetNames()
    given_out = [names.claim(text) for text in wanted]
    assert len({name.casefold() for name in given_out}) == len(wanted)
    for name in given_out:
        assert name
        assert len(name.encode("utf-16-le")) // 2 <= LONGEST
        assert not FORBIDDEN.search(name)
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


def test_a_quote_in_a_sheet_name_is_doubled_in_references():
    assert reference("Bob's", "B2") == "'Bob''s'!B2"


def test_long_text_and_missing_dates_reach_the_sheet(run, tmp_path):
    alerts = run.alerts.head(1).assign(message="x" * 40_000, deadline=pd.NaT, probability=float("nan"))
    write_workbook(replace(run, alerts=alerts), headline(run), tmp_path / "long.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx")["Alerts"]
    assert len(sheet["K2"].value) == 32_000
    assert sheet["I2"].value is None
    assert sheet["G2"].value is None


def test_a_sheet_of_issues_ends_where_the_csv_file_goes_on(run, tmp_path):
    many = [replace(run.problems[0], row=row) for row in range(2, 2503)]
    write_workbook(replace(run, problems=many), headline(run), tmp_path / "many.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "many.xlsx")["Data issues"]
    assert sheet["A2001"].value == "info"
    assert sheet["A2002"].value == "501 more lines in the CSV file."
