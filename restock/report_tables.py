"""The report's tables: orders by supplier, alerts, stock at risk."""

import math
import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from restock.wording import Money, day, near_day, number, share
from scenarios.run import Run

MOST_ALERTS = 50
MOST_RISKS = 60
NEAR_WEEKS = 4
WORTH_A_LOOK = 0.05
SHOWN_REASON = 170
SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")
KINDS = {
    "runs_out_even_if_ordered": "Runs out before new stock can come",
    "runs_out_before_next_order": "Runs out before the next order day",
    "season_leftover": "Left over at season's end",
    "late_open_order": "Late delivery",
    "limit_gave": "A limit cannot be kept",
    "festival_under_covered": "Promotion not covered",
    "sales_given_up": "Sales given up",
    "order_now_or_express": "Order now, or pay express later",
    "open_order_to_settle": "Open order to rush or cancel",
    "supplier_drifts_late": "Supplier drifts late",
    "phantom_stock": "Stock on paper, no sales",
    "stock_in_dispute": "Stock in dispute",
}


@dataclass(frozen=True)
class OrderLine:
    """A line of an order, as read."""

    sku: str
    name: str
    location: str
    units: str
    unit_cost: str
    value: str
    arrives: str
    rush: bool
    reason: str
    more: str


@dataclass(frozen=True)
class SupplierOrder:
    """What to order today from a supplier."""

    supplier: str
    name: str
    total: str
    share: float
    lines: list[OrderLine]
    arrives: str
    note: str


def supplier_orders(run: Run) -> list[SupplierOrder]:
    """The orders due now by supplier, the largest first."""
    now = run.plan.due_now()
    largest = float(now.groupby("supplier")["value"].sum().max()) if len(now) else 0.0
    orders = [_supplier_order(run, str(supplier), rows, largest) for supplier, rows in now.groupby("supplier")]
    value = now.groupby("supplier")["value"].sum()
    return sorted(orders, key=lambda order: (-float(value[order.supplier]), order.supplier))


def _supplier_order(run: Run, supplier: str, rows: pd.DataFrame, largest: float) -> SupplierOrder:
    money = Money(run.company.policy.money.currency)
    total = float(rows["value"].sum())
    known = run.company.suppliers.loc[supplier].to_dict()
    ordered = rows.sort_values("value", ascending=False, kind="stable")
    return SupplierOrder(
        supplier=supplier,
        name=str(known["name"] or supplier),
        total=money(total),
        share=total / largest if largest else 0.0,
        lines=[_order_line(run, row) for row in ordered.to_dict(orient="records")],
        arrives=_span(rows["arrival_date"]),
        note=_terms(money, total, known),
    )


def _order_line(run: Run, row: dict[Hashable, Any]) -> OrderLine:
    sku = str(row["sku"])
    reason, more = in_short(str(row["reason"]))
    return OrderLine(
        sku=sku,
        name=product_name(run, sku),
        location=str(row["location"]),
        units=number(float(row["units"])),
        unit_cost=Money().each(float(row["unit_cost"])),
        value=number(float(row["value"])),
        arrives=day(pd.Timestamp(row["arrival_date"])),
        rush=bool(row["expedite"]),
        reason=reason,
        more=more,
    )


def in_short(reason: str) -> tuple[str, str]:
    """The first sentences of a reason, about two lines of them, and the rest."""
    sentences = SENTENCE.split(reason)
    shown = 1
    while shown < len(sentences) and len(" ".join(sentences[: shown + 1])) <= SHOWN_REASON:
        shown += 1
    return " ".join(sentences[:shown]), " ".join(sentences[shown:])


def _span(dates: pd.Series) -> str:
    first, last = dates.min(), dates.max()
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def _terms(money: Money, total: float, supplier: dict[Hashable, Any]) -> str:
    """What the supplier charges per order, and its minimum."""
    told = []
    if supplier["order_cost"] > 0:
        told.append(f"{money(supplier['order_cost'])} per order")
    if supplier["min_order_value"] > 0:
        met = "reached" if total >= supplier["min_order_value"] - 0.005 else "not reached"
        told.append(f"minimum {money(supplier['min_order_value'])} {met}")
    return ", ".join(told)


