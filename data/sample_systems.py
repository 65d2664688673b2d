"""The four systems of the sample company: what each calls a product, and what each believes to be in stock."""

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.sample_catalogue import rewritten
from data.sample_demand import Sales, Units
from data.sample_story import AS_OF, HISTORY, REPEATED_RECORDS, rows, stream

TRUST = ("logistics", "erp", "shop", "crm")
"""The order of trust between the systems: the warehouse counts, finance books, the shop shows, the CRM remembers."""

SEEN_ON = {
    "logistics": AS_OF,
    "erp": pd.Timestamp("2026-09-30"),
    "shop": AS_OF,
    "crm": pd.Timestamp("2026-08-31"),
}
"""Day on which each system's stock was taken: finance closes by the month, the CRM is loaded by hand."""

OWN_CODES = {"shop": ("TM-{:06d}", 0.5), "crm": ("C{:05d}", 0.3), "logistics": ("69{:011d}", 0.2)}
"""Systems that enter products under their own codes: the code's form and their share of such records."""

NOT_COUNTED = 0.05
"""Share of the shelves that logistics has not on its list."""

IN_CRM = 0.3
"""Share of the shelves that the CRM knows."""

HEADLINE = ("W-2002", "hangzhou", {"erp": 1_000, "shop": 20})
"""The article of which finance saw 1,000 units and the shop page 20."""


COUNTED, COUNTED_ON = "CSD", pd.Timestamp("2026-09-22")
"""The down maker's goods were counted the day after the first delivery of this winter was put away."""


def product_records(products: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Every product record of the four systems: system, system_sku, name, and the true product's sku."""
    rng = stream(seed, "records")
    erp = products.assign(system="erp", system_sku=products["sku"], sku=products["product"])
    true = products[products["sku"].eq(products["product"])]
    repeats = round(len(true) * REPEATED_RECORDS / (1 - REPEATED_RECORDS)) - (len(products) - len(true))
    records = [erp[["system", "system_sku", "name", "sku"]]]
    for system, (form, share) in OWN_CODES.items():
        picked = true.iloc[np.sort(rng.choice(len(true), round(repeats * share), replace=False))]
        codes = [form.format(n) for n in rng.choice(99_999, len(picked), replace=False)]
        names = [rewritten(row.line, row.variant, rng) for row in rows(picked)]
        table = pd.DataFrame({"system": system, "system_sku": codes, "name": names, "sku": picked["sku"]})
        records.append(table)
    return pd.concat(records, ignore_index=True)


def aliases(records: pd.DataFrame) -> pd.DataFrame:
    """aliases.csv: the codes that are not the ERP's; that two ERP codes are one product nobody has noticed."""
    table = records[records["system"].ne("erp")]
    return table[["system", "system_sku", "sku"]].sort_values(["system", "system_sku"], ignore_index=True)


def product_lists(records: pd.DataFrame) -> pd.DataFrame:
    """records.csv: what the other three systems call their products."""
    table = records[records["system"].ne("erp")]
    return table[["system", "system_sku", "name"]].sort_values(["system", "system_sku"], ignore_index=True)


def stock(sales: Sales, on_hand: Units, overdue: Units, records: pd.DataFrame, seed: int) -> pd.DataFrame:
    """stock.csv: what the systems say, and what the warehouse counted; ``overdue`` units are booked by finance though
    they have not come."""
    rng, series = stream(seed, "stock"), sales.series
    n = len(series)
    believed = {
        "logistics": on_hand,
        "erp": on_hand * rng.choice([1.0, 0.9, 1.1, 1.4], n, p=[0.7, 0.1, 0.1, 0.1]) + overdue,
        "shop": on_hand * rng.choice([1.0, 0.9, 0.5, 0.1], n, p=[0.7, 0.1, 0.1, 0.1]),
        "crm": on_hand * rng.lognormal(0, 0.5, n),
    }
    listed = {"logistics": rng.random(n) >= NOT_COUNTED, "crm": rng.random(n) < IN_CRM}
    tables = []
    for system, units in believed.items():
        table = series[["sku", "location"]].assign(on_hand=np.rint(units).astype(np.int64), system=system)
        tables.append(table[listed.get(system, np.ones(n, dtype=bool))])
    table = pd.concat(tables, ignore_index=True)
    _headline(table)
    table["as_of"] = table["system"].map(SEEN_ON)
    held = table["system"].eq("logistics") & (rng.random(len(table)) < 0.2)
    table["reserved"] = np.where(held, table["on_hand"] // 25, 0)
    counts = _counted(sales, on_hand)[listed["logistics"] & series["supplier"].eq(COUNTED).to_numpy()]
    return _in_own_codes(pd.concat([table.assign(counted=0), counts], ignore_index=True), records)


def _counted(sales: Sales, on_hand: Units) -> pd.DataFrame:
    """What a count of every shelf would have found: what lies there now, and what was sold since."""
    since = ((HISTORY + WEEK - COUNTED_ON).days.to_numpy() / 7).clip(0.0, 1.0)
    found = np.rint(on_hand + sales.units @ since).astype(np.int64)
    shelves = sales.series[["sku", "location"]]
    return shelves.assign(on_hand=found, system="logistics", as_of=COUNTED_ON, reserved=0, counted=1)


def _headline(table: pd.DataFrame) -> None:
    sku, location, says = HEADLINE
    for system, units in says.items():
        table.loc[table["sku"].eq(sku) & table["location"].eq(location) & table["system"].eq(system), "on_hand"] = units


def _in_own_codes(table: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    codes = aliases(records).set_index(["system", "sku"])["system_sku"].to_dict()
    pairs = zip(table["system"], table["sku"], strict=True)
    own = [codes.get((system, sku), sku) for system, sku in pairs]
    columns = ["sku", "on_hand", "location", "system", "as_of", "reserved", "counted"]
    return table.assign(sku=own)[columns].sort_values(["system", "sku", "location", "as_of"], ignore_index=True)
