"""The store in PostgreSQL, on a real server: RESTOCK_TEST_POSTGRES holds its URL (.ci/run starts one)."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

import restock.cli
from data.read_database import engine_url
from scenarios.lock import locked
from scenarios.refusals import Locked
from scenarios.store import RUNS, open_store, rows

SERVER = os.environ.get("RESTOCK_TEST_POSTGRES", "")
pytestmark = pytest.mark.skipif(not SERVER, reason="no PostgreSQL server: RESTOCK_TEST_POSTGRES is not set")
MONDAY = "2026-05-11"


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of a new database, dropped at the end."""
    name = f"restock_{uuid.uuid4().hex}"
    server = sa.create_engine(engine_url(SERVER), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    yield engine_url(SERVER).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"drop database {name} with (force)"))


def test_the_round_is_the_same_in_postgresql(write_shop: Callable[..., Path], database: str, tmp_path: Path) -> None:
    def answer(*words: object) -> dict[str, object]:
        line = [*map(str, words), "--state", str(tmp_path / "state"), "--store", database, "--json"]
        result = CliRunner().invoke(restock.cli.app, line)
        assert result.exit_code == 0, result.output
        told: dict[str, object] = json.loads(result.stdout)
        return told

    shop = write_shop(tmp_path / "in")
    first = answer("weekly", shop, "--as-of", MONDAY)
    assert answer("weekly", shop, "--as-of", MONDAY)["already_done"] is True
    assert answer("approve", first["run_id"], "--who", "Li")["lines"] == first["orders"]
    told = answer("export", "--out", tmp_path / "po")
    assert told["lines"] == first["orders"]
    assert len(list((tmp_path / "po").glob("*.csv"))) == len(told["orders"])  # type: ignore[arg-type]
    assert answer("export", "--out", tmp_path / "po")["orders"] == []
    assert pd.DataFrame(answer("orders")["orders"])["state"].eq("exported").all()
    assert not (tmp_path / "state" / "restock.db").exists()
    with open_store(tmp_path, database).connect() as connection:
        assert [row["status"] for row in rows(connection, sa.select(RUNS))] == ["done"]


HOLDER = """
import sys, time
from pathlib import Path
from scenarios.lock import locked
from scenarios.store import open_store
with locked(Path(sys.argv[1]), open_store(Path(sys.argv[1]), sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_holds_between_two_folders_and_is_free_once_its_holder_is_killed(
    database: str, tmp_path: Path
) -> None:
    (here, there) = (tmp_path / name for name in ("here", "there"))
    here.mkdir()
    there.mkdir()
    command = [sys.executable, "-c", HOLDER, str(here), database]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    engine = open_store(there, database)
    with pytest.raises(Locked, match="lock of the store"), locked(there, engine):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    for _ in range(200):
        try:
            with locked(there, engine):
                return
        except Locked:
            time.sleep(0.05)  # the server notices a dead connection a little later
    pytest.fail("the lock was not freed")
