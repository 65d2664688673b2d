"""What was given back reduces what was sold: the very sale if it can be found, else the weeks up to the return's."""

from typing import Any

import numpy as np
import pandas as pd

from data.company import Floats
from data.findings import Findings

SALE = ["sku", "location", "customer", "units"]


def at_their_sales(sales: pd.DataFrame, found: Findings) -> pd.DataFrame:
    """Sales rows (date, sku, location, customer, units) with returns dated as the sale that they undo.

    A return undoes its customer's latest sale, not later than itself, of as many units of the same item; a sale is
    undone once. Returns without such a sale keep their date.
    """
    named = (sales["customer"] != "").to_numpy()
    back = sales.loc[named & (sales["units"] < 0).to_numpy(), ["date", *SALE]].assign(units=lambda rows: -rows["units"])
    if not len(back):
        return sales
    sold = sales.loc[named & (sales["units"] > 0).to_numpy(), ["date", *SALE]].rename_axis("sale").reset_index()
    sold = sold.assign(sold_on=sold["date"]).sort_values("date", kind="stable")
    back = back.rename_axis("row").reset_index().sort_values("date", kind="stable")
    pairs = pd.merge_asof(back, sold, on="date", by=SALE).dropna(subset="sale").drop_duplicates("sale")
    found.add(
        "info",
        "sales",
        "returns were matched to their customers' purchases",
        "None needed.",
        "They reduce the week of the purchase; others reduce the week of the return and those before it.",
        field="units",
        value=f"{len(pairs):,} of {int((sales['units'] < 0).sum()):,} returns",
    )
    dates = sales["date"].copy()
    dates.loc[pairs["row"]] = pairs["sold_on"].to_numpy()
    return sales.assign(date=dates)


def carried_back(net: Floats, series: pd.MultiIndex, weeks: pd.DatetimeIndex, found: Findings) -> Floats:
    """Weekly units (N, T) without negative weeks: a week's excess of returns is taken from the latest weeks before it.

    What no earlier week can take is reported and left out: it undoes sales older than the history.
    """
    units = net.copy()
    for row in np.flatnonzero((net < 0).any(axis=1)).tolist():
        for week in np.flatnonzero(net[row] < 0).tolist():
            excess, units[row, week] = -units[row, week], 0.0
            earlier = np.cumsum(units[row, :week][::-1])
            taken = np.minimum(earlier, excess)
            units[row, :week] -= np.diff(taken, prepend=0.0)[::-1]
            left = excess - (taken[-1] if len(taken) else 0.0)
            if left > 0:
                _report(series[row], weeks[week], float(left), found)
    return units


def _report(pair: tuple[Any, ...], week: pd.Timestamp, units: float, found: Findings) -> None:
    problem = "more was given back than the history had sold until then"
    remedy = "None needed if the sale was before the first week."
    effect = "The units are not netted."
    value = f"{units:g} units in the week of {week:%Y-%m-%d} at {pair[1]}"
    found.add("info", "sales", problem, remedy, effect, sku=pair[0], field="units", value=value)
