"""How a plan is found: series that share nothing alone, the others by prices, small groups to the proven optimum.

1. The relaxed model prices the limits that series share and gives a first bound.
2. At these prices the supplier orders to place are searched, and every series plans itself in whole packs.
3. HiGHS chooses among the series' plans so that all limits hold: from here on there is a valid plan.
4. Fees for shared orders prove how good it is. Where that is not good enough and the group is small, branch and bound
   on the whole model starts from the plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimize.bound import lower_bound
from optimize.checker import cost_of, violations
from optimize.choose import Choice
from optimize.groups import by_suppliers
from optimize.highs import Flags, Limits
from optimize.instance import Decisions, Instance
from optimize.search import search_orders
from optimize.shared import Shared, shared
from optimize.single import Batch, batches, plan_alone
from optimize.stock_flow import Floats

if TYPE_CHECKING:
    from optimize.solve import Solution

SEARCH_STATES, PASSES = 256, 2
OFFERS, CLOSE, CALM, CHOICE_NODES = 30, 5e-4, 0.5, 20
EXACT_LINES = 250
"""Whole decisions up to which branch and bound is tried on a group whose plan is not proven good."""

Parts = tuple[list[Batch], list[Batch]]


@dataclass(frozen=True)
class Proof:
    """``bound``: proven lower bound of a group's cost; ``stopped``: the limits that ended the search for a better."""

    bound: float
    stopped: tuple[str, ...] = ()


def decide_alone(instance: Instance, series: Sequence[int], limits: Limits, into: Decisions) -> Proof:
    """Plans series that share nothing; the plan is written into ``into``.

    It is exact but for series of very many packs, whose bound is the relaxed model's.
    """
    unit_cost = np.array([slot.lane.unit_cost for slot in instance.slots])
    fee = np.array([instance.suppliers[slot.lane.supplier].order_cost for slot in instance.slots])
    bound, coarse = 0.0, []
    for batch in batches(instance, series):
        cost = plan_alone(batch, unit_cost, fee, into)
        bound += float(cost[batch.exact].sum()) + instance.constant(batch.series[batch.exact].tolist())
        coarse += batch.series[~batch.exact].tolist()
    if not coarse:
        return Proof(bound)
    found = _solve_relaxed(instance, coarse, limits)
    return Proof(bound + found.bound, found.stops)


def decide_together(instance: Instance, series: Sequence[int], limits: Limits, into: Decisions) -> Proof:
    """Plans series that share orders, capacities or budgets; the plan is written into ``into``."""
    common = shared(instance, series)
    parts = _parts(instance, series)
    exact = all(bool(batch.exact.all()) for batch in parts[1])
    relaxed, prices, stopped = _relaxed(instance, common, exact, limits)
    cost, assembled, worth = _by_prices(instance, common, parts, prices, limits, into)
    budgets = np.array([one.row[0] == "budget" for one in common.limits], dtype=bool)
    constant = instance.constant(series)
    proven = lower_bound(instance, common, parts, np.where(budgets, assembled, prices), worth, cost - constant)
    proof = Proof(max(relaxed, proven + constant) if exact else relaxed, stopped)
    lines = sum(len(instance.arriving[p]) for i in series for p in instance.periods_of[i])
    if cost - proof.bound <= limits.gap * abs(cost) or lines > EXACT_LINES:
        return proof
    return _branch_and_bound(instance, series, limits, into, proof)


def _by_prices(
    instance: Instance, common: Shared, parts: Parts, prices: Floats, limits: Limits, into: Decisions
) -> tuple[float, Floats, Floats]:
    """Searches orders and assembles plans, again at the prices that the first plan puts on the limits.

    The best plan is written into ``into``; returns its cost, the limits' prices in it and what each line is worth.
    """
    placed: Flags = np.ones(len(common.orders), dtype=bool)
    always = np.array([one.order is None for one in common.limits], dtype=bool)
    found: list[tuple[float, Floats, Floats]] = []
    for _ in range(PASSES):
        placed, worth = search_orders(instance, common, parts[0], common.priced(prices), placed)
        plan = Decisions.none(instance)
        assembled = _assemble(instance, common, parts, placed, prices, limits, plan)
        found.append((cost_of(instance, common.series, plan), assembled, worth))
        if found[-1][0] <= min(cost for cost, _, _ in found):
            into.take(instance, common.series, plan)
        prices = np.where(always, assembled, 0.0)
    return min(found, key=lambda one: one[0])


def _parts(instance: Instance, series: Sequence[int]) -> Parts:
    """The series' batches, on a coarse lattice to search with and on whole packs to decide with."""
    alike = by_suppliers(instance, series)
    coarse = [batch for members in alike for batch in batches(instance, members, SEARCH_STATES)]
    exact = [batch for members in alike for batch in batches(instance, members)]
    return coarse, exact


def _relaxed(instance: Instance, common: Shared, exact: bool, limits: Limits) -> tuple[float, Floats, tuple[str, ...]]:
    """The relaxed model's bound and the prices of the limits that always hold, money per unit; what stopped it."""
    prices = np.zeros(len(common.limits))
    if exact and all(one.order is not None for one in common.limits):
        return -np.inf, prices, ()
    found = _solve_relaxed(instance, common.series, limits)
    for r, one in enumerate(common.limits):
        if one.order is None:
            prices[r] = max(-found.duals.get(one.row, 0.0), 0.0)
    return found.bound, prices, found.stops


def _solve_relaxed(instance: Instance, series: Sequence[int], limits: Limits) -> "Solution":
    """The model of some series without whole packs; Pyomo is loaded only where it is needed."""
    from optimize.model import build
    from optimize.solve import solve

    return solve(build(instance, series, 0), limits, relaxed=True)


def _assemble(
    instance: Instance,
    common: Shared,
    parts: Parts,
    placed: Flags,
    prices: Floats,
    limits: Limits,
    into: Decisions,
) -> Floats:
    """A valid plan with these orders, or fewer where a minimum cannot be met; returns the limits' prices.

    Prices move only part of the way from the best ones so far to the choice's: they converge sooner.
    """
    while True:
        choice = Choice(instance, common, parts[0], placed)
        bound, best = choice.offer(prices), prices
        choice.offer(np.zeros(len(prices)))
        for _ in range(OFFERS if len(choice.rows) else 0):
            cost, prices = choice.prices(limits)
            if cost - bound <= CLOSE * abs(cost):
                break
            prices = CALM * best + (1 - CALM) * prices
            proven = choice.offer(prices)
            bound, best = (proven, prices) if proven > bound else (bound, best)
        choice.parts = parts[1]
        choice.offer(prices)
        choice.choose(replace(limits, nodes=CHOICE_NODES), into)
        short = choice.below_minimum(into)
        if not short.any():
            return prices
        placed = placed & ~short


def _branch_and_bound(
    instance: Instance, series: Sequence[int], limits: Limits, into: Decisions, proof: Proof
) -> Proof:
    """Solves a small group's model in whole packs over all weeks, from the plan at hand."""
    from optimize.model import build, decisions_of, values_of
    from optimize.solve import solve

    model = build(instance, series, instance.demand.shape[2])
    found = solve(model, limits, start=values_of(model, into))
    better = Decisions.none(instance)
    if found.values is not None:
        decisions_of(model, found.values, better)
        if not violations(instance, better) and cost_of(instance, series, better) < cost_of(instance, series, into):
            into.take(instance, series, better)
    return Proof(max(proof.bound, found.bound), proof.stopped + found.stops)
