"""One CSV file into text, with the line of each row as an editor shows it."""

import csv
import gzip
import io
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from data.findings import MOST_LISTED, Findings, RawTable
from data.raw import as_words, raw_table

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
NEWLINE, RETURN, QUOTE = b"\n"[0], b"\r"[0], b'"'
TEXT = pa.dictionary(pa.int32(), pa.string())
Lines = np.ndarray[Any, np.dtype[np.int64]]


def read_csv(path: Path, table: str, found: Findings) -> RawTable | None:
    """The file as text; None, with a blocking problem, if it cannot be read."""
    content = _decoded(path, table, found)
    if content is None:
        return None
    content, skipped = _without_blank_start(content)
    if not content:
        found.add("block", table, "the file is empty", "Export it with a header.", "The run stops.", value=path.name)
        return None
    header = io.BytesIO(content).readline().decode().rstrip("\r\n")
    delimiter = _delimiter(header, table, path, found)
    try:
        names = next(csv.reader([header], delimiter=delimiter))
        frame, ragged = _rows(content, len(names), delimiter)
        lines = _lines(content, delimiter, len(frame) + len(ragged) + 1) + skipped
    except (pa.ArrowInvalid, csv.Error) as error:
        remedy = "Export it again as CSV; look for a quotation mark that is never closed."
        value = f"{path.name}: {error}"[:300]
        found.add("block", table, "the file cannot be read as CSV", remedy, "The run stops.", value=value)
        return None
    if _left_open(content, frame):
        problem, remedy, line = "a quotation mark is never closed", "Close it, or drop it.", int(lines[-1])
        found.add("block", table, problem, remedy, "The run stops.", row=line, value=path.name)
        return None
    _report_ragged(ragged, lines, len(names), table, found)
    whole = np.delete(lines[1:], [row.number - 2 for row in ragged])
    raw = raw_table(table, path.name, names, frame, whole, found)
    return None if raw is None else replace(raw, unread=len(ragged))


def _decoded(path: Path, table: str, found: Findings) -> bytes | None:
    """The file's content in UTF-8 without byte-order mark; old Macintosh line ends become today's."""
    raw = _unpacked(path, table, found)
    if raw is None:
        return None
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
        return (text if "\n" in text else text.replace("\r", "\n")).encode()
    problem = "the file's characters are in no known encoding (UTF-8, GB18030, UTF-16)"
    found.add("block", table, problem, "Save it as CSV UTF-8.", "The run stops.", value=path.name)
    return None


def _unpacked(path: Path, table: str, found: Findings) -> bytes | None:
    """The file's bytes; None, with a blocking problem, where its compression is broken."""
    if path.suffix != ".gz":
        return path.read_bytes()
    try:
        return gzip.decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        value = f"{path.name}: {error}"[:300]
        found.add("block", table, "the file cannot be unpacked", "Export it again.", "The run stops.", value=value)
        return None


def _without_blank_start(content: bytes) -> tuple[bytes, int]:
    """The content from its first line with text on, and how many lines stood before it."""
    start = len(content) - len(content.lstrip())
    start = content.rfind(b"\n", 0, start) + 1
    return (content[start:], content.count(b"\n", 0, start)) if content.strip() else (b"", 0)


def _delimiter(header: str, table: str, path: Path, found: Findings) -> str:
    best = max(DELIMITERS, key=header.count)
    if best == "," or header.count(best) == 0:
        return ","
    problem = f"cells are separated by a {DELIMITERS[best]}, not by a comma"
    found.add("info", table, problem, "None needed.", f"Read with a {DELIMITERS[best]}.", value=path.name)
    return best


def _rows(content: bytes, cells: int, delimiter: str) -> tuple[pd.DataFrame, list[Any]]:
    """The rows below the header, all text, and those with another number of cells than the header."""
    ragged: list[Any] = []

    def skip(row: Any) -> str:
        ragged.append(row)
        return "skip"

    columns = [f"column {at}" for at in range(cells)]
    ended = content if NEWLINE in content else content + b"\n"  # pyarrow skips a header only up to a line's end
    read = pyarrow.csv.read_csv(
        io.BytesIO(ended),
        read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=columns, skip_rows_after_names=1),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=QUOTE in content, invalid_row_handler=skip
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(columns, TEXT), strings_can_be_null=False
        ),
    )
    return pd.DataFrame({column: as_words(read[column].to_pandas()) for column in columns}), ragged


def _left_open(content: bytes, frame: pd.DataFrame) -> bool:
    """Whether the last row runs over line ends to the end of the file, behind a quotation mark that nothing closes."""
    if content.count(QUOTE) % 2 == 0 or not len(frame):
        return False
    return any("\n" in str(cell) for cell in frame.iloc[-1])


def _lines(content: bytes, delimiter: str, records: int) -> Lines:
    """The line on which each record begins, the header's first; blank lines are no records."""
    text = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(text == NEWLINE)
    if text[-1] != NEWLINE:
        ends = np.append(ends, len(text))
    starts = np.append(0, ends[:-1] + 1)
    blank = (ends == starts) | ((ends == starts + 1) & (text[starts.clip(max=len(text) - 1)] == RETURN))
    lines = np.flatnonzero(~blank) + 1
    return lines if len(lines) == records else _lines_of_broken_cells(content, delimiter)


def _lines_of_broken_cells(content: bytes, delimiter: str) -> Lines:
    """The same where line breaks inside cells make records longer than lines."""
    reader = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter)
    first, lines = 1, []
    for record in reader:
        if record:
            lines.append(first)
        first = reader.line_num + 1
    return np.array(lines)


def _report_ragged(ragged: list[Any], lines: Lines, expected: int, table: str, found: Findings) -> None:
    problem = f"the row does not have the header's {expected} cells"
    remedy = "Look for a separator inside a cell: such a cell needs quotation marks."
    effect = "The row is left out."
    for row in ragged[:MOST_LISTED]:
        line, text = int(lines[row.number - 1]), str(row.text)[:200]
        found.add("warn", table, problem, remedy, effect, row=line, value=text)
    if len(ragged) > MOST_LISTED:
        value = f"{len(ragged) - MOST_LISTED:,} further rows"
        found.add("warn", table, problem, remedy, effect, value=value)
