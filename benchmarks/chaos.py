"""SIGKILL at random points of a small weekly round (weekly, approve, export): is an order lost or doubled?

Each point begins with an empty state. The round runs in a process of its own and is killed: half of the points at a
random moment of its time, the other half at a random statement to the store or operation on a file, of each command as
often as of the others. Then, as an ERP that watches the folder would, whatever purchase orders are there are taken
away. The round runs once more, to its end, and must then have left exactly what an undisturbed round leaves: one run,
its files byte for byte, no folder half written, and over all that was taken each purchase order once.

    python benchmarks/chaos.py [--points 50] [--seed 1] [--quick]

``--quick`` plans once and reads that plan in every round: the points then lie in what is done with a plan. Needs a
system that can fork. The last line counts; anything but zeros ends with exit code 1.
"""

import argparse
import json
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
from typer.testing import CliRunner

import scenarios.weekly
from data.gate import read_company
from restock.cli import app
from scenarios.pipeline import run_company
from scenarios.repeat import contents

MONDAY = "2026-05-11"
FILE_EVENTS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "os.chmod")
TABLES = {
    "items": "sku,unit_cost,price\nA,10,25\nB,4,9\nC,7,20\n",
    "suppliers": "supplier,order_cost\nS,20\nT,5\n",
    "sourcing": "sku,supplier,lead_time_weeks,pack_size\nA,S,2,5\nB,S,2,1\nC,T,1,1\n",
    "stock": "sku,on_hand\nA,30\nB,2\nC,1\n",
}


@dataclass(frozen=True)
class Place:
    """Where a round works; ``taken`` is where the ERP puts what it took."""

    shop: Path
    state: Path
    out: Path
    taken: Path
    plan: Path | None

    def fresh(self) -> None:
        """As before the first week."""
        for folder in (self.state, self.out, self.taken):
            shutil.rmtree(folder, ignore_errors=True)
        self.taken.mkdir()


def main() -> None:
    """All points, and the counts."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shop = _shop(folder / "shop")
        place = Place(
            shop, folder / "state", folder / "out", folder / "taken", folder / "plan" if options.quick else None
        )
        if place.plan:
            _in_a_process(partial(_plan_once, place))
        place.fresh()
        tally, begun = folder / "tally", time.perf_counter()
        _in_a_process(partial(_round, place, _Bomb(folder, tally)))
        undisturbed = Undisturbed(_steps(tally), time.perf_counter() - begun, _left(place))
        found = _all_points(place, folder, undisturbed, random.Random(options.seed), options.points)
    print(f"{options.points} points, killed in: {dict(found['killed'])}; wrong: {dict(found['wrong'])}")
    print(
        "lost {lost}, doubled {doubled}, half written {half}".format(
            **{kind: found["wrong"][kind] for kind in ("lost", "doubled", "half")}
        )
    )
    sys.exit(int(bool(sum(found["wrong"].values()))))


@dataclass(frozen=True)
class Undisturbed:
    """A round that nobody kills: the steps at which its commands begin and the last ends, its seconds, what it left."""

    steps: list[int]
    seconds: float
    left: dict[str, Any]


def _steps(tally: Path) -> list[int]:
    return [int(line.split()[1]) for line in tally.read_text().splitlines()]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


def _shop(folder: Path) -> Path:
    folder.mkdir()
    rng = random.Random(7)
    days = pd.date_range("2025-10-13", periods=30, freq="7D")
    sales = [f"{day:%Y-%m-%d},{sku},{rng.randint(3, 20)}" for day in days for sku in "ABC"]
    (folder / "sales.csv").write_text("date,sku,units\n" + "\n".join(sales) + "\n")
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text)
    (folder / "restock.toml").write_text("[horizon]\nweeks = 6\n[forecast]\npaths = 10\n")
    return folder


def _all_points(
    place: Place, folder: Path, undisturbed: Undisturbed, rng: random.Random, points: int
) -> dict[str, Counter[str]]:
    killed, wrong = Counter[str](), Counter[str]()
    for point in range(points):
        place.fresh()
        command = point // 2 % (len(undisturbed.steps) - 1)
        step = rng.randint(undisturbed.steps[command] + 1, undisturbed.steps[command + 1]) if point % 2 else 0
        tally = folder / f"tally-{point}"
        bomb = _Bomb(folder, tally, step)
        _in_a_process(partial(_round, place, bomb), None if step else rng.uniform(0.0, undisturbed.seconds))
        killed[tally.read_text().split()[-2] if tally.exists() else "start"] += 1
        _take(place)
        _in_a_process(partial(_round, place, None))
        wrong += _compared(undisturbed.left, _left(place))
    return {"killed": killed, "wrong": wrong}


class _Bomb:
    """Counts what a round does to the store and to files below ``folder``; kills its own process at the ``at``-th."""

    def __init__(self, folder: Path, tally: Path, at: int = 0) -> None:
        self.folder, self.tally, self.at, self.count = str(folder), tally, at, 0

    def set(self) -> None:
        """From now on."""
        sys.addaudithook(self._file)
        for moment in ("before_cursor_execute", "commit"):
            sa.event.listen(sa.Engine, moment, self._step)

    def _file(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in FILE_EVENTS and arguments and str(arguments[0]).startswith(self.folder):
            self._step()

    def _step(self, *_: object) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def enters(self, stage: str) -> None:
        """Notes how far the round has come; that is no step of its own."""
        steps = self.count
        with self.tally.open("a") as tally:
            tally.write(f"{stage} {steps}\n")
        self.count = steps


def _in_a_process(work: Callable[[], None], kill_after: float | None = None) -> None:
    """Runs ``work`` in a fork and waits for it; unless it is killed, it must end well."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if not (os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0):
        sys.exit("a round failed")


