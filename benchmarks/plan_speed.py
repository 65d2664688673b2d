"""Seconds and gap of one plan of the sample company, whole and with nothing shared, and of its relaxed Pyomo model.

The demand paths are drawn round each series' last half year (a common level per path, Poisson weeks), so that nothing
is forecast here. "Movable" is what decisions can move: ordering, holding, lost sales and rushing.

    python benchmarks/plan_speed.py [--paths 200] [--repeats 3]
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from data.company import Company
from data.gate import read_company
from data.sample import AS_OF, write_sample
from optimize.highs import Limits
from optimize.plan import Plan
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.solve import build, solve
from optimize.stock_flow import Floats

MOVABLE = ("ordering", "holding", "lost_sales", "expedite")


def sample_company() -> Company:
    """The sample company through the gate."""
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder))
        return read_company(Path(folder), AS_OF)[0]


def drawn_paths(company: Company, count: int) -> Floats:
    """Paths (count, series, horizon) round the mean of each series' last 26 weeks."""
    rng = np.random.default_rng(company.policy.seed)
    recent = company.history.units[:, -26:]
    mean = np.nansum(recent, axis=1) / np.maximum(np.isfinite(recent).sum(axis=1), 1)
    level = rng.lognormal(0.0, 0.25, (count, len(mean), 1))
    shape = (count, len(mean), company.policy.horizon.weeks)
    return rng.poisson(np.broadcast_to(mean[None, :, None] * level, shape)).astype(float)


def nothing_shared(company: Company) -> Company:
    """The company without order charges, minimums, capacities and budgets."""
    suppliers = company.suppliers.assign(order_cost=0.0, min_order_value=0.0, capacity_units=np.inf)
    return replace(company, suppliers=suppliers, budgets=company.budgets.iloc[:0])


def report(name: str, company: Company, paths: Floats, repeats: int) -> None:
    """Prints one plan: seconds by stage (least of the repeats), gap on all cost and on the movable part."""
    plans: list[tuple[float, Plan]] = []
    for _ in range(repeats):
        begun = time.perf_counter()
        found = plan(company, paths)
        plans.append((time.perf_counter() - begun, found))
    seconds, found = min(plans, key=lambda one: one[0])
    stages = ", ".join(f"{stage} {value:.1f}" for stage, value in found.seconds.items())
    movable = sum(found.costs[term] for term in MOVABLE)
    missing = found.objective - found.bound
    print(f"{name}: {seconds:.1f} s ({stages}), {found.status}, {len(found.orders)} lines")
    shares = f"{missing / found.objective:.3%}, {missing / movable:.2%} of the movable"
    print(f"  cost {found.objective:,.0f}, gap {missing:,.0f}: {shares}")


def report_model(company: Company, paths: Floats) -> None:
    """Prints how long the relaxed Pyomo model takes to build, to compile for HiGHS, and to solve."""
    instance = prepare(company, paths)
    begun = time.perf_counter()
    model = build(instance, range(len(instance.series)), exact_weeks=0)
    built = time.perf_counter()
    solve(model, Limits(0.0, 0, 600.0, 0), relaxed=True)
    solved = time.perf_counter()
    rows, columns = model.arrays.matrix.shape
    print(f"relaxed model, {rows:,} rows and {columns:,} columns:", end=" ")
    print(f"build {built - begun:.2f} s, solve {solved - built:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paths", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    company = sample_company()
    paths = drawn_paths(company, given.paths)
    print(f"{paths.shape[1]} series, {paths.shape[2]} weeks, {paths.shape[0]} paths")
    report("sample company", company, paths, given.repeats)
    report("nothing shared", nothing_shared(company), paths, given.repeats)
    report_model(company, paths)


if __name__ == "__main__":
    main()
