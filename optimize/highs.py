"""HiGHS: arrays in, an answer out, the same way every time."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from optimize.stock_flow import Flags, Floats

LEAST_SECONDS = 2.0
STOPS = {
    highspy.HighsModelStatus.kTimeLimit: "seconds",
    highspy.HighsModelStatus.kSolutionLimit: "nodes",
    highspy.HighsModelStatus.kIterationLimit: "iterations",
}


@dataclass(frozen=True)
class Limits:
    """When to stop: relative gap, branch-and-bound nodes, and as a backstop seconds from ``begun`` on.

    ``seed``: of the solver's choices.
    """

    gap: float
    nodes: int
    seconds: float
    seed: int
    begun: float = field(default_factory=perf_counter)

    @property
    def left(self) -> float:
        """Seconds left, a few at least so that an answer can be had."""
        return max(self.seconds - (perf_counter() - self.begun), LEAST_SECONDS)

    @property
    def late(self) -> bool:
        """Whether the seconds are used up."""
        return perf_counter() - self.begun > self.seconds

    @property
    def hit(self) -> tuple[str, ...]:
        """What to say of it if they are."""
        return ("seconds",) if self.late else ()


@dataclass(frozen=True)
class Arrays:
    """min cost x + offset, row_lower <= matrix x <= row_upper, lower <= x <= upper, x[whole] integer."""

    cost: Floats
    lower: Floats
    upper: Floats
    matrix: csc_array
    row_lower: Floats
    row_upper: Floats
    whole: Flags
    offset: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What HiGHS found. ``values`` (columns,), None without any solution; ``row_dual`` (rows,) of a relaxed problem;
    ``bound``: proven lower bound; ``stopped``: the limit that ended the search, "" if none did.
    """

    objective: float
    bound: float
    stopped: str
    values: Floats | None
    row_dual: Floats


def run(arrays: Arrays, limits: Limits, start: Floats | None = None) -> Outcome:
    """Minimises; ``start`` (columns,): a solution to begin with."""
    solver = highspy.Highs()
    for option, value in _options(limits).items():
        solver.setOptionValue(option, value)
    hand_over(solver, arrays)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start
        solver.setSolution(solution)
    solver.run()
    return _outcome(solver, bool(arrays.whole.any()))


def _options(limits: Limits) -> dict[str, Any]:
    return {
        "output_flag": False,
        "threads": 1,
        "random_seed": limits.seed,
        "mip_rel_gap": limits.gap,
        "mip_max_nodes": limits.nodes,
        "time_limit": limits.left,
    }


def hand_over(solver: highspy.Highs, arrays: Arrays) -> None:
    """Gives a solver the whole problem in one call."""
    matrix = arrays.matrix
    solver.passModel(
        *(matrix.shape[1], matrix.shape[0], matrix.nnz),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        arrays.offset,
        *(arrays.cost, arrays.lower, arrays.upper, arrays.row_lower, arrays.row_upper),
        *(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data),
        arrays.whole.astype(np.int32),
    )


def _outcome(solver: highspy.Highs, whole: bool) -> Outcome:
    info, status = solver.getInfo(), solver.getModelStatus()
    stopped = "" if status == highspy.HighsModelStatus.kOptimal else STOPS.get(status, str(status))
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Outcome(np.inf, -np.inf, stopped, None, np.zeros(0))
    objective = float(info.objective_function_value)
    bound = float(info.mip_dual_bound) if whole else objective if not stopped else -np.inf
    solution = solver.getSolution()
    return Outcome(objective, bound, stopped, np.asarray(solution.col_value), np.asarray(solution.row_dual))
