"""Commands about what the data says: which records are one product."""

from typing import Annotated

import typer

from restock.call import Manner, calling
from restock.options import OUT, AsOf, Json, LogFormat, Logs, Out, Quiet, Source, Verbose


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the console script."""
    app.command(epilog="Example: restock products demo/input --out out")(products)


def products(
    source: Source,
    as_of: AsOf = None,
    least: Annotated[
        float, typer.Option("--least", metavar="SCORE", min=0.0, max=1.0, help="The lowest score that is proposed.")
    ] = 0.75,
    out: Out = OUT,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    logs: Logs = LogFormat.TEXT,
) -> None:
    """Find records that are one product under several names and codes: products.csv.

    Nothing is merged by itself. Write yes or no into the column decision and copy the file into the input: the next
    run does as you decided. A row that is removed is undone.
    """
    with calling("products", Manner(as_json, quiet, verbose, logs)) as call:
        from restock.product_commands import run_products

        run_products(call, source, as_of, least, out)
