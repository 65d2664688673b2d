"""Series planned alone: an exact dynamic program over whole packs, at given prices for what series share.

The state is Z, the cumulative supply of cost_curves.py, on a lattice of packs. Backwards over the periods p, with f_p
the period's expected cost and v the value of a unit left at the end,

    V_{P+1}(Z) = -v Z
    U_0(Z) = min over Z' >= Z of  lost (Z' - Z) + f_p(Z') + V_{p+1}(Z')                        demand given up
    U_q(Z) = min(U_{q-1}(Z), min over n of  fee_q + c_q pack_q n + U_{q-1}(Z + pack_q n))      slots q arriving in p
    V_p(Z) = U_last(Z)

where pack_q is negative if units leave, and Z is at least the lowest level of the period's curve,
with n from the slot's minimum to its limit, c_q its cost per unit and fee_q what its order line must pay; of price
tiers that share a maximum one is used (tiers.py). The series of a batch are done at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.held import held_cost, held_packs
from optimize.instance import Decisions, Instance
from optimize.stock_flow import Flags, Floats, Integers
from optimize.tiers import beside, follows_tier, tier_lines

LEAST_STATES, EXACT_CELLS, BATCH_CELLS = 4096, 5_000_000, 8_000_000
UNLIKE, SMALL_CELLS = 12, 1_000_000
"""How many times the states of another a series may have to be planned beside it, and cells up to which it may anyway:
what is computed in vain costs less than another call.
"""


@dataclass(frozen=True)
class Batch:
    """n series laid out for the dynamic program: P periods, R slots per period and M states at most.

    ``series`` (n,); ``pitch`` (n,): units per state; ``exact`` (n,): whether every number of packs is a state;
    ``periods`` (n, P) and ``slots`` (n, P, R): positions in the instance, -1 where there is none; ``cost`` (n, P, M):
    f at each state, money; ``short`` (n, P, M): units short at each state, (n, P, 0) where no series has a floor;
    ``start`` (n,): the state in which nothing is supplied, ``sign`` (n, P, R): -1 where the slot's units leave,
    ``forced`` (n, P, R): whether it must be used; ``line`` (n, P, R): the line of price tiers that share a maximum, of
    which one is used, else -1, (n, P, 0) where no series has any; ``least`` and ``most`` (n, P, R): the slots' limits
    in states, ``stride`` (n, P, R): states per pack, ``units`` (n, P, R): units per pack; ``lost`` and ``end_value``
    (n,): money per unit; ``held`` (n, P, R): packs of the slots that are decided already, else -1: what they supply
    shifts the states, so that Z is what is supplied beside them.
    """

    series: Integers
    pitch: Floats
    exact: Flags
    periods: Integers
    slots: Integers
    cost: Floats
    short: Floats
    start: Integers
    sign: Integers
    forced: Flags
    line: Integers
    least: Integers
    most: Integers
    stride: Integers
    units: Integers
    lost: Floats
    end_value: Floats
    held: Floats


def batches(instance: Instance, series: Sequence[int], most_states: int = 0) -> list[Batch]:
    """The series that can be ordered, alike ones together, in batches of bounded memory.

    A series with more than ``most_states`` states is planned in multiples of its packs, too coarse to be exact; left
    out, there are so many that only very large quantities, or very many series, are.
    """
    most_states = most_states or max(
        LEAST_STATES, EXACT_CELLS // max(sum(len(instance.periods_of[i]) for i in series), 1)
    )
    pitch = {i: _pitch(instance, i, most_states) for i in series if instance.periods_of[i]}
    shapes = {i: _shape(instance, i, pitch[i]) for i in pitch}
    chunks: list[list[int]] = []
    widest = (0, 0, 0)
    for i in sorted(shapes, key=lambda i: (*shapes[i], i)):
        slots, periods, states = (max(pair) for pair in zip(widest, shapes[i], strict=True))
        cells = (slots + 2) * periods * states * (len(chunks[-1]) + 1 if chunks else 1)
        unlike = bool(chunks) and cells > SMALL_CELLS and states > UNLIKE * shapes[chunks[-1][0]][2]
        if not chunks or cells > BATCH_CELLS or unlike:
            chunks.append([])
            slots, periods, states = shapes[i]
        chunks[-1].append(i)
        widest = (slots, periods, states)
    return [_batch(instance, chunk, pitch) for chunk in chunks]


def _shape(instance: Instance, i: int, pitch: int) -> tuple[int, int, int]:
    """(slots per period, periods, states) of a series."""
    periods = instance.periods_of[i]
    slots = max(len(instance.arriving[p]) for p in periods)
    return slots, len(periods), int(_top(instance, i) / pitch) + 2 + _start(instance, i, pitch)


def _start(instance: Instance, i: int, pitch: int) -> int:
    """How many states there are below nothing supplied."""
    return int(-min(float(instance.periods[p].curve.levels[0]) for p in instance.periods_of[i]) / pitch + 1e-9)


def _packs(instance: Instance, i: int) -> list[int]:
    """The units by which supply can change."""
    packs = {abs(instance.slots[q].lane.pack) for p in instance.periods_of[i] for q in instance.arriving[p]}
    return sorted(packs | {1} if instance.series[i].single else packs) or [1]


def _top(instance: Instance, i: int) -> float:
    """Units of supply beyond which nothing can be gained, and room for one minimum order on top.

    The most is not always needed at the end: before a large open order comes, more may be missing.
    """
    periods = instance.periods_of[i]
    lanes = {instance.slots[q].lane for p in periods for q in instance.arriving[p]}
    most = max(float(instance.periods[p].curve.levels[-1]) for p in periods)
    return (
        max(most, 0.0) + instance.series[i].passes_on + max((abs(lane.pack) * lane.least for lane in lanes), default=0)
    )


def _pitch(instance: Instance, i: int, most_states: int) -> int:
    """Units per state: what all packs share, coarser where the states would be too many."""
    packs = _packs(instance, i)
    fine = int(np.gcd.reduce(packs))
    coarse = int(np.lcm.reduce(packs))
    states = _top(instance, i) / fine
    return fine if states <= most_states else coarse * max(int(np.ceil(states * fine / coarse / most_states)), 1)


def _batch(instance: Instance, chunk: list[int], pitches: dict[int, int]) -> Batch:
    shapes = np.array([_shape(instance, i, pitches[i]) for i in chunk])
    most_slots, most_periods, states = (int(size) for size in shapes.max(axis=0))
    pitch = np.array([float(pitches[i]) for i in chunk])
    start = np.array([_start(instance, i, pitches[i]) for i in chunk])
    periods = np.full((len(chunk), most_periods), -1)
    slots = np.full((len(chunk), most_periods, most_slots), -1)
    cost = np.zeros((len(chunk), most_periods, states))
    floored = bool(instance.with_floors.intersection(chunk))
    short = np.zeros((len(chunk), most_periods, states if floored else 0))
    held = held_packs(instance, chunk, most_periods, most_slots)
    for row, i in enumerate(chunk):
        shift = 0.0
        for column, p in enumerate(instance.periods_of[i]):
            periods[row, column] = p
            slots[row, column, : len(instance.arriving[p])] = instance.arriving[p]
            if instance.held:
                shift += sum(instance.slots[q].lane.pack * instance.held.get(q, 0.0) for q in instance.arriving[p])
            lattice = pitch[row] * (np.arange(states) - start[row]) + shift
            possible = lattice >= instance.periods[p].curve.levels[0] - 1e-9
            cost[row, column] = np.where(possible, instance.periods[p].cost_at(lattice), np.inf)
            short[row, column] = instance.periods[p].curve.short_at(lattice[: short.shape[2]])
    return Batch(
        series=np.array(chunk),
        pitch=pitch,
        exact=np.array([pitches[i] == np.gcd.reduce(_packs(instance, i)) for i in chunk]),
        periods=periods,
        slots=slots,
        cost=cost,
        short=short,
        start=start,
        forced=np.zeros(slots.shape, dtype=bool),
        line=tier_lines(instance, slots),
        **_limits(instance, slots, pitch, states),
        held=held,
        lost=np.array([instance.series[i].lost for i in chunk]),
        end_value=np.array([instance.series[i].end_value for i in chunk]),
    )


def _limits(instance: Instance, slots: Integers, pitch: Floats, states: int) -> dict[str, Integers]:
    """Least, most and stride of the slots, in states, units per pack and its sign; 1 for padded ones."""
    limits = {name: np.ones(slots.shape, dtype=np.int64) for name in ("least", "most", "stride", "units", "sign")}
    limits["most"] *= states
    for place in np.argwhere(slots >= 0):
        slot = instance.slots[slots[tuple(place)]]
        pack = abs(slot.lane.pack) / pitch[place[0]]
        limits["sign"][tuple(place)] = np.sign(slot.lane.pack)
        limits["least"][tuple(place)] = np.ceil(slot.lane.least * pack - 1e-9)
        limits["units"][tuple(place)] = abs(slot.lane.pack)
        limits["stride"][tuple(place)] = max(round(pack), 1)
        if int(slots[tuple(place)]) in instance.held:
            limits["least"][tuple(place)] = limits["most"][tuple(place)] = states
        elif slot.lane.most is not None:
            limits["most"][tuple(place)] = np.floor(slot.lane.most * pack + 1e-9)
    return limits


def charged(batch: Batch, charge: Floats) -> Batch:
    """The batch when each unit short or given up costs ``charge`` (N,) more, money; only with floors."""
    if not batch.short.shape[2]:
        return batch
    own = charge[batch.series]
    return replace(batch, cost=batch.cost + own[:, None, None] * batch.short, lost=batch.lost + own)


def units_short(batch: Batch, plan: Decisions) -> Floats:
    """Units short and given up of each series (n,) under a plan of its own; only with floors."""
    slots, periods = batch.slots >= 0, batch.periods >= 0
    free = slots & (batch.held < 0)
    arrived = np.where(free, plan.packs[batch.slots] * batch.units * batch.sign, 0.0).sum(axis=2)
    given_up = np.where(periods, plan.given_up[batch.periods], 0.0)
    moved = np.rint((arrived + given_up).cumsum(axis=1) / batch.pitch[:, None]).astype(np.int64)
    state = batch.start[:, None] + moved
    state = np.minimum(state, batch.short.shape[2] - 1)
    short = np.take_along_axis(batch.short, state[..., None], axis=2)[..., 0]
    total: Floats = (short + given_up).sum(axis=1)
    return total


def plan_alone(
    batch: Batch, unit_cost: Floats, fee: Floats, into: Decisions, known: list[list[Floats]] | None = None
) -> Floats:
    """The least cost (n,) of each series at ``unit_cost`` and ``fee`` (slots of the instance,), money.

    The plan is written into ``into``. The cost leaves out what no decision changes. ``known``: by period, its layers at
    these prices, where they were worked out before.
    """
    into.packs[batch.slots[batch.slots >= 0]] = 0.0
    into.given_up[batch.periods[batch.periods >= 0]] = 0.0
    tables = known or backwards(batch, unit_cost, fee)
    _follow(batch, unit_cost, tables, into)
    decided = batch.held >= 0
    into.packs[batch.slots[decided]] = batch.held[decided]
    best: Floats = _first(batch, tables) + held_cost(batch, unit_cost, fee)
    return best


def least_cost(batch: Batch, unit_cost: Floats, fee: Floats) -> Floats:
    """The least cost (n,) of each series, without the plan."""
    best: Floats = _first(batch, backwards(batch, unit_cost, fee)) + held_cost(batch, unit_cost, fee)
    return best


def _first(batch: Batch, tables: list[list[Floats]]) -> Floats:
    """The least cost (n,) from nothing supplied on."""
    best: Floats = tables[0][-1][np.arange(len(batch.series)), batch.start]
    return best


def backwards(batch: Batch, unit_cost: Floats, fee: Floats) -> list[list[Floats]]:
    """By period: its layers."""
    following, tables = at_end(batch), list[list[Floats]]()
    for column in reversed(range(batch.cost.shape[1])):
        tables.append(layers(batch, column, following, unit_cost, fee))
        following = tables[-1][-1]
    return tables[::-1]


def at_end(batch: Batch) -> Floats:
    """V after the last period (n, M): less what is left is worth."""
    states = np.arange(batch.cost.shape[2]) - batch.start[:, None]
    value: Floats = -(batch.end_value * batch.pitch)[:, None] * states
    return value


def layers(batch: Batch, column: int, following: Floats, unit_cost: Floats, fee: Floats) -> list[Floats]:
    """A period's [f + V of the next, U_0, U_1, ...], each (n, M), from V of the next."""
    stay = batch.cost[:, column] + following
    found = [stay, best_from(stay, (batch.lost * batch.pitch)[:, None])]
    for r in range(batch.slots.shape[2]):
        best = used(batch, column, r, beside(batch, column, r, found[1:]), unit_cost, fee)
        found.append(unless_forced(batch, column, r, best, found[-1]))
    return found


