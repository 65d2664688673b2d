"""The ledger of the shelf: what the last count found, plus what came since, less what was sold net of returns."""

from typing import Any

import pandas as pd

from data.calendar import WEEK
from data.company import Panel


def book_stock(counts: pd.DataFrame, history: Panel, receipts: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """What should lie on the shelf on ``as_of`` before opening, for each row of ``counts``; NaN where nobody can tell.

        book = counted + receipts since - (sales - returns) since

    ``counts``: sku, location, on_hand (the opening balance) and as_of (the day of the count, before opening).
    ``receipts``: sku, location ("": not told), units, received_on. A week that began before the count is taken by its
    share of days. Unknown is the book where a week's sales since are missing, and where goods came for a sku that has
    several locations without saying to which.
    """
    rows: list[Any] = list(counts.itertuples(index=False))
    book = [_book(row, history, receipts, as_of) for row in rows]
    return pd.Series(book, index=counts.index, dtype=float)


def _book(count: Any, history: Panel, receipts: pd.DataFrame, as_of: pd.Timestamp) -> float:
    came = receipts[receipts["sku"].eq(count.sku) & receipts["received_on"].between(count.as_of, as_of, "left")]
    places = history.series.get_level_values("location")[history.series.get_level_values("sku") == count.sku]
    untold = len(places) > 1 and came["location"].eq("").any()
    if untold or count.location not in places or not len(history.weeks) or history.weeks[-1] + WEEK < as_of:
        return float("nan")
    days = (history.weeks + WEEK - count.as_of).days.to_numpy(dtype=float)
    share = (days / 7).clip(0.0, 1.0)
    row = history.series.get_indexer(pd.MultiIndex.from_tuples([(count.sku, count.location)]))
    sold = history.units[row[0]][share > 0] @ share[share > 0]
    received = came.loc[came["location"].isin(["", count.location]), "units"].sum()
    return float(max(count.on_hand + received - sold, 0.0))
