"""The instance: the company and its demand paths as the model sees them, plain numbers in plain lists."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

import numpy as np
import pandas as pd

from optimize.columns import Columns, read
from optimize.cost_curves import Curve, Outlook
from optimize.lanes import Lane
from optimize.late import Late
from optimize.service import Floor
from optimize.stock_flow import Floats, Integers


@dataclass(frozen=True)
class Supplier:
    """What ordering from a supplier costs and allows, per order week. ``capacity`` None: no limit (units).

    ``over_price``: money per unit ordered beyond the capacity, more than any unit can earn. ``container_cost``: money
    per container started, each with room for ``container_volume`` and ``container_weight`` (inf: any).
    """

    name: str
    order_cost: float
    least_value: float
    capacity: float | None
    over_price: float
    container_cost: float = 0.0
    container_volume: float = inf
    container_weight: float = inf

    @property
    def ships_containers(self) -> bool:
        """Whether its orders need whole containers that cost money."""
        return self.container_cost > 0 and min(self.container_volume, self.container_weight) < inf

    @property
    def must_be_placed(self) -> bool:
        """Whether placing an order at all is a decision: it costs money or has a minimum."""
        return self.order_cost > 0 or self.least_value > 0 or self.ships_containers

    @property
    def limits_orders(self) -> bool:
        """Whether its orders have limits of their own."""
        return self.least_value > 0 or self.capacity is not None or self.ships_containers


@dataclass(frozen=True)
class Slot:
    """A lane in one of its order weeks: the decision how many packs to order. ``period`` is what it arrives in.

    Where units leave, a slot is a week in which they can, and every pack is one unit less.

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
        return self.curve.holding_at(supply) + self.charge * self.curve.charged_at(supply)


@dataclass(frozen=True)
class Series:
    """A series' money: ``holding`` per unit and week, ``lost`` per unit lost (margin and goods), ``end_value`` per
    unit left at its horizon's end, ``replacement`` the cheapest cost of a unit; ``end``: the first week that no longer
    counts; ``outlook``: what happens before an order can reach it; ``passes_on``: units that the locations that
    it exchanges goods with could use; ``single``: whether demand is given up by single units, not by packs.
    """

    holding: float
    lost: float
    end_value: float
    replacement: float
    end: int
    outlook: Outlook
    passes_on: float = 0.0
    single: bool = False


@dataclass(frozen=True)
class Budget:
    """Money that may be spent on orders placed in a period.

    ``amount``: money still unspent; ``overspent``: money already spent beyond it; ``slots``: the slots that it pays;
    ``week``: the first week that it pays; ``over_price``: money per unit of money spent beyond the amount, more than
    any unit can earn on its cost.
    """

    name: str
    week: int
    amount: float
    overspent: float
    over_price: float
    slots: tuple[int, ...]


@dataclass(frozen=True)
class Instance:
    """All that the model loops over. Slots and periods refer to each other by position.

    ``series`` N; ``suppliers`` as the company's; ``slots`` and ``periods`` by series, then week; ``floors``: the least
    service of segments; ``stock`` (N,), ``open_units`` (N, H) arrivals of open orders, ``demand`` (S, N, H);
    ``late``: what comes late in each path, None where everything keeps its promise (else ``open_units`` are promised);
    ``open_money``: what is paid to rush or cancel open orders, less goods not paid; ``held``: slots whose packs are
    decided already, by position; all others are free.
    """

    as_of: pd.Timestamp
    firm_weeks: int
    series: list[Series]
    suppliers: list[Supplier]
    slots: list[Slot]
    periods: list[Period]
    budgets: list[Budget]
    floors: list[Floor]
    stock: Floats
    open_units: Floats
    demand: Floats
    late: Late | None = None
    open_money: float = 0.0
    held: Mapping[int, float] = field(default_factory=dict)

    def constant(self, series: Iterable[int]) -> float:
        """What the goods needed to the horizon's end would be worth if they were left: the cost terms count the stock
        left as what was supplied less what was needed, and a plan of one series alone leaves the second part out.
        """
        lasts = [self.periods[self.periods_of[i][-1]] for i in series if self.periods_of[i]]
        return sum(self.series[period.series].end_value * period.curve.need for period in lasts)

    @cached_property
    def arriving(self) -> dict[int, list[int]]:
        """The slots that arrive in each period, after those in which units leave; tiers of a line side by side."""
        found: dict[int, list[int]] = defaultdict(list)
        for position, slot in enumerate(self.slots):
            found[slot.period].append(position)
        for own in found.values():
            own.sort(key=self._place)
        return found

    def _place(self, q: int) -> tuple[bool, int, bool, int]:
        slot = self.slots[q]
        return slot.lane.pack > 0, slot.lane.supplier, slot.lane.expedite, slot.order_week

    @cached_property
    def transfers(self) -> Integers:
        """The slots (transfers, 2) in which moved units leave one series and reach another."""
        sent = [q for q, slot in enumerate(self.slots) if slot.lane.kind == "sent"]
        return np.array([(q, q + 1) for q in sent], dtype=np.int64).reshape(-1, 2)

    @cached_property
    def periods_of(self) -> list[list[int]]:
        """The periods of each series, in time."""
        found: list[list[int]] = [[] for _ in self.series]
        for position, period in enumerate(self.periods):
            found[period.series].append(position)
        return found

    @cached_property
    def with_floors(self) -> frozenset[int]:
        """The series that have a service floor."""
        return frozenset(i for floor in self.floors for i in floor.series)

    @cached_property
    def supplier_orders(self) -> dict[tuple[int, int], list[int]]:
        """The slots of each supplier's order, by (supplier, order week)."""
        found: dict[tuple[int, int], list[int]] = defaultdict(list)
        for position, slot in enumerate(self.slots):
            found[slot.lane.supplier, slot.order_week].append(position)
        return found

    @cached_property
    def tier_lines(self) -> list[list[int]]:
        """The slots of each order line whose price tiers share a maximum, ascending."""
        found: dict[tuple[int, int, bool, int], list[int]] = defaultdict(list)
        for q, slot in enumerate(self.slots):
            if slot.lane.most_in_all is not None:
                found[slot.lane.series, slot.lane.supplier, slot.lane.expedite, slot.order_week].append(q)
        return sorted(own for own in found.values() if len(own) > 1)

    @cached_property
    def orders(self) -> list[tuple[int, int]]:
        """The orders that can be placed: (supplier, order week), ascending."""
        return sorted(self.supplier_orders)

    @cached_property
    def columns(self) -> Columns:
        """Slots, periods and segments as columns."""
        return read(self)


@dataclass(frozen=True)
class Decisions:
    """A plan in the instance's terms: ``packs`` (slots,), whole; ``given_up`` (periods,), units not waited for."""

    packs: Floats
    given_up: Floats

    def ordered(self, instance: Instance) -> list[int]:
        """The slots in which something is ordered, ascending."""
        placed = np.flatnonzero(self.packs > 0).tolist()
        return [q for q in placed if instance.slots[q].lane.kind == "order"]

    @classmethod
    def none(cls, instance: Instance) -> "Decisions":
        """Nothing ordered, nothing given up."""
        return cls(np.zeros(len(instance.slots)), np.zeros(len(instance.periods)))

    def take(self, instance: Instance, series: Iterable[int], other: "Decisions") -> None:
        """Takes over another plan's decisions for some series."""
        periods = [p for i in series for p in instance.periods_of[i]]
        slots = [q for p in periods for q in instance.arriving[p]]
        self.packs[slots] = other.packs[slots]
        self.given_up[periods] = other.given_up[periods]
