"""Records that a person called one product become one: nothing is lost, and without the row all is as before."""

from dataclasses import replace

import numpy as np
import pandas as pd

from data.check import Checked, leave_out
from data.columns import Table
from data.findings import Findings
from data.words import has_word, reworded

YES, NO = {"yes", "y", "true", "1", "是"}, {"no", "n", "false", "0", "否"}
AMOUNTS = {
    "stock": ["on_hand", "reserved"],
    "open_orders": ["units"],
    "receipts": ["units"],
    "approved": ["units"],
}
"""Tables whose rows of one product add up, and what of them does."""

OWN_ROW_FIRST = ("sourcing", "price_breaks", "promotions", "drivers", "markdowns", "transfers")
"""Tables in which one row for each key is enough: the staying item's own, if it has one."""

Found = dict[str, Checked]


def sound_products(products: Checked, items: set[str], found: Findings) -> Checked:
    """The decided rows: each record is said to be one known item, and no item becomes itself."""
    words = [_decision(word) for word in products.frame["decision"].cat.categories]
    unknown = has_word(reworded(products.frame["decision"], words), {"?"})
    remedy = "Write yes or no, or leave the cell blank."
    problem = "the decision is neither yes nor no"
    known = leave_out(products, unknown, "decision", problem, remedy, found)
    known = known.keep(has_word(reworded(known.frame["decision"], words), {"yes"}))
    own = (known.frame["system"].astype(object) == "").to_numpy()
    code = known.frame["system_sku"].astype(object)
    stranger = own & ~code.isin(items).to_numpy()
    problem, remedy = "the record is no item", "Write the system that uses this code, or correct it."
    known = leave_out(known, stranger, "system_sku", problem, remedy, found)
    record = known.frame[["system", "system_sku"]].astype(object)
    target = known.frame["sku"].astype(object)
    several = target.groupby([record["system"], record["system_sku"]]).transform("nunique").gt(1).to_numpy()
    problem, remedy = "the record is said to be several products", "Keep yes in one of the rows."
    known = leave_out(known, several, "system_sku", problem, remedy, found)
    goes = dict(zip(*_own_pairs(known), strict=True))
    circle = (
        known.frame["system_sku"].astype(object).map(lambda code: _ends(str(code), goes) == "").to_numpy(dtype=bool)
    )
    own = (known.frame["system"].astype(object) == "").to_numpy()
    problem, remedy = "items become each other in a circle", "Keep yes only where an item becomes the one that stays."
    return leave_out(known, own & circle, "sku", problem, remedy, found)


def _decision(word: str) -> str:
    low = word.lower()
    return "yes" if low in YES else "no" if low in NO else "" if low == "" else "?"


def _own_pairs(products: Checked) -> tuple[list[str], list[str]]:
    own = products.frame[products.frame["system"].astype(object) == ""]
    return [str(code) for code in own["system_sku"]], [str(sku) for sku in own["sku"]]


def _ends(start: str, goes: dict[str, str]) -> str:
    """The item that stays, from one that goes; "" if the way leads back."""
    at, seen = start, {start}
    while at in goes:
        at = goes[at]
        if at in seen:
            return ""
        seen.add(at)
    return at


def with_decided_names(aliases: Checked, products: Checked, found: Findings) -> tuple[Checked, Checked]:
    """The aliases and the records of other systems that were decided; the products without those that aliases deny."""
    names = ["system", "system_sku", "sku"]
    given = {(a, b): c for a, b, c in aliases.frame[names].astype(object).itertuples(index=False)}
    decided = products.frame[names].astype(object)
    told = [given.get((a, b), c) for a, b, c in decided.itertuples(index=False)]
    denied = np.array([a != b for a, b in zip(told, decided["sku"], strict=True)], dtype=bool)
    problem, remedy = "the aliases table says that it is another item", "Correct one of the two tables."
    kept = leave_out(products, denied, "system_sku", problem, remedy, found)
    rows = kept.frame.loc[kept.frame["system"].astype(object) != "", names].astype(object)
    both = pd.concat([aliases.frame[names].astype(object), rows]) if len(rows) else aliases.frame
    return replace(aliases, frame=both), kept


