"""The instance: the company and its demand paths as the model sees them, plain numbers in plain lists."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from optimize.cost_curves import Curve, Outlook
from optimize.lanes import Lane
from optimize.stock_flow import Floats


@dataclass(frozen=True)
class Supplier:
    """What ordering from a supplier costs and allows, per order week. ``capacity`` None: no limit (units).

    ``over_price``: money per unit ordered beyond the capacity, more than any unit can earn.
    """

    name: str
    order_cost: float
    least_value: float
    capacity: float | None
    over_price: float

    @property
    def joins(self) -> bool:
        """Whether its lines must be planned together."""
        return self.order_cost > 0 or self.least_value > 0 or self.capacity is not None


@dataclass(frozen=True)
class Slot:
    """A lane in one of its order weeks: the decision how many packs to order. ``period`` is what it arrives in.

    ``limit``: packs beyond which another one can be of no use.
    """

    lane: Lane
    order_week: int
    arrival_week: int
    period: int
    limit: int


@dataclass(frozen=True)
class Period:
    """The weeks ``first``..``last`` of a series between two possible arrivals.

    ``previous``: the period before, None for the series' first; ``final``: whether it is its last; ``charge``: money
    per unit short in its last week.
    """

    series: int
    first: int
    last: int
    previous: int | None
    final: bool
    curve: Curve
    charge: float

    def cost_at(self, supply: Floats) -> Floats:
        """Expected money of the period at cumulative supplies: holding and what is short."""
        return self.curve.holding_at(supply) + self.charge * self.curve.short_at(supply)


@dataclass(frozen=True)
class Series:
    """A series' money: ``holding`` per unit and week, ``lost`` per unit lost (margin and goods), ``end_value`` per
    unit left at its horizon's end, ``replacement`` the cheapest cost of a unit; ``end``: the first week that no longer
    counts; ``outlook``: what happens before an order can reach it.
    """

    holding: float
    lost: float
    end_value: float
    replacement: float
    end: int
    outlook: Outlook


@dataclass(frozen=True)
class Budget:
    """Money that may be spent on orders placed in a period.

    ``amount``: money still unspent, below 0 if already overspent; ``slots``: positions of the slots that it pays;
    ``week``: the first week that it pays; ``over_price``: money per unit of money spent beyond the amount, more than
    any unit can earn on its cost.
    """

    name: str
    week: int
    amount: float
    over_price: float
    slots: tuple[int, ...]


@dataclass(frozen=True)
class Instance:
    """All that the model loops over. Slots and periods refer to each other by position.

    ``series`` N; ``suppliers`` as the company's; ``slots`` and ``periods`` by series, then week; ``stock`` (N,),
    ``open_units`` (N, H) arrivals of open orders, ``demand`` (S, N, H).
    """

    as_of: pd.Timestamp
    firm_weeks: int
    series: list[Series]
    suppliers: list[Supplier]
    slots: list[Slot]
    periods: list[Period]
    budgets: list[Budget]
    stock: Floats
    open_units: Floats
    demand: Floats

    @cached_property
    def arriving(self) -> dict[int, list[int]]:
        """The slots that arrive in each period."""
        found: dict[int, list[int]] = defaultdict(list)
        for position, slot in enumerate(self.slots):
            found[slot.period].append(position)
        return found

    @cached_property
    def periods_of(self) -> list[list[int]]:
        """The periods of each series, in time."""
        found: list[list[int]] = [[] for _ in self.series]
        for position, period in enumerate(self.periods):
            found[period.series].append(position)
        return found

    @cached_property
    def supplier_orders(self) -> dict[tuple[int, int], list[int]]:
        """The slots of each supplier's order, by (supplier, order week)."""
        found: dict[tuple[int, int], list[int]] = defaultdict(list)
        for position, slot in enumerate(self.slots):
            found[slot.lane.supplier, slot.order_week].append(position)
        return found
