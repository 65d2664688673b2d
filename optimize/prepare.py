"""From the company and its demand paths to the instance: no model, no solver, only arithmetic."""

from collections import defaultdict
from collections.abc import Sequence
from math import ceil

import numpy as np
import pandas as pd

from data.company import Company
from optimize.budgets import budgets
from optimize.cost_curves import Calendar, Outlook, Terms, outlooks
from optimize.instance import Instance, Period, Series, Slot, Supplier
from optimize.lanes import Lane, lanes, order_weeks
from optimize.stock_flow import Floats

CHUNK = 200


def prepare(company: Company, demand: Floats) -> Instance:
    """The company and the paths (S, N, H) as the model sees them."""
    weeks = demand.shape[2]
    by_series: list[list[Lane]] = [[] for _ in company.series]
    for lane in lanes(company):
        by_series[lane.series].append(lane)
    orders = order_weeks(company, weeks)
    ends = _ends(company, weeks)
    calendars = [_calendar(own, orders, end) for own, end in zip(by_series, ends, strict=True)]
    stock = company.stock["on_hand"].to_numpy(float)
    open_units = _open_units(company, weeks)
    series, periods = _series_and_periods(company, by_series, calendars, stock, open_units, demand)
    suppliers = _suppliers(company, by_series, series)
    slots = _slots(by_series, orders, calendars, periods, suppliers)
    return Instance(
        as_of=company.as_of,
        firm_weeks=company.policy.horizon.firm_weeks,
        series=series,
        suppliers=suppliers,
        slots=slots,
        periods=periods,
        budgets=budgets(company, weeks, slots, series),
        stock=stock,
        open_units=open_units,
        demand=demand,
    )


