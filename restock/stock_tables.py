"""The trusted picture of stock and the count list, as the files, the report and the workbook show them."""

from dataclasses import dataclass

import pandas as pd

from data.company import Company
from restock.wording import Money, number, share
from scenarios.run import Run

GO = "go"
MOST_ROWS = 40
STOCK_COLUMNS = [
    *("sku", "location", "decision", "sellable", "on_hand", "reserved", "in_transit", "book", "lowest", "highest"),
    *("difference_value", "sure", "system", "as_of", "why"),
]
COUNT_COLUMNS = [
    *("rank", "sku", "name", "location", "decision", "trusted", "lowest", "highest"),
    *("order_at_lowest", "order_at_trusted", "order_at_highest", "value_at_stake", "difference_value", "sure", "why"),
]


def stock_table(company: Company) -> pd.DataFrame:
    """The rows of stock.csv, one per SKU and location, the largest difference in money first."""
    if not len(company.stock_picture):
        return pd.DataFrame(columns=STOCK_COLUMNS)
    coming = company.open_orders.groupby(["sku", "location"])["units"].sum().reindex(company.series).fillna(0.0)
    table = company.stock_picture.assign(in_transit=coming.to_numpy(dtype=float), decision=GO)
    if len(company.disputes):
        waits = company.disputes.set_index(["sku", "location"])["decision"]
        table["decision"] = waits.reindex(table.index).fillna(GO)
    order = ["difference_value", "sku", "location"]
    return table.reset_index().sort_values(order, ascending=[False, True, True], kind="stable")


def count_list(company: Company) -> pd.DataFrame:
    """The rows of count_list.csv: first the shelves on whose count the most money of today's orders hangs."""
    if not len(company.disputes):
        return pd.DataFrame(columns=COUNT_COLUMNS)
    table = company.disputes
    return table.assign(rank=range(1, len(table) + 1), name=table["sku"].map(company.items["name"]).fillna(""))


@dataclass(frozen=True)
class Count:
    """A shelf to count, as read."""

    sku: str
    name: str
    location: str
    trusted: str
    between: str
    orders: str
    decision: str
    at_stake: str
    difference: str
    sure: str
    why: str


DECISIONS = {"go": "ordered as planned", "limit": "limited", "hold": "held"}


def counts(run: Run) -> list[Count]:
    """The first shelves of the count list."""
    money = Money(run.company.policy.money.currency)
    return [
        Count(
            sku=str(row["sku"]),
            name="" if row["name"] == row["sku"] else str(row["name"]),
            location=str(row["location"]),
            trusted=number(row["trusted"]),
            between=f"{number(row['lowest'])} to {number(row['highest'])}",
            orders=f"{number(row['order_at_highest'])} of {number(row[['order_at_lowest', 'order_at_trusted']].max())}",
            decision=DECISIONS[str(row["decision"])],
            at_stake=money(row["value_at_stake"]) if row["value_at_stake"] else "",
            difference=money(row["difference_value"]),
            sure=share(row["sure"]),
            why=str(row["why"]),
        )
        for _, row in count_list(run.company).head(MOST_ROWS).iterrows()
    ]
