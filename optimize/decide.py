"""How a plan is found: series that share nothing alone, the others by prices, small groups to the proven optimum.

1. The relaxed model prices the limits that series share and gives a first bound.
2. At these prices the supplier orders to place are searched, and every series plans itself in whole packs.
3. HiGHS chooses among the series' plans so that all limits hold: from here on there is a valid plan. The prices that
   the limits have in it start a second search.
4. Fees for shared orders prove how good the plan is. Where that is not good enough and the group is small, branch and
   bound on the whole model starts from the plan.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from optimize.at_once import at_once
from optimize.bound import FEW_STEPS, STEPS, lower_bound
from optimize.checker import violations
from optimize.choose import DEARER, Choice
from optimize.group import Group, relaxed_model
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.search import search_orders
from optimize.settle import improved
from optimize.shared import Row
from optimize.single import batches, plan_alone
from optimize.stock_flow import Flags, Floats

if TYPE_CHECKING:
    from optimize.solve import Solution

PASSES, IMPROVEMENTS = 2, 2
OFFERS, CLOSE, CALM, CHOICE_NODES = 30, 5e-4, 0.5, 20
EXACT_LINES, EXACT_WORK = 250, 100_000
"""Whole decisions up to which branch and bound is tried on a group whose plan is not proven good, and the nodes that
it is given times these decisions: the fewer there are, the quicker a node.
"""

Report = Callable[[float], None]


def unheard(share: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Proof:
    """``bound``: proven lower bound of a group's cost; ``stopped``: the limits that ended the search for a better;
    ``prices``: what the last choice would pay for one unit more of each shared limit, by row of the model.
    """

    bound: float
    stopped: tuple[str, ...] = ()
    prices: dict[Row, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Relaxed:
    """What the relaxed model of a group says: its ``bound``; the ``prices`` of the limits that always hold (limits,),
    money per unit; what ``stopped`` it; and the units that it moves between locations (slots,).
    """

    bound: float
    prices: Floats
    stopped: tuple[str, ...]
    moved: Floats


@dataclass(frozen=True)
class _Terms:
    """Terms of a group's plan: the limits' ``prices`` (limits,) that led to it, what each line is ``worth`` (slots,),
    and the limits' prices in its ``last`` choice (limits,).
    """

    prices: Floats
    worth: Floats
    last: Floats


def joined(proofs: Sequence[Proof]) -> Proof:
    """The proofs of independent parts as one."""
    stopped = sorted({stop for proof in proofs for stop in proof.stopped})
    prices = {row: price for proof in proofs for row, price in proof.prices.items()}
    return Proof(sum(proof.bound for proof in proofs), tuple(stopped), prices)


def decide_alone(instance: Instance, series: Sequence[int], limits: Limits, into: Decisions) -> Proof:
    """Plans series that share nothing; the plan is written into ``into``.

    It is exact but for series of very many packs, whose bound is the relaxed model's.
    """
    unit_cost = np.array([slot.lane.net_cost for slot in instance.slots])
    charges = [(instance.suppliers[slot.lane.supplier].order_cost, slot.lane.line_cost) for slot in instance.slots]
    fee = np.array(charges).reshape(-1, 2).sum(axis=1)
    bound, coarse = 0.0, []
    for batch in batches(instance, series):
        cost = plan_alone(batch, unit_cost, fee, into)
        bound += float(cost[batch.exact].sum()) + instance.constant(batch.series[batch.exact].tolist())
        coarse += batch.series[~batch.exact].tolist()
    if not coarse:
        return Proof(bound)
    found = relaxed_model(instance, coarse, limits)
    return Proof(bound + found.bound, found.stops)


def decide_together(
    instance: Instance, series: Sequence[int], limits: Limits, into: Decisions, report: Report = unheard
) -> Proof:
    """Plans series that share orders, capacities or budgets; the plan is written into ``into``.

    ``report`` is called with the share of the work that is done.
    """
    group = Group.of(instance, series, limits)
    proof = searched(group, None if limits.late else group.relaxed(), into, report)
    if limits.late or group.lines > EXACT_LINES:
        return proof
    cost = group.cost(into)
    return proof if cost - proof.bound <= limits.gap * abs(cost) else _branch_and_bound(group, into, proof)


def searched(
    group: Group,
    found: "Solution | None",
    into: Decisions,
    report: Report = unheard,
    known: Decisions | None = None,
) -> Proof:
    """Plans a group by prices, those of its relaxed model first, and proves how good that is.

    ``known``: a plan from whose orders the search starts, such as another world's; one pass and a few steps of the
    proof are enough from there.
    """
    relaxed = _relaxed(group, found)
    report(0.2)
    start = None if known is None else group.common.placed(known)
    best = _by_transfers(group, relaxed, start, into, report)
    pooled = np.array([one.row[0] in ("budget", "service_floor") for one in group.common.limits], dtype=bool)
    prices, parts = np.where(pooled, best.prices, relaxed.prices), (group.coarse, group.exact)
    bound = relaxed.bound
    if group.is_exact:
        constant = group.instance.constant(group.common.series)
        sized = group.cost(into) - constant, group.limits, STEPS if known is None else FEW_STEPS
        bound = max(bound, lower_bound(group.instance, group.common, parts, prices, best.worth, *sized) + constant)
    return Proof(bound, relaxed.stopped + group.limits.hit, told(group, best.last))


def searched_again(group: Group, before: Decisions, known: dict[Row, float], into: Decisions) -> Proof:
    """Plans a group again, at another surcharge: from the orders of the plan ``before`` and the limits' prices in it;
    what that moves between locations stays. No bound is proven.
    """
    moved = group.transfers
    fixed = group.with_moved(before.packs) if moved.size else group
    prices = np.array([known.get(one.row, 0.0) if one.order is None else 0.0 for one in fixed.common.limits])
    placed, _ = search_orders(fixed, prices, fixed.common.placed(before))
    _, last = _assemble(fixed, placed, prices, into)
    into.packs[moved] = before.packs[moved]
    return Proof(-np.inf, group.limits.hit, told(fixed, last))


def told(group: Group, prices: Floats) -> dict[Row, float]:
    """The prices of a group's limits by row of its model."""
    return {one.row: float(p) for one, p in zip(group.common.limits, prices, strict=True) if one.row[0] != "moved"}


