"""restock compare: what-if scenarios side by side with the base."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from data.company import Company
from data.gate import read_company
from restock import compare_files
from restock.call import Call
from restock.commands import insist_on_a_plan
from restock.files import WrongCall, prepared
from restock.terminal import safe, screen
from restock.wording import Money
from scenarios.comparison import BASE, WEIGHTED, Comparison
from scenarios.fields import FIELDS
from scenarios.patch import Scenario, WrongScenario
from scenarios.regret import least_regret

if TYPE_CHECKING:
    from scenarios.curve import Curve

SHOWN = {"total_cost": "Cost", "profit": "Profit", "purchase_spend": "Orders placed"}
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


@dataclass(frozen=True)
class Beside:
    """What is asked for beside the scenarios.

    ``workers``: processes; ``curve``: a trade-off curve, "" none; ``caution``: of a plan for all scenarios at once, or
    None.
    """

    workers: int = 2
    curve: str = ""
    caution: float | None = None


def run_compare(call: Call, source: str, asked: Sequence[str], as_of: date | None, beside: Beside, out: Path) -> None:
    """The base, then each scenario with its orders committed and re-optimised."""
    from scenarios.pipeline import run_company
    from scenarios.what_if import compare

    prepared(out, source)
    scenarios, curve = loaded(asked, beside.curve)
    company, problems = read_company(source, None if as_of is None else pd.Timestamp(as_of), call.progress)
    insist_that_one_fits(company, scenarios)
    compare_files.clear(out)
    base = run_company(company, problems, call.progress)
    insist_on_a_plan(base)
    compared = compare(base, scenarios, call.progress, beside.workers, beside.caution, curve)
    call.progress("files", 0.0)
    compare_files.write(compared, out)
    call.progress("files", 1.0)
    money = Money(base.company.policy.money.currency)
    call.answer(compare_files.machine(compared) | {"out": str(out)}, lambda: show(compared, money, out))


def insist_that_one_fits(company: Company, scenarios: Sequence[Scenario]) -> None:
    """Raises WrongCall if none of the scenarios fits the company, before anything is forecast."""
    from scenarios.apply import changed

    told = []
    for one in scenarios:
        try:
            changed(company, one)
        except WrongScenario as wrong:
            told.append(f"{one.name}: {wrong}")
    if scenarios and len(told) == len(scenarios):
        raise WrongCall("No scenario fits the input. " + " ".join(told))


def loaded(asked: Sequence[str], curve: str = "") -> tuple[list[Scenario], "Curve | None"]:
    """The scenarios and the curve asked for, all ready scenarios if nothing is; raises WrongCall."""
    from scenarios.curve import read_curve
    from scenarios.what_if import library, load

    try:
        found = [load(one) for one in asked] if asked or curve else library()
        over = read_curve(curve) if curve else None
    except WrongScenario as wrong:
        raise WrongCall(f"{wrong} See: restock compare --list") from None
    names = [one.name for one in found]
    taken = sorted({name for name in names if names.count(name) > 1} | ({BASE, WEIGHTED} & set(names)))
    if taken:
        raise WrongCall(f"The name {taken[0]!r} is taken. Give each scenario a name of its own.")
    return found, over


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
    _show_choices(compared, money)
    screen().print(f"\n[bold]Read {safe(str(out / 'compare.html'))}[/] (open it in a browser).")
    screen().print("[dim]For a spreadsheet: compare.xlsx. Every figure: compare.csv.[/]")


def _show_choices(compared: Comparison, money: Money) -> None:
    """The plan of least worst regret, the plan for all scenarios, and the trade-off curve."""
    if compared.scenarios:
        choice = least_regret(compared.regret)
        limits = "" if choice.keeps_limits else " It exceeds a limit of some world."
        told = f"least worst regret {money(choice.regret)}, in {choice.world!r}.{limits}"
        screen().print(f"\nRobust choice: the plan for {safe(repr(choice.plan))}, {safe(told)}")
    for name in compared.weighted.left_out if compared.weighted else []:
        screen().print(
            f"[dim]The plan for all scenarios leaves {safe(repr(name))} out: it changes more than demand.[/]"
        )
    for row in compared.curve.to_dict(orient="records"):
        spare = row["marginal_value"]
        gain = "" if pd.isna(spare) else f"; one more saves {spare + 0.0:.3f}"
        point = f"{row['field']} {row['value']:g}: cost {money(row['cost'])}, profit {money(row['profit'])}{gain}"
        screen().print(safe(point))
