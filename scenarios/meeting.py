"""What many plans cost in one world: the same as playing each and counting it, without keeping what happens by week.

A world is met by every plan of a comparison. What the plans have in common, the world's ground and its demand week by
week, is laid out once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company, Floats
from optimize.ground import ground
from optimize.open_decisions import WAIT
from scenarios import cash
from scenarios.exceeded import exceeded
from scenarios.order_charges import charges
from scenarios.play import Moves, Played, by_path, by_promised_week, open_units, placed, play_plan


@dataclass(frozen=True)
class Cost:
    """Of a plan in a world: expected ``money``, with what exceeding limits weighs for the planner; by how much it
    exceeds budgets (money) and capacities (units).
    """

    money: float
    over_budget: float
    over_capacity: float


class Meeting:
    """A world, a company and its demand (S, N, H), that plans are met with one after the other."""

    def __init__(self, company: Company, demand: Floats) -> None:
        self.company, self.demand = company, demand
        self.ground = ground(company, demand)
        self.weekly = np.ascontiguousarray(np.moveaxis(demand, 2, 0))
        paths = 1 if self.ground.late is None else demand.shape[0]
        self.coming = np.ascontiguousarray(np.moveaxis(open_units(self.ground, paths), 2, 0))
        self.counted = np.arange(demand.shape[2])[:, None] < np.array(self.ground.ends)
        self.wanted = (self.weekly * self.counted[:, None]).sum(axis=0).mean(axis=0)

    def cost(self, lines: pd.DataFrame, moves: Moves) -> Cost:
        """What order lines (as plan.orders) cost, and what the plan does beside."""
        plain = not len(moves.clearance) and not len(moves.transfers) and all(one == WAIT for one in moves.actions)
        if plain:
            played = self._placed(lines, moves)
            money = self._money(played)
        else:
            played = play_plan(self.company, lines, self.demand, moves, self.ground)
            money = float(cash.total_cost(played).mean())
        limits = exceeded(played)
        return Cost(money + limits.weight, float(limits.money.sum()), float(limits.units.sum()))

    def _placed(self, lines: pd.DataFrame, moves: Moves) -> Played:
        """The orders as the world takes them, before anything is sold."""
        nothing, still = np.broadcast_to(0.0, self.demand.shape), np.broadcast_to(0.0, self.demand.shape[1:])
        return Played(
            sold=nothing,
            lost=nothing,
            end_stock=nothing,
            arrivals=nothing,
            moved_in=still,
            out=nothing,
            lines=placed(self.company, lines, self.ground),
            moves=moves,
            company=self.company,
            settled=self.company,
            ground=self.ground,
        )

    def _money(self, played: Played) -> float:
        """The planner's cost terms (see ``cash.totals``), played exactly; the mean over the paths."""
        orders, worth = charges(played), self.ground.worth
        held, lost = self._sold_out(
            by_path(self.ground, by_promised_week(played.lines, played.lines["units"], self.ground))
        )
        sold = self.wanted - lost
        left = cash.units_to_leave(played) - sold
        placing = orders.goods - orders.credit + orders.ordering + orders.containers
        return float(
            placing.sum()
            + held @ played.of_items("holding_cost")
            + lost @ np.array([one.lost for one in worth])
            - left @ np.array([one.end_value for one in worth])
        )

    def _sold_out(self, arrivals: Floats) -> tuple[Floats, Floats]:
        """Unit-weeks held and units lost (N,), the mean over the paths; ``arrivals`` (S or 1, N, H) of the orders."""
        level, short = np.empty(self.weekly.shape[1:]), np.empty(self.weekly.shape[1:])
        level[:] = self.company.stock["on_hand"].to_numpy(dtype=float)
        held, lost = np.zeros(self.weekly.shape[2]), np.zeros(self.weekly.shape[2])
        for week, counted in enumerate(self.counted):
            level += self.coming[week] + arrivals[..., week]
            np.maximum(level, 0.0, out=level)
            level -= self.weekly[week]
            lost -= np.minimum(level, 0.0, out=short).mean(axis=0) * counted
            np.maximum(level, 0.0, out=level)
            held += level.mean(axis=0) * counted
        return held, lost


def costs_of(meeting: Meeting, world: str, plans: Sequence[tuple[str, pd.DataFrame, Moves]]) -> pd.DataFrame:
    """What each plan (name, order lines, moves) costs in a world: plan, world, cost, over_budget, over_capacity."""
    rows = []
    for name, lines, moves in plans:
        found = meeting.cost(lines, moves)
        rows.append((name, world, found.money, found.over_budget, found.over_capacity))
    return pd.DataFrame(rows, columns=["plan", "world", "cost", "over_budget", "over_capacity"])