def unless_forced(batch: Batch, column: int, r: int, best: Floats, without: Floats) -> Floats:
    """The less (n, M) of using a slot at best and of doing without it, where that may be."""
    forced, less = batch.forced[:, column, r, None], np.minimum(best, without)
    return np.where(forced, best, less) if forced.any() else less


def best_from(stay: Floats, price: Floats) -> Floats:
    """min over Z' >= Z of price (Z' - Z) + stay(Z'), at every state."""
    ramp = price * np.arange(stay.shape[1])
    best: Floats = np.minimum.accumulate((stay + ramp)[:, ::-1], axis=1)[:, ::-1] - ramp
    return best


def _price(batch: Batch, column: int, r: int, unit_cost: Floats) -> Floats:
    """Money per state (n, 1) that a slot adds or takes."""
    return np.asarray((unit_cost[batch.slots[:, column, r]] * batch.pitch * batch.sign[:, column, r])[:, None])


def used(batch: Batch, column: int, r: int, after: Floats, unit_cost: Floats, fee: Floats) -> Floats:
    """min over n of fee + cost n + after(Z + n) at every state, where the slot is used; infinite without a slot.

    Where units leave, the states are passed in the other direction.
    """
    leaves = (batch.sign[:, column, r] < 0)[:, None]
    if not leaves.any():
        return _added(batch, column, r, after, unit_cost, fee)
    turned = _added(batch, column, r, np.where(leaves, after[:, ::-1], after), unit_cost, fee)
    best: Floats = np.where(leaves, turned[:, ::-1], turned)
    return best


