"""Large groups that budgets hold together: their parts plan themselves, at prices of the budgets.

1. The relaxed parts find the prices at which they spend what there is (Dantzig-Wolfe decomposition): a first bound.
2. At these prices every part is planned in whole packs, and proves its bound.
3. What the parts spend then misses the budgets by a little: they offer plans at prices a little higher or lower, until
   a choice among their offers is good.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from optimize.allowed import amounts
from optimize.budget_prices import Goal, PriceSearch, settled
from optimize.crew import Crew
from optimize.decide import Proof, Report, decide_together, unheard
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.parts import Part
from optimize.pool import Pool
from optimize.shared import Row

RELAXED, ROUNDS, CLOSE = Goal(gap=2e-4, rounds=20), 6, 5e-4


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
    allowed = amounts(instance)
    budgets = [replace(instance.budgets[b], amount=allowed[b]) for b in common]
    starts = [None if known is None else part.read(known) for part in own]
    with Crew(own, limits, processes, starts) as crew:
        relaxed = settled(partial(crew.do, "relax"), Pool(budgets), np.zeros(len(budgets)), RELAXED, limits)
        prices, bound = relaxed.prices, relaxed.bound
        report(0.3)
        if limits.late:
            proof = decide_together(instance, _series(instance, own), limits, into, report)
            return replace(proof, bound=max(bound, proof.bound))
        pool = Pool(budgets)
        offers = crew.do("decide", prices)
        excess, bound = pool.add(offers), max(bound, pool.bound(offers, prices))
        report(0.8)
        search = PriceSearch(prices, pool)
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
