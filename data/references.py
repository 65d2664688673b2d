"""Names that tables use must be names that other tables have; a row's own name must be its alone."""

import pandas as pd

from data.check import Checked, warn
from data.findings import Findings
from data.products import Names
from data.words import has_word


def known_items(table: Checked, names: Names, items: set[str], found: Findings) -> Checked:
    """The table without rows of items that the company does not have."""
    sku = table.frame["sku"]
    optional = {""} if not table.table.column("sku").required else set()
    known = has_word(sku, items | optional)
    several = has_word(sku, names.ambiguous) & ~known
    remedy = "Add it to items, or its name to aliases, or correct the sku."
    problem = "the name means different items in different systems"
    warn(table, several, "sku", problem, remedy, table.table.left_out, found)
    warn(table, ~known & ~several, "sku", "sku is not in items", remedy, table.table.left_out, found)
    return table.keep(known)


def known_like_sku(items: Checked, names: Names, found: Findings) -> Checked:
    """The items, each following at most a known item, and none following itself along whatever way."""
    items = names.translated(items, "like_sku", found)
    like = items.frame["like_sku"].astype(object)
    own = items.frame["sku"].astype(object)
    unknown = ~like.isin(set(own)) & (like != "")
    remedy = "Name an item that is in items, or leave the cell blank."
    effect = "The cell counts as blank."
    warn(items, unknown.to_numpy(), "like_sku", "like_sku is not in items", remedy, effect, found)
    circle = own.isin(_in_circles(dict(zip(own, like.where(~unknown, ""), strict=True))))
    remedy = "Let the oldest item of the circle follow none."
    problem = "items follow each other in a circle"
    warn(items, circle.to_numpy(), "like_sku", problem, remedy, effect, found)
    return items.with_column("like_sku", like.where(~unknown & ~circle, "").astype("category"))


def _in_circles(follows: dict[str, str]) -> set[str]:
    circles: set[str] = set()
    for start in follows:
        at, seen = follows[start], 0
        while at and at != start and seen <= len(follows):
            at, seen = follows.get(at, ""), seen + 1
        if at == start:
            circles.add(start)
    return circles


def one_row_per_key(table: Checked, found: Findings) -> Checked:
    """Rows of the same key: the later ones are left out if they say the same.

    If they do not, they stop the run, save in tables whose rows may be parts of one delivery: parts all count.
    """
    key, frame = table.table.key, table.frame
    if not key or not frame.duplicated(key).any():
        return table
    name = " and ".join(key)
    distinct = frame.drop_duplicates()
    several = pd.MultiIndex.from_frame(distinct.loc[distinct.duplicated(key), key])
    differ = pd.MultiIndex.from_frame(frame[key]).isin(several)
    if table.table.parts:
        problem, remedy = f"rows of the same {name} differ", "Check that they are parts of one order line."
        warn(table, differ, key[0], problem, remedy, "All of them count.", found)
        again = frame.duplicated().to_numpy()
    else:
        problem, remedy = f"rows of the same {name} contradict each other", f"Keep one row for each {name}."
        found.rows("block", table.raw, frame.index[differ], key[0], problem, remedy, "The run stops.")
        again = frame.duplicated().to_numpy() & ~differ
    problem, effect = f"the row repeats another of the same {name}", "The first row counts, this one does not."
    warn(table, again, key[0], problem, f"Keep one row for each {name}.", effect, found)
    return table.keep(~again)
