"""restock compare: what-if scenarios side by side with the base."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from restock import compare_files
from restock.call import Call
from restock.commands import insist_on_a_plan
from restock.files import WrongCall, prepared
from restock.terminal import safe, screen
from restock.wording import Money
from scenarios.comparison import BASE, Comparison
from scenarios.fields import FIELDS
from scenarios.patch import Scenario, WrongScenario

SHOWN = {"profit": "Profit", "purchase_spend": "Spend", "working_capital_peak": "Capital, peak"}
KINDS = {"committed": "as committed", "reoptimised": "re-optimised"}


def run_list(call: Call) -> None:
    """The scenarios that are ready, and the fields that a scenario may change."""
    from scenarios.what_if import library

    ready = library()
    machine: dict[str, object] = {
        "scenarios": [{"name": one.name, "why": one.why} for one in ready],
        "fields": {name: field.meaning for name, field in FIELDS.items()},
    }
    call.answer(machine, lambda: _show_list(ready))


def _show_list(ready: Sequence[Scenario]) -> None:
    console = screen()
    console.print("[bold]Ready scenarios[/]")
    for one in ready:
        console.print(f'  "{safe(one.name)}": {safe(one.why)}')
    console.print("\n[bold]What a scenario file may change[/]")
    for name, field in FIELDS.items():
        where = f" [dim]by {', '.join(field.segment)}{', weeks' if field.weeks else ''}[/]" if field.segment else ""
        console.print(f"  {name}: {safe(field.meaning)}.{where}")


def run_compare(call: Call, source: str, asked: Sequence[str], as_of: date | None, workers: int, out: Path) -> None:
    """The base, then each scenario with its orders committed and re-optimised."""
    from scenarios import what_if
    from scenarios.pipeline import run

    prepared(out, source)
    scenarios = loaded(asked)
    base = run(source, None if as_of is None else pd.Timestamp(as_of), call.progress)
    insist_on_a_plan(base)
    compared = what_if.compare(base, scenarios, call.progress, workers)
    if not compared.scenarios:
        raise WrongCall("No scenario could be run. " + " ".join(compared.failed["problem"]))
    call.progress("files", 0.0)
    compare_files.write(compared, out)
    call.progress("files", 1.0)
    money = Money(base.company.policy.money.currency)
    call.answer(compare_files.machine(compared) | {"out": str(out)}, lambda: show(compared, money, out))


def loaded(asked: Sequence[str]) -> list[Scenario]:
    """The scenarios asked for, all ready ones if none is; raises WrongCall."""
    from scenarios.what_if import library, load

    try:
        found = [load(one) for one in asked] if asked else library()
    except WrongScenario as wrong:
        raise WrongCall(f"{wrong} See: restock compare --list") from None
    names = [one.name for one in found]
    twice = sorted({name for name in names if names.count(name) > 1} | ({BASE} & set(names)))
    if twice:
        raise WrongCall(f"Two scenarios are called {twice[0]!r}. Give each a name of its own.")
    return found


def show(compared: Comparison, money: Money, out: Path) -> None:
    """The scenarios in a table, what failed, and where the files are."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Scenario")
    table.add_column("Orders")
    for title in SHOWN.values():
        table.add_column(title, justify="right")
        table.add_column("to base", justify="right")
    for one in compared.outcomes:
        figures = [compared.figure(one, measure) for measure in SHOWN]
        cells = [money(value) for figure in figures for value in figure]
        table.add_row(safe(one.scenario), KINDS[one.orders], *cells)
    screen().print(table)
    for name, problem in zip(compared.failed["scenario"], compared.failed["problem"], strict=True):
        screen().print(f"[bold red]{safe(name)} failed:[/] {safe(problem)}")
    screen().print(f"\nEvery figure is in {safe(str(out / 'compare.csv'))}.")
