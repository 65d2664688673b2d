"""From the company and its demand paths to the instance: no model, no solver, only arithmetic."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from itertools import accumulate, pairwise
from math import ceil, gcd, inf

import numpy as np

from data.company import Company
from optimize.budgets import budgets
from optimize.clearance import Markdown
from optimize.cost_curves import Calendar
from optimize.ground import Ground, Worth, ground
from optimize.instance import Instance, Period, Series, Slot, Supplier
from optimize.kept_curves import Curves, View
from optimize.lanes import Lane, working
from optimize.late import Late
from optimize.recourse import later_orders, softened
from optimize.season_value import season_quantity
from optimize.service import most_worth, service_floors
from optimize.stock_flow import Flags, Floats
from optimize.transfers import Route, passed_on, transfer_slots, weeks_of
from optimize.uncollected import uncollected

SINGLE_CELLS = 5_000_000
"""Units of certain demand times weeks up to which it is given up by single units."""


@uncollected()
def prepare(company: Company, demand: Floats, curves: Curves | None = None) -> Instance:
    """The company and the paths (S, N, H) as the model sees them; ``curves``: of what was prepared before, to be kept
    where nothing changed.
    """
    weeks = demand.shape[2]
    base = ground(company, demand)
    by_series, orders, ends, cleared, moves = base.lanes, base.order_weeks, base.ends, base.cleared, base.moves
    stock = company.stock["on_hand"].to_numpy(float)
    calendars = _calendars(base, _flows(cleared, moves, ends))
    senders = [one.series for one in cleared] + [one.sender for one in moves]
    seen = (stock, demand, Curves() if curves is None else curves)
    series, periods = _series_and_periods(company, base, calendars, seen, senders)
    lost = [one.lost for one in series]
    reached = {period.series: slice(calendars[period.series].reach, series[period.series].end) for period in periods}
    floors = service_floors(company, demand, lost, reached)
    worth = most_worth(lost, floors)
    suppliers = _suppliers(company, by_series, worth)
    slots = _slots(by_series, orders, calendars, periods, suppliers, series)
    found = budgets(company, weeks, slots, worth)
    tops = _tops(periods)
    room = np.array([one.passes_on + tops.get(i, 0.0) for i, one in enumerate(series)])
    if cleared:
        slots += _clearances(cleared, by_series, series, periods, room, len(suppliers))
        suppliers.append(Supplier("clearance", 0.0, 0.0, None, 0.0))
    if moves:
        slots += [slot for pair in transfer_slots(moves, periods, ends, len(suppliers), room) for slot in pair]
        suppliers.append(Supplier("transfer", 0.0, 0.0, None, 0.0))
    return Instance(
        as_of=company.as_of,
        firm_weeks=company.policy.horizon.firm_weeks,
        series=series,
        suppliers=suppliers,
        slots=slots,
        periods=periods,
        budgets=found,
        floors=floors,
        stock=stock,
        open_units=base.open_units,
        demand=demand,
        late=base.late,
    )


def _calendars(base: Ground, flows: tuple[dict[int, set[int]], dict[int, set[int]]]) -> list[Calendar]:
    """Where units can leave, periods begin in those weeks too; short are they before the next units can come. Where
    demand is certain, each week that an order can reach is a period: what it goes without is decided week by week.

    ``flows``: by series, the weeks in which units can leave, and those in which moved ones can come.
    """
    leaving, moved = flows
    orders = base.order_weeks
    calendars = []
    for i, (own, end) in enumerate(zip(base.lanes, base.ends, strict=True)):
        arrivals = _arrivals(own, orders, end) | moved.get(i, set())
        if base.certain[i] and arrivals:
            arrivals = set(range(min(arrivals), end))
        away = leaving.get(i, set())
        starts = tuple(sorted(arrivals | away))
        charged = (True,) * len(starts)
        if away:
            coming = arrivals | set(np.flatnonzero(base.open_units[i]).tolist())
            between = [any(week in coming for week in range(one + 1, then + 1)) for one, then in pairwise(starts)]
            charged = (*between, True)
        calendars.append(Calendar(min(arrivals, default=end), end, starts, _informed(own, orders, starts), charged))
    return calendars


def _flows(
    cleared: list[Markdown], moves: list[Route], ends: list[int]
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    leaving: dict[int, set[int]] = defaultdict(set)
    moved: dict[int, set[int]] = defaultdict(set)
    for one in cleared:
        leaving[one.series].add(one.week)
    for route in moves:
        weeks = weeks_of(route, ends)
        leaving[route.sender] |= set(weeks)
        moved[route.receiver] |= {week + route.lead_time for week in weeks}
    return leaving, moved


def _arrivals(own: list[Lane], orders: list[list[int]], end: int) -> set[int]:
    arrivals = {week for lane in own for week in lane.arrivals(orders[lane.supplier])}
    return {week for week in arrivals if week < end}


def _informed(own: list[Lane], orders: list[list[int]], starts: tuple[int, ...]) -> tuple[int, ...]:
    """For each start, the week of the last order on the working lane that arrives by then."""
    if not own:
        return (0,) * len(starts)
    usual = working(own)
    weeks = orders[usual.supplier]
    ways = sorted(zip(usual.arrivals(weeks), weeks, strict=True))
    arrivals, latest = [arrival for arrival, _ in ways], [*accumulate((week for _, week in ways), max, initial=0)]
    return tuple(latest[bisect_right(arrivals, start)] for start in starts)


def _series_and_periods(
    company: Company,
    base: Ground,
    calendars: list[Calendar],
    seen: tuple[Floats, Floats, Curves],
    senders: list[int],
) -> tuple[list[Series], list[Period]]:
    """Values every series and reads its curves off the paths.

    ``seen``: stock, demand, and the curves known before.
    """
    stock, demand, curves = seen
    charges, single = _charged(company, base, calendars, demand), _single(base.certain, demand)
    found = curves.of(_views(base, calendars, charges, senders, stock, demand, single), demand, base.late)
    own = zip(base.worth, base.ends, found, single.tolist(), strict=True)
    series = [Series(*worth, end=end, outlook=outlook, single=one) for worth, end, outlook, one in own]
    periods = _periods(series, calendars, charges, base.late)
    onward = passed_on(base.moves, _tops(periods))
    series = [replace(one, passes_on=float(onward[i])) if i < len(onward) else one for i, one in enumerate(series)]
    return series, periods


def _single(certain: Flags, demand: Floats) -> Flags:
    """The series (N,) whose certain demand is given up by single units, not by packs, unless that takes too long."""
    cells = float(demand[0, certain].sum()) * demand.shape[2]
    return certain & (cells <= SINGLE_CELLS)


def _charges(money: Worth, calendar: Calendar, weight: float, certain: bool) -> list[float]:
    """Money per unit short in the last week of each of a series' periods.

    A unit lost costs its margin and its goods, less the goods' replacement, which need not be bought; in the last
    period what is short is lost for good, and at full weight. Where no units come in between, only the last of the
    periods is charged. Where demand is certain, no sale waits for a later delivery, not even to save holding that
    one: it is met, or given up at what losing it costs.
    """
    holding, lost, end_value, replacement = money
    waits = lost + holding * (calendar.end - calendar.reach)
    missed = waits if certain else weight * max(lost - replacement, 0.0)
    return [missed if one else 0.0 for one in calendar.charged[:-1]] + [max(lost - end_value, 0.0)] * bool(
        calendar.starts
    )


def _charged(company: Company, base: Ground, calendars: list[Calendar], demand: Floats) -> list[list[float]]:
    """The charges of each series' periods; softer where leftovers lose value and a dearer order can still follow, but
    not where lead times are uncertain.
    """
    weight, tardy = company.policy.shortage_weight, base.late
    own = zip(base.worth, calendars, base.certain.tolist(), strict=True)
    found = [_charges(worth, calendar, weight, certain) for worth, calendar, certain in own]
    for i, (_, _, end_value, replacement) in enumerate(base.worth):
        sure = tardy is None or not tardy.spread[i]
        if end_value < replacement and calendars[i].starts and sure:
            later = later_orders(base.lanes[i], base.order_weeks, calendars[i])
            found[i] = softened(found[i], later, calendars[i], end_value, demand[:, i])
    return found


def _views(
    base: Ground,
    calendars: list[Calendar],
    charges: list[list[float]],
    senders: list[int],
    stock: Floats,
    demand: Floats,
    single: Flags,
) -> list[View]:
    """What each series' curves are read off. Supply changes by single units where units leave, are moved or ``single``
    ones are given up."""
    leaves = np.isin(np.arange(len(calendars)), senders)
    single = single | leaves | np.isin(np.arange(len(calendars)), [one.receiver for one in base.moves])
    return [
        View(
            calendar=calendar,
            clock=b"" if base.late is None else base.late.clock(i),
            holding=worth.holding,
            charge=tuple(charges[i]),
            loss=worth.replacement - worth.end_value,
            pitch=1 if single[i] else gcd(*(lane.pack for lane in base.lanes[i])) or 1,
            leaves=bool(leaves[i]),
            most=season_quantity(demand[:, i, : calendar.end], worth.lost, worth.replacement, worth.end_value),
            stock=float(stock[i]),
            open_units=tuple(open_units),
        )
        for i, (calendar, worth, open_units) in enumerate(
            zip(calendars, base.worth, base.open_units.tolist(), strict=True)
        )
    ]


def _periods(
    series: list[Series], calendars: list[Calendar], charges: list[list[float]], tardy: Late | None
) -> list[Period]:
    periods: list[Period] = []
    for i, (one, calendar) in enumerate(zip(series, calendars, strict=True)):
        count = len(one.outlook.curves)
        charge = charges[i][-1:] * count if tardy is not None and tardy.spread[i] else charges[i]
        for j, curve in enumerate(one.outlook.curves):
            first, last = calendar.weeks_of(j)
            previous = len(periods) - 1 if j else None
            periods.append(Period(i, first, last, previous, j == count - 1, curve, charge[j]))
    return periods


def _slots(
    by_series: list[list[Lane]],
    orders: list[list[int]],
    calendars: list[Calendar],
    periods: list[Period],
    suppliers: list[Supplier],
    series: list[Series],
) -> list[Slot]:
    position = {(period.series, period.first): index for index, period in enumerate(periods)}
    top = {i: own + series[i].passes_on for i, own in _orderable(periods).items()}
    slots = []
    for i, own in enumerate(by_series):
        for lane in own:
            weeks, end = orders[lane.supplier], calendars[i].end
            ways = [(week, at) for week, at in zip(weeks, lane.arrivals(weeks), strict=True) if at < end]
            limit = _limit(lane, top[i], suppliers[lane.supplier].least_value) if ways else 0
            slots += [Slot(lane, week, at, position[i, at], limit) for week, at in ways]
    return slots


def _tops(periods: list[Period]) -> dict[int, float]:
    """Units that each series can use at most until its last week."""
    return {p.series: p.curve.room for p in periods if p.final}


def _orderable(periods: list[Period]) -> dict[int, float]:
    """Units that each series can use at most in any of its weeks: more, before a large open order comes."""
    found: dict[int, float] = defaultdict(float)
    for p in periods:
        found[p.series] = max(found[p.series], p.curve.room)
    return found


def _clearances(
    cleared: list[Markdown],
    by_series: list[list[Lane]],
    series: list[Series],
    periods: list[Period],
    room: Floats,
    supplier: int,
) -> list[Slot]:
    """A slot for each step of the markdown curves; it takes at most what could be there: ``room`` (series,), and what
    the largest minimum brings beyond.

    A unit brings at most what it would cost while it can still be bought, and what a sale would bring otherwise: nobody
    buys goods to clear them.
    """
    position = {(period.series, period.first): index for index, period in enumerate(periods)}
    found = []
    for one in cleared:
        p = position[one.series, one.week]
        worth = series[one.series].replacement if by_series[one.series] else series[one.series].lost
        excess = max((lane.least * lane.pack for lane in by_series[one.series]), default=0)
        limit = int(min(one.most, room[one.series] + excess))
        most = None if one.most == inf else int(one.most)
        value = min(one.value, worth)
        lane = Lane(one.series, supplier, False, 0, value, 0.0, -1, 1, most, kind="clearance")
        found.append(Slot(lane, one.week, one.week, p, limit))
    return [slot for slot in found if slot.limit]


def _limit(lane: Lane, top: float, least_value: float) -> int:
    """Packs beyond which another one is of no use: all that can be needed, or a minimum filled by this line alone."""
    fill = ceil(least_value / (lane.unit_cost * lane.pack)) if lane.unit_cost > 0 else 0
    useful = max(ceil(top / lane.pack), lane.least, fill)
    return useful if lane.most is None else min(useful, lane.most)


def _suppliers(company: Company, by_series: list[list[Lane]], worth: list[float]) -> list[Supplier]:
    over: dict[int, float] = defaultdict(float)
    for own in by_series:
        for lane in own:
            over[lane.supplier] = max(over[lane.supplier], 2.0 * worth[lane.series])
    table = company.suppliers
    rows = zip(table.index, table["order_cost"], table["min_order_value"], table["capacity_units"], strict=True)
    boxes = table[["container_cost", "container_volume", "container_weight"]].to_numpy(float).tolist()
    return [
        Supplier(str(name), float(cost), float(least), float(units) if np.isfinite(units) else None, over[place], *box)
        for place, ((name, cost, least, units), box) in enumerate(zip(rows, boxes, strict=True))
    ]