def _relaxed(group: Group, found: "Solution | None") -> _Relaxed:
    """What the relaxed model says; nothing where it was not asked (None)."""
    prices, moved = np.zeros(len(group.common.limits)), np.zeros(len(group.instance.slots))
    if found is None:
        return _Relaxed(-np.inf, prices, (), moved)
    for r, one in enumerate(group.common.limits):
        if one.order is None:
            prices[r] = max(-one.sense * found.dual(*one.row), 0.0)
    if found.values is not None:
        sent = found.model.data.sets["TRANSFERS"]
        moved[sent] = moved[sent + 1] = found.values["sent"]
    return _Relaxed(found.bound, group.common.within_boxes(prices), found.stops, moved)


def _by_transfers(group: Group, relaxed: _Relaxed, start: Flags | None, into: Decisions, report: Report) -> _Terms:
    """Plans the group with what the relaxed model moves, in whole units, and with nothing moved, then improves on the
    better of the two, until a plan is good enough beside the model's bound.

    ``start``: the orders from which the search starts, if some are known. The best plan is written into ``into``.
    """
    prices, moved = relaxed.prices, relaxed.moved
    if not group.transfers.size:
        return _by_prices(group, prices, into, report, start)
    best, kept, chosen, improvements = np.inf, _Terms(prices, prices, prices), moved, 0
    candidates = [np.rint(moved), np.floor(moved), np.zeros(len(moved))]
    while candidates:
        units = candidates.pop(0)
        fixed = group.with_moved(units)
        plan = Decisions.none(group.instance)
        found = _by_prices(fixed, prices[: len(fixed.common.limits)], plan, report, start)
        plan.packs[group.transfers] = units[group.transfers]
        cost = group.cost(plan)
        if cost < best and not violations(group.instance, plan):
            whole, last = (np.append(one, prices[len(one) :]) for one in (found.prices, found.last))
            best, kept, chosen = cost, _Terms(whole, found.worth, last), units
            into.take(group.instance, group.common.series, plan)
        if best - relaxed.bound <= group.limits.gap * abs(best) or (group.limits.late and np.isfinite(best)):
            break
        if not candidates and improvements < IMPROVEMENTS:
            improvements += 1
            better = _improved(group, chosen, kept.prices, into)
            candidates = [] if np.array_equal(better, chosen) else [better]
    return kept


