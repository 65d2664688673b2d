"""Scenarios of limits that the company sets itself: budgets and service floors."""

from dataclasses import replace

import numpy as np
import pandas as pd

from data.company import Company
from scenarios.patch import Override
from scenarios.patch_table import column
from scenarios.segment import nothing, period


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
        raise nothing(override, "the input has no such budget", "To make one, use set with an amount, from and to.")
    row = {
        "start": first,
        "end": last,
        "amount": override.number,
        "supplier": override.supplier,
        "category": override.category,
    }
    rows = [company.budgets, pd.DataFrame([row])] if len(company.budgets) else [pd.DataFrame([row])]
    return replace(company, budgets=pd.concat(rows, ignore_index=True))


def service_floor(company: Company, override: Override) -> tuple[Company, int]:
    """The least fill rate of an item, of a category, or of everything together."""
    if override.sku:
        return column(company, override)
    service = company.policy.service
    if override.category:
        before = service.categories.get(override.category, 0.0)
        floors = service.categories | {override.category: float(override.changed(np.float64(before)))}
        changed = service.model_copy(update={"categories": floors})
    else:
        changed = service.model_copy(update={"floor": float(override.changed(np.float64(service.floor)))})
    return replace(company, policy=company.policy.model_copy(update={"service": changed})), 1
