"""How a table and its columns are declared: once, for the loader, the checks and the data dictionary."""

import math
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "whole", "share", "date"]
IfBad = Literal["row", "cell", "block"]
Extra = Literal["unused", "attributes", "numbers", "quantiles"]

MOST_UNITS = 1e9
MOST_MONEY = 1e9
MOST_WEEKS = 520


@dataclass(frozen=True)
class Column:
    """One column of an input table.

    ``kind``: text; number; whole (a number without fraction); share (0..1 or true/false); date (a day).
    ``default``: what a blank cell means; None: nothing; ``default_note`` says it where it is worked out.
    ``low``, ``high``: the allowed range, ends included (``above_low``: the lower end excluded).
    ``key``: part of what names a row; ``refers``: the table whose rows it names.
    ``if_bad``: what a cell that cannot be used costs: its row, only the cell (then it counts as blank), or the run.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    default: str | float | None = None
    default_note: str = ""
    low: float = -math.inf
    high: float = math.inf
    above_low: bool = False
    key: bool = False
    refers: str = ""
    if_bad: IfBad = "cell"

    def __post_init__(self) -> None:
        if self.required and self.default is not None:
            raise ValueError(f"{self.name} is required, so it has no default")
        if self.required and self.if_bad == "cell":
            raise ValueError(f"{self.name} is required, so a bad cell costs its row or the run")

    def range(self) -> str:
        """The allowed range in words, without limits that only keep slips of the pen out; empty: any."""
        if self.kind == "share":
            return "0..1 or true/false"
        parts = []
        if self.low > -MOST_UNITS:
            parts.append(f"{'above' if self.above_low else 'from'} {self.low:g}")
        if self.high < MOST_UNITS:
            parts.append(f"to {self.high:,.0f}")
        return " ".join(parts)


@dataclass(frozen=True)
class Table:
    """One input table.

    ``extra``: what becomes of columns that are not declared; ``left_out``: what it means for the run that a row is
    left out; ``parts``: rows of one key that differ are parts which add up (else they contradict each other).
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    required: bool = False
    extra: Extra = "unused"
    left_out: str = "The row is left out."
    parts: bool = False

    @property
    def key(self) -> list[str]:
        """The columns that name a row; empty: rows have no name of their own."""
        return [column.name for column in self.columns if column.key]

    @property
    def names(self) -> list[str]:
        """The declared columns' names, in their order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column of that name; ValueError if there is none."""
        return self.columns[self.names.index(name)]
