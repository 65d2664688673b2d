"""Plan: what to order, what stock follows, what it costs and what binds."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from optimize.late import Late
from optimize.stock_flow import Floats

ORDER_COLUMNS = [
    *("order_date", "arrival_date", "supplier", "sku", "location"),
    *("units", "unit_cost", "value", "expedite", "firm", "reason"),
]
PROJECTION_COLUMNS = ["sku", "location", "week", "stock_mean", "stock_q10", "stock_q90", "p_stockout", "lost_units"]

LIMIT_COLUMNS = ["kind", "name", "week", "unit", "used", "amount", "price"]
OPEN_ORDER_COLUMNS = [
    *("po", "sku", "location", "supplier", "units", "due"),
    *("expected_arrival", "decision", "money", "reason"),
]
CLEARANCE_COLUMNS = ["week", "sku", "location", "units", "unit_value", "value", "firm", "reason"]
TRANSFER_COLUMNS = [
    *("week", "arrival_date", "sku", "from_location", "to_location"),
    *("units", "unit_cost", "cost", "firm", "reason"),
]

Status = Literal["optimal", "feasible", "heuristic"]


@dataclass(frozen=True)
class Plan:
    """An order plan, checked.

    ``orders``: one row per order line (``ORDER_COLUMNS``), by order date, supplier, sku, location; units are whole.
    ``projection``: one row per series and week (``PROJECTION_COLUMNS``): stock at the week's end and lost sales when
    the demand paths meet the plan, with lost sales played exactly.
    ``clearance``: units to be cleared (``CLEARANCE_COLUMNS``), by week, sku, location, the best value first.
    ``transfers``: units to be moved between locations (``TRANSFER_COLUMNS``), by week, sku and locations.
    ``costs``: expected money by term over the horizon, as the model counts it; they sum to ``objective``.
    ``bound``: proven lower bound of the model's objective; ``gap``: (objective - bound) / |objective|.
    ``gave``: limits that had to give: kind, name, week, amount, price.
    ``limits``: every limit that binds (``LIMIT_COLUMNS``), the dearest of a kind first; ``price``: what one unit more
    (of a minimum or a floor: less) would save, money.
    ``seconds``: by stage (curves, alone, together, explain).
    ``stability``: against the approved plan, empty without one: approved_units, changed_units, nervousness (their
    share), extra_cost (money over the best plan found), frozen_weeks.
    ``stopped``: the solver's limits that ended the search for a better plan early (nodes, seconds), "" if none did.
    ``open_orders``: what is done with each open order (``OPEN_ORDER_COLUMNS``), in the company's order.
    ``late``: what comes late in each demand path, None where everything keeps its promise; ``ordered`` (N, H): units of
    the plan's orders by the week in which they would come then.
    """

    status: Status
    orders: pd.DataFrame
    projection: pd.DataFrame
    costs: dict[str, float]
    objective: float
    bound: float
    gap: float
    gave: pd.DataFrame
    seconds: dict[str, float]
    stopped: str = ""
    stability: dict[str, float] = field(default_factory=dict)
    limits: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LIMIT_COLUMNS))
    clearance: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CLEARANCE_COLUMNS))
    transfers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TRANSFER_COLUMNS))
    open_orders: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=OPEN_ORDER_COLUMNS))
    late: Late | None = None
    ordered: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    def without_orders(self) -> "Plan":
        """The same, with nothing ordered."""
        return replace(self, orders=self.orders.iloc[:0], ordered=np.zeros_like(self.ordered))

    def due_now(self) -> pd.DataFrame:
        """The orders to place on the run's own Monday."""
        as_of: pd.Timestamp = self.projection["week"].min()
        return self.orders.loc[self.orders["order_date"].eq(as_of)]
