"""The planning model's table of contents: sets, parameters, decisions, costs, constraints. figures.py fills it."""

from functools import lru_cache
from typing import Any

from pyomo.environ import (
    AbstractModel,
    Binary,
    Constraint,
    NonNegativeIntegers,
    NonNegativeReals,
    Objective,
    Param,
    Reals,
    Set,
    Var,
)
from pyomo.environ import (
    Any as Anything,
)

from optimize import constraints, costs
from optimize.expand import Rules


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The model's rules, ready to be expanded over any company's figures."""
    return Rules(planning_model())


def planning_model() -> AbstractModel:
    """The model of series that must hold all that share a supplier's order or a budget."""
    m = frame()
    m.cost = Objective(rule=lambda m: sum(term(m) for term in costs.TERMS))
    m.supply_balance = Constraint(m.PERIODS, rule=constraints.supply_balance)
    m.supply_in_segments = Constraint(m.PERIODS, rule=constraints.supply_in_segments)
    m.least_line = Constraint(m.LINES, rule=constraints.least_line)
    m.most_line = Constraint(m.LINES, rule=constraints.most_line)
    m.tiers_together = Constraint(m.TIERED, rule=constraints.tiers_together)
    m.line_in_order = Constraint(m.JOINED_LINES, rule=constraints.line_in_order)
    m.packs_in_order = Constraint(m.JOINED_PACKS, rule=constraints.packs_in_order)
    m.least_order_value = Constraint(m.LEAST_ORDERS, rule=constraints.least_order_value)
    m.capacity = Constraint(m.CAPPED, rule=constraints.capacity)
    m.container_volume = Constraint(m.BY_VOLUME, rule=constraints.container_volume)
    m.container_weight = Constraint(m.BY_WEIGHT, rule=constraints.container_weight)
    m.container_started = Constraint(m.CONTAINED, rule=constraints.container_started)
    m.moved = Constraint(m.TRANSFERS, rule=constraints.moved)
    m.budget = Constraint(m.BUDGETS, rule=constraints.budget)
    m.service_floor = Constraint(m.FLOORS, rule=constraints.service_floor)
    return m


def frame() -> AbstractModel:
    """The model's sets, parameters and decisions, without costs and constraints."""
    m = AbstractModel("replenishment")
    sets(m)
    parameters(m)
    decisions(m)
    return m


def sets(m: Any) -> None:
    """What the model ranges over, by position in the instance.

    SLOTS; LINES: slots that need a line decision (a charge per line, or a minimum above one pack in an exact week);
    ORDERS: orders that are a decision themselves, JOINED_LINES and JOINED_PACKS: the slots that belong to them,
    with and without a line decision; TIERED: first slots of order lines whose price tiers share a maximum, TIERS_OF[q]
    all of theirs; LEAST_ORDERS: those with a minimum value; CAPPED: orders with a capacity;
    SHARED: orders with any of these; PERIODS, LASTS: each series' last; SEGMENTS of the periods' cost curves;
    BUDGETS; service FLOORS; CONTAINED: orders that ship in containers, BY_VOLUME and BY_WEIGHT: what limits these;
    CLEARANCES: steps of markdown curves, by their place among the slots; TRANSFERS: a route in a week, RECEIVED_IN[p]
    and SENT_IN[p] those that arrive or leave. Chosen by an index:
    ARRIVING[p] slots, CLEARED_IN[p] clearances, BEFORE[p] the period before, SEGMENTS_OF[p], SLOTS_OF[o], PAID_BY[b]
    slots, SERVED_BY[f] periods and SEGMENTS_SERVED[f] theirs.
    """
    m.SLOTS, m.PERIODS, m.SEGMENTS, m.BUDGETS = Set(dimen=1), Set(dimen=1), Set(dimen=1), Set(dimen=1)
    m.SHARED, m.FLOORS = Set(dimen=1), Set(dimen=1)
    m.ORDERS, m.CAPPED = Set(within=m.SHARED, dimen=1), Set(within=m.SHARED, dimen=1)
    m.LEAST_ORDERS = Set(within=m.ORDERS, dimen=1)
    m.CONTAINED = Set(within=m.ORDERS, dimen=1)
    m.BY_VOLUME, m.BY_WEIGHT = Set(within=m.CONTAINED, dimen=1), Set(within=m.CONTAINED, dimen=1)
    m.LINES = Set(within=m.SLOTS, dimen=1)
    m.JOINED_LINES, m.JOINED_PACKS = Set(within=m.LINES, dimen=1), Set(within=m.SLOTS, dimen=1)
    m.TIERED = Set(within=m.SLOTS, dimen=1)
    m.TIERS_OF = Set(m.TIERED, dimen=1)
    m.CLEARANCES = Set(dimen=1)
    m.TRANSFERS = Set(dimen=1)
    m.RECEIVED_IN, m.SENT_IN = Set(m.PERIODS, dimen=1), Set(m.PERIODS, dimen=1)
    m.CLEARED_IN = Set(m.PERIODS, dimen=1)
    m.LASTS = Set(within=m.PERIODS, dimen=1)
    m.ARRIVING, m.BEFORE = Set(m.PERIODS, dimen=1), Set(m.PERIODS, dimen=1)
    m.SEGMENTS_OF = Set(m.PERIODS, dimen=1)
    m.SLOTS_OF, m.PAID_BY = Set(m.SHARED, dimen=1), Set(m.BUDGETS, dimen=1)
    m.SERVED_BY, m.SEGMENTS_SERVED = Set(m.FLOORS, dimen=1), Set(m.FLOORS, dimen=1)


