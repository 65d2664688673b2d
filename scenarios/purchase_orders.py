"""From approved lines to purchase orders: numbered, written and moved into place so that each leaves exactly once.

Three steps, each safe to be killed after: *begun*, the lines have their numbers, in one transaction; *staged*, all
files are whole in a hidden folder inside OUT; *done*, each file was moved from there into OUT, one rename each. A file
that is no longer in the hidden folder has left, so a killed export is ended by moving what is still there, never by
writing again.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from scenarios.carried import promised
from scenarios.history import latest_done
from scenarios.refusals import Refused
from scenarios.state import State, discard
from scenarios.store import EXPORTS, ORDERS, PURCHASE_ORDERS, now, rows

UNSAFE = set('/\\:*?"<>|') | {chr(code) for code in range(32)}


@dataclass(frozen=True)
class PurchaseOrder:
    """An order to one supplier. ``name``: of its files, without suffix; ``lines``: as in the store, by item and
    location, with ``due``, the day from which they can be sold."""

    po: str
    supplier: str
    ordered_on: str
    name: str
    lines: tuple[dict[str, Any], ...]

    @property
    def value(self) -> float:
        """What it costs, money."""
        return float(sum(line["units"] * line["unit_cost"] for line in self.lines))


WriteOrders = Callable[[list[PurchaseOrder], Path], None]
"""Writes the orders' files into a folder."""


def export(state: State, out: Path, write: WriteOrders) -> tuple[list[PurchaseOrder], list[PurchaseOrder]]:
    """The approved orders that were never exported, into ``out``; and those of an export that was killed, into its own.

    Must be called under the lock.
    """
    ended = [order for number in _unfinished(state) for order in _finish(state, number, write)]
    number = _begin(state, out)
    return (_finish(state, number, write) if number else []), ended


def orders_of(connection: sa.Connection, export_id: int) -> list[PurchaseOrder]:
    """The purchase orders of an export, by number."""
    heads = rows(connection, sa.select(PURCHASE_ORDERS).where(PURCHASE_ORDERS.c.export_id == export_id))
    found = []
    for head in sorted(heads, key=lambda head: str(head["po"])):
        own = (
            sa.select(ORDERS)
            .where(ORDERS.c.po == head["po"])
            .order_by(ORDERS.c.sku, ORDERS.c.location, ORDERS.c.order_id)
        )
        lines = [line | {"due": promised(line, head["ordered_on"])} for line in rows(connection, own)]
        found.append(PurchaseOrder(head["po"], head["supplier"], head["ordered_on"], head["name"], tuple(lines)))
    return found


def _unfinished(state: State) -> list[int]:
    with state.engine.connect() as connection:
        open_ones = sa.select(EXPORTS.c.export_id).where(EXPORTS.c.status != "done").order_by(EXPORTS.c.export_id)
        return list(connection.execute(open_ones).scalars())


def _begin(state: State, out: Path) -> int:
    """Numbers the lines that are due; the export's own number, 0 if there are none."""
    with state.engine.begin() as connection:
        latest = latest_done(connection)
        monday = str(latest["as_of"]) if latest else ""
        due = (ORDERS.c.po == "", ORDERS.c.withdrawn == "", ORDERS.c.order_date <= monday, ORDERS.c.until >= monday)
        lines = rows(connection, sa.select(ORDERS).where(*due).order_by(ORDERS.c.supplier, ORDERS.c.order_id))
        if not lines:
            return 0
        told = EXPORTS.insert().values(out=str(out.resolve()), status="begun", begun=now())
        number = int(connection.execute(told.returning(EXPORTS.c.export_id)).scalar_one())
        for supplier, own in groupby(lines, key=lambda line: str(line["supplier"])):
            _number(connection, number, supplier, monday, [line["order_id"] for line in own])
        _insist_on_free_names(connection, number, out)
    return number


def _number(connection: sa.Connection, export_id: int, supplier: str, day: str, order_ids: list[int]) -> None:
    """One purchase order of these lines: the next number of the day, and a file name that no other order has."""
    count = sa.select(sa.func.count()).select_from(PURCHASE_ORDERS).where(PURCHASE_ORDERS.c.ordered_on == day)
    po = f"PO-{day.replace('-', '')}-{connection.execute(count).scalar_one() + 1:03d}"
    plain = f"po_{''.join('-' if sign in UNSAFE else sign for sign in supplier)}_{day}"
    taken = {name.casefold() for name in connection.execute(sa.select(PURCHASE_ORDERS.c.name)).scalars()}
    names = (plain if n == 1 else f"{plain}_{n}" for n in range(1, len(taken) + 2))
    name = next(name for name in names if name.casefold() not in taken)
    head = {"po": po, "supplier": supplier, "ordered_on": day, "name": name, "export_id": export_id}
    connection.execute(PURCHASE_ORDERS.insert().values(head))
    connection.execute(ORDERS.update().where(ORDERS.c.order_id.in_(order_ids)).values(po=po))


def _insist_on_free_names(connection: sa.Connection, export_id: int, out: Path) -> None:
    taken = [path.name for order in orders_of(connection, export_id) for path in out.glob(f"{order.name}.*")]
    if taken:
        raise Refused(f"{out} holds {', '.join(sorted(taken))} already. Give another folder with --out.")


def _finish(state: State, number: int, write: WriteOrders) -> list[PurchaseOrder]:
    """Brings an export to its end from wherever it stands."""
    with state.engine.connect() as connection:
        export_row = rows(connection, sa.select(EXPORTS).where(EXPORTS.c.export_id == number))[0]
        orders = orders_of(connection, number)
    out = Path(export_row["out"])
    stage = out / f".restock-export-{number}"
    if export_row["status"] == "begun":
        discard(stage)
        stage.mkdir(parents=True)
        write(orders, stage)
        _to_disk(stage)
        _advance(state, number, "staged")
    _move(stage, out)
    _advance(state, number, "done")
    return orders


def _move(stage: Path, out: Path) -> None:
    if not stage.is_dir():
        return
    for path in sorted(stage.iterdir()):
        path.rename(out / path.name)
    stage.rmdir()


def _to_disk(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _advance(state: State, number: int, status: str) -> None:
    with state.engine.begin() as connection:
        ended = {"ended": now()} if status == "done" else {}
        connection.execute(EXPORTS.update().where(EXPORTS.c.export_id == number).values(status=status, **ended))
