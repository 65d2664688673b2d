"""The checker: recomputes balance, limits and cost of any plan. It knows no solver and no model."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from optimize.allowed import amounts, capacities
from optimize.containers import counted, filled
from optimize.instance import Decisions, Instance, Series
from optimize.stock_flow import Floats

TERMS = (
    "purchase",
    "expedite",
    "payment_terms",
    "clearance",
    "transfers",
    "ordering",
    "containers",
    "holding",
    "lost_sales",
    "stock_value",
    "open_orders",
    "limits",
)
SLACK = 1e-9


class InternalError(AssertionError):
    """A plan that contradicts its own instance: a fault of ours."""


@dataclass(frozen=True)
class Given:
    """A limit that is exceeded by ``amount`` (units or money) at ``price`` each; price 0: no plan could keep it."""

    kind: str
    name: str
    week: int
    amount: float
    price: float


def check(instance: Instance, decisions: Decisions) -> dict[str, float]:
    """The costs by term of a valid plan; raises InternalError for any other."""
    broken = violations(instance, decisions)
    if broken:
        raise InternalError("; ".join(broken[:5]))
    before, decided = fixed_costs(instance), decided_costs(instance, decisions, range(len(instance.series)))
    return {term: before[term] + decided[term] for term in TERMS}


def violations(instance: Instance, decisions: Decisions) -> list[str]:
    """What the plan breaks among the limits that cannot give, in words; empty for a valid plan."""
    found = ["demand given up is negative"] if (decisions.given_up < 0).any() else []
    values: dict[tuple[int, int], float] = defaultdict(float)
    for slot, packs in zip(instance.slots, decisions.packs.tolist(), strict=True):
        lane = slot.lane
        name = f"series {lane.series}, supplier {instance.suppliers[lane.supplier].name}, week {slot.order_week}"
        if packs < 0 or packs != round(packs):
            found.append(f"{name}: {packs} packs are not whole")
        if 0 < packs < lane.least:
            found.append(f"{name}: {packs} packs are below the minimum of {lane.least}")
        if lane.most is not None and packs > lane.most:
            found.append(f"{name}: {packs} packs are above the limit of {lane.most}")
        if packs and lane.kind == "order":
            values[lane.supplier, slot.order_week] += packs * lane.pack * lane.unit_cost
    for tiers in instance.tier_lines:
        packs, first = float(decisions.packs[tiers].sum()), instance.slots[tiers[0]]
        if packs > (first.lane.most_in_all or 0):
            name = f"series {first.lane.series}, supplier {instance.suppliers[first.lane.supplier].name}"
            found.append(f"{name}, week {first.order_week}: {packs} packs in all tiers are above the limit")
    for (k, t), value in values.items():
        supplier = instance.suppliers[k]
        if value < supplier.least_value * (1 - SLACK):
            found.append(f"supplier {supplier.name}, week {t}: {value} is below its minimum {supplier.least_value}")
    for sent, received in instance.transfers.tolist():
        if decisions.packs[sent] != decisions.packs[received]:
            units, there = decisions.packs[sent], decisions.packs[received]
            found.append(f"week {instance.slots[sent].order_week}: {units} units are sent, {there} arrive")
    lowest = np.array([period.curve.levels[0] for period in instance.periods])
    for p in np.flatnonzero(supply(instance, decisions) < lowest - SLACK * (1 - lowest)).tolist():
        period = instance.periods[p]
        found.append(f"series {period.series}, week {period.first}: more units leave than can be there")
    return found


def supply(instance: Instance, decisions: Decisions) -> Floats:
    """Z (periods,): units supplied, or given up, since each series' first reachable week."""
    arrived: Floats = decisions.given_up.astype(float)
    for slot, packs in zip(instance.slots, decisions.packs.tolist(), strict=True):
        arrived[slot.period] += slot.lane.pack * packs
    for p, period in enumerate(instance.periods):
        if period.previous is not None:
            arrived[p] += arrived[period.previous]
    return arrived


def given(instance: Instance, decisions: Decisions, series: Collection[int]) -> list[Given]:
    """The elastic limits of some series that the plan exceeds; what no plan could keep apart from the rest."""
    found: list[Given] = []
    more, money = capacities(instance), amounts(instance)
    units = [slot.lane.pack * packs for slot, packs in zip(instance.slots, decisions.packs.tolist(), strict=True)]
    for (k, t), members in sorted(instance.supplier_orders.items()):
        supplier = instance.suppliers[k]
        if supplier.capacity is not None and instance.slots[members[0]].lane.series in series:
            allowed, used = more.get((k, t), supplier.capacity), sum(units[q] for q in members)
            if allowed > supplier.capacity:
                found.append(Given("capacity", supplier.name, t, allowed - supplier.capacity, 0.0))
            if used - allowed > SLACK * max(allowed, 1.0):
                found.append(Given("capacity", supplier.name, t, used - allowed, supplier.over_price))
    for budget, allowed in zip(instance.budgets, money, strict=True):
        if instance.slots[budget.slots[0]].lane.series in series:
            spent = sum(units[q] * instance.slots[q].lane.unit_cost for q in budget.slots)
            beyond = allowed - budget.amount + budget.overspent
            if beyond > SLACK * max(allowed, 1.0):
                found.append(Given("budget", budget.name, budget.week, beyond, 0.0))
            if spent - allowed > SLACK * max(allowed, 1.0):
                found.append(Given("budget", budget.name, budget.week, spent - allowed, budget.over_price))
    return [*found, *_below_floors(instance, decisions, series)]


