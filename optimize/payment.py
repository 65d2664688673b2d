"""Payment terms: what paying a supplier some days after the goods arrive is worth."""

import numpy as np

from data.company import Company

DAYS_A_YEAR = 365


def credit_shares(company: Company) -> list[float]:
    """What paying each supplier later is worth, as a share of its goods' cost: carrying rate x payment days / 365.

    The carrying rate is what money costs in a year. Nobody gains more than the goods cost, so a share is at most 1.
    """
    days = company.suppliers["payment_days"].to_numpy(float)
    shares: list[float] = np.minimum(company.policy.money.carrying_rate * days / DAYS_A_YEAR, 1.0).tolist()
    return shares
