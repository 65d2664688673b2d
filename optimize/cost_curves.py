"""Cost curves: what a series' cumulative supply costs in expectation, read off the demand paths.

A series' weeks from the first that an order can reach are cut into *periods*, one for each possible arrival. Within
a period supply cannot change, so all its weeks share one variable Z, the units supplied since the first reachable
week. With n_{s,t} the units that path s needs beyond stock and open orders by the end of week t, and m_{s,t} the most
that it needs by the end of any of the period's weeks until then,

    holding(Z) = h * sum_t mean_s (max(Z, m_{s,t}) - n_{s,t})     over the period's weeks, money
    short(Z)   = mean_s (m_{s,T} - Z)+                            in its last week T, units

Both are convex and piecewise linear in Z. Lost sales are not backlog: until the next arrival a shortage can only grow,
so only the last week before it is charged, and a lost unit counts once; an open order that comes within a period sells
nothing of what was short before, and without one m is n. What a season goes without in
any case is charged in its last period alone (see season_value.py). What is learned before the
last order that can still reach a period is no risk to it: demand of the weeks before that order is met at its
expectation, and only later demand at the paths'. So a plan made now holds the safety stock that replanning every week
will need, not that of a plan never looked at again.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optimize.stock_flow import Flags, Floats, Integers, play

FINE, COARSE, FINE_PERIODS = 20, 10, 4


@dataclass(frozen=True)
class Calendar:
    """When a series can be supplied.

    ``reach``: the first week that an order can reach; ``end``: the first week that no longer counts; ``starts``: the
    weeks of possible arrivals, ascending, the first is ``reach``, and those in which units can leave; ``informed``: for
    each of them, the week of the last order on the series' working lane that arrives by then (0: today's); ``charged``:
    for each of them, whether units can come when its period is over, so that what is short by then is lost.
    """

    reach: int
    end: int
    starts: tuple[int, ...]
    informed: tuple[int, ...]
    charged: tuple[bool, ...] = ()

    def weeks_of(self, period: int) -> tuple[int, int]:
        """First and last week of a period."""
        after = self.starts[period + 1] if period + 1 < len(self.starts) else self.end
        return self.starts[period], after - 1


@dataclass(frozen=True)
class Curve:
    """Expected cost of one period at ``levels`` of cumulative supply (ascending), linear between them.

    The first level is the lowest that supply can have: 0, or less what stock and open orders have brought by the
    period's first week, where units can leave.

    ``holding``: money; ``short``: units short in the last week; ``slope``: money per unit beyond the highest level,
    where nothing is short any more; ``need``: mean units needed by the end of the last week, may be negative; ``owed``:
    units short as they are charged, None: as ``short``.
    """

    levels: Floats
    holding: Floats
    short: Floats
    slope: float
    need: float
    owed: Floats | None = None

    @property
    def room(self) -> float:
        """Units beyond which more supply is of no use in the period, counted from the lowest level."""
        return max(self.levels.item(-1), 0.0) - self.levels.item(0)

    def segments(self) -> list[tuple[float | None, float, float]]:
        """(width, money of holding per unit, units short per unit) from level to level; the last has no end."""
        widths = np.diff(self.levels)
        holding, short = np.diff(self.holding) / widths, np.diff(self.short) / widths
        inner = zip(widths.tolist(), holding.tolist(), short.tolist(), strict=True)
        return [*inner, (None, self.slope, 0.0)]

    def holding_at(self, supply: Floats) -> Floats:
        """Expected holding cost of the period at cumulative supplies, money."""
        beyond = np.maximum(supply - self.levels[-1], 0.0)
        return np.asarray(np.interp(supply, self.levels, self.holding) + self.slope * beyond)

    def short_at(self, supply: Floats) -> Floats:
        """Expected units short in the period's last week at cumulative supplies."""
        return np.asarray(np.interp(supply, self.levels, self.short))

    @property
    def charged(self) -> Floats:
        """Units short at the levels, as they are charged."""
        return self.short if self.owed is None else self.owed

    def charged_at(self, supply: Floats) -> Floats:
        """Expected units short in the period's last week at cumulative supplies, as they are charged."""
        return np.asarray(np.interp(supply, self.levels, self.charged))


