"""restock changes: two runs beside each other, and why their orders of today differ."""

import json
from pathlib import Path

import pandas as pd

from data.company import Company
from data.gate import read_company
from data.progress import Progress
from restock.call import Call
from restock.changes_files import show, write_changes
from restock.files import WrongCall, prepared
from restock.report_changes import in_figures
from restock.wording import Money
from scenarios.last_week import Made, read_made
from scenarios.past_run import made_of
from scenarios.state import known_state

NEEDED = ("summary.json", "orders.csv", "forecast.csv", "projection.csv")


def run_changes(
    call: Call, runs: tuple[str, str], inputs: tuple[str | None, str | None], folder: Path | None, store: str, out: Path
) -> None:
    """``runs``: before and now, names of runs in the state ``folder``, else folders, made from ``inputs``."""
    from forecast.engine import forecast
    from optimize.disputes import with_disputes
    from scenarios.changes import changes

    if folder is not None:
        state = known_state(folder, store)
        before, now = (made_of(state, state.done(run), call.progress) for run in runs)
    else:
        source = inputs[1] or inputs[0]
        if source is None:
            raise WrongCall("Say what the runs were made from: --input INPUT, or --state DIR for weekly runs.")
        before = _of_folder(Path(runs[0]), inputs[0] or source, call.progress)
        now = _of_folder(Path(runs[1]), source, call.progress)
    if before.company.as_of > now.company.as_of:
        raise WrongCall(f"{runs[0]} is of a later Monday than {runs[1]}. Name the earlier run first.")
    prepared(out)
    paths = forecast(now.company, call.progress).paths
    company = with_disputes(now.company, paths.values)
    found = changes(before, company, paths, now.orders, call.progress)
    target = write_changes(found, out)
    money = Money(company.policy.money.currency)
    call.answer(in_figures(found) | {"changes_csv": str(target)}, lambda: show(found, money, target))


def _of_folder(folder: Path, source: str, progress: Progress) -> Made:
    """A run's files, and the input that they were made from."""
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise WrongCall(f"{folder} holds no run: {missing[0]} is missing.")
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    company: Company = read_company(source, pd.Timestamp(summary["as_of"]), progress)[0]
    if company.input_digest != summary["input_digest"]:
        raise WrongCall(
            f"{folder} was not made from {source} as it is now: give what it was made from with --input-before or "
            "--input."
        )
    return read_made(folder, company)
