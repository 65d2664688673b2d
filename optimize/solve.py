"""From a Pyomo model to HiGHS and back: compiled to arrays, handed over in one call, solved the same way every time."""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from pyomo.environ import ConcreteModel, Var
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from optimize.stock_flow import Floats

THREADS = 1


@dataclass(frozen=True)
class Limits:
    """When to stop: relative gap, seconds (a backstop), branch-and-bound nodes; ``seed`` of the solver's choices."""

    gap: float
    seconds: float
    nodes: int
    seed: int


@dataclass(frozen=True)
class Solution:
    """What HiGHS found. ``bound``: proven lower bound of the objective; ``stopped``: by which limit, "" by none.

    ``values``: by variable component, its values in the order of its index; None without any solution.
    """

    objective: float
    bound: float
    stopped: str
    values: dict[str, Floats] | None


def solve(model: ConcreteModel, limits: Limits, relaxed: bool = False) -> Solution:
    """Minimises the model's one objective; ``relaxed``: as if every decision were continuous."""
    columns, lp = compile_lp(model)
    if relaxed:
        lp.integrality_ = []
    solver = highspy.Highs()
    for option, value in _options(limits).items():
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    solver.run()
    return _solution(model, columns, solver)


def _options(limits: Limits) -> dict[str, Any]:
    return {
        "output_flag": False,
        "threads": THREADS,
        "random_seed": limits.seed,
        "time_limit": limits.seconds,
        "mip_rel_gap": limits.gap,
        "mip_max_nodes": limits.nodes,
    }


def compile_lp(model: ConcreteModel) -> tuple[list[Any], highspy.HighsLp]:
    """The model's columns (Pyomo variables) and its arrays as HiGHS takes them."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    sense = np.array([row.bound_type for row in form.rows], dtype=int)
    rhs = np.asarray(form.rhs, dtype=float)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(form.columns), len(form.rows)
    lp.col_cost_ = form.c.toarray().ravel()
    lp.offset_ = float(form.c_offset[0])
    bounds = [var.bounds for var in form.columns]
    lp.col_lower_ = np.array([-np.inf if low is None else low for low, _ in bounds], dtype=float)
    lp.col_upper_ = np.array([np.inf if high is None else high for _, high in bounds], dtype=float)
    lp.row_lower_ = np.where(sense <= 0, rhs, -np.inf)
    lp.row_upper_ = np.where(sense >= 0, rhs, np.inf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = form.A.indptr
    lp.a_matrix_.index_ = form.A.indices
    lp.a_matrix_.value_ = form.A.data
    kinds = [highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger]
    lp.integrality_ = [kinds[var.is_integer()] for var in form.columns]
    return form.columns, lp


def _solution(model: ConcreteModel, columns: list[Any], solver: highspy.Highs) -> Solution:
    info, status = solver.getInfo(), solver.getModelStatus()
    stops = {
        highspy.HighsModelStatus.kTimeLimit: "seconds",
        highspy.HighsModelStatus.kSolutionLimit: "nodes",
        highspy.HighsModelStatus.kIterationLimit: "iterations",
    }
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    whole = any(kind == highspy.HighsVarType.kInteger for kind in solver.getLp().integrality_)
    bound = info.mip_dual_bound if whole else info.objective_function_value
    if not found:
        return Solution(np.inf, -np.inf, stops.get(status, str(status)), None)
    values = dict(zip((id(var) for var in columns), solver.getSolution().col_value, strict=True))
    by_name = {
        component.local_name: np.array([values.get(id(var), 0.0) for var in component.values()])
        for component in model.component_objects(Var)
    }
    return Solution(info.objective_function_value, bound, stops.get(status, ""), by_name)
