"""What became of the approved orders: promised and realised."""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from scenarios.carried import promised
from scenarios.history import latest_done
from scenarios.store import EXPORTS, ORDERS, PURCHASE_ORDERS, RECEIPTS, rows

COLUMNS = [
    *("order", "state", "supplier", "sku", "location", "units", "value", "ordered_on", "promised", "received_on"),
    *("received_units", "days_late", "who", "approved_at", "why", "until", "run_id"),
]


def tracking(connection: sa.Connection) -> pd.DataFrame:
    """Every approved line (``COLUMNS``), the latest first.

    ``order``: its purchase order, ``approved-N`` before it has one. ``state``: approved, expired, withdrawn, exported,
    known (the company's tables name it), part received, received. ``received_on``: the day of the last receipt;
    ``days_late``: from the promised day to then. Receipts name no location: lines of one order and item share theirs.
    """
    head = PURCHASE_ORDERS.join(EXPORTS, EXPORTS.c.export_id == PURCHASE_ORDERS.c.export_id)
    query = sa.select(ORDERS, PURCHASE_ORDERS.c.ordered_on, PURCHASE_ORDERS.c.seen).select_from(
        ORDERS.outerjoin(head, PURCHASE_ORDERS.c.po == ORDERS.c.po)
    )
    lines = rows(connection, query.order_by(ORDERS.c.order_id.desc()))
    latest = latest_done(connection)
    came = pd.DataFrame(rows(connection, sa.select(RECEIPTS)), columns=[column.name for column in RECEIPTS.columns])
    ordered = pd.DataFrame(lines, columns=["po", "sku", "units"]).groupby(["po", "sku"])["units"].sum()
    sums = came.groupby(["po", "sku"]).agg(units=("units", "sum"), last=("received_on", "max")).to_dict(orient="index")
    table = [
        _told(line, sums.get((line["po"], line["sku"])), ordered, latest["as_of"] if latest else "") for line in lines
    ]
    return pd.DataFrame(table, columns=COLUMNS)


def _told(line: dict[str, Any], came: dict[Any, Any] | None, ordered: pd.Series, monday: str) -> dict[str, object]:
    ordered_on = str(line["ordered_on"] or line["order_date"])
    due = promised(line, ordered_on)
    late = (pd.Timestamp(str(came["last"])) - pd.Timestamp(due)).days if came else None
    share = float(came["units"]) / float(ordered[line["po"], line["sku"]]) if came else 0.0
    return line | {
        "order": line["po"] or f"approved-{line['order_id']}",
        "state": _state(line, share, monday),
        "value": float(line["units"]) * float(line["unit_cost"]),
        "ordered_on": ordered_on,
        "promised": due,
        "received_on": came["last"] if came else "",
        "received_units": min(share, 1.0) * float(line["units"]) if came else 0.0,
        "days_late": late,
    }


def _state(line: dict[str, object], share: float, monday: str) -> str:
    if line["withdrawn"]:
        return "withdrawn"
    if not line["po"]:
        return "expired" if str(line["until"]) < monday else "approved"
    if share > 0:
        return "received" if share >= 1.0 else "part received"
    return "known" if line["seen"] else "exported"
