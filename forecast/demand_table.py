"""What was sold beside what was wanted: sales say "at least" while a product is out of stock."""

import numpy as np
import pandas as pd

from data.company import Floats
from forecast.candidates import Bools, Demand


def demand_table(demand: Demand) -> pd.DataFrame:
    """demand.csv: sku, location, week, sold, in_stock, demand; one row per series and week with data, in their order.

    ``demand`` is what is learnt from: what was sold where the week was wholly in stock, else an estimate.
    """
    past = demand.company.history.before(demand.company.as_of)
    weeks = len(past.weeks)
    rows, columns = np.nonzero(~np.isnan(past.units))
    series = past.series[rows]
    return pd.DataFrame(
        {
            "sku": series.get_level_values("sku"),
            "location": series.get_level_values("location"),
            "week": past.weeks[columns],
            "sold": past.units[rows, columns],
            "in_stock": past.in_stock[rows, columns],
            "demand": demand.units[:, :weeks][rows, columns],
        }
    )


def estimated(demand: Demand) -> Floats:
    """Demand (N, T) of the weeks that were partly or wholly out of stock; NaN elsewhere."""
    hidden: Bools = ~demand.seen & ~np.isnan(demand.units)
    return np.where(hidden, demand.units, np.nan)
