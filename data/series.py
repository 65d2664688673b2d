"""Which (sku, location) pairs the company sells, stocks or buys: what is forecast and planned."""

import pandas as pd

from data.places import all_locations
from data.tables import Tables

PAIR = ["sku", "location"]
NAMES_PAIRS = ("sales", "stock", "sourcing", "open_orders", "forecast")


def series_of(tables: Tables) -> pd.MultiIndex:
    """The pairs, sorted. An item that is bought for all locations and has no pair yet gets one at each."""
    named = [tables[name].frame[PAIR].drop_duplicates().astype(object) for name in NAMES_PAIRS]
    pairs = pd.concat(named, ignore_index=True)
    everywhere = set(pairs.loc[pairs["location"] == "", "sku"])
    pairs = pairs[pairs["location"] != ""]
    new = sorted(everywhere - set(pairs["sku"]))
    grown = pd.MultiIndex.from_product([new, all_locations(tables.checked)], names=PAIR).to_frame(index=False)
    both = pd.concat([pairs, grown], ignore_index=True).drop_duplicates().sort_values(PAIR)
    return pd.MultiIndex.from_frame(both.reset_index(drop=True))
