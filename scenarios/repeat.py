"""A past run again, from its kept input: the proof that it can be repeated bit for bit."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.gate import read_company
from data.progress import Progress, silent
from scenarios.carried import Carried, with_carried
from scenarios.kept import found_again
from scenarios.pipeline import run_company
from scenarios.refusals import Refused
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
    place = found_again(state.inputs, str(row["kept"]))
    company, problems = read_company(place, pd.Timestamp(str(row["as_of"])), progress)
    richer, told = with_carried(company, _carried(state, str(row["carried"])))
    run = run_company(richer, [*problems, *told], progress)
    write(run, out, state.runs / str(row["previous"]) if row["previous"] else None)
    then, now = contents(state.runs / run_id), contents(out)
    same = [name for name in sorted(then) if then[name] == now.get(name)]
    return Repeated(run, same, sorted({*then, *now} - set(same)))


def why_not(row: dict[str, object]) -> str:
    """What may explain that a repeated run came out otherwise; blank if nothing is known."""
    if row["version"] != version():
        return f"It was made by restock {row['version']}, this is {version()}."
    return f"Its search was ended by a limit ({row['stopped']})." if row["stopped"] else ""


def _carried(state: State, name: str) -> Carried:
    path = state.inputs / name
    if name and not path.is_file():
        raise Refused(f"{path} is gone: the run cannot be repeated.")
    return Carried.read(path.read_text(encoding="utf-8") if name else "")


def contents(folder: Path) -> dict[str, bytes]:
    """The folder's files, without what tells of time."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in TIMED}
    if "summary.json" in found:
        untimed = {name: value for name, value in json.loads(found["summary.json"]).items() if name != "seconds"}
        found["summary.json"] = json.dumps(untimed).encode()
    return found
