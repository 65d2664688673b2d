"""A script without a main guard starts no process: what was to be done in others is done in it, and nothing waits."""

import subprocess
import sys
from pathlib import Path

import pytest

LARGE = 10**7
"""Characters: more than a pipe takes before somebody reads."""

WORLDS = f"""
from scenarios.side_by_side import crew

def work(base, item):
    return len(base) + item

with crew("x" * {LARGE}, 2) as beside:
    print(beside.each(work, [1, 2]))
"""

PARTS = f"""
import optimize.crew

class Desk:
    def __init__(self, parts, limits):
        self.parts = parts

    def do(self, number, task, prices):
        return len(self.parts[number][0]) + number

optimize.crew.Desk = Desk
with optimize.crew.Crew(["x" * {LARGE}] * 2, None, 2) as crew:
    print(crew.do("relax", None))
"""


@pytest.mark.parametrize(
    ("script", "answer"), [(WORLDS, [LARGE + 1, LARGE + 2]), (PARTS, [LARGE, LARGE + 1])], ids=["worlds", "parts"]
)
def test_a_script_without_a_guard_gets_its_answer(tmp_path: Path, script: str, answer: list[int]) -> None:
    path = tmp_path / "script.py"
    path.write_text(script)
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(answer)
