"""Why a command of the weekly round ends without having done what was asked."""

from pathlib import Path

from data.problems import Problem, Rejected


class Refused(Exception):
    """What was asked cannot be done as it was asked; the text says what to change."""


class Locked(Exception):
    """Another run holds the lock; the text says whose."""


class RejectedLines(Rejected):
    """Order lines that a person sent back break rules: nothing is approved."""


class RejectedRun(Rejected):
    """The data gate rejects a weekly run's input; its issues belong into ``folder``."""

    def __init__(self, problems: list[Problem], folder: Path) -> None:
        super().__init__(problems)
        self.folder = folder
