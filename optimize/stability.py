"""The second pass: of the approved plan, what can be kept while the cost stays within the tolerance of the best.

Each series is planned twice: *kept*, with its approved lines as they are and only later weeks decided, and *moved*, at
its best. Groups that share orders are planned so while the approved orders are placed; where no number of moves helps,
they keep what they can while the orders of the best plan are placed. From kept throughout, series are moved, those
first whose keeping costs most, until the cost is within the tolerance. The cost of every plan
on the way is the checker's; ties are broken by position.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.approved import Approved
from optimize.checker import cost_of, keeps_limits, violations
from optimize.groups import groups
from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.shared import Row, Shared, shared
from optimize.single import batches, plan_alone
from optimize.stock_flow import Floats
from optimize.together import plan_group

Terms = tuple[Floats, Floats, Floats]
"""Money per unit and fee of each slot (slots,), and the prices of the limits that series share."""


@dataclass(frozen=True)
class Ways:
    """Two plans of some series: ``kept`` and ``moved``, in parts that move one by one; ``saved``: money that moving
    each part saves, at the prices of what the series share.
    """

    parts: list[list[int]]
    kept: Decisions
    moved: Decisions
    saved: Floats

    @property
    def series(self) -> list[int]:
        """All of its series."""
        return [i for part in self.parts for i in part]


def stable(
    instance: Instance,
    approved: Approved,
    best: Decisions,
    prices: Mapping[Row, float],
    tolerance: float,
    limits: Limits,
) -> Decisions:
    """The plan nearest to the approved one that costs at most ``tolerance`` more than the best, money.

    ``prices``: of what series share in the best plan, by row of the model.
    """
    before = moves(instance, approved, best)
    if not before:
        return best
    holding = replace(instance, held={**approved.held(instance, approved.reach), **instance.held})
    most = cost_of(instance, range(len(instance.series)), best) + tolerance

    def allows(plan: Decisions) -> bool:
        everything = range(len(instance.series))
        near = cost_of(instance, everything, plan) <= most + 1e-9 * max(abs(most), 1.0)
        return near and keeps_limits(instance, plan, everything) and not violations(instance, plan)

    found = _within(instance, holding, best, prices, allows, limits)
    return found if moves(instance, approved, found) < before else best


def moves(instance: Instance, approved: Approved, plan: Decisions) -> float:
    """Units that a plan orders otherwise than approved, those aside that cannot be ordered so any more."""
    return approved.changed(instance, plan) - approved.lost


def _within(
    instance: Instance,
    holding: Instance,
    best: Decisions,
    prices: Mapping[Row, float],
    allows: Callable[[Decisions], bool],
    limits: Limits,
) -> Decisions:
    """Kept throughout, but for as few parts as the cost allows; groups where no number does go back to best orders.

    When the time is up, kept throughout or not at all.
    """
    alone, together = groups(instance)
    sent = {instance.slots[q].lane.series for q in instance.transfers.ravel().tolist()}
    whole = [not sent.isdisjoint(members) for members in together]
    ways = [_of_alone(instance, holding, alone)]
    for members, joined in zip(together, whole, strict=True):
        if joined:
            ways.append(_in_one(instance, holding, members, best, limits))
        else:
            ways.append(_by_approved(instance, holding, members, limits))
    if limits.late:
        kept = _assembled(instance, ways, best, [])
        return kept if allows(kept) else best
    gains = [cost_of(instance, way.series, way.moved) - cost_of(instance, way.series, best) for way in ways[1:]]
    found = _fewest(instance, ways, best, allows)
    for place in sorted(range(len(together)), key=lambda g: (-gains[g], g)):
        if found is None and not whole[place]:
            ways[place + 1] = _by_best(instance, holding, together[place], best, prices)
            found = _fewest(instance, ways, best, allows)
    return best if found is None else found


def _of_alone(instance: Instance, holding: Instance, alone: Sequence[int]) -> Ways:
    """Series that share nothing: what moving them saves is exact."""
    common = shared(instance, alone)
    fee = common.line_cost + np.append(common.charge, 0.0)[common.order_of]
    terms = common.unit_cost, fee, np.zeros(len(common.limits))
    (kept, cost), (moved, least) = (_planned(one, common, terms) for one in (holding, instance))
    return Ways([[i] for i in alone], kept, moved, cost - least)


def _in_one(instance: Instance, holding: Instance, members: list[int], best: Decisions, limits: Limits) -> Ways:
    """Series between which goods are transferred: kept or as in the best plan, all at once."""
    kept = Decisions.none(instance)
    plan_group(holding, members, limits, kept)
    saved = cost_of(instance, members, kept) - cost_of(instance, members, best)
    return Ways([members], kept, best, np.array([saved]))


def _by_approved(instance: Instance, holding: Instance, members: list[int], limits: Limits) -> Ways:
    """A group's series, each kept or at its best, while the orders of the approved plan are placed."""
    kept = Decisions.none(instance)
    proof = plan_group(holding, members, limits, kept)
    common = shared(instance, members)
    terms = _terms(common, kept, proof.prices)
    (_, cost), (moved, least) = (_planned(one, common, terms) for one in (holding, instance))
    return Ways([[i] for i in members], kept, moved, cost - least)


