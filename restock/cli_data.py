"""Commands that explain: which records are one product, and what changed since an earlier run."""

from pathlib import Path
from typing import Annotated

import typer

from restock.call import calling
from restock.manner import Manner, in_manner
from restock.options import OUT, AsOf, Out, Source, Store, given


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the console script."""
    app.command(epilog="Example: restock products demo/input --out out")(in_manner(products))
    app.command(epilog="Example: restock changes out-before out --input-before before --input now")(in_manner(changes))


def products(
    manner: Manner,
    source: Source,
    as_of: AsOf = None,
    least: Annotated[
        float, typer.Option("--least", metavar="SCORE", min=0.0, max=1.0, help="The lowest score that is proposed.")
    ] = 0.75,
    out: Out = OUT,
) -> None:
    """Find records that are one product under several names and codes: products.csv.

    Nothing is merged by itself. Write yes or no into the column decision and copy the file into the input: the next
    run does as you decided. A row that is removed is undone.
    """
    with calling("products", manner) as call:
        from restock.product_commands import run_products

        run_products(call, source, as_of, least, out)


def changes(
    manner: Manner,
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="The earlier run: its folder, or its name in DIR.")],
    now: Annotated[str, typer.Argument(metavar="NOW", help="The later run.")],
    source: Annotated[
        str | None,
        typer.Option("--input", metavar="INPUT", parser=given, help="What NOW was made from.", show_default=False),
    ] = None,
    source_before: Annotated[
        str | None,
        typer.Option(
            "--input-before",
            metavar="INPUT",
            parser=given,
            help="What BEFORE was made from. Left out: the same.",
            show_default=False,
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="DIR", file_okay=False, help="Both are weekly runs of this folder."),
    ] = None,
    store: Store = "",
    out: Out = OUT,
) -> None:
    """What changed in the orders due now since an earlier run, and why: changes.csv.

    Each line is split into what demand, stock, lead times, costs and policy did; the parts add up. Plans up to five
    times, so it takes a few minutes.
    """
    with calling("changes", manner) as call:
        from restock.changes_command import run_changes

        run_changes(call, (before, now), (source_before, source), state, store, out)
