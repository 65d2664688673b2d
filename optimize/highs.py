"""HiGHS: arrays in, an answer out, the same way every time."""

from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from optimize.stock_flow import Flags, Floats

LEAST_SECONDS = 2.0
AS_IT_IS = {"presolve": "off", "simplex_scale_strategy": 0}
STOPS = {
    highspy.HighsModelStatus.kTimeLimit: "seconds",
    highspy.HighsModelStatus.kSolutionLimit: "nodes",
    highspy.HighsModelStatus.kIterationLimit: "iterations",
}


@dataclass(frozen=True)
class Limits:
    """When to stop: relative gap, branch-and-bound nodes, and as a backstop seconds from ``begun`` on.

    ``seed``: of the solver's choices; ``least``: seconds that it has even when the others are used up.
    """

    gap: float
    nodes: int
    seconds: float
    seed: int
    begun: float = field(default_factory=perf_counter)
    least: float = LEAST_SECONDS

    @property
    def left(self) -> float:
        """Seconds left, a few at least so that an answer can be had."""
        return max(self.seconds - (perf_counter() - self.begun), self.least)

    def until(self, share: float) -> "Limits":
        """The same, but for a share of the seconds; what one stage leaves of them the next one has."""
        return replace(self, seconds=share * self.seconds)

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
    return Solver(arrays, limits).run(limits, start)


class Solver:
    """HiGHS with a problem in it. ``presolved``: whether it is made smaller and scaled first, which takes longer than
    the few steps of a small one, or of one solved again.
    """

    def __init__(self, arrays: Arrays, limits: Limits, presolved: bool = True) -> None:
        self.arrays, self.highs = arrays, highspy.Highs()
        for option, value in (_options(limits) | ({} if presolved else AS_IT_IS)).items():
            self.highs.setOptionValue(option, value)
        matrix = arrays.matrix
        self.highs.passModel(
            *(matrix.shape[1], matrix.shape[0], matrix.nnz),
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            arrays.offset,
            *(arrays.cost, arrays.lower, arrays.upper, arrays.row_lower, arrays.row_upper),
            *(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data),
            arrays.whole.astype(np.int32),
        )

    def run(self, limits: Limits, start: Floats | None = None) -> Outcome:
        """Minimises, from where the last run ended if there was one."""
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start
            self.highs.setSolution(solution)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + limits.left)
        self.highs.run()
        return _outcome(self.highs, bool(self.arrays.whole.any()))

    def change(self, arrays: Arrays) -> None:
        """Takes over the numbers of a problem with the same rows, columns and places in its matrix."""
        old, self.arrays = self.arrays, arrays
        self.highs.changeObjectiveOffset(arrays.offset)
        cost = _changed((old.cost, arrays.cost))
        self.highs.changeColsCost(len(cost), cost, arrays.cost[cost])
        bounds = _changed((old.lower, arrays.lower), (old.upper, arrays.upper))
        self.highs.changeColsBounds(len(bounds), bounds, arrays.lower[bounds], arrays.upper[bounds])
        sides = _changed((old.row_lower, arrays.row_lower), (old.row_upper, arrays.row_upper))
        self.highs.changeRowsBounds(len(sides), sides, arrays.row_lower[sides], arrays.row_upper[sides])
        places = _changed((old.matrix.data, arrays.matrix.data))
        columns = np.searchsorted(arrays.matrix.indptr, places, side="right") - 1
        for row, column, value in zip(
            arrays.matrix.indices[places].tolist(), columns.tolist(), arrays.matrix.data[places].tolist(), strict=True
        ):
            self.highs.changeCoeff(row, column, value)


def _changed(*pairs: tuple[Floats, Floats]) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Where one of some pairs of arrays differs."""
    differ = [old != new for old, new in pairs if old is not new]
    return np.flatnonzero(np.any(differ, axis=0)).astype(np.int32)


def _options(limits: Limits) -> dict[str, Any]:
    return {
        "output_flag": False,
        "threads": 1,
        "random_seed": limits.seed,
        "mip_rel_gap": limits.gap,
        "mip_max_nodes": limits.nodes,
    }


def _outcome(solver: highspy.Highs, whole: bool) -> Outcome:
    info, status = solver.getInfo(), solver.getModelStatus()
    stopped = "" if status == highspy.HighsModelStatus.kOptimal else STOPS.get(status, str(status))
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Outcome(np.inf, -np.inf, stopped, None, np.zeros(0))
    objective = float(info.objective_function_value)
    bound = float(info.mip_dual_bound) if whole else objective if not stopped else -np.inf
    solution = solver.getSolution()
    return Outcome(objective, bound, stopped, np.asarray(solution.col_value), np.asarray(solution.row_dual))
