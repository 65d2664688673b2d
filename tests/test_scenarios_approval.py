"""From proposals to purchase orders: edits, approval, export exactly once, and what later runs make of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

import restock.cli
from data.gate import read_company
from restock.weekly_commands import write_files
from scenarios.carried import Carried, carried, with_carried
from scenarios.state import State, new_state
from scenarios.store import DECISIONS, ORDERS, PURCHASE_ORDERS, rows
from scenarios.weekly import weekly

MONDAY, NEXT = "2026-05-11", "2026-05-18"
Shop = Callable[..., Path]
RECEIPT = (
    "po,sku,units,supplier,ordered_on,promised_on,received_on\nPO-20260511-001,A,{},S,2026-05-11,2026-05-25,2026-05-14"
)


@pytest.fixture(scope="module")
def planned(write_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The state after the first week, and its run's id."""
    folder = tmp_path_factory.mktemp("planned")
    done = weekly(str(write_shop(folder / "in")), pd.Timestamp(MONDAY), new_state(folder / "state"), write_files)
    return folder / "state", str(done.row["run_id"])


@pytest.fixture
def state(planned: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of that state."""
    shutil.copytree(planned[0], tmp_path / "state")
    return tmp_path / "state"


def call(*words: object) -> Result:
    return CliRunner().invoke(restock.cli.app, [str(word) for word in words])


def answer(*words: object) -> dict[str, Any]:
    result = call(*words, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def due(state: Path) -> pd.DataFrame:
    (folder,) = (state / "runs").iterdir()
    orders = pd.read_csv(folder / "orders.csv")
    return orders[orders["order_date"].eq(MONDAY)]


def table(state: Path, name: sa.Table) -> list[dict[str, Any]]:
    with new_state(state).engine.connect() as connection:
        return rows(connection, sa.select(name))


def edited(state: Path, target: Path, **changes: Any) -> Path:
    """orders.csv with A's line of today changed."""
    (folder,) = (state / "runs").iterdir()
    orders = pd.read_csv(folder / "orders.csv", dtype=str).assign(why="")
    mine = orders["order_date"].eq(MONDAY) & orders["sku"].eq("A")
    for column, value in changes.items():
        orders.loc[mine, column] = value
    orders.to_csv(target, index=False)
    return target


def exported_units(out: Path) -> dict[str, float]:
    lines = pd.concat([pd.read_csv(path) for path in sorted(out.glob("*.csv"))])
    return lines.groupby("sku")["units"].sum().to_dict()


def test_what_is_approved_is_exported_once(state: Path, tmp_path: Path) -> None:
    out = tmp_path / "po"
    proposed = due(state).groupby("sku")["units"].sum().to_dict()
    done = answer("approve", "latest", "--state", state, "--who", "Li")
    assert done["lines"] == len(due(state))
    told = answer("export", "--state", state, "--out", out)
    assert exported_units(out) == proposed
    assert [order["po"] for order in told["orders"]] == [
        f"PO-20260511-{n:03d}" for n in range(1, len(told["orders"]) + 1)
    ]
    before = sorted(out.iterdir())
    assert answer("export", "--state", state, "--out", out)["orders"] == []
    answer("approve", "latest", "--state", state, "--who", "Li")
    assert answer("export", "--state", state, "--out", out)["orders"] == []
    assert sorted(out.iterdir()) == before


def test_an_order_has_a_csv_a_json_and_a_ubl_file_that_agree(state: Path, tmp_path: Path) -> None:
    answer("approve", "latest", "--state", state, "--who", "Li")
    (order,) = [
        one for one in answer("export", "--state", state, "--out", tmp_path / "po")["orders"] if one["supplier"] == "S"
    ]
    path = tmp_path / "po" / order["file"]
    lines, written = pd.read_csv(path), json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert path.name == "po_S_2026-05-11.csv"
    assert [line["units"] for line in written["lines"]] == lines["units"].tolist()
    assert written["value"] == pytest.approx(lines["value"].sum())
    cbc = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
    root = ElementTree.parse(path.with_suffix(".xml")).getroot()
    assert [float(str(one.text)) for one in root.iter(f"{cbc}Quantity")] == lines["units"].tolist()
    assert root.findtext(f"{cbc}ID") == written["po"]
    assert float(str(next(root.iter(f"{cbc}PayableAmount")).text)) == written["value"]


def test_an_edited_quantity_date_and_supplier_are_approved_with_who_and_why(state: Path, tmp_path: Path) -> None:
    answer(
        "approve",
        "latest",
        "--state",
        state,
        "--who",
        "Li",
        "--lines",
        edited(state, tmp_path / "a.csv", units="75", why="festival"),
    )
    moved = edited(state, tmp_path / "b.csv", units="75", order_date=NEXT, why="pay later")
    done = answer("approve", "latest", "--state", state, "--who", "Wu", "--lines", moved)
    assert done["edited"] == 1
    (line,) = [one for one in table(state, ORDERS) if one["sku"] == "A" and not one["withdrawn"]]
    assert (line["units"], line["order_date"], line["arrival_date"]) == (75.0, NEXT, "2026-06-01")
    told = [(one["who"], one["kind"], one["after"], one["why"]) for one in table(state, DECISIONS) if one["sku"] == "A"]
    assert ("Li", "units", "75", "festival") in told
    assert ("Wu", "date", NEXT, "pay later") in told


def test_a_held_line_stays_held_until_it_is_sent_back_released(state: Path, tmp_path: Path) -> None:
    assert answer("approve", "latest", "--state", state, "--who", "Li", "--hold", "A")["held"] == 1
    assert answer("approve", "latest", "--state", state, "--who", "Li")["held"] == 1
    released = edited(state, tmp_path / "a.csv")
    assert answer("approve", "latest", "--state", state, "--who", "Li", "--lines", released)["held"] == 0
    assert "A" in {one["sku"] for one in table(state, ORDERS)}


def test_the_workbook_sent_back_is_read(state: Path, tmp_path: Path) -> None:
    (folder,) = (state / "runs").iterdir()
    book = openpyxl.load_workbook(folder / "orders.xlsx")
    sheet = book["S"]
    titles = {str(cell.value).split(" (")[0]: cell.column for cell in sheet[4]}
    row = next(row for row in range(5, sheet.max_row + 1) if sheet.cell(row, titles["SKU"]).value == "A")
    wanted = int(sheet.cell(row, titles["Units"]).value) + 5
    sheet.cell(row, titles["Units"]).value = wanted
    sheet.cell(row, titles["Why changed"]).value = "promised to a customer"
    book.save(tmp_path / "back.xlsx")
    assert (
        answer("approve", "latest", "--state", state, "--who", "Li", "--lines", tmp_path / "back.xlsx")["edited"] == 1
    )
    assert [one["units"] for one in table(state, ORDERS) if one["sku"] == "A"] == [wanted]
    sheet.cell(row, titles["Units"]).value = wanted + 1
    book.save(tmp_path / "bad.xlsx")
    result = call("approve", "latest", "--state", state, "--who", "Li", "--lines", tmp_path / "bad.xlsx")
    assert result.exit_code == 3
    assert f"line {row}" in result.stdout
    assert f"write {wanted} or {wanted + 5}" in result.stdout


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"units": "3.5"}, "whole number"),
        ({"units": "-5"}, "negative"),
        ({"units": "12"}, "write 10 or 15"),
        ({"supplier": "T/2"}, "It is delivered by: S."),
        ({"order_date": "2026-05-12"}, "no Monday"),
        ({"expedite": "1"}, "express"),
        ({"sku": ""}, "blank"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_approved(
    state: Path, tmp_path: Path, changes: dict[str, str], told: str
) -> None:
    path = edited(state, tmp_path / "wrong.csv", **changes)
    result = call("approve", "latest", "--state", state, "--who", "Li", "--lines", path)
    assert result.exit_code == 3
    assert told in " ".join(result.stdout.split())
    assert "Nothing is approved. Correct these lines" in result.stdout
    assert table(state, ORDERS) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: text + text.splitlines()[1], "stands more than once"),
        (lambda text: text + "2026-05-11,2026-05", "cells"),
    ],
)
def test_a_file_that_was_cut_off_or_repeats_a_line_is_refused(
    state: Path, tmp_path: Path, spoil: Callable[[str], str], told: str
) -> None:
    path = edited(state, tmp_path / "spoilt.csv")
    path.write_text(spoil(path.read_text()))
    result = call("approve", "latest", "--state", state, "--who", "Li", "--lines", path)
    assert result.exit_code == 3
    assert told in " ".join(result.stdout.split())
    assert table(state, ORDERS) == []


