"""The commands of the weekly round: run, approve, export, and look back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from restock.call import calling
from restock.manner import Manner, in_manner
from restock.options import OUT, STATE, AsOf, Out, Source, StateFolder, Store, day


def named(who: str) -> str:
    """A name that tells who decided."""
    if not who.strip():
        raise typer.BadParameter("it is blank. Say who decides, for instance --who Li.")
    return who.strip()


Who = Annotated[str, typer.Option("--who", metavar="NAME", help="Who decides.", parser=named, show_default=False)]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why.", show_default=False)]


def weekly(
    manner: Manner,
    source: Source,
    as_of: AsOf = None,
    state: StateFolder = STATE,
    store: Store = "",
    seconds: Annotated[
        float | None,
        typer.Option(
            "--max-seconds",
            metavar="S",
            min=1,
            help="Wall-clock limit: at it, the best plan so far is published and marked.",
            show_default=False,
        ),
    ] = None,
    metrics: Annotated[
        Path | None,
        typer.Option("--metrics", metavar="FILE", dir_okay=False, help="Also write the OpenMetrics file here."),
    ] = None,
) -> None:
    """The scheduled run: the plan of the week, exactly once for the same input, with history.

    A second call reports the first. Exit code 75: another run holds the lock. What a killed run left is cleared away.
    """
    with calling("weekly", manner, state) as call:
        from restock.weekly_commands import run_weekly

        run_weekly(call, source, as_of, state, store, seconds, metrics)


def approve(
    manner: Manner,
    run_id: Annotated[str, typer.Argument(metavar="RUN_ID", help="The run, or: latest.", show_default=False)],
    who: Who,
    state: StateFolder = STATE,
    store: Store = "",
    lines: Annotated[
        Path | None,
        typer.Option(
            "--lines", metavar="FILE", help="orders.csv or orders.xlsx sent back, edited.", show_default=False
        ),
    ] = None,
    why: Why = "",
    supplier: Annotated[
        list[str] | None, typer.Option("--supplier", metavar="S", help="Only this supplier's lines; may be repeated.")
    ] = None,
    hold: Annotated[
        list[str] | None, typer.Option("--hold", metavar="SKU", help="Hold this item back; may be repeated.")
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(
            "--until",
            metavar="DATE",
            parser=day,
            help="Last day on which lines hold that were not exported. Left out: as in restock.toml.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Approve a run's orders that are due now, or the edited lines of FILE.

    A line of FILE may change units, order_date, supplier or expedite, or say yes under hold; a column why tells why.
    """
    with calling("approve", manner) as call:
        from restock.weekly_commands import run_approve

        run_approve(call, run_id, state, store, who, why, lines, (supplier or [], hold or []), until)


def export(
    manner: Manner,
    state: StateFolder = STATE,
    store: Store = "",
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", file_okay=False, help="The folder for the purchase orders.")
    ] = Path("purchase_orders"),
) -> None:
    """Export the approved orders that never were: po_SUPPLIER_DATE.csv, .json and .xml (UBL 2.1), each exactly once."""
    with calling("export", manner) as call:
        from restock.weekly_commands import run_export

        run_export(call, state, store, out)


def runs(
    manner: Manner,
    state: StateFolder = STATE,
    store: Store = "",
    repeat: Annotated[
        str, typer.Option("--repeat", metavar="RUN_ID", help="Do a past run again and compare.", show_default=False)
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="OUT", file_okay=False, help="Keep the repeated run's files here."),
    ] = None,
) -> None:
    """The history: what ran, when, on what, how it ended. With --repeat, the proof that a run can be repeated."""
    with calling("runs", manner) as call:
        from restock.weekly_commands import run_repeat, run_runs

        if repeat:
            run_repeat(call, repeat, state, store, out)
        else:
            run_runs(call, state, store)


def orders(
    manner: Manner,
    state: StateFolder = STATE,
    store: Store = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="OUT", file_okay=False, help="Also write tracking.csv to this folder."),
    ] = None,
) -> None:
    """What became of the approved orders: promised and realised, from the company's receipts."""
    with calling("orders", manner) as call:
        from restock.weekly_commands import run_orders

        run_orders(call, state, store, out)


def withdraw(
    manner: Manner,
    order: Annotated[str, typer.Argument(metavar="ORDER", help="A number that restock orders shows.")],
    who: Who,
    state: StateFolder = STATE,
    store: Store = "",
    why: Why = "",
) -> None:
    """Take an approved order back: it is no longer exported, nor counted as on order."""
    with calling("withdraw", manner) as call:
        from restock.weekly_commands import run_withdraw

        run_withdraw(call, order, state, store, who, why)


def value(
    manner: Manner,
    state: StateFolder = STATE,
    store: Store = "",
    out: Out = OUT,
) -> None:
    """Value kept since restock began: turns, stock-outs, overstock, cost and forecast, beside the rule of thumb.

    The rules of thumb are replayed on the same weeks, from the stock of the first run's Monday.
    """
    with calling("value", manner) as call:
        from restock.value_page import run_value

        run_value(call, state, store, out)


EXAMPLES: dict[Callable[..., None], str] = {
    weekly: "restock weekly demo/input --as-of 2026-10-05 --state state",
    approve: "restock approve latest --state state --who Li --lines orders.xlsx",
    export: "restock export --state state --out purchase_orders",
    runs: "restock runs --state state",
    orders: "restock orders --state state",
    withdraw: 'restock withdraw PO-20261005-001 --state state --who Li --why "the supplier is out of it"',
    value: "restock value --state state --out out",
}


def add_to(app: typer.Typer) -> None:
    """Adds the commands, each with its example."""
    for command, example in EXAMPLES.items():
        app.command(epilog=f"Example: {example}")(in_manner(command))
