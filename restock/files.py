"""The folder OUT: files are written whole or not at all, and never beside the input that they would overwrite."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RUN_FILES = (
    *("orders.csv", "projection.csv", "limits.csv", "alerts.csv", "issues.csv"),
    *("stock.csv", "count_list.csv", "health.csv", "forecast.csv", "demand.csv", "accuracy.csv", "value_added.csv"),
    *("summary.json", "orders.xlsx", "report.html"),
)

# Written only where the input says that goods can be cleared or moved, or are on order.
OPTIONAL_FILES = ("clearance.csv", "transfers.csv", "open_orders.csv")


class WrongCall(Exception):
    """What was asked cannot be done as it was asked (exit code 2); the text says what to change."""


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A path beside ``target`` to write to; it takes the target's place once the block has ended well."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """UTF-8 with line feeds, the same bytes on every system."""
    with whole(target) as part:
        part.write_bytes(text.encode("utf-8", errors="replace"))


def write_json(target: Path, content: dict[str, object]) -> None:
    """Indented, keys in the order given, no NaN."""
    write_text(target, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def prepared(out: Path, source: str = "") -> Path:
    """OUT, made if need be; never where a file of ours would overwrite the input (both know a forecast.csv)."""
    ours = {out.resolve(), *(out.resolve() / name for name in (*RUN_FILES, *OPTIONAL_FILES))}
    if source and "://" not in source and Path(source).resolve() in ours:
        raise WrongCall(f"{out} holds the input, and the results would overwrite it. Give another folder with --out.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            return out
    except OSError as error:
        raise WrongCall(f"Cannot write into {out}: {error.strerror}. Give another folder.") from error


def clear_earlier_run(out: Path) -> bool:
    """Removes an earlier run's files, so that nobody orders from them; only where a summary shows they are ours."""
    summary = out / "summary.json"
    try:
        ours = "run_id" in json.loads(summary.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    for name in (*RUN_FILES, *OPTIONAL_FILES) if ours else ():
        (out / name).unlink(missing_ok=True)
    return ours
