"""Which limits bind in a plan, and what relaxing each by one unit would bring."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company
from optimize.checker import given, short_units, supply
from optimize.explain import in_money
from optimize.instance import Decisions, Instance
from optimize.line_prices import LineLimit, line_limits
from optimize.order_prices import with_full_limits
from optimize.plan import LIMIT_COLUMNS
from optimize.shared import Row
from optimize.stock_flow import Floats
from optimize.tiers import Tiers

POINT, SEEN = 0.01, 0.005


@dataclass(frozen=True)
class Binding:
    """A limit that binds: as ``LIMIT_COLUMNS`` with the week's number, the order lines that it holds for, and what to
    say of them, with ``{}`` for the price.
    """

    kind: str
    name: str
    week: int
    unit: str
    used: float
    amount: float
    price: float
    slots: tuple[int, ...]
    words: str


@dataclass(frozen=True)
class _Plan:
    """A plan, the units of its order lines (slots,), the prices of what series share by row of the model, and those of
    the limits that had to give by kind, name and week.
    """

    company: Company
    instance: Instance
    decisions: Decisions
    units: Floats
    prices: dict[Row, float]
    gave: dict[tuple[str, str, int], float]

    def price(self, kind: str, index: int, name: str, week: int) -> float:
        """The price of a limit: its own where it had to give, else what it is worth in the plan."""
        return self.gave.get((kind, name, week), self.prices.get((kind, index), 0.0))


def binding_limits(
    company: Company, instance: Instance, decisions: Decisions, prices: dict[Row, float]
) -> list[Binding]:
    """Every limit that binds: less than a pack of it is left, or relaxing it would bring something.

    ``prices``: of what series share, by row of the model, money per unit.
    """
    units = np.zeros(len(instance.slots))
    ordered = decisions.ordered(instance)
    units[ordered] = [instance.slots[q].lane.pack * decisions.packs[q] for q in ordered]
    limits = given(instance, decisions, range(len(instance.series)))
    gave = {(one.kind, one.name, one.week): one.price for one in limits}
    plan = _Plan(company, instance, decisions, units, with_full_limits(instance, decisions, prices), gave)
    return [*_orders(plan), *_budgets(plan), *_floors(plan), *_charges(plan), *_lines(plan)]


def limit_table(instance: Instance, found: list[Binding]) -> pd.DataFrame:
    """limits.csv (``LIMIT_COLUMNS``), by kind the dearest first."""
    rows = [
        (one.kind, one.name, instance.as_of + pd.Timedelta(weeks=one.week), one.unit, one.used, one.amount, one.price)
        for one in sorted(found, key=lambda one: (one.kind, -one.price, one.name, one.week))
    ]
    return pd.DataFrame(rows, columns=LIMIT_COLUMNS).astype({"week": "datetime64[ns]"})


def price_notes(found: list[Binding], currency: str) -> dict[int, list[str]]:
    """By slot with an order, what relaxing its limits would bring, in words."""
    notes: dict[int, list[str]] = defaultdict(list)
    for one in found:
        for q in one.slots if one.words and one.price >= SEEN else ():
            notes[q].append(one.words.format(in_money(one.price, currency)))
    return notes


def _orders(plan: _Plan) -> Iterator[Binding]:
    """Capacities and minimum values of supplier orders."""
    instance, units = plan.instance, plan.units
    for row, (k, week) in enumerate(instance.orders):
        supplier, members = instance.suppliers[k], instance.supplier_orders[k, week]
        own = tuple(q for q in members if units[q] > 0)
        packs = [instance.slots[q].lane.pack for q in own or members]
        if supplier.capacity is not None:
            used, price = float(units[members].sum()), plan.price("capacity", row, supplier.name, week)
            if used + min(packs) > supplier.capacity or (own and price > SEEN):
                words = "More of the supplier's capacity would save {} a unit, by whole packs."
                yield Binding("capacity", supplier.name, week, "units", used, supplier.capacity, price, own, words)
        yield from _containers(plan, row, own)
        if supplier.least_value > 0 and own:
            used = float(sum(units[q] * instance.slots[q].lane.unit_cost for q in own))
            price = plan.prices.get(("least_order_value", row), 0.0)
            least = min(instance.slots[q].lane.pack * instance.slots[q].lane.unit_cost for q in own)
            if used - least < supplier.least_value:
                words = "A lower minimum order of the supplier would save {} for each 1 less, by whole packs."
                least = supplier.least_value
                yield Binding("minimum_order_value", supplier.name, week, "money", used, least, price, own, words)


def _containers(plan: _Plan, row: int, own: tuple[int, ...]) -> Iterator[Binding]:
    """Room in the containers of an order that another container would give."""
    k, week = plan.instance.orders[row]
    supplier = plan.instance.suppliers[k]
    for kind, unit in (("container_volume", "volume"), ("container_weight", "weight")):
        price = plan.prices.get((kind, row), 0.0)
        if price > SEEN and own:
            used = float(sum(plan.units[q] * getattr(plan.instance.slots[q].lane, unit) for q in own))
            words = f"More room in the containers would save {{}} for each 1 of {unit}, by whole packs."
            room = getattr(supplier, kind)
            amount = float(np.ceil(used / room - 1e-9) * room)
            yield Binding(kind, supplier.name, week, unit, used, amount, price, own, words)


def _budgets(plan: _Plan) -> Iterator[Binding]:
    slots = plan.instance.slots
    for b, one in enumerate(plan.instance.budgets):
        own = tuple(q for q in one.slots if plan.units[q] > 0)
        used = float(sum(plan.units[q] * slots[q].lane.unit_cost for q in own))
        least = min(slots[q].lane.pack * slots[q].lane.unit_cost for q in own or one.slots)
        price = plan.price("budget", b, one.name, one.week)
        if used + least > one.amount or price > SEEN:
            words = "More of the budget would save {} for each 1, by whole packs."
            yield Binding("budget", one.name, one.week, "money", used, one.amount, price, own, words)


def _floors(plan: _Plan) -> Iterator[Binding]:
    """Service floors; a unit of them is one point of the fill rate."""
    instance = plan.instance
    reached = supply(instance, plan.decisions) if instance.floors else np.zeros(0)
    for f, floor in enumerate(instance.floors):
        price = plan.price("service_floor", f, floor.name, 0)
        if price * POINT * floor.demand > SEEN:
            short = short_units(instance, plan.decisions, floor.series, reached)
            own = tuple(
                q for q in np.flatnonzero(plan.units > 0).tolist() if instance.slots[q].lane.series in floor.series
            )
            words = f"One point less than the service floor of {floor.share:.1%} would save {{}}."
            rate, share = (1.0 - short / floor.demand) / POINT, floor.share / POINT
            worth = price * POINT * floor.demand
            yield Binding("service_floor", floor.name, 0, "% of demand", rate, share, worth, own, words)


def _charges(plan: _Plan) -> Iterator[Binding]:
    """Order charges: each 1 less of a charge saves 1 for every order that is placed."""
    placed: dict[int, set[int]] = defaultdict(set)
    for q in np.flatnonzero(plan.units > 0).tolist():
        placed[plan.instance.slots[q].lane.supplier].add(plan.instance.slots[q].order_week)
    for k, weeks in sorted(placed.items()):
        one = plan.instance.suppliers[k]
        if one.order_cost > 0:
            paid, orders = one.order_cost * len(weeks), float(len(weeks))
            yield Binding("order_charge", one.name, min(weeks), "money", paid, one.order_cost, orders, (), "")


def _lines(plan: _Plan) -> Iterator[Binding]:
    """Minimums, maximums and price steps of order lines."""
    tiers = Tiers(plan.instance)
    for one in line_limits(plan.instance, plan.decisions, plan.prices):
        if one.price > SEEN:
            yield _line(plan, one, "line_minimum" if tiers.before(one.lane) is None else "price_step")


def _line(plan: _Plan, one: LineLimit, least: str) -> Binding:
    """``least``: the kind of limit that a lane's least is."""
    lane = one.lane
    sku, location = plan.company.series[lane.series]
    name = f"{sku} {location} from {plan.instance.suppliers[lane.supplier].name}{' by express' * lane.expedite}"
    kind, packs = ("line_maximum", lane.most) if one.is_maximum else (least, lane.least)
    amount = float((packs or 0) * lane.pack)
    words = {"line_maximum": "more per order", "line_minimum": "less of the minimum", "price_step": "less of the step"}
    text = f"One unit {words[kind]} would save {{}}."
    week = min(plan.instance.slots[q].order_week for q in one.slots)
    return Binding(kind, name, week, "units", amount, amount, one.price, one.slots, text)