def test_wrong_calls_say_what_to_do(state: Path, tmp_path: Path) -> None:
    header = tmp_path / "header.csv"
    header.write_text(edited(state, tmp_path / "all.csv").read_text().partition("\n")[0])
    for words, told in (
        (("approve", "2026-01-05-x", "--state", state, "--who", "Li"), "restock runs --state"),
        (("approve", "latest", "--state", state, "--who", "Li", "--hold", "Z"), "proposes nothing for Z"),
        (("approve", "latest", "--state", state, "--who", "Li", "--lines", tmp_path / "none.csv"), "There is no file"),
        (("approve", "latest", "--state", state, "--who", "Li", "--lines", header), "no order line that is due now"),
        (("approve", "latest", "--state", state, "--who", "Li", "--until", "2026-05-10"), "before the run's Monday"),
        (("approve", "latest", "--state", state, "--who", " "), "Say who decides"),
        (("withdraw", "PO-1", "--state", state, "--who", "Li"), "restock orders"),
        (("export", "--state", tmp_path / "none"), "Begin with: restock weekly"),
    ):
        result = call(*words)
        assert result.exit_code == 2
        assert told in result.stderr


@pytest.fixture
def ordered(state: Path, tmp_path: Path) -> Path:
    """The state with A's order of 75 units exported as PO-20260511-001."""
    lines = edited(state, tmp_path / "a.csv", units="75")
    answer("approve", "latest", "--state", state, "--who", "Li", "--lines", lines, "--supplier", "S", "--hold", "B")
    answer("export", "--state", state, "--out", tmp_path / "po")
    return state


