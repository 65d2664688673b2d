"""A few of the inputs gone wrong of benchmarks/gate_fuzz.py, and those that once ended badly."""

import gzip
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from data.gate import read_company
from data.problems import Rejected
from restock.export import ISSUES, csv

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


def test_inputs_gone_wrong_end_with_a_named_problem_and_no_traceback() -> None:
    words = [sys.executable, "gate_fuzz.py", "--inputs", "12", "--plan-every", "0", "--workers", "1"]
    done = subprocess.run(words, cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("12 inputs; ended with check 0: ")


def test_a_file_that_cannot_be_unpacked_is_named(tmp_path: Path) -> None:
    packed = gzip.compress(b"sku,unit_cost,price\nA,1,2\n" * 50)
    (tmp_path / "items.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(Rejected) as rejected:
        read_company(tmp_path)
    assert "the file cannot be unpacked" in {problem.problem for problem in rejected.value.problems}


def test_a_lone_carriage_return_does_not_break_a_line(tmp_path: Path) -> None:
    row = {**dict.fromkeys(ISSUES, ""), "row": 1, "sku": "5\rb", "value": 'a "quoted", word'}
    target = tmp_path / "issues.csv"
    target.write_bytes(csv(pd.DataFrame([row, row]), ISSUES).encode())
    read = pd.read_csv(target, keep_default_na=False, dtype=str)
    assert read["sku"].tolist() == ["5\rb"] * 2
    assert read["value"].tolist() == ['a "quoted", word'] * 2
