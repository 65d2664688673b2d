"""Budgets: money that may be spent on orders placed in a period, and which orders it pays."""

from typing import Any

import pandas as pd

from data.company import Company
from optimize.instance import Budget, Slot


def budgets(company: Company, weeks: int, slots: list[Slot], worth: list[float]) -> list[Budget]:
    """The budgets that pay at least one order of the horizon, less what was already ordered in their period.

    ``worth`` (N,): the most that a unit of each series can earn, money.
    """
    found = [_budget(company, row, slots, worth) for row in company.budgets.itertuples(index=False)]
    return [budget for budget in found if budget.slots and budget.week < weeks]


def _budget(company: Company, row: Any, slots: list[Slot], worth: list[float]) -> Budget:
    supplier, category = _given(row.supplier), _given(row.category)
    names = list(company.suppliers.index)
    categories = company.items["category"].reindex(company.series.get_level_values("sku")).tolist()
    first, last = (-((company.as_of - row.start).days // 7)), (row.end - company.as_of).days // 7
    paid = tuple(
        position
        for position, slot in enumerate(slots)
        if first <= slot.order_week <= last
        and supplier in ("", names[slot.lane.supplier])
        and category in ("", categories[slot.lane.series])
    )
    earned = [worth[slots[q].lane.series] / slots[q].lane.unit_cost for q in paid if slots[q].lane.unit_cost > 0]
    left = float(row.amount) - _spent(company, row, supplier, category)
    return Budget(label(row), max(first, 0), max(left, 0.0), max(-left, 0.0), 2.0 * max(earned, default=1.0), paid)


def label(row: Any) -> str:
    """What a row of the budgets is called: its period, supplier and category."""
    parts = f"{row.start:%Y-%m-%d}..{row.end:%Y-%m-%d}", _given(row.supplier), _given(row.category)
    return " ".join(part for part in parts if part)


def _given(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _spent(company: Company, row: Any, supplier: str, category: str) -> float:
    """Money of the open orders and receipts that were placed in the budget's period, at the item's unit cost."""
    columns = ["sku", "supplier", "units", "ordered_on"]
    placed = pd.concat(
        [frame[columns] for frame in (company.open_orders, company.receipts) if len(frame)]
        or [pd.DataFrame(columns=columns)]
    )
    placed = placed[
        placed["ordered_on"].notna() & (placed["ordered_on"] >= row.start) & (placed["ordered_on"] <= row.end)
    ]
    if supplier:
        placed = placed[placed["supplier"] == supplier]
    items = company.items.reindex(placed["sku"])
    cost = items["unit_cost"].to_numpy(float)
    of_category = (items["category"] == category).to_numpy() if category else True
    return float((placed["units"].to_numpy(float) * cost * of_category).sum())
