"""The command line: what a caller gets for a right call, for a wrong one, for bad input and for a fault of ours."""

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import restock.cli
from data.sample import AS_OF

COMMANDS = (
    "demo",
    "check",
    "forecast",
    "plan",
    "backtest",
    "weekly",
    "approve",
    "export",
    "runs",
    "orders",
    "withdraw",
    "value",
)
MONDAY = "2026-05-11"


def write_shop(folder: Path) -> Path:
    """Two products, 70 weeks of sales, one supplier."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(7)
    weeks = pd.date_range("2025-01-06", periods=70, freq="7D")
    rows = [
        (week.date(), sku, units)
        for sku, mean in (("A", 20), ("B", 5))
        for week, units in zip(weeks, rng.poisson(mean, 70), strict=True)
    ]
    pd.DataFrame(rows, columns=["date", "sku", "units"]).to_csv(folder / "sales.csv", index=False)
    (folder / "items.csv").write_text("sku,name,unit_cost,price\nA,Milk,10,25\nB,奶粉,4,9\n", encoding="utf-8")
    (folder / "suppliers.csv").write_text("supplier,name,order_cost\nS,Acme,20\n")
    (folder / "sourcing.csv").write_text("sku,supplier,lead_time_weeks,pack_size\nA,S,2,5\nB,S,2,1\n")
    (folder / "stock.csv").write_text("sku,on_hand\nA,30\nB,2\n")
    (folder / "restock.toml").write_text("[horizon]\nweeks = 8\n[forecast]\npaths = 40\n")
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return write_shop(tmp_path_factory.mktemp("shop") / "in")


@pytest.fixture
def rejected(tmp_path):
    folder = write_shop(tmp_path / "in")
    (folder / "items.csv").write_text("sku,name,unit_cost\nA,Milk,10\nB,奶粉,4\n", encoding="utf-8")
    return folder


def call(*arguments: object):
    return CliRunner().invoke(restock.cli.app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def planned(shop, tmp_path_factory):
    out = tmp_path_factory.mktemp("planned")
    return call("plan", shop, "--as-of", MONDAY, "--out", out, "--json"), out


def test_plan_writes_its_files_and_prints_the_summary_as_json(planned):
    result, out = planned
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["out"] == str(out)
    written = json.loads((out / "summary.json").read_text("utf-8"))
    assert written == {key: value for key, value in summary.items() if key != "out"}
    assert summary["as_of"] == MONDAY
    assert summary["counts"]["series"] == 2
    assert (out / "report.html").stat().st_size > 500_000


def test_without_json_plan_says_what_to_order_and_where_to_look(shop, tmp_path):
    result = call("plan", shop, "--out", tmp_path)
    assert result.exit_code == 0
    assert "Order plan for Monday 11 May 2026" in result.stdout
    assert "Acme" in result.stdout
    assert f"Read {tmp_path / 'report.html'} first" in result.stdout
    assert result.stderr == ""


def test_check_tells_how_much_it_saw_when_nothing_is_wrong(shop):
    result = call("check", shop)
    assert result.exit_code == 0
    assert "Nothing wrong found in 5 tables." in result.stdout
    assert "2 products at 1 location, 70 weeks of sales" in result.stdout


def test_check_lists_what_is_wrong_and_exits_with_3(rejected, tmp_path):
    result = call("check", rejected, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "The data gate rejects the input" in result.stdout
    assert "price" in (tmp_path / "out" / "issues.csv").read_text("utf-8")


def test_check_as_json_names_the_kinds(rejected):
    result = call("check", rejected, "--json")
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert found["status"] == "rejected"
    assert found["issues"]["block"] >= 1
    assert found["kinds"][0]["table"] == "items"


def test_a_rejected_plan_leaves_issues_and_no_orders_of_an_earlier_run(planned, rejected, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    for path in planned[1].iterdir():
        (out / path.name).write_bytes(path.read_bytes())
    result = call("plan", rejected, "--out", out)
    assert result.exit_code == 3
    assert [path.name for path in out.iterdir()] == ["issues.csv"]
    assert "an earlier run" in result.stderr


def test_forecast_looks_as_far_as_asked(shop, tmp_path):
    result = call("forecast", shop, "--as-of", MONDAY, "--horizon", 3, "--out", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["weeks"] == 3
    table = pd.read_csv(tmp_path / "forecast.csv")
    assert table["week"].nunique() == 3
    assert table["week"].min() == MONDAY
    assert set(pd.read_csv(tmp_path / "models.csv")["sku"]) == {"A", "B"}
    accuracy = pd.read_csv(tmp_path / "accuracy.csv")
    told = json.loads(result.stdout)["accuracy"]
    wape = accuracy.query("segment == 'all' and weeks_ahead == '1-2' and method == 'restock'")["wape"].item()
    assert told[0]["method"] == "restock"
    assert isinstance(told[0]["weeks"], int)
    assert told[1]["below_q10"] is None
    assert told[0]["wape"] == pytest.approx(wape, abs=0.0001)
    assert (
        "Forecast of 3 weeks from 11 May 2026 on." in call("forecast", shop, "--horizon", 3, "--out", tmp_path).stdout
    )


def test_backtest_compares_restock_with_the_rules(shop, tmp_path):
    result = call("backtest", shop, "--from", "2026-03-02", "--rounds", 2, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert "that is what restock's forecast earned" in result.stdout or "did not pay" in result.stdout
    assert pd.read_csv(tmp_path / "accuracy.csv")["weeks"].max() > 0
    html = (tmp_path / "backtest.html").read_text("utf-8")
    for words in ("2 Mondays from 2 Mar 2026 on", "<b>restock</b>", "planner on seasonal naive", "1-2 weeks ahead"):
        assert words in html
    assert "://" not in html
    assert "planner on moving average" in result.stdout
    for word in ("restock", "order-up-to", "(s,S)", "perfect foresight", "Fill rate", "Turns a year", "best rule"):
        assert word in result.stdout
    figures = json.loads((tmp_path / "backtest.json").read_text("utf-8"))
    table = pd.read_csv(tmp_path / "backtest.csv")
    cost = table.loc[table["policy"].eq("restock") & table["measure"].eq("cost"), "value"].item()
    assert cost == pytest.approx(figures["policies"]["restock"]["cost"], abs=0.0001)


def test_backtest_beyond_the_history_is_rejected(shop, tmp_path):
    result = call("backtest", shop, "--from", "2030-01-07", "--rounds", 2, "--out", tmp_path)
    assert result.exit_code == 3
    assert (tmp_path / "issues.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["plan", "nowhere"], "no file or folder 'nowhere'"),
        (["plan", ".", "--as-of", "2026-05-12"], "is a Tuesday"),
        (["plan", ".", "--as-of", "12.5.2026"], "is not a date"),
        (["forecast", ".", "--horizon", "0"], "--horizon"),
        (["backtest", "."], "--from"),
        (["backtest", ".", "--from", "2026-03-02", "--rounds", "0"], "--rounds"),
        (["chek", "."], "Did you mean"),
    ],
)
def test_a_wrong_call_exits_with_2_and_a_sentence(arguments, told):
    result = call(*arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.output


def test_the_results_never_overwrite_the_input(shop):
    before = {path.name: path.read_bytes() for path in shop.iterdir()}
    result = call("plan", shop, "--out", shop)
    assert result.exit_code == 2
    assert "holds the input" in result.stderr
    assert {path.name: path.read_bytes() for path in shop.iterdir()} == before


def test_a_folder_that_cannot_be_written_is_a_wrong_call(shop, tmp_path):
    (tmp_path / "file").write_text("")
    result = call("plan", shop, "--out", tmp_path / "file" / "out")
    assert result.exit_code == 2
    assert "Cannot write into" in result.stderr


def test_a_fault_of_ours_is_one_sentence_and_a_log(shop, tmp_path, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("restock.commands.write_run", broken)
    result = call("plan", shop, "--out", tmp_path)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert result.stderr.count("\n") == 1
    assert str(tmp_path / "restock.log") in result.stderr
    log = (tmp_path / "restock.log").read_text("utf-8")
    assert "secret detail" in log
    assert "stage=forecast" in log


def test_a_fault_is_told_to_programs_too(shop, tmp_path, monkeypatch):
    monkeypatch.setattr("restock.commands.write_run", lambda *_: 1 / 0)
    result = call("plan", shop, "--out", tmp_path, "--json")
    assert json.loads(result.stdout)["status"] == "fault"


def test_no_plan_in_time_exits_with_4_and_names_the_remedy(shop, tmp_path, monkeypatch):
    import scenarios.pipeline

    found = scenarios.pipeline.run(shop)
    idle = replace(found.plan, status="feasible", orders=found.plan.orders.iloc[:0], gap=0.88)
    monkeypatch.setattr("scenarios.pipeline.run", lambda *_: replace(found, plan=idle))
    result = call("plan", shop, "--out", tmp_path)
    assert result.exit_code == 4
    assert result.stderr.startswith("No usable plan in 60 seconds")
    assert "[solver]" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_demo_never_overwrites_what_is_not_its_own(tmp_path):
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "sales.csv").write_text("mine")
    result = call("demo", tmp_path)
    assert result.exit_code == 2
    assert (tmp_path / "input" / "sales.csv").read_text() == "mine"
    assert [path.name for path in (tmp_path / "input").iterdir()] == ["sales.csv"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    result = call(command, "--help")
    assert result.exit_code == 0
    assert f"Example: restock {command}" in result.stdout
    for option in ("--json", "--quiet", "--verbose"):
        assert option in result.stdout


def test_the_examples_are_of_the_sample_company():
    assert f"{AS_OF:%Y-%m-%d}" in call("plan", "--help").stdout


def run_script(*arguments: object) -> subprocess.CompletedProcess[str]:
    starter = "import restock.cli; restock.cli.main()"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent), "COLUMNS": "120"}
    words = [str(argument) for argument in arguments]
    return subprocess.run(
        [sys.executable, "-c", starter, *words], capture_output=True, text=True, env=environment, check=False
    )


def test_help_answers_without_loading_the_heavy_packages():
    heavy = ("pandas", "numpy", "pyomo", "duckdb", "jinja2")
    starter = f"import sys, restock.cli; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", starter], capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent
    )
    assert loaded.stdout.strip() == "[]"
    begun = time.perf_counter()
    assert run_script("--help").returncode == 0
    assert time.perf_counter() - begun < 5


def test_a_piped_run_shows_no_progress_and_logs_on_standard_error(shop, tmp_path):
    result = run_script("check", shop, "--verbose", "--out", tmp_path)
    assert result.returncode == 0
    assert "stage=check" in result.stderr
    assert "stage=" not in result.stdout
    assert "\x1b[" not in result.stdout + result.stderr


def on_a_terminal(*words: object) -> str:
    """What a command shows on a terminal that is both its standard output and its standard error."""
    pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX", exc_type=ImportError)
    screen, terminal = pty.openpty()
    command = [sys.executable, "-c", "import restock.cli; restock.cli.main()", *map(str, words)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent), "TERM": "xterm", "COLUMNS": "120"}
    process = subprocess.Popen(command, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    shown = b""
    with contextlib.suppress(OSError):  # Linux answers so when the last writer has closed the terminal
        while part := os.read(screen, 4096):
            shown += part
    os.close(screen)
    assert process.wait() == 0
    return shown.decode("utf-8")


def test_a_terminal_sees_progress_unless_quiet(shop):
    seen = on_a_terminal("check", shop)
    assert "Checking the data" in seen
    assert seen.rindex("Checking the data") < seen.index("Nothing wrong found")
    assert "Checking the data" not in on_a_terminal("check", shop, "--quiet")
