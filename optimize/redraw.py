"""Cost curves drawn with the slopes of other ones, so that what changes in a solved model is only how far each reaches.

A segment's slope lies between two slopes of the period that is drawn: it becomes a piece of each, in the proportion
that makes them its mean. So a curve keeps its cost where its slope passes one of those at hand, and lies a little lower
in between, where the cheaper pieces come first.
"""

from dataclasses import dataclass

import numpy as np

from optimize.instance import Instance
from optimize.stock_flow import Flags, Floats, Integers

STEPS = (0.0, 0.4, 0.8)
"""Slopes that every curve has room for beyond its own: shares of certainly held, the rest certainly short."""


@dataclass(frozen=True)
class Slopes:
    """The slopes at hand, by period: ``period`` (segments,) ascending; ``held``: unit-weeks held and ``short``: units
    short per unit of supply, as they are charged; ``endless``: each period's last segment, which has no end.
    """

    period: Integers
    held: Floats
    short: Floats
    endless: Flags

    def drawn(self, instance: Instance) -> dict[str, Floats]:
        """Width and slopes in money of the instance's curves."""
        holding, charge, weeks = _terms(instance)
        slope = holding[self.period] * self.held + charge[self.period] * self.short
        rank = np.lexsort((slope, self.endless, self.period))
        ranked, first = slope[rank], np.searchsorted(self.period, np.arange(len(weeks)))
        last = np.append(first[1:], len(slope)) - 1
        own = instance.columns
        finite = np.isfinite(own.segments["width"])
        period, width = own.segment_period[finite], own.segments["width"][finite]
        wanted = own.segments["holding_slope"][finite] + charge[period] * own.segments["owed_slope"][finite]
        span = charge + holding * weeks + 1e-12
        keys = 2.0 * self.period + np.clip((ranked + charge[self.period]) / span[self.period], 0.0, 1.0)
        place = np.searchsorted(keys, 2.0 * period + (wanted + charge[period]) / span[period], side="right") - 1
        place = np.clip(place, first[period], np.maximum(last[period] - 1, first[period]))
        gap = ranked[place + 1] - ranked[place]
        share = np.where(gap > 0, np.clip((ranked[place + 1] - wanted) / np.where(gap > 0, gap, 1.0), 0.0, 1.0), 1.0)
        drawn = np.bincount(place, width * share, len(slope)) + np.bincount(place + 1, width * (1 - share), len(slope))
        widths = np.empty(len(slope))
        widths[rank] = drawn
        widths[self.endless] = np.inf
        held = holding[self.period] * self.held
        return {"width": widths, "holding_slope": held, "short_slope": self.short, "owed_slope": self.short}


def slopes_of(instance: Instance) -> Slopes:
    """The slopes of an instance's curves and the steps between certainly short and certainly held."""
    own = instance.columns
    holding, charge, weeks = _terms(instance)
    count, owner = len(weeks), own.segment_period
    short, rate = own.segments["owed_slope"], holding[owner]
    held = own.segments["holding_slope"] / np.where(rate > 0, rate, 1.0)
    held = np.where(rate > 0, held, (1 + short) * weeks[owner])
    period = np.concatenate([np.repeat(np.arange(count), len(STEPS)), owner])
    held = np.concatenate([np.outer(weeks, STEPS).ravel(), held])
    short = np.concatenate([np.tile(np.array(STEPS) - 1.0, count), short])
    endless = np.concatenate([np.zeros(count * len(STEPS), dtype=bool), np.isinf(own.segments["width"])])
    rank = np.lexsort((holding[period] * held + charge[period] * short, endless, period))
    return Slopes(period[rank], held[rank], short[rank], endless[rank])


def _terms(instance: Instance) -> tuple[Floats, Floats, Floats]:
    """Holding cost per unit and week, charge per unit short, and weeks, of each period (periods,)."""
    holding = np.array([one.holding for one in instance.series])[instance.columns.period_series]
    weeks = np.array([period.last - period.first + 1.0 for period in instance.periods])
    return holding, instance.columns.periods["charge"], weeks
