"""What the shelf holds when the demand paths meet open orders and a plan."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.plan import Plan
from optimize.stock_flow import play

# Series played together: bounds the memory to a few times (paths x 500 x weeks) numbers.
TOGETHER = 500


@dataclass(frozen=True)
class Shelf:
    """Series ``rows`` (a slice of the company's) over the paths: units left and lost, each (S, len(rows), H)."""

    rows: range
    stock: Floats
    lost: Floats


def shelves(company: Company, paths: DemandPaths, arrivals: Floats) -> Iterator[Shelf]:
    """Play ``arrivals``, (N, H) or by path (S, N, H), against the paths, some series at a time."""
    on_hand = company.stock["on_hand"].to_numpy(dtype=float)
    for first in range(0, len(on_hand), TOGETHER):
        rows = range(first, min(first + TOGETHER, len(on_hand)))
        part = slice(rows.start, rows.stop)
        stock, lost = play(on_hand[part], arrivals[..., part, :], paths.values[:, part])
        yield Shelf(rows, stock, lost)


def supplies(company: Company, paths: DemandPaths, plan: Plan) -> Floats:
    """Units that open orders and the plan's bring per series and week, less those that it clears or moves.

    (N, H); by path, (S, N, H), where they may come late.
    """
    if plan.late is not None:
        return plan.late.arrivals(plan.ordered)
    open_orders = received(company, paths.weeks, company.open_orders, "week")
    total = open_orders + received(company, paths.weeks, plan.orders, "arrival_date")
    moved_in, leaving = moved(company, paths.weeks, plan.clearance, plan.transfers)
    return total + moved_in - leaving


def moved(
    company: Company, weeks: pd.DatetimeIndex, clearance: pd.DataFrame, transfers: pd.DataFrame
) -> tuple[Floats, Floats]:
    """Units (N, H) that transfers bring, and those that transfers and clearance take; tables as the plan's."""
    sent, here = (transfers.rename(columns={f"{side}_location": "location"}) for side in ("from", "to"))
    taken = received(company, weeks, clearance, "week") + received(company, weeks, sent, "week")
    return received(company, weeks, here, "arrival_date"), taken


def received(company: Company, weeks: pd.DatetimeIndex, orders: pd.DataFrame, week_column: str) -> Floats:
    """Units (N, H) that ``orders`` bring per series and week; what comes after the last week is left out."""
    table = np.zeros((len(company.series), len(weeks)))
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(orders[["sku", "location"]]))
    columns = weeks.get_indexer(pd.DatetimeIndex(orders[week_column]))
    inside = (rows >= 0) & (columns >= 0)
    np.add.at(table, (rows[inside], columns[inside]), orders["units"].to_numpy(dtype=float)[inside])
    return table
