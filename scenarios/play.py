"""A plan in a world: what arrives, sells, is lost and is left when orders that are given meet the demand paths.

The world may be another than the one that the orders were planned for. Lead times, prices and order days are the
world's own: an order line comes after the world's lead time, late by the same draws that the planner uses (see
``optimize.late``), and where nobody draws, when it is promised. An order that its supplier does not take in its week is
placed in the next one in which it does; what the supplier no longer delivers at all never comes and is not paid.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from optimize.ground import Ground, ground
from optimize.lanes import delayed
from optimize.late import shifted
from optimize.open_decisions import CANCEL, WAIT, after
from optimize.open_order_table import REORDER
from optimize.plan import CLEARANCE_COLUMNS, TRANSFER_COLUMNS, Plan
from optimize.stock_flow import Integers, play
from scenarios.lanes import paid_unit_cost
from scenarios.shelf import moved


@dataclass(frozen=True)
class Moves:
    """What a plan does beside ordering: ``clearance`` and ``transfers``, tables as the plan's, and ``actions``, what it
    does with each open order, in the company's order (none: all are waited for).
    """

    clearance: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CLEARANCE_COLUMNS))
    transfers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TRANSFER_COLUMNS))
    actions: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: Plan) -> "Moves":
        """The plan's."""
        return cls(plan.clearance, plan.transfers, tuple(plan.open_orders["decision"].replace(REORDER, CANCEL)))


@dataclass(frozen=True)
class Played:
    """What becomes of S paths of N series over H weeks.

    ``sold``, ``lost``, ``end_stock`` (S, N, H): units sold, wanted and not there, and left at each week's end; nothing
    is sold or left after a series' season. ``arrivals`` (S, N, H): units that orders and open orders bring;
    ``moved_in`` (N, H): units that come from another location; ``out`` (S, N, H): units cleared or sent away.
    ``lines``: the orders as the world takes them, one row each: series and supplier (positions), order_week,
    promised_week (from ``as_of``), units, unit_cost, of which surcharge, line_cost, expedite (bool).
    ``moves``: what the plan does beside; ``company``: the world as given; ``settled``: with its open orders settled;
    ``ground``: what that one stands on.
    """

    sold: Floats
    lost: Floats
    end_stock: Floats
    arrivals: Floats
    moved_in: Floats
    out: Floats
    lines: pd.DataFrame
    moves: Moves
    company: Company
    settled: Company
    ground: Ground

    @property
    def weeks(self) -> pd.DatetimeIndex:
        """The horizon's Mondays."""
        return weeks_from(self.company.as_of, self.sold.shape[2])

    def of_items(self, column: str) -> Floats:
        """A column of items by series (N,)."""
        values = self.company.items[column].reindex(self.company.series.get_level_values("sku"))
        return values.to_numpy(dtype=float)


def play_plan(
    company: Company, orders: pd.DataFrame, demand: Floats, moves: Moves | None = None, known: Ground | None = None
) -> Played:
    """Plays order lines (as plan.orders; their arrival dates and costs are not read) against demand (S, N, H).

    ``known``: the company's ground, where it was asked for already.
    """
    beside = moves or Moves()
    waits = all(action == WAIT for action in beside.actions)
    settled = company if waits else after(company, beside.actions)
    base = known if waits and known is not None else ground(settled, demand)
    lines = placed(settled, orders, base)
    arrivals = open_units(base, demand.shape[0]) + by_path(base, by_promised_week(lines, lines["units"], base))
    weeks = weeks_from(settled.as_of, demand.shape[2])
    moved_in, leaving = moved(settled, weeks, beside.clearance, beside.transfers)
    stock = settled.stock["on_hand"].to_numpy(dtype=float)
    end_stock, lost = play(stock, arrivals + (moved_in - leaving), demand)
    sold = demand - lost
    out = _out(stock, arrivals + moved_in, end_stock, sold) if leaving.any() else np.broadcast_to(0.0, sold.shape)
    counted = np.arange(demand.shape[2]) < np.array(base.ends)[:, None]
    if not counted.all():
        sold, lost, end_stock, out = (np.where(counted, part, 0.0) for part in (sold, lost, end_stock, out))
    return Played(sold, lost, end_stock, arrivals, moved_in, out, lines, beside, company, settled, base)


def _out(stock: Floats, arrivals: Floats, end_stock: Floats, sold: Floats) -> Floats:
    """Units (S, N, H) that are gone at a week's end and were not sold."""
    before = np.concatenate([np.broadcast_to(stock[:, None], end_stock[..., :1].shape), end_stock[..., :-1]], axis=2)
    return np.asarray(before + arrivals - end_stock - sold)


