"""How fast the plan is made: ratios of medians within one run, so that a busy machine slows both sides alike.

    python benchmarks/plan_speed.py model     # build and hand over the relaxed model, 1,000 and 10,000 SKUs x 26 weeks
    python benchmarks/plan_speed.py what-if   # other costs, demand and limits in the standing model, 1,000 SKUs
    python benchmarks/plan_speed.py plan      # whole plans: the sample company, and 1,000 coupled SKUs
    python benchmarks/plan_speed.py large     # 10,000 coupled SKUs
    python benchmarks/plan_speed.py           # all but the last

`model`: "build" is from the instance to HiGHS holding the problem; beside it HiGHS's own solve (of the smaller size),
and the same Pyomo model filled by Pyomo and handed over by SolverFactory("appsi_highs"), once. Wanted: at most 0.25 of
the solve; 15 times faster than appsi_highs; ten times the SKUs in at most 12 times the time.
`what-if`: share of the first solve's total time (curves, building, solving) that each takes, curves included, and of
what the same model takes that is built anew and solved by HiGHS as one; their costs agree. Wanted: at most 0.2. Blocks
are solved side by side, so a quiet machine's clock runs less than its processor.
`plan`: seconds by stage and gap; "movable" is what decisions can move: ordering, holding, lost sales and rushing.
`large` likewise. Wanted: 1,000 coupled SKUs within 1% of the bound in 300 s on two cores, 10,000 within 2% in 900 s and
8 GiB. Processor seconds are of all processes together: on a busy machine they say more than those of the clock; the
memory is the leading process's peak and that of the largest of its workers. The demand paths are drawn, nothing is
forecast here.
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from coupled import coupled

from data.company import Company
from data.gate import read_company
from data.sample import AS_OF, write_sample
from optimize.expand import Expanded
from optimize.figures import figures
from optimize.filling import instantiate
from optimize.highs import Limits, Solver
from optimize.instance import Instance
from optimize.kept_curves import Curves
from optimize.model import planning_model, rules
from optimize.plan import Plan
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.solve import build, solve
from optimize.standing import Standing
from optimize.stock_flow import Floats

MOVABLE = ("ordering", "holding", "lost_sales", "expedite")
SMALL, LARGE, MODEL_PATHS, PLAN_PATHS = 1_000, 10_000, 50, 200


def limits() -> Limits:
    """Nothing stops the solver."""
    return Limits(0.0, 0, 3600.0, 0)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of some work, and its result."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def handed_over(instance: Instance) -> Solver:
    """The relaxed model in HiGHS, from an instance of which nothing has been read yet."""
    fresh = replace(instance)
    model: Expanded = build(fresh, range(len(fresh.series)), 0)
    return Solver(replace(model.arrays, whole=np.zeros_like(model.arrays.whole)), limits())


def report_model(repeats: int) -> None:
    """Building and handing over, beside solving, beside appsi_highs, beside ten times the size."""
    rules()
    medians = {}
    for skus in (SMALL, LARGE):
        instance = prepare(*coupled(skus, MODEL_PATHS))
        seconds, solvers = zip(*(timed(lambda one=instance: handed_over(one)) for _ in range(repeats)), strict=True)
        medians[skus] = statistics.median(seconds)
        rows, columns = solvers[0].arrays.matrix.shape
        print(f"{skus:,} SKUs: {rows:,} rows, {columns:,} columns: build {medians[skus]:.3f} s")
        if skus == SMALL:
            solve = statistics.median(timed(lambda one=one: one.run(limits()))[0] for one in solvers)
            print(f"  HiGHS solves it in {solve:.2f} s: build is {medians[skus] / solve:.3f} of that")
            print(f"  appsi_highs: {by_appsi(instance) / medians[skus]:.0f} times as long")
    print(f"  {medians[LARGE] / medians[SMALL]:.1f} times the time at {SMALL:,}")


def by_appsi(instance: Instance) -> float:
    """Seconds until appsi_highs holds the same model."""
    from pyomo.environ import SolverFactory

    data = figures(instance, range(len(instance.series)), 0)
    built, model = timed(lambda: instantiate(planning_model(), data))
    handed, _ = timed(lambda: SolverFactory("appsi_highs").set_instance(model))
    print(f"  SolverFactory('appsi_highs'): build {built:.1f} s, hand over {handed:.1f} s")
    return built + handed


def what_ifs(company: Company, demand: Floats) -> dict[str, tuple[Company, Floats]]:
    """Changes of costs, limits and demand."""
    items, suppliers, budgets = company.items, company.suppliers, company.budgets
    rising = np.where(np.arange(len(items)) < len(items) // 20, 1.6, 1.0)[:, None]
    return {
        "budget -10%": (
            replace(company, budgets=budgets.assign(amount=0.9 * budgets["amount"])),
            demand,
        ),
        "capacity -5%": (
            replace(company, suppliers=suppliers.assign(capacity_units=0.95 * suppliers["capacity_units"])),
            demand,
        ),
        "holding cost +20%": (replace(company, items=items.assign(holding_cost=1.2 * items["holding_cost"])), demand),
        "lost margin +10%": (replace(company, items=items.assign(shortage_cost=1.1 * items["shortage_cost"])), demand),
        "demand of 5% of the SKUs +60%": (company, demand * rising),
        "all demand +10%": (company, demand * 1.1),
    }


def report_what_ifs(repeats: int) -> None:
    """Each what-if beside the first solve, and beside the model built anew and given to HiGHS as one."""
    company, demand = coupled(SMALL, PLAN_PATHS)
    rules()
    curves = Curves()
    standing, first = both(lambda: Standing(prepare(company, demand, curves), limits()))
    whole, anew = both(lambda: relaxed_anew(company, demand))
    print(
        f"{SMALL:,} SKUs, seconds of the clock and of the processor: curves, building and first solve {first.round(2)}"
    )
    print(f"  as one model {anew.round(2)}; costs {standing.solution.objective:,.2f} and {whole:,.2f}")
    shares = []
    for name, case in what_ifs(company, demand).items():
        seconds = []
        for _ in range(repeats):
            standing.what_if(prepare(company, demand, curves), limits())
            found, taken = both(lambda case=case: standing.what_if(prepare(*case, curves), limits()))
            seconds.append(taken)
        middle = np.median(seconds, axis=0)
        shares.append(middle / anew)
        print(f"  {name}: {middle.round(2)}, {(middle / first).round(2)} of the first", end=", ")
        print(f"{shares[-1].round(2)} of one model; cost {found.objective:,.2f}, anew {relaxed_anew(*case):,.2f}")
    print(f"  median {np.median(shares, axis=0).round(2)} of one model")


def both(work: Callable[[], Any]) -> tuple[Any, Floats]:
    """What some work gives, and its seconds of the clock and of the processor."""
    begun = np.array([time.perf_counter(), time.process_time()])
    result = work()
    return result, np.array([time.perf_counter(), time.process_time()]) - begun


def relaxed_anew(company: Company, demand: Floats) -> float:
    """The cost of the relaxed model, from the company on, built anew and solved as one."""
    return solve(build(prepare(company, demand), range(len(company.series)), 0), limits(), relaxed=True).objective


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


def report_plan(name: str, company: Company, paths: Floats) -> None:
    """Prints one plan: seconds by stage, of the processor, peak memory, gap on all cost and on the movable part."""
    begun = processor_seconds()
    seconds, found = timed(lambda: plan(company, paths))
    assert isinstance(found, Plan)
    stages = ", ".join(f"{stage} {value:.1f}" for stage, value in found.seconds.items())
    movable = sum(found.costs[term] for term in MOVABLE)
    missing = found.objective - found.bound
    print(f"{name}: {seconds:.1f} s ({stages}), {found.status}, {len(found.orders)} lines")
    shares = f"{missing / found.objective:.3%}, {missing / movable:.2%} of the movable"
    print(f"  cost {found.objective:,.0f}, gap {missing:,.0f}: {shares}")
    memory = [resource.getrusage(who).ru_maxrss / 2**20 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"  {processor_seconds() - begun:.0f} s of the processor; {memory[0]:.2f} GiB, a worker {memory[1]:.2f} GiB")


def processor_seconds() -> float:
    """Seconds of the processor that this process and its workers have used."""
    return sum(os.times()[:4])


def report_plans(seconds: float) -> None:
    """The sample company, the same with nothing shared, and 1,000 SKUs that all share something."""
    company = sample_company()
    paths = drawn_paths(company, PLAN_PATHS)
    report_plan("sample company", company, paths)
    report_plan("nothing shared", nothing_shared(company), paths)
    report_coupled(SMALL, seconds)


def report_coupled(skus: int, seconds: float) -> None:
    """SKUs that all share something."""
    large, demand = coupled(skus, PLAN_PATHS)
    solver = large.policy.solver.model_copy(update={"seconds": seconds})
    large = replace(large, policy=large.policy.model_copy(update={"solver": solver}))
    report_plan(f"{skus:,} coupled SKUs", large, demand)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=["model", "what-if", "plan", "large", "all"], default="all")
    parser.add_argument("--repeats", type=int, default=5, help="of building and solving, and of each what-if")
    parser.add_argument("--seconds", type=float, help="time limit of the coupled plan (300; large: 900)")
    given = parser.parse_args()
    if given.part in ("model", "all"):
        report_model(given.repeats)
    if given.part in ("what-if", "all"):
        report_what_ifs(given.repeats)
    if given.part in ("plan", "all"):
        report_plans(given.seconds or 300.0)
    if given.part == "large":
        report_coupled(LARGE, given.seconds or 900.0)


if __name__ == "__main__":
    main()
