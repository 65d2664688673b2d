"""How long work reports that it moves on, without knowing who watches."""

from typing import Protocol


class Progress(Protocol):
    """Called with the stage's name and the share of it that is done (0..1)."""

    def __call__(self, stage: str, share: float) -> None: ...


def silent(stage: str, share: float) -> None:
    """Nobody watches."""
