"""What the benchmarks share: where the real data is, how the public commands are called, and how long they take."""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def bench_folder(name: str) -> Path:
    """The folder of a data set: RESTOCK_BENCH, or ../shared/bench beside the project."""
    default = Path(__file__).resolve().parent.parent.parent / "shared" / "bench"
    folder = Path(os.environ.get("RESTOCK_BENCH", default)) / name
    if not folder.is_dir():
        sys.exit(f"There is no {folder}. Set RESTOCK_BENCH to the folder that holds {name}.")
    return folder


@dataclass(frozen=True)
class Answer:
    """A command's `--json` summary, its seconds, and the peak memory (GiB) of the largest command so far."""

    summary: dict[str, Any]
    seconds: float
    gib: float


def restock(*words: object) -> Answer:
    """Run the installed command; a failure ends the benchmark with its message."""
    command = [str(Path(sys.executable).with_name("restock")), *map(str, words), "--json", "--quiet"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr}\n{done.stdout}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    return Answer(json.loads(done.stdout), time.perf_counter() - start, peak)
