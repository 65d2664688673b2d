"""What each command does, once the call is understood; imported late, so that help answers at once."""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from data.company import Company
from data.gate import read_company
from data.health import health
from data.problems import Problem
from data.progress import Progress
from restock import issues, outcome
from restock.call import Call, NoPlan
from restock.export import FORECAST, csv, summary, write_accuracy, write_demand, write_issues, write_models, write_run
from restock.files import WrongCall, prepared, write_text
from restock.health_files import read_health, write_health
from restock.wording import Money, share
from scenarios.run import Run

NOTHING_FOUND = 0.05
"""The gap above which a plan without orders is taken for no plan."""


def run_demo(call: Call, folder: Path) -> None:
    """The sample company into DIR/input, its plan into DIR/out."""
    from data.sample import AS_OF

    source = folder / "input"
    write_sample_company(source, call.progress)
    _plan_into(call, str(source), AS_OF, folder / "out")


def write_sample_company(folder: Path, progress: Progress) -> None:
    """Writes the sample company's tables; never over a file that differs, for it may be somebody's own data."""
    from data.sample import write_sample

    progress("sample", 0.0)
    prepared(folder)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".sample-") as fresh:
        write_sample(Path(fresh))
        tables = sorted(path for path in Path(fresh).iterdir() if path.is_file())
        for table in tables:
            _refuse_to_overwrite(folder / table.name, table)
        for table in tables:
            table.replace(folder / table.name)
    progress("sample", 1.0)


def _refuse_to_overwrite(there: Path, fresh: Path) -> None:
    if there.exists() and there.read_bytes() != fresh.read_bytes():
        raise WrongCall(
            f"{there} is there already and is not the sample company's. Give another folder: restock demo DIR"
        )


def run_check(call: Call, source: str, as_of: date | None, before: Path | None, out: Path | None) -> None:
    """The data gate alone."""
    if out is not None:
        prepared(out, source)
    earlier = read_health(before)
    company, problems = read_company(source, _timestamp(as_of), call.progress)
    found = health(problems, company, earlier)
    written = None
    if out is not None:
        write_issues(problems, out)
        write_health(found, out)
        written = out / "issues.csv"
    machine = issues.machine(problems, "accepted", written, found) | {"as_of": f"{company.as_of:%Y-%m-%d}"}
    call.answer(machine, lambda: outcome.show_check(company, problems, found, written))


def run_forecast(call: Call, source: str, as_of: date | None, horizon: int | None, out: Path) -> None:
    """Forecasts alone."""
    from forecast.engine import forecast

    prepared(out, source)
    company, problems = read_company(source, _timestamp(as_of), call.progress)
    company = with_horizon(company, horizon)
    found = forecast(company, call.progress)
    problems = [*problems, *found.problems]
    write_text(out / "forecast.csv", csv(found.table(), FORECAST))
    write_models(found.models, out)
    accuracy, gained = found.accuracy(), found.value_added()
    write_accuracy(accuracy, gained, out)
    write_demand(found.demand, out)
    write_issues(problems, out)
    call.answer(
        outcome.forecast_summary(company, found, accuracy, gained, problems) | {"out": str(out)},
        lambda: outcome.show_forecast(company, found, accuracy, gained, problems, out),
    )


def with_horizon(company: Company, weeks: int | None) -> Company:
    """The company, looking ``weeks`` ahead if given."""
    if weeks is None:
        return company
    horizon = company.policy.horizon.model_copy(update={"weeks": weeks})
    return replace(company, policy=company.policy.model_copy(update={"horizon": horizon}))


def run_plan(call: Call, source: str, as_of: date | None, out: Path) -> None:
    """The main job."""
    _plan_into(call, source, _timestamp(as_of), out)


def _plan_into(call: Call, source: str, as_of: pd.Timestamp | None, out: Path) -> None:
    from scenarios.pipeline import run

    prepared(out, source)
    finished = run(source, as_of, call.progress)
    insist_on_a_plan(finished)
    call.progress("files", 0.0)
    write_run(finished, out)
    call.progress("files", 1.0)
    call.answer(summary(finished) | {"out": str(out)}, lambda: outcome.show_plan(finished, out))


def insist_on_a_plan(finished: Run) -> None:
    """Raises NoPlan if the time ran out before the search had left its starting point, ordering nothing."""
    plan, seconds = finished.plan, finished.company.policy.solver.seconds
    if plan.status != "optimal" and plan.orders.empty and plan.gap > NOTHING_FOUND:
        raise NoPlan(
            f"No usable plan in {seconds:g} seconds: nothing better than ordering nothing was found, and up to "
            f"{share(plan.gap)} of its cost might be saved. Allow more time in restock.toml: seconds under [solver]."
        )


def run_backtest(call: Call, source: str, first: date, rounds: int, forecast_value: bool, out: Path) -> None:
    """The replay of past Mondays."""
    from restock import backtest_files
    from scenarios.backtest import backtest

    prepared(out, source)
    company, problems = read_company(source, None, call.progress)

    def watched(stage: str, share: float) -> None:
        call.progress(f"Replaying: {stage}", share)

    played = backtest(company, pd.Timestamp(first), rounds, watched, forecast_value)
    found: list[Problem] = [*problems, *played.problems]
    money = Money(company.policy.money.currency)
    backtest_files.write(played, money, out)
    write_issues(found, out)
    call.answer(
        backtest_files.machine(played) | {"out": str(out)},
        lambda: backtest_files.show(played, money, out),
    )


def _timestamp(day: date | None) -> pd.Timestamp | None:
    return None if day is None else pd.Timestamp(day)
