"""changes.csv, and the changes in words."""

from pathlib import Path

import pandas as pd

from restock.export import AMOUNT, WHOLE, Writer, csv, name, words
from restock.files import write_text
from restock.terminal import safe, screen
from restock.wording import Money, counted, day, number, share
from scenarios.changes import CAUSES, Changes

CHANGES: dict[str, Writer] = {
    **dict.fromkeys(("supplier", "sku", "location"), name),
    "expedite": WHOLE,
    **dict.fromkeys(("units_before", "units", "change", *CAUSES), WHOLE),
    "value_change": AMOUNT,
    "cause": name,
    "why": words,
}
SHOWN = 10


def write_changes(changes: Changes, out: Path) -> Path:
    """changes.csv: the order lines due now that changed."""
    write_text(out / "changes.csv", csv(changes.lines, CHANGES))
    return out / "changes.csv"


def show(changes: Changes, money: Money, target: Path) -> None:
    """The causes in money, then the lines that changed most."""
    console = screen()
    console.print(f"[bold]What changed from the run of {day(changes.before)} to that of {day(changes.now)}[/]")
    if changes.lines.empty:
        console.print("Nothing: today's orders are those that were planned for today.")
        return
    moved = "" if pd.isna(changes.nervousness) else f", {share(changes.nervousness)} of the units planned before"
    console.print(f"{counted(len(changes.lines), 'order line')} changed{moved}. By cause, in money at cost:")
    for cause, value in changes.by_cause.items():
        console.print(f"  {cause.replace('_', ' '):<12}{'+' if value > 0 else ''}{money(value)}")
    for row in changes.lines.head(SHOWN).to_dict(orient="records"):
        units = f"{number(float(row['units_before']))} -> {number(float(row['units']))}"
        console.print(
            f"  [bold]{safe(str(row['sku']))}[/] in {safe(str(row['location']))}: {units}. {safe(str(row['why']))}"
        )
    console.print(f"Every line is in {safe(str(target))}.")
