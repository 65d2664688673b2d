"""What earlier weeks add to a run: lines that were approved, and orders that the company's tables do not know yet."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data.calendar import WEEK, monday_on_or_after
from data.company import APPROVED_COLUMNS, Company
from data.problems import Problem
from scenarios.store import ORDERS, PURCHASE_ORDERS, rows

ON_ORDER = ["po", "sku", "location", "supplier", "units", "due", "ordered_on"]


@dataclass(frozen=True)
class Carried:
    """``approved``: lines to order exactly so (``APPROVED_COLUMNS``); ``on_order``: placed (``ON_ORDER``); dates as ISO
    text, rows in the order of their contents."""

    approved: tuple[dict[str, Any], ...] = ()
    on_order: tuple[dict[str, Any], ...] = ()

    def text(self) -> str:
        """As JSON, the same for the same lines; empty for none."""
        content = {"approved": self.approved, "on_order": self.on_order}
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n" if any(content.values()) else ""

    @classmethod
    def read(cls, text: str) -> "Carried":
        """What ``text`` wrote."""
        return cls(**{name: tuple(lines) for name, lines in json.loads(text).items()}) if text else cls()


def carried(connection: sa.Connection, company: Company) -> Carried:
    """What the store adds to the company on its Monday.

    An approved line that is still to be exported stays until its expiry: as an order line from its date on, as on order
    once that has passed. An exported order counts as on order until the company's own open orders or receipts name its
    number; from then on only they count.
    """
    monday = f"{company.as_of:%Y-%m-%d}"
    lines = rows(connection, sa.select(ORDERS).where(ORDERS.c.withdrawn == "").order_by(ORDERS.c.order_id))
    known = numbers_of(company) | seen_before(connection, monday)
    open_lines = [line for line in lines if line["po"] == "" and line["until"] >= monday]
    late = [line | {"po": f"approved-{line['order_id']}"} for line in open_lines if line["order_date"] < monday]
    placed = [line for line in lines if line["po"] and line["po"] not in known and line["order_date"] <= monday]
    return Carried(
        tuple(_approved(line) for line in open_lines if line["order_date"] >= monday),
        (*(_placed(line, line["order_date"]) for line in placed), *(_placed(line, monday) for line in late)),
    )


def numbers_of(company: Company) -> set[str]:
    """The orders that the company's own tables know."""
    return {*company.open_orders["po"], *company.receipts["po"]}


def seen_before(connection: sa.Connection, monday: str) -> set[str]:
    """The orders that the company's own tables knew on an earlier Monday."""
    seen = PURCHASE_ORDERS.c.seen
    return set(connection.execute(sa.select(PURCHASE_ORDERS.c.po).where(seen != "", seen <= monday)).scalars())


def _approved(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in APPROVED_COLUMNS}


def _placed(line: dict[str, Any], ordered_on: str) -> dict[str, Any]:
    named = {name: line[name] for name in ("po", "sku", "location", "supplier", "units")}
    return {**named, "due": promised(line, ordered_on), "ordered_on": ordered_on}


def promised(line: dict[str, Any], ordered_on: str) -> str:
    """The day from which a line can be sold if it is ordered on that day instead of its own."""
    lead = pd.Timestamp(line["arrival_date"]) - pd.Timestamp(line["order_date"])
    return f"{pd.Timestamp(ordered_on) + lead:%Y-%m-%d}"


def with_carried(company: Company, extra: Carried) -> tuple[Company, list[Problem]]:
    """The company with what is carried, and what there is to say of it; its digest tells it from the company alone."""
    if extra == Carried():
        return company, []
    planned = set(company.series)
    gone = [line for line in (*extra.approved, *extra.on_order) if (line["sku"], line["location"]) not in planned]
    on_order = _table(company, [line for line in extra.on_order if line not in gone])
    approved = pd.DataFrame(
        [line | {"held": 1.0} for line in extra.approved if line not in gone], columns=[*APPROVED_COLUMNS, "held"]
    ).astype({"order_date": "datetime64[ns]", "units": float, "expedite": float, "held": float})
    digest = hashlib.sha256(f"{company.input_digest}\n{extra.text()}".encode()).hexdigest()
    coming = _joined(company.open_orders, on_order).sort_values(["week", "po", "sku", "location"], ignore_index=True)
    richer = replace(company, approved=_joined(company.approved, approved), open_orders=coming, input_digest=digest)
    return richer, [*map(_unplanned, gone), *_overdue(on_order[on_order["due"] < company.as_of])]


def _table(company: Company, lines: list[dict[str, Any]]) -> pd.DataFrame:
    """The lines as rows of the company's open orders."""
    table = pd.DataFrame(lines, columns=ON_ORDER)
    table = table.assign(due=pd.to_datetime(table["due"]), ordered_on=pd.to_datetime(table["ordered_on"]))
    week = monday_on_or_after(table["due"]) if len(table) else table["due"]
    return table.assign(week=week.where(table["due"] >= company.as_of, company.as_of + WEEK))


def _joined(own: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    if more.empty:
        return own
    fitting = more.reindex(columns=own.columns).astype(own.dtypes.to_dict())
    texts = own.select_dtypes(object).columns
    fitting[texts] = fitting[texts].fillna("")
    return pd.concat([own, fitting], ignore_index=True) if len(own) else fitting.reset_index(drop=True)


def _unplanned(line: dict[str, Any]) -> Problem:
    what = "an approved order names an item that is no longer planned at that place"
    remedy = f"Put the item back, or take the order back: restock withdraw {line.get('po') or 'ORDER'}."
    effect = "The order is not counted."
    return Problem("warn", "orders", what, remedy, effect, sku=line["sku"], field="location", value=line["location"])


def _overdue(late: pd.DataFrame) -> list[Problem]:
    what = "an exported order is overdue, and the company's tables do not know it"
    remedy = "Enter it in open_orders or receipts under its number; if it was never placed: restock withdraw {}."
    effect = "It is expected a week from now."
    return [
        Problem("warn", "orders", what, remedy.format(row["po"]), effect, sku=row["sku"], field="po", value=row["po"])
        for row in late.to_dict(orient="records")
    ]
