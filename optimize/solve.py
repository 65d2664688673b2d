"""From a Pyomo model to HiGHS and back: the model compiled to arrays once, handed over in one call."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pyomo.environ import ConcreteModel, Var
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from optimize.highs import Arrays, Limits, run
from optimize.stock_flow import Floats


@dataclass(frozen=True)
class Solution:
    """``values``: by variable component, its values in the order of its index; None without any solution.

    ``duals``: by (constraint, index), what one more unit on its right side would change the objective by, for a
    relaxed model; ``objective``, ``bound`` and ``stopped`` as highs.Outcome has them.
    """

    objective: float
    bound: float
    stopped: str
    values: dict[str, Floats] | None
    duals: dict[tuple[str, Any], float]

    @property
    def stops(self) -> tuple[str, ...]:
        """The limit that ended the search, if one did."""
        return (self.stopped,) if self.stopped else ()


def solve(
    model: ConcreteModel, limits: Limits, relaxed: bool = False, start: dict[str, Floats] | None = None
) -> Solution:
    """Minimises the model's one objective.

    ``relaxed``: as if every decision were continuous; ``start``: a solution to begin with, as ``values`` gives it.
    """
    columns, rows, arrays = compiled(model)
    if relaxed:
        arrays = replace(arrays, whole=np.zeros(len(columns), dtype=bool))
    outcome = run(arrays, limits, None if start is None else _columns(model, columns, start))
    values = None
    if outcome.values is not None:
        found = dict(zip((id(var) for var in columns), outcome.values.tolist(), strict=True))
        values = {
            component.local_name: np.array([found.get(id(var), 0.0) for var in component.values()])
            for component in model.component_objects(Var)
        }
    duals: dict[tuple[str, Any], float] = {}
    if not arrays.whole.any():
        for row, dual in zip(rows, outcome.row_dual.tolist(), strict=False):
            duals[row.parent_component().local_name, row.index()] = dual
    return Solution(outcome.objective, outcome.bound, outcome.stopped, values, duals)


def _columns(model: ConcreteModel, columns: list[Any], start: dict[str, Floats]) -> Floats:
    """A solution by component as the values of the columns."""
    given = {
        id(var): value
        for component in model.component_objects(Var)
        for var, value in zip(component.values(), start[component.local_name].tolist(), strict=True)
    }
    return np.array([given[id(var)] for var in columns])


def compiled(model: ConcreteModel) -> tuple[list[Any], list[Any], Arrays]:
    """The model's columns (Pyomo variables), rows (Pyomo constraints) and arrays."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    sense = np.array([row.bound_type for row in form.rows], dtype=int)
    right = np.asarray(form.rhs, dtype=float)
    bounds = [var.bounds for var in form.columns]
    arrays = Arrays(
        cost=form.c.toarray().ravel(),
        lower=np.array([-np.inf if low is None else low for low, _ in bounds], dtype=float),
        upper=np.array([np.inf if high is None else high for _, high in bounds], dtype=float),
        matrix=form.A,
        row_lower=np.where(sense <= 0, right, -np.inf),
        row_upper=np.where(sense >= 0, right, np.inf),
        whole=np.array([not var.is_continuous() for var in form.columns], dtype=bool),
        offset=float(form.c_offset[0]),
    )
    return form.columns, [row.constraint for row in form.rows], arrays
