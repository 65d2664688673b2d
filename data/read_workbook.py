"""A workbook (.xlsx) into text, a sheet per table; a row's number is the sheet's own."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.columns import Table
from data.findings import Findings, RawTable
from data.raw import as_words, raw_table
from data.schema import TABLES

LOOK_FOR_HEADER = 20


def read_workbook(path: Path, found: Findings) -> dict[str, RawTable]:
    """The tables of the workbook's sheets."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
        cells = {name: sheet.to_python(skip_empty_area=False) for name, sheet in sheets.items()}
    except (python_calamine.CalamineError, OSError) as error:
        value = f"{path.name}: {error}"[:300]
        problem = "the workbook cannot be read"
        found.add("block", "workbook", problem, "Save it again as .xlsx.", "The run stops.", value=value)
        return {}
    tables = {}
    for name, rows in cells.items():
        table = TABLES.get(name.strip().lower())
        if table is None:
            problem = "the sheet bears no table's name"
            remedy = "None needed, unless it was meant to be one: name it as the table."
            found.add("info", "workbook", problem, remedy, "The sheet is not read.", value=name)
            continue
        raw = _sheet(rows, sheets[name].merged_cell_ranges or [], table, name, found)
        if raw is not None:
            tables[table.name] = raw
    return tables


def _sheet(rows: list[list[Any]], merged: list[Any], table: Table, sheet: str, found: Findings) -> RawTable | None:
    header = [cell_text(cell) for cell in rows[0]] if rows else []
    if not _header_stands(rows, header, merged, table, sheet, found):
        return None
    body = [row[: len(header)] for row in rows[1:]]
    columns = list(zip(*body, strict=True)) if body else [()] * len(header)
    frame = pd.DataFrame({at: as_words(_words(column)) for at, column in enumerate(columns)})
    return raw_table(table.name, sheet, header, frame, np.arange(2, len(body) + 2), found)


def _header_stands(
    rows: list[list[Any]], header: list[str], merged: list[Any], table: Table, sheet: str, found: Findings
) -> bool:
    """Whether row 1 is the header; if not, says what was expected and where it seems to stand."""
    required = {column.name for column in table.columns if column.required}
    across = [span for span in merged if span[0][0] == 0]
    if across:
        problem = "row 1 has merged cells"
        remedy = "Unmerge them: row 1 must hold one column name per cell."
    elif required <= {name.strip().lower() for name in header}:
        return True
    else:
        at = _header_row(rows, required)
        if at == 0:
            return True
        problem = "the header does not stand in row 1"
        remedy = f"Delete the rows above the header (it seems to stand in row {at + 1}); hidden rows count too."
    expected = ", ".join(column.name + "*" * column.required for column in table.columns)
    value = f"sheet {sheet}: row 1 holds {' | '.join(header)[:80] or 'nothing'}; expected {expected}"
    found.add("block", table.name, problem, remedy, "The run stops.", row=1, value=value)
    return False


def _header_row(rows: list[list[Any]], required: set[str]) -> int:
    """The row that names most required columns; 0 if no row names more than row 1 does."""
    named = [len(required & {cell_text(cell).strip().lower() for cell in row}) for row in rows[:LOOK_FOR_HEADER]]
    return int(np.argmax(named)) if named else 0


def _words(cells: tuple[Any, ...]) -> pd.Series:
    return pd.Series([cell_text(cell) for cell in cells], dtype=object)


def cell_text(cell: Any) -> str:
    """A cell as it would stand in a CSV file."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)
