"""Finance's figures of a plan played in a world: by week and over the horizon, path by path.

What each measure counts is told in finance_measures.py. The total cost is what the planner minimises, with stock and
lost sales as they are played: it equals the objective of the plan where the planner's curves are exact (one order per
series, nothing learned before it), and lies near it elsewhere. Apart from it stand the prices of limits that give:
nobody pays them; ``over_budget`` and ``over_capacity`` tell how far orders go beyond. Open orders due after the horizon
keep their value here, in every world; the planner leaves them out.
"""

import numpy as np
import pandas as pd

from data.company import Floats
from optimize.open_decisions import CANCEL, goods_cost, money
from scenarios.exceeded import exceeded
from scenarios.finance_measures import COST, MEASURES
from scenarios.order_charges import charges
from scenarios.payables import payables
from scenarios.play import Played
from scenarios.prices import selling_prices
from scenarios.shelf import received
from scenarios.stock_at_cost import cleared_share, ledger

WEEKS_A_YEAR = 52


def figures(played: Played) -> dict[str, Floats]:
    """The weekly measures (``finance_measures.MEASURES``): money, units or shares by path and week (S, H)."""
    book, orders, goods = ledger(played), charges(played), payables(played)
    shape = book.sold.shape
    prices = selling_prices(played.company, played.weeks)
    revenue, cleared = _valued(played.sold, prices), _valued(played.out, _clearance_values(played))
    fees, moving, holding = _fees(played), _moving(played), played.of_items("holding_cost") @ played.end_stock
    ordering = orders.ordering + orders.containers
    brought, loss = cleared + book.salvage, book.cleared + book.left_over - cleared - book.salvage
    sold, lost, limits = played.sold.sum(axis=1), played.lost.sum(axis=1), exceeded(played)
    found = {
        "profit": revenue - book.sold - loss - ordering - moving - fees - holding + orders.credit,
        "revenue": revenue,
        "cost_of_goods": book.sold,
        "margin": revenue - book.sold,
        "purchase_spend": orders.goods,
        "goods_received": goods.received,
        "payments": goods.paid,
        "cash_flow": revenue + brought - goods.paid - ordering - moving - fees,
        "stock_value": book.stock,
        "payables": goods.owed,
        "working_capital": book.stock - goods.owed,
        "fill_rate": _share(sold, sold + lost),
        "units_sold": sold,
        "lost_units": lost,
        "lost_revenue": _valued(played.lost, prices),
        "lost_margin": played.of_items("shortage_cost") @ played.lost,
        "clearance_revenue": brought,
        "clearance_loss": loss,
        "overstock_units": book.left_over_units,
        "overstock_value": book.left_over,
        "expedite_cost": orders.expedite,
        "order_charges": ordering,
        "transfer_cost": moving,
        "open_order_fees": fees,
        "holding_cost": holding,
        "payment_terms": orders.credit,
        "over_budget": limits.money,
        "over_capacity": limits.units,
    }
    return {name: np.array(np.broadcast_to(values, shape)) for name, values in found.items()}


def totals(played: Played, weekly: dict[str, Floats]) -> dict[str, Floats]:
    """All measures over the horizon, by path (S,), and the cost terms as ``cost_<term>``; ``weekly``: of figures."""
    found = {one.name: weekly[one.name].sum(axis=1) for one in MEASURES if one.total == "sum"}
    found |= {one.name: weekly[one.name].mean(axis=1) for one in MEASURES if one.total == "mean"}
    weeks = weekly["revenue"].shape[1]
    sold_a_year, stock = found["cost_of_goods"] * WEEKS_A_YEAR / weeks, found["stock_value"]
    found |= {
        "working_capital_peak": weekly["working_capital"].max(axis=1),
        "stock_value_end": weekly["stock_value"][:, -1],
        "turns": np.divide(sold_a_year, stock, out=np.zeros_like(stock), where=stock > 0),
        "fill_rate": _share(found["units_sold"], found["units_sold"] + found["lost_units"]),
    }
    return found | _costs(played, weekly)


def total_cost(played: Played) -> Floats:
    """``total_cost`` alone (S,), the planner's cost terms played exactly."""
    holding = played.of_items("holding_cost") @ played.end_stock
    return _costs(played, {"transfer_cost": _moving(played)[None], "holding_cost": holding})["total_cost"]