def _improved(group: Group, moved: Floats, prices: Floats, plan: Decisions) -> Floats:
    """What is moved, improved at the limits' prices and with the orders of a plan."""
    most = np.array([float(slot.limit) for slot in group.instance.slots])
    common = group.with_moved(moved).common
    price = common.priced(prices[: len(common.limits)]), common.fees(common.placed(plan))
    return improved(group.exact, group.transfers, most, moved, price, group.limits)


def _by_prices(group: Group, prices: Floats, into: Decisions, report: Report, start: Flags | None = None) -> _Terms:
    """Searches orders and assembles plans, again at the prices that the first plan puts on the limits; once from orders
    that are known (``start``). The best plan is written into ``into``.
    """
    placed = np.ones(len(group.common.orders), dtype=bool) if start is None else start
    best, kept, passes = np.inf, _Terms(prices, prices, prices), PASSES if start is None else 1
    for number in range(passes):
        placed, worth = search_orders(group, prices, placed)
        plan = Decisions.none(group.instance)
        prices, last = _assemble(group, placed, prices, plan)
        cost = group.cost(plan)
        if cost < best:
            best, kept = cost, _Terms(prices, worth, last)
            into.take(group.instance, group.common.series, plan)
        if group.limits.late:
            break
        prices = np.where(group.always, prices, 0.0)
        report(0.2 + 0.6 * (number + 1) / passes)
    return kept


def _assemble(group: Group, placed: Flags, prices: Floats, into: Decisions) -> tuple[Floats, Floats]:
    """A valid plan with these orders, or fewer where a minimum cannot be met; returns the limits' prices, as they led
    to its last offers and as they are in its last choice.

    Prices move only part of the way from the best ones so far to the choice's: they converge sooner.
    """
    while not group.limits.late:
        choice = Choice(group.instance, group.common, group.coarse, placed)
        bound, best = choice.offer(prices), prices
        if prices.any():
            choice.offer(np.zeros(len(prices)))
        for _ in range(OFFERS if len(choice.rows) else 0):
            cost, prices = choice.prices(group.limits)
            if cost - bound <= CLOSE * abs(cost) or group.limits.late:
                break
            prices = CALM * best + (1 - CALM) * prices
            proven = choice.offer(prices)
            bound, best = (proven, prices) if proven > bound else (bound, best)
        choice.parts = group.exact
        choice.offer(prices)
        for dearer in DEARER if group.common.has_floors else ():
            choice.offer(group.common.dearer_floors(prices, dearer))
        choice.choose(replace(group.limits, nodes=CHOICE_NODES), prices, into)
        short = choice.below_minimum(into)
        if not short.any():
            return prices, choice.prices(group.limits)[1] if len(choice.rows) else prices
        placed = placed & ~short
    prices = at_once(group, placed, prices, into)
    return prices, prices


def _branch_and_bound(group: Group, into: Decisions, proof: Proof) -> Proof:
    """Solves a small group's model in whole packs over all weeks, from the plan at hand."""
    from optimize.figures import decisions_of, values_of
    from optimize.solve import build, solve

    instance = group.instance
    model = build(instance, group.common.series, instance.demand.shape[2])
    limits = replace(group.limits, nodes=max(group.limits.nodes, EXACT_WORK // group.lines))
    found = solve(model, limits, start=values_of(instance, model.data, into))
    if found.values is not None:
        better = Decisions.none(instance)
        decisions_of(model.data, found.values, better)
        if not violations(instance, better) and group.cost(better) < group.cost(into):
            into.take(instance, group.common.series, better)
    return Proof(max(proof.bound, found.bound), proof.stopped + found.stops, proof.prices)
