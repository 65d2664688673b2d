"""Where a company's weekly runs live: a folder with their files, and the store that remembers them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from scenarios.refusals import Refused
from scenarios.store import FILE, RUNS, open_store, rows


@dataclass(frozen=True)
class State:
    """``folder``: of the state; ``engine``: of its store."""

    folder: Path
    engine: sa.Engine

    @property
    def runs(self) -> Path:
        """A folder per run, by its run_id."""
        return self.folder / "runs"

    @property
    def inputs(self) -> Path:
        """The kept inputs, by their digest."""
        return self.folder / "inputs"

    def done(self, run_id: str) -> dict[str, object]:
        """The row of a run that ended well; raises ``Refused`` if there is none."""
        with self.engine.connect() as connection:
            found = rows(connection, sa.select(RUNS).where(RUNS.c.run_id == run_id, RUNS.c.status == "done"))
        if not found:
            raise Refused(f"There is no run {run_id!r} in {self.folder}. The runs: restock runs --state {self.folder}")
        return found[0]


def new_state(folder: Path, url: str = "") -> State:
    """The state in the folder, made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"Cannot write into {folder}: {error.strerror}. Give another folder with --state.") from None
    state = State(folder.resolve(), open_store(folder, url))
    state.runs.mkdir(exist_ok=True)
    state.inputs.mkdir(exist_ok=True)
    return state


def known_state(folder: Path, url: str = "") -> State:
    """The state that ``restock weekly`` has made there; raises ``Refused`` if it has not."""
    if not (folder / "runs").is_dir() or not (url or (folder / FILE).is_file()):
        raise Refused(f"{folder} holds no weekly runs yet. Begin with: restock weekly INPUT --state {folder}")
    return new_state(folder, url)


def discard(folder: Path) -> None:
    """Removes a folder that a run began and did not end."""
    if folder.is_dir():
        shutil.rmtree(folder)
