"""The README's commands are those that CI runs."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def readme_commands() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^    (python3 -m venv .*)$", readme, flags=re.MULTILINE)


def test_two_commands_set_up_everything() -> None:
    main_job, tests = readme_commands()
    assert main_job.endswith("restock demo")
    assert tests.endswith("-m pytest")


def test_ci_runs_the_test_command_as_written() -> None:
    _, tests = readme_commands()
    assert tests in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
