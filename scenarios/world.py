"""The world of a backtest: what was there on the first Monday and what really sold from then on."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.calendar import WEEK, weeks_from
from data.company import Company, Floats
from data.lanes import cheapest_lanes
from data.problems import Problem, Rejected
from scenarios.deliveries import delivered_before
from scenarios.lanes import earliest_arrival, weeks_to_order_day
from scenarios.moving_average import moving_average


@dataclass(frozen=True)
class World:
    """N series over W weeks from the first Monday on.

    ``company``: the series that had sold before the first Monday, every order cycle anchored.
    ``rounds``: number of Mondays on which orders are placed; ``weeks``: W Mondays.
    ``demand`` (N, W): what really sold, 0 where unknown. In weeks that were out of stock that is less than was wanted:
    every policy is met with the same.
    ``counted`` (N, W): the weeks that an order of the backtest can decide: per series from the first week in which one
    can be sold to the week in which the last one can.
    ``stock``, ``open_orders``: as the company's, on the first Monday.
    ``deliveries``: what suppliers delivered before and since, which tells how late orders come (see ``deliveries``).
    """

    company: Company
    rounds: int
    weeks: pd.DatetimeIndex
    demand: Floats
    counted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    stock: pd.DataFrame
    open_orders: pd.DataFrame
    deliveries: pd.DataFrame

    def punctual(self) -> "World":
        """The same world, in which all suppliers keep their promises."""
        return replace(self, deliveries=self.deliveries.iloc[:0])

    @property
    def first(self) -> pd.Timestamp:
        """The first Monday."""
        monday: pd.Timestamp = self.weeks[0]
        return monday

    def season_ends(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """(N, W): the weeks in which a series' season ends."""
        season_end = self.company.items["season_end"].reindex(self.company.series.get_level_values("sku")).to_numpy()
        begins = self.weeks.to_numpy()[None, :]
        return np.asarray((season_end[:, None] >= begins) & (season_end[:, None] < begins + WEEK.to_numpy()))


def world(company: Company, first: pd.Timestamp, rounds: int) -> World:
    """The world of ``rounds`` Mondays from ``first`` on.

    Nobody recorded past stock, so every policy starts from the same fair one: each week's demand, as the 13-week moving
    average saw it, is on order, lot by lot in the supplier's cycle, and the shelf holds what sells until the first of
    these lots.
    Raises ``Rejected`` when the history does not hold the weeks to play.
    """
    known = _with_history(anchored(company, first), first)
    lanes = cheapest_lanes(known)
    lead = lanes["lead_time_weeks"].fillna(0).to_numpy(dtype=int)
    weeks = weeks_from(first, rounds + int(lead.max(initial=0)))
    _reject_outside(company, first, weeks)
    start = int(known.history.weeks.searchsorted(first))
    sold = known.history.units[:, start : start + len(weeks)]
    week = np.arange(len(weeks))
    since = earliest_arrival(known, first)
    counted = (week >= since[:, None]) & (week < (rounds + lead)[:, None]) & np.isfinite(sold)
    stock, open_orders = _initial(known, lanes, first)
    demand = np.clip(np.nan_to_num(sold), 0.0, None)
    return World(known, rounds, weeks, demand, counted, stock, open_orders, delivered_before(company))


def anchored(company: Company, first: pd.Timestamp) -> Company:
    """Order cycles reach back to the first Monday: a date in its future is only where a cycle was noted; without a
    date it starts on the first Monday, not anew each round."""
    suppliers = company.suppliers
    start, every = suppliers["first_order"].fillna(first), suppliers["order_every_weeks"].astype(int) * WEEK
    ahead = ((start - first) / every).to_numpy(dtype=float)
    cycles = np.ceil(np.maximum(ahead, 0.0)).astype(int)
    return replace(company, suppliers=suppliers.assign(first_order=start - cycles * every))


def _with_history(company: Company, first: pd.Timestamp) -> Company:
    """The company without the series that nobody had sold before ``first``, and without what arrived since: in the
    world of the backtest it did not."""
    sold = np.flatnonzero(np.isfinite(company.history.before(first).units).any(axis=1))
    history = company.history.only(sold)
    series = history.series

    def keep(table: pd.DataFrame) -> pd.DataFrame:
        return table[pd.MultiIndex.from_frame(table[["sku", "location"]]).isin(series)].reset_index(drop=True)

    return replace(
        company,
        history=history,
        stock=company.stock.loc[series],
        receipts=company.receipts[company.receipts["received_on"] < first],
        sourcing=keep(company.sourcing),
        open_orders=keep(company.open_orders),
    )


def _reject_outside(company: Company, first: pd.Timestamp, weeks: pd.DatetimeIndex) -> None:
    known = company.history.weeks
    if len(known) and known[0] < first and weeks[-1] <= known[-1]:
        return
    span = f"{known[0]:%Y-%m-%d} to {known[-1]:%Y-%m-%d}" if len(known) else "nothing"
    latest = f"{known[-1] - WEEK * (len(weeks) - 1):%Y-%m-%d}" if len(known) else "none"
    problem = Problem(
        severity="block",
        table="sales",
        field="date",
        value=f"{first:%Y-%m-%d}",
        problem="the sales history does not hold the weeks that the backtest plays",
        remedy=f"It knows {span}, and {len(weeks)} weeks are played: start after its first week, at the latest on "
        f"{latest}.",
        effect="No backtest.",
    )
    raise Rejected([problem])


def _initial(company: Company, lanes: pd.DataFrame, first: pd.Timestamp) -> tuple[pd.DataFrame, pd.DataFrame]:
    lead = lanes["lead_time_weeks"].fillna(0).to_numpy(dtype=int)
    every = lanes["order_every_weeks"].fillna(1).to_numpy(dtype=int)
    wait = lanes["supplier"].map(weeks_to_order_day(company, first)).fillna(0).to_numpy(dtype=int)
    arrives = wait + lead
    horizon = weeks_from(first, int(arrives.max(initial=0)) + 1)
    ahead = moving_average(company.history.before(first)).ahead(horizon)
    shelf, lots = np.zeros(len(lead)), []
    for row, (arrival, cycle) in enumerate(zip(arrives, every, strict=True)):
        landings = range(arrival % cycle or cycle, arrival, cycle)
        shelf[row] = np.ceil(ahead[row, : min(landings.start, arrival)].sum())
        lots += [(row, week, ahead[row, week : week + cycle].sum().round()) for week in landings]
    stock = pd.DataFrame({"on_hand": shelf}, index=company.series)
    return stock, _as_open_orders(company, lanes, first, lots)


def _as_open_orders(
    company: Company, lanes: pd.DataFrame, first: pd.Timestamp, lots: list[tuple[int, int, float]]
) -> pd.DataFrame:
    table = pd.DataFrame(lots, columns=["row", "in_weeks", "units"]).query("units > 0")
    row = table["row"].to_numpy(dtype=int)
    week = first + pd.to_timedelta(7 * table["in_weeks"], unit="D")
    lead = pd.to_timedelta(7 * lanes["lead_time_weeks"].to_numpy()[row], unit="D")
    return pd.DataFrame(
        {
            "po": [f"initial-{number}" for number in range(1, len(table) + 1)],
            "sku": company.series.get_level_values("sku")[row],
            "location": company.series.get_level_values("location")[row],
            "supplier": lanes["supplier"].to_numpy()[row],
            "units": table["units"].to_numpy(dtype=float),
            "due": week.to_numpy(),
            "ordered_on": (week - lead).to_numpy(),
            "week": week.to_numpy(),
        }
    )