@dataclass(frozen=True)
class Outlook:
    """One series: what happens before an order can reach it, and its periods' curves.

    ``held``: expected unit-weeks of stock and ``lost``: expected units lost before the first reachable week; ``left``:
    expected stock then. These are fixed: no decision changes them. Where units can leave before, ``held`` ends there.
    """

    held: float
    lost: float
    left: float
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Terms:
    """What the curves of n series need to know beside demand: arrays (n,) and ``charge`` (n, periods).

    ``holding``: money per unit and week; ``charge``: money per unit short; ``pitch``: units in which supply can change;
    ``loss``: what a unit left at the end is worth less than it cost, money; ``leaves``: whether units can leave;
    ``most``: Z of season_value.py, inf without (None: of no series).
    """

    holding: Floats
    charge: Floats
    pitch: Floats
    loss: Floats
    leaves: Flags | None = None
    most: Floats | None = None

    def critical(self, charge: Floats, weeks: float, last: bool) -> Floats:
        """The newsvendor's ratio (n,) of a period of so many weeks: the share of its needs that is best met."""
        lost = self.loss if last else 0.0
        return np.asarray(np.clip((charge - lost) / (charge + self.holding * weeks + 1e-12), 0.0, 1.0))

    def forgone(self, demand: Floats, end: int) -> Floats | None:
        """Units (S, n) of demand (S, n, H) before week ``end`` that are lost in any case; None: of no series."""
        if self.most is None:
            return None
        return np.asarray(np.maximum(demand[..., :end].sum(axis=2) - self.most, 0.0))


def outlooks(stock: Floats, open_units: Floats, demand: Floats, calendar: Calendar, terms: Terms) -> list[Outlook]:
    """The outlook of n series that share one calendar.

    ``stock`` (n,), ``open_units`` (n, H) arrivals of open orders, ``demand`` (S, n, H).
    """
    end = min(calendar.reach, calendar.end)
    end_stock, lost = play(stock, open_units[:, :end], demand[..., :end])
    left = end_stock[..., -1] if end else np.broadcast_to(stock, demand.shape[:2])
    lowest = _lowest(stock, open_units, end_stock, terms)
    flow = np.zeros((demand.shape[2] + 1, *demand.shape[1::-1]))
    flow[1:] = (demand - open_units).T
    np.cumsum(flow, axis=0, out=flow)
    forgone, final = terms.forgone(demand, calendar.end), len(calendar.starts) - 1
    by_period = [
        _curves(
            _needs(period, stock, open_units, demand, flow, calendar, end_stock),
            lowest[:, calendar.starts[period]],
            period,
            terms,
            None if forgone is None or period == final else forgone.T,
        )
        for period in range(len(calendar.starts))
    ]
    before = end_stock[..., : min(calendar.starts, default=end)]
    held, gone = before.sum(axis=2).mean(axis=0), lost.sum(axis=2).mean(axis=0)
    return [
        Outlook(float(held[i]), float(gone[i]), float(left[:, i].mean()), tuple(curves[i] for curves in by_period))
        for i in range(len(stock))
    ]


def _lowest(stock: Floats, open_units: Floats, end_stock: Floats, terms: Terms) -> Floats:
    """The lowest cumulative supply (n, H) in each week: less all that can be there, where units can leave, else 0.

    ``end_stock`` (S, n, weeks before an order can reach it).
    """
    there = open_units.copy()
    if terms.leaves is None or not there.size:
        return np.zeros_like(there)
    reach = min(end_stock.shape[2], there.shape[1] - 1)
    there[:, 0] += stock
    there[:, 1 : reach + 1] += end_stock[..., :reach].max(axis=0)
    there[:, reach:] = there[:, reach:].cumsum(axis=1)
    most = np.floor(np.maximum.accumulate(there, axis=1) / terms.pitch[:, None] + 1e-9) * terms.pitch[:, None]
    return np.where(terms.leaves[:, None], 0.0 - most, 0.0)


