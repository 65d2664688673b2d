"""One trusted stock per item and location, from systems that disagree."""

import numpy as np
import pandas as pd

from data.check import Checked
from data.findings import Findings
from data.policy import Policy
from data.series import PAIR

FRESH = pd.Timedelta(weeks=1)


def trusted_stock(
    stock: Checked, series: pd.MultiIndex, unit_cost: pd.Series, as_of: pd.Timestamp, policy: Policy, found: Findings
) -> pd.DataFrame:
    """Sellable units by series: on hand less reserved, from the most trusted system that speaks of it.

    Trust: the policy's order first, then the later day, then the lower quantity (ordering a little too much is
    cheaper to see than stock that is not there). Systems that say otherwise are reported in units and money.
    """
    rows = stock.frame.assign(sellable=_sellable(stock, found), row=stock.frame.index)
    order = {system: place for place, system in enumerate(policy.stock.trust)}
    rows["place"] = rows["system"].astype(object).map(order).fillna(len(order)).astype(int)
    rows = rows.astype({"sku": object, "location": object, "system": object})
    latest = rows.sort_values("as_of", na_position="first").drop_duplicates([*PAIR, "system"], keep="last")
    ranked = latest.sort_values(
        [*PAIR, "place", "as_of", "sellable", "system"], ascending=[True, True, True, False, True, True]
    )
    trusted = ranked.drop_duplicates(PAIR).set_index(PAIR)
    _report_disagreement(stock, ranked, trusted, unit_cost, found)
    _report_age(stock, trusted, as_of, found)
    _report_silence(series[~series.isin(trusted.index)], found)
    return pd.DataFrame({"on_hand": trusted["sellable"].reindex(series).fillna(0.0).astype(float)}, index=series)


def _sellable(stock: Checked, found: Findings) -> pd.Series:
    frame = stock.frame
    sellable: pd.Series = frame["on_hand"] - frame["reserved"]
    short = frame.index[sellable < 0]
    problem = "more units are reserved than are on hand"
    remedy = "Check the reservations in that system."
    found.rows("warn", stock.raw, short, "reserved", problem, remedy, "Nothing of it counts as sellable.")
    return sellable.clip(lower=0.0)


def _report_disagreement(
    stock: Checked, ranked: pd.DataFrame, trusted: pd.DataFrame, unit_cost: pd.Series, found: Findings
) -> None:
    pairs = pd.MultiIndex.from_frame(ranked[PAIR])
    chosen = trusted.reindex(pairs)
    apart = ranked["sellable"].to_numpy() - chosen["sellable"].to_numpy()
    money = apart * unit_cost.reindex(ranked["sku"]).to_numpy()
    for at in np.flatnonzero(apart != 0):
        row, other = ranked.iloc[at], chosen.iloc[at]
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
    for wrong, problem in (
        (trusted["as_of"] < as_of - FRESH, "the stock is older than a week"),
        (trusted["as_of"] > as_of, "the stock is of a day after the run's Monday"),
    ):
        rows = pd.Index(trusted.loc[wrong, "row"].sort_values())
        effect = "It is taken as the stock of the run's Monday."
        remedy = "Export the stock of that Monday before opening."
        found.rows("warn", stock.raw, rows, "as_of", problem, remedy, effect)


def _report_silence(pairs: pd.MultiIndex, found: Findings) -> None:
    for sku, location in pairs:
        problem = "no system says what is on the shelf"
        remedy = "Add a row to stock, with 0 if there is none."
        found.add("warn", "stock", problem, remedy, "The stock counts as 0.", sku=sku, field="on_hand", value=location)
