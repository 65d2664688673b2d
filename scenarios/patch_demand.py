"""Scenarios of demand: the base's own paths, changed, so that each stays the same future.

Demand named by a segment is stretched path by path. A promotion that is moved or cancelled is forecast anew under the
same seed; in the weeks that this changes, a path keeps its rank among the paths.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.engine import Forecast, forecast
from forecast.lifted import lifted_weeks
from scenarios.patch import Override
from scenarios.segment import cells_of, coming_promotions, no_promotion, nothing, planned, promoted


def stretched(company: Company, override: Override, demand: Floats) -> Floats:
    """Paths (S, N, H) whose means in the cells named are what the override makes of them.

    Units (set, add) are a week's, of all series named together: they are divided as the mean is, evenly where it is 0.
    Where no demand was expected, what is added is certain. A week that is named in part is changed by its share.
    """
    cells = named_cells(company, override)
    if override.operation == "multiply":
        return demand * (1.0 + cells * (override.number - 1.0))
    mean = demand.mean(axis=0)
    inside = cells > 0
    total, count = np.where(inside, mean, 0.0).sum(axis=0), np.maximum(inside.sum(axis=0), 1)
    part = np.where(total > 0, mean / np.where(total > 0, total, 1.0), 1 / count)
    goal = np.maximum(part * override.number + (mean if override.operation == "add" else 0.0), 0.0)
    wanted = mean + cells * (goal - mean)
    factor = np.where(inside & (mean > 0), wanted / np.where(mean > 0, mean, 1.0), 1.0)
    return demand * factor + np.where(inside & (mean == 0), wanted, 0.0)


def named_cells(company: Company, override: Override) -> Floats:
    """(N, H): the share of each series' week that the override names; raises WrongScenario if that is none."""
    cells = cells_of(company, override)
    if not cells.any():
        if override.promo:
            raise no_promotion(company, override)
        raise nothing(override, "nothing is sold there then", planned(company))
    return cells


def promotions_changed(company: Company, override: Override) -> tuple[Company, int]:
    """The company with coming promotions cancelled or moved."""
    named = coming_promotions(company, override)
    if not named.any():
        raise no_promotion(company, override)
    table = company.promotions
    start, end = pd.to_datetime(table["start"]), pd.to_datetime(table["end"])
    if override.field == "promotion":
        return replace(company, promotions=table[~named].reset_index(drop=True)), int(named.sum())
    if override.operation == "set":
        moved = pd.Timestamp(str(override.value)) - start
    else:
        moved = pd.Series(pd.Timedelta(days=1) * override.number, index=table.index)
    dates = {"start": start.mask(named, start + moved), "end": end.mask(named, end + moved)}
    return replace(company, promotions=table.assign(**dates)), int(named.sum())


def ranked_as(base: Forecast, found: Forecast) -> Floats:
    """The base's paths (S, N, H) with what other promotions make of them: where one was or is now, and in the week
    after, the values of the forecast with these, in the order of the base's paths.
    """
    company, paths = found.demand.company, base.paths.values
    both = pd.concat([base.demand.company.promotions, company.promotions])
    moved = replace(company, promotions=both.drop_duplicates(keep=False))
    rows, weeks = np.nonzero(lifted_weeks(moved, base.paths.weeks).touched)
    rank = np.argsort(np.argsort(paths[:, rows, weeks], axis=0, kind="stable"), axis=0, kind="stable")
    result = paths.copy()
    result[:, rows, weeks] = np.take_along_axis(np.sort(found.paths.values[:, rows, weeks], axis=0), rank, axis=0)
    return result


def uplifted(company: Company, override: Override, demand: Floats, known: Forecast) -> Floats:
    """Paths (S, N, H) with another uplift of the promotions named; ``known``: the company's forecast.

    In a week of which they cover the share s, the uplift u makes 1 - s + s u of what is forecast without them.
    """
    cells = np.minimum(named_cells(company, override), promoted(company, override))
    without = replace(company, promotions=company.promotions[~coming_promotions(company, override)])
    plain = forecast(without).outlook.mean
    usual = np.where(plain > 0, known.outlook.mean / np.where(plain > 0, plain, 1.0), 1.0)
    share = np.where(cells > 0, cells, 1.0)
    wanted = 1.0 + share * (override.changed((usual - 1.0) / share + 1.0) - 1.0)
    factor = np.where((cells > 0) & (usual > 0), wanted / np.where(usual > 0, usual, 1.0), 1.0)
    return demand * factor
