"""Open orders as decisions: wait, rush or cancel each, and order anew, whatever costs least in expectation.

For every choice a of what may be done with a series' open orders, with its other decisions at their best for it,

    cost(a) = money(a) + what happens before orders reach the series + min over its orders of their cost

    money(a) = sum over rushed lines of  expedite_cost * units
             + sum over cancelled lines of  (cancel_cost - unit_cost) * units        goods that need not be paid

The minimum is the exact dynamic program's of single.py, at the prices and with the supplier orders that the plan has
where the series shares limits. So a late order does not bring a second one unless the margin that it saves is worth
more than the stock that both leave. Up to three orders of a series are weighed together, more one group after another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from data.calendar import WEEK, monday_on_or_after
from data.company import Company
from optimize.checker import before_orders
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.kept_curves import Curves
from optimize.open_orders import open_orders
from optimize.prepare import prepare
from optimize.shared import Row, shared
from optimize.single import batches, plan_alone
from optimize.stock_flow import Floats, Integers

WAIT, RUSH, CANCEL = "wait", "expedite", "cancel"
TOGETHER, TINY = 3, 1e-6


@dataclass(frozen=True)
class Settled:
    """``actions``: what is done with each open order, row by row; ``saved``: money that it saves against waiting;
    ``rivals``: by row, what each other choice would cost more; ``in_time``: whether there was time to weigh them.
    """

    actions: list[str]
    saved: dict[int, float]
    rivals: dict[int, dict[str, float]]
    in_time: bool = True

    @property
    def changes(self) -> bool:
        """Whether anything but waiting is decided."""
        return any(action != WAIT for action in self.actions)

    def undone(self) -> "Settled":
        """Everything waited for after all: the whole plan does not get cheaper otherwise."""
        return Settled([WAIT] * len(self.actions), {}, {row: {} for row in self.rivals})


def choices(company: Company) -> list[list[str]]:
    """What may be done with each open order, row by row; waiting always."""
    table = open_orders(company)
    rushed, cancelled = table["expedite_due"].notna(), table["cancel_cost"].notna()
    return [
        [WAIT] + [RUSH] * one + [CANCEL] * two for one, two in zip(rushed.tolist(), cancelled.tolist(), strict=True)
    ]


def after(company: Company, actions: Sequence[str]) -> Company:
    """The company once its open orders are settled: cancelled ones are gone, rushed ones come when it is agreed."""
    table, what = open_orders(company), np.array(actions, dtype=object)
    rushed = what == RUSH
    soonest = monday_on_or_after(table["expedite_due"]).where(
        table["expedite_due"] >= company.as_of, company.as_of + WEEK
    )
    table = table.assign(
        week=table["week"].mask(rushed, soonest),
        due=table["due"].mask(rushed, table["expedite_due"]),
        agreed=table["agreed"] | rushed,
    )
    return replace(company, open_orders=table[np.isin(what, [WAIT, RUSH])].reset_index(drop=True))


def money(company: Company, actions: Sequence[str]) -> Floats:
    """What is paid for each row's action (rows,), less the goods that need not be paid."""
    table = open_orders(company)
    units, what = table["units"].to_numpy(dtype=float), np.array(actions, dtype=object)
    rush = np.where(what == RUSH, units * table["expedite_cost"].to_numpy(dtype=float), 0.0)
    given_up = units * (table["cancel_cost"].to_numpy(dtype=float) - goods_cost(company))
    return np.asarray(rush + np.where(what == CANCEL, given_up, 0.0))


def goods_cost(company: Company) -> Floats:
    """What a unit of each open order costs (rows,): what its supplier takes for it, else the item's unit cost."""
    table = company.open_orders
    sources = company.sourcing.set_index(["sku", "location", "supplier"])["unit_cost"]
    cost = sources.reindex(pd.MultiIndex.from_frame(table[["sku", "location", "supplier"]])).to_numpy(dtype=float)
    usual = table["sku"].map(company.items["unit_cost"]).to_numpy(dtype=float)
    return np.where(np.isnan(cost), usual, cost)


def settle(
    company: Company,
    demand: Floats,
    instance: Instance,
    decisions: Decisions,
    prices: Mapping[Row, float],
    limits: Limits,
) -> Settled:
    """What to do with the open orders that leave a choice; wait for all of them where there is no time to weigh them.

    ``instance`` and ``decisions``: the plan when all of them are waited for; ``prices`` of its shared limits.
    """
    options = choices(company)
    owner = _owner(company)
    free = [row for row, own in enumerate(options) if len(own) > 1 and owner[row] >= 0]
    actions = [WAIT] * len(options)
    if not free:
        return Settled(actions, {}, {})
    waiting = Settled(actions, {}, {row: {} for row in free}, in_time=False)
    if limits.late:
        return waiting
    weighing = _Weighing(company, demand, instance, decisions, prices, free)
    for block in weighing.blocks():
        tries = {i: list(product(*(options[row] for row in rows))) for i, rows in block.items()}
        actions = _best(weighing, actions, block, tries, limits)
    return waiting if limits.late else _compared(weighing, actions, options)


def _owner(company: Company) -> Integers:
    """The position of each open order's series, -1: none (rows,)."""
    return np.asarray(company.series.get_indexer(pd.MultiIndex.from_frame(company.open_orders[["sku", "location"]])))


