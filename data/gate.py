"""The door of the data gate: a source becomes a company, with the list of all that is wrong in it."""

from pathlib import Path

import pandas as pd

from data.calendar import monday_of
from data.company import Company
from data.digest import input_digest
from data.fill import fill_company
from data.findings import Findings
from data.load import load, policy_path
from data.policy_file import read_policy
from data.problems import Problem
from data.progress import Progress, silent
from data.tables import Tables, check_tables


def read_company(
    source: str | Path, as_of: pd.Timestamp | None = None, progress: Progress = silent
) -> tuple[Company, list[Problem]]:
    """The company that the source describes as of a Monday before opening, and every problem found, in order.

    ``source``: a folder of CSV or Parquet files, an .xlsx workbook, or a database URL. ``as_of`` None: the Monday
    after the last week with sales. Raises ``data.problems.Rejected`` if a problem stops the run.
    """
    found = Findings()
    progress("read", 0.0)
    _check_monday(as_of, found)
    policy = read_policy(policy_path(source), found)
    raws = load(source, found)
    progress("read", 1.0)
    progress("check", 0.0)
    tables = check_tables(raws, policy, found)
    found.stop_if_blocked()
    company = fill_company(tables, policy, as_of or _next_monday(tables), input_digest(raws, policy), found)
    found.stop_if_blocked()
    progress("check", 1.0)
    return company, found.problems


def _check_monday(as_of: pd.Timestamp | None, found: Findings) -> None:
    if as_of is None or (as_of.weekday() == 0 and as_of == as_of.normalize()):
        return
    nearest = (as_of + pd.Timedelta(days=3)).normalize()
    nearest -= pd.Timedelta(days=nearest.weekday())
    remedy = f"The nearest Monday is {nearest:%Y-%m-%d}."
    problem = "a run is as of a Monday before opening"
    value = f"{as_of:%Y-%m-%d}, a {as_of:%A}"
    found.add("block", "call", problem, remedy, "The run stops.", field="as-of", value=value)


def _next_monday(tables: Tables) -> pd.Timestamp:
    """The Monday after the last week with sales; without sales, the first week of the forecast."""
    if tables.given("sales"):
        last: pd.Timestamp = monday_of(tables["sales"].frame["date"].agg(["max"])).iloc[0]
        return last + pd.Timedelta(weeks=1)
    first: pd.Timestamp = monday_of(tables["forecast"].frame["week"].agg(["min"])).iloc[0]
    return first
