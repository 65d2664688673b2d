"""Capacitated lot sizing with setup times: the instances of Trigeiro, Thomas & McClain (1989) to their known optima.

Several items share a weekly capacity; an item's setup costs money and takes capacity, whatever is made. Tight form
(facility location, Krarup & Bilde 1977): a week's demand is met by shares made in earlier weeks, and no share is larger
than the setup it needs. The rules are Pyomo's, expanded as the planning model's are, and HiGHS solves them.

    python benchmarks/trigeiro.py [--seconds 300] [--only F1 G57]

Each line: optimum known, cost found, proven gap, seconds, nodes. The last line counts the proven optima, and tells how
much the tight form closes: the gap of its relaxation beside that of the plain one (production <= what is still wanted
times setup), both to the optimum. Exit code 1 if a cost contradicts an optimum.
"""

import argparse
import csv
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from bench import bench_folder

from optimize.expand import Expanded, Rules
from optimize.filling import Data
from optimize.highs import Limits, Outcome, run
from optimize.stock_flow import Floats

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Instance:
    """``unit_time``, ``holding``, ``setup_time``, ``setup_cost`` (items,); ``demand`` (items, weeks)."""

    capacity: float
    unit_time: Floats
    holding: Floats
    setup_time: Floats
    setup_cost: Floats
    demand: Floats


def read(path: Path) -> Instance:
    """An instance's file: of 24 items the demands stand in two blocks of weeks x 15 and weeks x 9."""
    lines = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if _is_numbers(line)]
    items, weeks = (int(number) for number in lines[0])
    (capacity,) = lines[2]
    terms = np.array(lines[3 : 3 + items]).T
    rows = lines[3 + items :]
    blocks = [np.array(rows[start : start + weeks]) for start in range(0, len(rows), weeks)]
    return Instance(capacity, *terms, demand=np.concatenate(blocks, axis=1).T)


def _is_numbers(line: str) -> bool:
    words = line.split()
    return bool(words) and all(word.replace(".", "", 1).isdigit() for word in words)


def lot_sizing(tight: bool) -> Rules:
    """The model: i an item, t the week of making, s the week of demand."""
    from pyomo.environ import AbstractModel, Binary, Constraint, NonNegativeReals, Objective, Param, Set, Var

    m: Any = AbstractModel()
    m.ITEMS, m.WEEKS = Set(dimen=1), Set(dimen=1)
    m.wanted, m.setup_cost = Param(m.ITEMS, m.WEEKS), Param(m.ITEMS, m.WEEKS)
    m.setup_time, m.most = Param(m.ITEMS), Param(m.ITEMS, m.WEEKS)
    m.early, m.holding, m.used = Param(m.WEEKS, m.WEEKS), *(Param(m.ITEMS, m.WEEKS, m.WEEKS) for _ in range(2))
    m.capacity = Param(m.WEEKS)
    m.share = Var(m.ITEMS, m.WEEKS, m.WEEKS, domain=NonNegativeReals, bounds=in_time)
    m.setup = Var(m.ITEMS, m.WEEKS, domain=Binary)
    m.cost = Objective(rule=cost)
    m.demand_met = Constraint(m.ITEMS, m.WEEKS, rule=demand_met)
    m.within_capacity = Constraint(m.WEEKS, rule=within_capacity)
    if tight:
        m.set_up = Constraint(m.ITEMS, m.WEEKS, m.WEEKS, rule=set_up)
        m.beside_setup = Constraint(m.ITEMS, m.WEEKS, rule=beside_setup)
    else:
        m.set_up = Constraint(m.ITEMS, m.WEEKS, rule=set_up_in_sum)
    return Rules(m)


def in_time(m: Any, _: int, t: int, s: int) -> Any:
    """Nothing is made after the week that wants it."""
    return 0, m.early[t, s]


def cost(m: Any) -> Any:
    """Setups, and holding what is made before its week: sum setup_cost_i y_it + sum h_i (s - t) d_is x_its."""
    held = sum(m.holding[i, t, s] * m.share[i, t, s] for i in m.ITEMS for t in m.WEEKS for s in m.WEEKS)
    return held + sum(m.setup_cost[i, t] * m.setup[i, t] for i in m.ITEMS for t in m.WEEKS)