class _Weighing:
    """The series whose open orders leave a choice, apart from all others: ``rows`` of each among the open orders."""

    def __init__(
        self,
        company: Company,
        demand: Floats,
        instance: Instance,
        decisions: Decisions,
        prices: Mapping[Row, float],
        free: Sequence[int],
    ) -> None:
        owner = _owner(company)
        self.series = _with_partners(company, sorted({int(owner[row]) for row in free}))
        self.rows = [[row for row in free if owner[row] == i] for i in self.series]
        self.owner, self.demand, self.curves = owner, demand[:, self.series], Curves()
        self.kept: list[int] = np.flatnonzero(np.isin(owner, self.series)).tolist()
        self.company = _only(company, self.series, self.kept)
        self.extra, self.fee = _priced(instance, decisions, prices, self.series)

    def blocks(self) -> Iterator[dict[int, list[int]]]:
        """Orders to be weighed together, by series."""
        most = max(len(rows) for rows in self.rows)
        for start in range(0, most, TOGETHER):
            yield {i: rows[start : start + TOGETHER] for i, rows in enumerate(self.rows) if rows[start:]}

    def cost(self, actions: Sequence[str]) -> Floats:
        """Expected cost (series,) with these actions (rows of all open orders)."""
        own = [actions[row] for row in self.kept]
        instance = prepare(after(self.company, own), self.demand, self.curves)
        total = np.array(
            [sum(before_orders(one).values()) + instance.constant([i]) for i, one in enumerate(instance.series)]
        )
        np.add.at(total, np.searchsorted(self.series, self.owner[self.kept]), money(self.company, own))
        ordered = np.array([slot.lane.kind == "order" for slot in instance.slots], dtype=bool)
        unit_cost = np.array([slot.lane.net_cost for slot in instance.slots], dtype=float)
        moved = np.array([slot.lane.kind in ("sent", "received") for slot in instance.slots], dtype=bool)
        fee = np.array([slot.lane.line_cost for slot in instance.slots], dtype=float)
        fee[moved] = np.inf
        unit_cost[ordered] += self.extra
        fee[ordered] += self.fee
        plan = Decisions.none(instance)
        for batch in batches(instance, range(len(self.series))):
            total[batch.series] += plan_alone(batch, unit_cost, fee, plan)
        return total


def _with_partners(company: Company, series: list[int]) -> list[int]:
    """The series, and where goods can be moved between locations, all others of their items."""
    if company.transfers.empty:
        return series
    skus = company.series.get_level_values("sku")
    return np.flatnonzero(skus.isin(skus[series])).tolist()


def _only(company: Company, series: list[int], orders: list[int]) -> Company:
    """The company with only some series and open orders."""
    history = company.history.only(series)
    return replace(
        company,
        history=history,
        stock=company.stock.loc[history.series],
        open_orders=company.open_orders.iloc[orders].reset_index(drop=True),
        budgets=company.budgets.iloc[:0],
    )


def _priced(
    instance: Instance, decisions: Decisions, prices: Mapping[Row, float], series: list[int]
) -> tuple[Floats, Floats]:
    """Of the series' slots: what the plan's prices add to a unit, and the charge of an order that it does not place."""
    common = shared(instance, range(len(instance.series)))
    paid = common.priced(np.array([max(prices.get(limit.row, 0.0), 0.0) for limit in common.limits]))
    own = [q for q, slot in enumerate(instance.slots) if slot.lane.kind == "order" and slot.lane.series in set(series)]
    placed = {(instance.slots[q].lane.supplier, instance.slots[q].order_week) for q in decisions.ordered(instance)}
    others = {
        key: len({instance.slots[q].lane.series for q in slots}) > 1 for key, slots in instance.supplier_orders.items()
    }
    fee = []
    for q in own:
        key = (instance.slots[q].lane.supplier, instance.slots[q].order_week)
        free = others.get(key, False) and key in placed
        fee.append(0.0 if free else instance.suppliers[key[0]].order_cost)
    return (paid - common.unit_cost)[own], np.array(fee)


def _best(
    weighing: _Weighing,
    actions: list[str],
    block: dict[int, list[int]],
    tries: dict[int, list[tuple[str, ...]]],
    limits: Limits,
) -> list[str]:
    """The actions with each series' cheapest try; the first of equal ones, which is to wait."""
    best, chosen = np.full(len(weighing.series), np.inf), dict.fromkeys(tries, 0)
    for number in range(max(len(own) for own in tries.values())):
        if limits.late:
            break
        cost = weighing.cost(_with(actions, block, {i: own[min(number, len(own) - 1)] for i, own in tries.items()}))
        for i, own in tries.items():
            slack = TINY * max(abs(cost[i]), 1.0)
            if number < len(own) and cost[i] < best[i] - slack:
                best[i], chosen[i] = cost[i], number
    return _with(actions, block, {i: own[chosen[i]] for i, own in tries.items()})


def _with(actions: list[str], block: dict[int, list[int]], picked: dict[int, tuple[str, ...]]) -> list[str]:
    other = list(actions)
    for i, own in picked.items():
        for row, action in zip(block[i], own, strict=True):
            other[row] = action
    return other


def _compared(weighing: _Weighing, actions: list[str], options: list[list[str]]) -> Settled:
    """The actions, each beside its rivals while all others stay."""
    cost = weighing.cost(actions)
    rivals: dict[int, dict[str, float]] = {row: {} for rows in weighing.rows for row in rows}
    for place in range(max(len(rows) for rows in weighing.rows)):
        for action in (WAIT, RUSH, CANCEL):
            block = {i: [rows[place]] for i, rows in enumerate(weighing.rows) if rows[place:]}
            block = {i: rows for i, rows in block.items() if action in options[rows[0]] and actions[rows[0]] != action}
            if block:
                other = weighing.cost(_with(actions, block, dict.fromkeys(block, (action,))))
                for i, rows in block.items():
                    rivals[rows[0]][action] = float(other[i] - cost[i])
    saved = {row: own.get(WAIT, 0.0) for row, own in rivals.items()}
    return Settled(actions, saved, rivals)
