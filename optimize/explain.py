"""Why each order line is what it is, in money: what it covers, what it saves, and what a pack more or less would do."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType

import numpy as np
import pandas as pd

from optimize.arrivals import as_it_comes, as_it_comes_late, as_promised, lateness_of, ordered
from optimize.containers import counted, filled
from optimize.instance import Decisions, Instance
from optimize.lead_times import PUNCTUAL
from optimize.stock_flow import Flags, Floats, play
from optimize.tiers import Tiers

CHUNK, CENT = 400, 0.005
LONG = 26
"""Weeks from which a stock that lasts beyond the horizon is said to last so long."""
USED_UP = "is used up."
NOTHING: Mapping[int, list[str]] = MappingProxyType({})


@dataclass(frozen=True)
class Effect:
    """What changing a line's units does to its series until the plan's next delivery, expected over the paths, lost
    sales played exactly: units sold more, unit-weeks of stock more, units left more when the series' weeks end, and
    the share of paths in which it runs out.
    """

    sold: float
    held: float
    left: float
    p_out: float


@dataclass(frozen=True)
class Line:
    """An order line: its slot, series, the weeks ``arrival``..``until`` - 1 that it serves before the plan's next
    delivery: an open order cannot bring less because this line brings more.

    ``lasts``: weeks from arrival until the expected stock is used up, at their pace ``beyond`` the weeks that count;
    ``following``: the slots of the deliveries after it, the next one first; ``late``: weeks by which it is expected to
    come later than promised.
    """

    slot: int
    series: int
    arrival: int
    until: int
    units: float
    lasts: float
    following: tuple[int, ...]
    late: int = 0
    beyond: bool = False


def reasons(
    instance: Instance, decisions: Decisions, currency: str = "", prices: Mapping[int, list[str]] = NOTHING
) -> dict[int, str]:
    """One short text per slot with an order. Firm lines are explained in money, later ones by what they cover.

    ``prices``: by slot, what relaxing its limits would bring, in words; told of firm lines. What was decided before
    has no limit that set it.
    """
    arrivals = as_it_comes(instance, decisions)
    lines = _lines(instance, decisions, arrivals)
    limits = binding(instance, decisions, currency)
    firm = [line for line in lines if instance.slots[line.slot].order_week < instance.firm_weeks]
    texts = {line.slot: f"Outlook: {_cover(instance, line)}{_notes(limits[line.slot])}" for line in lines}
    for start in range(0, len(firm), CHUNK):
        chunk = firm[start : start + CHUNK]
        packs = np.array([float(instance.slots[line.slot].lane.pack) for line in chunk])
        units = np.array([line.units for line in chunk])
        less, last, more = effects(instance, arrivals, chunk, (-units, -packs, packs))
        for line, *parts in zip(chunk, less, last, more, strict=True):
            free = line.slot not in instance.held
            why = [*_ahead(instance, line, parts[1], limits), *limits[line.slot]] if free else []
            notes = [*_tardy(instance, line), *why, *prices.get(line.slot, [])]
            texts[line.slot] = _firm(instance, line, parts, currency) + _notes(notes)
    return texts


def _lines(instance: Instance, decisions: Decisions, arrivals: Floats) -> list[Line]:
    stock, _ = play(instance.stock, arrivals, instance.demand)
    left = stock.mean(axis=0)
    mean = instance.demand.mean(axis=0)
    promised, own = as_promised(instance, decisions), ordered(instance, decisions)
    weeks_late = lateness_of(instance, list(range(len(mean))))
    expected = np.rint(weeks_late.mean(axis=0) if weeks_late.ndim > 1 else weeks_late).astype(int)
    found = []
    placed = decisions.ordered(instance)
    coming: dict[tuple[int, int], list[int]] = defaultdict(list)
    for q in placed:
        coming[instance.slots[q].lane.series, instance.slots[q].arrival_week].append(q)
    for q in placed:
        slot = instance.slots[q]
        i, week, end = slot.lane.series, slot.arrival_week, instance.series[slot.lane.series].end
        later = np.flatnonzero(own[i, week + 1 : end] > 0)
        until = week + 1 + int(later[0]) if len(later) else end
        late = int(expected[i])
        comes = min(max(week + late, 0), end)
        shelf = float(promised[i, week] + (left[i, comes - 1] if comes else instance.stock[i]))
        units, lasts = float(slot.lane.pack * decisions.packs[q]), _lasts(shelf, mean[i, comes:end])
        beyond = lasts > end - comes
        following = tuple(after for at in later.tolist() for after in coming[i, week + 1 + at])
        found.append(Line(q, i, week, until, units, lasts, following, late, beyond))
    return found


def _lasts(shelf: float, demand: Floats) -> float:
    """Weeks, with their fraction, until a stock is used up by demand; beyond the last week at the mean pace."""
    used = np.append(0.0, demand.cumsum())
    if used[-1] < shelf:
        return len(demand) * shelf / float(used[-1]) if used[-1] > 0 else np.inf
    week = int(np.searchsorted(used, shelf))
    return week - (float(used[week]) - shelf) / float(demand[week - 1]) if week else 0.0


def effects(instance: Instance, arrivals: Floats, lines: list[Line], changes: Sequence[Floats]) -> list[list[Effect]]:
    """For each of some ``changes`` the effect of changing each line, alone, by so many units (lines,)."""
    series = [line.series for line in lines]
    weeks = np.arange(arrivals.shape[-1])
    demand, stock = instance.demand[:, series], instance.stock[series]
    coming = arrivals[..., series, :]
    window = _window(instance, series, lines)
    last = window & (weeks == np.array([[instance.series[i].end - 1] for i in series]))
    held, lost = play(stock, coming, demand)

    def effect(by: Floats) -> list[Effect]:
        more_ordered = np.zeros((len(lines), len(weeks)))
        more_ordered[np.arange(len(lines)), [line.arrival for line in lines]] = by
        held_then, lost_then = play(stock, coming + as_it_comes_late(instance, series, more_ordered), demand)
        sold = ((lost - lost_then) * window).sum(axis=2).mean(axis=0)
        more = ((held_then - held) * window).sum(axis=2).mean(axis=0)
        left = ((held_then - held) * last).sum(axis=2).mean(axis=0)
        out = ((lost_then > 1e-9) & window).any(axis=2).mean(axis=0)
        return [Effect(*parts) for parts in zip(*(each.tolist() for each in (sold, more, left, out)), strict=True)]

    return [effect(by) for by in changes]


def _window(instance: Instance, series: list[int], lines: list[Line]) -> Flags:
    """The weeks, (n, H) or in each path (S, n, H), in which each line serves before the next delivery comes."""
    late, weeks = lateness_of(instance, series), np.arange(instance.demand.shape[2])
    end = np.array([instance.series[i].end for i in series])
    until = np.array([line.until for line in lines])
    start = np.array([line.arrival for line in lines]) + late
    stop = np.where(until == end, end, np.minimum(until + late, end))
    return np.asarray((weeks >= start[..., None]) & (weeks < stop[..., None]))


def _firm(instance: Instance, line: Line, parts: list[Effect], currency: str) -> str:
    less, last, more = parts
    one = instance.series[line.series]
    margin = one.lost - one.replacement
    date = _date(instance, min(line.until + line.late, one.end) - 1)
    pack = instance.slots[line.slot].lane.pack
    named = f"pack of {pack}" if pack > 1 else "unit"
    costs = " and ".join(what.format(in_money(paid, currency)) for paid, what in _costs(instance, line, last, -1))
    further = sum(paid for paid, _ in _costs(instance, line, more, 1))
    return (
        f"{_cover(instance, line).capitalize()} Without it: {less.p_out:.0%} risk of running out by the week of "
        f"{date}, {in_money(-less.sold * margin, currency)} of margin lost. "
        f"The last {named} earns {in_money(-last.sold * margin, currency)} and costs {costs}; "
        f"one more would earn {in_money(more.sold * margin, currency)} and cost {in_money(further, currency)}."
    )


def _costs(instance: Instance, line: Line, effect: Effect, packs: int) -> list[tuple[float, str]]:
    """What each pack of a change of so many ``packs`` costs beside the goods at their lowest price, and for what."""
    one, lane = instance.series[line.series], instance.slots[line.slot].lane
    found = [(effect.held / packs * one.holding, "{} of holding")]
    if one.replacement > one.end_value and line.until == one.end:
        lost = effect.left / packs * (one.replacement - one.end_value)
        found.append((lost, "{} of clearance at season's end"))
    dearer = (lane.net_cost - one.replacement) * lane.pack
    if dearer > CENT:
        found.append((dearer, "{} of express surcharge" if lane.expedite else "{} more than at its lowest price"))
    return found


def _tardy(instance: Instance, line: Line) -> list[str]:
    """How late the line may come, where its supplier does not keep its promises."""
    if instance.late is None:
        return []
    weeks = instance.late.deliveries[instance.slots[line.slot].lane.supplier]
    usual, most = weeks.mean, int(weeks.at(np.array([0.9]))[0])
    if weeks == PUNCTUAL:
        return []
    often = f" and in one case of ten {most} or more" if most > usual else ""
    return [f"It counts on deliveries {abs(usual):.1f} weeks {'late' if usual >= 0 else 'early'} on average{often}."]


def _ahead(instance: Instance, line: Line, last: Effect, limits: dict[int, list[str]]) -> list[str]:
    """Why the last pack is bought though it costs more than it earns until the next delivery: a later one is full."""
    one = instance.series[line.series]
    if -last.sold * (one.lost - one.replacement) >= -last.held * one.holding:
        return []
    for q in line.following:
        slot = instance.slots[q]
        capacity = instance.suppliers[slot.lane.supplier].capacity
        full = [note for note in limits[q] if note not in limits[line.slot] or (capacity and "capacity" in note)]
        for note in full:
            if note.endswith(USED_UP):
                date = _date(instance, slot.order_week)
                return [f"Part of it is bought ahead of the order of {date}: {note[0].lower()}{note[1:]}"]
    return []


def _cover(instance: Instance, line: Line) -> str:
    if line.beyond:
        pace = f", at their pace some {line.lasts:,.0f} weeks" if LONG <= line.lasts < np.inf else ""
        return f"stock then lasts beyond the weeks that are planned{pace}."
    date = _date(instance, line.arrival + line.late + max(ceil(line.lasts) - 1, 0))
    return f"stock then lasts {line.lasts:.1f} weeks, into the week of {date}."


def binding(instance: Instance, decisions: Decisions, currency: str = "") -> dict[int, list[str]]:
    """By slot with an order, the limits that set its quantity, in words: less than a pack of them is left."""
    found: dict[int, list[str]] = defaultdict(list)
    slots, placed, tiers = instance.slots, decisions.ordered(instance), Tiers(instance)
    for q in placed:
        lane, packs = slots[q].lane, decisions.packs[q]
        smaller = tiers.before(lane)
        if packs == lane.least and smaller is not None:
            now, otherwise = in_money(lane.unit_cost, currency), in_money(smaller.unit_cost, currency)
            found[q].append(f"From {lane.least * lane.pack} units on a unit costs {now} instead of {otherwise}.")
        elif packs == lane.least > 1:
            found[q].append(f"The minimum of {lane.least * lane.pack} units sets the quantity.")
        if packs == lane.most and not tiers.ends(lane):
            found[q].append(f"The limit of {int(packs) * lane.pack} units per order sets the quantity.")
    units = {q: slots[q].lane.pack * float(decisions.packs[q]) for q in placed}
    value = {q: units[q] * slots[q].lane.unit_cost for q in placed}
    for (k, _), members in sorted(instance.supplier_orders.items()):
        own, supplier = [q for q in members if q in units], instance.suppliers[k]
        room = np.inf if supplier.capacity is None else supplier.capacity - sum(units[q] for q in own)
        spare = sum(value[q] for q in own) - supplier.least_value if supplier.least_value > 0 else np.inf
        for q in own:
            if slots[q].lane.pack > room:
                found[q].append(f"The supplier's capacity of {supplier.capacity:,.0f} units a week {USED_UP}")
            if slots[q].lane.pack * slots[q].lane.unit_cost > spare:
                found[q].append(f"It helps to reach the supplier's minimum order of {supplier.least_value:,.0f}.")
    for (k, t), taken in filled(instance, decisions, range(len(instance.series))).items():
        boxes = counted({(k, t): taken})[k, t]
        named = "1 container" if boxes == 1 else f"{boxes} containers"
        for q in instance.supplier_orders[k, t]:
            if q in units:
                found[q].append(f"Its order fills {named} to {taken / boxes:.0%}.")
    for budget in instance.budgets:
        spent = sum(value.get(q, 0.0) for q in budget.slots)
        for q in budget.slots:
            if q in value and spent + slots[q].lane.pack * slots[q].lane.unit_cost > budget.amount:
                found[q].append(f"The budget {budget.name} {USED_UP}")
    return found


def _notes(limits: list[str]) -> str:
    return "".join(f" {limit}" for limit in limits)


def _date(instance: Instance, week: int) -> str:
    return f"{instance.as_of + pd.Timedelta(weeks=week):%Y-%m-%d}"


def in_money(amount: float, currency: str) -> str:
    """Money in whole units from 100 on, else with two decimals; never a negative zero."""
    shown = f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:,.2f}"
    shown = shown.lstrip("-") if float(shown.replace(",", "")) == 0 else shown
    return f"{currency} {shown}" if currency.isalpha() else f"{currency}{shown}"
