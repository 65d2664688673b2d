"""Scenarios of limits that the company sets itself: budgets and service floors."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data.company import Company
from scenarios.patch import Override
from scenarios.patch_table import column
from scenarios.segment import MOST_NAMES, nothing, period


def budget(company: Company, override: Override) -> tuple[Company, int]:
    """The budgets that lie in the override's days; setting one where there is none makes it."""
    table = company.budgets
    first, last = period(company, override)
    inside = (pd.to_datetime(table["start"]) <= last) & (pd.to_datetime(table["end"]) >= first)
    for name in ("category", "supplier"):
        if getattr(override, name):
            inside &= table[name].eq(getattr(override, name))
    if not inside.any():
        return _new_budget(company, override, first, last), 1
    amounts = table["amount"].astype(float)
    return replace(company, budgets=table.assign(amount=amounts.mask(inside, override.changed(amounts)))), int(
        inside.sum()
    )


def _new_budget(company: Company, override: Override, first: pd.Timestamp, last: pd.Timestamp) -> Company:
    if override.operation != "set":
        there = "; ".join(_words(one) for one in company.budgets.head(MOST_NAMES).to_dict(orient="records"))
        remedy = f"{f'There are: {there}. ' if there else ''}To make one, use set with an amount, from and to."
        raise nothing(override, "the input has no such budget", remedy)
    row = {
        "start": first,
        "end": last,
        "amount": override.number,
        "supplier": override.supplier,
        "category": override.category,
    }
    rows = [company.budgets, pd.DataFrame([row])] if len(company.budgets) else [pd.DataFrame([row])]
    return replace(company, budgets=pd.concat(rows, ignore_index=True))


def _words(budget: dict[Any, Any]) -> str:
    """A budget by its days and what it is limited to."""
    named = [str(budget[name]) for name in ("category", "supplier") if budget.get(name)]
    return f"{budget['start']:%Y-%m-%d} to {budget['end']:%Y-%m-%d} for {' and '.join(named) or 'all'}"


def service_floor(company: Company, override: Override) -> tuple[Company, int]:
    """The least fill rate of an item, of a category, or of everything together."""
    if override.sku:
        return column(company, override)
    service = company.policy.service
    before = service.categories.get(override.category, 0.0) if override.category else service.floor
    if override.operation == "multiply" and not before:
        raise nothing(override, "there is none to multiply", "To make one, use set.")
    if override.category:
        floors = service.categories | {override.category: float(override.changed(np.float64(before)))}
        changed = service.model_copy(update={"categories": floors})
    else:
        changed = service.model_copy(update={"floor": float(override.changed(np.float64(before)))})
    return replace(company, policy=company.policy.model_copy(update={"service": changed})), 1
