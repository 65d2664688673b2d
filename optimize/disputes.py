"""Stock in dispute: what is ordered now is what is needed whichever system is right; the rest waits for a count.

Each disputed series is planned three times by the exact dynamic program, with the lowest, the trusted and the highest
credible stock. What the highest still orders now is no guess, and is the most that the plan may order now:

    go      the same is ordered whichever stock is right
    limit   something is ordered with the highest stock, more with a lower one
    hold    nothing is ordered with the highest stock, something with a lower one

Supplier orders are taken as placed anyway and shared limits as free, so that no more is held back than has to be.
"""

from collections import defaultdict
from dataclasses import replace
from math import floor

import numpy as np
import pandas as pd

from data.company import Company
from optimize.instance import Decisions, Instance, Slot
from optimize.prepare import prepare
from optimize.shared import shared
from optimize.single import batches, plan_alone
from optimize.stock_flow import Floats

DISPUTE_COLUMNS = [
    *("sku", "location", "trusted", "lowest", "highest", "sure", "order_at_trusted", "order_at_lowest"),
    *("order_at_highest", "value_at_stake", "difference_value", "decision", "why", "sources"),
]
GO, LIMIT, HOLD = "go", "limit", "hold"
Source = tuple[str, int]
"""A supplier, and 1 if by express."""


def with_disputes(company: Company, demand: Floats) -> Company:
    """The company knowing what its disputed stock does to its orders: ``disputes`` (``DISPUTE_COLUMNS``), one row per
    series in dispute, those first of which the most money of today's orders hangs on the count.

    ``demand`` (S, N, H). ``sources``: for each way to order what may be ordered now by it, as (supplier, 1 if by
    express, units); ways that are not named there may bring nothing now.
    """
    disputed = company.stock_picture["disputed"].to_numpy(dtype=bool) if len(company.stock_picture) else np.zeros(0)
    rows = np.flatnonzero(disputed)
    if not len(rows):
        return company
    few, seen = _only(company, rows), company.stock_picture.iloc[rows]
    figures = {"trusted": "sellable", "lowest": "lowest", "highest": "highest"}
    ordered = {name: _ordered_now(few, demand[:, rows], seen[column]) for name, column in figures.items()}
    table = seen.reset_index().rename(columns={"sellable": "trusted"})
    for name, by_row in ordered.items():
        table[f"order_at_{name}"] = [sum(sources.values()) for sources in by_row]
    most = table[["order_at_lowest", "order_at_trusted"]].max(axis=1)
    at_stake = (most - table["order_at_highest"]).clip(lower=0.0)
    table["decision"] = np.select([at_stake <= 0, table["order_at_highest"] > 0], [GO, LIMIT], HOLD)
    table["value_at_stake"] = at_stake * table["sku"].map(company.items["unit_cost"])
    sources = [tuple((*source, units) for source, units in sorted(one.items())) for one in ordered["highest"]]
    table["sources"] = pd.Series(sources, index=table.index, dtype=object)
    order = table.sort_values(
        ["value_at_stake", "difference_value", "sku", "location"], ascending=[False, False, True, True], kind="stable"
    )
    return replace(company, disputes=order[DISPUTE_COLUMNS].reset_index(drop=True))


def capped(company: Company, instance: Instance) -> Instance:
    """The instance in which nothing is ordered now on a guess."""
    if not len(company.disputes):
        return instance
    most = _most(company)
    held, slots = dict(instance.held), list(instance.slots)
    for q, slot in enumerate(slots):
        if slot.lane.kind == "order" and slot.order_week == 0 and slot.lane.series in most:
            source = (instance.suppliers[slot.lane.supplier].name, int(slot.lane.expedite))
            slots[q] = _at_most(slot, most[slot.lane.series][source])
            if not slots[q].limit:
                slots[q] = slot
                held.setdefault(q, 0.0)
    return replace(instance, slots=slots, held=held)


def _most(company: Company) -> dict[int, dict[Source, float]]:
    """Units that may be ordered now, by series and source, 0 where a source is not named."""
    waits = company.disputes[company.disputes["decision"] != GO]
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(waits[["sku", "location"]]))
    most: dict[int, dict[Source, float]] = {}
    for row, sources in zip(rows.tolist(), waits["sources"], strict=True):
        most[row] = defaultdict(float, {(supplier, express): units for supplier, express, units in sources})
    return most


def _at_most(slot: Slot, units: float) -> Slot:
    """The slot with no more than so many units; of limit 0 where its minimum does not allow that."""
    packs = floor(units / slot.lane.pack + 1e-9)
    if packs < slot.lane.least:
        return replace(slot, limit=0)
    most = packs if slot.lane.most is None else min(packs, slot.lane.most)
    return replace(slot, limit=min(slot.limit, most), lane=replace(slot.lane, most=most, most_in_all=packs))


def _ordered_now(company: Company, demand: Floats, stock: pd.Series) -> list[dict[Source, float]]:
    """Units that each series orders now by source, planned by itself with that stock on the shelf."""
    instance = prepare(replace(company, stock=company.stock.assign(on_hand=stock.to_numpy(dtype=float))), demand)
    series = range(len(instance.series))
    common, plan = shared(instance, series), Decisions.none(instance)
    for batch in batches(instance, series):
        plan_alone(batch, common.unit_cost, common.line_cost, plan)
    found: list[dict[Source, float]] = [defaultdict(float) for _ in series]
    for q in plan.ordered(instance):
        slot = instance.slots[q]
        if slot.order_week == 0:
            source = (instance.suppliers[slot.lane.supplier].name, int(slot.lane.expedite))
            found[slot.lane.series][source] += float(plan.packs[q]) * slot.lane.pack
    return found


def _only(company: Company, rows: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> Company:
    """The company of some series, which share nothing with others."""
    series = company.series[rows]

    def own(table: pd.DataFrame) -> pd.DataFrame:
        kept = pd.MultiIndex.from_frame(table[["sku", "location"]]).isin(series)
        return table[kept].reset_index(drop=True)

    return replace(
        company,
        history=company.history.only(rows),
        stock=company.stock.iloc[rows],
        sourcing=own(company.sourcing),
        open_orders=own(company.open_orders),
        budgets=company.budgets.iloc[:0],
        markdowns=company.markdowns.iloc[:0],
        transfers=company.transfers.iloc[:0],
        approved=company.approved.iloc[:0],
        stock_picture=company.stock_picture.iloc[:0],
    )


def noted(company: Company, orders: pd.DataFrame) -> pd.DataFrame:
    """The order lines; those to decide now, of series that wait for a count, say so first."""
    if not len(company.disputes) or not len(orders):
        return orders
    waits = company.disputes[company.disputes["decision"] != GO].set_index(["sku", "location"])
    lines = pd.MultiIndex.from_frame(orders[["sku", "location"]])
    now, concerned = orders["order_date"].eq(company.as_of), orders["firm"].eq(1) & lines.isin(waits.index)
    told = [
        _note(waits.loc[line], today) + reason if waiting else reason
        for line, today, waiting, reason in zip(lines, now, concerned, orders["reason"], strict=True)
    ]
    return orders.assign(reason=told)


def _note(dispute: pd.Series, now: bool) -> str:
    held = "Limited to what is needed whichever stock is right" if now else "To be ordered once the shelf is counted"
    return f"{held}: between {dispute['lowest']:,.0f} and {dispute['highest']:,.0f} units are on it. "
