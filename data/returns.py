"""What was given back reduces what was sold: in its own week, and what is more than that in the weeks before."""

from typing import Any

import numpy as np
import pandas as pd

from data.company import Floats
from data.findings import Findings


def carried_back(net: Floats, series: pd.MultiIndex, weeks: pd.DatetimeIndex, found: Findings) -> Floats:
    """Weekly units (N, T) without negative weeks: a week's excess of returns is taken from the latest weeks before it.

    What no earlier week can take is reported and left out: it undoes sales older than the history.
    """
    units = net.copy()
    for row in np.flatnonzero((net < 0).any(axis=1)).tolist():
        for week in np.flatnonzero(net[row] < 0).tolist():
            excess, units[row, week] = -units[row, week], 0.0
            earlier = np.cumsum(units[row, :week][::-1])
            taken = np.minimum(earlier, excess)
            units[row, :week] -= np.diff(taken, prepend=0.0)[::-1]
            left = excess - (taken[-1] if len(taken) else 0.0)
            if left > 0:
                _report(series[row], weeks[week], float(left), found)
    return units


def _report(pair: tuple[Any, ...], week: pd.Timestamp, units: float, found: Findings) -> None:
    problem = "more was given back than the history had sold until then"
    remedy = "None needed if the sale was before the first week."
    effect = "The units are not netted."
    value = f"{units:g} units in the week of {week:%Y-%m-%d} at {pair[1]}"
    found.add("info", "sales", problem, remedy, effect, sku=pair[0], field="units", value=value)
