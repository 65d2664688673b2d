"""Every series offers whole plans; HiGHS chooses one of each so that what they share holds.

Column generation: the relaxed choice prices the limits; at these prices every series offers its best plan, found by an
exact dynamic program; and so on until offers stop improving. Then the choice is made in whole plans.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array, hstack, vstack

from optimize.highs import Arrays, Limits, Outcome, run
from optimize.instance import Decisions, Instance
from optimize.shared import Shared, over_price
from optimize.single import Batch, plan_alone
from optimize.stock_flow import Flags, Floats

MISSED = 1e-6
HARD = ("budget", "capacity")
DEARER = (1.05, 1.2, 1.5, 2.0)
"""Prices of limits beyond the best: whole plans on their safe side, for the choice to fall back on."""


@dataclass(frozen=True)
class Relaxed:
    """A choice that may take parts of offers: its ``cost``, money; ``prices`` (limits,) that it puts on them;
    ``shares`` (rounds, n) of each series' offers; ``missed`` (orders,): those whose minimum is not reached.
    """

    cost: float
    prices: Floats
    shares: Floats
    missed: Flags


class Choice:
    """The offers of a group's series while a set of orders is placed, and the choice among them.

    Round c holds one plan of every series: ``packs[c]`` (slots,), ``given_up[c]`` (periods,), ``cost[c]`` (n,) at true
    prices, ``used[c]`` (limits, n), and ``fresh[c]`` (n,): whether no earlier round offered it.
    """

    def __init__(self, instance: Instance, shared: Shared, parts: Sequence[Batch], placed: Flags) -> None:
        self.instance, self.shared, self.parts = instance, shared, parts
        self.fee = shared.fees(placed)
        holds = np.array([all(placed[o] for o in (one.order, one.boxes) if o is not None) for one in shared.limits])
        self.rows = np.flatnonzero(holds.astype(bool))
        self.boxed = np.flatnonzero(placed & (shared.box_cost > 0))
        room = [
            (r, place, shared.limits[row]) for r, row in enumerate(self.rows.tolist()) for place in self._boxes(row)
        ]
        self.room = csr_array(
            ([one.room for _, _, one in room], ([r for r, _, _ in room], [place for _, place, _ in room])),
            shape=(len(self.rows), len(self.boxed)),
        )
        self.firm = np.array([shared.limits[row].boxes is not None for row in self.rows], dtype=bool)
        self.hard = np.array([one.row[0] in HARD for one in shared.limits], dtype=bool)
        self.amount = np.array([one.amount for one in shared.limits])
        self.over_price = np.array([over_price(instance, one) for one in shared.limits])
        self.use, self.served = shared.use(), shared.served()
        self.place = np.full(len(instance.series), -1)
        self.place[shared.series] = np.arange(len(shared.series))
        owner = self.place[np.array([slot.lane.series for slot in instance.slots], dtype=int)]
        own = np.flatnonzero(owner >= 0)
        self.owner = csr_array((np.ones(len(own)), (own, owner[own])), shape=(len(owner), len(shared.series)))
        self.packs: list[Floats] = []
        self.given_up: list[Floats] = []
        self.cost: list[Floats] = []
        self.used: list[csr_array] = []
        self.fresh: list[Flags] = []

    def _boxes(self, row: int) -> list[int]:
        """The place of the order whose containers a limit holds to, among those that have any."""
        return np.flatnonzero(self.boxed == self.shared.limits[row].boxes).tolist()

    def offer(self, prices: Floats) -> float:
        """Adds every series' best plan at these prices; returns the bound that it proves while these orders stand."""
        priced = self.shared.priced(prices)
        plan = Decisions.none(self.instance)
        cost = np.zeros(len(self.shared.series))
        for batch in self.parts:
            cost[self.place[batch.series]] = plan_alone(self.shared.charged(batch, prices), priced, self.fee, plan)
        short = self.shared.units_short(self.parts, plan)
        changed = [self.owner.T @ (plan.packs != packs).astype(float) > 0 for packs in self.packs]
        self.fresh.append(np.all(changed, axis=0) if changed else np.ones(len(cost), dtype=bool))
        self.packs.append(plan.packs)
        self.given_up.append(plan.given_up)
        paid = self.owner.T @ ((priced - self.shared.unit_cost) * self.shared.pack * plan.packs)
        self.cost.append(cost - paid - (self.served.T @ prices) * short)
        used = self.use.multiply(plan.packs[None, :]).tocsr() @ self.owner
        self.used.append(csr_array(used + self.served.multiply(short[None, :])))
        boxes = float(self.shared.rest_of_boxes(prices)[self.boxed].sum())
        return float(cost.sum()) - float(prices[self.rows] @ self.amount[self.rows]) + boxes

    def relaxed(self, limits: Limits) -> Relaxed:
        """The relaxed choice; the last offers, at no prices, if there is none in time."""
        found, picked = self._solve(limits, whole=False)
        shares = np.zeros((len(self.packs), len(self.shared.series)))
        missed, prices = np.zeros(len(self.shared.orders), dtype=bool), np.zeros(len(self.amount))
        if found.values is None:
            shares[-1] = 1.0
            return Relaxed(found.objective, prices, shares, missed)
        members, rounds = np.array(picked).T
        shares[rounds, members] = found.values[: len(picked)]
        prices[self.rows] = np.maximum(-found.row_dual[len(self.shared.series) :], 0.0)
        over = found.values[len(picked) : len(picked) + len(self.rows)]
        for row, amount in zip(self.rows.tolist(), over.tolist(), strict=True):
            limit = self.shared.limits[row]
            if limit.order is not None:
                missed[limit.order] = amount > MISSED * abs(limit.amount)
        return Relaxed(found.objective, prices, shares, missed)

    def prices(self, limits: Limits) -> tuple[float, Floats]:
        """The relaxed choice: its cost and the prices that it puts on the limits."""
        found = self.relaxed(limits)
        return found.cost, found.prices

    def close(self, placed: Flags) -> None:
        """From now on fewer orders are placed: offers that use another one are no longer chosen."""
        shut = np.append(~placed, False)[self.shared.order_of]
        self.fee = self.shared.fees(placed)
        limits = [self.shared.limits[row] for row in self.rows]
        held = np.array([one.order is None or placed[one.order] for one in limits], dtype=bool)
        self.rows, self.room, self.firm = self.rows[held], self.room[np.flatnonzero(held)], self.firm[held]
        for c, packs in enumerate(self.packs):
            self.fresh[c] &= self.owner.T @ (shut & (packs > 0)).astype(float) == 0

    def choose(self, limits: Limits, prices: Floats, into: Decisions) -> None:
        """Writes the best choice of whole plans that keeps capacities and budgets into ``into``; where there is none,
        of more offers, at prices above these (limits,); the last offers if there is none in time.
        """
        found, picked = self._solve(limits, whole=True)
        if found.values is None and not limits.late:
            for factor in DEARER:
                self.offer(np.where(self.hard, factor, 1.0) * prices)
            self.offer(np.where(self.hard, self.over_price, 0.0))
            found, picked = self._solve(limits, whole=True)
        taken = np.full(len(self.shared.series), len(self.packs) - 1)
        if found.values is not None:
            for (i, c), share in zip(picked, found.values[: len(picked)].tolist(), strict=True):
                taken[i] = c if share > 0.5 else taken[i]
        series = np.array(self.shared.series)
        for c in np.unique(taken).tolist():
            into.take(self.instance, series[taken == c].tolist(), Decisions(self.packs[c], self.given_up[c]))

    def below_minimum(self, plan: Decisions) -> Flags:
        """The orders (orders,) whose lines are worth less than their minimum."""
        short = np.zeros(len(self.shared.orders), dtype=bool)
        used = self.use @ plan.packs
        for r in self.rows.tolist():
            order, amount = self.shared.limits[r].order, self.amount[r]
            if order is not None:
                short[order] = used[r] > amount * (1 - 1e-9)
        return short

    def _solve(self, limits: Limits, whole: bool) -> tuple[Outcome, list[tuple[int, int]]]:
        """min sum of cost, one offer of each series, use of each limit within its amount or at its over price, and the
        use of containers within those that are started; whole offers keep capacities and budgets.
        """
        picked = [(i, c) for c, fresh in enumerate(self.fresh) for i in np.flatnonzero(fresh).tolist()]
        members, rounds = np.array(picked).T
        count, series, rows = len(picked), len(self.shared.series), self.rows
        each = csr_array((np.ones(count), (members, np.arange(count))), shape=(series, count))
        used = csr_array(hstack(self.used, format="csc")[:, rounds * series + members])[rows]
        used.eliminate_zeros()
        over, boxes = csr_array((series, len(rows))), len(self.boxed)
        limited = hstack([used, -eye_array(len(rows)), -self.room]) if len(rows) else used
        matrix = vstack([hstack([each, over, csr_array((series, boxes))]), limited]) if len(rows) else each
        started = self.shared.box_cost[self.boxed] if len(rows) else np.zeros(0)
        cost = np.concatenate([np.array(self.cost)[rounds, members], self.over_price[rows], started])
        kind = np.repeat([0, 1, 2], [count, len(rows), len(cost) - count - len(rows)])
        upper = np.full(len(cost), np.inf)
        upper[kind == 1] = np.where(self.firm | (self.hard[rows] & whole), 0.0, np.inf)
        arrays = Arrays(
            cost=cost,
            lower=np.where(kind == 2, 1.0, 0.0),
            upper=upper,
            matrix=csc_array(matrix),
            row_lower=np.concatenate([np.ones(series), np.full(len(rows), -np.inf)]),
            row_upper=np.concatenate([np.ones(series), self.amount[rows]]),
            whole=(kind != 1) & whole,
        )
        return run(arrays, limits), picked
