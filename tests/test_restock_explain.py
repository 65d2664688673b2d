"""restock products and restock changes, as a caller sees them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import restock.cli

MONDAY = "2026-03-02"
TABLES = {
    "items": "sku,name,unit_cost,price\nA,Snow boots 38,10,25\nX,SNOW BOOTS (38),10,25\nB,Hat,4,9\n",
    "sourcing": "sku,supplier,lead_time_weeks\nA,S,2\nX,S,2\nB,S,2\n",
    "stock": "sku,on_hand\nA,{stock}\nX,0\nB,30\n",
    "forecast": "sku,week,mean\n"
    + "".join(f"{sku},{week:%Y-%m-%d},10\n" for sku in "AXB" for week in pd.date_range(MONDAY, periods=6, freq="7D")),
}


def _shop(folder: Path, stock: int = 30) -> Path:
    """Three items with a forecast from elsewhere: 10 a week, surely."""
    folder.mkdir(parents=True)
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text.format(stock=stock), encoding="utf-8")
    (folder / "restock.toml").write_text("[horizon]\nweeks = 6\n[forecast]\npaths = 10\n", encoding="utf-8")
    return folder


def _call(*words: object) -> Any:
    return CliRunner().invoke(restock.cli.app, [str(word) for word in words])


def test_products_proposes_and_keeps_what_was_decided(tmp_path: Path) -> None:
    shop, out = _shop(tmp_path / "in"), tmp_path / "out"
    done = _call("products", shop, "--as-of", MONDAY, "--out", out)
    assert done.exit_code == 0, done.output
    assert "1 record looks like a product that is known under another name." in done.stdout
    file = out / "products.csv"
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert table[["system", "system_sku", "sku", "decision"]].to_numpy().tolist() == [["", "X", "A", ""]]
    table.assign(decision="yes").to_csv(file, index=False)
    refused = _call("products", shop, "--as-of", MONDAY, "--out", out)
    assert refused.exit_code == 2
    assert "holds decisions that the input does not know" in refused.stderr
    (shop / "products.csv").write_bytes(file.read_bytes())
    again = _call("products", shop, "--as-of", MONDAY, "--out", out, "--json")
    assert json.loads(again.stdout)["decided"] == 1
    checked = json.loads(_call("check", shop, "--as-of", MONDAY, "--json").stdout)
    assert "items were merged as the products table says" in {kind["problem"] for kind in checked["kinds"]}


def test_another_file_of_that_name_is_not_overwritten(tmp_path: Path) -> None:
    shop, out = _shop(tmp_path / "in"), tmp_path / "out"
    out.mkdir()
    (out / "products.csv").write_text("my own list\n", encoding="utf-8")
    assert _call("products", shop, "--as-of", MONDAY, "--out", out).exit_code == 2
    assert (out / "products.csv").read_text(encoding="utf-8") == "my own list\n"


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same shop with 30 and with 22 of A on the shelf, planned."""
    place = tmp_path_factory.mktemp("two")
    for number, stock in ((1, 30), (2, 22)):
        source = _shop(place / f"in{number}", stock)
        done = _call("plan", source, "--as-of", MONDAY, "--out", place / f"out{number}", "--quiet")
        assert done.exit_code == 0, done.output
    return place


def test_changes_tells_what_changed_and_why(two_runs: Path) -> None:
    inputs = ("--input-before", two_runs / "in1", "--input", two_runs / "in2")
    done = _call("changes", two_runs / "out1", two_runs / "out2", *inputs, "--out", two_runs / "why")
    assert done.exit_code == 0, done.output
    assert "1 order line changed" in done.stdout
    table = pd.read_csv(two_runs / "why" / "changes.csv")
    assert table[["sku", "units_before", "units", "stock", "demand", "cause"]].to_numpy().tolist() == [
        ["A", 0, 8, 8, 0, "stock"]
    ]
    assert table["why"].iloc[0].endswith("stock: 22 on hand and 0 on order, 30 and 0 were expected")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("out1", "out2"), "Say what the runs were made from"),
        (("in2", "out2", "--input", "in2"), "holds no run"),
        (("out1", "out2", "--input", "in2"), "was not made from"),
    ],
)
def test_a_wrong_call_of_changes_says_what_to_change(two_runs: Path, words: tuple[str, ...], sentence: str) -> None:
    places = [word if word.startswith("-") else two_runs / word for word in words]
    done = _call("changes", *places, "--out", two_runs / "none")
    assert done.exit_code == 2
    assert sentence in done.stderr
