"""The input as it was: an immutable copy named by its contents, so that any past run can be repeated bit for bit."""

import hashlib
import os
import shutil
from pathlib import Path

from data.findings import Findings
from data.load import DATABASE_FILES, POLICY_FILE, READERS, load, policy_path
from data.problems import Rejected
from scenarios.refusals import Refused
from scenarios.state import discard

WORKBOOK = ".xlsx"
PART = ".part"


def keep(source: str, inputs: Path) -> tuple[str, Path]:
    """Copies the input into ``inputs`` unless it is there; its digest, and where it can be read from now on.

    Files are copied as they are, a database's tables as Parquet. Raises ``Rejected`` if a database does not answer,
    ``Refused`` if a file cannot be read.
    """
    inputs.mkdir(parents=True, exist_ok=True)
    part = inputs / f"{PART}-{os.getpid()}"
    discard(part)
    part.mkdir()
    try:
        _copied(source, part)
        name = contents_digest(part)
        kept = inputs / name
        if kept.exists():
            discard(part)
        else:
            part.rename(kept)
    finally:
        discard(part)
    return name, readable(kept)


def readable(kept: Path) -> Path:
    """What the data gate reads of a kept input: its workbook, else the folder."""
    return next(kept.glob(f"*{WORKBOOK}"), kept)


def found_again(inputs: Path, name: str) -> Path:
    """The kept input of that digest; raises ``Refused`` if it is gone or is not what it was."""
    kept = inputs / name
    if not kept.is_dir() or contents_digest(kept) != name:
        raise Refused(f"The kept input {kept} is gone or was changed: the run cannot be repeated.")
    return readable(kept)


def contents_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the folder's files, in hexadecimal."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            digest.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def _copied(source: str, part: Path) -> None:
    try:
        _copy(source, part)
    except OSError as error:
        raise Refused(f"The input {error.filename} cannot be read: {error.strerror}. Check its rights.") from None


def _copy(source: str, part: Path) -> None:
    path = Path(source)
    if "://" in source or (path.is_file() and path.suffix.lower() in DATABASE_FILES):
        _dump(source, part)
    files = [path] if path.is_file() and path.suffix.lower() == WORKBOOK else _tables(path)
    policy = policy_path(source)
    for file in [*files, *([policy] if policy.is_file() and policy not in files else [])]:
        copy = part / (file.name.lower() if file.suffix.lower() == WORKBOOK else file.name)
        shutil.copyfile(file, copy)
        copy.chmod(0o444)


def _tables(folder: Path) -> list[Path]:
    """The files of an input folder that may be read; sub-folders and hidden files are not."""
    wanted = (*READERS, Path(POLICY_FILE).suffix)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if path.is_file() and path.name[0] != "." and path.name.lower().endswith(wanted)]


def _dump(source: str, part: Path) -> None:
    """A database's tables, as text, in the order of their contents: a database has none of its own."""
    found = Findings()
    for name, raw in load(source, found).items():
        text = raw.text.astype(str)
        ordered = text.sort_values(list(text.columns), kind="stable") if len(text.columns) else text
        ordered.to_parquet(part / f"{name}.parquet", index=False)
        (part / f"{name}.parquet").chmod(0o444)
    if found.blocked:
        raise Rejected(found.problems)
