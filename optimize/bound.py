"""A proven lower bound: every series pays its share of each shared order and the price of each shared limit.

For any prices pi >= 0 of the limits and any fees mu >= 0 of the order lines that add up, over an order's lines, to the
order's charge (plus pi times the minimum of its value, and what its first container costs beyond the price of the room
in it), the sum over series of the cost of each planned alone, less the sum over limits of pi * amount, is at most the
cost of any plan: Lagrangian relaxation. Fees and prices are
improved by projected subgradient steps: lines that the series use pay more and the others less, limits that they
exceed cost more and the others less. Prices are stepped in money for the whole limit, so that both have one scale.
"""

from collections.abc import Sequence

import numpy as np

from optimize.highs import Limits
from optimize.instance import Decisions, Instance
from optimize.shared import Shared, over_price
from optimize.single import Batch, least_cost, plan_alone
from optimize.stock_flow import Floats

STEPS, FEW_STEPS, PRICELESS = 30, 8, 1e15
"""Steps that bring the bound near its best, and those that bring it well within a usual gap."""


def lower_bound(
    instance: Instance,
    shared: Shared,
    parts: tuple[Sequence[Batch], Sequence[Batch]],
    prices: Floats,
    worth: Floats,
    cost: float,
    limits: Limits,
    steps: int = STEPS,
) -> float:
    """The best bound found on the cost of the group's series, without what no decision changes, money.

    ``parts``: the batches of all its series, coarse ones to find the fees and exact ones to prove the bound;
    ``prices`` of the limits to begin with; ``worth`` (slots,): what each line is worth, which shares the first fees;
    ``cost``: of a plan, towards which the ``steps`` are sized.
    """
    always = np.array([one.order is None and one.amount > 0 for one in shared.limits], dtype=bool)
    amount = np.where(always, [one.amount for one in shared.limits], 0.0)
    most = np.array([over_price(instance, one) if one.served else np.inf for one in shared.limits])
    prices = np.minimum(prices, most)
    lines = _Lines(shared, prices)
    fee, best, reach = lines.share(worth), -np.inf, 1.0
    best_fee, best_prices = fee, prices
    plan = Decisions.none(instance)
    for _ in range(steps):
        unit_cost = shared.priced(prices)
        priced = [shared.charged(batch, prices) for batch in parts[0]]
        bound = sum(float(plan_alone(batch, unit_cost, fee + lines.own, plan).sum()) for batch in priced)
        bound -= float(prices @ amount)
        if bound > best:
            best, best_fee, best_prices = bound, fee, prices
        else:
            reach *= 0.7
        slope = lines.slope((plan.packs > 0).astype(float))
        excess = np.where(always, (shared.used(parts[0], plan) - amount) / np.maximum(amount, 1e-9), 0.0)
        excess[(excess < 0) & (prices <= 0)] = 0.0
        size = float(slope @ slope + excess @ excess)
        if size == 0 or bound >= cost or limits.late:
            break
        step = reach * (cost - bound) / size
        fee = lines.project(fee + step * slope)
        prices = np.clip(prices + step * excess / np.maximum(amount, 1e-9), 0.0, most)
    unit_cost = shared.priced(best_prices)
    exact = (shared.charged(batch, best_prices) for batch in parts[1])
    proven = sum(float(least_cost(batch, unit_cost, best_fee + lines.own).sum()) for batch in exact)
    return proven - float(best_prices @ amount)


class _Lines:
    """The order lines that share charges, order by order, the sum that the fees of each order must have, and what each
    line costs of its own.
    """

    def __init__(self, shared: Shared, prices: Floats) -> None:
        self.size, self.own = len(shared.order_of), shared.line_cost
        joined = np.flatnonzero(shared.order_of >= 0)
        owner = shared.order_of[joined]
        self.members = [joined[owner == order] for order in range(len(shared.orders))]
        self.total = shared.charge + np.maximum(shared.rest_of_boxes(prices), 0.0)
        for price, one in zip(prices, shared.limits, strict=True):
            if one.order is not None:
                self.total[one.order] -= price * one.amount

    def share(self, worth: Floats) -> Floats:
        """Fees in proportion to worth; a line that cannot be done without bears them all."""
        fee = np.zeros(self.size)
        for own, total in zip(self.members, self.total, strict=True):
            weight = np.clip(worth[own], 0.0, PRICELESS) + 1e-9
            fee[own] = total * weight / weight.sum()
        return fee

    def slope(self, used: Floats) -> Floats:
        """The part of the subgradient that keeps each order's sum."""
        slope = np.zeros(self.size)
        for own in self.members:
            slope[own] = used[own] - used[own].mean()
        return slope

    def project(self, fee: Floats) -> Floats:
        """The nearest fees that are not negative and have the right sums (projection on a simplex)."""
        projected = np.zeros(self.size)
        for own, total in zip(self.members, self.total, strict=True):
            ordered = np.sort(fee[own])[::-1]
            excess = (ordered.cumsum() - total) / np.arange(1, len(own) + 1)
            level = excess[int(np.flatnonzero(ordered > excess)[-1])] if total > 0 else np.inf
            projected[own] = np.maximum(fee[own] - level, 0.0)
        return projected
