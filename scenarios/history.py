"""The history of runs: every attempt has a row from its beginning on, and what a killed one left is cleared away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data.problems import Rejected
from data.read_database import without_password
from scenarios.kept import PART
from scenarios.state import State, discard
from scenarios.store import RUNS, now, rows

KEPT_FOLDERS = ("done", "rejected")
COLUMNS = [
    *("run_id", "as_of", "status", "stopped", "begun", "ended", "orders", "value"),
    *("source", "input_digest", "version", "seed", "message"),
]


@contextmanager
def attempt(state: State, source: str) -> Iterator[int]:
    """The number of a new attempt; its row tells how it ended if it ended ill. Whoever succeeds says so himself."""
    with state.engine.begin() as connection:
        told = RUNS.insert().values(
            status="running", source=without_password(source) if "://" in source else source, begun=now()
        )
        number = int(connection.execute(told.returning(RUNS.c.attempt)).scalar_one())
    try:
        yield number
    except BaseException as error:
        status = "rejected" if isinstance(error, Rejected) else str(getattr(error, "ended_as", "failed"))
        with state.engine.begin() as connection:
            change(connection, number, status=status, ended=now(), message=f"{type(error).__name__}: {error}"[:500])
        raise


def change(connection: sa.Connection, number: int, **values: Any) -> None:
    """Changes the attempt's row."""
    connection.execute(RUNS.update().where(RUNS.c.attempt == number).values(**values))


def forget(state: State, number: int) -> None:
    """Takes out an attempt that found the week done already."""
    with state.engine.begin() as connection:
        connection.execute(RUNS.delete().where(RUNS.c.attempt == number))


def recover(state: State) -> list[str]:
    """Clears away what runs left that were killed; under the lock, no other can be running. Their source and begin."""
    with state.engine.begin() as connection:
        killed = rows(connection, sa.select(RUNS).where(RUNS.c.status == "running"))
        for one in killed:
            change(connection, one["attempt"], status="killed", ended=now())
        kept = set(connection.execute(sa.select(RUNS.c.run_id).where(RUNS.c.status.in_(KEPT_FOLDERS))).scalars())
    for folder in [path for path in state.runs.iterdir() if path.name not in kept]:
        discard(folder)
    for folder in state.inputs.glob(f"{PART}*"):
        discard(folder)
    return [f"{one['source']} at {one['begun']}" for one in killed]


def done_before(state: State, input_digest: str, as_of: str) -> dict[str, Any] | None:
    """The run that ended well on that input as of that Monday, if there is one."""
    same = (RUNS.c.status == "done", RUNS.c.input_digest == input_digest, RUNS.c.as_of == as_of)
    with state.engine.connect() as connection:
        return next(iter(rows(connection, sa.select(RUNS).where(*same))), None)


def latest_done(connection: sa.Connection, not_after: str = "9999") -> dict[str, Any] | None:
    """The run of the latest Monday, and of its runs the last; None: there is none."""
    done = sa.select(RUNS).where(RUNS.c.status == "done", RUNS.c.as_of <= not_after)
    newest = done.order_by(RUNS.c.as_of.desc(), RUNS.c.attempt.desc()).limit(1)
    return next(iter(rows(connection, newest)), None)


def history(state: State) -> pd.DataFrame:
    """Every attempt (``COLUMNS``), the latest first."""
    with state.engine.connect() as connection:
        return pd.DataFrame(rows(connection, sa.select(RUNS).order_by(RUNS.c.attempt.desc())), columns=COLUMNS)
