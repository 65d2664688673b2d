"""Inputs gone wrong through `restock check`, and some of those that it accepts through `restock plan`.

A corpus of single faults, then combinations that Hypothesis draws (the same for the same number): cells, columns,
rows, bytes, encodings, missing and doubled files, the policy, as folders, workbooks, Parquet files and databases. Each
call must end with exit code 0 or 3 (a plan also with 4); if the input is rejected, with a problem that is named;
without a traceback, and with no file half written: issues.csv is there, whole, and nothing else is left beside it.

    python benchmarks/gate_fuzz.py                 # the corpus and as many drawn inputs as make 2,100
    python benchmarks/gate_fuzz.py --inputs 40     # 40 of the corpus and drawn inputs, mixed
"""

import argparse
import collections
import contextlib
import io
import json
import multiprocessing
import random
import sys
import tempfile
from pathlib import Path

import pandas as pd
from gate_mutations import AS_OF, Program, corpus, program, write
from hypothesis import HealthCheck, Phase, given, settings

from restock.cli import app

ISSUES = ["severity", "table", "row", "sku", "field", "value", "problem", "remedy", "effect"]


def main() -> None:
    """Call after call; the failures at the end, exit code 1 if there are any."""
    parser = argparse.ArgumentParser(description="Inputs gone wrong through the gate")
    parser.add_argument("--inputs", type=int, default=2100, help="number of inputs")
    parser.add_argument("--plan-every", type=int, default=25, help="plan every so many-th input if accepted; 0: none")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    asked = parser.parse_args()
    programs = _programs(asked.inputs)
    ends: collections.Counter[str] = collections.Counter()
    failures = []
    with multiprocessing.Pool(asked.workers) as pool:
        numbered = [(number, one, asked.plan_every) for number, one in enumerate(programs)]
        for number, (how, wrong) in enumerate(pool.imap(_ended, numbered, chunksize=10)):
            ends.update(how)
            failures += [f"{number}: {wrong}\n  {programs[number]}"] if wrong else []
            if number % 100 == 99:
                print(f"{number + 1:,} of {len(programs):,}: {len(failures)} failures", file=sys.stderr, flush=True)
    print(f"{len(programs):,} inputs; ended with " + ", ".join(f"{end}: {ends[end]:,}" for end in sorted(ends)))
    print(f"failures: {len(failures)}", *failures[:20], sep="\n")
    sys.exit(1 if failures else 0)


def _programs(count: int) -> list[Program]:
    """The corpus, evenly thinned to half of the count where it is longer, then drawn inputs."""
    known = corpus()
    half = max(count // 2, 1)
    kept = known if len(known) <= half else random.Random(0).sample(known, half)
    drawn: list[Program] = []

    @settings(
        max_examples=count - len(kept),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(program)
    def draw(one: Program) -> None:
        drawn.append(one)

    draw()
    return [*kept, *drawn]


def _ended(numbered: tuple[int, Program, int]) -> tuple[list[str], str]:
    """How the calls on an input ended, and what is wrong with that."""
    number, one, plan_every = numbered
    wrong, code = _check(one)
    how = [f"check {code}"]
    if not wrong and code == 0 and plan_every and number % plan_every == 0:
        wrong, code = _plan(one)
        how.append(f"plan {code}")
    return how, wrong


def _check(one: Program) -> tuple[str, int]:
    """What is wrong with how the check of an input ended ("": nothing), and its exit code."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = Path(scratch) / "input", Path(scratch) / "out"
        folder.mkdir()
        source = write(one, folder)
        code, told, error = _called("check", source, "--as-of", AS_OF, "--out", str(out), "--json", "--quiet")
        return _wrong(code, told, error, out, {0: {"issues.csv", "health.csv"}, 3: {"issues.csv"}}), code


def _plan(one: Program) -> tuple[str, int]:
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = Path(scratch) / "input", Path(scratch) / "out"
        folder.mkdir()
        source = write(one, folder)
        code, _, error = _called("plan", source, "--as-of", AS_OF, "--out", str(out), "--json", "--quiet")
        if code not in (0, 3, 4):
            return f"plan ended with {code}: {_last_line(out, error)}", code
        parts = [path.name for path in out.iterdir() if path.name.startswith(".")]
        return f"half written: {parts}" if parts else "", code


def _called(*words: str) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of a call."""
    told, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(error):
        try:
            app(list(words), prog_name="restock", standalone_mode=True)
        except SystemExit as end:
            return int(end.code or 0), told.getvalue(), error.getvalue()
    return 0, told.getvalue(), error.getvalue()


def _wrong(code: int, told: str, error: str, out: Path, files: dict[int, set[str]]) -> str:
    if code not in files:
        return f"ended with {code}: {_last_line(out, error)}"
    if "Traceback" in told + error:
        return "a traceback reached the user"
    written = {path.name for path in out.iterdir()}
    if written != files[code]:
        return f"files: {sorted(written)}"
    answer = json.loads(told)
    issues = pd.read_csv(out / "issues.csv", keep_default_na=False, dtype=str)
    if list(issues.columns) != ISSUES or len(issues) != sum(answer["issues"].values()):
        return "issues.csv is not whole"
    blocking = issues[issues["severity"] == "block"]
    if (code == 3) != bool(len(blocking)) or not (issues[["problem", "remedy", "effect"]] != "").all(axis=None):
        return f"{len(blocking)} blocking problems, exit code {code}, or a problem without a name"
    return ""


def _last_line(out: Path, error: str) -> str:
    """The sentence, and the end of the traceback in the log."""
    log = out / "restock.log"
    lines = log.read_text("utf-8").strip().splitlines() if log.exists() else []
    return " | ".join([*error.strip().splitlines()[-1:], *lines[-4:]])


if __name__ == "__main__":
    main()
