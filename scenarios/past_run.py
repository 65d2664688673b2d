"""A past run's company, from its kept input and what earlier weeks had added to it; and what changed since that run."""

from typing import Any

import pandas as pd

from data.company import Company
from data.gate import read_company
from data.problems import Problem
from data.progress import Progress, silent
from scenarios.carried import Carried, with_carried
from scenarios.changes import Changes, changes
from scenarios.kept import found_again
from scenarios.last_week import Made, read_made
from scenarios.refusals import Refused
from scenarios.run import Run
from scenarios.state import State


def company_of(state: State, row: dict[str, Any], progress: Progress = silent) -> tuple[Company, list[Problem]]:
    """What the run of that row was made from, and what was said of it; ``Refused`` if that is gone or was changed."""
    company, problems = input_of(state, row, progress)
    richer, told = with_carried(company, _carried(state, str(row["carried"])))
    return richer, [*problems, *told]


def input_of(state: State, row: dict[str, Any], progress: Progress = silent) -> tuple[Company, list[Problem]]:
    """The input of the run of that row alone, and what the gate says of it; ``Refused`` as ``company_of``."""
    place = found_again(state.inputs, str(row["kept"]))
    return read_company(place, pd.Timestamp(str(row["as_of"])), progress)


def made_of(state: State, row: dict[str, Any], progress: Progress = silent) -> Made:
    """The run of that row, to be told what changed since; ``Refused`` as ``company_of``."""
    return read_made(state.runs / str(row["run_id"]), company_of(state, row, progress)[0])


def changed_since(state: State, row: dict[str, Any] | None, run: Run) -> Changes | None:
    """What changed since the run of that row, and why; None if there is none, or it cannot be read any more."""
    if row is None:
        return None
    try:
        before = made_of(state, row)
    except (Refused, OSError):
        return None
    return changes(before, run.company, run.forecast.paths, run.plan.orders)


def _carried(state: State, name: str) -> Carried:
    path = state.inputs / name
    if name and not path.is_file():
        raise Refused(f"{path} is gone: the run cannot be repeated.")
    return Carried.read(path.read_text(encoding="utf-8") if name else "")