def _by_best(
    instance: Instance, holding: Instance, members: list[int], best: Decisions, prices: Mapping[Row, float]
) -> Ways:
    """A group's series, each kept or as in the best plan, while the orders of that are placed; what was approved in
    another order cannot be kept.
    """
    common = shared(instance, members)
    terms = _terms(common, best, prices)
    (kept, cost), (_, least) = (_planned(one, common, terms) for one in (holding, instance))
    lost = [i for i, money in zip(members, cost.tolist(), strict=True) if np.isinf(money)]
    kept.take(instance, lost, best)
    return Ways([[i] for i in members], kept, best, np.where(np.isinf(cost), 0.0, cost - least))


def _terms(common: Shared, plan: Decisions, prices: Mapping[Row, float]) -> Terms:
    """What units and lines cost while a plan's orders are placed, at some prices."""
    paid = np.array([prices.get(one.row, 0.0) for one in common.limits])
    return common.priced(paid), common.fees(common.placed(plan)), paid


def _planned(instance: Instance, common: Shared, terms: Terms) -> tuple[Decisions, Floats]:
    """The best plan of each series by itself at given terms, and its cost there (n,)."""
    unit_cost, fee, prices = terms
    plan, cost = Decisions.none(instance), np.zeros(len(common.series))
    for batch in batches(instance, common.series):
        found = plan_alone(common.charged(batch, prices), unit_cost, fee, plan)
        cost[np.searchsorted(common.series, batch.series)] = found
    return plan, cost


def _ranked(ways: Sequence[Ways]) -> list[tuple[int, int]]:
    """(place among the ways, place of a part) in the order in which parts are moved."""
    found = [(-saved, g, place) for g, way in enumerate(ways) for place, saved in enumerate(way.saved.tolist())]
    return [(g, place) for _, g, place in sorted(found)]


def _assembled(
    instance: Instance, ways: Sequence[Ways], best: Decisions, moved: Sequence[tuple[int, int]]
) -> Decisions:
    """Kept throughout, but for the parts that are moved."""
    plan = Decisions(best.packs.copy(), best.given_up.copy())
    for way in ways:
        plan.take(instance, way.series, way.kept)
    for g, place in moved:
        plan.take(instance, ways[g].parts[place], ways[g].moved)
    return plan


def _fewest(
    instance: Instance, ways: Sequence[Ways], best: Decisions, allows: Callable[[Decisions], bool]
) -> Decisions | None:
    """The plan with the fewest parts moved that is allowed: none, one, two, four ... are tried, then what lies between
    the first that is allowed and the last that is not; None if none is.
    """
    order = _ranked(ways)
    low, high = -1, 0
    found = _assembled(instance, ways, best, [])
    while not allows(found):
        if high == len(order):
            return None
        low, high = high, min(max(2 * high, 1), len(order))
        found = _assembled(instance, ways, best, order[:high])
    while high - low > 1:
        middle = (low + high) // 2
        trial = _assembled(instance, ways, best, order[:middle])
        low, high, found = (low, middle, trial) if allows(trial) else (middle, high, found)
    return found
