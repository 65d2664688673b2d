"""The examples for schedulers are read by their own tools where these are here, and what they call is a right call."""

import configparser
import datetime
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import typer

import restock.cli
from restock.options import day

EXAMPLES = Path(__file__).parent.parent / "docs" / "schedulers"


def told(folder: Path) -> list[list[str]]:
    """What restock was called with."""
    return [line.split("\x1f")[:-1] for line in (folder / "calls").read_text().splitlines()]


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A restock that writes down how it is called, and ends as the file ``code`` says."""
    script = tmp_path / "restock"
    script.write_text(
        f"""#!/bin/sh
printf '%s\\037' "$@" >> {tmp_path}/calls; echo >> {tmp_path}/calls
echo '{{}}'; exit $(cat {tmp_path}/code 2>/dev/null || echo 0)
"""
    )
    script.chmod(0o755)
    return tmp_path


def understood(words: list[str], tmp_path: Path) -> dict[str, Any]:
    """The call's parameters as the real command line reads them, on a Monday."""
    words = [str(tmp_path) if word == "/srv/restock/input" else word for word in words]
    if "--as-of" in words:
        at = words.index("--as-of") + 1
        assert isinstance(day(words[at]), datetime.date)
        words[at] = "2026-10-05"
    group = typer.main.get_command(restock.cli.app)
    command = group.commands[words[0]]  # type: ignore[attr-defined]
    found: dict[str, Any] = command.make_context(words[0], words[1:]).params
    return found


def run_shell(line: str, stub: Path) -> None:
    path = f"{stub}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["/bin/sh", "-c", line], check=True, env={"PATH": path}, cwd=stub)


def test_cron(stub: Path) -> None:
    text = (EXAMPLES / "restock.cron").read_text()
    jobs = [line for line in text.splitlines() if re.match(r"[0-9*]", line)]
    assert len(jobs) == 2
    for job in jobs:
        *when, command = job.split(maxsplit=5)
        assert when[2:] == ["*", "*", "1"]
        assert not re.search(r"(?<!\\)%", command), "cron ends a line at a bare percent sign"
        run_shell(command.replace("\\%", "%").replace("/srv/restock/weekly", str(stub / "weekly")), stub)
    for call in told(stub):
        assert understood(call, stub)["seconds"] == 3600


def test_systemd(stub: Path) -> None:
    units = {name: configparser.RawConfigParser(strict=False) for name in ("service", "timer")}
    for name, unit in units.items():
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read(EXAMPLES / f"restock-weekly.{name}")
    command = units["service"]["Service"]["ExecStart"].replace("%%", "%").replace("$$", "$")
    run_shell(command, stub)
    (call,) = told(stub)
    assert str(understood(call, stub)["metrics"]).endswith("restock.prom")
    assert units["service"]["Service"]["SuccessExitStatus"] == "75"
    calendar = units["timer"]["Timer"]["OnCalendar"]
    assert calendar.startswith("Mon ")
    if shutil.which("systemd-analyze"):
        subprocess.run(["systemd-analyze", "calendar", calendar], check=True, capture_output=True)


class _Task:
    """A task of an Airflow that is not there: runs when it is called, as the DAG's order says."""

    def __init__(self, work: Any) -> None:
        self.work = work

    def __call__(self) -> "_Task":
        takes = "data_interval_end" in self.work.__annotations__
        self.work(**({"data_interval_end": datetime.datetime(2026, 10, 5, 5)} if takes else {}))
        return self

    def __rshift__(self, other: "_Task") -> "_Task":
        return other


class _Fails(Exception):
    pass


class _FailsForGood(Exception):
    pass


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> None:
    package, decorators, exceptions = (types.ModuleType(f"airflow{end}") for end in ("", ".decorators", ".exceptions"))
    decorators.dag = lambda **_: lambda work: work  # type: ignore[attr-defined]
    decorators.task = lambda **_: _Task  # type: ignore[attr-defined]
    exceptions.AirflowException, exceptions.AirflowFailException = _Fails, _FailsForGood  # type: ignore[attr-defined]
    for module in (package, decorators, exceptions):
        monkeypatch.setitem(sys.modules, module.__name__, module)


def loaded(stub: Path) -> None:
    """Runs the example as Airflow would, with restock at another place."""
    text = (EXAMPLES / "airflow_restock.py").read_text()
    path = stub / "airflow_restock.py"
    path.write_text(text.replace("/srv/restock/.venv/bin/restock", str(stub / "restock")))
    spec = importlib.util.spec_from_file_location("airflow_restock", path)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


@pytest.mark.usefixtures("airflow")
def test_airflow(stub: Path) -> None:
    loaded(stub)
    weekly, export = told(stub)
    assert understood(weekly, stub)["as_of"] == datetime.date(2026, 10, 5)
    assert understood(export, stub)["out"] == Path("/srv/restock/purchase_orders")


@pytest.mark.usefixtures("airflow")
@pytest.mark.parametrize(("code", "error"), [("3", _FailsForGood), ("75", _Fails)])
def test_airflow_tries_again_what_may_pass(stub: Path, code: str, error: type[Exception]) -> None:
    (stub / "code").write_text(code)
    with pytest.raises(error, match=f"weekly ended with {code}"):
        loaded(stub)
