"""The main job, in its order: check, forecast, plan, alerts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from data.company import Company
from data.gate import read_company
from data.problems import Problem
from data.progress import Progress, silent
from forecast.engine import Forecast, forecast
from optimize.disputes import with_disputes
from optimize.open_decisions import after
from optimize.planner import plan
from scenarios.alerts import alerts
from scenarios.kpis import kpis
from scenarios.run import Run, run_id, version

Predict = Callable[[Company, Progress], Forecast]


def run(source: str | Path, as_of: pd.Timestamp | None = None, progress: Progress = silent) -> Run:
    """Do the whole job on the input at ``source``, as of a Monday (None: the one after the last week with sales).

    Raises ``data.problems.Rejected`` when the gate rejects the input.
    """
    seconds: dict[str, float] = {}
    with _timed("check", seconds):
        company, problems = read_company(source, as_of, progress)
    return run_company(company, problems, progress, seconds)


def run_company(
    company: Company,
    problems: list[Problem],
    progress: Progress = silent,
    seconds: dict[str, float] | None = None,
    predict: Predict = forecast,
) -> Run:
    """The job after the gate: ``problems`` are the gate's, ``seconds`` what was spent so far, ``predict`` forecasts."""
    spent = dict(seconds or {})
    with _timed("forecast", spent):
        demand = predict(company, progress)
    with _timed("accuracy", spent):
        accuracy, gained = demand.accuracy(), demand.value_added()
    with _timed("plan", spent):
        company = with_disputes(company, demand.paths.values)
        decided = plan(company, demand.paths.values, progress)
    with _timed("alerts", spent):
        settled = after(company, decided.open_orders["decision"].tolist())
        warnings = alerts(settled, demand.paths, decided)
        figures = kpis(settled, demand.paths, decided)
    progress("alerts", 1.0)
    return Run(
        run_id=run_id(company),
        as_of=company.as_of,
        version=version(),
        seed=company.policy.seed,
        company=company,
        problems=[*problems, *demand.problems],
        forecast=demand,
        accuracy=accuracy,
        value_added=gained,
        plan=decided,
        alerts=warnings,
        kpis=figures,
        seconds=spent | {f"plan.{stage}": value for stage, value in decided.seconds.items()},
    )


@contextmanager
def _timed(stage: str, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start
