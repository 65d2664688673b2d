"""What is wrong with the input: one line each, with a remedy."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

import pandas as pd

Severity = Literal["block", "warn", "info"]
SEVERITIES: tuple[Severity, ...] = ("block", "warn", "info")


@dataclass(frozen=True)
class Problem:
    """One problem of the input.

    ``problem`` is one sentence per kind of problem, without the row's own value, so that lines of a kind can be
    counted; ``row`` is the line in the file as an editor shows it (the header is line 1), None for a whole table;
    ``effect`` says what restock did about it.
    """

    severity: Severity
    table: str
    problem: str
    remedy: str
    effect: str
    row: int | None = None
    sku: str = ""
    field: str = ""
    value: str = ""


COLUMNS = ["severity", "table", "row", "sku", "field", "value", "problem", "remedy", "effect"]


def problems_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """The problems as issues.csv shows them, worst first; equal problems stay in the order they were found."""
    rows = pd.DataFrame([{f.name: getattr(p, f.name) for f in fields(Problem)} for p in problems], columns=COLUMNS)
    rows["row"] = rows["row"].astype("Int64")
    worst_first = pd.Categorical(rows["severity"], SEVERITIES, ordered=True).argsort(kind="stable")
    return rows.iloc[worst_first].reset_index(drop=True)


class Rejected(Exception):
    """The data gate rejects the input; ``problems`` says why (exit code 3)."""

    def __init__(self, problems: list[Problem]) -> None:
        blocking = [p for p in problems if p.severity == "block"]
        super().__init__(f"the input has {len(blocking)} blocking problem(s)")
        self.problems = problems
