"""The door: the trusted picture and the demand paths in, a checked order plan out."""

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company
from data.progress import Progress, silent
from optimize.checker import InternalError, check, fixed_costs, given
from optimize.clearance_table import clearance_table
from optimize.explain import arrivals_of, reasons
from optimize.groups import groups
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.limit_table import Binding, binding_limits, limit_table, price_notes
from optimize.plan import ORDER_COLUMNS, PROJECTION_COLUMNS, Plan, Status
from optimize.prepare import prepare
from optimize.stock_flow import Floats, play
from optimize.transfer_table import transfer_table

if TYPE_CHECKING:
    from optimize.decide import Proof

NODES, MOST_SEED, TINY = 100, 2**31, 1e-6


def plan(company: Company, demand: Floats, progress: Progress = silent) -> Plan:
    """The order plan of least expected cost.

    ``demand`` (S, N, H): S equally likely futures of the company's N series over H weeks from ``as_of`` on. Raises
    InternalError if the plan that was found does not pass the checker or contradicts its bound.
    """
    watch = _Watch()
    instance = prepare(company, demand)
    watch.lap("curves")
    decisions, proof = _decide(company, instance, watch, progress)
    costs = check(instance, decisions)
    objective = sum(costs.values())
    bound = proof.bound + sum(fixed_costs(instance).values())
    if bound > objective + TINY * max(abs(objective), 1.0):
        raise InternalError(f"the plan costs {objective}, less than its proven bound {bound}")
    bound = min(bound, objective)
    gap = (objective - bound) / max(abs(objective), 1e-9)
    limits = binding_limits(company, instance, decisions, proof.prices)
    orders = _orders(company, instance, decisions, limits)
    clearance = clearance_table(company, instance, decisions)
    transfers = transfer_table(company, instance, decisions)
    projection = _projection(company, instance, decisions)
    watch.lap("explain")
    return Plan(
        status=_status(gap, company.policy.solver.gap),
        orders=orders,
        projection=projection,
        costs=costs,
        objective=objective,
        bound=bound,
        gap=gap,
        gave=_gave(company, instance, decisions),
        seconds=watch.seconds,
        stopped=", ".join(proof.stopped),
        limits=limit_table(instance, limits),
        clearance=clearance,
        transfers=transfers,
    )


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


def _decide(company: Company, instance: Instance, watch: _Watch, progress: Progress) -> tuple[Decisions, "Proof"]:
    """Plans every independent part: decisions, and the proofs in one, their bound without the fixed part."""
    from optimize.decide import decide_alone, decide_together, joined

    solver = company.policy.solver
    limits = Limits(solver.gap, NODES, solver.seconds, company.policy.seed % MOST_SEED)
    alone, together = groups(instance)
    decisions = Decisions.none(instance)
    proofs = [decide_alone(instance, alone, limits, decisions)]
    watch.lap("alone")
    for number, members in enumerate(together):

        def report(share: float, done: int = number) -> None:
            progress("planning", (done + share) / len(together))

        proofs.append(decide_together(instance, members, limits, decisions, report))
        watch.lap("together")
    progress("planning", 1.0)
    return decisions, joined(proofs)


def _orders(company: Company, instance: Instance, decisions: Decisions, limits: list[Binding]) -> pd.DataFrame:
    currency = company.policy.money.currency
    why = reasons(instance, decisions, currency, price_notes(limits, currency))
    suppliers = company.suppliers.index
    rows = []
    for q in decisions.ordered(instance):
        slot = instance.slots[q]
        lane = slot.lane
        sku, location = company.series[lane.series]
        units = int(lane.pack * decisions.packs[q])
        ordered = company.as_of + pd.Timedelta(weeks=slot.order_week)
        arrives = company.as_of + pd.Timedelta(weeks=slot.arrival_week)
        firm = int(slot.order_week < instance.firm_weeks)
        where = (suppliers[lane.supplier], sku, location)
        rows.append(
            (ordered, arrives, *where, units, lane.unit_cost, units * lane.unit_cost, int(lane.expedite), firm, why[q])
        )
    table = pd.DataFrame(rows, columns=ORDER_COLUMNS)
    table = table.astype({"units": "int64", "expedite": "int64", "firm": "int64", "unit_cost": float, "value": float})
    return table.sort_values(["order_date", "supplier", "sku", "location", "expedite"], ignore_index=True)


def _projection(company: Company, instance: Instance, decisions: Decisions) -> pd.DataFrame:
    """Stock and lost sales when the paths meet the plan, lost sales played exactly."""
    stock, lost = play(instance.stock, arrivals_of(instance, decisions), instance.demand)
    over = np.arange(stock.shape[2]) >= np.array([one.end for one in instance.series])[:, None]
    stock[:, over], lost[:, over] = 0.0, 0.0
    low, high = np.quantile(stock, [0.1, 0.9], axis=0)
    weeks = weeks_from(company.as_of, stock.shape[2])
    columns = [
        np.repeat(company.series.get_level_values("sku"), len(weeks)),
        np.repeat(company.series.get_level_values("location"), len(weeks)),
        np.tile(weeks, len(company.series)),
        *(part.ravel() for part in (stock.mean(axis=0), low, high, (lost > 1e-9).mean(axis=0), lost.mean(axis=0))),
    ]
    return pd.DataFrame(dict(zip(PROJECTION_COLUMNS, columns, strict=True)))


def _gave(company: Company, instance: Instance, decisions: Decisions) -> pd.DataFrame:
    rows = [
        (one.kind, one.name, company.as_of + pd.Timedelta(weeks=one.week), one.amount, one.price)
        for one in given(instance, decisions, range(len(instance.series)))
    ]
    return pd.DataFrame(rows, columns=["kind", "name", "week", "amount", "price"])
