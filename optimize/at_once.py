"""A valid plan at once, when the time for a better one is up: a few offers of every series, mixed and made whole.

What is left out beside the usual way: series are planned on a coarse lattice only, few rounds of offers are made, and
there is no search among whole plans. Each series' offers are mixed as the relaxed choice has them, and the mix is
rounded to packs (rounded.py). Orders whose minimum the relaxed choice misses are not placed, and offers are made that
do without them.
"""

from dataclasses import replace

import numpy as np

from optimize.choose import Choice
from optimize.group import Group
from optimize.held import must_be_placed
from optimize.instance import Decisions
from optimize.rounded import rounded
from optimize.stock_flow import Flags, Floats

FIRST, OFFERS, CALM = 2, 7, 0.5
"""Rounds of offers before orders are left out, and in all at least; how far prices stay at the best ones so far."""
SECONDS, PER_SERIES = 0.5, 2e-3
"""What one relaxed choice may take when no time is left."""


def at_once(group: Group, placed: Flags, prices: Floats, into: Decisions) -> Floats:
    """A valid plan with these orders (orders,), or fewer where a minimum cannot be met, written into ``into``.

    ``prices`` (limits,) to begin with; returns those of the last choice.
    """
    common, rounds = group.common, 0
    limits = replace(group.limits, least=SECONDS + PER_SERIES * len(common.series))
    free = ~must_be_placed(group.instance, common)
    choice = Choice(group.instance, common, group.coarse, placed)
    bound, best = choice.offer(prices), prices
    while True:
        found, rounds = choice.relaxed(limits), rounds + 1
        left = found.missed & placed & free
        if not left.any() and (rounds > OFFERS or not len(choice.rows)):
            rounded(choice, found.shares, into)
            left = choice.below_minimum(into) & common.placed(into) & free
            if not left.any():
                return found.prices
        if left.any() and rounds > FIRST:
            placed, bound = placed & ~left, -np.inf
            choice.close(placed)
        prices = CALM * best + (1 - CALM) * found.prices
        proven = choice.offer(prices)
        bound, best = (proven, prices) if proven > bound else (bound, best)
