"""What a scenario may change: each field once, with the segment, weeks and operations that make sense for it."""

from dataclasses import dataclass
from math import inf

ITEM = ("sku", "category")
SERIES = (*ITEM, "location")
LANE = (*SERIES, "supplier")
SELLER = ("supplier",)
PROMOTION = (*SERIES, "promo")
ARITHMETIC = ("set", "add", "multiply")


@dataclass(frozen=True)
class Field:
    """A field. ``table``: of the company, whose column it is; "" if changing it is more than changing a column.

    ``segment``: what it may be limited to; ``weeks``: whether ``from`` and ``to`` may be given; ``low`` and ``high``:
    bounds of the result; ``whole``: the result is rounded up to whole numbers.
    """

    meaning: str
    segment: tuple[str, ...] = ()
    table: str = ""
    weeks: bool = False
    operations: tuple[str, ...] = ARITHMETIC
    low: float = 0.0
    high: float = inf
    whole: bool = False


FIELDS: dict[str, Field] = {
    "demand": Field("units demanded; set and add: a week, all that is named together", (*LANE, "promo"), weeks=True),
    "uplift": Field("demand during coming promotions, as a multiple of what it would be without", PROMOTION),
    "promotion": Field('coming promotions; set "cancelled"', PROMOTION, operations=("set",)),
    "promotion_start": Field(
        "first day of coming promotions, which keep their length; add: days", PROMOTION, operations=("set", "add")
    ),
    "price": Field("selling price; demand stays as it is", ITEM),
    "unit_cost": Field("what a unit costs to buy; holding cost and margin follow", LANE),
    "duty": Field("duty on goods, as a share of their cost, on top of today's", LANE, operations=("set", "add")),
    "exchange_rate": Field("cost of goods in the company's currency; 1 is today's", LANE),
    "freight": Field("cost of containers, of express and of moving goods between locations", SELLER),
    "holding_cost": Field("cost of holding a unit for a week", ITEM, "items"),
    "shortage_cost": Field("loss per unit of lost sales", ITEM, "items"),
    "salvage_value": Field("what a unit left at its season's end brings", ITEM, "items"),
    "carrying_rate": Field("cost of money in stock, per year; holding costs and payment terms follow"),
    "on_hand": Field("units on the shelf", SERIES, "stock"),
    "lead_time_weeks": Field("weeks from an order to its sale", LANE, "sourcing", whole=True),
    "lead_time_sd": Field("standard deviation of the lead time, weeks", LANE, "sourcing"),
    "late_days": Field(
        "days by which orders come later: open ones due, new ones placed in these weeks",
        LANE,
        weeks=True,
        operations=("set", "add"),
    ),
    "supplier": Field('set "gone": no orders are taken in these weeks', SELLER, weeks=True, operations=("set",)),
    "source": Field("set a table: a new source, with its lead_time_weeks and terms", LANE, operations=("set",)),
    "moq": Field("least units per order line", LANE, "sourcing"),
    "pack_size": Field("order lines are multiples of it", LANE, "sourcing", low=1.0, whole=True),
    "max_units": Field("most units per order line", LANE, "sourcing"),
    "line_cost": Field("fixed cost of an order line", LANE, "sourcing"),
    "expedite_unit_cost": Field("what a unit costs by express", LANE, "sourcing"),
    "expedite_lead_time_weeks": Field("lead time by express", LANE, "sourcing", whole=True),
    "order_cost": Field("fixed cost of an order", SELLER, "suppliers"),
    "min_order_value": Field("least value of an order", SELLER, "suppliers"),
    "order_every_weeks": Field("weeks from one order to the next", SELLER, "suppliers", low=1.0, whole=True),
    "capacity_units": Field("most units per order week", SELLER, "suppliers"),
    "payment_days": Field("days from arrival to payment", SELLER, "suppliers"),
    "container_cost": Field("cost of each container", SELLER, "suppliers"),
    "budget": Field(
        "most money of orders placed in a period; set where there is none: a new budget from, to",
        ("category", "supplier"),
        weeks=True,
    ),
    "service_floor": Field("least expected fill rate", ITEM, "items", high=1.0),
}