def placed(company: Company, orders: pd.DataFrame, base: Ground) -> pd.DataFrame:
    """The lines that the world takes (see ``Played.lines``), by the terms of its sourcing."""
    columns = ["sku", "location", "supplier", "units"]
    given = orders[columns].assign(
        order_week=((pd.to_datetime(orders["order_date"]) - company.as_of).dt.days // 7).astype(int),
        expedite=orders["expedite"].astype(float).gt(0),
    )
    terms = company.sourcing.rename(columns={"lead_time_weeks": "lead_time"})
    lines = given.reset_index(drop=True).merge(terms, on=columns[:3], how="inner")
    lines["series"] = company.series.get_indexer(pd.MultiIndex.from_frame(lines[["sku", "location"]]))
    lines = lines[lines["series"] >= 0].reset_index(drop=True)
    priced = _priced(company, lines)
    priced["supplier"] = company.suppliers.index.get_indexer(pd.Index(priced["supplier"]))
    priced["order_week"] = _taken(
        base, priced["supplier"].to_numpy(dtype=int), priced["order_week"].to_numpy(dtype=int)
    )
    priced = priced[priced["order_week"] >= 0].reset_index(drop=True)
    shift = [_shift(base, *one) for one in zip(priced["series"], priced["supplier"], strict=True)]
    weeks = np.maximum(priced["lead_time"].to_numpy(dtype=int) + np.array(shift, dtype=int), 0)
    priced["promised_week"] = priced["order_week"].to_numpy(dtype=int) + weeks + _delays(priced)
    kept = ["series", "supplier", "order_week", "promised_week", "units", "unit_cost", "surcharge", "line_cost"]
    return priced[[*kept, "expedite"]]


def _priced(company: Company, lines: pd.DataFrame) -> pd.DataFrame:
    """Cost and lead time of each line: regular with its price breaks, or by express where that is offered."""
    express = lines[["expedite_lead_time_weeks", "expedite_unit_cost"]].astype(float)
    rushed = lines["expedite"] & express["expedite_lead_time_weeks"].lt(lines["lead_time"])
    cost = express["expedite_unit_cost"].fillna(lines["unit_cost"])
    return lines.assign(
        expedite=rushed,
        lead_time=np.where(rushed, express["expedite_lead_time_weeks"], lines["lead_time"]),
        surcharge=np.where(rushed, cost - lines["unit_cost"], 0.0),
        unit_cost=np.where(rushed, cost, paid_unit_cost(company, lines)),
    )


def _taken(base: Ground, supplier: Integers, week: Integers) -> Integers:
    """The first week from each ``week`` on in which its supplier takes orders, -1: none."""
    found = np.full(len(week), -1)
    for k in np.unique(supplier).tolist():
        own, weeks = supplier == k, np.array([*base.order_weeks[k], -1])
        found[own] = weeks[np.searchsorted(weeks[:-1], week[own])]
    return found


def _delays(lines: pd.DataFrame) -> Integers | int:
    """Weeks by which orders of their week take longer, where a what-if says so."""
    if "delays" not in lines:
        return 0
    found = [delayed(own, week) for own, week in zip(lines["delays"], lines["order_week"], strict=True)]
    return np.array(found, dtype=int)


def _shift(base: Ground, series: int, supplier: int) -> int:
    """Weeks by which the supplier's lanes are later than promised, on the clock of the series."""
    return next((lane.shift for lane in base.lanes[series] if lane.supplier == supplier), 0)


def by_promised_week(lines: pd.DataFrame, amounts: pd.Series, base: Ground) -> Floats:
    """``amounts`` of the lines by series and promised week, (N, at least H)."""
    weeks = max(base.open_units.shape[1], int(lines["promised_week"].max()) + 1 if len(lines) else 0)
    table = np.zeros((len(base.ends), weeks))
    np.add.at(table, (lines["series"].to_numpy(int), lines["promised_week"].to_numpy(int)), amounts.to_numpy(float))
    return table


def by_path(base: Ground, promised: Floats) -> Floats:
    """What is promised by series and week (N, at least H) as it comes: (S or 1, N, H)."""
    come = promised[None] if base.late is None else shifted(promised, base.late.delay)
    return come[..., : base.open_units.shape[1]]


def open_units(base: Ground, paths: int) -> Floats:
    """What open orders bring in each path (S, N, H)."""
    units = base.open_units if base.late is None else base.late.open_units
    return np.broadcast_to(units, (paths, *base.open_units.shape))
