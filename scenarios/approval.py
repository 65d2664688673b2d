"""Approval: proposals and a person's edits become order lines that stay until they are exported or expire."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from scenarios.edited_lines import Edited
from scenarios.history import latest_done
from scenarios.refusals import Refused
from scenarios.store import DECISIONS, LINE_KEY, ORDERS, PROPOSALS, PURCHASE_ORDERS, now, rows

TERMS = ("arrival_date", "unit_cost")
PLACE = ("supplier", "sku", "location")
EDITABLE = {"units": "units", "date": "order_date", "supplier": "supplier", "express": "expedite"}


@dataclass(frozen=True)
class Approver:
    """Who decides, why, when, and the last day on which the lines hold that are not exported by then."""

    who: str
    why: str
    until: str
    at: str


@dataclass
class Approved:
    """What an approval came to: lines and value approved, how many of them were edited or added; lines held back, not
    sent back, and left as they are because they were exported before."""

    lines: int = 0
    value: float = 0.0
    edited: int = 0
    held: int = 0
    missing: int = 0
    exported: int = 0


def approver(who: str, why: str, monday: pd.Timestamp, weeks: int, until: str = "") -> Approver:
    """The approver; lines hold for ``weeks`` weeks from ``monday`` unless ``until`` says otherwise. Raises ``Refused``
    if that is over before it begins."""
    if until and until < f"{monday:%Y-%m-%d}":
        raise Refused(f"No line would hold: {until} is before the run's Monday, {monday:%Y-%m-%d}. Give a later day.")
    last = until or f"{monday + pd.Timedelta(days=7 * weeks - 1):%Y-%m-%d}"
    return Approver(who, why, last, now())


def proposals_of(connection: sa.Connection, run_id: str) -> list[dict[str, Any]]:
    """The lines of the run that are due now."""
    return rows(connection, sa.select(PROPOSALS).where(PROPOSALS.c.run_id == run_id).order_by(PROPOSALS.c.line))


def insist_on_latest(connection: sa.Connection, run: dict[str, Any]) -> None:
    """Raises ``Refused`` if a later run has planned anew since."""
    latest = latest_done(connection)
    if latest is not None and latest["attempt"] != run["attempt"]:
        raise Refused(f"A later run has planned anew since: approve {latest['run_id']} instead of {run['run_id']}.")


def held_before(connection: sa.Connection, run_id: str) -> set[tuple[str, ...]]:
    """What a person has held back of the run and not approved since: supplier, sku and location of each line."""
    decided = rows(
        connection, sa.select(DECISIONS).where(DECISIONS.c.run_id == run_id).order_by(DECISIONS.c.decision_id)
    )
    last = {tuple(str(one[name]) for name in PLACE): one["kind"] for one in decided}
    return {place for place, kind in last.items() if kind == "hold"}


def unedited(proposals: list[dict[str, Any]], held: Collection[tuple[str, ...]] = ()) -> list[Edited]:
    """All lines, as proposed; those that were held back stay so."""
    names = (*LINE_KEY, *TERMS, "units")
    return [
        Edited({name: line[name] for name in names}, line, tuple(str(line[name]) for name in PLACE) in held, "")
        for line in proposals
    ]


def approve(connection: sa.Connection, run: dict[str, Any], edits: list[Edited], by: Approver) -> Approved:
    """Approves the lines, each with a note of who decided what; a line that was approved before takes the new terms.

    What was exported since the run planned counts towards its line, so that approving twice orders once.
    """
    done = Approved()
    proposals = proposals_of(connection, run["run_id"])
    done.missing = len(proposals) - sum(edit.proposal is not None for edit in edits)
    for edit in edits:
        exported = _exported_since(connection, run, edit.line)
        wanted = edit.line["units"] - exported
        if edit.hold:
            _withdraw_line(connection, edit.proposal or edit.line)
            _note(connection, run, edit, by, "hold", edit.line["units"], 0.0)
            done.held += 1
        elif wanted <= 0:
            done.exported += 1
        else:
            done.edited += _note_changes(connection, run, edit, by)
            if edit.proposal is not None and _key(edit.proposal) != _key(edit.line):
                _withdraw_line(connection, edit.proposal)
            _put(connection, run, edit.line | {"units": wanted}, edit.why or by.why, by)
            done.lines += 1
            done.value += wanted * edit.line["unit_cost"]
    return done


def _key(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in LINE_KEY}


def _same(line: dict[str, Any]) -> list[Any]:
    return [ORDERS.c[name] == value for name, value in _key(line).items()]


def _open(line: dict[str, Any]) -> list[Any]:
    return [*_same(line), ORDERS.c.po == "", ORDERS.c.withdrawn == ""]


def _exported_since(connection: sa.Connection, run: dict[str, Any], line: dict[str, Any]) -> float:
    """Units of the same line that were exported after the run counted what is on order."""
    later = PURCHASE_ORDERS.c.export_id > run["exports"]
    orders = ORDERS.join(PURCHASE_ORDERS, ORDERS.c.po == PURCHASE_ORDERS.c.po)
    query = (
        sa.select(sa.func.sum(ORDERS.c.units)).select_from(orders).where(*_same(line), ORDERS.c.withdrawn == "", later)
    )
    return float(connection.execute(query).scalar() or 0.0)


def _put(connection: sa.Connection, run: dict[str, Any], line: dict[str, Any], why: str, by: Approver) -> None:
    values = line | {
        "run_id": run["run_id"],
        "who": by.who,
        "approved_at": by.at,
        "why": why,
        "until": max(by.until, line["order_date"]),
    }
    changed = connection.execute(ORDERS.update().where(*_open(line)).values(values).returning(ORDERS.c.order_id))
    if changed.first() is None:
        connection.execute(ORDERS.insert().values(values))


def _withdraw_line(connection: sa.Connection, line: dict[str, Any]) -> None:
    connection.execute(ORDERS.update().where(*_open(line)).values(withdrawn=now()))


def _note_changes(connection: sa.Connection, run: dict[str, Any], edit: Edited, by: Approver) -> int:
    """A note of each change, else of the approval alone; 1 if anything was changed."""
    if edit.proposal is None:
        _note(connection, run, edit, by, "added", "", edit.line["units"])
        return 1
    changes = [(kind, name) for kind, name in EDITABLE.items() if edit.line[name] != edit.proposal[name]]
    for kind, name in changes:
        _note(connection, run, edit, by, kind, edit.proposal[name], edit.line[name])
    if not changes:
        _note(connection, run, edit, by, "approved", edit.line["units"], edit.line["units"])
    return int(bool(changes))


def _note(
    connection: sa.Connection, run: dict[str, Any], edit: Edited, by: Approver, kind: str, before: Any, after: Any
) -> None:
    place = {name: edit.line[name] for name in PLACE}
    told = {"at": by.at, "who": by.who, "why": edit.why or by.why, "run_id": run["run_id"], "kind": kind}
    connection.execute(DECISIONS.insert().values(**told, **place, before=_shown(before), after=_shown(after)))


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
