"""Inputs gone wrong: a small company whose tables are changed cell by cell, file by file and byte by byte."""

import gzip
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from hypothesis import strategies as st

TABLES = {
    "sales": [
        "date,sku,location,units,in_stock,price,kind,document,description",
        *(f"2026-0{1 + week // 4}-{1 + 7 * (week % 4):02d},A,main,{week + 1},1,10,,D{week}," for week in range(8)),
        *(f"2026-0{1 + week // 4}-{2 + 7 * (week % 4):02d},B,west,{week},0.5,20,,E{week}," for week in range(8)),
        "2026-02-03,shop-b,west,2,1,20,,F1,Boots",
    ],
    "items": [
        "sku,unit_cost,price,name,category,season_start,season_end,like_sku,colour",
        "A,4,10,Anorak 羽绒服,coats,2026-01-01,2026-09-01,,red",
        "B,8,20,Boots,shoes,,,A,",
        "X,8,20,Boots (B),shoes,,,,",
    ],
    "locations": ["location,city", "main,Hangzhou", "west,Chengdu"],
    "suppliers": [
        "supplier,name,order_cost,min_order_value,order_every_weeks,first_order",
        "S,Sun,5,10,1,",
        "T,Tao,0,0,2,2026-01-05",
    ],
    "sourcing": [
        "sku,supplier,lead_time_weeks,location,moq,pack_size,expedite_lead_time_weeks,expedite_unit_cost",
        *("A,S,2,,10,5,1,5", "B,T,3,west,,,,", "X,T,3,west,,,,"),
    ],
    "price_breaks": ["sku,supplier,from_units,unit_cost", "A,S,50,3.5"],
    "stock": [
        "sku,on_hand,location,system,as_of,reserved,counted",
        *(
            "A,7,main,erp,2026-02-20,1,",
            "A,70,main,shop,2026-03-02,,",
            "b2,9,west,shop,,,",
            "X,3,west,erp,2026-02-02,,1",
        ),
    ],
    "open_orders": [
        "po,sku,units,due,supplier,location,cancel_cost",
        "1,A,5,2026-04-01,S,main,1",
        "2,B,5,2026-02-01,,west,",
    ],
    "receipts": [
        "po,sku,units,supplier,ordered_on,promised_on,received_on",
        "0,A,5,S,2026-01-05,2026-01-19,2026-01-21",
    ],
    "promotions": ["promo,start,end,sku,category", "p,2026-01-01,2026-01-10,,coats", "q,2026-04-01,2026-04-10,A,"],
    "drivers": ["date,holiday", "2026-01-05,1", "2026-04-06,1"],
    "budgets": ["start,end,amount,supplier,category", "2026-03-01,2026-03-31,500,,"],
    "markdowns": ["value,sku,weeks_before_end", "2,A,4"],
    "transfers": ["from_location,to_location,lead_time_weeks", "main,west,1"],
    "approved": ["order_date,supplier,sku,units,location", "2026-03-02,S,A,10,main"],
    "aliases": ["system,system_sku,sku", "shop,b2,B", "shop,shop-b,B"],
    "records": ["system,system_sku,name,price", "crm,c1,ANORAK,10"],
    "products": ["system,system_sku,sku,decision", ",X,B,yes", "crm,c1,A,no"],
    "forecast": ["sku,week,mean,location,q10", "B,2026-03-02,4,west,1"],
    "overrides": ["who,made_on,sku,start,end,operation,value", "Li,2026-02-01,A,2026-03-02,2026-03-15,multiply,2"],
}
POLICY = '[horizon]\nweeks = 8\n\n[forecast]\npaths = 10\n\n[stock]\ntrust = ["erp", "shop"]\n\n[solver]\nseconds = 5\n'
NEEDED = {*(f"{name}.csv" for name in ("sales", "items", "sourcing", "stock", "aliases", "products")), "restock.toml"}
AS_OF = "2026-03-02"
WORDS = (
    *(
        "",
        " ",
        "NaN",
        "inf",
        "-inf",
        "-1",
        "0",
        "1e99",
        "1e-99",
        "abc",
        "2026-13-45",
        "03/04/2025",
        "25/04/2025",
        "TRUE",
    ),
    *("=cmd|' /C calc'!A0", "@SUM(1)", "A", "B", "X", "Z", '"', '"x\ny"', "a,b", ";", "1,5", "1.234,5", "true", "2.5"),
    *("羽绒", "\0", "\r", "9" * 40, "cancellation", "2099-01-01", "0001-01-01", "yes", "no", "main", "west", "S", "T"),
    *("\u202e", "\ufeff", "١٢", "½", "1 000", "12%", "$5", "2026-02-30", "20260302", "45000", "null", "None", "1/0"),
)
CODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "gb18030", "latin-1", "cp1252", "utf-32")
LINES_OF_POLICY = (
    *(
        "seed = -1",
        "[horizon]\nweeks = 0",
        "[horizon]\nweeks = 1",
        "[horizon]\nwekks = 3",
        "[money",
        "= 3",
        "seed = 1e400",
    ),
    *(
        "[stock]\ntrust = 5",
        '[input]\ndate_order = "year"',
        "[solver]\nseconds = 0",
        '[input]\ndate_order = "day-month-year"',
    ),
    *("[service]\nfloor = 0.9", "[stock]\nsure = 2", "[service.categories]\nnobody = 0.5", 'owners = "erp"', "\0", ""),
)


