"""The same company from every kind of source; rows bear the numbers that an editor shows."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

from data.company import Company
from data.findings import Findings, RawTable
from data.gate import read_company
from data.load import load
from data.problems import Problem, Rejected
from data.read_csv import read_csv

MONDAY = pd.Timestamp("2026-01-05")


def frames() -> dict[str, pd.DataFrame]:
    days = [MONDAY, MONDAY, MONDAY + pd.Timedelta(weeks=1)]
    return {
        "sales": pd.DataFrame(
            {"date": days, "sku": ["001", "B", "001"], "units": [5, 2, 4], "in_stock": [True, True, False]}
        ),
        "items": pd.DataFrame(
            {"sku": ["001", "B"], "unit_cost": [4.5, 8.0], "price": [10, 20], "name": ["羽绒服", None]}
        ),
        "sourcing": pd.DataFrame({"sku": ["001", "B"], "supplier": ["S", "S"], "lead_time_weeks": [2, 3]}),
        "stock": pd.DataFrame({"sku": ["001", "B"], "on_hand": [7, 1]}),
    }


def expect_the_company(company: Company, problems: list[Problem]) -> None:
    assert problems == []
    assert list(company.series) == [("001", "main"), ("B", "main")]
    assert company.history.weeks.tolist() == [MONDAY, MONDAY + pd.Timedelta(weeks=1)]
    assert company.history.units.tolist() == [[5, 4], [2, 0]]
    assert company.history.in_stock.tolist() == [[1, 0], [1, 1]]
    assert company.items["name"].tolist() == ["羽绒服", ""]
    assert company.stock["on_hand"].tolist() == [7, 1]


def test_folder_of_csv(tmp_path: Path) -> None:
    for name, frame in frames().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    expect_the_company(*read_company(tmp_path))


def test_folder_of_parquet(tmp_path: Path) -> None:
    for name, frame in frames().items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    expect_the_company(*read_company(tmp_path))


def write_workbook(path: Path) -> None:
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name, frame in frames().items():
            frame.to_excel(book, sheet_name=name, index=False)


def test_workbook(tmp_path: Path) -> None:
    write_workbook(tmp_path / "company.xlsx")
    expect_the_company(*read_company(tmp_path / "company.xlsx"))


def test_sqlite(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "company.db") as database:
        for name, frame in frames().items():
            frame.to_sql(name, database, index=False)
    database.close()
    expect_the_company(*read_company(f"sqlite:///{tmp_path}/company.db"))
    expect_the_company(*read_company(tmp_path / "company.db"))


def test_duckdb(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "company.duckdb")) as database:
        for name, frame in frames().items():
            database.register("given", frame)
            database.execute(f'create table "{name}" as select * from given')
            database.unregister("given")
    expect_the_company(*read_company(f"duckdb:///{tmp_path}/company.duckdb"))


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, which ends with the test."""
    initdb = shutil.which("initdb")
    if initdb is None or (os.getuid() == 0 and shutil.which("runuser") is None):
        pytest.skip("PostgreSQL's initdb is not installed")
    programs = Path(initdb).resolve().parent
    other_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []

    def call(program: str, *words: str) -> None:
        subprocess.run([*other_user, str(programs / program), *words], check=True, capture_output=True, cwd=home)

    with tempfile.TemporaryDirectory(prefix="pg-") as home:
        if other_user:
            shutil.chown(home, "postgres")
        call("initdb", "-D", f"{home}/db", "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync")
        call("pg_ctl", "-D", f"{home}/db", "-w", "-l", f"{home}/log", "-o", f"-k {home} -c listen_addresses=", "start")
        try:
            yield f"postgresql://tester@/postgres?host={home}"
        finally:
            call("pg_ctl", "-D", f"{home}/db", "-w", "-m", "fast", "stop")


def test_postgresql(postgres: str) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    pytest.importorskip("psycopg")
    engine = sqlalchemy.create_engine(postgres.replace("postgresql:", "postgresql+psycopg:"))
    for name, frame in frames().items():
        frame.to_sql(name, engine, index=False)
    engine.dispose()
    expect_the_company(*read_company(postgres))


def rejected(source: str | Path) -> list[Problem]:
    with pytest.raises(Rejected) as rejection:
        read_company(source)
    return [problem for problem in rejection.value.problems if problem.severity == "block"]


def test_database_that_does_not_exist(tmp_path: Path) -> None:
    assert rejected(f"sqlite:///{tmp_path}/no.db")[0].problem == "the database does not exist"
    assert not (tmp_path / "no.db").exists()


def test_database_address_is_told_without_its_password() -> None:
    (problem,) = rejected("postgresql://anna:secret@127.0.0.1:1/db")
    assert problem.problem == "the database cannot be read"
    assert "anna" in problem.value
    assert "secret" not in problem.value


def test_workbook_with_merged_header(tmp_path: Path) -> None:
    write_workbook(tmp_path / "company.xlsx")
    book = openpyxl.load_workbook(tmp_path / "company.xlsx")
    book["items"].merge_cells("A1:B1")
    book.save(tmp_path / "company.xlsx")
    (problem,) = rejected(tmp_path / "company.xlsx")
    assert (problem.table, problem.row, problem.problem) == ("items", 1, "row 1 has merged cells")
    assert "sheet items" in problem.value
    assert "expected sku*, unit_cost*, price*" in problem.value


