"""Which (sku, location) pairs the company sells, stocks or buys: what is forecast and planned."""

import pandas as pd

from data.tables import Tables

PAIR = ["sku", "location"]
NAMES_PAIRS = ("sales", "stock", "sourcing", "open_orders", "forecast")


def with_location(tables: Tables, name: str) -> pd.DataFrame:
    """The table with blank locations filled: the company's only location, or main."""
    known = locations(tables)
    only = known[0] if len(known) == 1 else "main"
    frame = tables[name].frame
    place = frame["location"].astype(object)
    return frame.assign(location=place.where(place != "", only))


def locations(tables: Tables) -> list[str]:
    """Every location that a table names, sorted; main if none does."""
    named: set[str] = set()
    for name in ("locations", *NAMES_PAIRS):
        named |= set(tables[name].frame["location"].unique())
    return sorted(named - {""}) or ["main"]


def series_of(tables: Tables) -> pd.MultiIndex:
    """The pairs, sorted. An article that is bought for all locations and has no pair yet gets one at each."""
    found = [tables[name].frame[PAIR].drop_duplicates().astype(object) for name in ("sales", "stock", "sourcing")]
    found += [
        with_location(tables, name)[PAIR].drop_duplicates().astype(object) for name in ("open_orders", "forecast")
    ]
    pairs = pd.concat(found, ignore_index=True)
    everywhere = set(pairs.loc[pairs["location"] == "", "sku"])
    pairs = pairs[pairs["location"] != ""]
    new = sorted(everywhere - set(pairs["sku"]))
    grown = pd.MultiIndex.from_product([new, locations(tables)], names=PAIR).to_frame(index=False)
    both = pd.concat([pairs, grown], ignore_index=True).drop_duplicates().sort_values(PAIR)
    return pd.MultiIndex.from_frame(both.reset_index(drop=True))
