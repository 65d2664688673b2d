"""Tables of a database (SQLite, DuckDB, PostgreSQL) into text; a row's number is its record's number + 1."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from data.findings import Findings, RawTable
from data.raw import as_words, raw_table
from data.schema import TABLES

if TYPE_CHECKING:
    import sqlalchemy

POSTGRES = ("postgresql", "postgres")

Fetch = Callable[[str], tuple[list[str], pd.DataFrame]]


def read_database(url: str, found: Findings) -> dict[str, RawTable]:
    """The tables that bear the contract's names; a database that does not answer is a blocking problem."""
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        found.add("block", "database", "the database does not exist", "Check the path.", "The run stops.", value=url)
        return {}
    try:
        return _from_duckdb(url, found) if url.startswith("duckdb:") else _from_sqlalchemy(url, found)
    except _refusals() as error:
        problem = "the database cannot be read"
        remedy = "Check the address, the rights, and that its driver is installed (PostgreSQL: restock[postgres])."
        value = f"{without_password(url)}: {str(error).splitlines()[0]}"[:300]
        found.add("block", "database", problem, remedy, "The run stops.", value=value)
        return {}


def _refusals() -> tuple[type[Exception], ...]:
    import duckdb
    import sqlalchemy.exc

    return (duckdb.Error, sqlalchemy.exc.SQLAlchemyError, ModuleNotFoundError, OSError)


def without_password(url: str) -> str:
    """The address as it may be shown."""
    return engine_url(url).render_as_string(hide_password=True)


def engine_url(url: str) -> "sqlalchemy.URL":
    """The address for SQLAlchemy; PostgreSQL is spoken to through psycopg."""
    import sqlalchemy

    address = sqlalchemy.engine.make_url(url)
    return address.set(drivername="postgresql+psycopg") if address.drivername in POSTGRES else address


def _from_duckdb(url: str, found: Findings) -> dict[str, RawTable]:
    import duckdb

    with duckdb.connect(url.removeprefix("duckdb:///"), read_only=True) as database:
        names = [str(row[0]) for row in database.execute("select table_name from information_schema.tables").fetchall()]

        def fetch(name: str) -> tuple[list[str], pd.DataFrame]:
            read = database.sql(f'select * from "{name}"').to_arrow_table()
            columns = {at: as_words(column.cast(pa.string()).to_pandas()) for at, column in enumerate(read.columns)}
            return list(read.column_names), pd.DataFrame(columns)

        return _tables(names, fetch, found)


def _from_sqlalchemy(url: str, found: Findings) -> dict[str, RawTable]:
    import sqlalchemy

    engine = sqlalchemy.create_engine(engine_url(url), poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as database:
        inspector = sqlalchemy.inspect(database)
        names = [*inspector.get_table_names(), *inspector.get_view_names()]

        def fetch(name: str) -> tuple[list[str], pd.DataFrame]:
            table = sqlalchemy.table(name, *(sqlalchemy.column(c["name"]) for c in inspector.get_columns(name)))
            read = database.execute(sqlalchemy.select(table))
            header = list(read.keys())
            rows = read.fetchall()
            cells = {at: [_text(row[at]) for row in rows] for at in range(len(header))}
            return header, pd.DataFrame({at: as_words(pd.Series(words, dtype=object)) for at, words in cells.items()})

        return _tables(names, fetch, found)


def _tables(names: list[str], fetch: Fetch, found: Findings) -> dict[str, RawTable]:
    tables = {}
    for name in names:
        table = name.strip().lower()
        if table not in TABLES:
            continue
        header, frame = fetch(name)
        raw = raw_table(table, name, header, frame, np.arange(2, len(frame) + 2), found)
        if raw is not None:
            tables[table] = raw
    return tables


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None else str(cell)
