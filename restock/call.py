"""One call of a command: how it may end, and what a person or a program hears of it."""

import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from data.progress import Progress
from restock.files import WrongCall, clear_earlier_run
from restock.manner import LogFormat, Manner

if TYPE_CHECKING:
    from data.problems import Problem


class Exit(IntEnum):
    """Exit codes of the contract."""

    DONE = 0
    FAULT = 1
    WRONG_CALL = 2
    REJECTED = 3
    NO_PLAN = 4
    LOCKED = 75


class NoPlan(Exception):
    """No usable plan was found in the time allowed (exit code 4); the text says what to do."""

    ended_as = "no plan"


@dataclass(frozen=True)
class Call:
    """A running command: ``progress`` for the work, ``answer`` for its end, told once the bars are done."""

    manner: Manner
    progress: Progress
    answers: list[Callable[[], None]] = field(default_factory=list)

    def answer(self, machine: dict[str, object], person: Callable[[], None]) -> None:
        """The end of the command: one JSON object for a program, or words for a person, on standard output."""
        self.answers.append((lambda: write_json_line(machine)) if self.manner.as_json else person)


def write_json_line(content: dict[str, object]) -> None:
    """One JSON object on standard output."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


@contextmanager
def calling(command: str, manner: Manner, out: Path | None = None) -> Iterator[Call]:
    """Runs a command's body: progress, log, and an exit code with a sentence instead of a traceback.

    ``out`` is where issues.csv goes if the gate rejects the input, and where the log of a fault goes.
    """
    from restock.journal import kept
    from restock.terminal import progress_bars

    with ExitStack() as stack:
        journal = stack.enter_context(kept(manner.verbose, manner.logs is LogFormat.JSON))
        stack.enter_context(_endings(command, manner, out, journal.write_fault))
        with progress_bars(manner.quiet or manner.as_json) as watcher:
            call = Call(manner, logged(watcher))
            yield call
        for tell in call.answers:
            tell()


@contextmanager
def _endings(command: str, manner: Manner, out: Path | None, write_fault: Callable[..., Path]) -> Iterator[None]:
    from data.problems import Rejected
    from scenarios.refusals import Locked, Refused, RejectedLines, RejectedRun

    try:
        yield
    except (typer.Exit, typer.BadParameter, typer.Abort, BrokenPipeError):
        raise
    except (WrongCall, Refused) as wrong:
        raise _ended(Exit.WRONG_CALL, str(wrong), manner) from None
    except Locked as locked:
        raise _ended(Exit.LOCKED, str(locked), manner) from None
    except RejectedLines as rejected:
        _rejected(
            rejected.problems, None, manner, "Nothing is approved.", "Correct these lines and send the file again."
        )
        raise typer.Exit(Exit.REJECTED) from None
    except RejectedRun as rejected:
        _rejected(rejected.problems, rejected.folder, manner)
        raise typer.Exit(Exit.REJECTED) from None
    except Rejected as rejected:
        _forget(out)
        _rejected(rejected.problems, out, manner)
        raise typer.Exit(Exit.REJECTED) from None
    except NoPlan as late:
        _forget(out)
        raise _ended(Exit.NO_PLAN, str(late), manner) from None
    except Exception as fault:
        _forget(out)
        log = write_fault(out, traceback.format_exc())
        sentence = f"restock {command} failed through a fault of ours ({type(fault).__name__}). The log is in {log}."
        raise _ended(Exit.FAULT, sentence, manner) from None


def _rejected(
    problems: "list[Problem]",
    out: Path | None,
    manner: Manner,
    verdict: str = "",
    remedy: str = "Give --out FOLDER to have every line in issues.csv.",
) -> None:
    """Tells that the gate rejects the input (or the ``verdict``), and writes issues.csv to ``out`` if there is one."""
    from restock import issues
    from restock.export import write_issues
    from restock.terminal import screen

    if out is not None:
        write_issues(problems, out)
    written = None if out is None else out / "issues.csv"
    if manner.as_json:
        write_json_line(issues.machine(problems, "rejected", written))
        return
    issues.show(problems)
    told = verdict or f"The data gate rejects the input ({issues.tally(problems)})."
    screen().print(f"[bold red]{told}[/] {f'Every line is in {written}.' if written else remedy}")


def _forget(out: Path | None) -> None:
    """What an earlier run left in OUT is not this call's answer; nobody shall order from it."""
    if out is not None and clear_earlier_run(out):
        typer.echo(f"The files of an earlier run in {out} were removed: they do not answer this call.", err=True)


def _ended(code: Exit, sentence: str, manner: Manner) -> typer.Exit:
    """Says why it ended, to people and, with --json, to programs."""
    _say(sentence, manner)
    if manner.as_json:
        write_json_line({"status": code.name.lower(), "message": sentence})
    return typer.Exit(code)


def _say(sentence: str, manner: Manner) -> None:
    """One line on standard error, in the manner of the log."""
    import structlog

    if manner.logs is LogFormat.JSON:
        structlog.get_logger().error(sentence)
    else:
        typer.echo(sentence, err=True)


def logged(watcher: Progress) -> Progress:
    """The same progress, with a log line when a stage begins and one when it ends."""
    import structlog

    log = structlog.get_logger()
    begun: dict[str, float] = {}

    def progress(stage: str, share: float) -> None:
        watcher(stage, share)
        now = time.perf_counter()
        if stage not in begun:
            begun[stage] = now
            log.info("stage begins", stage=stage)
        if share >= 1.0:
            log.info("stage ends", stage=stage, seconds=round(now - begun[stage], 2))

    return progress