def counted(shop: Path, state: Path, monday: str) -> Carried:
    company, _ = read_company(shop, pd.Timestamp(monday))
    with new_state(state).engine.connect() as connection:
        return carried(connection, company)


def test_an_exported_order_counts_until_the_companys_tables_know_it(
    write_shop: Shop, ordered: Path, tmp_path: Path
) -> None:
    unknown = counted(write_shop(tmp_path / "w2", 31), ordered, NEXT)
    assert [(line["po"], line["units"], line["due"]) for line in unknown.on_order] == [
        ("PO-20260511-001", 75.0, "2026-05-25")
    ]
    company, _ = read_company(tmp_path / "w2", pd.Timestamp(NEXT))
    richer, problems = with_carried(company, unknown)
    assert richer.open_orders[["po", "units"]].to_numpy().tolist() == [["PO-20260511-001", 75.0]]
    assert problems == []
    assert richer.input_digest != company.input_digest
    opened = {"open_orders": "po,sku,units,due,supplier\nPO-20260511-001,A,70,2026-05-28,S"}
    assert counted(write_shop(tmp_path / "w3", 31, more=opened), ordered, NEXT) == Carried()
    came = {"receipts": RECEIPT.format(75)}
    assert counted(write_shop(tmp_path / "w4", 31, more=came), ordered, NEXT) == Carried()


def test_an_order_that_was_seen_once_is_never_counted_again(write_shop: Shop, ordered: Path, tmp_path: Path) -> None:
    came = {"receipts": RECEIPT.format(60)}
    seen = write_shop(tmp_path / "w2", 31, more=came)
    weekly(str(seen), pd.Timestamp(NEXT), new_state(ordered), write_files)
    assert counted(write_shop(tmp_path / "w3", 32), ordered, "2026-05-25") == Carried()
    (line,) = answer("orders", "--state", ordered, "--out", tmp_path)["orders"]
    assert (line["state"], line["received_units"], line["days_late"]) == ("part received", 60.0, -11)
    told = pd.read_csv(tmp_path / "tracking.csv", dtype=str)
    assert told[["units", "value", "promised", "days_late"]].to_numpy().tolist() == [
        ["75", "750.00", "2026-05-25", "-11"]
    ]
    assert "PO-20260511-001" in call("orders", "--state", ordered).stdout


