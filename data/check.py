"""The checks of single tables: columns, cells, ranges. All problems are collected, never only the first."""

import difflib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data.cells import WRITE_DATE, date_style, read_words, remedy
from data.columns import MOST_UNITS, Column, Table
from data.findings import Findings, RawTable
from data.problems import Severity
from data.schema import QUANTILE_COLUMNS, TABLES
from data.words import constant, reworded

Mask = np.ndarray[Any, np.dtype[np.bool_]]
FORMULA = r"^[=@]|^[+-].*[(|!]"


@dataclass(frozen=True)
class Checked:
    """A table whose cells were read: ``frame`` has the schema's columns, typed, and ``raw``'s row numbers.

    Text is categorical; blank cells hold their default, or NaN and NaT where it is worked out later.
    """

    table: Table
    raw: RawTable
    frame: pd.DataFrame

    def keep(self, rows: Mask) -> "Checked":
        """The table with only some rows."""
        return self if rows.all() else replace(self, frame=self.frame[rows])

    def with_column(self, name: str, values: pd.Series) -> "Checked":
        """The table with a column replaced."""
        return replace(self, frame=self.frame.assign(**{name: values}))


def warn(table: Checked, wrong: Mask, field: str, problem: str, remedy: str, effect: str, found: Findings) -> None:
    """Warns of the rows where ``wrong``."""
    found.rows("warn", table.raw, table.frame.index[wrong], field, problem, remedy, effect)


def leave_out(table: Checked, wrong: Mask, field: str, problem: str, remedy: str, found: Findings) -> Checked:
    """The table without the rows where ``wrong``, each with a warning."""
    warn(table, wrong, field, problem, remedy, table.table.left_out, found)
    return table.keep(~wrong)


def check_table(raw: RawTable, date_order: str, found: Findings, declared: Table | None = None) -> Checked | None:
    """Reads every cell of a table, ``declared`` or as in the schema; None, with a blocking problem, if a required
    column is missing."""
    table = declared or TABLES[raw.name]
    if not _columns_stand(raw, table, found):
        return None
    lost = np.zeros(len(raw), dtype=bool)
    columns = {}
    for column in (*table.columns, *_extra_columns(raw, table, found)):
        columns[column.name], bad = _read_column(raw, table, column, date_order, found)
        lost |= bad
    return Checked(table, raw, pd.DataFrame(columns, index=raw.text.index)[~lost])


def empty_table(name: str) -> Checked:
    """A table that the input does not have."""
    table = TABLES[name]
    none: pd.Index = pd.Index([], name="row", dtype=int)
    text = pd.DataFrame(index=none)
    frame = pd.DataFrame({column.name: _blank(column, none) for column in table.columns}, index=none)
    return Checked(table, RawTable(name, text, name), frame)


def _columns_stand(raw: RawTable, table: Table, found: Findings) -> bool:
    unknown = [name for name in raw.text.columns if name not in table.names]
    missing = [column.name for column in table.columns if column.required and column.name not in raw.text.columns]
    for name in missing:
        near = difflib.get_close_matches(name, unknown, 1)
        remedy = f"Rename the column {near[0]}, if it is that." if near else f"Add the column {name}."
        value = f"{raw.origin} has {', '.join(raw.text.columns)}"[:300]
        found.add(
            "block", table.name, "a required column is missing", remedy, "The run stops.", field=name, value=value
        )
    return not missing


def _extra_columns(raw: RawTable, table: Table, found: Findings) -> list[Column]:
    """What the schema makes of columns that it does not declare."""
    extra = [name for name in raw.text.columns if name not in table.names]
    if table.extra == "attributes":
        return [Column(name, "text", "attribute", default="") for name in extra]
    if table.extra == "numbers":
        return [Column(name, "number", "driver") for name in extra if _any_number(raw, name, found)]
    used = [name for name in extra if table.extra == "quantiles" and name in QUANTILE_COLUMNS]
    for name in extra:
        if name not in used:
            near = difflib.get_close_matches(name, set(table.names) - set(raw.text.columns), 1)
            advice = f"Rename it {near[0]}, if it is that." if near else "None needed."
            problem = "the column is not known"
            found.add("info", table.name, problem, advice, "The column is not used.", field=name)
    return [Column(name, "number", "quantile", low=0, high=MOST_UNITS) for name in used]


