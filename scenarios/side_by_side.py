"""Work on one base run, item by item, in one process or several; the answers do not depend on how many."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from data.progress import Progress, silent
from scenarios.patch import WrongScenario
from scenarios.run import Run

Item = TypeVar("Item")
Answer = TypeVar("Answer")
STAGE = "scenarios"


@dataclass(frozen=True)
class Failed:
    """Work that could not be done; ``problem`` says why."""

    problem: str


class Crew:
    """Does work of the form ``work(base, item)``; what fails answers ``Failed``, the others go on."""

    def __init__(self, base: Run, pool: ProcessPoolExecutor | None) -> None:
        self.base, self.pool = base, pool

    def each(
        self, work: Callable[[Run, Item], Answer], items: Sequence[Item], progress: Progress = silent
    ) -> list[Answer | Failed]:
        """One answer for each item, in their order; ``progress``: the share that is done."""
        if self.pool is not None and len(items) > 1:
            try:
                return _beside(self.pool, work, items, progress)
            except BrokenProcessPool:  # as where a script starts no process: the work is done here
                self.pool = None
        found = []
        for number, item in enumerate(items):
            progress(STAGE, number / len(items))
            found.append(_tried(work, self.base, item))
        return found


def _beside(
    pool: ProcessPoolExecutor, work: Callable[[Run, Item], Answer], items: Sequence[Item], progress: Progress
) -> list[Answer | Failed]:
    tasks = [pool.submit(_in_process, work, item) for item in items]
    for number, _ in enumerate(as_completed(tasks), start=1):
        progress(STAGE, number / len(items))
    return [task.result() for task in tasks]


@contextmanager
def crew(base: Run, workers: int) -> Iterator[Crew]:
    """A crew of so many processes, which all know the base; 1: this one."""
    if workers < 2:
        yield Crew(base, None)
        return
    with TemporaryDirectory(prefix="restock-") as folder:
        kept = Path(folder) / "base"
        kept.write_bytes(pickle.dumps(base))
        # Forking a process that has run threads can leave it hanging: each begins afresh, and reads the base itself. If
        # it ended before it had read what is sent with the start, the start would wait for ever.
        with ProcessPoolExecutor(workers, get_context("spawn"), _remember, (kept,)) as pool:
            yield Crew(base, pool)


_known: list[Run] = []


def _remember(kept: Path) -> None:
    _known[:] = [pickle.loads(kept.read_bytes())]


def _in_process(work: Callable[[Run, Item], Answer], item: Item) -> Answer | Failed:
    return _tried(work, _known[0], item)


def _tried(work: Callable[[Run, Item], Answer], base: Run, item: Item) -> Answer | Failed:
    try:
        return work(base, item)
    except WrongScenario as wrong:
        return Failed(str(wrong))
    except Exception as problem:  # one scenario's trouble is not the others'
        return Failed(f"it could not be planned ({type(problem).__name__}: {problem})")
