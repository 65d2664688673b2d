"""The alert on stock in dispute: orders of today that wait for a count."""

import pandas as pd

from data.company import Company
from scenarios.alert import Alert, article, listed, money

IN_DISPUTE = "stock_in_dispute"


def disputes(company: Company) -> list[Alert]:
    """One alert on all shelves whose count decides today's orders.

    Money at risk: the value at cost of today's orders that wait; probability: that the trusted stock is wrong, each
    shelf weighed by its money.
    """
    table = company.disputes
    waits = table[table["value_at_stake"] > 0] if len(table) else pd.DataFrame()
    if not len(waits):
        return []
    at_stake = float(waits["value_at_stake"].sum())
    names = [article(company, row["sku"], row["location"]) for row in waits.to_dict(orient="records")]
    shelves = "shelf" if len(waits) == 1 else "shelves"
    first, single = waits.iloc[0], len(waits) == 1
    return [
        Alert(
            kind=IN_DISPUTE,
            sku=str(first["sku"]) if single else "",
            location=str(first["location"]) if single else "",
            supplier="",
            week=company.as_of,
            probability=float(((1.0 - waits["sure"]) * waits["value_at_stake"]).sum() / at_stake),
            money_at_risk=at_stake,
            action=f"Count {len(waits)} {shelves} (count_list.csv) before the orders go out",
            deadline=company.as_of,
            message=f"The systems disagree about the stock, and none is sure: {money(company, at_stake)} of orders "
            f"wait for a count of {listed(names)}.",
        )
    ]
