"""The parts of a large group at work, in processes of their own.

Every process keeps its parts, so that a task sends only prices there and an offer back. What comes out does not depend
on how many there are.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_context
from types import TracebackType

from optimize.highs import Limits
from optimize.instance import Decisions
from optimize.part_work import Task, Work
from optimize.parts import Part
from optimize.priced import Offer
from optimize.stock_flow import Floats
from optimize.threads import cores

MOST, MOST_CELLS = 8, 25_000_000
Share = dict[int, tuple[Part, Decisions | None]]
"""Some parts, by number, each with a plan from whose orders its search starts, or none."""


class Desk:
    """Some parts; each is set up when it is asked for first, and kept as it is searched while there is room."""

    def __init__(self, parts: Share, limits: Limits) -> None:
        self.parts, self.limits, self.works = parts, limits, dict[int, Work]()

    def do(self, number: int, task: Task, prices: Floats) -> Offer:
        """What one part answers to a task."""
        if number not in self.works:
            self.works[number] = Work(*self.parts[number], self.limits)
        offer = self.works[number].do(task, prices)
        if sum(one.group.cells for one in self.works.values() if one.group) > MOST_CELLS:
            self.works[number].group = None
        return offer


class Crew:
    """All parts, over ``processes`` (0: one for each core, ``MOST`` at most; 1: none but this one).

    A process that somebody else started, to plan beside others, has one core. ``starts``: of each part, a plan from
    whose orders its search starts.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        limits: Limits,
        processes: int = 0,
        starts: Sequence[Decisions | None] = (),
    ) -> None:
        given = zip(parts, starts or [None] * len(parts), strict=True)
        self.parts, self.limits, self.stack = dict(enumerate(given)), limits, ExitStack()
        count = min(processes or min(cores(), MOST), len(parts))
        self.desk: Desk | None = None if count > 1 else Desk(self.parts, limits)
        shares = [{n: part for n, part in self.parts.items() if n % count == one} for one in range(count)]
        self.pools = [self._pool(share) for share in shares] if count > 1 else []

    def _pool(self, share: Share) -> ProcessPoolExecutor:
        # Started afresh, not forked: a fork of a process with threads can stand still. Its parts are sent as a task:
        # sent with the start, they would keep it waiting for ever where the process ends before it has read them.
        pool = self.stack.enter_context(ProcessPoolExecutor(1, get_context("spawn")))
        pool.submit(_sit_down, share, self.limits)
        return pool

    def do(self, task: Task, prices: Floats) -> list[Offer]:
        """What all parts answer to a task, by number."""
        if self.desk is None:
            try:
                return [one.result() for one in self._asked(task, prices)]
            except BrokenProcessPool:  # as where a script starts no process: the work is done here
                self.desk = Desk(self.parts, self.limits)
        return [self.desk.do(number, task, prices) for number in self.parts]

    def _asked(self, task: Task, prices: Floats) -> list[Future[Offer]]:
        return [self.pools[n % len(self.pools)].submit(_do, n, task, prices) for n in self.parts]

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.close()


_desks: list[Desk] = []
"""The desk of a process that works on parts: one, none in the process that leads."""


def _sit_down(parts: Share, limits: Limits) -> None:
    _desks.append(Desk(parts, limits))


def _do(number: int, task: Task, prices: Floats) -> Offer:
    return _desks[-1].do(number, task, prices)
