"""A policy lives through past weeks: it orders on each Monday from what is known, then the week sells."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from data.progress import Progress, silent
from optimize.stock_flow import play
from scenarios.deliveries import arrivals
from scenarios.purchase import LINE_COLUMNS, LINE_TYPES
from scenarios.world import World

Decide = Callable[[Company], pd.DataFrame]


@dataclass(frozen=True)
class Replay:
    """What became of one policy in a world.

    ``orders``: its order lines (``LINE_COLUMNS``) over all rounds.
    ``stock`` (N, W): units left at each week's end; ``lost`` (N, W): units that were wanted and not there.
    """

    policy: str
    orders: pd.DataFrame
    stock: Floats
    lost: Floats


def replay(world: World, policy: str, decide: Decide, progress: Progress = silent) -> Replay:
    """Let ``decide`` order on each Monday of the world's rounds; each week receives, then sells; what is not there is
    lost. Orders arrive as late as their supplier delivered at that time. What is left when a season ends is cleared."""
    ends = world.season_ends()
    shelf = world.stock["on_hand"].to_numpy(dtype=float)
    coming, placed = _with_arrival(world, world.open_orders), []
    stock, lost = np.zeros_like(world.demand), np.zeros_like(world.demand)
    for week, monday in enumerate(world.weeks):
        if week < world.rounds:
            progress(policy, week / world.rounds)
            lines = decide(_known(world, monday, shelf, coming))[LINE_COLUMNS].astype(LINE_TYPES)
            placed.append(lines)
            coming = pd.concat(
                [table for table in (coming, _with_arrival(world, _on_order(lines))) if len(table)] or [coming]
            )
        now = coming["comes"].le(monday)
        received = _by_series(world.company, coming[now])
        left, missed = play(shelf, received[:, None], world.demand[:, week : week + 1])
        stock[:, week], lost[:, week] = left[:, 0], missed[:, 0]
        shelf, coming = np.where(ends[:, week], 0.0, left[:, 0]), coming[~now]
    progress(policy, 1.0)
    orders = pd.concat([table for table in placed if len(table)] or placed[:1], ignore_index=True)
    return Replay(policy, orders, stock, lost)


def _known(world: World, monday: pd.Timestamp, shelf: Floats, coming: pd.DataFrame) -> Company:
    """The company on a Monday; an overdue order is expected a week later, as the data gate expects it."""
    stock = world.stock.assign(on_hand=shelf)
    expected = coming["week"].where(coming["week"] >= monday, monday + WEEK)
    return world.company.as_known_on(
        monday, stock, coming.assign(week=expected).drop(columns="comes").reset_index(drop=True)
    )


def _with_arrival(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    return orders.assign(comes=arrivals(orders, world.deliveries))


def _on_order(lines: pd.DataFrame) -> pd.DataFrame:
    names = lines["order_date"].dt.strftime("%Y-%m-%d") + "-" + lines["supplier"]
    return pd.DataFrame(
        {
            "po": names,
            "sku": lines["sku"],
            "location": lines["location"],
            "supplier": lines["supplier"],
            "units": lines["units"].astype(float),
            "due": lines["arrival_date"],
            "ordered_on": lines["order_date"],
            "week": lines["arrival_date"],
        }
    )


def _by_series(company: Company, orders: pd.DataFrame) -> Floats:
    units = orders.groupby(["sku", "location"])["units"].sum().reindex(company.series)
    return units.fillna(0.0).to_numpy(dtype=float)