def _valued(units: Floats, money: Floats) -> Floats:
    """Units (S, N, H) at money per unit (N, H), all series together: (S, H)."""
    return np.asarray(np.einsum("snh,nh->sh", units, money))


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.ones_like(whole), where=whole > 0)


def _clearance_values(played: Played) -> Floats:
    """What a unit that leaves a series in a week otherwise than sold brings on average (N, H)."""
    table = played.moves.clearance
    units = received(played.company, played.weeks, table, "week")
    value = received(played.company, played.weeks, table.assign(units=table["value"]), "week")
    return cleared_share(played) * np.divide(value, units, out=np.zeros_like(value), where=units > 0)


def _moving(played: Played) -> Floats:
    """What transfers cost by the week in which they leave (H,), at the world's cost of the route."""
    table, series = played.moves.transfers, played.company.series
    ends = [series.get_indexer(pd.MultiIndex.from_frame(table[["sku", f"{end}_location"]])) for end in ("from", "to")]
    cost = {(route.sender, route.receiver): route.cost for route in played.ground.moves}
    usual = zip(*ends, table["unit_cost"].astype(float), strict=True)
    each = [cost.get((sender, receiver), money) for sender, receiver, money in usual]
    week = played.weeks.get_indexer(pd.DatetimeIndex(table["week"]))
    amounts = table["units"].to_numpy(dtype=float) * np.array(each, dtype=float)
    return np.asarray(np.bincount(week, weights=amounts, minlength=len(played.weeks)), dtype=float)


def _fees(played: Played) -> Floats:
    """Paid to rush or cancel open orders (H,), in the first week: what the planner counts, goods apart."""
    fees = np.zeros(len(played.weeks))
    actions = np.array(played.moves.actions, dtype=object)
    if len(actions):
        goods = played.company.open_orders["units"].to_numpy(dtype=float) * goods_cost(played.company)
        fees[0] = money(played.company, played.moves.actions).sum() + goods[actions == CANCEL].sum()
    return fees


def _costs(played: Played, weekly: dict[str, Floats]) -> dict[str, Floats]:
    """The planner's cost terms, money by path (S,), and their sum."""
    orders = charges(played)
    lost, end_value = (np.array([getattr(own, name) for own in played.ground.worth]) for name in ("lost", "end_value"))
    actions = played.moves.actions
    terms = {
        "purchase": (orders.goods - orders.expedite).sum(),
        "expedite": orders.expedite.sum(),
        "payment_terms": -orders.credit.sum(),
        "clearance": -_valued(played.out, _clearance_values(played)).sum(axis=1),
        "transfers": weekly["transfer_cost"].sum(axis=1),
        "ordering": orders.ordering.sum(),
        "containers": orders.containers.sum(),
        "holding": weekly["holding_cost"].sum(axis=1),
        "lost_sales": played.lost.sum(axis=2) @ lost,
        "stock_value": -_left(played) @ end_value,
        "open_orders": money(played.company, actions).sum() if actions else 0.0,
    }
    paths = len(played.sold)
    costs = {COST + term: np.array(np.broadcast_to(amounts, (paths,))) for term, amounts in terms.items()}
    return {"total_cost": np.sum(list(costs.values()), axis=0), **costs}


def _left(played: Played) -> Floats:
    """Units (S, N) that were there or will come, and were not sold, cleared or moved away within the horizon."""
    return np.asarray(units_to_leave(played) - (played.sold + played.out).sum(axis=2))


def units_to_leave(played: Played) -> Floats:
    """Units (N,) that were there or will ever come."""
    world, lines = played.settled, played.lines
    units = world.stock["on_hand"].to_numpy(dtype=float) + played.moved_in.sum(axis=1)
    rows = world.series.get_indexer(pd.MultiIndex.from_frame(world.open_orders[["sku", "location"]]))
    np.add.at(units, rows[rows >= 0], world.open_orders["units"].to_numpy(dtype=float)[rows >= 0])
    np.add.at(units, lines["series"].to_numpy(dtype=int), lines["units"].to_numpy(dtype=float))
    return np.asarray(units)
