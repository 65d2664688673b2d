"""The planning model's table of contents: sets, decisions, costs, constraints."""

from collections.abc import Collection
from typing import Any

import numpy as np
from pyomo.environ import Binary, ConcreteModel, Constraint, NonNegativeIntegers, NonNegativeReals, Objective, Var

from optimize import constraints, costs
from optimize.checker import given, supply
from optimize.instance import Decisions, Instance
from optimize.stock_flow import Floats


def build(instance: Instance, series: Collection[int], exact_weeks: int) -> ConcreteModel:
    """The model of some series, which must hold all that share a supplier's order or a budget.

    Order lines of the first ``exact_weeks`` weeks are whole packs and obey their minimums; later ones are relaxed.
    """
    m = frame(instance, series, exact_weeks)
    m.cost = Objective(rule=lambda m: sum(term(m) for term in costs.TERMS))
    m.supply_balance = Constraint(m.PERIODS, rule=constraints.supply_balance)
    m.supply_in_segments = Constraint(m.PERIODS, rule=constraints.supply_in_segments)
    m.least_line = Constraint(m.LINES, rule=constraints.least_line)
    m.most_line = Constraint(m.LINES, rule=constraints.most_line)
    m.line_in_order = Constraint(m.JOINED, rule=constraints.line_in_order)
    m.least_order_value = Constraint(m.ORDERS, rule=constraints.least_order_value)
    m.capacity = Constraint(m.CAPPED, rule=constraints.capacity)
    m.budget = Constraint(m.BUDGETS, rule=constraints.budget)
    return m


def frame(instance: Instance, series: Collection[int], exact_weeks: int) -> ConcreteModel:
    """The model's sets and decisions, without costs and constraints."""
    m = ConcreteModel("replenishment")
    m.instance, m.series = instance, frozenset(series)
    sets(m, instance, m.series, exact_weeks)
    decisions(m, exact_weeks)
    return m


def sets(m: Any, instance: Instance, series: frozenset[int], exact_weeks: int) -> None:
    """The positions in the instance that the model ranges over.

    SLOTS; LINES: slots that need a line decision (a minimum above one pack, in an exact week); JOINED: slots of
    suppliers whose order itself is a decision; ORDERS: those orders (k, t); CAPPED: orders with a capacity; PERIODS;
    SEGMENTS (p, g) of the periods' curves with their slopes (money of holding and units short, per unit); BUDGETS.
    """
    slots = instance.slots
    m.SLOTS = [q for q, slot in enumerate(slots) if slot.lane.series in series]
    m.LINES = {q: None for q in m.SLOTS if slots[q].lane.least > 1 and slots[q].order_week < exact_weeks}
    placed = {q: instance.suppliers[slots[q].lane.supplier] for q in m.SLOTS}
    m.JOINED = [q for q, supplier in placed.items() if supplier.must_be_placed]
    m.ORDERS = sorted({(slots[q].lane.supplier, slots[q].order_week) for q in m.JOINED})
    capped = {q for q, supplier in placed.items() if supplier.capacity is not None}
    m.CAPPED = sorted({(slots[q].lane.supplier, slots[q].order_week) for q in capped})
    m.PERIODS = [p for p, period in enumerate(instance.periods) if period.series in series]
    m.BUDGETS = [b for b, one in enumerate(instance.budgets) if slots[one.slots[0]].lane.series in series]
    m.slopes, m.widths, m.segments_of = {}, {}, {}
    for p in m.PERIODS:
        curve = instance.periods[p].curve
        m.segments_of[p] = list(range(len(curve.levels)))
        for g, (width, holding, short) in enumerate(curve.segments()):
            m.slopes[p, g], m.widths[p, g] = (holding, short), width
    m.SEGMENTS = list(m.slopes)


def decisions(m: Any, exact_weeks: int) -> None:
    """The decisions.

    packs_q: packs ordered; line_q: whether the line is placed; order_{k,t}: whether the supplier's order is placed;
    supply_p: Z, units supplied since the first reachable week, in segments; given_up_p: units of demand that are not
    met and not waited for; over_capacity, over_budget: by how much a limit gives.
    """
    slots = m.instance.slots
    exact = {q for q in m.SLOTS if slots[q].order_week < exact_weeks}
    m.packs = Var(
        m.SLOTS,
        domain=lambda _, q: NonNegativeIntegers if q in exact else NonNegativeReals,
        bounds=lambda _, q: (0, slots[q].limit),
    )
    m.line = Var(m.LINES, domain=Binary)
    m.order = Var(m.ORDERS, domain=Binary)
    m.supply = Var(m.PERIODS, domain=NonNegativeReals)
    m.segment = Var(m.SEGMENTS, domain=NonNegativeReals, bounds=lambda m, p, g: (0, m.widths[p, g]))
    m.given_up = Var(m.PERIODS, domain=NonNegativeReals)
    m.over_capacity = Var(m.CAPPED, domain=NonNegativeReals)
    m.over_budget = Var(m.BUDGETS, domain=NonNegativeReals)


def decisions_of(m: Any, values: dict[str, Floats], into: Decisions) -> None:
    """Writes a solution, by variable component, into a plan: packs rounded to whole ones."""
    into.packs[list(m.SLOTS)] = np.rint(values["packs"])
    into.given_up[list(m.PERIODS)] = np.maximum(values["given_up"], 0.0)


def values_of(m: Any, plan: Decisions) -> dict[str, Floats]:
    """A plan as values of the model's variables, by component in the order of its index."""
    instance = m.instance
    slots, reached, limits = instance.slots, supply(instance, plan), given(instance, plan, m.series)
    placed = {(slots[q].lane.supplier, slots[q].order_week) for q in np.flatnonzero(plan.packs > 0).tolist()}
    over = {(limit.kind, limit.name, limit.week): limit.amount for limit in limits if limit.price > 0}
    names = [supplier.name for supplier in instance.suppliers]
    segments = [np.clip(reached[p] - instance.periods[p].curve.levels[g], 0.0, m.widths[p, g]) for p, g in m.SEGMENTS]
    return {
        "packs": plan.packs[m.SLOTS],
        "line": np.array([float(plan.packs[q] > 0) for q in m.LINES]),
        "order": np.array([float(order in placed) for order in m.ORDERS]),
        "supply": reached[m.PERIODS],
        "segment": np.array(segments),
        "given_up": plan.given_up[m.PERIODS],
        "over_capacity": np.array([over.get(("capacity", names[k], t), 0.0) for k, t in m.CAPPED]),
        "over_budget": np.array(
            [over.get(("budget", instance.budgets[b].name, instance.budgets[b].week), 0.0) for b in m.BUDGETS]
        ),
    }