def demand_met(m: Any, i: int, s: int) -> Any:
    """All of a week's demand is made, that week or earlier: sum_t x_its = 1 where there is demand."""
    return sum(m.share[i, t, s] for t in m.WEEKS) == m.wanted[i, s]


def set_up(m: Any, i: int, t: int, s: int) -> Any:
    """What is made needs a setup: x_its <= y_it."""
    return m.share[i, t, s] <= m.setup[i, t]


def set_up_in_sum(m: Any, i: int, t: int) -> Any:
    """The same, loosely: sum_s d_is x_its <= (sum_s d_is) y_it."""
    return sum(m.used[i, t, s] * m.share[i, t, s] for s in m.WEEKS) <= m.most[i, t] * m.setup[i, t]


def beside_setup(m: Any, i: int, t: int) -> Any:
    """What is made fits in the week beside its own setup: sum_s d_is x_its <= (capacity - setup_time_i) y_it."""
    made = sum(m.used[i, t, s] * m.share[i, t, s] for s in m.WEEKS)
    return made <= (m.capacity[t] - m.setup_time[i]) * m.setup[i, t]


def within_capacity(m: Any, t: int) -> Any:
    """Making and setting up take time: sum_i (setup_time_i y_it + sum_s unit_time_i d_is x_its) <= capacity."""
    making = sum(m.used[i, t, s] * m.share[i, t, s] for i in m.ITEMS for s in m.WEEKS)
    return making + sum(m.setup_time[i] * m.setup[i, t] for i in m.ITEMS) <= m.capacity[t]


def filling(one: Instance) -> Data:
    """The figures of an instance; a week without demand wants nothing."""
    items, weeks = one.demand.shape
    ahead = np.maximum(np.arange(weeks)[None, :] - np.arange(weeks)[:, None], 0)
    early = np.triu(np.ones((weeks, weeks)))
    load = one.unit_time[:, None, None] * one.demand[:, None, :] * early
    return Data(
        sets={"ITEMS": np.arange(items), "WEEKS": np.arange(weeks)},
        values={
            "wanted": (one.demand > 0).astype(float),
            "setup_cost": np.repeat(one.setup_cost[:, None], weeks, axis=1),
            "setup_time": one.setup_time,
            "most": load.sum(axis=2),
            "early": early,
            "holding": one.holding[:, None, None] * ahead * one.demand[:, None, :],
            "used": load,
            "capacity": np.full(weeks, one.capacity),
        },
    )


def relaxed(model: Expanded) -> float:
    """The bound of a model's relaxation."""
    arrays = replace(model.arrays, whole=np.zeros_like(model.arrays.whole))
    return run(arrays, Limits(0.0, 0, 600.0, 0)).objective


def solve(model: Expanded, seconds: float) -> Outcome:
    """The best plan in the time given; costs are whole, so a gap below one unit of money is none."""
    return run(model.arrays, Limits(TOLERANCE, 10_000_000, seconds, 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300.0, help="time limit per instance")
    parser.add_argument("--only", nargs="*", default=[], help="names of instances, such as F1")
    given = parser.parse_args()
    folder = bench_folder("lotsizing") / "trigeiro"
    known = {row["file"]: float(row["optimum"]) for row in csv.DictReader((folder / "optima.csv").open())}
    tight, loose = lot_sizing(tight=True), lot_sizing(tight=False)
    proven, wrong, closed = 0, 0, []
    for name, optimum in known.items():
        if given.only and Path(name).stem not in given.only:
            continue
        data = filling(read(folder / name))
        model = tight.expand(data)
        begun = time.perf_counter()
        found = solve(model, given.seconds)
        spent = time.perf_counter() - begun
        gap = (found.objective - found.bound) / found.objective
        exact = gap <= 10 * TOLERANCE
        proven += exact and abs(found.objective - optimum) <= TOLERANCE * optimum
        wrong += found.bound > optimum * (1 + TOLERANCE) or found.objective < optimum * (1 - TOLERANCE)
        closed.append([1 - relaxed(one) / optimum for one in (model, loose.expand(data))])
        print(f"{name}: optimum {optimum:,.0f}, found {found.objective:,.1f}, gap {gap:.4%}, {spent:.1f} s", flush=True)
    gaps = np.mean(closed, axis=0)
    print(f"{proven} of {len(closed)} proven optimal; relaxation {gaps[0]:.2%} below the optimum, plain {gaps[1]:.1%}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