class Change(NamedTuple):
    """One thing that goes wrong: what (a key of ``CHANGES``), with which table, and three numbers that say where."""

    what: str
    table: str
    first: int
    second: int
    word: str


Files = dict[str, bytes]


def healthy() -> Files:
    """The files of the company as it should be."""
    files = {f"{name}.csv": ("\n".join(lines) + "\n").encode() for name, lines in TABLES.items()}
    return files | {"restock.toml": POLICY.encode()}


def _cells(lines: list[str], first: int) -> tuple[int, list[str]]:
    at = first % max(len(lines), 1)
    return at, (lines[at] if lines else "").split(",")


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "surrogateescape").split("\n")


def _joined(lines: list[str]) -> bytes:
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _cell(data: bytes, one: Change) -> bytes:
    lines = _lines(data)
    at, cells = _cells(lines, one.first)
    cells[one.second % len(cells)] = one.word
    return _joined([*lines[:at], ",".join(cells), *lines[at + 1 :]])


def _drop_column(data: bytes, one: Change) -> bytes:
    rows = [line.split(",") for line in _lines(data)]
    return _joined([",".join(row[: one.second % 9] + row[one.second % 9 + 1 :]) for row in rows])


def _repeat_column(data: bytes, one: Change) -> bytes:
    rows = [line.split(",") for line in _lines(data)]
    return _joined([",".join([*row, row[one.second % len(row)]]) for row in rows])


def _new_column(data: bytes, one: Change) -> bytes:
    head, *rest = _lines(data)
    return _joined([f"{head},{one.word or 'extra'}", *(f"{line},{one.second}" if line else line for line in rest)])


def _repeat_rows(data: bytes, one: Change) -> bytes:
    lines = _lines(data)
    return _joined([*lines, *lines[one.first % max(len(lines), 1) :]])


def _drop_rows(data: bytes, one: Change) -> bytes:
    lines = _lines(data)
    return _joined(lines[: 1 + one.first % max(len(lines), 1)])


def _cut(data: bytes, one: Change) -> bytes:
    return data[: (one.first * 37 + one.second) % (len(data) + 1)]


def _flip(data: bytes, one: Change) -> bytes:
    at = (one.first * 41 + one.second * 7) % max(len(data), 1)
    return data[:at] + bytes([(one.first * 31 + one.second) % 256]) + data[at + 1 :]


def _recode(data: bytes, one: Change) -> bytes:
    return data.decode("utf-8", "replace").encode(CODINGS[one.first % len(CODINGS)], "replace")


def _separator(data: bytes, one: Change) -> bytes:
    return data.replace(b",", (b";", b"\t", b"|", b" ")[one.first % 4])


def _line_ends(data: bytes, one: Change) -> bytes:
    return data.replace(b"\n", (b"\r\n", b"\r", b"\n\n")[one.first % 3])


def _garbage(_data: bytes, one: Change) -> bytes:
    return (one.word.encode("utf-8", "replace") or b"\xff\xfe\x00") * (1 + one.first)


def _header(data: bytes, one: Change) -> bytes:
    return _cell(data, one._replace(first=0))


CHANGES: dict[str, Callable[[bytes, Change], bytes]] = {
    **{"cell": _cell, "header": _header, "drop column": _drop_column, "repeat column": _repeat_column},
    **{"new column": _new_column, "repeat rows": _repeat_rows, "drop rows": _drop_rows, "cut": _cut, "flip": _flip},
    **{"recode": _recode, "separator": _separator, "line ends": _line_ends, "garbage": _garbage},
}
OF_FILES = ("drop file", "empty file", "swap files", "rename file", "gzip", "half a gzip", "twice", "policy", "folder")
FORMS = (
    "folder",
    "folder",
    "folder",
    "workbook",
    "parquet",
    "sqlite",
    "broken workbook",
    "broken parquet",
    "broken sqlite",
)

change = st.builds(
    Change,
    st.sampled_from([*CHANGES, *["cell"] * 20, *OF_FILES]),
    st.sampled_from(sorted(TABLES)),
    st.integers(0, 18),
    st.integers(0, 9),
    st.sampled_from(WORDS),
)
program = st.tuples(st.sampled_from(FORMS), st.lists(change, min_size=1, max_size=5))
"""A form of the input, and what goes wrong in it."""