def merged(checked: Found, found: Findings) -> Found:
    """Every table with the items that were called one product under the sku of the one that stays."""
    goes = dict(zip(*_own_pairs(checked["products"]), strict=True))
    into = {sku: _ends(sku, goes) for sku in goes}
    if not into:
        return checked
    together = {name: _renamed(table, into) for name, table in checked.items()}
    items = together["items"]
    together["items"] = items.keep(~has_word(items.frame["sku"], set(into)))
    effect = "Their sales, stock and orders count for the item that stays; remove their rows to undo it."
    value = ", ".join(f"{old} into {new}" for old, new in sorted(into.items()))[:300]
    problem = "items were merged as the products table says"
    found.add("info", "products", problem, "None needed.", effect, field="decision", value=value)
    return together


def _renamed(table: Checked, into: dict[str, str]) -> Checked:
    name = table.table.name
    if name == "items":
        return table.with_column("like_sku", _followed(table.frame, into))
    if "sku" not in table.frame.columns or not has_word(table.frame["sku"], set(into)).any():
        return table
    code = table.frame["sku"].astype(object)
    new = table.with_column("sku", reworded(table.frame["sku"], _staying(table.frame["sku"], into)))
    if name == "stock":
        return new.with_column("record", code)
    if name == "forecast":
        return replace(new, frame=_sum_of_forecasts(new.frame, new.table))
    if name in AMOUNTS:
        return added_up(new, code)
    if name in OWN_ROW_FIRST:
        own_first = (code != new.frame["sku"].astype(object)).to_numpy().argsort(kind="stable")
        again = new.frame.iloc[own_first].duplicated(new.table.key).sort_index()
        return new.keep(~again.reindex(new.frame.index).to_numpy(dtype=bool))
    return new


def _staying(sku: pd.Series, into: dict[str, str]) -> list[str]:
    return [into.get(word, word) for word in sku.cat.categories]


def _followed(items: pd.DataFrame, into: dict[str, str]) -> pd.Series:
    """like_sku under the staying skus; none follows itself."""
    like = items["like_sku"].astype(object).map(lambda sku: into.get(sku, sku))
    changed: pd.Series = like.where(like != items["sku"].astype(object), "").astype("category")
    return changed


def _sum_of_forecasts(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Means and quantiles of one product, week and location added up."""
    figures = [name for name in frame.columns if name not in table.key]
    first = ~frame.duplicated(table.key)
    sums = frame.groupby(table.key, observed=True, sort=False)[figures].sum(min_count=1)
    own = pd.MultiIndex.from_frame(frame.loc[first, table.key])
    return frame[first].assign(**{name: sums[name].reindex(own).to_numpy() for name in figures})


def added_up(table: Checked, code: pd.Series) -> Checked:
    """Rows that say the same of one product under several codes become one, with their units added.

    ``code``: what each row called the product; where rows of one code repeat each other, one of them counts. Stock is
    of the same if sku, location, system and day are; other rows if all that is not units is.
    """
    frame, amounts = table.frame, AMOUNTS[table.table.name]
    key = table.table.key if table.table.name == "stock" else [name for name in frame.columns if name not in amounts]
    shared = frame.duplicated(key, keep=False)
    if not shared.any():
        return table
    part = frame[shared].astype(dict.fromkeys(frame.columns[frame.dtypes == "category"], object))
    group = part.groupby(key, dropna=False, sort=False).ngroup()
    several = code[shared].groupby(group).transform("nunique").gt(1)
    rows, of = part[several], group[several]
    again = rows.assign(code=code[shared][several], group=of).duplicated(["group", "code", *amounts])
    sums = rows.loc[~again, amounts].groupby(of[~again]).sum()
    first = ~of.duplicated()
    total = frame.copy()
    total.loc[first.index[first], amounts] = sums.reindex(of[first]).to_numpy()
    return replace(table, frame=total.drop(index=first.index[~first]))
