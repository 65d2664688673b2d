"""Cost curves where deliveries come late: each path reads the same supply in its own weeks.

What is supplied in week t comes in week t + k_s in path s. So a period's variable Z rules the weeks t + k_s of its
weeks t, and the needs that its curve is read off are those of the shifted weeks:

    holding(Z) = h * sum_t mean_s (max(Z, m_{s, t + k_s}) - n_{s, t + k_s})
    short(Z)   = mean_s (m_{s, T + k_s} - Z)+
    owed(Z)    = mean_s w_{s,p} (m_{s, T + k_s} - Z)+

with m the most that is needed by the end of any of the period's shifted weeks until then. n_{s,t} counts from the
path's own first arrival: earlier weeks are played exactly, sales lost. Weeks beyond the last that counts are left out;
the path's last one that counts is charged in full (w = 1), wherever it falls, and the ends of the periods before it at
their share of that, for what is short then is lost for good.
"""

import numpy as np

from optimize.cost_curves import (
    COARSE,
    FINE,
    FINE_PERIODS,
    Calendar,
    Curve,
    Outlook,
    Terms,
    curves_of,
    levels_of,
    units_left,
    units_short,
)
from optimize.stock_flow import Flags, Floats, Integers, play


class _Weeks:
    """Stock without new orders and demand less open orders, by week, of n series in S paths.

    ``shelf`` (S, n, weeks + 1): units there when a week begins; ``flow`` (S, n, H + 1): needed before each week.
    """

    def __init__(self, stock: Floats, open_units: Floats, demand: Floats, calendar: Calendar, delay: Integers) -> None:
        self.calendar, self.delay, self.demand = calendar, delay, demand
        self.open_units = np.broadcast_to(open_units, demand.shape)
        self.first: Integers = np.clip(calendar.reach + delay, 0, calendar.end)
        last = int(self.first.max())
        left, self.lost = play(stock, self.open_units[..., :last], demand[..., :last])
        start = np.broadcast_to(stock, demand.shape[:2])[..., None].astype(float)
        self.shelf = np.concatenate([start, left], axis=2)
        self.flow = np.zeros((*demand.shape[:2], demand.shape[2] + 1))
        np.cumsum(demand - self.open_units, axis=2, out=self.flow[..., 1:])

    def before(self) -> Flags:
        """(S, 1, weeks): the weeks before a path's first arrival."""
        weeks = np.arange(self.lost.shape[2])
        return np.asarray(weeks < self.first[:, None, None])

    def left(self) -> Floats:
        """Units (S, n) there when a path's first arrival comes."""
        return np.asarray(np.take_along_axis(self.shelf, self.first[:, None, None], axis=2)[..., 0])

    def needs(self, late: int, paths: Integers, informed: int, until: int) -> tuple[int, Floats]:
        """A week, and n (paths, n, weeks): units needed by the end of it and of those to ``until``, in paths so many
        weeks late, where demand before the week ``informed`` is met at its expectation over all paths."""
        reach = min(max(self.calendar.reach + late, 0), self.calendar.end)
        if informed <= reach:
            known = self.shelf[..., informed].mean(axis=0)
            played, _ = play(known, self.open_units[paths, :, informed:reach], self.demand[paths, :, informed:reach])
            base = -played[..., -1] if informed < reach else -np.broadcast_to(known, (len(paths), len(known)))
            since = reach
        else:
            gone = self.flow[..., informed] - self.flow[..., reach] - self.shelf[..., reach]
            base = np.broadcast_to(gone.mean(axis=0), (len(paths), gone.shape[1]))
            since = informed
        flow = self.flow[paths, :, since : max(until, since - 1) + 2]
        needed = np.concatenate([base[..., None], base[..., None] + flow[..., 1:] - flow[..., :1]], axis=2)
        return since - 1, np.round(needed, 9)


