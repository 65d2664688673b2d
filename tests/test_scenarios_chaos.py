"""Killed at any moment, the next round recovers: the small version of benchmarks/chaos.py."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="rounds are killed in forks")
def test_a_round_that_is_killed_loses_and_doubles_nothing() -> None:
    command = [sys.executable, "-W", "ignore", str(ROOT / "benchmarks" / "chaos.py"), "--points", "6", "--quick"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "lost 0, doubled 0, half written 0"
    killed = dict(re.findall(r"'(\w+)': (\d+)", done.stdout.splitlines()[0]))
    assert sum(map(int, killed.values())) == 6
    assert {"weekly", "approve", "export"} <= set(killed)
