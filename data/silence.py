"""Silence: weeks in which a location that always sells has not one sales row. Its report is missing, or it was shut."""

from typing import Any

import numpy as np
import pandas as pd

from data.company import Floats
from data.findings import Findings

USUAL_ROWS = 7.0  # series with a row in a usual week, from which on a week without any is no chance (e^-7 < 0.1%)
LATE = 2  # weeks at the end that may be silent because they were not reported yet; more, and the location has closed

Flags = np.ndarray[Any, np.dtype[np.bool_]]


def silent(rows: Floats, series: pd.MultiIndex, weeks: pd.DatetimeIndex, found: Findings) -> Flags:
    """(N, T): weeks of each series in which its location was silent, though the company was not; one warning each.

    ``rows`` (N, T): sales rows of each series and week. Weeks before a location's first row are not silent.
    """
    locations, names = pd.factorize(series.get_level_values("location"))
    selling = np.zeros((len(names), len(weeks)))
    np.add.at(selling, locations, (rows > 0).astype(float))
    quiet = np.stack([_quiet(line) for line in selling]) & (selling.sum(axis=0) > 0)
    for name, line in zip(names.tolist(), quiet, strict=True):
        if line.any():
            _tell(str(name), weeks[line], found)
    return np.asarray(quiet[locations])


def _quiet(selling: Floats) -> Flags:
    """The silent weeks (T,) of a location in which ``selling`` (T,) series had rows."""
    open_weeks = np.flatnonzero(selling)
    quiet = selling == 0
    if not len(open_weeks) or selling[open_weeks].mean() < USUAL_ROWS:
        return np.zeros_like(quiet)
    quiet[: open_weeks[0]] = False
    if len(selling) - 1 - open_weeks[-1] > LATE:
        quiet[open_weeks[-1] :] = False
    return np.asarray(quiet)


def _tell(location: str, weeks: pd.DatetimeIndex, found: Findings) -> None:
    more = f" and {len(weeks) - 1} more" if len(weeks) > 1 else ""
    problem = f"location {location} has no sales row in a week in which it usually sells many items"
    remedy = "Add the week's sales, or rows with 0 units if the location was open and sold nothing."
    effect = "The week counts as missing data there, not as no sales."
    found.add("warn", "sales", problem, remedy, effect, field="date", value=f"{weeks[0]:%Y-%m-%d}{more}")
