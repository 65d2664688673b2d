"""The weekly round: what its commands do, once the call is understood."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import structlog

from data.findings import Findings
from data.load import policy_path
from data.policy import Policy
from data.policy_file import read_policy
from restock import outcome, weekly_words
from restock.call import Call
from restock.commands import insist_on_a_plan
from restock.export import write_run
from restock.files import prepared
from restock.metrics import write_metrics
from restock.notify import notify
from restock.purchase_order_files import write_purchase_orders, write_tracking
from restock.wording import Money
from scenarios.approval import Approved, approve, approver, held_before, insist_on_latest, proposals_of, unedited
from scenarios.changes import Changes
from scenarios.edited_lines import Edited, read_edits
from scenarios.history import history, latest_done
from scenarios.kept import found_again, readable
from scenarios.lock import locked
from scenarios.purchase_orders import PurchaseOrder, export
from scenarios.refusals import Refused, RejectedLines
from scenarios.repeat import repeat, why_not
from scenarios.run import Run
from scenarios.state import State, known_state, new_state
from scenarios.tracking import tracking
from scenarios.weekly import Weekly, weekly
from scenarios.withdrawal import withdraw

LATEST = "latest"


def run_weekly(
    call: Call, source: str, as_of: date | None, folder: Path, store: str, seconds: float | None, metrics: Path | None
) -> None:
    """The scheduled run; whoever is to be told hears how it ended, whichever way."""
    state = new_state(folder, store)
    with _told(source, as_of, metrics):
        done = weekly(source, pd.Timestamp(as_of) if as_of else None, state, write_files, call.progress, seconds)
        for killed in done.recovered:
            structlog.get_logger().warning("cleared away what a killed run left", run=killed)
        money = _money(state)
        told = _machine(done, money)
        if done.run is not None:
            _tell(_policy(source), metrics, "done", told, done.run)
    call.answer(told, lambda: _show_weekly(done, told, folder, money))


def write_files(run: Run, folder: Path, last: Path | None, changed: Changes | None) -> None:
    """Every file of a weekly run, its data's health beside the last run's; raises ``NoPlan`` if it found none."""
    insist_on_a_plan(run)
    write_run(run, folder, last, changed)
    write_metrics(folder / "metrics.prom", "done", run)


@contextmanager
def _told(source: str, as_of: date | None, metrics: Path | None) -> Iterator[None]:
    """Tells of a run that did not end well."""
    from data.problems import Rejected

    try:
        yield
    except Exception as error:
        status = "rejected" if isinstance(error, Rejected) else str(getattr(error, "ended_as", "failed"))
        told: dict[str, object] = {"message": str(error), "as_of": f"{as_of or ''}"}
        _tell(_policy(source), metrics, status, told, None)
        raise


def _tell(policy: Policy, metrics: Path | None, status: str, told: dict[str, object], run: Run | None) -> None:
    if metrics is not None:
        write_metrics(metrics, status, run)
    names = ("run_id", "as_of", "out", "orders", "value", "alerts", "stopped")
    notify(
        policy.notify,
        {"status": status, "message": told["message"], "as_of": told["as_of"]}
        | {name: told[name] for name in names if name in told},
    )


def _machine(done: Weekly, money: Money) -> dict[str, object]:
    """The run's summary, and where it stands in the history."""
    summed: dict[str, object] = json.loads((done.folder / "summary.json").read_text(encoding="utf-8"))
    counted: Any = summed["counts"]
    return summed | {
        "out": str(done.folder),
        "already_done": done.run is None,
        "approved_by_rule": done.approved,
        "recovered": done.recovered,
        "orders": done.row["orders"],
        "value": round(float(done.row["value"]), 2),
        "alerts": counted["alerts"],
        "stopped": done.row["stopped"],
        "message": weekly_words.sentence(done, money),
    }


def _show_weekly(done: Weekly, told: dict[str, Any], folder: Path, money: Money) -> None:
    if done.run is not None:
        outcome.show_plan(done.run, done.folder)
    if "changes" in told:
        weekly_words.show_changed(told["changes"], done.folder, money)
    weekly_words.show_next(done, folder, money)


def run_approve(
    call: Call,
    name: str,
    folder: Path,
    store: str,
    who: str,
    why: str,
    lines: Path | None,
    choice: tuple[list[str], list[str]],
    until: date | None,
) -> None:
    """Approves the orders of a run that are due now; ``choice``: only these suppliers, and SKUs to hold back."""
    state = known_state(folder, store)
    with locked(state.folder, state.engine):
        with state.engine.connect() as connection:
            row = (latest_done(connection) if name == LATEST else None) or state.done(name)
            insist_on_latest(connection, row)
            proposals = proposals_of(connection, str(row["run_id"]))
            held = held_before(connection, str(row["run_id"]))
        place = found_again(state.inputs, str(row["kept"]))
        edits = _sent_back(state, row, place, lines, proposals) if lines else unedited(proposals, held)
        edits = _chosen(edits, *choice)
        by = approver(who, why, pd.Timestamp(str(row["as_of"])), _policy(str(place)).approval.weeks, f"{until or ''}")
        with state.engine.begin() as connection:
            done = approve(connection, row, edits, by)
    money = _money(state)
    call.answer(_approved(done, row), lambda: weekly_words.show_approved(done, folder, money))


