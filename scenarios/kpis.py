"""The plan in the figures that purchasing and finance steer by."""

import pandas as pd

from data.company import Company
from forecast.paths import DemandPaths
from optimize.plan import Plan

WEEKS_PER_YEAR = 52


def kpis(company: Company, paths: DemandPaths, plan: Plan) -> dict[str, float]:
    """Figures of a plan; money at unit cost unless said otherwise, expectations over the paths.

    order_value, order_units, order_lines, order_suppliers: to place now; planned_value: all orders of the horizon.
    stock_value: on the shelf now; in_transit_value: on order now; stock_value_end: at the horizon's end.
    fill_rate: share of the horizon's demand that is sold; lost_margin: money lost on the rest; stock_out_weeks: mean
    number of series that lose a sale in a week; stock_turns: sold in a year over the mean stock.
    """
    now, series = plan.due_now(), company.series
    unit_cost, margin = company.items["unit_cost"], company.items["shortage_cost"]
    seen = plan.projection
    left = seen["stock_mean"] * seen["sku"].map(unit_cost)
    weeks = len(paths.weeks)
    cost = unit_cost.reindex(series.get_level_values("sku")).to_numpy(dtype=float)
    demand = paths.mean().sum(axis=1)
    lost_value = float((seen["lost_units"] * seen["sku"].map(unit_cost)).sum())
    mean_stock = float(left.sum()) / weeks
    sold_a_year = (float(demand @ cost) - lost_value) * WEEKS_PER_YEAR / weeks
    return {
        "order_value": float(now["value"].sum()),
        "order_units": float(now["units"].sum()),
        "order_lines": float(len(now)),
        "order_suppliers": float(now["supplier"].nunique()),
        "planned_value": float(plan.orders["value"].sum()),
        "stock_value": float(company.stock["on_hand"].to_numpy(dtype=float) @ cost),
        "in_transit_value": _value(company.open_orders, unit_cost),
        "stock_value_end": float(left[seen["week"].eq(paths.weeks[-1])].sum()),
        "fill_rate": 1.0 - float(seen["lost_units"].sum() / demand.sum()) if demand.sum() else 1.0,
        "lost_margin": float((seen["lost_units"] * seen["sku"].map(margin)).sum()),
        "stock_out_weeks": float(seen["p_stockout"].sum()) / weeks,
        "stock_turns": sold_a_year / mean_stock if mean_stock else 0.0,
    }


def _value(orders: pd.DataFrame, unit_cost: pd.Series) -> float:
    return float((orders["units"].astype(float) * orders["sku"].map(unit_cost)).sum())
