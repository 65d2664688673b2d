"""Taking approved orders back: the explicit end of what would stay through reruns."""

from typing import Any

import sqlalchemy as sa

from scenarios.refusals import Refused
from scenarios.store import DECISIONS, ORDERS, now, rows

LINE = "approved-"


def withdraw(connection: sa.Connection, name: str, who: str, why: str) -> list[dict[str, Any]]:
    """Takes back a purchase order by its number, or an approved line that has none yet (``approved-7``); its lines.

    They are no longer counted or exported. Raises ``Refused`` if there is no such order, or it is withdrawn already.
    """
    wanted = ORDERS.c.order_id == int(name.removeprefix(LINE)) if _is_line(name) else ORDERS.c.po == name
    lines = rows(connection, sa.select(ORDERS).where(wanted, ORDERS.c.withdrawn == ""))
    if not lines or not name:
        raise Refused(
            f"There is no approved order {name!r} that could be taken back. The orders: restock orders --state DIR"
        )
    connection.execute(ORDERS.update().where(wanted, ORDERS.c.withdrawn == "").values(withdrawn=now()))
    for line in lines:
        place = {field: line[field] for field in ("supplier", "sku", "location", "run_id")}
        told = {"at": now(), "who": who, "why": why, "kind": "withdrawn", "before": f"{line['units']:g}", "after": "0"}
        connection.execute(DECISIONS.insert().values(**told, **place))
    return lines


def _is_line(name: str) -> bool:
    return name.startswith(LINE) and name.removeprefix(LINE).isdigit()
