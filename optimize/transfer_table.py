"""What is to be moved between locations, week by week, and what that earns."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.company import Company
from optimize.arrivals import as_promised
from optimize.explain import in_money
from optimize.instance import Decisions, Instance
from optimize.plan import TRANSFER_COLUMNS
from optimize.stock_flow import Floats, play


def transfer_table(company: Company, instance: Instance, decisions: Decisions) -> pd.DataFrame:
    """One row (``TRANSFER_COLUMNS``) per route and week in which anything is moved."""
    pairs = [pair for pair in instance.transfers.tolist() if decisions.packs[pair[0]] > 0]
    sold = _sold(instance, decisions, pairs)
    rows = []
    for (out, back), here, there in zip(pairs, *sold, strict=True):
        sent, received = instance.slots[out], instance.slots[back]
        sku, sender = company.series[sent.lane.series]
        receiver = company.series[received.lane.series][1]
        leaves, arrives = (company.as_of + pd.Timedelta(weeks=one.arrival_week) for one in (sent, received))
        units, cost = int(decisions.packs[out]), received.lane.unit_cost
        firm = int(sent.order_week < instance.firm_weeks)
        why = _why(instance, (out, back), (sender, receiver), (here, there), company.policy.money.currency)
        rows.append((leaves, arrives, sku, sender, receiver, units, cost, units * cost, firm, why))
    table = pd.DataFrame(rows, columns=TRANSFER_COLUMNS)
    dates = dict.fromkeys(("week", "arrival_date"), "datetime64[ns]")
    table = table.astype({**dates, "units": "int64", "firm": "int64", "unit_cost": float, "cost": float})
    return table.sort_values(["week", "sku", "from_location", "to_location"], kind="stable", ignore_index=True)


def _sold(instance: Instance, decisions: Decisions, pairs: Sequence[Sequence[int]]) -> list[list[float]]:
    """Units that the last unit of each transfer sells: fewer at its sender, more at its receiver; expected over the
    paths until their weeks end, lost sales played exactly.
    """
    arrivals = as_promised(instance, decisions)
    found = []
    for side, change in ((0, 1.0), (1, -1.0)):
        slots = [instance.slots[pair[side]] for pair in pairs]
        rows = [slot.lane.series for slot in slots]
        without = arrivals[rows].copy()
        without[np.arange(len(rows)), [slot.arrival_week for slot in slots]] += change
        lost, then = _lost(instance, rows, arrivals[rows]), _lost(instance, rows, without)
        found.append(np.abs(lost - then).tolist())
    return found


def _lost(instance: Instance, rows: Sequence[int], arrivals: Floats) -> Floats:
    """Expected units lost (rows,) until each series' weeks end."""
    _, lost = play(instance.stock[rows], arrivals, instance.demand[:, rows])
    ends = np.array([instance.series[i].end for i in rows])
    counts = np.arange(lost.shape[2]) < ends[:, None]
    return np.asarray((lost * counts).sum(axis=2).mean(axis=0))


def _why(
    instance: Instance, pair: tuple[int, int], places: tuple[str, str], sold: tuple[float, float], currency: str
) -> str:
    sender, receiver = (instance.series[instance.slots[q].lane.series] for q in pair)
    earned, missed = sold[1] * receiver.lost, sold[0] * sender.lost
    cost = instance.slots[pair[1]].lane.unit_cost
    return (
        f"The last unit sells {sold[1]:.1f} units more at {places[1]}, worth {in_money(earned, currency)}, and "
        f"{sold[0]:.1f} units fewer at {places[0]}, worth {in_money(missed, currency)}; moving it costs "
        f"{in_money(cost, currency)}."
    )
