"""A run that must end by the clock: at the limit the best plan so far is taken, and marked."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from types import FrameType
from typing import TypeVar

from data.company import Company
from data.problems import Problem
from data.progress import Progress, silent
from forecast.engine import Forecast, forecast
from forecast.exposure import Exposures
from forecast.level import Smoothing
from scenarios.pipeline import run_company
from scenarios.run import Run

T = TypeVar("T")
FIRST_SHARE, PLAN_SHARE, WRITING = 0.25, 0.4, 0.15
"""Shares of the time: the first plan's search, the search for a better plan of what is left then, and the files."""
HALF_LIFE, AGAIN = 16, 1.0
STOPPED = "wall clock"


class _TimeIsUp(BaseException):
    """No library that catches every Exception shall swallow it."""


def run_within(seconds: float | None, company: Company, problems: list[Problem], progress: Progress = silent) -> Run:
    """The whole job. With a limit, first a quick one (one smoothing forecast, a short search), which is the answer,
    marked in ``plan.stopped``, if the whole one isn't done in ``seconds`` less what writing takes."""
    if seconds is None:
        return run_company(company, problems, progress)
    end = perf_counter() + seconds * (1.0 - WRITING)
    first = run_company(_searching(company, FIRST_SHARE * seconds), problems, silent, predict=_quick)

    def whole() -> Run:
        return run_company(_searching(company, PLAN_SHARE * (end - perf_counter())), problems, progress)

    return in_time(end - perf_counter(), whole) or _marked(first)


def in_time(seconds: float | None, work: Callable[[], T]) -> T | None:
    """What ``work`` comes to, None if that takes longer; None for no limit."""
    if seconds is None:
        return work()
    try:
        with _alarm(seconds):
            return work()
    except _TimeIsUp:
        return None


def _searching(company: Company, seconds: float) -> Company:
    """The company whose plan is searched for that long at most."""
    limit = max(min(seconds, company.policy.solver.seconds), 0.1)
    solver = company.policy.solver.model_copy(update={"seconds": limit})
    return replace(company, policy=company.policy.model_copy(update={"solver": solver}))


def _quick(company: Company, progress: Progress) -> Forecast:
    return forecast(company, progress, [Smoothing(HALF_LIFE, Exposures())])


def _marked(run: Run) -> Run:
    stopped = ", ".join(part for part in (run.plan.stopped, STOPPED) if part)
    return replace(run, plan=replace(run.plan, stopped=stopped))


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raises ``_TimeIsUp`` after ``seconds``; where the system has no such alarm, only if none are left at once."""
    if seconds <= 0:
        raise _TimeIsUp
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
