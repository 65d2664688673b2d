"""The files of a run: the contract's columns, the same bytes for the same run, never half written, never a formula."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.policy import Forecast, Horizon, Money, Policy
from data.problems import Problem
from restock import export, files
from restock.export import write_issues, write_run
from scenarios.pipeline import run_company

CONTRACT = {
    "orders.csv": "order_date,arrival_date,supplier,sku,location,units,unit_cost,value,expedite,firm,reason",
    "forecast.csv": "sku,location,week,mean,q05,q10,q25,q50,q75,q90,q95,baseline",
    "accuracy.csv": "segment,weeks_ahead,method,weeks,wape,bias,mase,pinball,coverage,"
    "below_q10,below_q25,below_q50,below_q75,below_q90",
    "demand.csv": "sku,location,week,sold,in_stock,demand",
    "value_added.csv": "who,layer,weeks,wape,bias,value_added",
    "projection.csv": "sku,location,week,stock_mean,stock_q10,stock_q90,p_stockout,lost_units",
    "alerts.csv": "rank,kind,sku,location,supplier,week,probability,money_at_risk,action,deadline,message",
    "issues.csv": "severity,table,row,sku,field,value,problem,remedy,effect",
}
SUMMARY = [
    *("run_id", "as_of", "version", "seed", "input_digest", "status", "stopped", "objective", "bound", "gap"),
    *("costs", "stability", "kpis", "accuracy", "value_added", "counts", "seconds"),
]
ISSUE = Problem(
    "warn", "items", "the price is not above 0", "Correct it.", "The row is left out.", 2, "A", "price", "-5"
)
NASTY = '=HYPERLINK("http://x")'


@pytest.fixture(scope="module")
def company(small_company):
    return small_company(
        {"A": [9.0, 11.0, 8.0, 12.0] * 8, NASTY: [0.0, 2.0, 1.0, 0.0] * 8},
        items={"A": {"name": "@SUM(A1)"}, NASTY: {"name": "奶粉"}},
        on_hand={"A": 5.0},
        policy=Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=20), money=Money(currency="EUR")),
    )


@pytest.fixture(scope="module")
def run(company):
    return run_company(company, [ISSUE])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_each_file_of_the_contract_is_there_with_its_columns(run, tmp_path):
    write_run(run, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(files.RUN_FILES)
    for name, columns in CONTRACT.items():
        assert (tmp_path / name).read_text("utf-8").split("\n")[0] == columns
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert list(summary) == SUMMARY
    assert summary["counts"]["orders"] == len(rows(tmp_path / "orders.csv"))


def test_the_tables_say_what_the_run_says(run, tmp_path):
    write_run(run, tmp_path)
    orders = rows(tmp_path / "orders.csv")
    assert [int(row["units"]) for row in orders] == run.plan.orders["units"].tolist()
    for row in orders:
        assert float(row["value"]) == pytest.approx(int(row["units"]) * float(row["unit_cost"]), abs=0.005)
    means = [float(row["mean"]) for row in rows(tmp_path / "forecast.csv")]
    np.testing.assert_allclose(means, run.forecast.paths.mean().ravel(), atol=0.0005)
    chances = [float(row["p_stockout"]) for row in rows(tmp_path / "projection.csv")]
    np.testing.assert_allclose(chances, run.plan.projection["p_stockout"], atol=0.00005)


def test_the_same_input_gives_the_same_bytes_timings_aside(company, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        write_run(run_company(company, [ISSUE]), folder)
    for name in set(files.RUN_FILES) - {"summary.json"}:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    summaries = [json.loads((folder / "summary.json").read_text("utf-8")) for folder in (first, second)]
    assert summaries[0] | {"seconds": 0} == summaries[1] | {"seconds": 0}


def test_ids_stay_as_they_are_and_other_text_is_no_formula(run, tmp_path):
    alerts = run.alerts.head(1).assign(message="+cmd|' /C calc'!A0", action="-1+1")
    write_run(replace(run, alerts=alerts, problems=[replace(ISSUE, sku=NASTY, value=NASTY)]), tmp_path)
    issue = rows(tmp_path / "issues.csv")[0]
    assert issue["sku"] == NASTY
    assert issue["value"] == f"'{NASTY}"
    alert = rows(tmp_path / "alerts.csv")[0]
    assert (alert["message"], alert["action"]) == ("'+cmd|' /C calc'!A0", "'-1+1")
    assert {row["sku"] for row in rows(tmp_path / "forecast.csv")} == {"A", NASTY}


def test_a_plain_negative_number_is_not_taken_for_a_formula(tmp_path):
    write_issues([ISSUE], tmp_path)
    assert rows(tmp_path / "issues.csv")[0]["value"] == "-5"


def test_issues_are_worst_first_and_a_whole_table_has_no_line(tmp_path):
    whole = replace(ISSUE, severity="block", row=None)
    write_issues([replace(ISSUE, severity="info"), ISSUE, whole], tmp_path)
    assert [(row["severity"], row["row"]) for row in rows(tmp_path / "issues.csv")] == [
        ("block", ""),
        ("warn", "2"),
        ("info", "2"),
    ]


def test_without_issues_the_table_is_its_header(tmp_path):
    write_issues([], tmp_path)
    assert (tmp_path / "issues.csv").read_text("utf-8") == CONTRACT["issues.csv"] + "\n"


@pytest.mark.parametrize(
    ("writer", "value", "text"),
    [
        (export.UNITS, -0.0001, "0.000"),
        (export.UNITS, 1 / 3, "0.333"),
        (export.UNITS, 1e12, "1000000000000.000"),
        (export.UNITS, float("nan"), ""),
        (export.UNITS, float("inf"), ""),
        (export.price, 2.5, "2.50"),
        (export.price, 0.00012, "0.00012"),
        (export.price, 3.0, "3.00"),
        (export.date, pd.Timestamp("2026-05-18"), "2026-05-18"),
        (export.date, pd.NaT, ""),
        (export.name, None, ""),
    ],
)
def test_figures_have_fixed_decimals_and_what_is_unknown_is_empty(writer, value, text):
    assert writer(pd.Series([value])) == [text]


def test_a_long_table_is_written_part_by_part_as_one(monkeypatch):
    table = pd.DataFrame({"sku": ["a", "b", "c"], "units": [1.0, 2.0, 3.0]})
    writers = {"sku": export.name, "units": export.WHOLE}
    whole = export.csv(table, writers)
    monkeypatch.setattr(export, "TOGETHER", 2)
    assert export.csv(table, writers) == whole == "sku,units\na,1\nb,2\nc,3\n"


def test_a_file_is_whole_or_as_it_was(tmp_path):
    target = tmp_path / "orders.csv"
    files.write_text(target, "old")
    with pytest.raises(UnicodeEncodeError), files.whole(target) as part:
        part.write_text("half, then a sign that has no bytes: \ud800", encoding="utf-8")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_only_our_own_earlier_files_are_cleared(tmp_path):
    (tmp_path / "forecast.csv").write_text("somebody's")
    assert not files.clear_earlier_run(tmp_path)
    (tmp_path / "summary.json").write_text('{"run_id": "x"}')
    (tmp_path / "notes.txt").write_text("mine")
    assert files.clear_earlier_run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
