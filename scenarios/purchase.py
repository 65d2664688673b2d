"""From what a rule needs to what a purchaser can order: whole units, packs, minimums, order days, capacity."""

from typing import Any

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from scenarios.lanes import paid_unit_cost, weeks_to_order_day

LINE_COLUMNS = [
    *("order_date", "arrival_date", "supplier", "sku", "location"),
    *("units", "unit_cost", "value", "expedite"),
]
LINE_TYPES: dict[str, Any] = {
    "order_date": "datetime64[ns]",
    "arrival_date": "datetime64[ns]",
    "units": float,
    "unit_cost": float,
    "value": float,
    "expedite": int,
}
# A need of 3.0000000001 units is three: it comes from adding up shares of weeks.
ROUNDING = 1e-6


def purchase(company: Company, lanes: pd.DataFrame, need: Floats) -> pd.DataFrame:
    """Order lines (``LINE_COLUMNS``) for ``need`` (N,) units, each series by its lane (see ``cheapest_lanes``).

    Whoever needs something takes at least the minimum, in whole packs, at most the largest order. An order below
    the supplier's minimum value is filled up, above its capacity is cut down, all lines alike. Nothing is ordered from
    a supplier whose order day it is not.
    """
    open_today = lanes["supplier"].map(weeks_to_order_day(company, company.as_of)).eq(0).to_numpy()
    wanted = open_today & (need > ROUNDING)
    asked = lanes[wanted].assign(need=need[wanted])
    asked["units"] = _in_packs(asked, asked["need"])
    asked["units"] = _to_minimum_value(company, asked)
    asked["units"] = _within_capacity(company, asked)
    return _lines(company, asked[asked["units"] > 0])


def _in_packs(asked: pd.DataFrame, units: pd.Series) -> pd.Series:
    pack = asked["pack_size"].clip(lower=1)
    up = np.ceil(np.maximum(units, asked["moq"]) / pack - ROUNDING) * pack
    most = np.floor(asked["max_units"] / pack) * pack
    whole: pd.Series = np.minimum(up, most)
    return whole


def _to_minimum_value(company: Company, asked: pd.DataFrame) -> pd.Series:
    value = (asked["units"] * asked["unit_cost"]).groupby(asked["supplier"]).transform("sum")
    least = asked["supplier"].map(company.suppliers["min_order_value"])
    factor = (least / value.where(value > 0, 1.0)).clip(lower=1.0)
    filled = _in_packs(asked, asked["units"] * factor)
    return asked["units"].where(factor <= 1.0, filled)


def _within_capacity(company: Company, asked: pd.DataFrame) -> pd.Series:
    total = asked["units"].groupby(asked["supplier"]).transform("sum")
    most = asked["supplier"].map(company.suppliers["capacity_units"])
    pack = asked["pack_size"].clip(lower=1)
    share = (most / total.where(total > 0, 1.0)).clip(upper=1.0)
    cut = np.floor(asked["units"] * share / pack) * pack
    possible = cut.where(cut >= asked["moq"], 0.0)
    return asked["units"].where(total <= most, possible)


def _lines(company: Company, asked: pd.DataFrame) -> pd.DataFrame:
    bought = company.series[asked.index]
    lines = pd.DataFrame(
        {
            "order_date": company.as_of,
            "arrival_date": company.as_of + asked["lead_time_weeks"] * WEEK,
            "supplier": asked["supplier"],
            "sku": bought.get_level_values("sku"),
            "location": bought.get_level_values("location"),
            "units": asked["units"],
            "unit_cost": asked["unit_cost"],
            "expedite": 0,
        }
    )
    lines["unit_cost"] = paid_unit_cost(company, lines)
    lines["value"] = lines["units"] * lines["unit_cost"]
    return lines[LINE_COLUMNS].reset_index(drop=True)
