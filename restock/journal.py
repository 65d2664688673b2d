"""The log: lines on standard error, and after a fault the whole story in a file, traceback included."""

import logging
import sys
import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

Event = MutableMapping[str, Any]
KEPT_LINES = 2000


class Journal:
    """Keeps the latest events of every level; shows those from ``least`` on, as key=value lines or as JSON."""

    def __init__(self, least: int, as_json: bool = False) -> None:
        self.least = least
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._render: Callable[..., str | bytes] = (
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if as_json
            else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
        )

    def __call__(self, _logger: object, level: str, event: Event) -> str:
        """The last processor of structlog's chain: renders, keeps, and drops what is not to be shown."""
        shown = logging.getLevelNamesMapping()[level.upper()] >= self.least
        line = str(self._render(_logger, level, {key: _flat(value) for key, value in event.items()}))
        self.lines.append(line)
        if not shown:
            raise structlog.DropEvent
        return line

    def write_fault(self, folder: Path | None, traceback: str) -> Path:
        """Writes what was kept and the traceback to restock.log in ``folder``, else in a temporary one."""
        story = "\n".join([*self.lines, traceback])
        for place in [folder, Path(tempfile.gettempdir())]:
            try:
                if place is not None and place.is_dir():
                    return _appended(place / "restock.log", story)
            except OSError:
                continue
        return _appended(Path(tempfile.mkdtemp(prefix="restock-")) / "restock.log", story)


def _appended(target: Path, story: str) -> Path:
    with target.open("a", encoding="utf-8") as log:
        log.write(story)
    return target


def _flat(value: object) -> object:
    """A log line is one line, whatever stands in the user's data."""
    return value if isinstance(value, (int, float)) else str(value).replace("\n", " ").replace("\r", " ")


class _Forward(logging.Handler):
    """Hands what libraries log to the journal; Python warnings are for developers, so they are details."""

    def emit(self, record: logging.LogRecord) -> None:
        level = logging.DEBUG if record.name == "py.warnings" else record.levelno
        structlog.get_logger().log(level, record.getMessage(), source=record.name)


@contextmanager
def kept(verbose: bool, as_json: bool = False) -> Iterator[Journal]:
    """The journal of one command; ``verbose`` shows details, else only warnings and worse are shown.

    ``as_json``: one object a line, for programs that collect logs; they see what goes on too.
    """
    usual = logging.INFO if as_json else logging.WARNING
    journal = Journal(logging.DEBUG if verbose else usual, as_json)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), journal],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    forward = _Forward()
    logging.getLogger().addHandler(forward)
    with warnings.catch_warnings():
        logging.captureWarnings(True)
        try:
            yield journal
        finally:
            logging.captureWarnings(False)
            logging.getLogger().removeHandler(forward)
            structlog.reset_defaults()
