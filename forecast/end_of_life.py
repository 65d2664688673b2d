"""When an item is sold: not before its launch, not after its last day, and hardly where it fell silent in stock."""

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from data.problems import Problem
from forecast.candidates import Demand
from forecast.exposure import Exposure

SALES = 5  # weeks with sales from which a series is known to have sold
WEEKS = 13  # weeks in stock without a sale before anything is concluded: of shorter pauses, most were found to end
LONGER = 2.0  # times the longest earlier pause
CHANCE = 1e-3  # chance of so long a pause by luck, below which it is none
SPREAD = 0.5  # variance of a week beyond Poisson, as a share of its squared mean
RECENT = 52  # weeks up to the last sale that say how it sold
NONE_SEEN = 0.5  # Jeffreys: events expected after none was seen


def on_sale(company: Company, weeks: pd.DatetimeIndex) -> Floats:
    """(N, H) 1 from the week of a new item's season_start to that of the item's end_of_life, 0 outside.

    New: never sold before. What has sold before sells out of season as it did.
    """
    first, last = (_dates(company, name).to_numpy()[:, None] for name in ("season_start", "end_of_life"))
    new = np.asarray(np.isnan(company.history.units).all(axis=1, keepdims=True))
    to_come = new & (weeks_from(weeks[0], len(weeks) + 1)[1:].to_numpy() <= first)
    return np.where(to_come | (weeks.to_numpy() > last), 0.0, 1.0)


def _dates(company: Company, column: str) -> pd.Series:
    """A date of each series' item; NaT where there is none."""
    skus = company.series.get_level_values("sku")
    if column not in company.items:
        return pd.Series(pd.NaT, index=skus, dtype="datetime64[ns]")
    dates: pd.Series = company.items[column].reindex(skus)
    return dates


def silence(demand: Demand, now: Exposure) -> np.ndarray:
    """(N,) weeks in stock since the last sale of series that have faded; 0 for all others.

    Faded: on the shelf, and silent for longer than luck or its usual pauses explain, the season counted in: the
    negative binomial chance of no sale in all these weeks at its rate before. A season still to end is no fading.
    """
    units, seen = demand.units, demand.seen
    on_hand = demand.company.stock["on_hand"].to_numpy(dtype=float)
    in_season = (_dates(demand.company, "season_end") >= demand.company.as_of).to_numpy()
    weeks: np.ndarray = np.zeros(len(units), dtype=int)
    for row in np.flatnonzero((on_hand > 0) & ~in_season):
        sold = np.flatnonzero(seen[row] & (units[row] > 0))
        if len(sold) >= SALES:
            weeks[row] = _pause(units[row], seen[row], sold, now.past[row])
    return weeks


def _pause(units: Floats, seen: np.ndarray, sold: np.ndarray, exposure: Floats) -> int:
    """Weeks in stock since the last of the ``sold`` weeks, if they mean that it has faded; else 0."""
    last = sold[-1]
    quiet = seen & (np.arange(len(seen)) > last)
    pause = int(quiet.sum())
    counted = np.cumsum(seen)
    longest = int(np.diff(counted[sold]).max()) - 1
    if pause < WEEKS or pause <= LONGER * longest:
        return 0
    before = seen & (np.arange(len(seen)) <= last) & (np.arange(len(seen)) > last - RECENT)
    rate = units[before].sum() / max(exposure[before].sum(), 1e-9)
    by_luck = -np.log1p(SPREAD * rate * exposure[quiet]).sum() / SPREAD
    return pause if by_luck < np.log(CHANCE) else 0


def faded(mean: Floats, silent: np.ndarray) -> Floats:
    """Means (N, H), of faded series at most what so long a silence allows: Jeffreys' rate after no sale."""
    most = np.where(silent > 0, NONE_SEEN / np.maximum(silent, 1), np.inf)
    return np.minimum(mean, most[:, None])


def fading_problems(company: Company, silent: np.ndarray) -> list[Problem]:
    """One line for each faded series."""
    problems = []
    for row in np.flatnonzero(silent):
        sku, location = company.series[int(row)]
        problems.append(
            Problem(
                "info",
                "sales",
                "the item has stopped selling although it is in stock",
                "write its end_of_life into items if its time is over; else check that it can be found and bought",
                f"hardly any demand is forecast: at most {NONE_SEEN / silent[row]:.2f} units a week",
                sku=str(sku),
                field="location",
                value=f"{location}, {silent[row]} weeks without a sale",
            )
        )
    return problems
