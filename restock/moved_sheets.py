"""The workbook's sheets of goods that are cleared or moved between locations."""

import pandas as pd

from restock.sheets import Column, Sheets
from scenarios.run import Run

ARTICLE = {"sku": Column("SKU", 22, "text"), "product": Column("Product", 42, "text")}
END = {"firm": Column("Decided", 10, "text"), "reason": Column("Why", 64, "wrap")}
CLEARED = {
    "week": Column("Week", 14, "date"),
    **ARTICLE,
    "location": Column("Location", 12, "text"),
    "units": Column("Units", 11, "units"),
    "unit_value": Column("Brings each", 18, "price"),
    "value": Column("Brings in all", 19, "money", "={units}*{unit_value}"),
    **END,
}
MOVED = {
    "week": Column("Leaves", 14, "date"),
    "arrival_date": Column("Sellable from", 16, "date"),
    **ARTICLE,
    "from_location": Column("From", 14, "text"),
    "to_location": Column("To", 14, "text"),
    "units": Column("Units", 11, "units"),
    "unit_cost": Column("Costs each", 18, "price"),
    "cost": Column("Costs in all", 19, "money", "={units}*{unit_cost}"),
    **END,
}


def moved_sheets(sheets: Sheets, run: Run) -> None:
    """A sheet of each that the input says to be possible."""
    if len(run.company.markdowns):
        sheets.table("Clearance", CLEARED, _told(run, run.plan.clearance), "Nothing is to be cleared.")
    if len(run.company.transfers):
        sheets.table("Transfers", MOVED, _told(run, run.plan.transfers), "Nothing is to be moved.")


def _told(run: Run, rows: pd.DataFrame) -> pd.DataFrame:
    """With the product's name, and whether it is decided in words."""
    firm = rows["firm"].astype(bool).map({True: "decided", False: "outlook"})
    return rows.assign(product=rows["sku"].map(run.company.items["name"]).fillna(""), firm=firm)
