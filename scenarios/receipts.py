"""What the company's own tables say of exported orders: that they know them, and what came when."""

from typing import Any

import sqlalchemy as sa

from data.company import Company
from scenarios.carried import numbers_of
from scenarios.store import PURCHASE_ORDERS, RECEIPTS, rows


def match_receipts(connection: sa.Connection, company: Company) -> None:
    """Notes which exported orders the company's tables know by now, and all that its receipts say of them."""
    ours = rows(connection, sa.select(PURCHASE_ORDERS.c.po, PURCHASE_ORDERS.c.seen))
    known = numbers_of(company)
    seen = [order["po"] for order in ours if order["po"] in known and not order["seen"]]
    if seen:
        monday = f"{company.as_of:%Y-%m-%d}"
        update = PURCHASE_ORDERS.update().where(PURCHASE_ORDERS.c.po == sa.bindparam("number"))
        connection.execute(update.values(seen=monday), [{"number": po} for po in seen])
    _renew(connection, company, {order["po"] for order in ours})


def _renew(connection: sa.Connection, company: Company, ours: set[str]) -> None:
    """The receipts of our orders that the company's table names now take the place of those noted earlier."""
    table = company.receipts[company.receipts["po"].isin(ours)]
    day = table["received_on"].dt.strftime("%Y-%m-%d") if len(table) else table["received_on"]
    came = table.assign(received_on=day).groupby(["po", "sku", "received_on"])["units"].sum().reset_index()
    lines: list[dict[Any, Any]] = came.assign(units=came["units"].astype(float)).to_dict(orient="records")
    if lines:
        named = RECEIPTS.c.po.in_(sorted({line["po"] for line in lines}))
        connection.execute(RECEIPTS.delete().where(named))
        connection.execute(RECEIPTS.insert(), lines)
