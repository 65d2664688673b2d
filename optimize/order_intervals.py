"""How often a series is ordered: the weeks from one of its orders to the next, for what is on the way at a time.

With d mean demand a week, h holding cost, c unit cost, K what an order costs and l what its line costs, of the working
lane (see late.py), sums over all series with the same working supplier,

    weeks = max(order cycle, least quantity / d, least order value / sum c d, sqrt(2 K / sum h d), sqrt(2 l / (h d)))

The square roots are the economic order interval (Harris 1913; Snyder & Shen, Fundamentals of Supply Chain Theory, 3.2).
"""

import numpy as np

from data.company import Company
from optimize.lanes import Lane, working
from optimize.stock_flow import Floats, Integers


def order_intervals(company: Company, by_series: list[list[Lane]], demand: Floats) -> Integers:
    """Whole weeks (N,), at least one and at most the horizon's, by the demand paths (S, N, H)."""
    rows = [i for i, own in enumerate(by_series) if own]
    usual = [working(by_series[i]) for i in rows]
    supplier = np.array([lane.supplier for lane in usual], dtype=np.int64)
    units = demand.mean(axis=(0, 2))[rows]
    held = units * company.items["holding_cost"].reindex(company.series.get_level_values("sku")).to_numpy(float)[rows]
    bought = units * np.array([lane.unit_cost for lane in usual])
    least = np.array([float(lane.least * lane.pack) for lane in usual])
    line_cost = np.array([lane.line_cost for lane in usual])
    every, least_value, order_cost, container_cost = (
        company.suppliers[name].to_numpy(dtype=float)[supplier]
        for name in ("order_every_weeks", "min_order_value", "order_cost", "container_cost")
    )
    longest = [
        every,
        _over(least, units),
        _over(least_value, _together(supplier, bought)),
        np.sqrt(_over(2.0 * (order_cost + container_cost), _together(supplier, held))),
        np.sqrt(_over(2.0 * line_cost, held)),
    ]
    found = np.ones(len(by_series), dtype=np.int64)
    found[rows] = np.clip(np.rint(np.max(longest, axis=0)), 1, demand.shape[2])
    return found


def _together(supplier: Integers, amount: Floats) -> Floats:
    """The sum over all series of the same supplier, for each of them."""
    total = np.asarray(np.bincount(supplier, weights=amount), dtype=float)
    return total[supplier]


def _over(amount: Floats, a_week: Floats) -> Floats:
    """Weeks that an amount lasts; for ever where nothing is used."""
    lasting = np.where(amount > 0, np.inf, 0.0)
    return np.divide(amount, a_week, out=lasting, where=a_week > 0)
