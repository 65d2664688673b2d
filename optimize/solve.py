"""From the filled model to HiGHS and back: arrays in one call, values and prices by component."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from optimize.expand import Expanded
from optimize.figures import figures
from optimize.highs import Limits, Outcome, run
from optimize.instance import Instance
from optimize.model import rules
from optimize.stock_flow import Floats


@dataclass(frozen=True)
class Solution:
    """``values``: by variable component, its values in the order of its index set; None without any solution.

    ``duals`` (rows of the model,): what one more unit on each right side would change the objective by, for a relaxed
    model, else empty; ``objective``, ``bound`` and ``stopped`` as highs.Outcome has them.
    """

    model: Expanded

    objective: float
    bound: float
    stopped: str
    values: dict[str, Floats] | None
    duals: Floats

    @classmethod
    def of(cls, model: Expanded, found: Outcome) -> "Solution":
        """What HiGHS found of a model, its row duals included."""
        values = None if found.values is None else {name: found.values[own] for name, own in model.columns.items()}
        return cls(model, found.objective, found.bound, found.stopped, values, found.row_dual)

    def dual(self, constraint: str, member: int) -> float:
        """The price of a constraint at a member of its index set; 0 where there is none."""
        return float(self.duals[self.model.row(constraint, member)]) if len(self.duals) else 0.0

    @property
    def stops(self) -> tuple[str, ...]:
        """The limit that ended the search, if one did."""
        return (self.stopped,) if self.stopped else ()


def build(instance: Instance, series: Collection[int], exact_weeks: int) -> Expanded:
    """The model of some series as arrays; ``series`` and ``exact_weeks`` as figures.py has them."""
    return rules().expand(figures(instance, series, exact_weeks))


def solve(model: Expanded, limits: Limits, relaxed: bool = False, start: dict[str, Floats] | None = None) -> Solution:
    """Minimises the model's objective.

    ``relaxed``: as if every decision were continuous; ``start``: a solution to begin with, as ``values`` gives it.
    """
    arrays = model.arrays
    if relaxed:
        arrays = replace(arrays, whole=np.zeros(len(arrays.whole), dtype=bool))
    outcome = run(arrays, limits, None if start is None else np.concatenate([start[name] for name in model.columns]))
    found = Solution.of(model, outcome)
    return replace(found, duals=np.zeros(0)) if arrays.whole.any() else found
