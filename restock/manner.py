"""How the caller of a command wants to be told: the options that every command has, declared once."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer


class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True)
class Manner:
    """How the caller wants to be told; each field is an option of every command."""

    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as one JSON object.", show_default=False)
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.", show_default=False)] = False
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log details on standard error.", show_default=False)
    ] = False
    logs: Annotated[
        LogFormat,
        typer.Option(
            "--log-format",
            envvar="RESTOCK_LOG_FORMAT",
            help="Log lines as text, or as JSON: one object a line, from level info on.",
            show_envvar=True,
        ),
    ] = LogFormat.TEXT


def in_manner(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of ``Manner`` in place of its first parameter, the manner."""
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    asked = list(inspect.signature(Manner, eval_str=True).parameters.values())

    def told(**given: Any) -> None:
        manner = Manner(**{one.name: given.pop(one.name) for one in asked})
        command(manner, **given)

    told.__name__, told.__doc__ = command.__name__, command.__doc__
    told.__annotations__ = {one.name: one.annotation for one in [*own, *asked]}
    told.__signature__ = inspect.Signature([*own, *asked])  # type: ignore[attr-defined]
    return told