def _added(batch: Batch, column: int, r: int, after: Floats, unit_cost: Floats, fee: Floats) -> Floats:
    """The same towards higher places, whatever the slot's sign."""
    slots = batch.slots[:, column, r]
    fees = np.where(slots >= 0, fee[slots], np.inf)[:, None]
    if np.isinf(fees).all():
        return np.full_like(after, np.inf)
    least, most, stride = (part[:, column, r] for part in (batch.least, batch.most, batch.stride))
    size = after.shape[1]
    ramp = _price(batch, column, r, unit_cost) * np.arange(size)
    priced = np.full((len(after), size + 1), np.inf)
    np.add(after, ramp, out=priced[:, :size])
    reach = np.minimum.accumulate(priced[:, ::-1], axis=1)[:, ::-1]
    bounded = ((stride > 1) | (most < size)) & np.isfinite(fees[:, 0])
    for one in np.unique(stride[bounded]).tolist() if bounded.any() else ():
        rows = np.flatnonzero(bounded & (stride == one))
        reach[rows] = _limited(priced[rows], one, np.minimum(most - least, size)[rows] // one + 1)
    at = np.minimum(np.arange(size) + least[:, None], size) + (size + 1) * np.arange(len(after))[:, None]
    return np.asarray(fees + reach.ravel()[at] - ramp)


def _limited(priced: Floats, stride: int, steps: Integers) -> Floats:
    """min of each row at k, k + stride, ..., ``steps`` places in all, for every k; beyond the row, and of no places (on
    a coarse lattice a limit can be less than a state), it is infinite.

    Doubling: the minimum over 2^j places from k, and over the last 2^j of the ``steps``, with 2^j <= steps < 2^(j+1).
    """
    size = priced.shape[1]
    wide = np.full((len(priced), 2 * size), np.inf)
    table, best, span = wide[:, :size], np.full_like(priced, np.inf), 1
    table[:] = priced
    while span <= steps.max():
        rows = np.flatnonzero((span <= steps) & (steps < 2 * span))
        if len(rows):
            at = np.minimum(np.arange(size) + stride * (steps[rows] - span)[:, None], 2 * size - 1)
            best[rows] = np.minimum(table[rows], wide[rows[:, None], at])
        shift = min(stride * span, size)
        table[:] = np.minimum(table, wide[:, shift : shift + size])
        span *= 2
    return best


def _follow(batch: Batch, unit_cost: Floats, tables: list[list[Floats]], into: Decisions) -> None:
    """Follows the best choices from nothing supplied, period by period."""
    rows = np.arange(len(batch.series))
    state: Integers = batch.start.copy()
    for column, found in enumerate(tables):
        gone_by = np.zeros(len(rows), dtype=bool)
        for r in reversed(range(batch.slots.shape[2])):
            better = (found[r + 2][rows, state] < found[r + 1][rows, state]) & ~gone_by
            own = np.flatnonzero(better | batch.forced[:, column, r])
            if len(own):
                moved = _step(batch, column, r, beside(batch, column, r, found[1 : r + 2]), state, unit_cost, own)
                into.packs[batch.slots[own, column, r]] = moved * batch.pitch[own] / batch.units[own, column, r]
                state[own] += moved * batch.sign[own, column, r]
            gone_by = (better | gone_by) & follows_tier(batch, column, r)
        own = np.flatnonzero(found[1][rows, state] < found[0][rows, state])
        if len(own):
            gone = _given_up(batch, found[0], state, own)
            into.given_up[batch.periods[own, column]] = gone * batch.pitch[own]
            state[own] += gone


def _step(
    batch: Batch, column: int, r: int, after: Floats, state: Integers, unit_cost: Floats, rows: Integers
) -> Integers:
    """How many states the best use of a slot moves some of the series; the fewest among equals."""
    least, most, stride, sign = (
        part[rows, column, r, None] for part in (batch.least, batch.most, batch.stride, batch.sign)
    )
    first = int(state[rows].min()) if (sign > 0).all() else 0
    ahead = (np.arange(first, after.shape[1]) - state[rows, None]) * sign
    whole = (ahead >= least) & (ahead <= most)
    if (stride > 1).any():
        whole &= ahead % stride == 0
    priced = after[rows, first:] + _price(batch, column, r, unit_cost)[rows] * ahead
    moved: Integers = np.abs(np.where(whole, priced, np.inf).argmin(axis=1) + first - state[rows])
    return moved


def _given_up(batch: Batch, stay: Floats, state: Integers, rows: Integers) -> Integers:
    """How many states of demand some of the series give up at best."""
    ahead = np.arange(stay.shape[1]) - state[rows, None]
    priced = stay[rows] + (batch.lost * batch.pitch)[rows, None] * ahead
    gone: Integers = np.where(ahead >= 0, priced, np.inf).argmin(axis=1) - state[rows]
    return gone
