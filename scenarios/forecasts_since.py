"""How right the forecasts of past weekly runs were, beside what anybody could have forecast on the same Mondays."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.candidates import Demand
from forecast.censoring import sales_of
from forecast.simple import moving_average
from scenarios.state import State

COLUMNS = ["run_id", "as_of", "weeks", "wape", "naive_wape", "value_added"]
SCORED = 4


def scored_forecasts(state: State, runs: list[dict[str, Any]], now: Company) -> pd.DataFrame:
    """One row per run (``COLUMNS``): its forecast of the next four weeks against what sold since.

    ``weeks``: series' weeks that were fully in stock; ``wape``: errors as a share of demand, ``naive_wape`` those of
    the 13-week average of that Monday; ``value_added``: the difference.
    """
    demand = sales_of(now)
    return pd.DataFrame(
        [_scored(state.runs / str(row["run_id"]) / "forecast.csv", row, demand) for row in runs], columns=COLUMNS
    )


def _scored(path: Path, row: dict[str, Any], demand: Demand) -> dict[str, Any]:
    monday = pd.Timestamp(str(row["as_of"]))
    known = int(demand.weeks.searchsorted(monday))
    ahead = demand.weeks[known : known + SCORED]
    real = demand.seen_units[:, known : known + SCORED]
    naive = moving_average(demand.seen_units[:, :known], len(ahead))
    ours = _forecast(path, demand.company.series, ahead)
    seen = np.isfinite(real) & np.isfinite(ours)
    wape, naive_wape = (_wape(real[seen], one[seen]) for one in (ours, naive))
    figures = {"weeks": int(seen.sum()), "wape": wape, "naive_wape": naive_wape, "value_added": naive_wape - wape}
    return {"run_id": row["run_id"], "as_of": monday, **figures}


def _forecast(path: Path, series: pd.MultiIndex, weeks: pd.DatetimeIndex) -> Floats:
    """The mean forecast (N, weeks) of a kept run; NaN where it had none."""
    texts: Any = {"sku": str, "location": str}
    table = pd.read_csv(path, dtype=texts, keep_default_na=False, parse_dates=["week"])
    rows = series.get_indexer(pd.MultiIndex.from_frame(table[["sku", "location"]]))
    columns = weeks.get_indexer(pd.DatetimeIndex(table["week"]))
    found = np.full((len(series), len(weeks)), np.nan)
    inside = (rows >= 0) & (columns >= 0)
    found[rows[inside], columns[inside]] = table["mean"].to_numpy(dtype=float)[inside]
    return found


def _wape(real: Floats, forecast: Floats) -> float:
    return float(np.abs(real - forecast).sum() / real.sum()) if real.sum() > 0 else float("nan")