def test_an_overdue_order_is_expected_next_week_with_a_warning(write_shop: Shop, ordered: Path, tmp_path: Path) -> None:
    company, _ = read_company(write_shop(tmp_path / "w4", 34), pd.Timestamp("2026-06-08"))
    richer, problems = with_carried(company, counted(tmp_path / "w4", ordered, "2026-06-08"))
    assert richer.open_orders["week"].tolist() == [pd.Timestamp("2026-06-15")]
    assert "restock withdraw PO-20260511-001" in problems[0].remedy
    answer("withdraw", "PO-20260511-001", "--state", ordered, "--who", "Li", "--why", "lost")
    assert counted(tmp_path / "w4", ordered, "2026-06-08") == Carried()
    assert [one["kind"] for one in table(ordered, DECISIONS)][-1] == "withdrawn"


def test_an_approved_line_stays_through_reruns_until_it_expires(write_shop: Shop, state: Path, tmp_path: Path) -> None:
    lines = edited(state, tmp_path / "a.csv", units="75", order_date=NEXT)
    answer(
        "approve", "latest", "--state", state, "--who", "Li", "--lines", lines, "--hold", "B", "--until", "2026-05-31"
    )
    again = weekly(str(write_shop(tmp_path / "w2", 31)), pd.Timestamp(NEXT), new_state(state), write_files)
    assert again.run is not None
    kept = again.run.plan.due_now().set_index("sku").loc["A"]
    assert kept["units"] == 75
    assert "As approved, to stay." in kept["reason"]
    late = counted(write_shop(tmp_path / "w3", 32), state, "2026-05-25")
    assert [(line["po"], line["due"]) for line in late.on_order] == [("approved-1", "2026-06-08")]
    assert counted(write_shop(tmp_path / "w4", 33), state, "2026-06-01") == Carried()


def test_a_later_run_must_be_approved_instead(
    write_shop: Shop, state: Path, planned: tuple[Path, str], tmp_path: Path
) -> None:
    weekly(str(write_shop(tmp_path / "w2", 31)), pd.Timestamp(NEXT), new_state(state), write_files)
    result = call("approve", planned[1], "--state", state, "--who", "Li")
    assert result.exit_code == 2
    again = answer("weekly", tmp_path / "w2", "--as-of", NEXT, "--state", state)
    assert (again["already_done"], again["changes"]["before"]) == (True, MONDAY)
    assert "Since the run of 11 May 2026" in (Path(again["out"]) / "report.html").read_text("utf-8")
    assert "A later run has planned anew" in result.stderr


def test_rules_approve_small_orders_that_changed_little(write_shop: Shop, tmp_path: Path) -> None:
    policy = "[approval]\nauto_value = 10000\nauto_change = 10\nauto_risk = 1e9\n"
    state = new_state(tmp_path / "state")
    first = weekly(str(write_shop(tmp_path / "w1", policy=policy)), pd.Timestamp(MONDAY), state, write_files)
    assert first.approved == 0, "nothing was planned before"
    plan = pd.read_csv(first.folder / "orders.csv")
    lines = plan[plan["order_date"].eq(MONDAY)].assign(order_date=NEXT)
    pd.concat([plan, lines]).to_csv(first.folder / "orders.csv", index=False)
    second = weekly(str(write_shop(tmp_path / "w2", 31, policy=policy)), pd.Timestamp(NEXT), state, write_files)
    approved = table(tmp_path / "state", ORDERS)
    assert second.approved == len(approved) == second.row["orders"]
    assert {line["who"] for line in approved} == {"rule"}
    assert "change up to 1000%" in approved[0]["why"]


def test_an_export_never_overwrites(state: Path, tmp_path: Path) -> None:
    out = tmp_path / "po"
    out.mkdir()
    (out / "po_S_2026-05-11.csv").write_text("mine")
    answer("approve", "latest", "--state", state, "--who", "Li")
    result = call("export", "--state", state, "--out", out)
    assert result.exit_code == 2
    assert (out / "po_S_2026-05-11.csv").read_text() == "mine"
    assert table(state, PURCHASE_ORDERS) == []
    assert len(answer("export", "--state", state, "--out", tmp_path / "free")["orders"]) > 0


def test_a_state_knows_its_run(planned: tuple[Path, str]) -> None:
    state: State = new_state(planned[0])
    assert state.done(planned[1])["as_of"] == MONDAY
    assert planned[1] in call("runs", "--state", planned[0]).stdout
