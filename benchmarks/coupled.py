"""A made-up company of any size whose series all share something: joint order charges, minimums, capacities, a budget.

25 SKUs a supplier, each in packs with a minimum and its own lead time; the budget of the first quarter is a little less
than what will sell. Demand paths: a common level per path and SKU, Poisson weeks.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.company import Company
from data.gate import read_company
from optimize.stock_flow import Floats

AS_OF, WEEKS, SUPPLIED = pd.Timestamp("2026-01-05"), 26, 25


def coupled(skus: int, paths: int) -> tuple[Company, Floats]:
    """The company, through the gate, and its demand paths (paths, skus, 26)."""
    rng = np.random.default_rng(2026)
    mean = rng.lognormal(1.8, 1.0, skus)
    with tempfile.TemporaryDirectory() as folder:
        for name, columns in _tables(rng, mean).items():
            pd.DataFrame(columns).to_csv(Path(folder) / f"{name}.csv", index=False, date_format="%Y-%m-%d")
        company = read_company(folder, AS_OF)[0]
    level = rng.lognormal(0.0, 0.25, (paths, skus, 1))
    demand = rng.poisson(np.broadcast_to(mean[None, :, None] * level, (paths, skus, WEEKS)))
    return company, demand.astype(float)


def _tables(rng: np.random.Generator, mean: Floats) -> dict[str, dict[str, Any]]:
    skus = len(mean)
    sku = [f"sku {number:05d}" for number in range(skus)]
    owner = np.arange(skus) // SUPPLIED
    seller = [f"supplier {number:03d}" for number in range(int(owner[-1]) + 1)]
    cost, pack = np.round(rng.lognormal(2.0, 0.8, skus), 2), rng.choice([1, 6, 12], skus)
    weekly_value, weekly_units = np.bincount(owner, mean * cost), np.bincount(owner, mean)
    return {
        "items": {"sku": sku, "unit_cost": cost, "price": np.round(cost * rng.uniform(1.3, 2.2, skus), 2)},
        "stock": {"sku": sku, "on_hand": rng.poisson(3 * mean)},
        "sales": {"date": AS_OF - pd.Timedelta(weeks=1), "sku": sku, "units": rng.poisson(mean)},
        "suppliers": {
            "supplier": seller,
            "order_cost": np.round(rng.uniform(20, 80, len(seller))),
            "min_order_value": np.round(weekly_value * rng.uniform(0, 1.5, len(seller))),
            "capacity_units": np.round(weekly_units * rng.uniform(2, 6, len(seller))),
        },
        "sourcing": {
            "sku": sku,
            "supplier": [seller[k] for k in owner],
            "lead_time_weeks": rng.integers(1, 6, skus),
            "pack_size": pack,
            "moq": pack * rng.choice([1, 2, 4], skus),
        },
        "budgets": {
            "start": [AS_OF],
            "end": [AS_OF + pd.Timedelta(weeks=13)],
            "amount": [round(float(mean @ cost) * 11)],
        },
    }
