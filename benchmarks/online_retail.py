"""UCI Online Retail (541,909 invoice lines, 2010-12-01..2011-12-09) through the gate: a messy source, line by line.

The mapping into the contract's tables, each line of the source once and unchanged:

- sales: date = InvoiceDate with its time, sku = StockCode, units = Quantity, price = UnitPrice, document = InvoiceNo,
  customer = CustomerID, description = Description; Country is dropped (one location). "NA" in the source means blank.
  kind = cancellation where InvoiceNo starts with C; adjustment where the price is 0 and there is no customer (damaged,
  lost and found goods, samples); else blank.
- items: stock codes of goods (five digits first, or DCGS). POST, DOT, M, BANK CHARGES and the like are
  services and no items: the gate says so and leaves their lines out. price = median of the positive prices;
  unit_cost = half of it (assumed: the source has no cost); name = the most frequent description.
- sourcing: one supplier, two weeks of lead time (assumed). stock: four mean weeks (assumed: the source has no stock).

    python benchmarks/online_retail.py                  # tables into a temporary folder, expected and found counts
    python benchmarks/online_retail.py --out retail     # keep the tables: restock check retail, restock plan retail
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from bench import bench_folder

from data.gate import read_company
from data.problems import Problem

LEAD_TIME, WEEKS_OF_STOCK, COST_SHARE = 2, 4, 0.5
ARTICLE = r"[0-9]{5}.*|DCGS.*"
EXPECTED = {
    "cancellations": 9_288,
    "negative quantities": 10_624,
    "exact duplicates": 5_268,
    "prices not above 0": 2_517,
    "blank descriptions": 1_454,
}
NAMED = {
    ("kind", "the row cancels a sale"): "cancellations",
    ("units", "units are negative"): "negative quantities",
    ("", "the row repeats an earlier one in every column"): "exact duplicates",
    ("price", "price is not above 0"): "prices not above 0",
    ("description", "the description is blank"): "blank descriptions",
}


def main() -> None:
    """Write the tables, read them through the gate, print expected against found counts."""
    parser = argparse.ArgumentParser(description="UCI Online Retail through the data gate")
    parser.add_argument("--out", type=Path, help="folder to keep the tables in")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.out or Path(scratch)
        write_tables(bench_folder("online_retail") / "online_retail.csv.gz", folder)
        start = time.perf_counter()
        company, problems = read_company(folder)
        seconds = time.perf_counter() - start
    found = counts(problems)
    for name, expected in EXPECTED.items():
        verdict = "as expected" if found[name] == expected else "WRONG"
        print(f"{name:<22}{expected:>8,} expected {found[name]:>8,} found  {verdict}")
    print(f"{len(company.series):,} series, {len(company.history.weeks)} weeks, as of {company.as_of:%Y-%m-%d}")
    print(f"read and checked in {seconds:.1f} s")
    if any(found[name] != expected for name, expected in EXPECTED.items()):
        raise SystemExit(1)


def counts(problems: list[Problem]) -> Counter[str]:
    """How many rows of sales the gate names, by what is wrong with them."""
    named = [NAMED.get((one.field, one.problem)) for one in problems if one.table == "sales"]
    return Counter(name for name in named if name)


def write_tables(source: Path, folder: Path) -> None:
    """The contract's tables of the source's lines, as CSV files in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = pd.read_csv(source, dtype=str, keep_default_na=False).replace({"Description": "NA", "CustomerID": "NA"}, "")
    sales = sales_table(lines)
    items = items_table(sales)
    tables = {
        "sales": sales,
        "items": items,
        "sourcing": items[["sku"]].assign(supplier="SUPPLIER", lead_time_weeks=LEAD_TIME),
        "stock": stock_table(sales, items),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)


def sales_table(lines: pd.DataFrame) -> pd.DataFrame:
    """Every line of the source, in its order."""
    cancelled = lines["InvoiceNo"].str.startswith("C")
    corrected = (lines["UnitPrice"].astype(float) == 0) & (lines["CustomerID"] == "")
    return pd.DataFrame(
        {
            "date": lines["InvoiceDate"],
            "sku": lines["StockCode"],
            "units": lines["Quantity"],
            "price": lines["UnitPrice"],
            "kind": np.select([cancelled, corrected], ["cancellation", "adjustment"], ""),
            "document": lines["InvoiceNo"],
            "customer": lines["CustomerID"],
            "description": lines["Description"],
        }
    )


def items_table(sales: pd.DataFrame) -> pd.DataFrame:
    """The goods that were sold at a price."""
    sold = sales[sales["sku"].str.fullmatch(ARTICLE)].astype({"price": float})
    sold = sold[sold["price"] > 0]
    price = sold.groupby("sku")["price"].median()
    named = sold[sold["description"] != ""].groupby("sku")["description"].agg(lambda words: words.mode().iloc[0])
    items = pd.DataFrame({"unit_cost": (price * COST_SHARE).round(4), "price": price, "name": named})
    return items.fillna({"name": ""}).reset_index()


def stock_table(sales: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Some weeks of mean sales on the shelf."""
    days = pd.to_datetime(sales["date"])
    weeks = ((days.max() - days.min()).days + 1) / 7
    units = sales["units"].astype(float).groupby(sales["sku"]).sum().reindex(items["sku"]).clip(lower=0)
    return pd.DataFrame({"sku": items["sku"], "on_hand": (units / weeks * WEEKS_OF_STOCK).round().to_numpy(dtype=int)})


if __name__ == "__main__":
    main()
