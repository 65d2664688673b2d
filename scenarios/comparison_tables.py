"""The tables of a comparison: each figure beside the base's on the same futures, and what changed in the orders."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from scenarios.comparison import CHANGES_COLUMNS, TABLE_COLUMNS, Outcome

LINE = ["sku", "location", "supplier", "order_date", "expedite"]
LOW, HIGH = 0.1, 0.9


def comparison_table(company: Company, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """compare.csv: every measure of every outcome, in total and by week, beside the base's, the first outcome's.

    ``difference`` is the mean over the paths of the difference path by path, ``standard_error`` that mean's.
    """
    base = outcomes[0]
    parts = [_rows(company, one, base) for one in outcomes]
    return pd.concat(parts, ignore_index=True)


def _rows(company: Company, one: Outcome, base: Outcome) -> pd.DataFrame:
    parts = []
    for measure, total in one.totals.items():
        weekly = one.weekly.get(measure)
        values = total[:, None] if weekly is None else np.column_stack([total, weekly])
        usual = base.totals[measure][:, None]
        usual = usual if weekly is None else np.column_stack([usual, base.weekly[measure]])
        weeks = [pd.NaT, *weeks_from(company.as_of, values.shape[1] - 1)]
        parts.append(_compared(values, usual).assign(measure=measure, week=pd.DatetimeIndex(weeks)))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(scenario=one.scenario, orders=one.orders)[TABLE_COLUMNS]


def _compared(values: Floats, usual: Floats) -> pd.DataFrame:
    """One row per column of ``values`` (S, columns)."""
    apart = values - usual
    low, high = np.quantile(values, [LOW, HIGH], axis=0)
    error = apart.std(axis=0, ddof=1) / np.sqrt(len(apart)) if len(apart) > 1 else np.zeros(apart.shape[1])
    return pd.DataFrame(
        {
            "mean": values.mean(axis=0),
            "q10": low,
            "q90": high,
            "difference": apart.mean(axis=0),
            "standard_error": error,
        }
    )


def changed_orders(base: pd.DataFrame, other: Outcome) -> pd.DataFrame:
    """The order lines of an outcome that differ from the ``base``'s lines (``CHANGES_COLUMNS``), by order date."""
    before, after = _lines(base), _lines(other.lines)
    both = before.join(after, how="outer", lsuffix="_base", rsuffix="_scenario")
    units = both[["units_base", "units_scenario"]].fillna(0.0)
    both[units.columns] = units
    both["change"] = units["units_scenario"] - units["units_base"]
    both = both[both["change"] != 0].reset_index()
    gone = both["units_scenario"] == 0
    both["why"] = both["reason_scenario"].where(
        ~gone, "Not ordered here. In the base: " + both["reason_base"].astype(str)
    )
    table = both.assign(scenario=other.scenario).sort_values(["order_date", "supplier", "sku", "location", "expedite"])
    return table[CHANGES_COLUMNS].reset_index(drop=True)


def _lines(orders: pd.DataFrame) -> pd.DataFrame:
    return orders.groupby(LINE, sort=True).agg(units=("units", "sum"), reason=("reason", "first"))