def late_outlooks(
    stock: Floats, open_units: Floats, demand: Floats, calendar: Calendar, terms: Terms, delay: Integers
) -> list[Outlook]:
    """The outlook of n series that share one calendar and the weeks ``delay`` (S,) by which their orders come late.

    ``stock`` (n,), ``open_units`` (n, H) or (S, n, H) arrivals of open orders, ``demand`` (S, n, H).
    """
    weeks = _Weeks(stock, open_units, demand, calendar, delay if calendar.starts else np.zeros_like(delay))
    periods = range(len(calendar.starts) if calendar.reach < calendar.end else 0)
    forgone = terms.forgone(demand, calendar.end)
    by_period = [_curves(weeks, period, terms, forgone) for period in periods]
    before = weeks.before()
    held = np.where(before, weeks.shelf[..., 1:], 0.0).sum(axis=2).mean(axis=0)
    lost = np.where(before, weeks.lost, 0.0).sum(axis=2).mean(axis=0)
    left = weeks.left().mean(axis=0)
    return [
        Outlook(float(held[i]), float(lost[i]), float(left[i]), tuple(curves[i] for curves in by_period))
        for i in range(len(stock))
    ]


def _period_needs(weeks: _Weeks, period: int) -> tuple[Floats, Floats, Flags, Flags]:
    """Needs (n, S, weeks of the period), infinite in weeks that do not count, needs by its end (n, S), and the paths
    (S,) that it counts in and those whose last week that counts is in it."""
    calendar, delay = weeks.calendar, weeks.delay
    first, last = calendar.weeks_of(period)
    final = period + 1 == len(calendar.starts)
    width = last - first + 1 + (max(-int(delay.min()), 0) if final else 0)
    paths, series = weeks.demand.shape[:2]
    needs, by_end = np.full((paths, series, width), np.inf), np.zeros((paths, series))
    until = np.full(paths, calendar.end - 1) if final else np.minimum(last + delay, calendar.end - 1)
    counts = first + delay < calendar.end
    for late in np.unique(delay).tolist():
        own = np.flatnonzero(delay == late)
        start, needed = weeks.needs(late, own, calendar.informed[period], int(until[own[0]]))
        stop = max(int(until[own[0]]) - start, 0)
        by_end[own] = needed[..., stop]
        if counts[own[0]]:
            part = needed[..., first + late - start : stop + 1]
            needs[own, :, : part.shape[2]] = part
    ends = counts & (until == calendar.end - 1)
    return needs.swapaxes(0, 1), by_end.T, counts, ends


def _curves(weeks: _Weeks, period: int, terms: Terms, forgone: Floats | None) -> list[Curve]:
    needs, by_end, counts, ends = _period_needs(weeks, period)
    series, paths, width = needs.shape
    counted = np.isfinite(needs[0])
    most = np.maximum.accumulate(np.where(counted, needs, -np.inf), axis=2)
    gone = np.where(counted, most - needs, 0.0).sum(axis=(1, 2)) / paths
    need, by_end = by_end.mean(axis=1), np.maximum(by_end, most[..., -1])
    full, usual = terms.charge[:, -1:], terms.charge[:, period, None]
    share = np.divide(usual, full, out=np.zeros_like(full), where=full > 0)
    mean_weeks = float(counted.sum()) / paths
    kinks = np.sort(np.where(counted, most, by_end[..., None]).reshape(series, -1), axis=1)
    charge = full[:, 0] * (np.where(ends, 1.0, share) * counts).mean(axis=1)
    critical = terms.critical(charge, mean_weeks, period + 1 == len(weeks.calendar.starts))
    count = FINE if period < FINE_PERIODS else COARSE
    asked = by_end if forgone is None else np.where(ends, by_end, by_end - forgone.T)
    bends = kinks if forgone is None else np.sort(np.concatenate([kinks, asked], axis=1), axis=1)
    levels = levels_of(bends, critical, terms.pitch[:, None], np.zeros((series, 1)), count, width)
    held = np.sort(most[:, counted], axis=1)
    left = units_left(held, levels) if held.size else np.zeros_like(levels)
    at_last, before = _short(by_end, counts & ends, levels), counts & ~ends
    return curves_of(
        levels=levels,
        holding=terms.holding[:, None] * (left / paths + gone[:, None]),
        short=at_last + _short(by_end, before, levels),
        owed=at_last + share * _short(asked, before, levels),
        slope=terms.holding * mean_weeks,
        need=need,
    )


def _short(ends: Floats, own: Flags, levels: Floats) -> Floats:
    """The mean over all paths of (end - level)+ in some of them (S,), from ends (n, S) at levels (n, G)."""
    if not own.any():
        return np.zeros_like(levels)
    chosen = np.sort(ends[:, own], axis=1)
    return units_short(chosen, levels, units_left(chosen, levels)) * float(own.mean())
