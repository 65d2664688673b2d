"""What one unit more of a capacity or a budget would bring where the choice among whole plans puts no price on it.

The choice prices a limit by the plans that it was offered; where none of them takes a little more of what is full, it
sees no gain. So the series that order from it plan themselves again with a pack more on one of their lines, all else
that series share at its price.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimize.groups import groups
from optimize.instance import Decisions, Instance
from optimize.settle import settled
from optimize.shared import Limit, Row, Shared, shared
from optimize.single import Batch, batches, least_cost
from optimize.stock_flow import Floats, Integers


def with_full_limits(instance: Instance, decisions: Decisions, prices: dict[Row, float]) -> dict[Row, float]:
    """The prices of what series share, money per unit, those of full firm orders and budgets that had none included."""
    found = dict(prices)
    for members in groups(instance)[1]:
        common = shared(instance, members)
        for one in common.limits:
            unpriced = one.row[0] in ("capacity", "budget") and prices.get(one.row, 0.0) <= 0
            if unpriced and _is_firm(instance, one) and _is_full(common, one, decisions):
                found[one.row] = _gain(instance, common, one, decisions, prices)
    return found


def _is_firm(instance: Instance, one: Limit) -> bool:
    kind, place = one.row
    week = instance.budgets[place].week if kind == "budget" else instance.orders[place][1]
    return week < instance.firm_weeks


def _is_full(common: Shared, one: Limit, decisions: Decisions) -> bool:
    pack = common.pack[one.slots] * one.weight
    return float(pack @ decisions.packs[one.slots] + pack.min(where=pack > 0, initial=np.inf)) > one.amount


def _gain(instance: Instance, common: Shared, one: Limit, decisions: Decisions, prices: dict[Row, float]) -> float:
    """Money per unit of the limit that a pack more on the best of the lines that it holds for saves."""
    use = dict(zip(one.slots.tolist(), one.weight.tolist(), strict=True))
    lines = [q for q, weight in use.items() if decisions.packs[q] > 0 and weight > 0 and q not in instance.held]
    paid = np.array([prices.get(other.row, 0.0) for other in common.limits])
    price = common.priced(paid), common.fees(common.placed(decisions))
    series, best = sorted({instance.slots[q].lane.series for q in lines}), 0.0
    for batch in settled(batches(instance, series), instance.transfers, decisions.packs):
        full = _filled(common.charged(batch, paid), one.slots.tolist(), decisions.packs)
        before = least_cost(full, *price)
        for places in _in_turn(np.argwhere(np.isin(full.slots, lines))):
            most, rows = full.most.copy(), places[:, 0]
            most[tuple(places.T)] += full.stride[tuple(places.T)]
            saved = (before - least_cost(replace(full, most=most), *price))[rows]
            taken = full.units[tuple(places.T)] * [use[q] for q in full.slots[tuple(places.T)].tolist()]
            best = max(best, float((saved / taken).max()))
    return best


def _in_turn(places: Integers) -> list[Integers]:
    """Places (lines, 3) whose first column ascends, in parts that have each of its values once."""
    turn = np.arange(len(places)) - np.searchsorted(places[:, 0], places[:, 0])
    return [places[turn == number] for number in np.unique(turn).tolist()]


def _filled(batch: Batch, slots: Sequence[int], packs: Floats) -> Batch:
    """The batch in which an order's lines hold no more than they do, and no other is opened in it."""
    own = np.isin(batch.slots, slots) & (batch.held < 0)
    now, closed = packs[batch.slots], batch.cost.shape[2]
    most = np.where(now > 0, np.rint(now * batch.stride).astype(np.int64), closed)
    least = np.where(now > 0, batch.least, closed)
    return replace(batch, least=np.where(own, least, batch.least), most=np.where(own, most, batch.most))
