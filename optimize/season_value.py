"""Season's end: what a unit left at the horizon's end is worth when the season goes on, and what nobody buys for it.

Worth what it costs, as goods that sell on, a plan whose horizon stops short of a season's end would buy for the season
as if nothing could be left of it. Let D be demand up to the horizon's end, E up to the season's, c what a unit costs, b
what losing its sale costs (margin and goods), v its salvage value. The season is a newsvendor problem: buy up to Z, the
quantile (b - c) / (b - v) of E. Up to the horizon it is one with another value w of what is left, the quantile
(b - c) / (b - w) of D. Both buy up to Z if

    w = b - (b - c) / P(D <= Z)

that is c where no demand up to the horizon exceeds Z, and v where the season ends with the horizon. The paths end with
the horizon: E = D (1 + rho), rho the ratio of what all goods of that season sold a year before in the weeks beyond the
horizon to what they sold in those within.

What a path needs beyond Z is lost in any case, however early it is ordered, and charged when the season is over. The
periods before are charged for what is short beyond that: a path that sells twice as expected would else be charged for
the same units in each of them, and the season be bought for it.
"""

import numpy as np

from data.company import Company
from optimize.stock_flow import Floats

YEAR, TINY = 52, 1e-9


def rest_of_season(company: Company, weeks: int) -> Floats:
    """rho (N,): what sells from week ``weeks`` to the season's end for each unit before; NaN if no season ends later.

    Without a year of history all weeks are taken to sell the same.
    """
    season_end = company.items["season_end"].reindex(company.series.get_level_values("sku"))
    last = ((season_end - company.as_of).dt.days // 7).to_numpy(dtype=float)
    rest = np.full(len(last), np.nan)
    sold = np.clip(np.nan_to_num(company.history.units[:, -YEAR:]), 0.0, None)
    for week in np.unique(last[last >= weeks]).astype(int).tolist():
        own = sold[last == week].sum(axis=0) if sold.shape[1] == YEAR else np.ones(YEAR)
        year_ago = own[np.arange(week + 1) % YEAR]
        within, beyond = year_ago[:weeks].sum(), year_ago[weeks:].sum()
        rest[last == week] = beyond / within if within > 0 else np.inf if beyond > 0 else 0.0
    return rest


def value_left(demand: Floats, rest: float, cost: float, lost: float, salvage: float) -> float:
    """w of a series with demand paths (S, H): between ``salvage`` and ``cost``."""
    least = min(salvage, cost)
    if lost <= cost or np.isinf(rest):
        return cost
    most = (1.0 + rest) * season_quantity(demand, lost, cost, least)
    share = float((demand.sum(axis=1) <= most).mean())
    return cost if share == 1.0 else max(lost - (lost - cost) / share, least)


def season_quantity(demand: Floats, lost: float, cost: float, end_value: float) -> float:
    """Z of demand paths (S, H) to the last week that counts; inf where what is left is worth its cost.

    A ratio that falls on the step from one path to the next takes the lower, whatever money is counted in.
    """
    if end_value >= cost:
        return float("inf")
    ratio = max((lost - cost) / (lost - end_value) - TINY, 0.0)
    return float(np.quantile(demand.sum(axis=1), ratio, method="inverted_cdf"))
