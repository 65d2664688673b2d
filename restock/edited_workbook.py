"""orders.xlsx sent back: each supplier's sheet as text, under the names that orders.csv gives its columns."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.findings import Findings, RawTable
from data.problems import Rejected
from data.raw import as_words, raw_table
from data.read_csv import read_csv
from data.read_workbook import cell_text
from restock.workbook import SENT_BACK
from scenarios.refusals import Refused

TITLES = {column.title: field for field, column in SENT_BACK.items()}
RUSH = {"rush": "1"}


def read_lines(path: Path) -> list[RawTable]:
    """The edited order lines of a CSV file or of orders.xlsx, a table per sheet; ``Refused`` if there are none."""
    if not path.is_file():
        raise Refused(f"There is no file {path}.")
    tables = _sheets(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    if not tables:
        raise Refused(f"{path} holds no order lines. Send back orders.csv, or orders.xlsx with its supplier sheets.")
    return tables


def _csv(path: Path) -> list[RawTable]:
    found = Findings()
    raw = read_csv(path, path.name, found)
    found.stop_if_blocked()
    if raw is not None and raw.unread:  # a file that was cut off
        raise Rejected([replace(one, severity="block") for one in found.problems if one.severity == "warn"])
    return [] if raw is None else [raw]


def _sheets(path: Path) -> list[RawTable]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        cells = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (python_calamine.CalamineError, OSError) as error:
        raise Refused(f"The workbook {path} cannot be read: {error}. Save it again as .xlsx.") from None
    found = Findings()
    tables = [table for name, rows in cells.items() if (table := _sheet(name, rows, found)) is not None]
    found.stop_if_blocked()
    return tables


def _sheet(name: str, rows: list[list[Any]], found: Findings) -> RawTable | None:
    """The order lines of a sheet, below the row of their titles; None where it has no such row."""
    needed = {SENT_BACK[field].title for field in ("sku", "supplier", "units", "hold")}
    header = next((at for at, row in enumerate(rows) if needed <= {_title(cell) for cell in row}), None)
    if header is None:
        return None
    names = [TITLES.get(_title(cell), _title(cell)) for cell in rows[header]]
    body = rows[header + 1 :]
    columns = {at: _words(field, [row[at] for row in body]) for at, field in enumerate(names)}
    numbers = np.arange(header + 2, header + 2 + len(body))
    return raw_table(name, name, names, pd.DataFrame(columns), numbers, found)


def _title(cell: Any) -> str:
    """The title without the currency that stands behind it."""
    return str(cell).split(" (")[0].strip()


def _words(field: str, cells: list[Any]) -> pd.Series:
    words = [cell_text(cell) for cell in cells]
    renamed = [RUSH.get(word.lower(), word) for word in words] if field == "expedite" else words
    return as_words(pd.Series(renamed, dtype=object))