def keeps_limits(instance: Instance, decisions: Decisions, series: Collection[int]) -> bool:
    """Whether a plan of some series keeps within the capacities and budgets that can be kept."""
    return all(one.price == 0 or one.kind == "service_floor" for one in given(instance, decisions, series))


def _below_floors(instance: Instance, decisions: Decisions, series: Collection[int]) -> list[Given]:
    floors = [floor for floor in instance.floors if floor.series[0] in series]
    reached = supply(instance, decisions) if floors else np.zeros(0)
    found = []
    for floor in floors:
        over = short_units(instance, decisions, floor.series, reached) - floor.most_short
        if over > SLACK * max(floor.demand, 1.0):
            found.append(Given("service_floor", floor.name, 0, over, floor.over_price))
    return found


def short_units(instance: Instance, decisions: Decisions, series: Collection[int], reached: Floats) -> float:
    """Units short when the periods of some series end, and units given up; ``reached``: Z (periods,)."""
    periods = [p for i in series for p in instance.periods_of[i]]
    short = sum(float(instance.periods[p].curve.short_at(reached[p])) for p in periods)
    return short + float(decisions.given_up[periods].sum())


def fixed_costs(instance: Instance) -> dict[str, float]:
    """Money by term that no decision changes.

    It is what was settled about open orders, and what happens before each series' first reachable week: its holding and
    its lost sales; series that no order can reach end with what is left then.
    """
    terms = dict.fromkeys(TERMS, 0.0) | {"open_orders": instance.open_money}
    for one in instance.series:
        for term, money in before_orders(one).items():
            terms[term] += money
    return terms


def before_orders(one: Series) -> dict[str, float]:
    """Money by term of what happens to a series before an order can reach it."""
    left = 0.0 if one.outlook.curves else one.outlook.left
    return {
        "holding": one.holding * one.outlook.held,
        "lost_sales": one.lost * one.outlook.lost,
        "stock_value": -one.end_value * left,
    }


def decided_costs(instance: Instance, decisions: Decisions, series: Collection[int]) -> dict[str, float]:
    """The expected money by term, as costs.py defines it, that the plan of some series causes.

    The series must hold all that share an order or a budget with one of them.
    """
    terms = dict.fromkeys(TERMS, 0.0)
    placed = set()
    for slot, packs in zip(instance.slots, decisions.packs.tolist(), strict=True):
        if packs > 0 and slot.lane.series in series:
            units = slot.lane.pack * packs
            if slot.lane.kind == "clearance":
                terms["clearance"] += slot.lane.unit_cost * units
            elif slot.lane.kind == "received":
                terms["transfers"] += slot.lane.unit_cost * units
            if slot.lane.kind != "order":
                continue
            terms["purchase"] += (slot.lane.unit_cost - slot.lane.surcharge) * units
            terms["expedite"] += slot.lane.surcharge * units
            terms["payment_terms"] -= slot.lane.credit * units
            terms["ordering"] += slot.lane.line_cost
            placed.add((slot.lane.supplier, slot.order_week))
    terms["ordering"] += float(sum(instance.suppliers[k].order_cost for k, _ in sorted(placed)))
    boxes = counted(filled(instance, decisions, series))
    terms["containers"] = float(sum(instance.suppliers[k].container_cost * n for (k, _), n in boxes.items()))
    reached = supply(instance, decisions)
    for p, period in enumerate(instance.periods):
        if period.series in series:
            one = instance.series[period.series]
            terms["holding"] += float(period.curve.holding_at(reached[p]))
            short = period.charge * float(period.curve.charged_at(reached[p]))
            terms["lost_sales"] += short + one.lost * float(decisions.given_up[p])
            if period.final:
                terms["stock_value"] -= one.end_value * (float(reached[p]) - period.curve.need)
    terms["limits"] = float(sum(limit.amount * limit.price for limit in given(instance, decisions, series)))
    return terms


def cost_of(instance: Instance, series: Collection[int], decisions: Decisions) -> float:
    """The money that the plan of some series causes, without what no decision changes."""
    return sum(decided_costs(instance, decisions, series).values())
