"""Rules of thumb that purchasers use: what each orders on its Monday from what is known then."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import ndtri

from data.calendar import WEEK, monday_on_or_after, weeks_from
from data.company import Company, Floats
from data.lanes import cheapest_lanes, exposed_weeks
from scenarios.lanes import weeks_to_order_day
from scenarios.moving_average import MovingAverage, moving_average
from scenarios.purchase import purchase

Rule = Callable[[Company], pd.DataFrame]
WEEKS_PER_YEAR, QUARTER = 52, 13


def period_cover(spare_weeks: float) -> Rule:
    """Order up to the forecast of lead time + review + ``spare_weeks`` weeks.

    order = max(0, forecast over the cover - (on hand + in transit)). With a lead time of two weeks, a weekly review
    and one spare week it is the benchmark of the VN2 challenge: four weeks of cover.
    """

    def decide(company: Company) -> pd.DataFrame:
        lanes = cheapest_lanes(company)
        cover = exposed_weeks(lanes) + spare_weeks
        level = _over(moving_average(company.history), company, cover)
        return purchase(company, lanes, np.maximum(level - position(company), 0.0))

    return decide


def quarterly(company: Company) -> pd.DataFrame:
    """Once a quarter, order from averages: on each supplier's first order day of the quarter, up to lead time + a
    quarter of the mean of the last 13 weeks' sales; what has a season, of the sales of the same weeks a year ago.

    Suppliers take a quarter's order whole: what they can deliver of one order week does not bind it.
    """
    lanes = cheapest_lanes(company).assign(max_units=np.inf)
    company = replace(company, suppliers=company.suppliers.assign(capacity_units=np.inf))
    today = company.as_of == _first_order_days(company).reindex(lanes["supplier"]).to_numpy()
    cover = lanes["lead_time_weeks"].fillna(0).to_numpy(dtype=float) + QUARTER
    need = np.maximum(_averages(company, cover) * cover - position(company), 0.0)
    return purchase(company, lanes, np.where(today, need, 0.0))


def _first_order_days(company: Company) -> pd.Series:
    """Each supplier's first order day on or after the first Monday of the quarter that has begun last."""
    begins = pd.Series([company.as_of.to_period("Q").start_time - pd.DateOffset(months=months) for months in (0, 3)])
    mondays = monday_on_or_after(begins)
    start: pd.Timestamp = mondays[mondays <= company.as_of].max()
    return start + weeks_to_order_day(company, start) * WEEK


def _averages(company: Company, cover: Floats) -> Floats:
    """Units sold a week (N,): mean of the last 13 weeks, of a season's goods that of the ``cover`` weeks a year ago."""
    sold = np.nan_to_num(company.history.units)
    recent = sold[:, -QUARTER:].mean(axis=1)
    ahead = sold[:, max(sold.shape[1] - WEEKS_PER_YEAR, 0) :]
    share = np.clip(cover[:, None] - np.arange(ahead.shape[1]), 0.0, 1.0)
    year_ago = (ahead * share).sum(axis=1) / np.maximum(share.sum(axis=1), 1.0)
    seasonal = company.items.loc[company.series.get_level_values("sku"), "season_end"].notna().to_numpy()
    return np.asarray(np.where(seasonal, year_ago, recent))


def order_up_to(company: Company) -> pd.DataFrame:
    """Order up to mean + z sd of the demand over lead time + review, z the normal quantile of the critical ratio.

    Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains, periodic review (R, S).
    """
    lanes = cheapest_lanes(company)
    level = _safe_level(company, lanes)
    return purchase(company, lanes, np.maximum(level - position(company), 0.0))


def reorder_point(company: Company) -> pd.DataFrame:
    """(s, S): below s, the order-up-to level with safety stock, order up to S = s + the economic order quantity.

    EOQ = sqrt(2 K D / h) a week, K the series' share of its supplier's order cost: who orders one item from a supplier
    usually orders the others too. Without an order cost the rule is ``order_up_to``.
    """
    lanes = cheapest_lanes(company)
    reorder = _safe_level(company, lanes)
    at_hand = position(company)
    lot = _economic_lot(company, lanes)
    return purchase(company, lanes, np.where(at_hand < reorder, reorder + lot - at_hand, 0.0))


def position(company: Company) -> Floats:
    """Units on the shelf and in transit (N,)."""
    coming = company.open_orders.groupby(["sku", "location"])["units"].sum()
    in_transit = coming.reindex(company.series).fillna(0.0).to_numpy(dtype=float)
    return np.asarray(company.stock["on_hand"].to_numpy(dtype=float) + in_transit)


def _over(average: MovingAverage, company: Company, cover: Floats) -> Floats:
    """Forecast units (N,) over each series' own number of weeks from as_of on, the last one in part."""
    ahead = average.ahead(weeks_from(company.as_of, int(np.ceil(cover.max(initial=0.0)))))
    share = np.clip(cover[:, None] - np.arange(ahead.shape[1]), 0.0, 1.0)
    return np.asarray((ahead * share).sum(axis=1))


def _safe_level(company: Company, lanes: pd.DataFrame) -> Floats:
    average = moving_average(company.history)
    exposed = exposed_weeks(lanes)
    lead_spread = lanes["lead_time_sd"].fillna(0.0).to_numpy(dtype=float)
    spread = np.sqrt(exposed * average.spread**2 + (average.level * lead_spread) ** 2)
    level = _over(average, company, exposed) + ndtri(_critical_ratio(company, lanes)) * spread
    return np.asarray(np.maximum(level, 0.0))


def _critical_ratio(company: Company, lanes: pd.DataFrame) -> Floats:
    """Lost margin of a unit over lost margin + the cost of holding it until the next order day, within 1%..99.9%."""
    items = company.items.loc[company.series.get_level_values("sku")]
    holding = items["holding_cost"].to_numpy(dtype=float) * lanes["order_every_weeks"].fillna(1).to_numpy(dtype=float)
    shortage = items["shortage_cost"].to_numpy(dtype=float)
    total = holding + shortage
    ratio = np.divide(shortage, total, out=np.full(len(items), 0.5), where=total > 0)
    return np.asarray(np.clip(ratio, 0.01, 0.999))


def _economic_lot(company: Company, lanes: pd.DataFrame) -> Floats:
    """Economic order quantity (N,) in units; a year's demand where holding costs nothing."""
    rate = moving_average(company.history).level
    sharing = lanes.groupby("supplier")["supplier"].transform("size")
    charge = (lanes["order_cost"] / sharing).fillna(0.0).to_numpy(dtype=float)
    holding = company.items.loc[company.series.get_level_values("sku"), "holding_cost"].to_numpy(dtype=float)
    year = WEEKS_PER_YEAR * rate
    lot = np.sqrt(np.divide(2 * charge * rate, holding, out=year**2, where=holding > 0))
    return np.asarray(np.where(charge > 0, np.minimum(lot, year), 0.0))
