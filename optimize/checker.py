"""The checker: recomputes balance, limits and cost of any plan. It knows no solver and no model."""

from dataclasses import dataclass

import numpy as np

from optimize.instance import Instance
from optimize.stock_flow import Floats


class InternalError(AssertionError):
    """A plan that contradicts its own instance: a fault of ours."""


@dataclass(frozen=True)
class Decisions:
    """A plan in the instance's terms: ``packs`` (slots,), whole; ``given_up`` (periods,), units not waited for."""

    packs: Floats
    given_up: Floats


@dataclass(frozen=True)
class Given:
    """A limit that had to give: by ``amount`` (units or money) at ``price`` each."""

    kind: str
    name: str
    week: int
    amount: float
    price: float


def supply(instance: Instance, decisions: Decisions) -> Floats:
    """Z (periods,): units supplied, or given up, since each series' first reachable week."""
    arrived = decisions.given_up.astype(float).copy()
    for slot, packs in zip(instance.slots, decisions.packs, strict=True):
        arrived[slot.period] += slot.lane.pack * packs
    for p, period in enumerate(instance.periods):
        if period.previous is not None:
            arrived[p] += arrived[period.previous]
    return arrived


def violations(instance: Instance, decisions: Decisions) -> list[str]:
    """What the plan breaks among the limits that cannot give, in words; empty for a valid plan."""
    found = []
    values: dict[tuple[int, int], float] = {}
    for slot, packs in zip(instance.slots, decisions.packs, strict=True):
        lane = slot.lane
        name = f"series {lane.series}, supplier {instance.suppliers[lane.supplier].name}, week {slot.order_week}"
        if packs < 0 or packs != np.round(packs):
            found.append(f"{name}: {packs} packs are not whole")
        if packs and packs < lane.least:
            found.append(f"{name}: {packs} packs are below the minimum of {lane.least}")
        if lane.most is not None and packs > lane.most:
            found.append(f"{name}: {packs} packs are above the limit of {lane.most}")
        key = (lane.supplier, slot.order_week)
        values[key] = values.get(key, 0.0) + packs * lane.pack * lane.unit_cost
    for (k, t), value in values.items():
        least = instance.suppliers[k].least_value
        if 0 < value < least * (1 - 1e-9) or (value == 0 < least and _any(instance, decisions, k, t)):
            found.append(f"supplier {instance.suppliers[k].name}, week {t}: {value} is below the least value {least}")
    if (decisions.given_up < 0).any():
        found.append("demand given up is negative")
    return found


def _any(instance: Instance, decisions: Decisions, k: int, t: int) -> bool:
    return any(decisions.packs[q] > 0 for q in instance.supplier_orders[k, t])


def given(instance: Instance, decisions: Decisions) -> list[Given]:
    """The elastic limits that the plan exceeds."""
    found = []
    for (k, t), members in sorted(instance.supplier_orders.items()):
        supplier = instance.suppliers[k]
        units = sum(float(instance.slots[q].lane.pack * decisions.packs[q]) for q in members)
        if supplier.capacity is not None and units > supplier.capacity + 1e-9:
            found.append(Given("capacity", supplier.name, t, units - supplier.capacity, supplier.over_price))
    for budget in instance.budgets:
        slots = instance.slots
        spent = sum(float(slots[q].lane.unit_cost * slots[q].lane.pack * decisions.packs[q]) for q in budget.slots)
        if spent > budget.amount + 1e-9 * max(abs(budget.amount), 1.0):
            found.append(Given("budget", budget.name, budget.week, spent - budget.amount, budget.over_price))
    return found


def costs(instance: Instance, decisions: Decisions) -> dict[str, float]:
    """The plan's expected money by term, as costs.py defines it, plus what no decision changes.

    The fixed part is what happens before each series' first reachable week: its holding and its lost sales; series
    that no order can reach end with what is left then.
    """
    terms = dict.fromkeys(("purchase", "expedite", "ordering", "holding", "lost_sales", "stock_value", "limits"), 0.0)
    placed = set()
    for slot, packs in zip(instance.slots, decisions.packs, strict=True):
        units = slot.lane.pack * float(packs)
        terms["purchase"] += (slot.lane.unit_cost - slot.lane.surcharge) * units
        terms["expedite"] += slot.lane.surcharge * units
        if packs > 0:
            placed.add((slot.lane.supplier, slot.order_week))
    terms["ordering"] = float(sum(instance.suppliers[k].order_cost for k, _ in sorted(placed)))
    reached = supply(instance, decisions)
    for p, period in enumerate(instance.periods):
        one = instance.series[period.series]
        terms["holding"] += float(period.curve.holding_at(reached[p]))
        terms["lost_sales"] += period.charge * float(period.curve.short_at(reached[p]))
        terms["lost_sales"] += one.lost * float(decisions.given_up[p])
        if period.final:
            terms["stock_value"] -= one.end_value * (float(reached[p]) - period.curve.need)
    for one in instance.series:
        terms["holding"] += one.holding * one.outlook.held
        terms["lost_sales"] += one.lost * one.outlook.lost
        if not one.outlook.curves:
            terms["stock_value"] -= one.end_value * one.outlook.left
    terms["limits"] = float(sum(limit.amount * limit.price for limit in given(instance, decisions)))
    return terms


def check(instance: Instance, decisions: Decisions) -> dict[str, float]:
    """The costs of a valid plan; raises InternalError for any other."""
    broken = violations(instance, decisions)
    if broken:
        raise InternalError("; ".join(broken[:5]))
    return costs(instance, decisions)
