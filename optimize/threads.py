"""Work that spends its time outside of Python, as a solver's or numpy's: done for several things at a time."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import parent_process
from typing import TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def cores() -> int:
    """The cores of the machine; a process that somebody else started, to plan beside others, has one."""
    return 1 if parent_process() else os.cpu_count() or 1


def in_threads(work: Callable[[Thing], Result], things: Iterable[Thing]) -> list[Result]:
    """What the work makes of each thing, in their order."""
    with ThreadPoolExecutor(cores()) as crew:
        return list(crew.map(work, things))
