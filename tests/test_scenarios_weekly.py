"""The weekly run: once per input and week, whole or not at all, repeatable bit for bit."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from data.problems import Rejected
from restock.weekly_commands import write_files
from scenarios.history import history
from scenarios.lock import locked
from scenarios.refusals import Locked, Refused
from scenarios.repeat import repeat, why_not
from scenarios.run import version
from scenarios.state import State, known_state, new_state
from scenarios.store import PROPOSALS, RUNS, STATE, open_store, rows
from scenarios.weekly import weekly

MONDAY = pd.Timestamp("2026-05-11")
Shop = Callable[..., Path]


@pytest.fixture(scope="module")
def ran(write_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, State, str]:
    """A shop, the state after its first week, and the run's id."""
    folder = tmp_path_factory.mktemp("weekly")
    shop, state = write_shop(folder / "in"), new_state(folder / "state")
    done = weekly(str(shop), MONDAY, state, write_files)
    assert done.run is not None
    return shop, state, done.run.run_id


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_second_run_of_the_week_reports_the_first(ran: tuple[Path, State, str]) -> None:
    shop, state, run_id = ran
    before = files(state.runs / run_id)
    again = weekly(str(shop), MONDAY, state, write_files)
    assert again.run is None
    assert again.row["run_id"] == run_id
    assert files(state.runs / run_id) == before
    assert history(state)["status"].tolist() == ["done"]
    assert {"orders.csv", "summary.json", "metrics.prom", "report.html"} <= set(before)


def test_the_same_contents_in_another_order_are_the_same_input(ran: tuple[Path, State, str], tmp_path: Path) -> None:
    shop, state, run_id = ran
    other = tmp_path / "other"
    shutil.copytree(shop, other)
    lines = (shop / "sales.csv").read_text().splitlines()
    (other / "sales.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert weekly(str(other), MONDAY, state, write_files).row["run_id"] == run_id


def test_what_is_due_now_is_proposed(ran: tuple[Path, State, str]) -> None:
    _, state, run_id = ran
    orders = pd.read_csv(state.runs / run_id / "orders.csv")
    with state.engine.connect() as connection:
        proposed = rows(connection, sa.select(PROPOSALS).where(PROPOSALS.c.run_id == run_id))
    due = orders[orders["order_date"].eq("2026-05-11")]
    assert len(due) > 0
    assert [(line["sku"], line["units"]) for line in proposed] == list(zip(due["sku"], due["units"], strict=True))


def test_a_past_run_comes_out_byte_for_byte_though_its_input_is_gone(
    ran: tuple[Path, State, str], tmp_path: Path
) -> None:
    shop, state, run_id = ran
    away = shop.rename(shop.parent / "moved")
    try:
        done = repeat(state, run_id, tmp_path, write_files)
    finally:
        away.rename(shop)
    assert done.differ == []
    assert {"orders.csv", "orders.xlsx", "report.html", "summary.json", "forecast.csv"} <= set(done.same)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"version": "0.0.1", "stopped": ""}, "made by restock 0.0.1"),
        ({"version": version(), "stopped": "time"}, "ended by a limit (time)"),
        ({"version": version(), "stopped": ""}, "changed code made the difference"),
    ],
)
def test_a_run_that_comes_out_otherwise_gets_the_likeliest_reason(row: dict[str, object], reason: str) -> None:
    assert reason in why_not(row)


def test_a_kept_input_that_was_changed_is_noticed(ran: tuple[Path, State, str], tmp_path: Path) -> None:
    _, state, run_id = ran
    copy = State(tmp_path / "state", state.engine)
    shutil.copytree(state.folder, copy.folder)
    kept = copy.inputs / str(copy.done(run_id)["kept"]) / "stock.csv"
    kept.chmod(0o644)
    kept.write_text("sku,on_hand\nA,31\nB,2\n")
    with pytest.raises(Refused, match="was changed"):
        repeat(copy, run_id, tmp_path, write_files)


