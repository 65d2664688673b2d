"""Options and arguments that commands share."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def monday(text: str) -> date:
    """A Monday, written as an ISO date."""
    named = day(text)
    if named.weekday() != 0:
        before = date.fromordinal(named.toordinal() - named.weekday())
        raise typer.BadParameter(f"{text} is a {named:%A}, and a run is as of a Monday, for instance {before}.")
    return named


def day(text: str) -> date:
    """A day, written as an ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date. Write it like 2026-05-18.") from None


def given(source: str) -> str:
    """The input: a folder or a file that exists, or a database URL."""
    if "://" not in source and not Path(source).exists():
        raise typer.BadParameter(f"There is no file or folder {source!r}.")
    return source


Source = Annotated[
    str,
    typer.Argument(
        metavar="INPUT",
        parser=given,
        help="A folder of CSV or Parquet tables, one workbook (.xlsx), or a database URL such as sqlite:///shop.db.",
        show_default=False,
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="MONDAY",
        parser=monday,
        help="The Monday to plan for, before opening. Left out: the Monday after the last week with sales.",
        show_default=False,
    ),
]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="OUT", file_okay=False, help="The folder for the files.")]
StateFolder = Annotated[
    Path, typer.Option("--state", metavar="DIR", file_okay=False, help="The folder of the weekly runs.")
]
Store = Annotated[
    str,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="RESTOCK_STORE",
        help="Keep the history in PostgreSQL (postgresql://...) instead of DIR/restock.db; files stay in DIR.",
        show_default=False,
    ),
]
OUT, STATE = Path("out"), Path("state")