def parameters(m: Any) -> None:
    """What is known: of slots, segments, periods, supplier orders and budgets."""
    m.pack, m.unit_cost, m.surcharge = Param(m.SLOTS), Param(m.SLOTS), Param(m.SLOTS)
    m.credit, m.line_cost, m.held = Param(m.SLOTS), Param(m.SLOTS), Param(m.SLOTS)
    m.least, m.limit, m.order_of = Param(m.SLOTS), Param(m.SLOTS), Param(m.SLOTS)
    m.most_in_all = Param(m.TIERED)
    m.width, m.holding_slope = Param(m.SEGMENTS, within=Anything), Param(m.SEGMENTS)
    m.short_slope, m.owed_slope = Param(m.SEGMENTS), Param(m.SEGMENTS)
    m.holding_at_none, m.charge = Param(m.PERIODS), Param(m.PERIODS)
    m.short_at_none, m.owed_at_none = Param(m.PERIODS), Param(m.PERIODS)
    m.lost, m.end_value, m.need = Param(m.PERIODS), Param(m.PERIODS), Param(m.PERIODS)
    m.order_cost, m.least_value = Param(m.SHARED), Param(m.SHARED)
    m.most_units, m.capacity_price = Param(m.SHARED), Param(m.SHARED)
    m.lowest = Param(m.PERIODS, within=Anything)
    m.clearance_value, m.most_cleared = Param(m.CLEARANCES), Param(m.CLEARANCES)
    m.moving_cost, m.most_moved = Param(m.TRANSFERS), Param(m.TRANSFERS)
    m.volume, m.weight = Param(m.SLOTS), Param(m.SLOTS)
    m.container_cost = Param(m.CONTAINED)
    m.room_by_volume, m.room_by_weight = Param(m.BY_VOLUME), Param(m.BY_WEIGHT)
    m.amount, m.budget_price = Param(m.BUDGETS), Param(m.BUDGETS)
    m.most_over_units, m.most_over_money = Param(m.SHARED, within=Anything), Param(m.BUDGETS, within=Anything)
    m.most_short, m.floor_price = Param(m.FLOORS), Param(m.FLOORS)


def decisions(m: Any) -> None:
    """The decisions.

    packs_q: packs ordered, held_q of them at least; line_q: whether the line is placed; order_o: whether the supplier's
    order is placed; supply_p: Z, units supplied since the first reachable week, in segments; cleared_q: units cleared;
    sent_r and received_r: units moved; containers_o: containers started; given_up_p: units of demand that are not met
    and not waited for; over_capacity, over_budget, below_floor: by how much a limit gives.
    """
    m.packs = Var(m.SLOTS, domain=NonNegativeIntegers, bounds=lambda m, q: (m.held[q], m.limit[q]))
    m.line = Var(m.LINES, domain=Binary)
    m.order = Var(m.ORDERS, domain=Binary)
    m.sent = Var(m.TRANSFERS, domain=NonNegativeIntegers, bounds=lambda m, r: (0, m.most_moved[r]))
    m.received = Var(m.TRANSFERS, domain=NonNegativeIntegers, bounds=lambda m, r: (0, m.most_moved[r]))
    m.containers = Var(m.CONTAINED, domain=NonNegativeIntegers)
    m.supply = Var(m.PERIODS, domain=Reals, bounds=lambda m, p: (m.lowest[p], None))
    m.cleared = Var(m.CLEARANCES, domain=NonNegativeIntegers, bounds=lambda m, q: (0, m.most_cleared[q]))
    m.segment = Var(m.SEGMENTS, domain=NonNegativeReals, bounds=lambda m, g: (0, m.width[g]))
    m.given_up = Var(m.PERIODS, domain=NonNegativeReals)
    m.over_capacity = Var(m.CAPPED, domain=NonNegativeReals, bounds=lambda m, o: (0, m.most_over_units[o]))
    m.over_budget = Var(m.BUDGETS, domain=NonNegativeReals, bounds=lambda m, b: (0, m.most_over_money[b]))
    m.below_floor = Var(m.FLOORS, domain=NonNegativeReals)
