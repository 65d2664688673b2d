"""The stock ledger: what stock, sold goods and leftovers cost, at the moving average of what came in.

With V the value and U the units of a series on the shelf, each week what arrives is added to both; a unit then costs
V / U, and so much leaves V with every unit that is sold, cleared or sent away. When the season ends, all that is left
leaves. So what was there and what came is what was sold, cleared, sent, left over and is there at the end.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from data.company import Floats
from optimize.open_decisions import goods_cost
from optimize.open_orders import units_by_path
from optimize.stock_flow import blocks
from scenarios.play import Played, by_path, by_promised_week
from scenarios.shelf import moved


@dataclass(frozen=True)
class Ledger:
    """All series together, by path and week (S, H), money at cost unless said otherwise.

    ``sold``, ``cleared``, ``sent``: goods that left; ``left_over``: those left when their season ended, or that came
    after it, ``left_over_units`` in units, ``salvage``: what they bring; ``stock``: there at the week's end;
    ``received``: added.
    """

    sold: Floats
    cleared: Floats
    sent: Floats
    left_over: Floats
    left_over_units: Floats
    salvage: Floats
    stock: Floats
    received: Floats


def ledger(played: Played) -> Ledger:
    """The ledger of a plan played; goods from another location come at their item's unit cost."""
    cost_in, cleared = _cost_in(played), cleared_share(played)
    parts = [_of_paths(played, own, cost_in[own], cleared) for own in blocks(played.sold.shape)]
    return Ledger(**{one.name: np.concatenate([getattr(own, one.name) for own in parts]) for one in fields(Ledger)})


def _of_paths(played: Played, own: slice, cost_in: Floats, cleared: Floats) -> Ledger:
    """The ledger of some paths; ``cost_in`` of these (paths, N, H)."""
    paths, series, weeks = played.sold[own].shape
    units = np.broadcast_to(played.settled.stock["on_hand"].to_numpy(dtype=float), (paths, series))
    value, salvage = units * played.of_items("unit_cost"), played.of_items("salvage_value")
    closes = np.where(played.ground.over, np.maximum(np.array(played.ground.ends) - 1, 0), weeks)
    arrivals = np.broadcast_to(played.arrivals, played.sold.shape)[own]
    columns: dict[str, list[Floats]] = {one.name: [] for one in fields(Ledger)}
    for week in range(weeks):
        value, units = value + cost_in[..., week], units + arrivals[..., week] + played.moved_in[:, week]
        each = np.divide(value, units, out=np.zeros_like(value), where=units > 0)
        sold, out, over = played.sold[own, :, week], played.out[own, :, week], week >= closes
        value, units = value - each * (sold + out), np.maximum(units - sold - out, 0.0)
        entries = {
            "sold": each * sold,
            "cleared": each * out * cleared[:, week],
            "sent": each * out * (1.0 - cleared[:, week]),
            "left_over": value * over,
            "left_over_units": units * over,
            "salvage": units * over * salvage,
            "stock": value * ~over,
            "received": cost_in[..., week],
        }
        value, units = value * ~over, units * ~over
        for name, entry in entries.items():
            columns[name].append(entry.sum(axis=1))
    return Ledger(**{name: np.stack(column, axis=1) for name, column in columns.items()})


def cleared_share(played: Played) -> Floats:
    """Of the units that leave a series in a week otherwise than sold, the share (N, H) that is cleared."""
    clearance, none = played.moves.clearance, played.moves.transfers.iloc[:0]
    _, cleared = moved(played.company, played.weeks, clearance, none)
    _, all_out = moved(played.company, played.weeks, clearance, played.moves.transfers)
    return np.divide(cleared, all_out, out=np.zeros_like(all_out), where=all_out > 0)


def _cost_in(played: Played) -> Floats:
    """What the units cost that reach the shelf each week (S, N, H)."""
    world, base, lines = played.settled, played.ground, played.lines
    orders = by_path(base, by_promised_week(lines, lines["units"] * lines["unit_cost"], base))
    priced = world.open_orders.assign(units=world.open_orders["units"].astype(float) * goods_cost(world))
    paths, _, weeks = played.sold.shape
    arrive = np.broadcast_to(base.open_weeks, (len(priced), paths))
    on_order = units_by_path(replace(world, open_orders=priced), arrive, weeks)
    return np.asarray(orders + on_order + played.moved_in * played.of_items("unit_cost")[:, None])