def _any_number(raw: RawTable, name: str, found: Findings) -> bool:
    words = pd.Index(raw.text[name].cat.categories, dtype=object)
    if bool(np.isfinite(read_words(words, Column(name, "number", "driver")).values).any()):
        return True
    problem, effect = "no cell of the column is a number", "The column is not used."
    found.add("info", raw.name, problem, "Write 1 where it applies and 0 elsewhere.", effect, field=name)
    return False


def _read_column(
    raw: RawTable, table: Table, column: Column, date_order: str, found: Findings
) -> tuple[pd.Series, Mask]:
    """The column's values, and which rows are lost by it."""
    none_lost = np.zeros(len(raw), dtype=bool)
    if column.name not in raw.text.columns:
        return _blank(column, raw.text.index), none_lost
    text = raw.text[column.name]
    words = pd.Index(text.cat.categories, dtype=object)
    order = _date_order(raw, column, words, date_order, found) if column.kind == "date" else ""
    if order == "unclear":
        return _blank(column, raw.text.index), none_lost
    reading = read_words(words, column, order)
    problem = reading.problem
    if column.required:
        problem[words == ""] = f"{column.name} is blank, but required"
    codes = text.cat.codes.to_numpy()
    _report(raw, table, column, problem, codes, found)
    lost = (problem != "")[codes] if column.if_bad == "row" else none_lost
    if column.kind == "text":
        _report_formulas(raw, column, words, codes, found)
        return reworded(text, [word or str(column.default or "") for word in words]), lost
    values = pd.Series(reading.values[codes], index=raw.text.index)
    return values if column.default is None else values.fillna(column.default), lost


def _blank(column: Column, rows: pd.Index) -> pd.Series:
    if column.kind == "text":
        return constant(str(column.default or ""), rows)
    if column.kind == "date":
        return pd.Series(pd.NaT, index=rows, dtype="datetime64[ns]")
    return pd.Series(np.nan if column.default is None else float(column.default), index=rows, dtype=float)


def _date_order(raw: RawTable, column: Column, words: pd.Index, stated: str, found: Findings) -> str:
    """The order in which the column writes day and month; "unclear", with a blocking problem, if it does not say."""
    style = date_style(words)
    if stated or style.order == "":
        return stated
    value = ", ".join(style.examples)
    if style.order == "unclear":
        first = raw.text.index[raw.text[column.name] == style.examples[0]][0]
        problem = "the dates can be read with the day or the month first"
        advice = "Write them as 2026-03-30, or state the order as date_order under [input] in restock.toml."
        found.add("block", raw.name, problem, advice, "The run stops.", row=int(first), field=column.name, value=value)
        return "unclear"
    problem = "the dates are not written year first"
    effect = f"They were read as {style.order}."
    found.add("info", raw.name, problem, WRITE_DATE, effect, field=column.name, value=value)
    return style.order


def _report(
    raw: RawTable,
    table: Table,
    column: Column,
    problem: "np.ndarray[Any, Any]",
    codes: "np.ndarray[Any, Any]",
    found: Findings,
) -> None:
    for sentence in sorted(set(problem) - {""}):
        rows = raw.text.index[(problem == sentence)[codes]]
        effect = {"row": table.left_out, "cell": _counts_as_blank(column), "block": "The run stops."}[column.if_bad]
        severity: Severity = "block" if column.if_bad == "block" else "warn"
        found.rows(severity, raw, rows, column.name, sentence, remedy(sentence), effect)


def _counts_as_blank(column: Column) -> str:
    meaning = column.default_note or ("" if column.default in (None, "") else f"{column.default:g}")
    return f"The cell counts as blank ({meaning})." if meaning else "The cell counts as blank."


def _report_formulas(
    raw: RawTable, column: Column, words: pd.Index, codes: "np.ndarray[Any, Any]", found: Findings
) -> None:
    formula = pd.Series(words, dtype=object).str.contains(FORMULA).to_numpy(dtype=bool)
    if formula.any():
        rows = raw.text.index[formula[codes]]
        effect = "It is kept as text and never written as a formula."
        advice = "Check where it comes from, and correct it there."
        found.rows("info", raw, rows, column.name, "the text looks like a formula", advice, effect)
