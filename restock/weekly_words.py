"""What a person reads of the weekly round on the terminal."""

from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table

from restock.report_changes import in_short
from restock.terminal import safe, screen
from restock.wording import Money, counted, number
from scenarios.approval import Approved
from scenarios.purchase_orders import PurchaseOrder
from scenarios.repeat import Repeated
from scenarios.weekly import Weekly

SHOWN = 40


def sentence(done: Weekly, money: Money) -> str:
    """How the week stands."""
    row = done.row
    if done.run is None:
        when = row["ended"][:16].replace("T", " ")
        return f"The week of {row['as_of']} is done already: run {row['run_id']}, {when} UTC."
    stopped = f" The search stopped at a limit ({row['stopped']}): the best plan until then." if row["stopped"] else ""
    due = f"{counted(row['orders'], 'order line')} to place now, worth {money(row['value'])}"
    return f"Run {row['run_id']}: {due}.{stopped}"


def show_changed(changed: dict[str, Any], run: Path, money: Money) -> None:
    """What changed since the run before."""
    screen().print(f"\n{safe(in_short(changed, money))} Line by line, and why: {safe(run / 'changes.csv')}")


def show_next(done: Weekly, folder: Path, money: Money) -> None:
    """The sentence, and what comes next."""
    console = screen()
    console.print(f"\n[bold]{safe(sentence(done, money))}[/]")
    if done.approved:
        console.print(f"Approved by the rules of restock.toml: {counted(done.approved, 'line')}.")
    if done.row["orders"]:
        console.print(f"Approve them: restock approve {safe(done.row['run_id'])} --state {safe(folder)} --who NAME")


def show_approved(done: Approved, folder: Path, money: Money) -> None:
    """What was approved and what was not."""
    console = screen()
    console.print(f"[bold green]Approved: {counted(done.lines, 'line')}[/], worth {safe(money(done.value))}.")
    notes = {
        "edited or added": done.edited,
        "held back": done.held,
        "left out, so not approved": done.missing,
        "exported before, so left as they are": done.exported,
    }
    for what, lines in notes.items():
        if lines:
            console.print(f"  {counted(lines, 'line')} {what}.")
    if done.lines:
        console.print(f"Next: restock export --state {safe(folder)} --out ORDERS")


def show_exported(orders: list[PurchaseOrder], ended: list[PurchaseOrder], out: Path, money: Money) -> None:
    """The purchase orders that left."""
    console = screen()
    if ended:
        console.print(f"An earlier export was cut off; its {counted(len(ended), 'order')} have left now, each once.")
    if not orders:
        console.print("Nothing to export: every approved order has left. Approve a run with: restock approve RUN_ID")
        return
    _table(
        ["Order", "Supplier", "Lines", "Value", "File"],
        [[o.po, o.supplier, number(len(o.lines)), money(o.value), f"{o.name}.csv"] for o in orders],
    )
    console.print(f"In {safe(out)}: a CSV, a JSON and a UBL file of each.")


def show_runs(table: pd.DataFrame, folder: Path, money: Money) -> None:
    """The history, the latest first."""
    if table.empty:
        screen().print(f"No runs yet. Begin with: restock weekly INPUT --state {safe(folder)}")
        return
    rows = [
        [
            r["run_id"],
            r["as_of"],
            r["status"],
            r["begun"][:16].replace("T", " "),
            number(r["orders"]),
            money(r["value"]),
            r["source"],
        ]
        for r in table.head(SHOWN).to_dict(orient="records")
    ]
    _table(["Run", "As of", "Ended", "Begun (UTC)", "Lines due", "Value", "Input"], rows)
    _more(len(table))
    for r in table.head(SHOWN).query("status in ('failed', 'rejected', 'no plan')").to_dict(orient="records"):
        screen().print(f"[dim]{safe(r['begun'][:16].replace('T', ' '))} {safe(r['status'])}: {safe(r['message'])}[/]")


def show_repeated(run_id: str, done: Repeated, reason: str) -> None:
    """Whether the run came out as it did then."""
    console = screen()
    if not done.differ:
        console.print(
            f"[bold green]{safe(run_id)} came out the same[/]: {counted(len(done.same), 'file')}, byte for byte."
        )
        return
    console.print(f"[bold red]{safe(run_id)} came out otherwise[/] in {safe(', '.join(done.differ))}. {safe(reason)}")


def show_orders(table: pd.DataFrame, folder: Path) -> None:
    """Approved orders and what became of them, the latest first."""
    if table.empty:
        screen().print(
            f"Nothing is approved yet. Approve a run with: restock approve RUN_ID --state {safe(folder)} --who NAME"
        )
        return
    names = ["order", "state", "supplier", "sku", "location", "units", "promised", "received_on", "days_late", "who"]
    shown = table.head(SHOWN)[names].astype(object).where(table.head(SHOWN)[names].notna(), "")
    rows = [
        [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row] for row in shown.to_numpy().tolist()
    ]
    _table(["Order", "State", "Supplier", "SKU", "Location", "Units", "Promised", "Received", "Days late", "By"], rows)
    _more(len(table))


def show_withdrawn(order: str, lines: list[dict[str, Any]]) -> None:
    """What was taken back."""
    sent = " The supplier has it: tell him too." if lines[0]["po"] else ""
    screen().print(f"{safe(order)} is taken back: {counted(len(lines), 'line')} no longer counted.{sent}")


def _table(titles: list[str], rows: list[list[str]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(
            title, justify="right" if title in ("Lines", "Value", "Units", "Lines due", "Days late") else "left"
        )
    for row in rows:
        table.add_row(*map(safe, row))
    screen().print(table)


def _more(total: int) -> None:
    if total > SHOWN:
        screen().print(f"… and {total - SHOWN:,} more; --json has all.")