def _ends(company: Company, weeks: int) -> list[int]:
    """The first week of each series that no longer counts: after its season, else after the horizon."""
    season_end = company.items["season_end"].reindex(company.series.get_level_values("sku"))
    days = (season_end - company.as_of).dt.days
    return [weeks if pd.isna(day) else int(min(max(day // 7 + 1, 0), weeks)) for day in days]


def _calendar(own: list[Lane], orders: list[list[int]], end: int) -> Calendar:
    arrivals = {week + lane.lead_time for lane in own for week in orders[lane.supplier] if week + lane.lead_time < end}
    starts = tuple(sorted(arrivals))
    if not starts:
        return Calendar(end, end, (), ())
    working = min((lane for lane in own if not lane.expedite), key=lambda lane: (lane.net_cost, lane.lead_time))
    informed = tuple(
        max((week for week in orders[working.supplier] if week + working.lead_time <= start), default=0)
        for start in starts
    )
    return Calendar(starts[0], end, starts, informed)


def _open_units(company: Company, weeks: int) -> Floats:
    """Units of open orders that can be sold from each week on, (N, H); those beyond the horizon do not count."""
    units = np.zeros((len(company.series), weeks))
    due = company.open_orders
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(due[["sku", "location"]]))
    week = ((due["week"] - company.as_of).dt.days // 7).to_numpy(int)
    seen = (rows >= 0) & (week < weeks)
    np.add.at(units, (rows[seen], np.maximum(week[seen], 0)), due["units"].to_numpy(float)[seen])
    return units


def _series_and_periods(
    company: Company,
    by_series: list[list[Lane]],
    calendars: list[Calendar],
    stock: Floats,
    open_units: Floats,
    demand: Floats,
) -> tuple[list[Series], list[Period]]:
    """Values every series and reads its curves off the paths, together for all that share a calendar."""
    money = _money(company, by_series, demand.shape[2])
    alike: dict[Calendar, list[int]] = defaultdict(list)
    for position, calendar in enumerate(calendars):
        alike[calendar].append(position)
    found: dict[int, Outlook] = {}
    for calendar, members in alike.items():
        for start in range(0, len(members), CHUNK):
            chunk = members[start : start + CHUNK]
            terms = _terms(money, by_series, chunk, calendar, company.policy.shortage_weight)
            parts = outlooks(stock[chunk], open_units[chunk], demand[:, chunk], calendar, terms)
            found.update(zip(chunk, parts, strict=True))
    series = [Series(*money[i], end=calendars[i].end, outlook=found[i]) for i in range(len(calendars))]
    return series, _periods(series, calendars, company.policy.shortage_weight)


def _money(company: Company, by_series: list[list[Lane]], weeks: int) -> list[tuple[float, float, float, float]]:
    """(holding, lost, end_value, replacement) of each series, money per unit."""
    items = company.items.loc[company.series.get_level_values("sku")]
    ends = items["season_end"].notna().to_numpy() & np.array(
        [(end - company.as_of).days // 7 < weeks if pd.notna(end) else False for end in items["season_end"]]
    )
    rows = zip(
        items["holding_cost"], items["shortage_cost"], items["unit_cost"], items["salvage_value"], ends, strict=True
    )
    money = []
    for own, (holding, shortage, unit_cost, salvage, over) in zip(by_series, rows, strict=True):
        cheapest = min((lane.net_cost for lane in own), default=float(unit_cost))
        end_value = min(float(salvage), cheapest) if over else cheapest
        money.append((float(holding), max(float(shortage + unit_cost), cheapest), end_value, cheapest))
    return money


def _charges(money: tuple[float, float, float, float], count: int, weight: float) -> list[float]:
    """Money per unit short in the last week of each of a series' periods.

    A unit lost costs its margin and its goods, less the goods' replacement, which need not be bought; in the last
    period what is short is lost for good, and at full weight.
    """
    _, lost, end_value, replacement = money
    return [weight * max(lost - replacement, 0.0)] * (count - 1) + [max(lost - end_value, 0.0)] * min(count, 1)


def _terms(
    money: list[tuple[float, float, float, float]],
    by_series: list[list[Lane]],
    chunk: Sequence[int],
    calendar: Calendar,
    weight: float,
) -> Terms:
    count = len(calendar.starts)
    return Terms(
        holding=np.array([money[i][0] for i in chunk]),
        charge=np.array([_charges(money[i], count, weight) for i in chunk]).reshape(len(chunk), count),
        pitch=np.array([float(np.gcd.reduce([lane.pack for lane in by_series[i]] or [1])) for i in chunk]),
    )


def _periods(series: list[Series], calendars: list[Calendar], weight: float) -> list[Period]:
    periods: list[Period] = []
    for i, (one, calendar) in enumerate(zip(series, calendars, strict=True)):
        count = len(one.outlook.curves)
        charges = _charges((one.holding, one.lost, one.end_value, one.replacement), count, weight)
        for j, curve in enumerate(one.outlook.curves):
            first, last = calendar.weeks_of(j)
            previous = len(periods) - 1 if j else None
            periods.append(Period(i, first, last, previous, j == count - 1, curve, charges[j]))
    return periods


def _slots(
    by_series: list[list[Lane]],
    orders: list[list[int]],
    calendars: list[Calendar],
    periods: list[Period],
    suppliers: list[Supplier],
) -> list[Slot]:
    position = {(period.series, period.first): index for index, period in enumerate(periods)}
    top = {period.series: float(period.curve.levels[-1]) for period in periods if period.final}
    slots = []
    for i, own in enumerate(by_series):
        for lane in own:
            for week in orders[lane.supplier]:
                arrival = week + lane.lead_time
                if arrival < calendars[i].end:
                    limit = _limit(lane, top[i], suppliers[lane.supplier].least_value)
                    slots.append(Slot(lane, week, arrival, position[i, arrival], limit))
    return slots


def _limit(lane: Lane, top: float, least_value: float) -> int:
    """Packs beyond which another one is of no use: all that can be needed, or a minimum filled by this line alone."""
    fill = ceil(least_value / (lane.unit_cost * lane.pack)) if lane.unit_cost > 0 else 0
    useful = max(ceil(top / lane.pack), lane.least, fill)
    return useful if lane.most is None else min(useful, lane.most)


def _suppliers(company: Company, by_series: list[list[Lane]], series: list[Series]) -> list[Supplier]:
    worth: dict[int, float] = defaultdict(float)
    for own in by_series:
        for lane in own:
            worth[lane.supplier] = max(worth[lane.supplier], 2.0 * series[lane.series].lost)
    table = company.suppliers
    rows = zip(table.index, table["order_cost"], table["min_order_value"], table["capacity_units"], strict=True)
    return [
        Supplier(str(name), float(cost), float(least), float(units) if np.isfinite(units) else None, worth[position])
        for position, (name, cost, least, units) in enumerate(rows)
    ]
