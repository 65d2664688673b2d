"""What changed since the run before, as the report and the terminal tell it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from restock.wording import Money, counted, day, number, share
from scenarios.changes import Changes

MOST_ROWS = 12


@dataclass(frozen=True)
class Change:
    """An order line that changed, as read."""

    sku: str
    name: str
    location: str
    supplier: str
    before: str
    now: str
    money: str
    why: str


def in_figures(changes: Changes) -> dict[str, object]:
    """The changes for a program."""
    return {
        "before": f"{changes.before:%Y-%m-%d}",
        "now": f"{changes.now:%Y-%m-%d}",
        "lines_changed": len(changes.lines),
        "nervousness": None if pd.isna(changes.nervousness) else round(changes.nervousness, 4),
        "value_by_cause": {cause: round(value, 2) + 0.0 for cause, value in changes.by_cause.items()},
    }


def in_short(told: dict[str, Any], money: Money) -> str:
    """One sentence of what ``in_figures`` says."""
    before = day(pd.Timestamp(told["before"]))
    if not told["lines_changed"]:
        return f"Today's orders are those that the run of {before} planned for today."
    moved = [(cause, value) for cause, value in told["value_by_cause"].items() if round(value)]
    causes = ", ".join(
        f"{cause.replace('_', ' ')} {signed(value, money)}"
        for cause, value in sorted(moved, key=lambda one: -abs(one[1]))
    )
    nervous = told["nervousness"]
    part = "" if nervous is None else f" (nervousness: {share(nervous)} of the units planned)"
    lines = counted(told["lines_changed"], "order line")
    return f"Since the run of {before}, {lines} of today changed{part}: {causes}, at cost."


def signed(amount: float, money: Money) -> str:
    """An amount with its sign, a plus too."""
    return f"{'+' if round(amount) > 0 else ''}{money(amount)}"


def changed_lines(changes: Changes, names: pd.Series, money: Money) -> list[Change]:
    """The lines that changed, the most money first; ``names``: by sku, of the articles that are still there."""
    return [
        Change(
            sku=str(row["sku"]),
            name=str(names.get(row["sku"], "")),
            location=str(row["location"]),
            supplier=str(row["supplier"]) + (" (rush)" if row["expedite"] else ""),
            before=number(float(row["units_before"])),
            now=number(float(row["units"])),
            money=signed(float(row["value_change"]), money),
            why=str(row["why"]),
        )
        for row in changes.lines.head(MOST_ROWS).to_dict(orient="records")
    ]
