"""A backtest told: a page and a table for people, CSV and JSON for programs."""

import math
from pathlib import Path

from restock import accuracy_lines
from restock.backtest_page import write_page
from restock.backtest_words import forecast_value, headers, policy_lines, verdict
from restock.export import csv, fixed, name, write_accuracy
from restock.files import write_json, write_text
from restock.wording import Money, counted, day
from scenarios.backtest import Backtest


def write(played: Backtest, money: Money, out: Path) -> None:
    """backtest.html; backtest.csv (policy, measure, value), accuracy.csv and value_added.csv; backtest.json."""
    measures = played.policies.drop(columns="description").melt("policy", var_name="measure", value_name="value")
    write_text(out / "backtest.csv", csv(measures, {"policy": name, "measure": name, "value": fixed(4)}))
    write_accuracy(played.accuracy, played.value_added, out)
    write_page(played, money, out / "backtest.html")
    write_json(out / "backtest.json", machine(played))


def machine(played: Backtest) -> dict[str, object]:
    """The backtest's summary for JSON: what is not known is null."""
    cleaned = _clean(played.summary)
    told = cleaned if isinstance(cleaned, dict) else {}
    return told | {
        "accuracy": accuracy_lines.machine(played.accuracy),
        "value_added": accuracy_lines.value_machine(played.value_added),
    }


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return round(value, 4) + 0.0 if math.isfinite(value) else None
    return value


def show(played: Backtest, money: Money, out: Path) -> None:
    """The policies side by side, and how right the forecasts were."""
    from restock.terminal import safe, screen

    console = screen()
    figures = played.summary
    console.print(
        f"[bold]{counted(played.rounds, 'Monday')} from {day(played.first)} on[/], each planned with what was "
        f"known then and met with what really sold ({counted(figures['weeks_counted'], 'week')} count).\n"
    )
    console.print(_table(played, money))
    console.print(f"\n{verdict(played)}")
    console.print(f"{forecast_value(played, money)}\n")
    accuracy_lines.show(played.accuracy, "What was forecast then")
    accuracy_lines.show_value(played.value_added)
    console.print(f"\n[bold]Read {safe(str(out / 'backtest.html'))}[/] (open it in a browser).")
    console.print("[dim]Figures beside it: backtest.csv, accuracy.csv, value_added.csv, backtest.json.[/]")


def _table(played: Backtest, money: Money) -> object:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Policy", no_wrap=True)
    for header in headers(played):
        table.add_column(header, justify="right")
    for line in policy_lines(played, money):
        table.add_row(line.policy, *line.cells, style="bold" if line.ours else "")
    return table
