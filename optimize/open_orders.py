"""When open orders come: the promised week, moved by their supplier's lateness as far as it is still possible.

An order promised for week d of supplier k comes in week w with P_k(w - d | it has not come yet): what is overdue is at
the mercy of the tail of its supplier's lateness. Once it is shipped, only the carrier's time is open: w is then the
Monday after the day of shipping plus a transit time of the same supplier, given that it has not come yet.
"""

from typing import Any

import numpy as np
import pandas as pd

from data.calendar import monday_on_or_after
from data.company import Company
from optimize.lead_times import PUNCTUAL, Spread, Told, ranks, spread
from optimize.stock_flow import Floats, Integers

OPTIONAL = ["shipped_on", "cancel_cost", "expedite_due", "expedite_cost", "agreed"]


def open_orders(company: Company) -> pd.DataFrame:
    """The open orders with all their columns: dates, costs, and ``agreed``: its week is certain (bool)."""
    table = company.open_orders
    known = table.reindex(columns=[*table.columns, *(name for name in OPTIONAL if name not in table.columns)])
    return known.assign(
        shipped_on=pd.to_datetime(known["shipped_on"]),
        expedite_due=pd.to_datetime(known["expedite_due"]),
        cancel_cost=known["cancel_cost"].astype(float),
        expedite_cost=known["expedite_cost"].astype(float).fillna(0.0),
        agreed=known["agreed"].eq(True),
    )


def arrival_spreads(company: Company, known: Told) -> list[Spread]:
    """The distribution of the week, counted from ``as_of``, in which each open order can be sold, row by row."""
    table = open_orders(company)
    promised = (monday_on_or_after(table["due"]) - company.as_of).dt.days // 7
    columns = ["supplier", "due", "shipped_on", "agreed"]
    rows = zip(*(table[name] for name in columns), promised.astype(int), promised_weeks(company).tolist(), strict=True)
    return [_spread(company, known, *row) for row in rows]


def _spread(
    company: Company,
    known: Told,
    supplier: str,
    due: pd.Timestamp,
    shipped_on: pd.Timestamp,
    agreed: bool,
    promised: int,
    counted_on: int,
) -> Spread:
    """The weeks in which one order can come; one that was due before this Monday comes in a week at the soonest."""
    least = 0 if counted_on == 0 and due >= company.as_of else 1
    own = known.late.get(supplier, PUNCTUAL)
    if not agreed and pd.notna(shipped_on) and supplier in known.transit:
        return _on_the_way(company, shipped_on, known.transit[supplier]).at_least(least)
    if agreed or own == PUNCTUAL:
        return Spread(counted_on, (1.0,))
    return own.moved(promised).at_least(least)


def _on_the_way(company: Company, shipped_on: pd.Timestamp, transit: list[tuple[int, float]]) -> Spread:
    weights: dict[int, float] = {}
    since = (company.as_of - shipped_on).days
    for days, weight in transit:
        week = -((since - days) // 7)
        weights[week] = weights.get(week, 0.0) + weight
    return spread(weights)


def promised_weeks(company: Company) -> Integers:
    """The week (orders,), counted from ``as_of``, on which the trusted picture counts for each open order."""
    return np.asarray(((company.open_orders["week"] - company.as_of).dt.days // 7).to_numpy(dtype=np.int64))


def arrival_weeks(company: Company, paths: int, known: Told) -> Integers:
    """The week (orders, S), counted from ``as_of``, in which each open order comes in each path.

    What one supplier promised for one day comes together; its other deliveries are late, or not, for themselves.
    """
    table = company.open_orders
    suppliers = [f"{name} {due:%Y-%m-%d}" for name, due in zip(table["supplier"], table["due"], strict=True)]
    drawn = {name: ranks(name, company.policy.seed, paths) for name in dict.fromkeys(suppliers)}
    weeks = [own.at(drawn[name]) for own, name in zip(arrival_spreads(company, known), suppliers, strict=True)]
    return np.array(weeks, dtype=np.int64).reshape(len(suppliers), paths)


def units_by_path(company: Company, arrive: Integers, weeks: int) -> Floats:
    """Units (S, N, H) that open orders bring when they come in the weeks ``arrive`` (orders, S)."""
    table = company.open_orders
    found = np.zeros((arrive.shape[1], len(company.series), weeks))
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(table[["sku", "location"]]))
    amounts: list[Any] = table["units"].astype(float).tolist()
    for row, units, when in zip(rows.tolist(), amounts, arrive, strict=True):
        inside = np.flatnonzero(when < weeks)
        if row >= 0:
            found[inside, row, np.maximum(when[inside], 0)] += units
    return found
