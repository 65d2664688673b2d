"""The figures of the planning model: an instance as the arrays that fill model.py, and a solution as a plan."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from optimize.allowed import amounts, capacities
from optimize.checker import given, supply
from optimize.columns import Columns
from optimize.containers import counted
from optimize.containers import filled as filled_containers
from optimize.filling import Data, Lists
from optimize.instance import Decisions, Instance
from optimize.stock_flow import Flags, Floats, Integers


@dataclass(frozen=True)
class _Chosen:
    """What of an instance belongs to some series: flags of slots, periods, segments, ``near`` weeks and ``lines``;
    positions of what is ``cleared``, ``sent``, of ``budgets`` and ``floors``, and of slots whose price ``tiers`` share
    a maximum; ``orders`` by what they limit.
    """

    slots: Flags
    periods: Flags
    segments: Flags
    near: Flags
    lines: Flags
    cleared: Integers
    sent: Integers
    budgets: list[int]
    floors: list[int]
    tiers: list[list[int]]
    orders: dict[str, Integers]


def figures(instance: Instance, series: Collection[int], exact_weeks: int) -> Data:
    """What fills the model of some series, which must hold all that share a supplier's order or a budget.

    Order lines of the first ``exact_weeks`` weeks are whole packs and obey their minimums; later ones are relaxed.
    Capacities and budgets give, at their price, where all are relaxed.
    """
    chosen = _of_series(instance, series, exact_weeks)
    sets, near = _sets(instance.columns, chosen), chosen.near
    continuous = {"packs": ~near[chosen.slots], "line": ~near[chosen.lines], "cleared": ~near[chosen.cleared]}
    lists, values = _lists_of(instance, chosen, sets), _values(instance, chosen)
    values |= _most_over(chosen, inf if exact_weeks == 0 else 0.0)
    return Data(sets, lists, values, continuous | _far(near, chosen.sent))


def _of_series(instance: Instance, series: Collection[int], exact_weeks: int) -> _Chosen:
    table = instance.columns
    member = np.zeros(len(instance.series), dtype=bool)
    member[list(series)] = True
    of_kind = {kind: member[table.series] & (table.kind == kind) for kind in ("order", "clearance", "sent")}
    slots, periods, near = of_kind["order"], member[table.period_series], table.order_week < exact_weeks
    return _Chosen(
        slots=slots,
        periods=periods,
        segments=periods[table.segment_period],
        near=near,
        lines=slots & (near & (table.slots["least"] > 1) | (table.slots["line_cost"] > 0)),
        cleared=np.flatnonzero(of_kind["clearance"]),
        sent=np.flatnonzero(of_kind["sent"]),
        budgets=[b for b, one in enumerate(instance.budgets) if member[table.series[one.slots[0]]]],
        floors=[f for f, one in enumerate(instance.floors) if member[one.series[0]]],
        tiers=[own for own in instance.tier_lines if slots[own[0]]],
        orders=_orders(instance, slots, table),
    )


def _sets(table: Columns, chosen: _Chosen) -> dict[str, Integers]:
    joined = chosen.slots & np.isin(table.order, chosen.orders["ORDERS"])
    return {
        "SLOTS": np.flatnonzero(chosen.slots),
        "CLEARANCES": chosen.cleared,
        "TRANSFERS": chosen.sent,
        "LINES": np.flatnonzero(chosen.lines),
        "TIERED": np.array([own[0] for own in chosen.tiers], dtype=np.int64),
        "JOINED_LINES": np.flatnonzero(joined & chosen.lines),
        "JOINED_PACKS": np.flatnonzero(joined & ~chosen.lines),
        **chosen.orders,
        "PERIODS": np.flatnonzero(chosen.periods),
        "LASTS": np.flatnonzero(chosen.periods & table.last),
        "SEGMENTS": np.flatnonzero(chosen.segments),
        "BUDGETS": np.array(chosen.budgets, dtype=np.int64),
        "FLOORS": np.array(chosen.floors, dtype=np.int64),
    }


def _lists_of(instance: Instance, chosen: _Chosen, sets: dict[str, Integers]) -> dict[str, Lists]:
    table, periods, slots, sent = instance.columns, sets["PERIODS"], sets["SLOTS"], chosen.sent
    follows = periods[table.previous[periods] >= 0]
    shared = slots[np.isin(table.order[slots], sets["SHARED"])]
    return {
        "ARRIVING": _lists(table.period[slots], slots, periods),
        "CLEARED_IN": _lists(table.period[chosen.cleared], chosen.cleared, periods),
        "SENT_IN": _lists(table.period[sent], sent, periods),
        "RECEIVED_IN": _lists(table.period[sent + 1], sent, periods),
        "BEFORE": _lists(follows, table.previous[follows], periods),
        "SEGMENTS_OF": _lists(table.segment_period[chosen.segments], sets["SEGMENTS"], periods),
        "SLOTS_OF": _lists(table.order[shared], shared, sets["SHARED"]),
        "TIERS_OF": _chosen(chosen.tiers),
        "PAID_BY": _paid(instance, chosen.budgets),
        **_served(instance, chosen.floors),
    }


def _values(instance: Instance, chosen: _Chosen) -> dict[str, Floats]:
    table, floors = instance.columns, [instance.floors[f] for f in chosen.floors]
    return {
        **{name: value[chosen.slots] for name, value in table.slots.items()},
        **{name: value[chosen.periods] for name, value in table.periods.items()},
        **{name: value[chosen.segments] for name, value in table.segments.items()},
        "most_in_all": np.array([instance.slots[own[0]].lane.most_in_all for own in chosen.tiers], dtype=float),
        "moving_cost": table.slots["unit_cost"][chosen.sent + 1],
        "most_moved": table.slots["limit"][chosen.sent],
        "clearance_value": table.slots["unit_cost"][chosen.cleared],
        "most_cleared": table.slots["limit"][chosen.cleared],
        **_limits(instance, chosen.orders["SHARED"], chosen.budgets),
        "most_short": np.array([one.most_short for one in floors], dtype=float),
        "floor_price": np.array([one.over_price for one in floors], dtype=float),
        **_containers(instance, chosen.orders),
    }


def _orders(instance: Instance, slots: Flags, table: Columns) -> dict[str, Integers]:
    """The supplier orders of some slots, by what is decided or limited in them."""
    own = np.unique(table.order[slots])
    suppliers = [instance.suppliers[instance.orders[o][0]] for o in own.tolist()]
    placed = np.array([one.must_be_placed for one in suppliers], dtype=bool)
    least = np.array([one.least_value > 0 for one in suppliers], dtype=bool)
    capped = np.array([one.capacity is not None for one in suppliers], dtype=bool)
    shipped = np.array([one.ships_containers for one in suppliers], dtype=bool)
    volume, weight = (
        np.array([size < np.inf for size in sizes], dtype=bool)
        for sizes in ([one.container_volume for one in suppliers], [one.container_weight for one in suppliers])
    )
    return {
        **{"SHARED": own[placed | capped], "ORDERS": own[placed], "LEAST_ORDERS": own[least], "CAPPED": own[capped]},
        **{"CONTAINED": own[shipped], "BY_VOLUME": own[shipped & volume], "BY_WEIGHT": own[shipped & weight]},
    }


def _lists(index: Integers, members: Integers, over: Integers) -> Lists:
    """The members that have each index of a set, in the order of that set."""
    rank = np.argsort(index, kind="stable")
    ends = np.searchsorted(index[rank], over, side="right")
    return Lists(np.concatenate([[0], ends]).astype(np.int64), members[rank])


def _paid(instance: Instance, budgets: list[int]) -> Lists:
    slots = [np.array(instance.budgets[b].slots, dtype=np.int64) for b in budgets]
    starts = np.cumsum([0, *(len(own) for own in slots)])
    return Lists(starts.astype(np.int64), np.concatenate([np.zeros(0, dtype=np.int64), *slots]))


def _served(instance: Instance, floors: list[int]) -> dict[str, Lists]:
    """The periods of the series that each floor serves, and their segments."""
    periods = [[p for i in instance.floors[f].series for p in instance.periods_of[i]] for f in floors]
    segments = [np.flatnonzero(np.isin(instance.columns.segment_period, own)) for own in periods]
    return {"SERVED_BY": _chosen(periods), "SEGMENTS_SERVED": _chosen(segments)}


def _chosen(members: Sequence[Sequence[int] | Integers]) -> Lists:
    """Sets that an index chooses, from their members."""
    starts = np.cumsum([0, *(len(own) for own in members)])
    return Lists(
        starts.astype(np.int64), np.concatenate([np.zeros(0, dtype=np.int64), *map(np.asarray, members)]).astype(int)
    )


def _limits(instance: Instance, orders: Integers, budgets: list[int]) -> dict[str, Floats]:
    suppliers = [instance.suppliers[instance.orders[o][0]] for o in orders.tolist()]
    more, money = capacities(instance), amounts(instance)
    most = [
        more.get(instance.orders[o], one.capacity or 0.0) for o, one in zip(orders.tolist(), suppliers, strict=True)
    ]
    return {
        "order_cost": np.array([one.order_cost for one in suppliers], dtype=float),
        "least_value": np.array([one.least_value for one in suppliers], dtype=float),
        "most_units": np.array(most, dtype=float),
        "capacity_price": np.array([one.over_price for one in suppliers], dtype=float),
        "amount": np.array([money[b] for b in budgets], dtype=float),
        "budget_price": np.array([instance.budgets[b].over_price for b in budgets], dtype=float),
    }


def _most_over(chosen: _Chosen, most: float) -> dict[str, Floats]:
    """By how much capacities and budgets may give."""
    return {
        "most_over_units": np.full(len(chosen.orders["SHARED"]), most),
        "most_over_money": np.full(len(chosen.budgets), most),
    }


def _containers(instance: Instance, orders: dict[str, Integers]) -> dict[str, Floats]:
    shipped, by_volume, by_weight = (
        [instance.suppliers[instance.orders[o][0]] for o in orders[name].tolist()]
        for name in ("CONTAINED", "BY_VOLUME", "BY_WEIGHT")
    )
    return {
        "container_cost": np.array([one.container_cost for one in shipped], dtype=float),
        "room_by_volume": np.array([one.container_volume for one in by_volume], dtype=float),
        "room_by_weight": np.array([one.container_weight for one in by_weight], dtype=float),
    }


def _far(near: Flags, sent: Integers) -> dict[str, Flags]:
    return {"sent": ~near[sent], "received": ~near[sent]}


def decisions_of(data: Data, values: dict[str, Floats], into: Decisions) -> None:
    """Writes a solution, by variable component, into a plan: packs rounded to whole ones."""
    into.packs[data.sets["SLOTS"]] = np.rint(values["packs"])
    into.packs[data.sets["TRANSFERS"]] = into.packs[data.sets["TRANSFERS"] + 1] = np.rint(values["sent"])
    into.packs[data.sets["CLEARANCES"]] = np.rint(values["cleared"])
    into.given_up[data.sets["PERIODS"]] = np.maximum(values["given_up"], 0.0)


def values_of(instance: Instance, data: Data, plan: Decisions) -> dict[str, Floats]:
    """A plan as values of the model's variables, by component in the order of its index set."""
    table, reached = instance.columns, supply(instance, plan)
    slots, periods, segments = data.sets["SLOTS"], data.sets["PERIODS"], data.sets["SEGMENTS"]
    limits = given(instance, plan, set(table.series[slots].tolist()))
    over = {(limit.kind, limit.name, limit.week): limit.amount for limit in limits if limit.price > 0}
    placed = np.unique(table.order[slots][plan.packs[slots] > 0])
    capped = [(instance.suppliers[k].name, t) for k, t in (instance.orders[o] for o in data.sets["CAPPED"].tolist())]
    budgets = [instance.budgets[b] for b in data.sets["BUDGETS"].tolist()]
    floors = [instance.floors[f] for f in data.sets["FLOORS"].tolist()]
    boxes = counted(filled_containers(instance, plan, set(table.series[slots].tolist())))
    filled = reached[table.segment_period[segments]] - table.level[segments]
    return {
        "packs": plan.packs[slots],
        "sent": plan.packs[data.sets["TRANSFERS"]],
        "received": plan.packs[data.sets["TRANSFERS"] + 1],
        "cleared": plan.packs[data.sets["CLEARANCES"]],
        "line": (plan.packs[data.sets["LINES"]] > 0).astype(float),
        "order": np.isin(data.sets["ORDERS"], placed).astype(float),
        "supply": reached[periods],
        "segment": np.clip(filled, 0.0, data.values["width"]),
        "given_up": plan.given_up[periods],
        "containers": np.array(
            [boxes.get(instance.orders[o], 0) for o in data.sets["CONTAINED"].tolist()], dtype=float
        ),
        "over_capacity": np.array([over.get(("capacity", *key), 0.0) for key in capped]),
        "over_budget": np.array([over.get(("budget", one.name, one.week), 0.0) for one in budgets]),
        "below_floor": np.array([over.get(("service_floor", one.name, 0), 0.0) for one in floors]),
    }
