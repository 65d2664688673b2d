"""The cheapest way to get a series, and how many weeks of demand an order by it must cover."""

import numpy as np
import pandas as pd

from data.company import Company, Floats

LANE_COLUMNS = ["supplier", "lead_time_weeks", "lead_time_sd", "unit_cost", "moq", "pack_size", "max_units"]


def cheapest_lanes(company: Company) -> pd.DataFrame:
    """Each series' cheapest regular lane (then the faster), one row per series in the company's order.

    Columns: ``LANE_COLUMNS``, and the supplier's order_every_weeks and order_cost; all missing where nobody sells it.
    """
    by_price = company.sourcing.sort_values(["unit_cost", "lead_time_weeks", "supplier"], kind="stable")
    cheapest = by_price.drop_duplicates(["sku", "location"]).set_index(["sku", "location"])[LANE_COLUMNS]
    lanes = cheapest.join(company.suppliers[["order_every_weeks", "order_cost"]], on="supplier")
    return lanes.reindex(company.series).reset_index(drop=True)


def exposed_weeks(lanes: pd.DataFrame) -> Floats:
    """Lead time + review (N,): the weeks of demand that an order must last for, until the next one can be sold."""
    exposed = lanes["lead_time_weeks"].fillna(0) + lanes["order_every_weeks"].fillna(1)
    return np.asarray(exposed.to_numpy(dtype=float))