def _needs(
    period: int,
    stock: Floats,
    open_units: Floats,
    demand: Floats,
    flow: Floats,
    calendar: Calendar,
    end_stock: Floats,
) -> Floats:
    """n (weeks of the period, n, S): units needed beyond stock and open orders since the first reachable week.

    Before that week only units that leave change anything: what is left without them is what may leave in vain.
    ``flow`` (H + 1, n, S): what was demanded less what open orders brought before each week.
    """
    first, last = calendar.weeks_of(period)
    if first < calendar.reach:
        needs: Floats = -end_stock[..., first : last + 1].T
        return np.round(needs, 9)
    informed, reach = calendar.informed[period], calendar.reach
    if informed <= reach:
        known = end_stock[..., informed - 1].mean(axis=0) if informed else stock
        played, _ = play(known, open_units[:, informed:reach], demand[..., informed:reach])
        start = played[..., -1] if informed < reach else np.broadcast_to(known, demand.shape[:2])
        since, base = reach, -start.T
    else:
        net = np.ascontiguousarray((flow[informed] - flow[reach]).T)
        left = end_stock[..., -1] if reach else stock
        since, base = informed, (net - left).mean(axis=0)[:, None]
    moved: Floats = flow[first + 1 : last + 2] + (base - flow[since])
    return np.round(moved, 9)


def _curves(needs: Floats, lowest: Floats, period: int, terms: Terms, forgone: Floats | None) -> list[Curve]:
    """One curve per series for a period, from needs (weeks, n, S), the lowest supply (n,) and units forgone (n, S)."""
    weeks, series, paths = needs.shape
    most, gone = needs, np.zeros(series)
    if weeks > 1:
        most = np.maximum.accumulate(needs, axis=0)
        gone = (most - needs).sum(axis=(0, 2)) / paths
    ends = np.sort(most[-1], axis=1)
    kinks = np.sort(most.swapaxes(0, 1).reshape(series, -1), axis=1) if weeks > 1 else ends
    count = FINE if period < FINE_PERIODS else COARSE
    critical = terms.critical(terms.charge[:, period], weeks, period + 1 == terms.charge.shape[1])
    asked = None if forgone is None else np.sort(most[-1] - forgone, axis=1)
    bends = kinks if asked is None else np.sort(np.concatenate([kinks, asked], axis=1), axis=1)
    levels = levels_of(bends, critical, terms.pitch[:, None], lowest[:, None], count, weeks)
    at_end = units_left(ends, levels)
    left = units_left(kinks, levels) if weeks > 1 else at_end
    return curves_of(
        levels=levels,
        holding=terms.holding[:, None] * (left / paths + gone[:, None]),
        short=units_short(ends, levels, at_end),
        owed=None if asked is None else units_short(asked, levels, units_left(asked, levels)),
        slope=terms.holding * weeks,
        need=needs[-1].mean(axis=1),
    )


def curves_of(
    levels: Floats, holding: Floats, short: Floats, owed: Floats | None, slope: Floats, need: Floats
) -> list[Curve]:
    """The curve of each series, from its figures at its levels (n, G), of which equal ones count once."""
    keep = np.diff(levels, axis=1, prepend=levels[:, :1] - 1.0) > 1e-9
    stops = np.cumsum(keep.sum(axis=1)).tolist()
    levels, holding, short = levels[keep], holding[keep], short[keep]
    charged = None if owed is None else owed[keep]
    return [
        Curve(levels[a:b], holding[a:b], short[a:b], beyond, mean, None if charged is None else charged[a:b])
        for (a, b), beyond, mean in zip(pairwise([0, *stops]), slope.tolist(), need.tolist(), strict=True)
    ]


def units_short(ends: Floats, levels: Floats, left: Floats) -> Floats:
    """The mean of (end - level)+ over each row's ends (n, S) at its levels (n, G); ``left``: units_left of them."""
    return np.asarray(np.maximum(left / ends.shape[1] - levels + ends.mean(axis=1)[:, None], 0.0))


