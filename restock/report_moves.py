"""The report's tables of what leaves a location other than by sale: goods to clear, and goods to move."""

from dataclasses import dataclass

import pandas as pd

from restock.wording import Money, day, number
from scenarios.run import Run

MOST_ROWS = 60


@dataclass(frozen=True)
class Move:
    """Units to clear, or to move to ``where``, in a week, as read."""

    week: str
    sku: str
    location: str
    where: str
    units: str
    each: str
    amount: str
    reason: str


def clearances(run: Run) -> list[Move]:
    """What to clear, the first weeks first."""
    money = Money(run.company.policy.money.currency)
    return [
        Move(
            week=day(pd.Timestamp(row["week"])),
            sku=str(row["sku"]),
            location=str(row["location"]),
            where="",
            units=number(float(row["units"])),
            each=money.each(float(row["unit_value"])),
            amount=money(float(row["value"])),
            reason=str(row["reason"]),
        )
        for row in run.plan.clearance.head(MOST_ROWS).to_dict(orient="records")
    ]


def transfers(run: Run) -> list[Move]:
    """What to move, the first weeks first."""
    money = Money(run.company.policy.money.currency)
    return [
        Move(
            week=day(pd.Timestamp(row["week"])),
            sku=str(row["sku"]),
            location=str(row["from_location"]),
            where=f"{row['to_location']}, {day(pd.Timestamp(row['arrival_date']))}",
            units=number(float(row["units"])),
            each=money.each(float(row["unit_cost"])),
            amount=money(float(row["cost"])),
            reason=str(row["reason"]),
        )
        for row in run.plan.transfers.head(MOST_ROWS).to_dict(orient="records")
    ]
