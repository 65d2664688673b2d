"""The cost terms of the planning model, one function each, in money; their sum is minimised.

``m`` is the Pyomo model of model.py; ``m.instance`` holds the data that the sums run over.
"""

from typing import Any


def purchase(m: Any) -> Any:
    """Goods at the lane's cost without its surcharge: sum over slots q of (c_q - u_q) * pack_q * packs_q."""
    slots = m.instance.slots
    return sum((slots[q].lane.unit_cost - slots[q].lane.surcharge) * slots[q].lane.pack * m.packs[q] for q in m.SLOTS)


def expedite(m: Any) -> Any:
    """What rushing adds: sum over expedite slots q of u_q * pack_q * packs_q."""
    slots = m.instance.slots
    return sum(slots[q].lane.surcharge * slots[q].lane.pack * m.packs[q] for q in m.SLOTS if slots[q].lane.surcharge)


def ordering(m: Any) -> Any:
    """Fixed charge of each supplier order, whatever its lines: sum over (k, t) of K_k * order[k, t]."""
    return sum(m.instance.suppliers[k].order_cost * m.order[k, t] for k, t in m.ORDERS)


def holding(m: Any) -> Any:
    """Expected stock left at the weeks' ends, from each series' first reachable week on.

    sum over periods p of h_p(Z_p), convex piecewise linear: h_p(0) + sum over its segments g of slope_g * segment_g.
    """
    periods = m.instance.periods
    return sum(float(periods[p].curve.holding[0]) for p in m.PERIODS) + sum(
        m.slopes[p, g][0] * m.segment[p, g] for p, g in m.SEGMENTS
    )


def lost_sales(m: Any) -> Any:
    """Expected lost sales: the units short when each period ends, and the demand given up for good.

    sum over periods p of charge_p * short_p(Z_p) + lost_i * given_up_p. A shortage that lasts several periods would be
    charged in each; giving it up costs it once and for all, so no unit costs more than its margin and its goods.
    """
    periods, series = m.instance.periods, m.instance.series
    short = sum(periods[p].charge * float(periods[p].curve.short[0]) for p in m.PERIODS) + sum(
        periods[p].charge * m.slopes[p, g][1] * m.segment[p, g] for p, g in m.SEGMENTS
    )
    return short + sum(series[periods[p].series].lost * m.given_up[p] for p in m.PERIODS)


def stock_value(m: Any) -> Any:
    """What the stock left at the series' horizon brings, negative: -sum over series of v_i * (Z_last - need_i)."""
    periods, series = m.instance.periods, m.instance.series
    return -sum(
        series[periods[p].series].end_value * (m.supply[p] - periods[p].curve.need)
        for p in m.PERIODS
        if periods[p].final
    )


def limits(m: Any) -> Any:
    """The price of limits that give: units over a supplier's capacity and money over a budget."""
    suppliers, budgets = m.instance.suppliers, m.instance.budgets
    return sum(suppliers[k].over_price * m.over_capacity[k, t] for k, t in m.CAPPED) + sum(
        budgets[b].over_price * m.over_budget[b] for b in m.BUDGETS
    )


TERMS = (purchase, expedite, ordering, holding, lost_sales, stock_value, limits)
