"""The sales table as the shop exports it: mostly weekly, with the odd day, returns, doubled and unknown lines."""

import numpy as np
import pandas as pd

from data.sample_demand import Sales
from data.sample_story import HISTORY, stream

SPLIT = 0.02
"""Share of the weeks that were exported as two transactions of single days."""

RETURNED = 0.005
"""Share of the lines of which some units came back in the next days."""

DOUBLED = 12
"""Lines that were exported twice."""

UNKNOWN = ("TM-999001", "TM-999001", "TM-999002")
"""Lines of listings that no table knows."""

GIFTS = 4
"""Lines sold at a price of zero."""


def sales_rows(sales: Sales, seed: int) -> pd.DataFrame:
    """sales.csv: date, sku, location, units, in_stock, price; weeks without sales on a full shelf have no row."""
    rng = stream(seed, "ledger")
    rows = _weekly(sales)
    rows = pd.concat([_split(rows, rng), _returns(rows, rng), _unknown(rows)])
    rows = rows.sort_values(["date", "sku", "location"], kind="stable", ignore_index=True)
    gifts = rng.choice(np.flatnonzero(rows["units"] == 1), GIFTS, replace=False)
    rows.loc[gifts, "price"] = 0.0
    twice = rows.iloc[np.sort(rng.choice(np.flatnonzero(rows["units"] > 0), DOUBLED, replace=False))]
    return pd.concat([rows, twice]).sort_values(["date", "sku", "location"], kind="stable", ignore_index=True)


def _weekly(sales: Sales) -> pd.DataFrame:
    row, week = np.nonzero(sales.alive & ((sales.units > 0) | (sales.in_stock < 1)))
    series = sales.series.iloc[row]
    return pd.DataFrame(
        {
            "date": HISTORY[week],
            "sku": series["sku"].to_numpy(),
            "location": series["location"].to_numpy(),
            "units": sales.units[row, week],
            "in_stock": sales.in_stock[row, week],
            "price": sales.price[row, week],
        }
    )


def _split(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Some full weeks in two lines, of the first and of a later day: the last week's is its Sunday, so it is whole."""
    picked = (rng.random(len(rows)) < SPLIT) & rows["units"].gt(1) & rows["in_stock"].eq(1)
    early = rows[picked].copy()
    late = early.copy()
    early["units"] = early["units"] // 2
    late["units"] -= early["units"]
    days = np.where(late["date"].eq(HISTORY[-1]), 6, rng.integers(1, 7, len(late)))
    late["date"] += pd.to_timedelta(days, unit="D")
    return pd.concat([rows[~picked], early, late])


def _returns(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A tenth of the units of some lines, given back within the same week."""
    back = rows[(rng.random(len(rows)) < RETURNED) & rows["units"].ge(5)].copy()
    back["units"] = -np.ceil(back["units"] / 10).astype(np.int64)
    back["date"] += pd.to_timedelta(rng.integers(1, 7, len(back)), unit="D")
    return back


def _unknown(rows: pd.DataFrame) -> pd.DataFrame:
    """A few weeks before the end, lines of listings that nobody mapped."""
    lines = rows.iloc[-len(UNKNOWN) :].copy()
    return lines.assign(sku=list(UNKNOWN), units=1)
