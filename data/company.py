"""The company as the gate found it: one trusted picture, checked, with every default filled in."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from data.policy import Policy

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
MARKDOWN_COLUMNS = ["value", "sku", "category", "location", "from_date", "weeks_before_end", "most_units"]
TRANSFER_COLUMNS = ["from_location", "to_location", "lead_time_weeks", "sku", "unit_cost", "most_units"]


APPROVED_COLUMNS = ["order_date", "supplier", "sku", "location", "units", "expedite"]


@dataclass(frozen=True)
class Panel:
    """Weekly sales history, one row per series and one column per week.

    ``series``: (sku, location), N of them, sorted; ``weeks``: T Mondays without a hole, oldest first.
    ``units`` (N, T): units sold net of returns; NaN before a series' first sale and where data is missing.
    ``in_stock`` (N, T): the share 0..1 of the week in which it could be sold; below 1 the sales are censored.
    ``price`` (N, T): mean selling price of the week; NaN where unknown.
    """

    series: pd.MultiIndex
    weeks: pd.DatetimeIndex
    units: Floats
    in_stock: Floats
    price: Floats

    def __post_init__(self) -> None:
        shape = (len(self.series), len(self.weeks))
        for name in ("units", "in_stock", "price"):
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape} (series, weeks)")

    def only(self, rows: np.ndarray | list[int]) -> "Panel":
        """The panel of some series, by position."""
        return replace(
            self,
            series=self.series[rows],
            units=self.units[rows],
            in_stock=self.in_stock[rows],
            price=self.price[rows],
        )

    def before(self, monday: pd.Timestamp) -> "Panel":
        """What was known on that Monday before opening."""
        seen = int(self.weeks.searchsorted(monday))
        return replace(
            self,
            weeks=self.weeks[:seen],
            units=self.units[:, :seen],
            in_stock=self.in_stock[:, :seen],
            price=self.price[:, :seen],
        )


def no_approved() -> pd.DataFrame:
    """The table of approved order lines without a row."""
    empty = pd.DataFrame(columns=[*APPROVED_COLUMNS, "held"])
    return empty.astype({"order_date": "datetime64[ns]", "units": float, "expedite": float, "held": float})


def no_overrides() -> pd.DataFrame:
    """The table of overrides without a row."""
    days, numbers = ("made_on", "start", "end", "until"), {"value": float, "row": int}
    names = [
        *("who", "made_on", "sku", "category", "location"),
        *("start", "end", "operation", "value", "why", "until"),
    ]
    kinds = dict.fromkeys(names, object) | dict.fromkeys(days, "datetime64[ns]") | numbers
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


@dataclass(frozen=True)
class Company:
    """Everything that the systems say about the company, as of one Monday before opening.

    Columns bear the contract's names. A blank text is "", a blank number NaN, a blank date NaT. Frames and their order:

    - ``items`` indexed by sku: unit_cost, price, name, category, holding_cost, shortage_cost, salvage_value (all
      filled), season_start, season_end (NaT: none; end_of_life if that is sooner: stock left then is worth its salvage
      value, and nothing arrives later), end_of_life (NaT: none), service_floor (0: none), like_sku ("" none), volume,
      weight (NaN: none), then attributes.
    - ``locations`` indexed by location: attributes.
    - ``suppliers`` indexed by supplier: name, order_cost, min_order_value, order_every_weeks, first_order (Timestamp,
      NaT: any), capacity_units (inf: none), payment_days, container_volume and container_weight (inf: none),
      container_cost.
    - ``sourcing``: one row per (sku, location, supplier) of the series: lead_time_weeks (int), unit_cost,
      lead_time_sd, moq, pack_size, max_units (inf: none), line_cost, expedite_lead_time_weeks, expedite_unit_cost (NaN:
      none).
    - ``price_breaks``: sku, supplier, from_units, unit_cost.
    - ``stock`` indexed like ``series``: on_hand, sellable units on the shelf on the Monday ``as_of``.
    - ``stock_picture`` indexed like ``series``: how ``stock`` was found (see ``data.stock_picture``), and
      ``stock_claims``: what every system says (see ``data.stock_claims``); empty where it is not told.
    - ``disputes``: what disputed stock does to today's orders (see ``optimize.disputes``); empty: nothing.
    - ``open_orders``: po, sku, location, supplier, units, due, ordered_on, week (the Monday from which they can be
      sold, never before ``as_of``).
    - ``receipts``, ``promotions``, ``drivers``, ``budgets``: as in the contract.
    - ``markdowns``, ``transfers``: as the tables; a blank most_units is inf; empty: none.
    - ``forecast``: sku, location, week, mean and the quantile columns given; empty: none.
    - ``approved``: the order lines that were approved (``APPROVED_COLUMNS``), as in orders.csv, and ``held``, above
      0 where a line must be ordered exactly so; empty: none.
    - ``overrides``: as in the schema ("" and NaT where blank), and ``row``, the line in the file; empty: none.
    """

    as_of: pd.Timestamp
    policy: Policy
    history: Panel
    items: pd.DataFrame
    locations: pd.DataFrame
    suppliers: pd.DataFrame
    sourcing: pd.DataFrame
    price_breaks: pd.DataFrame
    stock: pd.DataFrame
    open_orders: pd.DataFrame
    receipts: pd.DataFrame
    promotions: pd.DataFrame
    drivers: pd.DataFrame
    budgets: pd.DataFrame
    forecast: pd.DataFrame
    input_digest: str
    overrides: pd.DataFrame = field(default_factory=no_overrides)
    markdowns: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=MARKDOWN_COLUMNS))
    transfers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TRANSFER_COLUMNS))
    approved: pd.DataFrame = field(default_factory=no_approved)
    stock_picture: pd.DataFrame = field(default_factory=pd.DataFrame)
    stock_claims: pd.DataFrame = field(default_factory=pd.DataFrame)
    disputes: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        if self.as_of.weekday() != 0:
            raise ValueError(f"as_of must be a Monday, got {self.as_of:%A %Y-%m-%d}")
        if not self.stock.index.equals(self.series):
            raise ValueError("stock must have one row per series, in their order")

    @property
    def series(self) -> pd.MultiIndex:
        """(sku, location) of all that is forecast and planned, N of them, sorted."""
        return self.history.series

    def as_known_on(self, monday: pd.Timestamp, stock: pd.DataFrame, open_orders: pd.DataFrame) -> "Company":
        """The company as it was on a past Monday, holding ``stock`` and awaiting ``open_orders``."""
        past_receipts = self.receipts[self.receipts["received_on"] < monday]
        return replace(
            self,
            as_of=monday,
            history=self.history.before(monday),
            stock=stock,
            open_orders=open_orders,
            receipts=past_receipts,
            forecast=self.forecast.iloc[:0],
            approved=self.approved.iloc[:0],
            stock_picture=self.stock_picture.iloc[:0],
            stock_claims=self.stock_claims.iloc[:0],
            disputes=self.disputes.iloc[:0],
            overrides=self.overrides[self.overrides["made_on"] <= monday],
        )
