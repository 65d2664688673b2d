"""Scenarios of plain figures: a column of one of the company's tables, in the rows that are named."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data.company import Company
from forecast.candidates import Bools
from scenarios.fields import FIELDS
from scenarios.patch import Override
from scenarios.segment import MOST_NAMES, nothing, offered, rows_of


def column(company: Company, override: Override) -> tuple[Company, int]:
    """The field's own column; a limit that is not there is no number: only setting one makes it."""
    field = FIELDS[override.field]
    table: pd.DataFrame = getattr(company, field.table)
    before = table[override.field].astype(float)
    named = rows_of(company, override, table)
    if not named.any():
        raise nothing(override, f"no row of {field.table} is that", offered(company, override))
    if override.operation != "set":
        _insist_on_figures(override, before, named)
        named &= np.isfinite(before.to_numpy())
    after = override.changed(before)
    after = np.ceil(after) if field.whole else after
    changed = before.mask(named, after)
    kept = changed.astype(table[override.field].dtype) if field.whole and changed.notna().all() else changed
    found = company
    if override.field == "lead_time_weeks":
        found = replace(company, receipts=_promised(company))
    tables: dict[str, Any] = {field.table: table.assign(**{override.field: kept})}
    return replace(found, **tables), int(named.sum())


def _insist_on_figures(override: Override, before: pd.Series, named: Bools) -> None:
    """Raises WrongScenario if none of the rows named has a figure that the override could change."""
    there = np.isfinite(before.to_numpy())
    if not (there & named).any():
        others = ", ".join(map(str, before.index[there][:MOST_NAMES])) if before.index.name else ""
        only = f"Only {others} have one. " if others else ""
        raise nothing(override, "there is none to change", f"{only}To make one, use set.")
    if override.operation == "multiply" and not before[there & named].any():
        raise nothing(override, "all of them are 0, whatever they are multiplied by", "Use set or add.")


def _promised(company: Company) -> pd.DataFrame:
    """Receipts with the promises that today's lead times made: other ones do not make past deliveries late."""
    receipts = company.receipts
    usual = company.sourcing.groupby(["sku", "supplier"])["lead_time_weeks"].min()
    weeks = usual.reindex(pd.MultiIndex.from_frame(receipts[["sku", "supplier"]])).to_numpy(dtype=float)
    promised = pd.to_datetime(receipts["ordered_on"]) + pd.Timedelta(weeks=1) * weeks
    return receipts.assign(promised_on=pd.to_datetime(receipts["promised_on"]).fillna(promised))
