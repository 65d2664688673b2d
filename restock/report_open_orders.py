"""The report's table of open orders: what is rushed or cancelled, and what is overdue, the most money first."""

from dataclasses import dataclass

import pandas as pd

from restock.wording import Money, day, number
from scenarios.run import Run

MOST_ROWS = 40


@dataclass(frozen=True)
class OpenOrder:
    """An open order line, as read."""

    po: str
    sku: str
    location: str
    units: str
    due: str
    expected: str
    decision: str
    saves: str
    reason: str


def open_orders(run: Run) -> list[OpenOrder]:
    """The lines on which something is to be done, then those that are overdue."""
    money = Money(run.company.policy.money.currency)
    table = run.plan.open_orders
    acts = table["decision"].ne("wait")
    told = table[acts | table["due"].lt(run.as_of)]
    told = told.assign(acts=acts).sort_values(["acts", "money", "units"], ascending=False, kind="stable")
    return [
        OpenOrder(
            po=str(row["po"]),
            sku=str(row["sku"]),
            location=str(row["location"]),
            units=number(float(row["units"])),
            due=day(pd.Timestamp(row["due"])),
            expected="" if pd.isna(row["expected_arrival"]) else day(pd.Timestamp(row["expected_arrival"])),
            decision=str(row["decision"]),
            saves=money(float(row["money"])) if row["money"] > 0 else "",
            reason=str(row["reason"]),
        )
        for row in told.head(MOST_ROWS).to_dict(orient="records")
    ]
