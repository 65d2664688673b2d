"""The planners' overrides that hold, as read."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from restock.wording import day, number
from scenarios.run import Run


@dataclass(frozen=True)
class Override:
    """Who changed what, why and until when; units of the overridden weeks before and after."""

    who: str
    what: str
    change: str
    weeks: str
    before: str
    after: str
    why: str
    until: str


def overrides_in_force(run: Run) -> list[Override]:
    """The overrides that hold somewhere in the horizon, those that change the most units first."""
    held, table = run.forecast.layer.held, run.company.overrides
    after, before = run.forecast.paths.mean(), run.forecast.baseline
    found = []
    for position in np.unique(held[held >= 0]):
        cells = held == position
        units = float(before[cells].sum()), float(after[cells].sum())
        found.append((abs(units[1] - units[0]), _override(table.iloc[int(position)], *units)))
    return [override for _, override in sorted(found, key=lambda one: -one[0])]


def _override(row: pd.Series, before: float, after: float) -> Override:
    what = [str(row[name]) for name in ("sku", "category", "location") if row[name]]
    value, units = float(row["value"]), number(float(row["value"]), 1).removesuffix(".0")
    change = {"set": f"{units} a week", "add": f"{'+' if value >= 0 else ''}{units} a week"}.get(
        str(row["operation"]), f"x {number(value, 2)}"
    )
    return Override(
        who=str(row["who"]),
        what=", ".join(what) or "everything",
        change=change,
        weeks=f"{day(row['start'])} to {day(row['end'])}",
        before=number(before),
        after=number(after),
        why=str(row["why"]),
        until="" if pd.isna(row["until"]) else day(row["until"]),
    )
