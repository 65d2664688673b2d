"""Finds what the source holds: a folder of CSV or Parquet, one workbook, or a database; and the policy beside it."""

import difflib
from pathlib import Path

from data.findings import Findings, RawTable
from data.read_csv import read_csv
from data.read_database import read_database
from data.read_parquet import read_parquet
from data.read_workbook import read_workbook
from data.schema import TABLES

POLICY_FILE = "restock.toml"
READERS = {".csv": read_csv, ".csv.gz": read_csv, ".parquet": read_parquet}
DATABASE_FILES = {".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".duckdb": "duckdb"}


def load(source: str | Path, found: Findings) -> dict[str, RawTable]:
    """The tables of the source, all text, by the contract's names."""
    if "://" in str(source):
        return read_database(str(source), found)
    path = Path(source)
    if path.is_dir():
        return _folder(path, found)
    if not path.exists():
        problem = "the input does not exist"
        found.add("block", "input", problem, "Check the path.", "The run stops.", value=str(source))
        return {}
    if path.suffix.lower() == ".xlsx":
        return read_workbook(path, found)
    if path.suffix.lower() in DATABASE_FILES:
        return read_database(f"{DATABASE_FILES[path.suffix.lower()]}:///{path}", found)
    remedy = "Give a folder of CSV or Parquet files, one .xlsx workbook, or a database URL."
    found.add("block", "input", "the input is of no known kind", remedy, "The run stops.", value=str(source))
    return {}


def policy_path(source: str | Path) -> Path:
    """Where restock.toml is looked for: in the folder, else beside the file, else in the working directory."""
    text = str(source)
    if "://" in text:
        scheme, _, place = text.partition(":///")
        return Path(place).parent / POLICY_FILE if scheme in ("sqlite", "duckdb") else Path(POLICY_FILE)
    path = Path(source)
    return path / POLICY_FILE if path.is_dir() else path.parent / POLICY_FILE


def _folder(folder: Path, found: Findings) -> dict[str, RawTable]:
    tables = {}
    for name, paths in sorted(_by_table(folder, found).items()):
        if len(paths) > 1:
            files = ", ".join(path.name for path in paths)
            problem = "two files hold the same table"
            found.add("block", name, problem, "Keep one of them.", "The run stops.", value=files)
            continue
        raw = READERS[_suffix(paths[0])](paths[0], name, found)
        if raw is not None:
            tables[name] = raw
    return tables


def _by_table(folder: Path, found: Findings) -> dict[str, list[Path]]:
    paths: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name == POLICY_FILE or path.name.startswith("."):
            continue
        name = path.name[: len(path.name) - len(_suffix(path))].strip().lower()
        if _suffix(path) in READERS and name in TABLES:
            paths.setdefault(name, []).append(path)
        elif _suffix(path) in READERS:
            near = difflib.get_close_matches(name, TABLES, 1)
            remedy = f"Name it {near[0]}{_suffix(path)} if it is that table." if near else "None needed."
            problem = "the file bears no table's name"
            found.add("info", "input", problem, remedy, "The file is not read.", value=path.name)
        elif _suffix(path) == ".xlsx":
            problem = "a workbook in a folder is not read"
            remedy = "Give the workbook's own path, if it is the input."
            found.add("info", "input", problem, remedy, "The file is not read.", value=path.name)
    return paths


def _suffix(path: Path) -> str:
    name = path.name.lower()
    return ".csv.gz" if name.endswith(".csv.gz") else path.suffix.lower()
