"""The constraints of the planning model, one Pyomo rule each.

``m`` is the Pyomo model of model.py, whose sets and parameters figures.py fills. Indices: q a slot (a lane in an order
week), p a period of a series, g a segment of a period's cost curve, o a supplier's order of one week, b a budget, f a
service floor.
"""

from typing import Any


def supply_balance(m: Any, p: int) -> Any:
    """Cumulative supply grows by what arrives and by demand given up, and falls by what is cleared or sent, units.

    Z_p = Z_{p-1} + sum over slots q arriving in p of pack_q * packs_q + given_up_p - sum over clearances q in p of
    cleared_q + sum over transfers r that arrive in p of received_r - sum over those that leave in p of sent_r,
    Z before the first period = 0
    """
    before = sum(m.supply[r] for r in m.BEFORE[p])
    arrived = sum(m.pack[q] * m.packs[q] for q in m.ARRIVING[p])
    cleared = sum(m.cleared[q] for q in m.CLEARED_IN[p])
    exchanged = sum(m.received[r] for r in m.RECEIVED_IN[p]) - sum(m.sent[r] for r in m.SENT_IN[p])
    return m.supply[p] == before + arrived + m.given_up[p] - cleared + exchanged


def supply_in_segments(m: Any, p: int) -> Any:
    """Cumulative supply fills the segments of its cost curve, cheapest slope first, units.

    Z_p = lowest_p + sum over segments g of p of segment_g,  0 <= segment_g <= width_g; lowest_p is 0, or below it what
    could leave by then
    """
    return m.supply[p] == m.lowest[p] + sum(m.segment[g] for g in m.SEGMENTS_OF[p])


def least_line(m: Any, q: int) -> Any:
    """An order line that is placed has at least the minimum: packs_q >= least_q * line_q."""
    return m.packs[q] >= m.least[q] * m.line[q]


def most_line(m: Any, q: int) -> Any:
    """An order line holds packs only if it is placed: packs_q <= limit_q * line_q."""
    return m.packs[q] <= m.limit[q] * m.line[q]


def tiers_together(m: Any, q: int) -> Any:
    """Price tiers of one order line share its maximum: sum over tiers r of line q of packs_r <= most_in_all_q.

    Of one price for all units follows that never more than one of them is used.
    """
    return sum(m.packs[r] for r in m.TIERS_OF[q]) <= m.most_in_all[q]


def line_in_order(m: Any, q: int) -> Any:
    """A line belongs to its supplier's order o of that week, which must be placed and paid: line_q <= order_o."""
    return m.line[q] <= m.order[m.order_of[q]]


def packs_in_order(m: Any, q: int) -> Any:
    """So does what has no minimum of its own: packs_q <= limit_q * order_o."""
    return m.packs[q] <= m.limit[q] * m.order[m.order_of[q]]


def least_order_value(m: Any, o: int) -> Any:
    """A supplier order that is placed is worth the supplier's minimum, money.

    sum over its slots q of c_q * pack_q * packs_q >= least_value_o * order_o
    """
    value = sum(m.unit_cost[q] * m.pack[q] * m.packs[q] for q in m.SLOTS_OF[o])
    return value >= m.least_value[o] * m.order[o]


def capacity(m: Any, o: int) -> Any:
    """A supplier order stays within what the supplier can deliver, units; what is over has a price.

    sum over its slots q of pack_q * packs_q <= capacity_o + over_capacity_o
    """
    units = sum(m.pack[q] * m.packs[q] for q in m.SLOTS_OF[o])
    return units <= m.most_units[o] + m.over_capacity[o]


def container_volume(m: Any, o: int) -> Any:
    """An order's goods fit into its containers by volume, filled jointly by all its lines.

    sum over its slots q of volume_q * pack_q * packs_q <= V_o * containers_o,  containers_o whole
    """
    volume = sum(m.volume[q] * m.pack[q] * m.packs[q] for q in m.SLOTS_OF[o])
    return volume <= m.room_by_volume[o] * m.containers[o]


def container_weight(m: Any, o: int) -> Any:
    """And by weight: sum over its slots q of weight_q * pack_q * packs_q <= W_o * containers_o."""
    weight = sum(m.weight[q] * m.pack[q] * m.packs[q] for q in m.SLOTS_OF[o])
    return weight <= m.room_by_weight[o] * m.containers[o]


def container_started(m: Any, o: int) -> Any:
    """An order that is placed starts a container at least: containers_o >= order_o."""
    return m.containers[o] >= m.order[o]


def moved(m: Any, r: int) -> Any:
    """What reaches a location is what left another one for it, units: received_r = sent_r."""
    return m.received[r] == m.sent[r]


def budget(m: Any, b: int) -> Any:
    """Orders of a budget's period stay within its money; what is over has a price.

    sum over its slots q of c_q * pack_q * packs_q <= amount_b + over_budget_b
    """
    spent = sum(m.unit_cost[q] * m.pack[q] * m.packs[q] for q in m.PAID_BY[b])
    return spent <= m.amount[b] + m.over_budget[b]


def service_floor(m: Any, f: int) -> Any:
    """A segment's units short stay within what its floor allows, units; what is below the floor has a price.

    sum over its periods p of short_p(Z_p) + given_up_p <= (1 - floor_f) * expected demand there + below_floor_f,
    sum over p of short_p(Z_p) = sum over p of short_p(0) + sum over segments g of its periods of slope_g * segment_g
    """
    short = sum(m.short_slope[g] * m.segment[g] for g in m.SEGMENTS_SERVED[f])
    short += sum(m.short_at_none[p] + m.given_up[p] for p in m.SERVED_BY[f])
    return short <= m.most_short[f] + m.below_floor[f]
