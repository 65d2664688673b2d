"""Curves kept from one instance to the next: only series of which something changed are read off their paths anew.

What-ifs of limits change no curve, those of demand or costs only the curves of their series, and so do open orders that
are rushed or cancelled.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from optimize.cost_curves import Calendar, Outlook, Terms, outlooks
from optimize.late import Late
from optimize.late_curves import late_outlooks
from optimize.stock_flow import Flags, Floats
from optimize.threads import in_threads

CHUNK = 200


class View(NamedTuple):
    """What a series' curves are read off, beside its paths.

    ``clock``: what series that are read together have in common beside the calendar (see late.py); ``holding``: money
    per unit and week; ``charge``: money per unit short, by period; ``loss``: what a unit left at the end is worth less
    than it cost, money; ``pitch``: units in which supply can change; ``leaves``: whether units can leave; ``most``:
    units that a season is bought for at most; ``open_units``: promised arrivals of open orders, by week.
    """

    calendar: Calendar
    clock: bytes
    holding: float
    charge: tuple[float, ...]
    loss: float
    pitch: float
    leaves: bool
    most: float
    stock: float
    open_units: tuple[float, ...]


class Curves:
    """The outlooks of the series seen last, and what they were read off."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.paths: tuple[Floats, ...] = ()
        self.outlooks: list[Outlook] = []

    def of(self, views: list[View], demand: Floats, late: Late | None) -> list[Outlook]:
        """The outlook of every series, exactly as if all were read anew; ``demand`` (S, N, H)."""
        paths = (demand,) if late is None else (demand, late.open_units)
        anew = self._changed(views, paths)
        found = dict(enumerate(self.outlooks)) | _read(views, anew, demand, late)
        self.views, self.paths, self.outlooks = views, paths, [found[i] for i in range(len(views))]
        return self.outlooks

    def _changed(self, views: list[View], paths: tuple[Floats, ...]) -> Flags:
        if len(views) != len(self.views) or [one.shape for one in paths] != [one.shape for one in self.paths]:
            return np.ones(len(views), dtype=bool)
        changed = np.array([one != other for one, other in zip(views, self.views, strict=True)], dtype=bool)
        for one, other in zip(paths, self.paths, strict=True):
            changed |= (one != other).any(axis=2).any(axis=0)
        return changed


def _read(views: Sequence[View], anew: Flags, demand: Floats, late: Late | None) -> dict[int, Outlook]:
    """The outlooks of series to be read anew, together for all that share a calendar, with a season or without."""
    alike: dict[tuple[Calendar, bytes, bool], list[int]] = defaultdict(list)
    for i, view in enumerate(views):
        alike[view.calendar, view.clock, isfinite(view.most)].append(i)
    changed = [[i for i in members if anew[i]] for members in alike.values()]
    chunks = [members[start : start + CHUNK] for members in changed for start in range(0, len(members), CHUNK)]
    found = in_threads(lambda chunk: _together(views, chunk, demand, late), chunks)
    return {i: one for chunk, own in zip(chunks, found, strict=True) for i, one in zip(chunk, own, strict=False)}


def _together(views: Sequence[View], members: list[int], demand: Floats, late: Late | None) -> list[Outlook]:
    """The outlooks of series that share a calendar and a clock.

    One by itself is read twice: numpy adds up a single column in another order, and no series' curves may depend on
    which others are read with it.
    """
    chunk = members if len(members) > 1 else 2 * members
    own = [views[i] for i in chunk]
    leaves = np.array([one.leaves for one in own], dtype=bool)
    most = np.array([one.most for one in own])
    terms = Terms(
        holding=np.array([one.holding for one in own]),
        charge=np.array([one.charge for one in own]).reshape(len(own), -1),
        pitch=np.array([one.pitch for one in own], dtype=float),
        loss=np.array([one.loss for one in own]),
        leaves=leaves if leaves.any() else None,
        most=most if isfinite(own[0].most) else None,
    )
    stock, calendar = np.array([one.stock for one in own]), own[0].calendar
    if late is None or not own[0].clock:
        return outlooks(stock, np.array([one.open_units for one in own]), demand[:, chunk], calendar, terms)
    return late_outlooks(stock, late.open_units[:, chunk], demand[:, chunk], calendar, terms, late.delay[:, chunk[0]])
