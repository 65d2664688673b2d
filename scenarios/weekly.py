"""The scheduled run: once per input and week, on a kept copy of the input, whole or not at all."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data.company import Company
from data.gate import read_company
from data.problems import Problem, Rejected
from data.progress import Progress, silent
from scenarios.auto_approval import auto_approve
from scenarios.carried import Carried, carried, with_carried
from scenarios.changes import Changes
from scenarios.history import attempt, change, done_before, forget, latest_done, recover
from scenarios.kept import PART, keep
from scenarios.lock import locked
from scenarios.past_run import changed_since
from scenarios.receipts import match_receipts
from scenarios.refusals import Refused, RejectedRun
from scenarios.run import Run
from scenarios.state import State, discard
from scenarios.store import EXPORTS, PROPOSALS, now
from scenarios.time_limit import WRITING, in_time, run_within

Write = Callable[[Run, Path, Path | None, Changes | None], None]
"""Writes a run's files into a folder; the third is the folder of the run before, the last what changed since; both None
for the first run."""


@dataclass(frozen=True)
class Weekly:
    """What a call came to: the run's row, its folder, and the run itself, None if an earlier call has done it."""

    row: dict[str, Any]
    folder: Path
    run: Run | None
    recovered: list[str]
    approved: int = 0


def weekly(
    source: str,
    as_of: pd.Timestamp | None,
    state: State,
    write: Write,
    progress: Progress = silent,
    seconds: float | None = None,
) -> Weekly:
    """The run of a week, or the report that it is done: the same input as of the same Monday is run once.

    ``seconds``: the wall-clock limit, at which the best plan so far is taken. Raises ``Locked`` if another run holds
    the lock, ``RejectedRun`` when the gate rejects the input.
    """
    begun = perf_counter()
    with locked(state.folder, state.engine):
        cleared = recover(state)
        with attempt(state, source) as number:
            kept, place = keep(source, state.inputs)
            with state.engine.begin() as connection:
                change(connection, number, kept=kept, as_of=f"{as_of:%Y-%m-%d}" if as_of is not None else "")
            company, problems = _read(place, kept, as_of, state, number, progress)
            before = done_before(state, company.input_digest, f"{company.as_of:%Y-%m-%d}")
            if before is not None:
                forget(state, number)
                return Weekly(before, state.runs / before["run_id"], None, cleared)
            checked = perf_counter() - begun
            left = None if seconds is None else max(seconds - checked, 1.0)
            return _run(company, problems, state, number, write, progress, left, checked, cleared)


def _read(
    place: Path, kept: str, as_of: pd.Timestamp | None, state: State, number: int, progress: Progress
) -> tuple[Company, list[Problem]]:
    try:
        return read_company(place, as_of, progress)
    except Rejected as rejected:
        day = "undated" if as_of is None else f"{as_of:%Y-%m-%d}"
        folder = state.runs / f"{day}-{kept[:10]}-rejected"
        with state.engine.begin() as connection:
            change(connection, number, run_id=folder.name)
        folder.mkdir(exist_ok=True)
        raise RejectedRun(rejected.problems, folder) from None


def _run(
    company: Company,
    problems: list[Problem],
    state: State,
    number: int,
    write: Write,
    progress: Progress,
    seconds: float | None,
    checked: float,
    cleared: list[str],
) -> Weekly:
    begun = perf_counter()
    with state.engine.begin() as connection:
        extra = carried(connection, company)
        exports = connection.execute(sa.select(sa.func.max(EXPORTS.c.export_id))).scalar() or 0
        previous = latest_done(connection, f"{company.as_of:%Y-%m-%d}")
    last = state.runs / previous["run_id"] if previous else None
    _insist_on_one_company(company, last, state.folder)
    richer, told = with_carried(company, extra)
    run = run_within(seconds, richer, [*problems, *told], progress)
    run = replace(run, seconds={"check": checked} | run.seconds)
    left = None if seconds is None else seconds * (1.0 - WRITING) - (perf_counter() - begun)
    changed = in_time(left, lambda: changed_since(state, previous, run))
    folder = _publish(run, state, lambda part: write(run, part, last, changed))
    name = keep_carried(extra, state.inputs)
    with state.engine.begin() as connection:
        change(connection, number, **_row(run, company, name, previous), exports=exports, ended=now())
        _propose(connection, run)
        approved = auto_approve(connection, run, last)
        match_receipts(connection, company)
    return Weekly(state.done(run.run_id), folder, run, cleared, approved)


def _insist_on_one_company(company: Company, last: Path | None, folder: Path) -> None:
    """Raises ``Refused`` if none of the items is one that the run before, with its files in ``last``, planned."""
    if last is None or not (last / "stock.csv").is_file():
        return
    planned = pd.read_csv(last / "stock.csv", usecols=["sku"], dtype=str)["sku"]
    if len(planned) and not company.items.index.isin(planned).any():
        raise Refused(
            f"{folder} holds the runs of another company: the input knows none of the items that {last.name} planned. "
            "Give this company a folder (and a store) of its own: --state DIR"
        )


def _publish(run: Run, state: State, write: Callable[[Path], None]) -> Path:
    """The run's files, written beside and moved into place at once."""
    part, folder = state.runs / f"{PART}-{run.run_id}", state.runs / run.run_id
    discard(part)
    part.mkdir()
    write(part)
    for path in part.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    part.rename(folder)
    return folder


def keep_carried(extra: Carried, inputs: Path) -> str:
    """Keeps what was carried into a run beside its input; its name, blank for nothing."""
    text = extra.text()
    if not text:
        return ""
    name = f"carried-{hashlib.sha256(text.encode()).hexdigest()}.json"
    part = inputs / f"{PART}-{name}"
    part.write_text(text, encoding="utf-8")
    part.replace(inputs / name)
    return name


def _row(run: Run, company: Company, carried_name: str, previous: dict[str, Any] | None) -> dict[str, Any]:
    due = run.plan.due_now()
    return {
        "status": "done",
        "run_id": run.run_id,
        "as_of": f"{run.as_of:%Y-%m-%d}",
        "input_digest": company.input_digest,
        "carried": carried_name,
        "previous": previous["run_id"] if previous else "",
        "version": run.version,
        "seed": run.seed,
        "stopped": run.plan.stopped,
        "orders": len(due),
        "value": float(due["value"].sum()),
    }


def _propose(connection: sa.Connection, run: Run) -> None:
    due = run.plan.due_now()
    if due.empty:
        return
    names = [column.name for column in PROPOSALS.columns if column.name not in ("run_id", "line")]
    dates = {name: due[name].dt.strftime("%Y-%m-%d") for name in ("order_date", "arrival_date")}
    table = due.assign(**dates)[names].astype(dict.fromkeys(("units", "unit_cost", "expedite"), float))
    lines: list[dict[Any, Any]] = table.to_dict(orient="records")
    connection.execute(
        PROPOSALS.insert(), [line | {"run_id": run.run_id, "line": at} for at, line in enumerate(lines, start=1)]
    )
