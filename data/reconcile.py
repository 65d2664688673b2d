"""One trusted stock per item and location, from systems that disagree."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from data.check import Checked
from data.company import Panel
from data.findings import Findings
from data.policy import Policy
from data.series import PAIR
from data.stock_claims import FRESH, claims, is_ledger
from data.stock_picture import picture


class TrustedStock(NamedTuple):
    """``sellable``: units that the plan counts on, by series; ``picture``: why (see ``data.stock_picture``);
    ``claims``: what every system says (see ``data.stock_claims``), and which word is ``trusted``."""

    sellable: pd.DataFrame
    picture: pd.DataFrame
    claims: pd.DataFrame


def trusted_stock(
    stock: Checked,
    history: Panel,
    receipts: pd.DataFrame,
    unit_cost: pd.Series,
    as_of: pd.Timestamp,
    policy: Policy,
    found: Findings,
) -> TrustedStock:
    """The sellable units of each series, the picture behind them, and every system's word.

    Trust: a count of the last week first, then the policy's order, then the later day, then the lower quantity
    (ordering a little too much is cheaper to see than stock that is not there). Where the trusted word is older than
    a week, a ledger that was opened by a later count goes first. Systems that say otherwise are reported in units and
    money. Items that were merged are each trusted by themselves, then added.
    """
    told = claims(stock, history, receipts, as_of, policy, found)
    first = told[~is_ledger(told)].drop_duplicates([*PAIR, "record"]).set_index([*PAIR, "record"])
    chosen = _or_ledger(first, told[is_ledger(told)].set_index([*PAIR, "record"]), as_of)
    trusted = told.assign(trusted=_rows_of(told, chosen))
    _report_disagreement(stock, trusted, unit_cost, found)
    _report_age(stock, chosen, as_of, found)
    series = history.series
    pairs = pd.MultiIndex.from_frame(told[PAIR])
    _report_silence(series[~series.isin(pairs)], found)
    seen = picture(trusted, series, unit_cost, policy)
    return TrustedStock(pd.DataFrame({"on_hand": seen["sellable"].to_numpy(dtype=float)}, index=series), seen, trusted)


def _or_ledger(first: pd.DataFrame, ledger: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The word that is trusted on each record: the first in the order, or the ledger where that is too old."""
    if ledger.empty:
        return first
    opened = ledger["as_of"].reindex(first.index)
    stale = (first["as_of"].isna() | (first["as_of"] < as_of - FRESH)) & opened.notna()
    newer = stale & (first["as_of"].isna() | (opened >= first["as_of"]))
    alone = ledger[~ledger.index.isin(first.index)]
    return pd.concat([first[~newer], ledger.reindex(first.index[newer]), alone]).sort_index()


def _rows_of(told: pd.DataFrame, chosen: pd.DataFrame) -> pd.Series:
    """Which words are the trusted ones."""
    systems = chosen["system"].reindex(pd.MultiIndex.from_frame(told[[*PAIR, "record"]])).to_numpy()
    flags: pd.Series = told["system"].eq(pd.Series(systems, index=told.index))
    return flags


def _report_disagreement(stock: Checked, told: pd.DataFrame, unit_cost: pd.Series, found: Findings) -> None:
    spoken = told[told["row"] > 0].reset_index(drop=True)
    trusted = told[told["trusted"]].set_index([*PAIR, "record"])
    chosen = trusted.reindex(pd.MultiIndex.from_frame(spoken[[*PAIR, "record"]]))
    apart = spoken["sellable"].to_numpy() - chosen["sellable"].to_numpy()
    money = apart * unit_cost.reindex(spoken["sku"]).to_numpy()
    for at in np.flatnonzero(apart != 0):
        row, other = spoken.iloc[at], chosen.iloc[at]
        effect = (
            f"{other['system']} is trusted: {other['sellable']:g} units; {row['system']} says {row['sellable']:g} at "
            f"{row['location']}, {apart[at]:+g} units, {money[at]:+,.2f} at cost."
        )
        found.add(
            "warn",
            "stock",
            "systems disagree about the stock",
            "Count the shelf, or state the order of trust under [stock] in restock.toml.",
            effect,
            row=int(row["row"]),
            sku=str(row["sku"]),
            field="on_hand",
            value=str(stock.raw.text.at[row["row"], "on_hand"]),
        )


def _report_age(stock: Checked, trusted: pd.DataFrame, as_of: pd.Timestamp, found: Findings) -> None:
    spoken = trusted[trusted["row"] > 0]
    for wrong, problem in (
        (spoken["as_of"] < as_of - FRESH, "the stock is older than a week"),
        (spoken["as_of"] > as_of, "the stock is of a day after the run's Monday"),
    ):
        rows = pd.Index(spoken.loc[wrong, "row"].sort_values())
        effect = "It is taken as the stock of the run's Monday."
        remedy = "Export the stock of that Monday before opening."
        found.rows("warn", stock.raw, rows, "as_of", problem, remedy, effect)


def _report_silence(pairs: pd.MultiIndex, found: Findings) -> None:
    for sku, location in pairs:
        problem = "no system says what is on the shelf"
        remedy = "Add a row to stock, with 0 if there is none."
        found.add("warn", "stock", problem, remedy, "The stock counts as 0.", sku=sku, field="on_hand", value=location)
