"""How figures read: money, units, shares and dates, the same on the page, in the workbook and on the terminal."""

import math
from dataclasses import dataclass

import pandas as pd

NO_BREAK = "\u00a0"
UNKNOWN = "–"  # noqa: RUF001 (an en dash is what a table shows for "no figure")


def number(value: float, decimals: int = 0) -> str:
    """1234.5 -> 1,235; never -0."""
    if not math.isfinite(value):
        return UNKNOWN
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def share(value: float, decimals: int = 0) -> str:
    """0.0734 -> 7%; what is neither nothing nor all is never rounded to it."""
    if not math.isfinite(value):
        return UNKNOWN
    least = 10.0**-decimals
    percent = 100 * value
    if 0 < percent < least / 2:
        return f"under {least:.{decimals}f}%"
    if 100 - least / 2 < percent < 100:
        return f"over {100 - least:.{decimals}f}%"
    return f"{number(percent, decimals)}%"


def day(date: pd.Timestamp) -> str:
    """18 May 2026."""
    return UNKNOWN if pd.isna(date) else f"{date.day} {date:%b %Y}"


def near_day(date: pd.Timestamp) -> str:
    """18 May: where the year goes without saying."""
    return f"{date.day} {date:%b}"


def counted(count: int, one: str, many: str = "") -> str:
    """1 line, 1,200 lines."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


@dataclass(frozen=True)
class Money:
    """Writes amounts in the company's currency; a code of letters (EUR) keeps a space, a sign (€) does not."""

    currency: str = ""

    @property
    def prefix(self) -> str:
        return self.currency + NO_BREAK if self.currency[-1:].isalnum() else self.currency

    def __call__(self, amount: float, decimals: int = 0) -> str:
        if not math.isfinite(amount):
            return UNKNOWN
        text = number(abs(amount), decimals)
        sign = "-" if amount < 0 and text.strip("0.,") else ""
        return f"{sign}{self.prefix}{text}"

    def each(self, amount: float) -> str:
        """A price per unit: with cents, and with what lies under a cent where there is any."""
        whole, point, cents = self(amount, 4).partition(".")
        return whole + point + (cents.rstrip("0").ljust(2, "0") if point else "")
