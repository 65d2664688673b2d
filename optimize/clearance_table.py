"""What is to be cleared, week by week, and why, in money."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.company import Company
from optimize.arrivals import as_promised
from optimize.explain import in_money
from optimize.instance import Decisions, Instance
from optimize.plan import CLEARANCE_COLUMNS
from optimize.stock_flow import Floats, play


def clearance_table(company: Company, instance: Instance, decisions: Decisions) -> pd.DataFrame:
    """One row (``CLEARANCE_COLUMNS``) per series, week and value."""
    slots, currency = instance.slots, company.policy.money.currency
    cleared = [q for q in np.flatnonzero(decisions.packs > 0).tolist() if slots[q].lane.kind == "clearance"]
    rows = []
    for q, kept in zip(cleared, _kept(instance, decisions, cleared), strict=True):
        slot, units = slots[q], int(decisions.packs[q])
        sku, location = company.series[slot.lane.series]
        week = company.as_of + pd.Timedelta(weeks=slot.order_week)
        value, firm = slot.lane.unit_cost, int(slot.order_week < instance.firm_weeks)
        rows.append((week, sku, location, units, value, units * value, firm, _why(instance, q, kept, currency)))
    table = pd.DataFrame(rows, columns=CLEARANCE_COLUMNS)
    table = table.astype({"week": "datetime64[ns]", "units": "int64", "firm": "int64", "unit_value": float})
    table = table.astype({"value": float}).sort_values("unit_value", ascending=False, kind="stable")
    return table.sort_values(["week", "sku", "location"], kind="stable", ignore_index=True)


def _kept(instance: Instance, decisions: Decisions, cleared: Sequence[int]) -> list[tuple[float, float, float]]:
    """What becomes of one unit more that is kept instead: (share sold later, weeks held, share left), expected over
    the paths until its series' weeks end, lost sales played exactly.
    """
    if not cleared:
        return []
    rows = [instance.slots[q].lane.series for q in cleared]
    arrivals = as_promised(instance, decisions)[rows]
    more = arrivals.copy()
    more[np.arange(len(rows)), [instance.slots[q].arrival_week for q in cleared]] += 1.0
    ends = np.array([instance.series[i].end for i in rows])
    left, lost = _played(instance, rows, arrivals, ends)
    left_then, lost_then = _played(instance, rows, more, ends)
    sold = (lost - lost_then).sum(axis=2).mean(axis=0)
    held = (left_then - left).mean(axis=0)
    over = held[np.arange(len(rows)), ends - 1]
    return list(zip(sold.tolist(), held.sum(axis=1).tolist(), over.tolist(), strict=True))


def _played(instance: Instance, rows: Sequence[int], arrivals: Floats, ends: Floats) -> tuple[Floats, Floats]:
    left, lost = play(instance.stock[rows], arrivals, instance.demand[:, rows])
    over = np.arange(left.shape[2]) >= ends[:, None]
    left[:, over], lost[:, over] = 0.0, 0.0
    return left, lost


def _why(instance: Instance, q: int, kept: tuple[float, float, float], currency: str) -> str:
    slot = instance.slots[q]
    one, (sold, held, left) = instance.series[slot.lane.series], kept
    text = f"Each unit brings {in_money(slot.lane.unit_cost, currency)} now. Kept, one unit more would be sold with"
    text += f" {sold:.0%} probability, bringing {in_money(sold * one.lost, currency)} on average, cost"
    text += f" {in_money(held * one.holding, currency)} of holding over {held:.1f} weeks and be worth"
    text += f" {in_money(left * one.end_value, currency)} at the end."
    if slot.lane.most is not None:
        text += f" At most {slot.lane.most:,} units a week bring this much."
    return text
