"""What orders cost in the week in which they are placed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Floats
from optimize.containers import counted, fill
from optimize.instance import Supplier
from optimize.payment import credit_shares
from scenarios.play import Played

ORDER = ["supplier", "order_week"]


@dataclass(frozen=True)
class Charges:
    """Money by order week (H,): ``goods`` at cost, express surcharge included; ``expedite``: the surcharge; ``credit``:
    what paying later is worth; ``ordering``: fixed charges of orders and lines; ``containers``: those started.
    """

    goods: Floats
    expedite: Floats
    credit: Floats
    ordering: Floats
    containers: Floats


def charges(played: Played) -> Charges:
    """The charges of the orders that were played, at the world's terms."""
    lines, weeks = played.lines, played.sold.shape[2]
    goods = lines["units"] * lines["unit_cost"]
    share = np.array(credit_shares(played.company))[lines["supplier"].to_numpy(dtype=int)]
    return Charges(
        goods=_by_week(lines["order_week"], goods, weeks),
        expedite=_by_week(lines["order_week"], lines["units"] * lines["surcharge"], weeks),
        credit=_by_week(lines["order_week"], goods * share, weeks),
        ordering=_placing(played) + _by_week(lines["order_week"], lines["line_cost"], weeks),
        containers=_containers(played),
    )


def _by_week(week: pd.Series, money: pd.Series, weeks: int) -> Floats:
    return np.asarray(np.bincount(week, weights=money.astype(float), minlength=weeks), dtype=float)


def _placing(played: Played) -> Floats:
    """The fixed charge of each order: of one supplier in one week."""
    placed = played.lines.drop_duplicates(ORDER)
    cost = played.company.suppliers["order_cost"].iloc[placed["supplier"]]
    return _by_week(placed["order_week"], cost, played.sold.shape[2])


def _containers(played: Played) -> Floats:
    """Whole containers, filled jointly by the lines of each order."""
    columns = ["order_cost", "min_order_value", "container_cost", "container_volume", "container_weight"]
    rows = played.company.suppliers[columns].astype(float).itertuples(name=None)
    sellers = [Supplier(str(name), cost, least, None, 0.0, *boxes) for name, cost, least, *boxes in rows]
    sizes = np.nan_to_num([played.of_items("volume"), played.of_items("weight")])
    taken: dict[tuple[int, int], float] = {}
    for supplier, week in sorted(set(zip(*(played.lines[name].tolist() for name in ORDER), strict=True))):
        if sellers[supplier].ships_containers:
            lines = played.lines[played.lines["supplier"].eq(supplier) & played.lines["order_week"].eq(week)]
            volume, weight = sizes[:, lines["series"].to_numpy(dtype=int)] @ lines["units"].to_numpy(dtype=float)
            taken[supplier, week] = fill(sellers[supplier], float(volume), float(weight))
    table = np.zeros(played.sold.shape[2])
    for (supplier, week), number in counted(taken).items():
        table[week] += number * sellers[supplier].container_cost
    return table
