"""Room for cost curves in a model that stays: where each curve's segments stand when other curves take their place.

A curve stands in places that follow one another, so that it is exactly itself; the others have no width. It keeps the
place of its first segment while it has as many as before; else the segment whose slope is nearest to the last price of
a unit there takes the place of the one that was nearest: what the solver knew of that place is still about right.
"""

from dataclasses import dataclass

import numpy as np

from optimize.instance import Instance
from optimize.stock_flow import Floats, Integers

SPARE = 2
"""Places before and after the segments of every first curve."""


@dataclass(frozen=True)
class Room:
    """``places`` (periods,): of each period's curve; ``start`` and ``own`` (periods,): the first that a segment stands
    in, and how many do; ``values``: their figures as in model.py (all places,), kept where nothing stands any more.
    """

    places: Integers
    start: Integers
    own: Integers
    values: dict[str, Floats]

    @classmethod
    def of(cls, instance: Instance) -> "Room":
        """Room for an instance's curves."""
        own = _counts(instance)
        places = own + 2 * SPARE
        empty = {name: np.zeros(places.sum()) for name in instance.columns.segments}
        return cls(places, np.full(len(own), SPARE), own, empty)._with(instance)

    @property
    def period(self) -> Integers:
        """Whose curve each place is for."""
        return np.repeat(np.arange(len(self.places)), self.places)

    def taken(self, instance: Instance, before: Instance, prices: Floats) -> "Room":
        """The room with the curves of an instance with the same periods; wider where it has too few places.

        ``before``: the instance whose curves stand there; ``prices`` (periods,): money per unit of supply last.
        """
        own, room = _counts(instance), self._wide_enough(instance)
        stood, stands = _nearest(before, prices), _nearest(instance, prices)
        moved = np.clip(room.start + stood - stands, 0, room.places - own)
        start = np.where(own == room.own, room.start, moved)
        return Room(room.places, start, own, room.values)._with(instance)

    def _wide_enough(self, instance: Instance) -> "Room":
        more = np.where(_counts(instance) > self.places, _counts(instance) + SPARE - self.places, 0)
        if not more.any():
            return self
        places = self.places + more
        kept = np.repeat(np.cumsum(more) - more, self.places) + np.arange(self.places.sum())
        values = {name: np.zeros(places.sum()) for name in self.values}
        for name, value in self.values.items():
            values[name][kept] = value
        return Room(places, self.start, self.own, values)

    def _with(self, instance: Instance) -> "Room":
        """The same where an instance's curves stand."""
        first = np.cumsum(self.places) - self.places + self.start
        place = np.arange(self.own.sum()) + np.repeat(first - np.cumsum(self.own) + self.own, self.own)
        values = {name: value.copy() for name, value in self.values.items()}
        values["width"][:] = 0.0
        for name, value in instance.columns.segments.items():
            values[name][place] = value
        return Room(self.places, self.start, self.own, values)


def _counts(instance: Instance) -> Integers:
    """Segments of each period's curve."""
    return np.bincount(instance.columns.segment_period, minlength=len(instance.periods))


def _nearest(instance: Instance, prices: Floats) -> Integers:
    """The rank of the segment of each period's curve whose slope, money per unit of supply, is nearest to a price."""
    own = instance.columns
    period = own.segment_period
    slope = own.segments["holding_slope"] + own.periods["charge"][period] * own.segments["owed_slope"]
    first, away = np.searchsorted(period, np.arange(len(prices))), np.abs(slope - prices[period])
    nearest = np.flatnonzero(away == np.minimum.reduceat(away, first)[period])
    return nearest[np.searchsorted(nearest, first)] - first
