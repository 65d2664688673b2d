"""What it costs to keep an approved plan, and how much of it changes: the sample company under redrawn demand.

    python benchmarks/stability.py [--paths 200] [--seconds 600]

The plan of one draw of demand is approved; then as many other paths of the same demand are drawn, as another week's
forecast would be, and the company is planned again with several tolerances. "changed" is the share of the approved
units that the new plan orders otherwise (another week, supplier or quantity); "cost" is what keeping the rest adds to
the best plan of the new draw. The yardstick is tolerance 0: nothing is kept that costs anything.
"""

import argparse
from dataclasses import replace
from typing import Any

from plan_speed import drawn_paths, sample_company

from data.company import Company
from data.policy import Stability
from optimize.planner import plan

TOLERANCES = (0.0, 0.001, 0.0025, 0.005)


def under(company: Company, **sections: Any) -> Company:
    """The company under another policy."""
    return replace(company, policy=company.policy.model_copy(update=sections))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paths", type=int, default=200, help="demand paths of each draw")
    parser.add_argument("--seconds", type=float, default=600.0, help="time limit of each plan")
    asked = parser.parse_args()
    company = sample_company()
    solver = company.policy.solver.model_copy(update={"seconds": asked.seconds})
    company = under(company, solver=solver)
    approved = plan(company, drawn_paths(company, asked.paths)).orders
    redrawn = drawn_paths(under(company, seed=company.policy.seed + 1), asked.paths)
    print(f"{len(approved)} approved lines, {approved['units'].sum():,.0f} units; demand redrawn")
    for tolerance in TOLERANCES:
        found = plan(under(company, stability=Stability(tolerance=tolerance)), redrawn, approved=approved)
        changed, extra = found.stability["nervousness"], found.stability["extra_cost"]
        best = found.objective - extra
        print(f"  tolerance {tolerance:.2%}: {changed:.1%} changed, cost {extra / best:+.3%}", flush=True)


if __name__ == "__main__":
    main()
