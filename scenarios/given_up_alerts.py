"""Alerts on sales that the plan gives up although an order could reach them, and what stands in the way."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.budgets import label
from optimize.plan import Plan
from optimize.stock_flow import Flags
from scenarios.alert import Alert, article, day, key, listed, money, units
from scenarios.lanes import next_regular

GIVEN_UP = "sales_given_up"
# Running out a little now and then is cheaper than never; losing more than this share of demand is a decision.
MUCH = 0.25


@dataclass(frozen=True)
class _Loss:
    """What series lose in the weeks that an order can reach: ``units`` (N,), of so much ``demand`` (N,), in the
    ``first`` of these weeks (N,), with the ``probability`` (N,) of the worst one.
    """

    units: Floats
    demand: Floats
    first: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    probability: Floats


def given_up(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Series that lose more than a quarter of the demand that a regular order can reach, one alert for each supplier
    that could bring them soonest and what stands in the way. Money at risk: the margin of these sales.
    """
    if plan.projection.empty:
        return []
    lanes, loss = next_regular(company), _loss(company, paths, plan)
    margin = company.items["shortage_cost"].reindex(company.series.get_level_values("sku")).to_numpy(dtype=float)
    at_risk = loss.units * margin
    rows = np.flatnonzero((loss.units > MUCH * loss.demand) & (at_risk > 0) & lanes["supplier"].notna().to_numpy())
    causes = pd.DataFrame(
        [_cause(company, plan, row, str(lanes["supplier"][row])) for row in rows.tolist()], index=rows
    )
    found = []
    for (supplier, why, action), own in causes.groupby([0, 1, 2], sort=True) if len(rows) else ():
        worst = sorted(own.index, key=lambda row: -at_risk[row])
        found.append(_alert(company, paths, loss, (worst, at_risk), (str(supplier), str(why), str(action))))
    return found


def _loss(company: Company, paths: DemandPaths, plan: Plan) -> _Loss:
    shape = len(company.series), len(paths.weeks)
    table = plan.projection
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(table[["sku", "location"]]))
    weeks = paths.weeks.get_indexer(pd.DatetimeIndex(table["week"]))
    lost, chance = np.zeros(shape), np.zeros(shape)
    lost[rows, weeks], chance[rows, weeks] = table["lost_units"], table["p_stockout"]
    seen = _reached(company, shape[1])
    lost = np.where(seen, lost, 0.0)
    return _Loss(
        units=lost.sum(axis=1),
        demand=np.where(seen, paths.values.mean(axis=0), 0.0).sum(axis=1),
        first=(lost > 0).argmax(axis=1),
        probability=np.where(seen, chance, 0.0).max(axis=1),
    )


def _reached(company: Company, weeks: int) -> Flags:
    """The weeks (N, H) in which what is ordered on the next order day can be sold, up to the season's end."""
    end = company.items["season_end"].reindex(company.series.get_level_values("sku"))
    last = ((end - company.as_of) // WEEK).fillna(weeks).to_numpy(dtype=float)[:, None]
    first = next_regular(company)["arrives_in"].fillna(weeks).to_numpy(dtype=float)[:, None]
    return np.asarray((np.arange(weeks) >= first) & (np.arange(weeks) <= last))


def _cause(company: Company, plan: Plan, row: int, supplier: str) -> tuple[str, str, str]:
    """The supplier, what stands in the way of ordering more from it, and what to do."""
    terms: Any = company.suppliers.loc[supplier]
    least, budgets, kinds = float(terms["min_order_value"]), _budgets(company, row, supplier), plan.limits["kind"]
    for name, amount in budgets.items():
        if amount < least:
            why = f"the minimum order of {supplier}, {money(company, least)}, is more than the budget {name}"
            return (
                supplier,
                f"{why} of {money(company, amount)}",
                f"Agree on a lower minimum with {supplier}, or on a larger budget",
            )
    if (kinds.eq("capacity") & plan.limits["name"].eq(supplier)).any():
        why = f"the capacity of {supplier}, {units(float(terms['capacity_units']))} a week, is used up"
        return supplier, why, f"Ask {supplier} for more than its capacity, or find another supplier"
    full = [name for name in budgets if (kinds.eq("budget") & plan.limits["name"].eq(name)).any()]
    if full:
        return supplier, f"the budget {full[0]} is used up", "Agree on a larger budget, or take the goods off sale"
    return supplier, *_not_worth_it(company, row, supplier)


def _budgets(company: Company, row: int, supplier: str) -> dict[str, float]:
    """The budgets that pay a series' orders from a supplier, and their amounts."""
    category = company.items.at[key(company, row)[0], "category"]
    table = company.budgets.fillna({"supplier": "", "category": ""})
    own = table[table["supplier"].isin(["", supplier]) & table["category"].isin(["", category])]
    ahead = own[own["end"] >= company.as_of]
    rows: Any = ahead.itertuples(index=False)
    return {label(one): float(one.amount) for one in rows}


def _not_worth_it(company: Company, row: int, supplier: str) -> tuple[str, str]:
    """That an order costs more than it earns, and its terms."""
    sku, location = key(company, row)
    source = company.sourcing[["sku", "location", "supplier"]].eq([sku, location, supplier]).all(axis=1)
    lane: Any = company.sourcing[source].iloc[0]
    terms: Any = company.suppliers.loc[supplier]
    said = [
        ("charge", money(company, float(terms["order_cost"])), terms["order_cost"] > 0),
        ("minimum order", money(company, float(terms["min_order_value"])), terms["min_order_value"] > 0),
        ("minimum of", units(float(lane["moq"])), lane["moq"] > lane["pack_size"]),
        ("pack of", units(float(lane["pack_size"])), lane["pack_size"] > 1),
    ]
    named = ", ".join(f"{word} {figure}" for word, figure, is_said in said if is_said)
    why = f"an order from {supplier} costs more than it earns" + (f" ({named})" if named else "")
    return why, f"Ask {supplier} for other terms, or take the goods off sale"


def _alert(
    company: Company,
    paths: DemandPaths,
    loss: _Loss,
    lost: tuple[list[int], Floats],
    cause: tuple[str, str, str],
) -> Alert:
    (rows, at_risk), (supplier, why, action) = lost, cause
    missing, total = float(loss.units[rows].sum()), float(at_risk[rows].sum())
    sku, location = key(company, rows[0]) if len(rows) == 1 else ("", "")
    names = listed([article(company, *key(company, row)) for row in rows])
    first = paths.weeks[int(loss.first[rows].min())]
    return Alert(
        kind=GIVEN_UP,
        sku=sku,
        location=location,
        supplier=supplier,
        week=first,
        probability=float((loss.probability[rows] * at_risk[rows]).sum() / total),
        money_at_risk=total,
        action=action,
        deadline=company.as_of,
        message=f"{names}: sales of {units(missing)} are given up from {day(first)} on, "
        f"{missing / float(loss.demand[rows].sum()):.0%} of the demand that an order could reach and "
        f"{money(company, total)} of margin, for {why}.",
    )
