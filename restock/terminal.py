"""What a person at a terminal sees: progress while it runs, tables and sentences at the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from data.progress import Progress, silent
from restock.wording import NO_BREAK

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

STAGES = {
    "sample": "Writing the sample company",
    "read": "Reading the input",
    "check": "Checking the data",
    "forecast": "Forecasting demand",
    "planning": "Planning orders",
    "scenarios": "Running the scenarios",
    "alerts": "Looking for risks",
    "files": "Writing the files",
}


def screen(error: bool = False) -> "Console":
    """Standard output (or standard error) for people; a pipe gets lines wide enough not to be cut."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else 160, highlight=False, soft_wrap=not stream.isatty())


def safe(text: object) -> str:
    """Text of the input for the terminal: no markup, and no control sign that could move or colour what is shown."""
    from rich.markup import escape

    return escape("".join(sign if sign.isprintable() or sign == NO_BREAK else " " for sign in str(text)))


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Progress]:
    """A bar per stage on standard error; nothing if ``quiet`` or if either stream is piped."""
    if quiet or not (sys.stderr.isatty() and sys.stdout.isatty()):
        yield silent
        return
    from rich import progress as rich_progress

    columns = (
        rich_progress.SpinnerColumn(finished_text="[green]✓"),
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(bar_width=24),
        rich_progress.TaskProgressColumn(),
        rich_progress.TimeElapsedColumn(),
    )
    with rich_progress.Progress(*columns, console=screen(error=True)) as bars:
        watcher = _Watcher(bars)
        yield watcher
        watcher.finish()


class _Watcher:
    """Turns calls of Progress into bars: a stage that begins ends the one before."""

    def __init__(self, bars: "Bars") -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, share: float) -> None:
        if stage not in self.tasks:
            self.finish()
            self.tasks[stage] = self.bars.add_task(STAGES.get(stage, stage), total=1.0)
        self.bars.update(self.tasks[stage], completed=min(max(share, 0.0), 1.0))

    def finish(self) -> None:
        """Completes every bar that is there."""
        for task in self.tasks.values():
            self.bars.update(task, completed=1.0)
