"""Large groups that budgets hold together: their parts plan themselves, at prices of the budgets.

1. The relaxed parts find the prices at which they spend what there is (Dantzig-Wolfe decomposition): a first bound.
2. At these prices every part is planned in whole packs, and proves its bound.
3. What the parts spend then misses the budgets by a little: they offer plans at prices a little higher or lower, until
   a choice among their offers is good.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimize.crew import Crew
from optimize.decide import Proof, Report, decide_together, unheard
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.parts import Part
from optimize.pool import Pool
from optimize.shared import Row
from optimize.stock_flow import Floats

RELAXED_ROUNDS, RELAXED_CLOSE, CALM, MOST_STEP = 20, 2e-4, 0.5, 0.5
ROUNDS, CLOSE, NUDGE, LEAST_NUDGE = 6, 5e-4, 0.02, 0.005


def decide_apart(
    instance: Instance,
    parts: tuple[list[Part], list[int]],
    limits: Limits,
    into: Decisions,
    report: Report = unheard,
    processes: int = 0,
    known: Decisions | None = None,
) -> Proof:
    """Plans the parts of a group and the budgets that they share, as parts.py gives them; the plan is written into
    ``into``. ``report`` is called with the share of the work that is done. ``known``: a plan from whose orders the
    search starts. Where the time is up before the parts are planned, the whole group is planned at once.
    """
    own, common = parts
    budgets = [instance.budgets[b] for b in common]
    starts = [None if known is None else part.read(known) for part in own]
    with Crew(own, limits, processes, starts) as crew:
        prices, bound = _relaxed(crew, Pool(budgets), limits)
        report(0.3)
        if limits.late:
            proof = decide_together(instance, _series(instance, own), limits, into, report)
            return replace(proof, bound=max(bound, proof.bound))
        pool = Pool(budgets)
        offers = crew.do("decide", prices)
        excess, bound = pool.add(offers), max(bound, pool.bound(offers, prices))
        report(0.8)
        search = PriceSearch(prices)
        cost, chosen = pool.choose(limits)
        for _ in range(ROUNDS):
            spare = cost - pool.value(offers, prices)
            if cost - bound <= limits.gap * abs(cost) or spare <= CLOSE * abs(cost) or limits.late:
                break
            prices = search.next(prices, excess)
            offers = crew.do("again", prices)
            excess = pool.add(offers)
            cost, chosen = pool.choose(limits)
    told: dict[Row, float] = {}
    for part, offer in zip(own, chosen, strict=True):
        if offer.plan is not None:
            part.write(offer.plan, into)
        told |= {part.row(row, instance): price for row, price in offer.proof.prices.items()}
    told |= {("budget", b): float(price) for b, price in zip(common, pool.prices(limits)[1], strict=True)}
    return Proof(bound, tuple(sorted({stop for offer in offers for stop in offer.proof.stopped})), told)


def _series(instance: Instance, parts: Sequence[Part]) -> list[int]:
    """The series of some parts, ascending."""
    periods = np.concatenate([one.periods for one in parts])
    found: list[int] = np.unique(instance.columns.period_series[periods]).tolist()
    return found


def _relaxed(crew: Crew, pool: Pool, limits: Limits) -> tuple[Floats, float]:
    """The prices at which the relaxed parts spend what there is, and the bound that they prove."""
    prices: Floats = np.zeros(len(pool.amount))
    best, bound = prices, -np.inf
    for _ in range(RELAXED_ROUNDS):
        offers = crew.do("relax", prices)
        if limits.late:
            break
        pool.add(offers)
        if pool.bound(offers, prices) > bound:
            best, bound = prices, pool.bound(offers, prices)
        cost, prices = pool.prices(limits)
        if cost - bound <= RELAXED_CLOSE * abs(cost):
            break
        prices = np.minimum(CALM * best + (1 - CALM) * prices, best + MOST_STEP)
    return best, bound


class PriceSearch:
    """For each budget the highest price at which too much was spent and the lowest at which it was enough."""

    def __init__(self, prices: Floats) -> None:
        self.over, self.within = np.full(len(prices), -np.inf), np.full(len(prices), np.inf)
        self.step = NUDGE * prices + LEAST_NUDGE

    def next(self, prices: Floats, excess: Floats) -> Floats:
        """Other prices: between the two where both are known, else further, twice as far each time."""
        over = excess > 0
        self.over = np.where(over, np.maximum(self.over, prices), self.over)
        self.within = np.where(over, self.within, np.minimum(self.within, prices))
        both = np.isfinite(self.over) & np.isfinite(self.within)
        further = np.maximum(np.where(over, prices + self.step, prices - self.step), 0.0)
        self.step = 2 * self.step
        middle = (np.where(both, self.over, 0.0) + np.where(both, self.within, 0.0)) / 2
        return np.where(both, middle, further)
