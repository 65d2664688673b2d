"""Collects every problem of the input while it is read, so that all are shown together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.problems import Problem, Rejected, Severity

MOST_LISTED = 20_000


@dataclass(frozen=True)
class RawTable:
    """A table as the source holds it, all text.

    ``text``: categorical columns of stripped text, blank cells ""; its index ``row`` is the line in the file as an
    editor shows it (CSV), the row of the sheet (workbook), or the record's number + 1 (Parquet, database).
    ``origin``: the file, sheet or database table. ``unread``: how many further rows have other cells than the header.
    """

    name: str
    text: pd.DataFrame
    origin: str
    unread: int = 0

    def __len__(self) -> int:
        return len(self.text)


class Findings:
    """The problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @property
    def blocked(self) -> bool:
        """Whether a problem stops the run."""
        return any(problem.severity == "block" for problem in self.problems)

    def add(self, severity: Severity, table: str, problem: str, remedy: str, effect: str, **more: str | int) -> None:
        """One problem; ``more``: row, sku, field, value."""
        self.problems.append(Problem(severity, table, problem, remedy, effect, **more))  # type: ignore[arg-type]

    def rows(
        self,
        severity: Severity,
        raw: RawTable,
        rows: pd.Index,
        field: str,
        problem: str,
        remedy: str,
        effect: str,
    ) -> None:
        """The same problem in many rows, each with the file's own value; beyond ``MOST_LISTED`` they are counted."""
        if not len(rows):
            return
        at = raw.text.index.get_indexer(rows[:MOST_LISTED])
        values = _words(raw.text, field, at)
        skus = _words(raw.text, "sku", at)
        self.problems += [
            Problem(severity, raw.name, problem, remedy, effect, int(row), sku, field, value)
            for row, sku, value in zip(rows[:MOST_LISTED], skus, values, strict=True)
        ]
        if len(rows) > MOST_LISTED:
            more = f"{len(rows) - MOST_LISTED:,} further rows"
            self.add(severity, raw.name, problem, remedy, effect, field=field, value=more)

    def stop_if_blocked(self) -> None:
        """Raises Rejected with all problems if one of them stops the run."""
        if self.blocked:
            raise Rejected(self.problems)


def _words(text: pd.DataFrame, field: str, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[str]:
    if field not in text.columns:
        return [""] * len(at)
    return [str(word) for word in text[field].iloc[at]]
