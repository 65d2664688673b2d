"""One CSV file into text, with the line of each row as an editor shows it."""

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from data.findings import Findings, RawTable
from data.raw import as_words, raw_table

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
NEWLINE, RETURN, QUOTE = b"\n"[0], b"\r"[0], b'"'[0]
TEXT = pa.dictionary(pa.int32(), pa.string())


def read_csv(path: Path, table: str, found: Findings) -> RawTable | None:
    """The file as text; None, with a blocking problem, if it cannot be read."""
    content = _decoded(path, table, found)
    if content is None:
        return None
    header = _header(content)
    if not header:
        found.add(
            "block", table, "the file is empty", "Export it again with a header.", "The run stops.", value=path.name
        )
        return None
    delimiter = _delimiter(header, table, path, found)
    try:
        return _parsed(content, next(csv.reader([header], delimiter=delimiter)), delimiter, path, table, found)
    except (pa.ArrowInvalid, csv.Error) as error:
        remedy = "Export it again as CSV; look for a quotation mark that is never closed."
        value = f"{path.name}: {error}"[:300]
        found.add("block", table, "the file cannot be read as CSV", remedy, "The run stops.", value=value)
        return None


def _decoded(path: Path, table: str, found: Findings) -> bytes | None:
    """The file's content in UTF-8 without byte-order mark."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    encodings = ["utf-16"] if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            problem = f"the file is not UTF-8: it was read as {encoding.upper()}"
            remedy = "Look at a name in the report; save the file as CSV UTF-8 to be sure."
            found.add("info", table, problem, remedy, "None, if names look right.", value=path.name)
        return text.encode()
    problem = "the file's characters are in no known encoding (UTF-8, GB18030, UTF-16)"
    found.add("block", table, problem, "Save it as CSV UTF-8.", "The run stops.", value=path.name)
    return None


def _header(content: bytes) -> str:
    """The first line that is not blank."""
    for line in io.BytesIO(content):
        if line.strip():
            return line.decode().rstrip("\r\n")
    return ""


def _delimiter(header: str, table: str, path: Path, found: Findings) -> str:
    best = max(DELIMITERS, key=header.count)
    if best == "," or header.count(best) == 0:
        return ","
    problem = f"cells are separated by a {DELIMITERS[best]}, not by a comma"
    found.add("info", table, problem, "None needed.", f"Read with a {DELIMITERS[best]}.", value=path.name)
    return best


def _parsed(
    content: bytes, header: list[str], delimiter: str, path: Path, table: str, found: Findings
) -> RawTable | None:
    ragged: list[Any] = []

    def skip(row: Any) -> str:
        ragged.append(row)
        return "skip"

    columns = [f"column {at}" for at in range(len(header))]
    read = pyarrow.csv.read_csv(
        io.BytesIO(content),
        read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=columns, skip_rows_after_names=1),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=QUOTE in content, invalid_row_handler=skip
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(columns, TEXT), strings_can_be_null=False
        ),
    )
    frame = pd.DataFrame({column: as_words(read[column].to_pandas()) for column in columns})
    lines = _lines(content, len(frame) + len(ragged) + 1)
    _report_ragged(ragged, lines, len(header), table, found)
    good = np.setdiff1d(np.arange(1, len(lines)), [row.number - 1 for row in ragged])
    return raw_table(table, path.name, header, frame, lines[good], found)


def _lines(content: bytes, records: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The line on which each record begins, the header's first; blank lines are no records."""
    text = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(text == NEWLINE)
    if len(text) and text[-1] != NEWLINE:
        ends = np.append(ends, len(text))
    starts = np.append(0, ends[:-1] + 1)
    blank = (ends == starts) | ((ends == starts + 1) & (text[starts.clip(max=len(text) - 1)] == RETURN))
    lines = np.flatnonzero(~blank) + 1
    if len(lines) == records:
        return lines
    quotes = np.append(0, np.cumsum(text == QUOTE))
    begins = quotes[starts] % 2 == 0
    return np.flatnonzero(begins & ~blank) + 1


def _report_ragged(
    ragged: list[Any], lines: np.ndarray[tuple[int], np.dtype[np.int64]], expected: int, table: str, found: Findings
) -> None:
    for row in ragged:
        found.add(
            "warn",
            table,
            f"the row does not have the header's {expected} cells",
            "Look for a separator inside a cell: such a cell needs quotation marks.",
            "The row is left out.",
            row=int(lines[row.number - 1]),
            value=str(row.text)[:200],
        )