def _sent_back(
    state: State, row: dict[str, Any], place: Path, lines: Path, proposals: list[dict[str, Any]]
) -> list[Edited]:
    """The lines of the file that was sent back; raises ``RejectedLines`` with all that is wrong in them."""
    from data.gate import read_company
    from data.problems import Rejected
    from restock.edited_workbook import read_lines

    company, _ = read_company(place, pd.Timestamp(row["as_of"]))
    texts: Any = dict.fromkeys(("supplier", "sku", "location", "order_date"), str)
    plan = pd.read_csv(state.runs / row["run_id"] / "orders.csv", dtype=texts, keep_default_na=False)
    try:
        edits = read_edits(read_lines(lines), company, proposals, plan[plan["order_date"] > row["as_of"]])
    except Rejected as rejected:
        raise RejectedLines([replace(one, effect="Nothing is approved.") for one in rejected.problems]) from None
    if not edits:
        raise Refused(
            f"{lines} holds no order line that is due now: nothing would be approved. "
            "To hold lines back, write yes under hold."
        )
    return edits


def _chosen(edits: list[Edited], suppliers: list[str], hold: list[str]) -> list[Edited]:
    """Those of the suppliers, if any are named; lines of SKUs to be held are held."""
    named = {edit.line["supplier"] for edit in edits} | {edit.line["sku"] for edit in edits}
    unknown = sorted({*suppliers, *hold} - named)
    if unknown:
        raise Refused(f"The run proposes nothing for {', '.join(unknown)}. See orders.csv in its folder.")
    kept = [edit for edit in edits if not suppliers or edit.line["supplier"] in suppliers]
    return [Edited(e.line, e.proposal, e.hold or e.line["sku"] in hold, e.why) for e in kept]


def _approved(done: Approved, row: dict[str, Any]) -> dict[str, object]:
    return {"run_id": row["run_id"], "as_of": row["as_of"], **vars(done), "value": round(done.value, 2)}


def run_export(call: Call, folder: Path, store: str, out: Path) -> None:
    """Approved orders that were never exported, into OUT."""
    state = known_state(folder, store)
    prepared(out)
    with locked(state.folder, state.engine):
        money = _money(state)
        orders, ended = export(state, out, partial(write_purchase_orders, currency=money.currency))
    machine = {
        "out": str(out),
        "orders": [_order(order) for order in orders],
        "ended": [_order(order) for order in ended],
        "lines": sum(len(order.lines) for order in orders),
        "value": round(sum(order.value for order in orders), 2),
    }
    call.answer(machine, lambda: weekly_words.show_exported(orders, ended, out, money))


def _money(state: State) -> Money:
    """Money in the currency of the latest run's input."""
    with state.engine.connect() as connection:
        latest = latest_done(connection)
    policy = _policy(str(readable(state.inputs / str(latest["kept"])))) if latest else Policy()
    return Money(policy.money.currency)


def _order(order: PurchaseOrder) -> dict[str, object]:
    named = {"po": order.po, "supplier": order.supplier, "file": f"{order.name}.csv"}
    return {**named, "lines": len(order.lines), "value": round(order.value, 2)}


def run_runs(call: Call, folder: Path, store: str) -> None:
    """The history of runs."""
    state = known_state(folder, store)
    table, money = history(state), _money(state)
    call.answer({"runs": table.to_dict(orient="records")}, lambda: weekly_words.show_runs(table, folder, money))


def run_repeat(call: Call, run_id: str, folder: Path, store: str, out: Path | None) -> None:
    """A past run again, compared with what it wrote then."""
    state = known_state(folder, store)
    with tempfile.TemporaryDirectory(prefix="restock-") as scratch:
        done = repeat(state, run_id, prepared(out or Path(scratch)), write_files, call.progress)
    reason = why_not(state.done(run_id)) if done.differ else ""
    machine: dict[str, object] = {"run_id": run_id, "same": done.same, "differ": done.differ, "reason": reason}
    call.answer(machine, lambda: weekly_words.show_repeated(run_id, done, reason))


def run_orders(call: Call, folder: Path, store: str, out: Path | None) -> None:
    """What became of the approved orders."""
    state = known_state(folder, store)
    with state.engine.connect() as connection:
        table = tracking(connection)
    if out is not None:
        write_tracking(table, prepared(out))
    told = json.loads(table.to_json(orient="records"))
    call.answer({"orders": told}, lambda: weekly_words.show_orders(table, folder))


def run_withdraw(call: Call, order: str, folder: Path, store: str, who: str, why: str) -> None:
    """Takes an approved order back."""
    state = known_state(folder, store)
    with locked(state.folder, state.engine), state.engine.begin() as connection:
        lines = withdraw(connection, order, who, why)
    units = sum(float(line["units"]) for line in lines)
    machine = {"order": order, "lines": len(lines), "units": units}
    call.answer(machine, lambda: weekly_words.show_withdrawn(order, lines))


def _policy(source: str) -> Policy:
    """The policy beside the input; the defaults where it is faulty (the gate says so)."""
    return read_policy(policy_path(source), Findings())
