"""The constraints of the planning model, one Pyomo rule each.

``m`` is the Pyomo model of model.py; ``m.instance`` holds the data. Indices: q a slot (a lane in an order week),
p a period of a series, k a supplier, t an order week, b a budget.
"""

from typing import Any

from pyomo.environ import Constraint


def supply_balance(m: Any, p: int) -> Any:
    """Cumulative supply grows by what arrives and by demand given up, units.

    Z_p = Z_{p-1} + sum over slots q arriving in p of pack_q * packs_q + given_up_p,  Z before the first period = 0
    """
    period, slots = m.instance.periods[p], m.instance.slots
    before = 0 if period.previous is None else m.supply[period.previous]
    arrived = sum(slots[q].lane.pack * m.packs[q] for q in m.instance.arriving.get(p, ()))
    return m.supply[p] == before + arrived + m.given_up[p]


def supply_in_segments(m: Any, p: int) -> Any:
    """Cumulative supply fills the segments of its cost curve, cheapest slope first, units.

    Z_p = sum over segments g of segment_{p,g},  0 <= segment_{p,g} <= width_{p,g}
    """
    return m.supply[p] == sum(m.segment[p, g] for g in m.segments_of[p])


def least_line(m: Any, q: int) -> Any:
    """An order line that is placed has at least the minimum: packs_q >= least_q * line_q."""
    return m.packs[q] >= m.instance.slots[q].lane.least * m.line[q]


def most_line(m: Any, q: int) -> Any:
    """An order line holds packs only if it is placed: packs_q <= limit_q * line_q."""
    return m.packs[q] <= m.instance.slots[q].limit * m.line[q]


def line_in_order(m: Any, q: int) -> Any:
    """A line belongs to its supplier's order of that week, which must be placed and paid.

    line_q <= order_{k,t}, or packs_q <= limit_q * order_{k,t} where the line has no minimum of its own.
    """
    slot = m.instance.slots[q]
    order = m.order[slot.lane.supplier, slot.order_week]
    if q in m.LINES:
        return m.line[q] <= order
    return m.packs[q] <= slot.limit * order


def least_order_value(m: Any, k: int, t: int) -> Any:
    """A supplier order that is placed is worth the supplier's minimum, money.

    sum over its slots q of c_q * pack_q * packs_q >= least_value_k * order_{k,t}
    """
    least = m.instance.suppliers[k].least_value
    if least <= 0:
        return Constraint.Skip
    slots = m.instance.slots
    value = sum(slots[q].lane.unit_cost * slots[q].lane.pack * m.packs[q] for q in m.instance.supplier_orders[k, t])
    return value >= least * m.order[k, t]


def capacity(m: Any, k: int, t: int) -> Any:
    """A supplier order stays within what the supplier can deliver, units; what is over has a price.

    sum over its slots q of pack_q * packs_q <= capacity_k + over_capacity_{k,t}
    """
    slots = m.instance.slots
    units = sum(slots[q].lane.pack * m.packs[q] for q in m.instance.supplier_orders[k, t])
    return units <= m.instance.suppliers[k].capacity + m.over_capacity[k, t]


def budget(m: Any, b: int) -> Any:
    """Orders of a budget's period stay within its money; what is over has a price.

    sum over its slots q of c_q * pack_q * packs_q <= amount_b + over_budget_b
    """
    slots, one = m.instance.slots, m.instance.budgets[b]
    spent = sum(slots[q].lane.unit_cost * slots[q].lane.pack * m.packs[q] for q in one.slots)
    return spent <= one.amount + m.over_budget[b]
