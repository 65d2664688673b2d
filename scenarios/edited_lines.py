"""The order lines that a person sent back: read, matched with what was proposed, checked against the terms."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.check import Checked, check_table
from data.columns import MOST_UNITS, Column, Table
from data.company import Company
from data.findings import Findings, RawTable
from scenarios.lanes import paid_unit_cost
from scenarios.store import LINE_KEY

Lanes = dict[tuple[str, str, str], dict[Any, Any]]
REPEATED = ("sku", "the order line stands more than once", "Leave it once, with all its units.")
NOT_READ = ("arrival_date", "unit_cost", "value", "firm", "reason", "product")


def _needed(name: str, kind: Any, meaning: str, **more: Any) -> Column:
    return Column(name, kind, meaning, required=True, if_bad="block", **more)


LINES = Table(
    "lines",
    "Order lines sent back for approval: orders.csv or a sheet of orders.xlsx, edited.",
    (
        _needed("supplier", "text", "supplier"),
        _needed("sku", "text", "item"),
        Column("location", "text", "shop or warehouse", default="main", if_bad="block"),
        _needed("order_date", "date", "Monday of the order"),
        _needed("units", "whole", "units to order; 0: not to be ordered", low=0, high=MOST_UNITS),
        Column("expedite", "share", "1: by express", default=0.0, if_bad="block"),
        Column("hold", "share", "1: held back, not approved", default=0.0, if_bad="block"),
        Column("why", "text", "why it was changed", default=""),
        *(Column(name, "text", "not read", default="") for name in NOT_READ),
    ),
)


@dataclass(frozen=True)
class Edited:
    """A line as it was sent back: ``line`` what to order; ``proposal`` what it was, None if a person added it."""

    line: dict[str, Any]
    proposal: dict[str, Any] | None
    hold: bool
    why: str


def read_edits(
    tables: list[RawTable], company: Company, proposals: list[dict[str, Any]], outlook: pd.DataFrame
) -> list[Edited]:
    """The lines of the tables that answer the run's ``proposals`` or add to them; those of its ``outlook`` (later lines
    of its orders.csv) are not for approval yet. Raises ``Rejected`` with all that is wrong in them."""
    found = Findings()
    checked = [table for raw in tables if (table := _read(raw, found)) is not None]
    found.stop_if_blocked()
    edits = _matched(pd.concat([_lines(table) for table in checked], ignore_index=True), proposals, outlook)
    for table in checked:
        _check(table, company, edits, found)
    found.stop_if_blocked()
    return [_priced(edit, company) for edit in edits]


def _read(raw: RawTable, found: Findings) -> Checked | None:
    declared = replace(LINES, name=raw.name)
    return check_table(raw, "", found, declared)


def _lines(table: Checked) -> pd.DataFrame:
    frame = table.frame.drop(columns=list(NOT_READ))
    texts = ["supplier", "sku", "location", "why"]
    frame[texts] = frame[texts].astype(object)
    return frame.assign(table=table.table.name, row=frame.index)


def _matched(lines: pd.DataFrame, proposals: list[dict[str, Any]], outlook: pd.DataFrame) -> list[Edited]:
    """Each line with the proposal that it answers: the same line, else the one left of the same item and location."""
    open_ones = {_key(one): one for one in proposals}
    later = {(_key(one), float(one["units"])) for one in outlook.to_dict(orient="records")}
    rows = [_plain(row) for row in lines.to_dict(orient="records")]
    same = {at: open_ones.pop(_key(row)) for at, row in enumerate(rows) if _key(row) in open_ones}
    edits = []
    for at, row in enumerate(rows):
        proposal = same.get(at)
        if proposal is None and (_key(row), row["units"]) in later:
            continue
        if proposal is None:
            near = [key for key, one in open_ones.items() if _place(one) == _place(row)]
            proposal = open_ones.pop(near[0]) if near else None
        edits.append(Edited(row, proposal, row["hold"] > 0 or row["units"] == 0, row["why"]))
    return edits


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    numbers = {name: float(row[name]) for name in ("units", "expedite", "hold")}
    return row | numbers | {"order_date": f"{row['order_date']:%Y-%m-%d}"}


def _key(line: dict[Any, Any]) -> tuple[Any, ...]:
    return tuple(float(line[name] > 0) if name == "expedite" else str(line[name]) for name in LINE_KEY)


def _place(line: dict[str, Any]) -> tuple[str, str]:
    return line["sku"], line["location"]


def _check(table: Checked, company: Company, edits: list[Edited], found: Findings) -> None:
    """Every rule that a line of the table breaks, with its row."""
    lanes, lines = _lanes(company), Counter(_key(edit.line) for edit in edits if not edit.hold)
    for edit in [edit for edit in edits if edit.line["table"] == table.table.name and not edit.hold]:
        twice = lines[_key(edit.line)] > 1
        for field, problem, remedy in [*_broken(edit.line, lanes, company.as_of), *([REPEATED] if twice else [])]:
            row = pd.Index([edit.line["row"]])
            found.rows("block", table.raw, row, field, problem, remedy, "Nothing is approved.")


def _lanes(company: Company) -> Lanes:
    rows = company.sourcing.to_dict(orient="records")
    return {(row["sku"], row["location"], row["supplier"]): row for row in rows}


def _broken(line: dict[str, Any], lanes: Lanes, monday: pd.Timestamp) -> list[tuple[str, str, str]]:
    day = pd.Timestamp(line["order_date"])
    wrong = []
    if day.weekday() != 0 or day < monday:
        wrong.append(
            (
                "order_date",
                "the order date is no Monday from the run's on",
                f"Write {monday:%Y-%m-%d} or a later Monday.",
            )
        )
    key = (line["sku"], line["location"], line["supplier"])
    if key not in lanes:
        known = ", ".join(sorted({s for sku, place, s in lanes if (sku, place) == key[:2]})) or "nobody"
        wrong.append(
            ("supplier", "the supplier does not deliver the item to that location", f"It is delivered by: {known}.")
        )
        return wrong
    lane = lanes[key]
    if line["expedite"] > 0 and np.isnan(lane["expedite_lead_time_weeks"]):
        wrong.append(("expedite", "the supplier does not deliver the item by express", "Leave expedite at 0."))
    return [*wrong, *_broken_lot(line["units"], lane)]


def _broken_lot(units: float, lane: dict[Any, Any]) -> list[tuple[str, str, str]]:
    pack = max(float(lane["pack_size"]), 1.0)
    least = np.ceil(max(float(lane["moq"]), 1.0) / pack) * pack
    most = np.floor(float(lane["max_units"]) / pack) * pack
    if units < least:
        return [
            (
                "units",
                "the units are below the supplier's minimum",
                f"Write at least {least:,.0f}, or 0 to leave it out.",
            )
        ]
    if units > most:
        return [("units", "the units are above the supplier's maximum", f"Write at most {most:,.0f}.")]
    if units % pack:
        below, above = np.floor(units / pack) * pack, np.ceil(units / pack) * pack
        near = " or ".join(f"{lot:,.0f}" for lot in sorted({max(below, least), min(above, most)}))
        return [("units", "the units are not in whole packs", f"Packs hold {pack:,.0f}: write {near}.")]
    return []


def _priced(edit: Edited, company: Company) -> Edited:
    """The line with its arrival date and unit cost: the proposal's where nothing changed, else by today's terms."""
    line, proposal = edit.line, edit.proposal
    if proposal is not None and (edit.hold or (_key(line) == _key(proposal) and line["units"] == proposal["units"])):
        terms = {name: proposal[name] for name in ("arrival_date", "unit_cost")}
    elif edit.hold:
        terms = {"arrival_date": line["order_date"], "unit_cost": 0.0}
    else:
        terms = _terms(line, company)
    names = ("supplier", "sku", "location", "order_date", "units", "expedite")
    return replace(edit, line={name: line[name] for name in names} | terms)


def _terms(line: dict[str, Any], company: Company) -> dict[str, Any]:
    express = line["expedite"] > 0
    lane = _lanes(company)[line["sku"], line["location"], line["supplier"]]
    weeks = int(lane["expedite_lead_time_weeks" if express else "lead_time_weeks"])
    rushed = lane["expedite_unit_cost"] if express and not np.isnan(lane["expedite_unit_cost"]) else None
    regular = pd.DataFrame([line | {"unit_cost": float(lane["unit_cost"])}])
    cost = float(paid_unit_cost(company, regular).iloc[0]) if rushed is None else float(rushed)
    return {"arrival_date": f"{pd.Timestamp(line['order_date']) + weeks * WEEK:%Y-%m-%d}", "unit_cost": cost}
