"""restock compare on the command line: what-if scenarios."""

from typing import Annotated

import typer

from restock.call import calling
from restock.manner import Manner, in_manner
from restock.options import OUT, AsOf, Out, given


def add_to(app: typer.Typer) -> None:
    """Adds the command to the console script."""
    app.command(epilog='Example: restock compare demo/input "budget -20%" "demand +20%" --out out')(in_manner(compare))


Input = Annotated[
    str | None,
    typer.Argument(metavar="INPUT", parser=given, help="As for restock plan.", show_default=False),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SCENARIO...",
        help='Scenario files (.toml) or names of ready ones; "one + another" combines them. '
        "None: all ready ones, or only the curve.",
        show_default=False,
    ),
]
Listed = Annotated[
    bool, typer.Option("--list", help="Only list the ready scenarios and what one may change.", show_default=False)
]
OverGrid = Annotated[
    str,
    typer.Option(
        "--curve",
        metavar="FIELD[=VALUES]",
        help="Also a plan for each value: budget (shares of today's), service_floor or carrying_rate, "
        "such as budget=0.6,0.8,1.",
        show_default=False,
    ),
]
Caution = Annotated[
    float | None,
    typer.Option(
        "--caution",
        metavar="SHARE",
        min=0.0,
        max=1.0,
        help="Also one plan for all scenarios of demand at once, by their weights; above 0 the worst tenth of futures "
        "counts that much extra.",
        show_default=False,
    ),
]
Workers = Annotated[
    int, typer.Option("--workers", metavar="N", min=1, help="Processes; the results do not depend on it.")
]


def compare(
    manner: Manner,
    source: Input = None,
    scenarios: Scenarios = None,
    as_of: AsOf = None,
    listed: Listed = False,
    curve: OverGrid = "",
    caution: Caution = None,
    workers: Workers = 2,
    out: Out = OUT,
) -> None:
    """What-if scenarios side by side with the base, on the same futures, in money.

    In each scenario's world the base's orders are played as they stand, and orders are optimised anew: the difference
    is what reacting is worth.
    """
    if source is None and not listed:
        raise typer.BadParameter("Give the INPUT, or --list.")
    with calling("compare", manner, None if listed else out) as call:
        from restock.compare_command import Beside, run_compare, run_list

        if source is None or listed:
            run_list(call)
        else:
            run_compare(call, source, scenarios or [], as_of, Beside(workers, curve, caution), out)
