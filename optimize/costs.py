"""The cost terms of the planning model, one function each, in money; their sum is minimised.

``m`` is the Pyomo model of model.py, whose sets and parameters figures.py fills.
"""

from typing import Any


def purchase(m: Any) -> Any:
    """Goods at the lane's cost without its surcharge: sum over slots q of (c_q - u_q) * pack_q * packs_q."""
    return sum((m.unit_cost[q] - m.surcharge[q]) * m.pack[q] * m.packs[q] for q in m.SLOTS)


def expedite(m: Any) -> Any:
    """What rushing adds: sum over slots q of u_q * pack_q * packs_q."""
    return sum(m.surcharge[q] * m.pack[q] * m.packs[q] for q in m.SLOTS)


def payment_terms(m: Any) -> Any:
    """What paying suppliers later is worth, negative: -sum over slots q of credit_q * pack_q * packs_q.

    credit_q = carrying rate * c_q * payment days / 365: the money stays in the house between arrival and payment.
    """
    return -sum(m.credit[q] * m.pack[q] * m.packs[q] for q in m.SLOTS)


def clearance(m: Any) -> Any:
    """What cleared units bring, negative: -sum over clearances q of value_q * cleared_q."""
    return -sum(m.clearance_value[q] * m.cleared[q] for q in m.CLEARANCES)


def transfers(m: Any) -> Any:
    """Moving goods between locations: sum over transfers r of cost_r * received_r."""
    return sum(m.moving_cost[r] * m.received[r] for r in m.TRANSFERS)


def ordering(m: Any) -> Any:
    """Fixed charges of supplier orders and of their lines, whatever the quantity.

    sum over o of K_o * order_o + sum over slots q of k_q * line_q
    """
    lines = sum(m.line_cost[q] * m.line[q] for q in m.LINES)
    return sum(m.order_cost[o] * m.order[o] for o in m.ORDERS) + lines


def containers(m: Any) -> Any:
    """Containers started: sum over orders o that ship in them of C_o * containers_o."""
    return sum(m.container_cost[o] * m.containers[o] for o in m.CONTAINED)


def holding(m: Any) -> Any:
    """Expected stock left at the weeks' ends, from each series' first reachable week on.

    sum over periods p of h_p(Z_p), convex piecewise linear: h_p(lowest_p) + sum over segments g of slope_g * segment_g.
    """
    return sum(m.holding_at_none[p] for p in m.PERIODS) + sum(m.holding_slope[g] * m.segment[g] for g in m.SEGMENTS)


def lost_sales(m: Any) -> Any:
    """Expected lost sales: the units short when each period ends, and the demand given up for good.

    sum over periods p of charge_p * owed_p(Z_p) + lost_p * given_up_p. A shortage that lasts several periods would be
    charged in each; giving it up costs it once and for all, so no unit costs more than its margin and its goods.
    """
    short = sum(
        m.charge[p] * (m.owed_at_none[p] + sum(m.owed_slope[g] * m.segment[g] for g in m.SEGMENTS_OF[p]))
        for p in m.PERIODS
    )
    return short + sum(m.lost[p] * m.given_up[p] for p in m.PERIODS)


def stock_value(m: Any) -> Any:
    """What the stock left at the series' horizon brings, negative: -sum over last periods of v_p * (Z_p - need_p)."""
    return -sum(m.end_value[p] * (m.supply[p] - m.need[p]) for p in m.LASTS)


def limits(m: Any) -> Any:
    """The price of limits that give: units over a supplier's capacity, money over a budget, units below a floor."""
    units = sum(m.capacity_price[o] * m.over_capacity[o] for o in m.CAPPED)
    money = sum(m.budget_price[b] * m.over_budget[b] for b in m.BUDGETS)
    return units + money + sum(m.floor_price[f] * m.below_floor[f] for f in m.FLOORS)


TERMS = (
    purchase,
    expedite,
    payment_terms,
    clearance,
    transfers,
    ordering,
    containers,
    holding,
    lost_sales,
    stock_value,
    limits,
)
