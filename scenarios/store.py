"""The memory between runs: what ran, what was proposed, decided, exported and received.

SQLite in one file by default, PostgreSQL by URL; one company's state each. Days and times are ISO text (UTC), so that
both hold the same.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data.read_database import engine_url
from scenarios.refusals import Refused

VERSION = 1
FILE = "restock.db"
metadata = sa.MetaData()


def _text(name: str, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, **{"server_default": "", **more})


def _number(name: str, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Float, nullable=False, **{"server_default": "0", **more})


def _line() -> list[sa.Column[Any]]:
    """What names an order line, and its terms."""
    names = ("supplier", "sku", "location", "order_date", "arrival_date")
    return [*(_text(name) for name in names), *(_number(name) for name in ("units", "unit_cost", "expedite"))]


STATE = sa.Table("state", metadata, sa.Column("name", sa.Text, primary_key=True), _text("value"))

RUNS = sa.Table(
    "runs",
    metadata,
    sa.Column("attempt", sa.Integer, primary_key=True),
    *(_text(name) for name in ("run_id", "as_of", "status", "source", "kept", "carried", "input_digest", "version")),
    *(_text(name) for name in ("stopped", "previous", "begun", "ended", "message")),
    sa.Column("seed", sa.BigInteger, nullable=False, server_default="0"),
    *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in ("orders", "exports")),
    _number("value"),
)
"""Every attempt. ``status``: running, done, rejected, no plan, failed, killed; ``previous``: the run_id of the run
before; ``exports``: the last export that it counted as on order."""

PROPOSALS = sa.Table(
    "proposals",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    *_line(),
    _text("reason"),
)
"""The lines of a run that are due on its Monday."""

ORDERS = sa.Table(
    "orders",
    metadata,
    sa.Column("order_id", sa.Integer, primary_key=True),
    *_line(),
    *(_text(name) for name in ("run_id", "who", "approved_at", "why", "until", "po", "withdrawn")),
)
"""The approved lines. ``until``: the last day on which one that was not exported holds; ``po``: blank until exported;
``withdrawn``: when it was taken back."""

DECISIONS = sa.Table(
    "decisions",
    metadata,
    sa.Column("decision_id", sa.Integer, primary_key=True),
    *(_text(name) for name in ("at", "who", "why", "run_id", "sku", "location", "supplier", "kind", "before", "after")),
)
"""Who decided what, when and why. kind: approved, units, date, supplier, express, hold, added, withdrawn."""

PURCHASE_ORDERS = sa.Table(
    "purchase_orders",
    metadata,
    sa.Column("po", sa.Text, primary_key=True),
    *(_text(name) for name in ("supplier", "ordered_on", "name", "seen")),
    sa.Column("export_id", sa.Integer, nullable=False),
)
"""The exported orders. ``name``: of its files, without suffix; ``seen``: the Monday from which the company's own tables
have known it."""

EXPORTS = sa.Table(
    "exports",
    metadata,
    sa.Column("export_id", sa.Integer, primary_key=True),
    *(_text(name) for name in ("out", "status", "begun", "ended")),
)
"""status: begun (its lines have numbers), staged (its files are whole, beside OUT), done (they are in OUT)."""

RECEIPTS = sa.Table(
    "receipts",
    metadata,
    *(sa.Column(name, sa.Text, primary_key=True) for name in ("po", "sku", "received_on")),
    _number("units"),
)
"""What the company's receipts say of exported orders."""


def _only_once(name: str, columns: tuple[str, ...], table: sa.Table, among: sa.ColumnElement[bool]) -> None:
    """No two of the rows ``among`` agree in the columns."""
    sa.Index(name, *(table.c[column] for column in columns), unique=True, sqlite_where=among, postgresql_where=among)


LINE_KEY = ("supplier", "sku", "location", "order_date", "expedite")
_only_once("one_run", ("run_id",), RUNS, RUNS.c.status == "done")
_only_once("one_line", LINE_KEY, ORDERS, sa.and_(ORDERS.c.po == "", ORDERS.c.withdrawn == ""))


def open_store(folder: Path, url: str = "") -> sa.Engine:
    """The store at ``url``, else the SQLite file in ``folder``; its tables are made if need be.

    Raises ``Refused`` if it cannot be opened or was written by a newer restock.
    """
    try:
        engine = _engine(folder, url)
        with engine.begin() as connection:
            metadata.create_all(connection)
            _check_version(connection)
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError) as error:
        place = engine_url(url).render_as_string(hide_password=True) if url else folder / FILE
        sentence = str(error).splitlines()[0][:300]
        remedy = "Check the address and the rights; PostgreSQL needs restock[postgres]."
        raise Refused(f"The store {place} cannot be opened: {sentence} {remedy}") from None
    return engine


def _engine(folder: Path, url: str) -> sa.Engine:
    if url and not url.startswith("sqlite:"):
        return sa.create_engine(engine_url(url), poolclass=sa.NullPool)
    engine = sa.create_engine(url or f"sqlite:///{folder / FILE}", poolclass=sa.NullPool)

    @sa.event.listens_for(engine, "connect")
    def durable(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _check_version(connection: sa.Connection) -> None:
    found = connection.execute(sa.select(STATE.c.value).where(STATE.c.name == "version")).scalar()
    if found is None:
        connection.execute(STATE.insert().values(name="version", value=str(VERSION)))
    elif int(found) > VERSION:
        raise Refused(f"The store was written by a newer restock (its version is {found}). Install that one.")


def rows(connection: sa.Connection, query: Any) -> list[dict[str, Any]]:
    """What the query finds, a dictionary each."""
    return [dict(row) for row in connection.execute(query).mappings()]


def now() -> str:
    """The time in UTC."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
