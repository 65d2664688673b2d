"""The command line: each command calls one room and tells what came of it."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from restock import __version__, cli_compare, cli_data, cli_weekly
from restock.call import calling
from restock.manner import Manner, in_manner
from restock.options import OUT, AsOf, Out, Source, monday

app = typer.Typer(
    name="restock",
    help="What to order, from whom, how much and when, and why: from a company's own tables to an order plan.",
    epilog="Start with: restock demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The console script."""
    app(prog_name="restock")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"restock {__version__}")
        raise typer.Exit


@app.callback()
def restock(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.", show_default=False)
    ] = False,
) -> None:
    """What to order, from whom, how much and when, and why: from a company's own tables to an order plan."""


@app.command(epilog="Example: restock demo mydemo")
@in_manner
def demo(
    manner: Manner,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", file_okay=False, help="The folder to use.")] = Path("demo"),
) -> None:
    """Write a sample company into DIR/input and do the whole job on it; the files are in DIR/out.

    The sample company is made up: a retailer of baby goods, winter clothing and evergreens, with a real one's troubles.
    """
    with calling("demo", manner, folder / "out") as call:
        from restock.commands import run_demo

        run_demo(call, folder)


@app.command(epilog="Example: restock check demo/input")
@in_manner
def check(
    manner: Manner,
    source: Source,
    as_of: AsOf = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="OUT", file_okay=False, help="Also write issues.csv and health.csv here."),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(
            "--before",
            metavar="DIR",
            file_okay=False,
            help="Files of an earlier run or check, to see what became of it.",
        ),
    ] = None,
) -> None:
    """Check the input and list what is wrong with it, worst first.

    Exit code 3 means that the input cannot be planned on as it is.
    """
    with calling("check", manner, out) as call:
        from restock.commands import run_check

        run_check(call, source, as_of, before, out)


@app.command(epilog="Example: restock forecast demo/input --as-of 2026-10-05 --horizon 13 --out out")
@in_manner
def forecast(
    manner: Manner,
    source: Source,
    as_of: AsOf = None,
    horizon: Annotated[
        int | None,
        typer.Option(
            "--horizon", metavar="WEEKS", min=1, max=260, help="Weeks to look ahead. Left out: as in restock.toml."
        ),
    ] = None,
    out: Out = OUT,
) -> None:
    """Forecast demand per SKU, location and week: forecast.csv.

    models.csv names the methods behind each, accuracy.csv tells how right they were on past weeks.
    """
    with calling("forecast", manner, out) as call:
        from restock.commands import run_forecast

        run_forecast(call, source, as_of, horizon, out)


@app.command(epilog="Example: restock plan demo/input --as-of 2026-10-05 --out out")
@in_manner
def plan(
    manner: Manner,
    source: Source,
    as_of: AsOf = None,
    out: Out = OUT,
) -> None:
    """The main job: check the input, forecast demand, decide the orders, and write the report.

    Read OUT/report.html first; OUT/orders.xlsx has a sheet per supplier.
    """
    with calling("plan", manner, out) as call:
        from restock.commands import run_plan

        run_plan(call, source, as_of, out)


@app.command(epilog="Example: restock backtest demo/input --from 2026-03-02 --rounds 4 --out out")
@in_manner
def backtest(
    manner: Manner,
    source: Source,
    first: Annotated[
        date, typer.Option("--from", metavar="MONDAY", parser=monday, help="The first past Monday.", show_default=False)
    ],
    rounds: Annotated[int, typer.Option("--rounds", metavar="N", min=1, max=520, help="How many Mondays.")] = 6,
    forecast_value: Annotated[
        bool,
        typer.Option(
            help="Also plan with simple forecasts, to see in money what the better forecast earned (takes longer)."
        ),
    ] = True,
    out: Out = OUT,
) -> None:
    """Replay past Mondays: plan each with what was known then, and meet it with what really sold.

    Compares restock with the usual rules of thumb, and with what perfect foresight would have cost.
    """
    with calling("backtest", manner, out) as call:
        from restock.commands import run_backtest

        run_backtest(call, source, first, rounds, forecast_value, out)


cli_compare.add_to(app)
cli_data.add_to(app)
cli_weekly.add_to(app)