def _plan_once(place: Place) -> None:
    company, problems = read_company(place.shop, pd.Timestamp(MONDAY))
    assert place.plan is not None
    place.plan.write_bytes(pickle.dumps(run_company(company, problems)))


def _round(place: Place, bomb: _Bomb | None) -> None:
    """One round through the public commands."""
    if place.plan:
        scenarios.weekly.run_within = lambda *_: pickle.loads(place.plan.read_bytes())  # type: ignore[union-attr]
    calls = {
        "weekly": ["weekly", place.shop, "--as-of", MONDAY],
        "approve": ["approve", "latest", "--who", "chaos"],
        "export": ["export", "--out", place.out],
    }
    if bomb:
        bomb.set()
    for stage, words in calls.items():
        if bomb:
            bomb.enters(stage)
        done = CliRunner().invoke(app, [*map(str, words), "--state", str(place.state), "--json"])
        if done.exit_code != 0:
            raise RuntimeError(f"{stage} ended with {done.exit_code}: {done.output}")
    if bomb:
        bomb.enters("done")


def _take(place: Place) -> None:
    """What an ERP takes that watches the folder: all that is not hidden."""
    for path in place.out.glob("po_*") if place.out.exists() else ():
        if (place.taken / path.name).exists():
            path.rename(place.taken / f"again-{path.name}")
        else:
            path.rename(place.taken / path.name)


def _left(place: Place) -> dict[str, Any]:
    """What a round has left, everything taken: its run's files, what else lies about, and the lines of each order."""
    _take(place)
    runs = sorted(path.name for path in (place.state / "runs").iterdir())
    about = [str(path) for path in (*place.out.rglob("*"), *place.state.glob("*/.part*"))]
    files = contents(place.state / "runs" / runs[0])
    orders = sorted((path.name, path.read_text()) for path in place.taken.glob("*.csv"))
    return {
        "runs": runs,
        "files": files,
        "about": about,
        "orders": orders,
        "kinds": sorted(p.suffix for p in place.taken.iterdir()),
    }


def _compared(wanted: dict[str, Any], found: dict[str, Any]) -> Counter[str]:
    """How often an order is missing, is there twice, or anything else is not as it should be."""
    lines = [Counter(json.dumps(order[1]) for order in one["orders"]) for one in (wanted, found)]
    differ = [name for name in ("runs", "about", "kinds") if wanted[name] != found[name]]
    differ += [
        name for name in {**wanted["files"], **found["files"]} if wanted["files"].get(name) != found["files"].get(name)
    ]
    if differ:
        print(f"not as an undisturbed round leaves it: {', '.join(differ)}")
    return Counter(
        lost=sum((lines[0] - lines[1]).values()), doubled=sum((lines[1] - lines[0]).values()), half=int(bool(differ))
    )


if __name__ == "__main__":
    main()
