"""Series that share something, planned in one group, or in parts where only budgets hold a large group together."""

from optimize.decide import Proof, Report, decide_together, unheard
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.parts import parts_of

LARGE, MANY = 250, 8
"""Series and parts from which a group is taken apart: of fewer, the budgets' last money could not be spent well."""
START, PER_SERIES = 3.0, 0.01
"""Seconds without which parts are not begun: their processes start, their relaxed models are built and solved."""


def plan_group(
    instance: Instance,
    series: list[int],
    limits: Limits,
    into: Decisions,
    report: Report = unheard,
    known: Decisions | None = None,
) -> Proof:
    """Plans series that share orders, capacities or budgets; the plan is written into ``into``.

    ``report`` is called with the share of the work that is done. ``known``: a plan from whose orders the search of a
    large group starts.
    """
    if len(series) >= LARGE and limits.left >= START + PER_SERIES * len(series):
        parts = parts_of(instance, series)
        if len(parts[0]) >= MANY:
            from optimize.apart import decide_apart

            return decide_apart(instance, parts, limits, into, report, known=known)
    return decide_together(instance, series, limits, into, report)
