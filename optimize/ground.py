"""What stands before a plan: ways and weeks to order, each series' end, what comes late, what units are worth.

The planning model is built on it, and a plan that is played in another world is met by that world's ground.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.company import Company
from optimize.clearance import Markdown, markdowns
from optimize.lanes import Lane, lanes, order_weeks
from optimize.late import Late, late, on_one_clock
from optimize.lead_times import told
from optimize.open_orders import promised_weeks
from optimize.season_value import rest_of_season, value_left
from optimize.stock_flow import Flags, Floats, Integers
from optimize.transfers import Route, routes


class Worth(NamedTuple):
    """Money per unit of a series: ``holding`` a week, ``lost`` when a sale is lost (margin and goods), ``end_value``
    left at its horizon's end (see season_value.py where its season goes on), ``replacement`` the least that a unit
    costs."""

    holding: float
    lost: float
    end_value: float
    replacement: float


@dataclass(frozen=True)
class Ground:
    """``lanes``: of each series (N), on its clock (see late.py); ``order_weeks``: of each supplier; ``ends``: the first
    week of each series that no longer counts; ``cleared`` and ``moves``: how units can leave; ``late``: what comes late
    in each path, None where everything keeps its promise; ``open_units`` (N, H): what open orders bring, as promised;
    ``open_weeks`` (orders, S or 1): the week in which each open order comes; ``worth``: of each series; ``over`` (N,):
    whether its season ends within the horizon; ``certain`` (N,): whether it has demand and all paths agree on it, and
    on what comes.
    """

    lanes: list[list[Lane]]
    order_weeks: list[list[int]]
    ends: list[int]
    cleared: list[Markdown]
    moves: list[Route]
    late: Late | None
    open_units: Floats
    open_weeks: Integers
    worth: list[Worth]
    over: Flags
    certain: Flags


def ground(company: Company, demand: Floats) -> Ground:
    """The ground of a company met by demand paths (S, N, H)."""
    weeks = demand.shape[2]
    offered: list[list[Lane]] = [[] for _ in company.series]
    for lane in lanes(company):
        offered[lane.series].append(lane)
    by_series = [[lane for lane in own if lane.usable] for own in offered]
    ends = _ends(company, weeks)
    cleared, moves = markdowns(company, ends), routes(company)
    expected = {one.series for one in cleared} | {i for one in moves for i in (one.sender, one.receiver)}
    known = told(company)
    by_series = on_one_clock(company, by_series, expected, known)
    tardy, over = late(company, by_series, expected, demand, known), _over(company, weeks)
    return Ground(
        lanes=by_series,
        order_weeks=order_weeks(company, weeks),
        ends=ends,
        cleared=cleared,
        moves=moves,
        late=tardy,
        open_units=_open_units(company, weeks) if tardy is None else tardy.promised,
        open_weeks=promised_weeks(company)[:, None] if tardy is None else tardy.open_weeks,
        worth=_worth(company, demand, offered, moves, over),
        over=over,
        certain=_certain(demand, tardy),
    )


def _certain(demand: Floats, tardy: Late | None) -> Flags:
    alike: Flags = (demand == demand[:1]).all(axis=(0, 2)) & demand.any(axis=(0, 2))
    return alike if tardy is None else alike & ~tardy.spread


def _ends(company: Company, weeks: int) -> list[int]:
    """The first week of each series that no longer counts: after its season, else after the horizon."""
    season_end = company.items["season_end"].reindex(company.series.get_level_values("sku"))
    days = (season_end - company.as_of).dt.days
    return [weeks if pd.isna(day) else int(min(max(day // 7 + 1, 0), weeks)) for day in days]


def _open_units(company: Company, weeks: int) -> Floats:
    """Units of open orders that can be sold from each week on, (N, H); those beyond the horizon do not count."""
    units = np.zeros((len(company.series), weeks))
    due = company.open_orders
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(due[["sku", "location"]]))
    week = ((due["week"] - company.as_of).dt.days // 7).to_numpy(int)
    seen = (rows >= 0) & (week < weeks)
    np.add.at(units, (rows[seen], np.maximum(week[seen], 0)), due["units"].to_numpy(float)[seen])
    return units


def _over(company: Company, weeks: int) -> Flags:
    """Whether each series' season ends within the horizon (N,)."""
    season_end = company.items["season_end"].reindex(company.series.get_level_values("sku"))
    ended: Flags = np.asarray(((season_end - company.as_of).dt.days // 7).lt(weeks))
    return ended


def _worth(company: Company, demand: Floats, offered: list[list[Lane]], moves: list[Route], over: Flags) -> list[Worth]:
    """What is left where it can be moved to is worth at most what it costs at its source, and to move it.

    A price counts though a limit keeps it out of reach: goods are not worth more because less can be ordered.
    """
    cheapest, rest = _cheapest(company, offered, moves), rest_of_season(company, demand.shape[2])
    items = company.items.loc[company.series.get_level_values("sku")]
    rows = zip(
        items["holding_cost"], items["shortage_cost"], items["unit_cost"], items["salvage_value"], over, strict=True
    )
    found = []
    for i, (least, (holding, shortage, unit_cost, salvage, ended)) in enumerate(zip(cheapest, rows, strict=True)):
        lost = max(float(shortage + unit_cost), least)
        end_value = min(float(salvage), least) if ended else least
        if not np.isnan(rest[i]):
            end_value = value_left(demand[:, i], rest[i], least, lost, float(salvage))
        found.append(Worth(float(holding), lost, end_value, least))
    return found


def _cheapest(company: Company, offered: list[list[Lane]], moves: list[Route]) -> list[float]:
    """The least that a unit costs each series, bought or moved."""
    unit_cost = company.items["unit_cost"].reindex(company.series.get_level_values("sku")).tolist()
    least = [
        min((lane.net_cost for lane in own), default=float(cost)) for own, cost in zip(offered, unit_cost, strict=True)
    ]
    for _ in range(len(moves)):
        for route in moves:
            least[route.receiver] = min(least[route.receiver], least[route.sender] + route.cost)
    return least