def units_left(kinks: Floats, levels: Floats) -> Floats:
    """The sum of (level - kink)+ over each row's kinks (n, K), ascending, at each of its levels (n, G).

    All rows are searched as one ascending line on which they lie one after the other.
    """
    lowest = np.minimum(kinks[:, :1], levels[:, :1])
    span = np.maximum(kinks[:, -1:], levels[:, -1:]) - lowest + 1.0
    offset = np.cumsum(span, axis=0) - span - lowest
    size = kinks.shape[1]
    below = np.searchsorted((kinks + offset).ravel(), levels + offset) - size * np.arange(len(kinks))[:, None]
    sums = np.zeros((len(kinks), size + 1))
    np.cumsum(kinks, axis=1, out=sums[:, 1:])
    return levels * below - np.take_along_axis(sums, below, axis=1)


def levels_of(kinks: Floats, critical: Floats, pitch: Floats, lowest: Floats, count: int, weeks: int) -> Floats:
    """Levels (n, more than count) at which the curves are kept, from the lowest; equal ones stand for fewer levels.

    All are multiples of the pitch. Those round every kink where the kinks are few (certain demand), or all in the
    kinks' range where they are few (small counts): the curve is exact at whole packs. Else those on either side of the
    critical ratio's kink and those nearest to quantiles of the kinks, denser round it.
    """
    width = 2 * max(count, weeks)
    low = np.maximum(np.floor(kinks[:, :1] / pitch) * pitch, lowest)
    high = np.maximum(np.ceil(kinks[:, -1:] / pitch) * pitch, lowest)
    every = np.minimum(low + pitch * np.arange(width), high)
    at = np.take_along_axis(kinks, _quantiles(critical, kinks.shape[1], count), axis=1) / pitch
    best = np.take_along_axis(kinks, _position(critical, kinks.shape[1])[:, None], axis=1) / pitch
    inner = np.concatenate([np.rint(at), np.floor(best), np.ceil(best)], axis=1) * pitch
    inner = np.sort(np.clip(inner, low, high), axis=1)
    chosen = np.concatenate([low, inner, np.repeat(high, width - inner.shape[1] - 1, axis=1)], axis=1)
    levels = np.where((high - low) / pitch < count + 2, every, chosen)
    steps = np.diff(kinks, axis=1) > 1e-9
    few = np.flatnonzero(np.count_nonzero(steps, axis=1) < width // 2)
    levels[few] = _around(kinks[few], steps[few], pitch[few], width // 2)
    return np.concatenate([lowest, np.maximum(levels, lowest)], axis=1)


def _around(kinks: Floats, steps: Flags, pitch: Floats, most: int) -> Floats:
    """Levels (n, 2 * most) on either side of every kink, of which no row has more than ``most``; ``steps``: where one
    kink is not as the one before.
    """
    rank: Integers = np.cumsum(steps, axis=1)
    distinct = np.repeat(kinks[:, -1:], most, axis=1)
    distinct[:, 0] = kinks[:, 0]
    np.put_along_axis(distinct, rank, kinks[:, 1:], axis=1)
    around: Floats = np.sort(np.concatenate([np.floor(distinct / pitch), np.ceil(distinct / pitch)], axis=1) * pitch)
    return around


def _position(share: Floats, size: int) -> Integers:
    """The position (n,) of the least among ``size`` sorted values that a share of them does not exceed."""
    return np.asarray(np.clip(np.ceil(share * size - 1e-9) - 1, 0, size - 1), dtype=np.int64)


def _quantiles(critical: Floats, size: int, count: int) -> Integers:
    """Positions (n, count) of quantiles among ``size`` sorted values, denser round the critical ratio."""
    critical, below = np.clip(critical, 0.02, 0.98), count // 2
    rising, falling = np.linspace(0.0, 1.0, below), np.linspace(0.0, 1.0, count - below + 1)[1:]
    lower = critical[:, None] * (1.0 - (1.0 - rising) ** 2)
    upper = critical[:, None] + (1.0 - critical[:, None]) * falling**2
    positions: Integers = np.rint(np.concatenate([lower, upper], axis=1) * (size - 1)).astype(np.int64)
    return positions