def product_name(run: Run, sku: str) -> str:
    """The product's name; empty where it has none."""
    name = run.company.items.at[sku, "name"]
    return "" if pd.isna(name) or name == sku else str(name)


@dataclass(frozen=True)
class Alert:
    """An alert, as read."""

    kind: str
    message: str
    action: str
    deadline: str
    at_risk: str
    chance: str


def alerts(run: Run) -> list[Alert]:
    """The alerts with the most money at risk."""
    return [_alert(run, row) for row in run.alerts.head(MOST_ALERTS).to_dict(orient="records")]


def _alert(run: Run, row: dict[Hashable, Any]) -> Alert:
    money = Money(run.company.policy.money.currency)
    chance = float(row["probability"])
    return Alert(
        kind=KINDS.get(str(row["kind"]), str(row["kind"]).replace("_", " ").capitalize()),
        message=str(row["message"]),
        action=str(row["action"]),
        deadline=day(pd.Timestamp(row["deadline"])) if _there(row["deadline"]) else "",
        at_risk=money(float(row["money_at_risk"])),
        chance=share(chance) if math.isfinite(chance) else "",
    )


def _there(value: object) -> bool:
    return not pd.isna(value) and value != ""  # type: ignore[call-overload]


@dataclass(frozen=True)
class Risk:
    """A product and location that may run out, as read."""

    sku: str
    name: str
    location: str
    on_hand: str
    on_order: str
    demand: str
    chance: float
    chance_text: str
    worst_week: str
    worst_monday: str
    lost_units: str
    lost_margin: str


def risks(run: Run) -> list[Risk]:
    """The series that may lose the most margin although the plan is followed, the worst first."""
    table = risk_table(run)
    worth = table[table["chance"].ge(WORTH_A_LOOK) & table["lost_margin"].ge(0.5)]
    worst = worth.sort_values(["lost_margin", "sku", "location"], ascending=[False, True, True]).head(MOST_RISKS)
    return [
        Risk(
            sku=row["sku"],
            name=product_name(run, row["sku"]),
            location=row["location"],
            on_hand=number(row["on_hand"]),
            on_order=number(row["on_order"]),
            demand=number(row["demand"]),
            chance=row["chance"],
            chance_text=share(row["chance"]),
            worst_week=near_day(row["worst_week"]),
            worst_monday=f"{row['worst_week']:%Y-%m-%d}",
            lost_units=number(row["lost_units"]),
            lost_margin=number(row["lost_margin"]),
        )
        for row in worst.to_dict(orient="records")
    ]


def risk_table(run: Run) -> pd.DataFrame:
    """Per series: sku, location, on_hand, on_order, demand (mean of the next four weeks), chance of running out in its
    worst week, that week, and units and margin that are expected to be lost over the horizon."""
    company, seen = run.company, run.plan.projection
    rows = company.series.get_indexer(pd.MultiIndex.from_frame(seen[["sku", "location"]]))
    weeks = len(run.forecast.paths.weeks)
    order = np.lexsort((seen["week"].to_numpy(), rows))
    chance = seen["p_stockout"].to_numpy(dtype=float)[order].reshape(-1, weeks)
    lost = seen["lost_units"].to_numpy(dtype=float)[order].reshape(-1, weeks).sum(axis=1)
    coming = company.open_orders.groupby(["sku", "location"])["units"].sum()
    skus = company.series.get_level_values("sku")
    return pd.DataFrame(
        {
            "sku": skus,
            "location": company.series.get_level_values("location"),
            "on_hand": company.stock["on_hand"].to_numpy(dtype=float),
            "on_order": coming.reindex(company.series).fillna(0.0).to_numpy(dtype=float),
            "demand": run.forecast.paths.mean()[:, :NEAR_WEEKS].sum(axis=1),
            "chance": chance.max(axis=1, initial=0.0),
            "worst_week": run.forecast.paths.weeks[chance.argmax(axis=1)],
            "lost_units": lost,
            "lost_margin": lost * company.items["shortage_cost"].reindex(skus).to_numpy(dtype=float),
        }
    )
