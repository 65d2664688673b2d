"""restock compare on the command line: what is asked wrongly is said before anything is forecast."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import restock.cli
from restock import compare_files

TABLES = {
    "items.csv": "sku,unit_cost,price,category\nA,10,25,x\nB,4,9,y\n",
    "suppliers.csv": "supplier,order_cost\nS,20\n",
    "sourcing.csv": "sku,supplier,lead_time_weeks,pack_size\nA,S,2,5\nB,S,2,1\n",
    "stock.csv": "sku,on_hand\nA,30\nB,2\n",
    "restock.toml": "[horizon]\nweeks = 6\n[forecast]\npaths = 20\n",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two products of one supplier, without a budget."""
    folder = tmp_path_factory.mktemp("shop") / "in"
    folder.mkdir()
    rng, weeks = np.random.default_rng(7), pd.date_range("2025-10-06", periods=30, freq="7D")
    sold = [
        pd.DataFrame({"date": weeks, "sku": sku, "units": rng.poisson(mean, 30)}) for sku, mean in (("A", 8), ("B", 3))
    ]
    pd.concat(sold).to_csv(folder / "sales.csv", index=False)
    for name, text in TABLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def call(*arguments: object):
    return CliRunner().invoke(restock.cli.app, ["compare", *(str(argument) for argument in arguments)])


def test_ready_scenarios_and_fields_are_listed():
    told = call("--list")
    assert told.exit_code == 0
    assert '"budget -20%"' in told.stdout
    assert "lead_time_sd: standard deviation of the lead time, weeks." in told.stdout
    listed = json.loads(call("--list", "--json").stdout)
    assert "festival +60%" in [one["name"] for one in listed["scenarios"]]
    assert listed["fields"]["budget"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], "Give the INPUT, or --list."),
        (["INPUT", "budget -25%"], 'Did you mean "budget -20%"?'),
        (["INPUT", "none.toml"], "There is no file 'none.toml'."),
        (["INPUT", "budget -20%", "budget -20%"], "The name 'budget -20%' is taken."),
        (["INPUT", "--curve", "budgets"], 'Did you mean "budget"?'),
        (["INPUT", "budget -20%"], "the input has no such budget. To make one, use set"),
    ],
)
def test_a_wrong_call_says_what_to_change(shop: Path, tmp_path: Path, asked: list[str], told: str):
    answer = call(*(shop if word == "INPUT" else word for word in asked), "--out", tmp_path)
    assert answer.exit_code == 2
    assert told in " ".join(answer.output.replace("│", " ").split())
    assert not list(tmp_path.iterdir())


def test_scenarios_side_by_side_one_of_which_fails(shop: Path, tmp_path: Path):
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "dear"\n[[override]]\nfield = "unit_cost"\noperation = "add"\nvalue = 1\ncategory = "x"\n')
    out = tmp_path / "out"
    answer = call(shop, mine, "budget -20%", "--curve", "budget=0.5,1", "--workers", 1, "--out", out, "--json")
    assert answer.exit_code == 0, answer.output
    summary = json.loads(answer.stdout)
    told = [(one["scenario"], one["orders"]) for one in summary["outcomes"]]
    assert told == [("base", "committed"), ("dear", "committed"), ("dear", "reoptimised")]
    assert [one["plan"] is None for one in summary["outcomes"]] == [False, True, False]
    assert [one["scenario"] for one in summary["failed"]] == ["budget -20%"]
    assert {one["plan"] for one in summary["regret"]} == {"base", "dear"}
    assert [one["value"] for one in summary["curve"]] == [0.5, 1.0]
    table = pd.read_csv(out / "compare.csv")
    assert table.columns.tolist() == [
        *("scenario", "orders", "measure", "week", "mean", "q10", "q90", "difference", "standard_error"),
    ]
    totals = table[table["week"].isna()].set_index(["scenario", "orders", "measure"])["mean"]
    figures = summary["outcomes"][2]["totals"]
    assert totals["dear", "reoptimised", "profit"] == pytest.approx(figures["profit"]["mean"])
    names = {"compare", "compare_applied", "compare_changes", "compare_curve", "compare_failed", "compare_regret"}
    assert {path.stem for path in out.glob("*.csv")} - {"compare_changes"} == names - {"compare_changes"}
    assert {path.name for path in out.iterdir()} <= set(compare_files.FILES)
    compare_files.clear(out)
    assert not list(out.iterdir())
