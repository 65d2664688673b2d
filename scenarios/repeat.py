"""A past run again, from its kept input: the proof that it can be repeated bit for bit."""

import json
from dataclasses import dataclass
from pathlib import Path

from data.progress import Progress, silent
from scenarios.past_run import changed_since, company_of
from scenarios.pipeline import run_company
from scenarios.run import Run, version
from scenarios.state import State
from scenarios.weekly import Write

TIMED = ("metrics.prom",)


@dataclass(frozen=True)
class Repeated:
    """``same``: files that came out byte for byte as then; ``differ``: those that did not, or are there only once."""

    run: Run
    same: list[str]
    differ: list[str]


def repeat(state: State, run_id: str, out: Path, write: Write, progress: Progress = silent) -> Repeated:
    """Does a run again into ``out`` and compares its files; of summary.json all but the seconds, of metrics nothing.

    Raises ``Refused`` if what it was made from is gone or was changed.
    """
    row = state.done(run_id)
    company, problems = company_of(state, row, progress)
    run = run_company(company, problems, progress)
    before = state.done(str(row["previous"])) if row["previous"] else None
    last = state.runs / str(row["previous"]) if before else None
    write(run, out, last, changed_since(state, before, run))
    then, now = contents(state.runs / run_id), contents(out)
    same = [name for name in sorted(then) if then[name] == now.get(name)]
    return Repeated(run, same, sorted({*then, *now} - set(same)))


def why_not(row: dict[str, object]) -> str:
    """What may explain that a repeated run came out otherwise."""
    if row["version"] != version():
        return f"It was made by restock {row['version']}, this is {version()}."
    if row["stopped"]:
        return f"Its search was ended by a limit ({row['stopped']})."
    return "The input is the same to the byte, so another machine, other packages or changed code made the difference."


def contents(folder: Path) -> dict[str, bytes]:
    """The folder's files, without what tells of time."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in TIMED}
    if "summary.json" in found:
        untimed = {name: value for name, value in json.loads(found["summary.json"]).items() if name != "seconds"}
        found["summary.json"] = json.dumps(untimed).encode()
    return found
