"""Run: one pass of the whole job, with everything needed to show, compare or repeat it."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import version as installed_version

import pandas as pd

from data.company import Company
from data.problems import Problem
from forecast.engine import Forecast
from optimize.plan import Plan


@dataclass(frozen=True)
class Run:
    """What one run found and decided.

    ``problems``: the gate's and the forecast's, in the order they were found.
    ``accuracy``: how right the forecast was on past weeks (see ``forecast.accuracy``).
    ``value_added``: what planners' overrides did in weeks that have sold since (see ``forecast.value_added``).
    ``alerts``: rows of alerts.csv, by money at risk; ``kpis``: the plan in figures (see ``scenarios.kpis``).
    ``seconds``: by stage (check, forecast, accuracy, plan, alerts), the planner's own stages as ``plan.<stage>``.
    """

    run_id: str
    as_of: pd.Timestamp
    version: str
    seed: int
    company: Company
    problems: list[Problem]
    forecast: Forecast
    accuracy: pd.DataFrame
    value_added: pd.DataFrame
    plan: Plan
    alerts: pd.DataFrame
    kpis: dict[str, float]
    seconds: dict[str, float]


def version() -> str:
    """The version of restock that is installed."""
    return installed_version("restock")


def run_id(company: Company) -> str:
    """The run's name: its Monday and a digest of input, Monday, seed and version; equal for equal runs."""
    told = "\n".join([company.input_digest, f"{company.as_of:%Y-%m-%d}", str(company.policy.seed), version()])
    return f"{company.as_of:%Y-%m-%d}-{hashlib.sha256(told.encode()).hexdigest()[:10]}"
