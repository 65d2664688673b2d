"""Finance's measures, each once: what it is called, what it counts, how its total is made of its weeks."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["money", "units", "share", "times"]
Total = Literal["sum", "mean", "own"]


@dataclass(frozen=True)
class Measure:
    """``total``: over the horizon: the sum or the mean of the weeks, or its own (``meaning`` tells which).

    ``weekly``: whether there is a figure for each week; ``better``: whether finance wants more of it (1), less (-1), or
    neither (0).
    """

    name: str
    label: str
    unit: Unit
    meaning: str
    total: Total = "sum"
    better: int = 0
    weekly: bool = True


MEASURES: tuple[Measure, ...] = (
    Measure(
        "profit",
        "Profit after stock costs",
        "money",
        "margin and what paying later is worth, less clearance loss, order charges, transfers, open order fees and "
        "holding cost",
        better=1,
    ),
    Measure(
        "revenue",
        "Revenue",
        "money",
        "units sold, at the selling price; in promotions less their discount, or at the price that the drivers tell",
        better=1,
    ),
    Measure(
        "cost_of_goods",
        "Cost of goods sold",
        "money",
        "units sold, at the moving average of what stock and arrivals cost",
    ),
    Measure("margin", "Margin", "money", "revenue less cost of goods sold", better=1),
    Measure(
        "purchase_spend",
        "Orders placed",
        "money",
        "the plan's orders at cost, express surcharge included, in the week in which they are placed",
    ),
    Measure("goods_received", "Goods received", "money", "orders and open orders at cost, in the week of arrival"),
    Measure(
        "payments",
        "Payments to suppliers",
        "money",
        "goods at cost, payment_days after they arrive; goods received before the run and not paid yet are among them",
    ),
    Measure(
        "cash_flow",
        "Cash flow",
        "money",
        "revenue and what clearance brings, less payments, order charges, transfers and open order fees; the cost of "
        "holding stock is no payment and not in it",
        better=1,
    ),
    Measure(
        "stock_value",
        "Stock at cost",
        "money",
        "stock at the week's end at its moving average cost; after a season nothing is left. Total: the weeks' mean",
        total="mean",
        better=-1,
    ),
    Measure(
        "payables",
        "Owed to suppliers",
        "money",
        "goods received and not paid, at the week's end. Total: the weeks' mean",
        total="mean",
    ),
    Measure(
        "working_capital",
        "Working capital",
        "money",
        "stock at cost less what is owed to suppliers. Total: the weeks' mean",
        total="mean",
        better=-1,
    ),
    Measure(
        "working_capital_peak",
        "Working capital, peak",
        "money",
        "the highest working capital at a week's end, path by path",
        total="own",
        better=-1,
        weekly=False,
    ),
    Measure(
        "stock_value_end",
        "Stock at cost, at the end",
        "money",
        "stock at cost at the end of the horizon's last week",
        total="own",
        weekly=False,
    ),
    Measure(
        "turns",
        "Stock turns",
        "times",
        "cost of goods sold in a year over the mean stock at cost",
        total="own",
        better=1,
        weekly=False,
    ),
    Measure(
        "fill_rate",
        "Fill rate",
        "share",
        "share of the units demanded that are sold; 1 where none are demanded. Total: over all weeks",
        total="own",
        better=1,
    ),
    Measure("units_sold", "Units sold", "units", "units sold", better=1),
    Measure("lost_units", "Lost sales, units", "units", "units demanded and not on the shelf", better=-1),
    Measure("lost_revenue", "Lost sales, revenue", "money", "lost units at the selling price", better=-1),
    Measure("lost_margin", "Lost sales, margin", "money", "lost units at the items' shortage_cost", better=-1),
    Measure(
        "clearance_revenue",
        "Brought by clearance",
        "money",
        "what cleared units bring, and units left at a season's end at their salvage_value",
    ),
    Measure(
        "clearance_loss",
        "Clearance loss",
        "money",
        "what units cleared, or left at a season's end, cost, less what they bring",
        better=-1,
    ),
    Measure(
        "overstock_units",
        "Left at season's end, units",
        "units",
        "units left when their season ends, and units that arrive after it",
        better=-1,
    ),
    Measure("overstock_value", "Left at season's end, at cost", "money", "the same, at cost", better=-1),
    Measure(
        "expedite_cost",
        "Express surcharge",
        "money",
        "what express adds to the cost of goods, in the week of the order; it is part of the goods' cost",
        better=-1,
    ),
    Measure(
        "order_charges",
        "Order charges",
        "money",
        "order_cost, line_cost and containers, in the week of the order",
        better=-1,
    ),
    Measure("transfer_cost", "Transfers", "money", "moving goods between locations", better=-1),
    Measure(
        "open_order_fees",
        "Open order fees",
        "money",
        "paid to rush or to cancel what is on order, in the first week",
        better=-1,
    ),
    Measure("holding_cost", "Holding cost", "money", "holding_cost of the units left at each week's end", better=-1),
    Measure(
        "payment_terms",
        "Worth of paying later",
        "money",
        "carrying rate x payment_days / 365 of the goods ordered, in the week of the order: holding cost counts the "
        "money in all stock, this what suppliers lend of it",
        better=1,
    ),
    Measure(
        "over_budget",
        "Over budgets",
        "money",
        "orders beyond what the budgets leave for them, in a budget's first week: they cannot be placed as they stand",
        better=-1,
    ),
    Measure(
        "over_capacity",
        "Over capacities",
        "units",
        "units ordered beyond their supplier's capacity of the week: they cannot be had as they stand",
        better=-1,
    ),
    Measure(
        "total_cost",
        "Total cost",
        "money",
        "the money that the planner minimises (the cost terms), played exactly",
        total="own",
        better=-1,
        weekly=False,
    ),
)
COST_TERMS: dict[str, str] = {
    "purchase": "goods ordered, without express surcharge",
    "expedite": "express surcharge of the orders",
    "payment_terms": "what paying later is worth, negative",
    "clearance": "what cleared units bring, negative",
    "transfers": "moving goods between locations",
    "ordering": "order_cost and line_cost",
    "containers": "containers started",
    "holding": "holding_cost of the units left at each week's end",
    "lost_sales": "shortage_cost and the goods' cost of each unit lost",
    "stock_value": "what is left, or still to come, at the cheapest source's cost or its salvage value, negative",
    "open_orders": "rushing and cancelling open orders, less goods not paid",
}
COST = "cost_"
BY_NAME: dict[str, Measure] = {one.name: one for one in MEASURES} | {
    COST + term: Measure(
        COST + term,
        f"Cost term: {term.replace('_', ' ')}",
        "money",
        meaning,
        total="own",
        better=-1,
        weekly=False,
    )
    for term, meaning in COST_TERMS.items()
}