def test_what_a_killed_run_left_is_cleared_away(ran: tuple[Path, State, str]) -> None:
    shop, state, run_id = ran
    with state.engine.begin() as connection:
        connection.execute(RUNS.insert().values(status="running", source="x", begun="2026-05-11T08:00:00"))
    for left in (state.runs / ".part-x", state.runs / "2026-05-11-unknown", state.inputs / ".part-1"):
        left.mkdir()
        (left / "orders.csv").write_text("half")
    done = weekly(str(shop), MONDAY, state, write_files)
    assert done.recovered == ["x at 2026-05-11T08:00:00"]
    assert [path.name for path in state.runs.iterdir()] == [run_id]
    assert not list(state.inputs.glob(".part*"))
    assert history(state)["status"].tolist() == ["killed", "done"]


def test_a_rejected_input_is_history_too(write_shop: Shop, tmp_path: Path) -> None:
    shop, state = write_shop(tmp_path / "in", more={"items": "sku,unit_cost\nA,10"}), new_state(tmp_path / "state")
    with pytest.raises(Rejected):
        weekly(str(shop), MONDAY, state, write_files)
    told = history(state).iloc[0]
    assert (told["status"], told["as_of"]) == ("rejected", "2026-05-11")
    assert (state.runs / told["run_id"]).is_dir()


def test_another_companys_input_is_refused(write_shop: Shop, ran: tuple[Path, State, str], tmp_path: Path) -> None:
    _, state, run_id = ran
    shop = write_shop(tmp_path / "in")
    for path in shop.glob("*.csv"):
        path.write_text(re.sub(r"\b[AB],", "C\\g<0>", path.read_text()))
    with pytest.raises(Refused, match=f"none of the items that {run_id} planned"):
        weekly(str(shop), MONDAY, state, write_files)
    assert history(state)["status"].iloc[0] == "failed"


def test_a_fault_leaves_no_run(write_shop: Shop, tmp_path: Path) -> None:
    shop, state = write_shop(tmp_path / "in"), new_state(tmp_path / "state")

    def broken(*_: object) -> None:
        raise ZeroDivisionError("while writing")

    with pytest.raises(ZeroDivisionError):
        weekly(str(shop), MONDAY, state, broken)
    assert history(state)["status"].tolist() == ["failed"]
    assert "while writing" in history(state)["message"].iloc[0]
    assert weekly(str(shop), MONDAY, state, lambda *_: None).run is not None
    assert [path.name[:10] for path in state.runs.iterdir()] == ["2026-05-11"]


HOLDER = """
import sys, time
from pathlib import Path
from scenarios.lock import locked
from scenarios.store import open_store
folder = Path(sys.argv[1])
with locked(folder, open_store(folder, sys.argv[2] if len(sys.argv) > 2 else "")):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_keeps_others_out_and_is_free_once_its_holder_is_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    engine = open_store(tmp_path)
    with pytest.raises(Locked, match=f"process {holder.pid}"), locked(tmp_path, engine):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with locked(tmp_path, engine):
        assert (tmp_path / "lock.holder").exists()


def test_a_state_without_runs_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="restock weekly INPUT"):
        known_state(tmp_path)


def test_a_store_of_a_newer_restock_is_left_alone(tmp_path: Path) -> None:
    engine = open_store(tmp_path)
    with engine.begin() as connection:
        connection.execute(STATE.update().values(value="99"))
    with pytest.raises(Refused, match="newer restock"):
        open_store(tmp_path)


def test_a_database_is_kept_as_its_tables(write_shop: Shop, tmp_path: Path) -> None:
    import sqlite3

    shop, state = write_shop(tmp_path / "in"), new_state(tmp_path / "state")
    with sqlite3.connect(tmp_path / "shop.db") as database:
        for path in shop.glob("*.csv"):
            pd.read_csv(path, dtype=str).to_sql(path.stem, database, index=False)
    database.close()
    shutil.copy(shop / "restock.toml", tmp_path)
    done = weekly(f"sqlite:///{tmp_path / 'shop.db'}", MONDAY, state, write_files)
    assert done.run is not None
    (tmp_path / "shop.db").unlink()
    (tmp_path / "again").mkdir()
    assert repeat(state, done.run.run_id, tmp_path / "again", write_files).differ == []
