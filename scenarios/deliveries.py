"""When orders of a replay really arrive: as late as the supplier's own deliveries were at that time."""

import numpy as np
import pandas as pd

from data.calendar import WEEK
from optimize.lead_times import deliveries as delivered_before

__all__ = ["arrivals", "delivered_before"]


def arrivals(orders: pd.DataFrame, told: pd.DataFrame) -> pd.Series:
    """The Monday from which each order (supplier, ordered_on, week) can be sold.

    It is late by the weeks of that supplier's delivery in ``told`` (supplier, promised, late) which was promised
    nearest to it, the earlier of two; never before the order was placed. Other suppliers keep their promises.
    """
    late = np.zeros(len(orders), dtype=np.int64)
    for supplier, own in told.sort_values("promised", kind="stable").groupby("supplier"):
        rows = np.flatnonzero(orders["supplier"].eq(supplier))
        promised, weeks = own["promised"].to_numpy(), orders["week"].to_numpy()[rows]
        after = np.clip(np.searchsorted(promised, weeks), 0, len(promised) - 1)
        before = np.maximum(after - 1, 0)
        nearer = np.where(np.abs(weeks - promised[before]) <= np.abs(promised[after] - weeks), before, after)
        late[rows] = own["late"].to_numpy()[nearer]
    comes = orders["week"] + late * WEEK
    return comes.where(comes >= orders["ordered_on"], orders["ordered_on"])
