"""The trusted picture of the shelf: how much, why, between which figures, and how sure."""

from typing import Any

import numpy as np
import pandas as pd

from data.policy import Policy
from data.series import PAIR
from data.stock_claims import is_ledger

PICTURE_COLUMNS = [
    *("on_hand", "reserved", "sellable", "book", "system", "as_of"),
    *("lowest", "highest", "difference_value", "sure", "disputed", "why"),
]
CREDIBLE = 0.2
"""A word that counts for less than this share of the weightiest one is no longer credible: too old, or not trusted."""

LEAST_UNITS = 1.0


def picture(told: pd.DataFrame, series: pd.MultiIndex, unit_cost: pd.Series, policy: Policy) -> pd.DataFrame:
    """One row for each of ``series`` (``PICTURE_COLUMNS``); ``told``: the claims, the trusted ones marked.

    ``on_hand`` and ``reserved`` are the trusted system's, ``sellable`` their difference, which the plan counts on;
    ``book``: the ledger's figure, NaN without a count; ``lowest``..``highest``: the credible figures of ``sellable``;
    ``difference_value``: money at cost between them. ``sure``: the weight of the words that agree with the trusted one
    (within [stock] tolerance) over that of all; ``disputed``: less sure than [stock] sure. Where nobody says anything
    the stock counts as 0, surely so for want of another word.
    """
    key = [told[name] for name in (*PAIR, "record")]
    weightiest = told["weight"].groupby(key).transform("max")
    credible = told[(told["weight"] >= CREDIBLE * weightiest) | told["trusted"]].copy()
    trusted = told[told["trusted"]].set_index([*PAIR, "record"])
    of = pd.MultiIndex.from_frame(credible[[*PAIR, "record"]])
    own = trusted["sellable"].reindex(of).to_numpy()
    room = np.maximum(policy.stock.tolerance * own, LEAST_UNITS)
    credible["agrees"] = (credible["sellable"] - own).abs() <= room
    records = trusted[["on_hand", "reserved", "sellable", "system", "as_of"]].assign(**_span(credible))
    records["book"] = told[is_ledger(told)].set_index([*PAIR, "record"])["on_hand"].reindex(records.index)
    records["why"] = _reasons(told, trusted, policy)
    seen = _by_series(records).reindex(series)
    return _filled(seen, unit_cost.reindex(series.get_level_values("sku")).to_numpy(dtype=float), policy)


def _span(credible: pd.DataFrame) -> dict[str, pd.Series]:
    groups = credible.groupby([*PAIR, "record"])
    agreeing = credible["weight"].where(credible["agrees"], 0.0).groupby([credible[n] for n in (*PAIR, "record")]).sum()
    return {
        "lowest": groups["sellable"].min(),
        "highest": groups["sellable"].max(),
        "sure": agreeing / groups["weight"].sum(),
    }


def _by_series(records: pd.DataFrame) -> pd.DataFrame:
    """Records of one item added up; it is as sure as its least sure one."""
    sums = ["on_hand", "reserved", "sellable", "lowest", "highest"]
    groups = records.groupby(level=PAIR)
    if groups.ngroups == len(records):
        return records.droplevel("record")
    return (
        groups[sums]
        .sum()
        .assign(
            book=groups["book"].sum(min_count=1).where(groups["book"].count() == groups.size()),
            system=groups["system"].agg(lambda names: ", ".join(dict.fromkeys(names))),
            as_of=groups["as_of"].min(),
            sure=groups["sure"].min(),
            why=groups["why"].agg("; and ".join),
        )
    )


def _filled(
    seen: pd.DataFrame, unit_cost: "np.ndarray[tuple[int], np.dtype[np.float64]]", policy: Policy
) -> pd.DataFrame:
    figures = ["on_hand", "reserved", "sellable", "lowest", "highest"]
    seen[figures] = seen[figures].astype(float).fillna(0.0)
    seen["sure"] = seen["sure"].astype(float).fillna(1.0)
    seen["system"] = seen["system"].fillna("")
    seen["why"] = seen["why"].fillna("no system says anything: it counts as 0")
    seen["difference_value"] = (seen["highest"] - seen["lowest"]) * unit_cost
    seen["disputed"] = (seen["sure"] < policy.stock.sure) & (seen["highest"] > seen["lowest"])
    return seen[PICTURE_COLUMNS]


def _reasons(told: pd.DataFrame, trusted: pd.DataFrame, policy: Policy) -> pd.Series:
    """Why the trusted word is trusted, and what the others say."""
    others: dict[Any, list[str]] = {}
    rest = told[~told["trusted"]]
    for key, row in zip(rest[[*PAIR, "record"]].itertuples(index=False, name=None), _rows(rest), strict=True):
        day = "" if pd.isna(row.as_of) else f" ({row.as_of:%Y-%m-%d})"
        others.setdefault(key, []).append(f"{row.system} says {_units(row.sellable)}{day}")
    named = set(policy.stock.trust)
    told_why = [
        "; ".join([_why(row, key in others, named), *others.get(key, [])])
        for key, row in zip(trusted.index, _rows(trusted), strict=True)
    ]
    return pd.Series(told_why, index=trusted.index, dtype=object)


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


def _why(row: Any, contested: bool, named: set[str]) -> str:
    system, sellable, day = row.system, _units(row.sellable), row.as_of
    dated = "" if pd.isna(day) else f" on {day:%Y-%m-%d}"
    if row.row == 0:
        return f"the ledger opened by the count{dated} says {sellable}: no system spoke since"
    if row.place < 0:
        return f"{system} counted {sellable}{dated}"
    if not contested:
        return f"{system} alone says anything: {sellable}{dated}"
    rule = "goes first in the order of trust" if system in named else "spoke last, or says least of those who did"
    return f"{system} {rule}: {sellable}{dated}"


def _units(value: float) -> str:
    """Units as people say them: the ledger's share of a week leaves fractions."""
    return f"{round(value, 1):.10g}"
