"""When goods arrive and when they are paid: each supplier's terms, path by path."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company, Floats
from optimize.open_decisions import goods_cost
from optimize.stock_flow import Integers
from scenarios.play import Played

DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Payables:
    """Money by path and week (S, H): ``received``: goods that arrive, at cost; ``paid``: payments for goods; ``owed``:
    received and not paid at the week's end.
    """

    received: Floats
    paid: Floats
    owed: Floats


def payables(played: Played) -> Payables:
    """What the plan's orders, open orders and goods that came before make to pay.

    Goods are paid in the week of the day that lies payment_days after the Monday of their arrival.
    """
    shape = played.sold.shape[0], played.sold.shape[2]
    received, paid = np.zeros(shape), np.zeros(shape)
    for weeks, value, lag in (_orders(played), _open_orders(played)):
        received += _by_week(weeks, value, shape)
        paid += _by_week(weeks + lag[:, None], value, shape)
    due, before = _unpaid(played.company)
    paid += _by_week(due[:, None], before, shape)
    owed = before.sum() + np.cumsum(received - paid, axis=1)
    return Payables(received, paid, owed)


Due = tuple[Integers, Floats, Integers]
"""Weeks of arrival (rows, S or 1), value (rows,) and weeks from arrival to payment (rows,)."""


def _orders(played: Played) -> Due:
    lines = played.lines
    weeks = lines["promised_week"].to_numpy(dtype=np.int64)[:, None]
    if played.ground.late is not None:
        weeks = weeks + played.ground.late.delay[:, lines["series"].to_numpy(dtype=int)].T
    value = (lines["units"] * lines["unit_cost"]).to_numpy(dtype=float)
    names = played.settled.suppliers.index[lines["supplier"].to_numpy(dtype=int)]
    return weeks, value, _lags(played.settled, names)


def _open_orders(played: Played) -> Due:
    table = played.settled.open_orders
    known = played.settled.series.get_indexer(pd.MultiIndex.from_frame(table[["sku", "location"]])) >= 0
    value = table["units"].to_numpy(dtype=float) * goods_cost(played.settled) * known
    return np.maximum(played.ground.open_weeks, 0), value, _lags(played.settled, table["supplier"])


def _unpaid(company: Company) -> tuple[Integers, Floats]:
    """Weeks (receipts,) in which goods that came before the run are still to be paid, and their cost."""
    rows = company.receipts
    days = rows["supplier"].map(company.suppliers["payment_days"]).fillna(0.0).astype(float)
    since = (company.as_of - pd.to_datetime(rows["received_on"])).dt.days.to_numpy(dtype=float)
    left = days.to_numpy(dtype=float) - since
    cost = company.sourcing.groupby(["sku", "supplier"])["unit_cost"].min()
    paid = cost.reindex(pd.MultiIndex.from_frame(rows[["sku", "supplier"]])).to_numpy(dtype=float)
    usual = rows["sku"].map(company.items["unit_cost"]).to_numpy(dtype=float)
    value = rows["units"].to_numpy(dtype=float) * np.where(np.isnan(paid), usual, paid)
    open_yet = (left >= 0) & np.isfinite(value)
    return (left[open_yet] // DAYS_A_WEEK).astype(np.int64), value[open_yet]


def _lags(company: Company, suppliers: pd.Index | pd.Series) -> Integers:
    days = company.suppliers["payment_days"].reindex(suppliers).fillna(0.0).to_numpy(dtype=float)
    return (days // DAYS_A_WEEK).astype(np.int64)


def _by_week(weeks: Integers, amounts: Floats, shape: tuple[int, int]) -> Floats:
    """Amounts (rows,) summed by path and week (S, H); what falls behind the horizon is left out."""
    paths, count = shape
    when = np.broadcast_to(weeks, (len(amounts), paths))
    row, path = np.nonzero((when >= 0) & (when < count))
    place = path * count + when[row, path]
    return np.asarray(np.bincount(place, weights=amounts[row], minlength=paths * count), dtype=float).reshape(shape)
