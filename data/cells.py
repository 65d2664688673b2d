"""Cells are text until they are read here; each distinct text is read once, however many rows hold it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.columns import Column

NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
TRUTH = {"true": 1.0, "t": 1.0, "yes": 1.0, "y": 1.0, "false": 0.0, "f": 0.0, "no": 0.0, "n": 0.0}
INFINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "nan", "+nan", "-nan"}
TIME = r"(?:[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
ISO = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})" + TIME
YEAR_FIRST = r"(?P<year>[0-9]{4})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?" + TIME
COMPACT = r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
YEAR_LAST = r"(?P<first>[0-9]{1,2})[-/.](?P<second>[0-9]{1,2})[-/.](?P<year>[0-9]{4})" + TIME
YEARS = (1900, 2200)

WRITE_NUMBER = "Write a plain number such as 1234.5, without thousands separators, units or currency."
WRITE_DATE = "Write the date as year-month-day, such as 2026-03-30."
REMEDIES = {
    "but required": "Fill in the cell.",
    "not a number": WRITE_NUMBER,
    "finite number": WRITE_NUMBER,
    "whole number": "Write a whole number; round weeks up.",
    "true or false": "Write a share such as 0.5, or true or false.",
    "not a date": WRITE_DATE,
}


def remedy(problem: str) -> str:
    """What to do about a cell's problem."""
    return next((advice for end, advice in REMEDIES.items() if problem.endswith(end)), "Correct the figure.")


@dataclass(frozen=True)
class Reading:
    """A column's words read: ``values`` by word, ``problem`` by word ("" where it was read)."""

    values: np.ndarray[tuple[int], np.dtype[Any]]
    problem: np.ndarray[tuple[int], np.dtype[np.object_]]


def read_words(words: pd.Index, column: Column, date_order: str = "") -> Reading:
    """Reads the distinct words of a column; a blank word is NaN, NaT or "" and no problem."""
    if column.kind == "text":
        return Reading(words.to_numpy(dtype=object), np.full(len(words), "", dtype=object))
    if column.kind == "date":
        return _dates(words, column, date_order)
    return _numbers(words, column)


def _numbers(words: pd.Index, column: Column) -> Reading:
    text = pd.Series(words, dtype=object)
    plain = text.str.fullmatch(NUMBER).to_numpy(dtype=bool)
    values = np.full(len(words), np.nan)
    values[plain] = text[plain].astype(float)
    if column.kind == "share":
        truth = text.str.lower().map(TRUTH).to_numpy(dtype=float)
        values = np.where(np.isnan(truth), values, truth)
    problem = np.full(len(words), "", dtype=object)
    for wrong, sentence in _number_rules(text, values, column):
        problem[wrong & (problem == "")] = f"{column.name} {sentence}"
    problem[(text == "").to_numpy()] = ""
    values[problem != ""] = np.nan
    return Reading(values, problem)


def _number_rules(text: pd.Series, values: np.ndarray[Any, np.dtype[np.float64]], column: Column) -> Any:
    if column.kind == "share":
        yield ~((values >= 0) & (values <= 1)), "is neither a share from 0 to 1 nor true or false"
        return
    yield text.str.lower().isin(INFINITE).to_numpy() | np.isinf(values), "is not a finite number"
    yield np.isnan(values), "is not a number"
    if column.above_low:
        yield values <= column.low, f"is not above {column.low:g}"
    yield values < column.low, "is negative" if column.low == 0 else f"is below {column.low:g}"
    yield values > column.high, f"is above {column.high:,.0f}, which cannot be"
    if column.kind == "whole":
        yield values != np.floor(values), "is not a whole number"


def _dates(words: pd.Index, column: Column, date_order: str) -> Reading:
    text = pd.Series(words, dtype=object)
    days = pd.Series(pd.NaT, index=text.index, dtype="datetime64[ns]")
    for pattern in (ISO, YEAR_FIRST, COMPACT):
        days = days.fillna(_days(text.str.extract(f"^{pattern}$")))
    if date_order:
        parts = text.str.extract(f"^{YEAR_LAST}$")
        names = ["day", "month"] if date_order == "day-month-year" else ["month", "day"]
        days = days.fillna(_days(parts.rename(columns=dict(zip(["first", "second"], names, strict=True)))))
    unread = days.isna().to_numpy() & (text != "").to_numpy()
    problem = np.where(unread, f"{column.name} is not a date", "").astype(object)
    return Reading(days.to_numpy(), problem)


def _days(parts: pd.DataFrame) -> pd.Series:
    numbers = parts[["year", "month", "day"]].astype(float)
    possible = numbers["year"].between(*YEARS)
    days = pd.Series(pd.NaT, index=parts.index, dtype="datetime64[ns]")
    days[possible] = pd.to_datetime(numbers[possible], errors="coerce")
    return days


@dataclass(frozen=True)
class DateStyle:
    """How a column writes its dates where it does not write them year first.

    ``order``: day-month-year, month-day-year, "" (nothing to decide) or "unclear"; ``examples``: words that show it.
    """

    order: str
    examples: tuple[str, ...] = ()


def date_style(words: pd.Index) -> DateStyle:
    """Whether the day or the month comes first, told only by dates that allow no other reading.

    One date that can be read both ways makes the column unclear: it may come from another system than its neighbours.
    """
    text = pd.Series(words, dtype=object)
    parts = text.str.extract(f"^{YEAR_LAST}$")
    written = parts["year"].notna()
    if not written.any():
        return DateStyle("")
    first, second = parts["first"].astype(float), parts["second"].astype(float)
    day_first, month_first = written & (first > 12), written & (second > 12)
    either = written & ~day_first & ~month_first
    kinds = [text[kind].tolist() for kind in (either, day_first, month_first) if kind.any()]
    if either.any() or (day_first.any() and month_first.any()):
        return DateStyle("unclear", tuple(kind[0] for kind in kinds))
    return DateStyle("day-month-year" if day_first.any() else "month-day-year", tuple(kinds[0][:1]))