Program = tuple[str, list[Change]]


def corpus() -> list[Program]:
    """Every change to every table once, every word in every place of a few, every line of the policy, every form."""
    programs = [("folder", [Change(what, table, 1, 1, "Z")]) for what in (*CHANGES, *OF_FILES) for table in TABLES]
    programs += [
        ("folder", [Change("cell", table, 1, place, word)])
        for table in ("sales", "items", "sourcing", "stock", "open_orders")
        for place in range(4)
        for word in WORDS
    ]
    programs += [("folder", [Change("policy", "sales", number, 0, "")]) for number in range(len(LINES_OF_POLICY))]
    programs += [(form, [Change("cell", "sales", 2, 3, "1")]) for form in sorted(set(FORMS))]
    return programs


def _told(changes: list[Change]) -> Files:
    """The healthy files that a program begins with: those that every run needs and those that it changes, or all of
    them in one case of four."""
    named = {f"{one.table}.csv" for one in changes} | NEEDED
    everything = sum(one.first + one.second for one in changes) % 4 == 0
    return {name: data for name, data in healthy().items() if everything or name in named}


def changed(changes: list[Change]) -> Files:
    """The company's files after all that goes wrong."""
    files = _told(changes)
    for one in changes:
        name = f"{one.table}.csv"
        if one.what in CHANGES and name in files:
            files[name] = CHANGES[one.what](files[name], one)
        elif one.what not in CHANGES:
            _change_files(files, name, one)
    return files


def _change_files(files: Files, name: str, one: Change) -> None:
    other = sorted(files)[one.first % len(files)]
    data = files.get(name, b"")
    if one.what == "drop file":
        files.pop(name, None)
    elif one.what == "empty file":
        files[name] = b""
    elif one.what == "swap files":
        files[name], files[other] = files[other], data
    elif one.what == "rename file":
        files[f"{one.table}s.csv"] = files.pop(name, b"")
    elif one.what in ("gzip", "half a gzip"):
        packed = gzip.compress(files.pop(name, b""), mtime=0)
        files[f"{name}.gz"] = packed if one.what == "gzip" else packed[: len(packed) // 2]
    elif one.what == "twice":
        files[f"{name}.gz"] = gzip.compress(data, mtime=0)
    elif one.what == "policy":
        files["restock.toml"] = LINES_OF_POLICY[one.first % len(LINES_OF_POLICY)].encode() + b"\n"
    elif one.what == "folder":
        files.pop(name, None)
        files[f"{name}/inside.csv"] = data


def write(program: Program, folder: Path) -> str:
    """Writes the input into the folder; what to give the command."""
    form, changes = program
    files = changed(changes)
    if form == "folder":
        for name, data in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return str(folder)
    (folder / "restock.toml").write_bytes(files["restock.toml"])
    return _as_one(form, _frames(files), folder, changes[0])


def _frames(files: Files) -> dict[str, pd.DataFrame]:
    """The tables as text, as far as their lines have as many cells as their header."""
    frames = {}
    for name, data in files.items():
        if name.endswith(".csv") and "/" not in name:
            head, *rows = [line.split(",") for line in data.decode("utf-8", "replace").split("\n") if line] or [[""]]
            columns = [word or f"column {place}" for place, word in enumerate(head)]
            frame = pd.DataFrame([row for row in rows if len(row) == len(head)], columns=columns, dtype=object)
            frames[name.removesuffix(".csv")] = frame.loc[:, ~frame.columns.duplicated()]
    return frames


def _as_one(form: str, frames: dict[str, pd.DataFrame], folder: Path, one: Change) -> str:
    """A workbook, a database or Parquet files; broken: with a byte changed, or cut short."""
    kind = form.split()[-1]
    if kind == "workbook":
        source = folder / "input.xlsx"
        with pd.ExcelWriter(source, engine="openpyxl") as book:
            for name, frame in frames.items():
                frame.map(_writable).rename(columns=_writable).to_excel(book, sheet_name=name[:31], index=False)
    elif kind == "sqlite":
        source = folder / "input.db"
        connection = sqlite3.connect(source)
        for name, frame in frames.items():
            known = frame.rename(columns=lambda word: _writable(word).casefold() or "blank")
            known.loc[:, ~known.columns.duplicated()].to_sql(name, connection, index=False)
        connection.close()
    else:
        for name, frame in frames.items():
            frame.to_parquet(folder / f"{name}.parquet", index=False)
        source = folder / f"{one.table}.parquet"
    if form.startswith("broken") and source.exists():
        source.write_bytes((_flip if one.first % 2 else _cut)(source.read_bytes(), one))
    return str(folder if kind == "parquet" else source)


def _writable(word: str) -> str:
    """Text without the characters that workbooks and names in databases cannot hold."""
    return "".join(letter for letter in word if letter >= " " and letter not in "\ufeff\u202e")