def test_workbook_with_hidden_title_row(tmp_path: Path) -> None:
    write_workbook(tmp_path / "company.xlsx")
    book = openpyxl.load_workbook(tmp_path / "company.xlsx")
    book["sales"].insert_rows(1, 2)
    book["sales"]["A1"] = "Sales of the winter"
    book["sales"].row_dimensions[1].hidden = True
    book.save(tmp_path / "company.xlsx")
    (problem,) = rejected(tmp_path / "company.xlsx")
    assert (problem.table, problem.problem) == ("sales", "the header does not stand in row 1")
    assert "row 3" in problem.remedy
    assert "row 1 holds Sales of the winter" in problem.value


def test_workbook_rows_bear_the_sheets_numbers(tmp_path: Path) -> None:
    write_workbook(tmp_path / "company.xlsx")
    book = openpyxl.load_workbook(tmp_path / "company.xlsx")
    book["sales"].insert_rows(3)
    book["sales"]["C5"] = "four"
    book.save(tmp_path / "company.xlsx")
    _, problems = read_company(tmp_path / "company.xlsx")
    assert [(problem.row, problem.value) for problem in problems if problem.field == "units"] == [(5, "four")]


def test_file_that_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "company.xlsx").write_text("not a workbook")
    assert rejected(tmp_path / "company.xlsx")[0].problem == "the workbook cannot be read"


def test_two_files_of_one_table(tmp_path: Path) -> None:
    for name, frame in frames().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    frames()["sales"].to_parquet(tmp_path / "sales.parquet")
    (problem,) = rejected(tmp_path)
    assert (problem.table, problem.value) == ("sales", "sales.csv, sales.parquet")


def test_misnamed_file_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "sale.csv").write_text("date,sku,units\n")
    found = Findings()
    assert load(tmp_path, found) == {}
    assert "sales.csv" in found.problems[0].remedy


def test_workbook_in_a_folder_is_pointed_at(tmp_path: Path) -> None:
    write_workbook(tmp_path / "company.xlsx")
    found = Findings()
    assert load(tmp_path, found) == {}
    assert found.problems[0].remedy == "Give the workbook's own path, if it is the input."


def table_of(content: bytes, tmp_path: Path) -> tuple[RawTable, Findings]:
    path = tmp_path / "items.csv"
    path.write_bytes(content)
    found = Findings()
    raw = read_csv(path, "items", found)
    assert raw is not None
    return raw, found


def test_lines_are_an_editors_lines(tmp_path: Path) -> None:
    content = b'\nsku,name\nA,"two\nlines"\n\nB,"say ""hi"""\r\nC\n,\nD,last'
    raw, found = table_of(content, tmp_path)
    assert raw.text.index.tolist() == [3, 6, 9]
    assert raw.text["sku"].tolist() == ["A", "B", "D"]
    assert raw.text["name"].tolist() == ["two\nlines", 'say "hi"', "last"]
    assert [(problem.row, problem.value) for problem in found.problems] == [(7, "C")]
    assert raw.unread == 1


def test_inch_mark_inside_a_name(tmp_path: Path) -> None:
    raw, _ = table_of(b'sku,name\nA,5" pipe\n\nB,6" pipe\n', tmp_path)
    assert raw.text["name"].tolist() == ['5" pipe', '6" pipe']
    assert raw.text.index.tolist() == [2, 4]


def test_semicolons_are_told(tmp_path: Path) -> None:
    raw, found = table_of(b"sku;unit_cost;price\nA;1;2\n", tmp_path)
    assert raw.text.columns.tolist() == ["sku", "unit_cost", "price"]
    assert found.problems[0].problem == "cells are separated by a semicolon, not by a comma"


def test_text_is_stripped_and_headers_lowered(tmp_path: Path) -> None:
    raw, _ = table_of(b" SKU , Name\n A ,  x \n", tmp_path)
    assert raw.text.to_dict("list") == {"sku": ["A"], "name": ["x"]}


def test_a_header_alone_is_an_empty_table_with_or_without_an_end_of_line(tmp_path: Path) -> None:
    for name, frame in frames().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    for end in ("", "\n"):
        (tmp_path / "open_orders.csv").write_text("po,sku,units,due" + end)
        assert [one.problem for one in read_company(tmp_path)[1]] == ["the table has no rows"]


def test_old_macintosh_line_ends(tmp_path: Path) -> None:
    raw, _ = table_of(b"sku,name\rA,x\rB,y\r", tmp_path)
    assert raw.text["name"].tolist() == ["x", "y"]
    assert raw.text.index.tolist() == [2, 3]


def test_utf16_is_told(tmp_path: Path) -> None:
    raw, found = table_of("sku,name\nA,Müller\n".encode("utf-16"), tmp_path)
    assert raw.text["name"].tolist() == ["Müller"]
    assert "UTF-16" in found.problems[0].problem


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("sku,price,Price\nA,1,2\n")
    found = Findings()
    assert read_csv(tmp_path / "items.csv", "items", found) is None
    assert (found.problems[0].severity, found.problems[0].field) == ("block", "price")


def test_quotation_mark_never_closed(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text('sku,price\nA,"1\nB,2\n')
    found = Findings()
    assert read_csv(tmp_path / "items.csv", "items", found) is None
    assert found.blocked
