"""A forecast from elsewhere (the ``forecast`` table): used instead of ours for the series that it names."""

import numpy as np
import pandas as pd

from data.company import Company, Floats
from data.problems import Problem


def supplied_rows(company: Company) -> np.ndarray:
    """Numbers of the company's series that the table names, ascending."""
    if company.forecast.empty:
        return np.empty(0, dtype=int)
    return np.flatnonzero(company.series.isin(_keys(company).unique()))


def _keys(company: Company) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(company.forecast[["sku", "location"]])


def supplied_paths(company: Company, rows: np.ndarray, ranks: Floats) -> tuple[Floats, list[Problem]]:
    """Paths (S, len(rows), H) of the named series at ``ranks`` (S, len(rows), H) in (0, 1).

    With quantiles: the inverse of the piecewise linear distribution through them, scaled so that its mean is the
    mean given. Without: certain, every path is the mean. Weeks that the table does not cover count as no demand.
    """
    horizon = company.policy.horizon.weeks
    weeks = pd.date_range(company.as_of, periods=horizon, freq="7D")
    wide = pd.MultiIndex.from_product([rows.tolist(), weeks], names=["row", "week"])
    table = company.forecast.assign(row=company.series.get_indexer(_keys(company)))
    table = table.set_index(["row", "week"])
    covered = table[~table.index.duplicated()].reindex(wide)
    shape = (len(rows), horizon)
    mean = covered["mean"].to_numpy(dtype=float).reshape(shape)
    levels = sorted(column for column in covered.columns if _is_quantile(column))
    knots = np.array([int(level[1:]) / 100 for level in levels])
    values = covered[levels].to_numpy(dtype=float).reshape(*shape, len(levels))
    paths = np.repeat(np.nan_to_num(mean)[None], len(ranks), axis=0)
    for row, week in np.argwhere(np.isfinite(values).any(axis=2) & ~np.isnan(mean)):
        paths[:, row, week] = _inverse(ranks[:, row, week], knots, values[row, week], mean[row, week])
    return paths, _uncovered(company, rows, np.isnan(mean))


def _is_quantile(column: object) -> bool:
    name = str(column)
    return len(name) == 3 and name[0] == "q" and name[1:].isdigit()


def _inverse(ranks: Floats, knots: Floats, values: Floats, mean: float) -> Floats:
    """Values at ``ranks``; the tails end as far out as the last known slope leads, never below 0."""
    known = np.isfinite(values)
    at, value = knots[known], np.maximum.accumulate(np.maximum(values[known], 0.0))
    low = max(0.0, value[0] - _slope(at[:2], value[:2]) * at[0])
    high = value[-1] + _slope(at[-2:], value[-2:]) * (1 - at[-1])
    drawn = np.interp(ranks, np.concatenate([[0.0], at, [1.0]]), np.concatenate([[low], value, [high]]))
    middle = drawn.mean()
    return np.asarray(drawn * (mean / middle) if middle > 0 else np.full_like(drawn, mean))


def _slope(at: Floats, value: Floats) -> float:
    return float((value[-1] - value[0]) / (at[-1] - at[0])) if len(at) > 1 else 0.0


def _uncovered(company: Company, rows: np.ndarray, missing: np.ndarray) -> list[Problem]:
    """One warning for each series of which the table leaves weeks of the horizon out."""
    return [
        Problem(
            "warn",
            "forecast",
            "the forecast table does not cover every week of the horizon",
            "add the missing weeks, or drop the item's rows to have it forecast here",
            "the missing weeks count as no demand",
            sku=str(company.series[rows[place]][0]),
            field="week",
            value=f"{int(missing[place].sum())} of {missing.shape[1]} weeks",
        )
        for place in np.flatnonzero(missing.any(axis=1))
    ]
