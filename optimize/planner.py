"""The door: the trusted picture and the demand paths in, a checked order plan out."""

from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.company import Company
from data.progress import Progress, silent
from optimize.approved import Approved, read_approved
from optimize.arrivals import ordered
from optimize.checker import InternalError, check, fixed_costs
from optimize.clearance_table import clearance_table
from optimize.disputes import capped, noted
from optimize.groups import groups
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.kept_curves import Curves
from optimize.known import keep_known, known_plan
from optimize.limit_table import binding_limits, limit_table
from optimize.open_decisions import Settled, after, money, settle
from optimize.open_order_table import open_order_table
from optimize.plan import Plan, Status
from optimize.prepare import prepare
from optimize.stock_flow import Floats
from optimize.tables import given_table, order_table, projection_table
from optimize.tiers import with_one_tier
from optimize.transfer_table import transfer_table

if TYPE_CHECKING:
    from optimize.decide import Proof

NODES, MOST_SEED, TINY = 100, 2**31, 1e-6


@dataclass(frozen=True)
class _Found:
    """A plan of an instance, its proof, and the approved plan that it is to keep, if there is one."""

    instance: Instance
    kept: Approved | None
    decisions: Decisions
    proof: "Proof"

    @cached_property
    def costs(self) -> dict[str, float]:
        """By term, as the checker has them; raises InternalError if the plan does not pass it."""
        return check(self.instance, self.decisions)

    @property
    def total(self) -> float:
        """All of them."""
        return sum(self.costs.values())


def plan(
    company: Company,
    demand: Floats,
    progress: Progress = silent,
    approved: pd.DataFrame | None = None,
    known: pd.DataFrame | None = None,
) -> Plan:
    """The order plan of least expected cost, or near it the one that changes the approved plan least.

    ``demand`` (S, N, H): S equally likely futures of the company's N series over H weeks from ``as_of`` on.
    ``approved``: the order lines that were approved, as orders.csv has them; None: the company's. ``known``: those of a
    plan to start from, and to keep where none is found that is cheaper. Raises InternalError if the plan that was found
    does not pass the checker or contradicts its bound.
    """
    watch, stop = _Watch(), _limits(company)
    lines = company.approved if approved is None else approved
    curves = Curves()
    instance, kept = _prepared(company, demand, lines, curves)
    watch.lap("curves")
    start = None if known is None else known_plan(company, instance, known)
    settles, keeps = len(company.open_orders) > 0, kept is not None
    best = _Found(instance, kept, *_decide(instance, stop.until(1 / (1 + settles + keeps)), watch, progress, start))
    settled = settle(company, demand, instance, best.decisions, best.proof.prices, stop)
    if settled.changes:
        other = _settled(company, demand, (lines, curves), settled, stop.until(1 / (1 + keeps)), watch)
        best, settled = (other, settled) if other.total < best.total else (best, settled.undone())
    stability: dict[str, float] = {}
    if best.kept is not None:
        best, stability = _kept(company, best, best.kept, stop)
        watch.lap("keeping")
    instance, kept, decisions, proof, objective = best.instance, best.kept, best.decisions, best.proof, best.total
    bound = _bound(instance, proof, objective)
    gap = (objective - bound) / max(abs(objective), 1e-9)
    limits = binding_limits(company, instance, decisions, proof.prices)
    orders = noted(company, order_table(company, instance, decisions, limits, kept))
    projection = projection_table(company, instance, decisions)
    watch.lap("explain")
    return Plan(
        status=_status(gap, company.policy.solver.gap),
        orders=orders,
        projection=projection,
        costs=best.costs,
        objective=objective,
        bound=bound,
        gap=gap,
        gave=given_table(company, instance, decisions),
        seconds=watch.seconds,
        stopped=", ".join(proof.stopped),
        limits=limit_table(instance, limits),
        stability=stability,
        clearance=clearance_table(company, instance, decisions),
        transfers=transfer_table(company, instance, decisions),
        open_orders=open_order_table(company, settled, orders),
        late=instance.late,
        ordered=ordered(instance, decisions),
    )


def _bound(instance: Instance, proof: "Proof", objective: float) -> float:
    """The proven bound of the whole objective, what no decision changes included."""
    bound = proof.bound + sum(fixed_costs(instance).values())
    if bound > objective + TINY * max(abs(objective), 1.0):
        raise InternalError(f"the plan costs {objective}, less than its proven bound {bound}")
    return min(bound, objective)


def _prepared(
    company: Company, demand: Floats, lines: pd.DataFrame, curves: Curves
) -> tuple[Instance, Approved | None]:
    """The instance, in frozen weeks with what was approved, and the approved plan, if there is one."""
    instance = capped(company, prepare(company, demand, curves))
    if not len(lines):
        return instance, None
    known = read_approved(company, instance, lines)
    frozen = company.policy.stability.frozen_weeks
    held = {**instance.held, **known.held(instance, frozen, only_named=True), **known.firm}
    return replace(instance, held=with_one_tier(instance, held)), known


def _settled(
    company: Company,
    demand: Floats,
    before: tuple[pd.DataFrame, Curves],
    settled: Settled,
    limits: Limits,
    watch: "_Watch",
) -> _Found:
    """The plan once open orders are rushed or cancelled; ``before``: what was approved, and the curves without that."""
    other = after(company, settled.actions)
    paid = float(money(company, settled.actions).sum())
    instance, known = _prepared(other, demand, *before)
    instance = replace(instance, open_money=paid)
    watch.lap("curves")
    return _Found(instance, known, *_decide(instance, limits, watch, silent))


class _Watch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = perf_counter()

    def lap(self, stage: str) -> None:
        now = perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.last
        self.last = now


def _status(gap: float, good: float) -> Status:
    if not np.isfinite(gap):
        return "heuristic"
    return "optimal" if gap <= max(good, 1e-6) else "feasible"


def _kept(company: Company, best: _Found, known: Approved, limits: Limits) -> tuple[_Found, dict[str, float]]:
    """The plan that keeps what was approved within the tolerance, and how much it changes."""
    from optimize.stability import stable

    policy, instance = company.policy.stability, best.instance
    most = policy.tolerance * abs(best.total)
    near = replace(best, decisions=stable(instance, known, best.decisions, best.proof.prices, most, limits))
    changed = known.changed(instance, near.decisions)
    return near, {
        "approved_units": known.units,
        "changed_units": changed,
        "nervousness": changed / known.units if known.units else 0.0,
        "extra_cost": near.total - best.total,
        "frozen_weeks": float(min(policy.frozen_weeks, known.reach)),
    }


def _limits(company: Company) -> Limits:
    solver = company.policy.solver
    return Limits(solver.gap, NODES, solver.seconds, company.policy.seed % MOST_SEED)


def _decide(
    instance: Instance, limits: Limits, watch: _Watch, progress: Progress, start: Decisions | None = None
) -> tuple[Decisions, "Proof"]:
    """Plans every independent part: decisions, and the proofs in one, their bound without the fixed part."""
    from optimize.decide import decide_alone, joined
    from optimize.together import plan_group

    alone, together = groups(instance)
    decisions = Decisions.none(instance)
    proofs = [decide_alone(instance, alone, limits, decisions)]
    watch.lap("alone")
    for number, members in enumerate(together):

        def report(share: float, done: int = number) -> None:
            progress("planning", (done + share) / len(together))

        proofs.append(plan_group(instance, members, limits, decisions, report, start))
        if start is not None:
            keep_known(instance, members, start, decisions)
        watch.lap("together")
    progress("planning", 1.0)
    return decisions, joined(proofs)
