"""One run at a time: a lock that the system frees when its holder dies, however it dies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout

from scenarios.refusals import Locked

FILE = "lock"
KEY = 7_305_219_886
"""restock's advisory lock in PostgreSQL: one of each database."""


@contextmanager
def locked(folder: Path, engine: sa.Engine) -> Iterator[None]:
    """Holds the state's lock; raises ``Locked`` at once if another run does.

    The file keeps two runs on one folder apart, PostgreSQL's advisory lock two folders on one store.
    """
    lock = FileLock(folder / FILE, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(f"Another run holds the lock of {folder}{_holder(folder)}. Try again when it is done.") from None
    try:
        with _advisory(engine):
            (folder / f"{FILE}.holder").write_text(str(os.getpid()), encoding="utf-8")
            yield
    finally:
        lock.release()


def _holder(folder: Path) -> str:
    try:
        return f" (process {(folder / f'{FILE}.holder').read_text(encoding='utf-8')})"
    except OSError:
        return ""


@contextmanager
def _advisory(engine: sa.Engine) -> Iterator[None]:
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(KEY))).scalar():
            raise Locked("Another run holds the lock of the store. Try again when it is done.")
        yield
