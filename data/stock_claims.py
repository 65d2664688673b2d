"""What each system says is on the shelf, how much that counts for, and what the ledger says."""

import numpy as np
import pandas as pd

from data.check import Checked
from data.company import Panel
from data.findings import Findings
from data.ledger import book_stock
from data.policy import Policy
from data.series import PAIR

FRESH = pd.Timedelta(weeks=1)
LEDGER = "ledger"
NEXT_IN_TRUST, OLDER_BY_A_WEEK = 0.5, 0.5
"""What a system's word counts for, against the one before it in the order of trust; and against one a week fresher."""

UNDATED_WEEKS = 4
COUNT_FADES_IN = 26
"""Weeks after which a count is worth half of what it was."""

RECORD = ["record", "location"]


def claims(
    stock: Checked, history: Panel, receipts: pd.DataFrame, as_of: pd.Timestamp, policy: Policy, found: Findings
) -> pd.DataFrame:
    """Every system's latest word on each record and location, the most trusted first, and the ledger's.

    Columns: sku, location, record (the sku before records were merged), system, as_of, on_hand, reserved, sellable,
    counted (it was counted on that day), row (of the file; 0: the ledger), place in the order of trust, and weight:
    what the word counts for, more the more trusted and the fresher it is.
    """
    frame = stock.frame.assign(sellable=_sellable(stock, found), row=stock.frame.index)
    if "record" not in frame:
        frame["record"] = frame["sku"]
    frame = frame.astype(dict.fromkeys(("sku", "record", "location", "system"), object))
    frame["place"] = _place(frame, as_of, policy)
    latest = frame.sort_values("as_of", na_position="first").drop_duplicates([*RECORD, "system"], keep="last")
    ledger = _ledger(frame, history, receipts, as_of)
    told = pd.concat([latest, ledger], ignore_index=True) if len(ledger) else latest
    order = [*PAIR, "record", "place", "as_of", "sellable", "system"]
    ranked = told.sort_values(order, ascending=[True, True, True, True, False, True, True], ignore_index=True)
    return ranked.assign(weight=_weight(ranked, as_of))


def is_ledger(told: pd.DataFrame) -> pd.Series:
    """Which of the claims are the ledger's, not a system's."""
    flags: pd.Series = told["row"].eq(0)
    return flags


def _sellable(stock: Checked, found: Findings) -> pd.Series:
    frame = stock.frame
    sellable: pd.Series = frame["on_hand"] - frame["reserved"]
    short = frame.index[sellable < 0]
    problem = "more units are reserved than are on hand"
    remedy = "Check the reservations in that system."
    found.rows("warn", stock.raw, short, "reserved", problem, remedy, "Nothing of it counts as sellable.")
    return sellable.clip(lower=0.0)


def _place(frame: pd.DataFrame, as_of: pd.Timestamp, policy: Policy) -> pd.Series:
    """Systems by the policy's order, those that it does not name last together; before all what was just counted."""
    order = {system: place for place, system in enumerate(policy.stock.trust)}
    place = frame["system"].map(order).fillna(len(order)).astype(int)
    return place.mask(frame["counted"].gt(0) & frame["as_of"].between(as_of - FRESH, as_of), -1)


def _ledger(frame: pd.DataFrame, history: Panel, receipts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The ledger from each shelf's last count that is older than the systems' own words may be."""
    counts = frame[frame["counted"].gt(0) & frame["as_of"].lt(as_of - FRESH)].sort_values("as_of")
    opened = counts.drop_duplicates(RECORD, keep="last")
    book = book_stock(opened.assign(sku=opened["record"]), history, receipts, as_of)
    known = opened.assign(on_hand=book, system=LEDGER, row=0)[book.notna()]
    return known.assign(sellable=(known["on_hand"] - known["reserved"]).clip(lower=0.0), place=len(frame))


def _weight(told: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """What each word counts for. The ledger counts as much as the first system, less the longer ago the count was; the
    count that opened it speaks through it alone.
    """
    weeks = (as_of - told["as_of"]).dt.days / 7
    old = weeks.fillna(UNDATED_WEEKS).clip(lower=1.0) - 1.0
    weight = NEXT_IN_TRUST ** told["place"].clip(lower=0) * OLDER_BY_A_WEEK**old
    ledger, shelf = is_ledger(told), pd.MultiIndex.from_frame(told[RECORD])
    opened = told["counted"].gt(0) & shelf.isin(shelf[ledger]) & ~ledger
    changed: pd.Series = weight.where(~ledger, np.power(0.5, weeks.fillna(0.0) / COUNT_FADES_IN)).mask(opened, 0.0)
    return changed
