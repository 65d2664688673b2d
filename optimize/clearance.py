"""Clearance: in which weeks stock of a series can be cleared, and what a unit brings then."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, inf
from typing import Any

import pandas as pd

from data.company import Company

TINY = 1e-9
LONG_AGO = -10_000


@dataclass(frozen=True)
class Markdown:
    """A step of a series' markdown curve in a week: ``most`` units may be cleared at ``value`` money each."""

    series: int
    week: int
    value: float
    most: float


def markdowns(company: Company, ends: list[int]) -> list[Markdown]:
    """All steps, by series, then week, the best value first.

    ``ends``: the first week of each series that no longer counts. A row that names the sku goes before one that names
    the category, and that before one for all; among these, one that names the location before one for all. Of the rows
    that are left, those that began last count in a week.
    """
    table: pd.DataFrame = company.markdowns
    if not len(table):
        return []
    items = company.items.reindex(company.series.get_level_values("sku"))
    seasons = [None if pd.isna(day) else (day - company.as_of).days // 7 for day in items["season_end"]]
    found: list[Markdown] = []
    rows = list(table.itertuples(index=False))
    for i, ((sku, location), category) in enumerate(zip(company.series, items["category"], strict=True)):
        begun = [(_start(company, row, seasons[i]), row) for row in _own(rows, sku, location, category)]
        steps = [(start, row) for start, row in begun if start is not None]
        found += _by_week(i, steps, ends[i])
    return found


def _own(rows: list[Any], sku: str, location: str, category: str) -> list[Any]:
    """The rows that speak of a series most closely."""
    wanted = {"sku": ("", sku), "category": ("", category), "location": ("", location)}
    matching = [row for row in rows if all(_text(row, name) in allowed for name, allowed in wanted.items())]
    closeness = [tuple(_text(row, name) != "" for name in wanted) for row in matching]
    return [row for row, close in zip(matching, closeness, strict=True) if close == max(closeness)]


def _text(row: Any, name: str) -> str:
    value = getattr(row, name)
    return "" if pd.isna(value) else str(value)


def _start(company: Company, row: Any, season_end: int | None) -> int | None:
    """The first whole week of a row; the later one where it names a date and counts back from the season's end."""
    starts = [LONG_AGO]
    if pd.notna(row.from_date):
        starts.append(-((company.as_of - row.from_date).days // 7))
    if pd.notna(row.weeks_before_end):
        if season_end is None:
            return None
        starts.append(season_end + 1 - int(row.weeks_before_end))
    return max(starts)


def _by_week(series: int, steps: list[tuple[int, Any]], end: int) -> Iterator[Markdown]:
    for week in range(end):
        latest = max((start for start, _ in steps if start <= week), default=None)
        values = [(float(row.value), _most(row.most_units)) for start, row in steps if start == latest]
        for value, most in sorted(values, reverse=True):
            yield Markdown(series, week, value, most)


def _most(units: float) -> float:
    return inf if pd.isna(units) or units == inf else floor(units + TINY)
