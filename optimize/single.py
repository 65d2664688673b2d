"""Series planned alone: an exact dynamic program over whole packs, at given prices for what series share.

The state is Z, the cumulative supply of cost_curves.py, on a lattice of packs. Backwards over the periods p, with f_p
the period's expected cost and v the value of a unit left at the end,

    V_{P+1}(Z) = -v Z
    U_0(Z) = min over Z' >= Z of  lost (Z' - Z) + f_p(Z') + V_{p+1}(Z')                        demand given up
    U_q(Z) = min(U_{q-1}(Z), min over n of  fee_q + c_q pack_q n + U_{q-1}(Z + pack_q n))      slots q arriving in p
    V_p(Z) = U_last(Z)

with n from the slot's minimum to its limit, c_q its cost per unit and fee_q what its order line must pay. The series
of a batch are done at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter1d

from optimize.checker import Decisions
from optimize.instance import Instance
from optimize.stock_flow import Floats

Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
MOST_STATES, MOST_CELLS = 4096, 8_000_000


@dataclass(frozen=True)
class Batch:
    """n series laid out for the dynamic program: P periods, R slots per period and M states at most.

    ``series`` (n,); ``pitch`` (n,): units per state; ``periods`` (n, P) and ``slots`` (n, P, R): positions in the
    instance, -1 where there is none; ``cost`` (n, P, M): f at each state, money; ``least`` and ``most`` (n, P, R): the
    slots' limits in states, ``stride`` (n, P, R): states per pack, ``units`` (n, P, R): units per pack; ``lost`` and
    ``end_value`` (n,): money per unit.
    """

    series: Integers
    pitch: Floats
    periods: Integers
    slots: Integers
    cost: Floats
    least: Integers
    most: Integers
    stride: Integers
    units: Integers
    lost: Floats
    end_value: Floats


def batches(instance: Instance, series: Sequence[int]) -> list[Batch]:
    """The series that can be ordered, alike ones together, in batches of bounded memory."""
    shapes = {i: _shape(instance, i) for i in series if instance.periods_of[i]}
    found: list[Batch] = []
    chunk: list[int] = []
    for i in sorted(shapes, key=lambda i: (*shapes[i], i)):
        cells = np.prod(np.max([shapes[j] for j in [*chunk, i]], axis=0) + np.array([2, 0, 0])) * (len(chunk) + 1)
        if chunk and (cells > MOST_CELLS or shapes[i][2] > 2 * shapes[chunk[0]][2] + 64):
            found.append(_batch(instance, chunk))
            chunk = []
        chunk.append(i)
    return [*found, _batch(instance, chunk)] if chunk else found


def _shape(instance: Instance, i: int) -> tuple[int, int, int]:
    """(slots per period, periods, states) of a series."""
    periods = instance.periods_of[i]
    slots = max(len(instance.arriving[p]) for p in periods)
    return slots, len(periods), int(_top(instance, i) / _pitch(instance, i)) + 1


def _packs(instance: Instance, i: int) -> list[int]:
    return sorted({instance.slots[q].lane.pack for p in instance.periods_of[i] for q in instance.arriving[p]})


def _top(instance: Instance, i: int) -> float:
    """Units of supply beyond which nothing can be gained, and room for one minimum order on top."""
    periods = instance.periods_of[i]
    lanes = {instance.slots[q].lane for p in periods for q in instance.arriving[p]}
    return float(instance.periods[periods[-1]].curve.levels[-1]) + max(lane.pack * lane.least for lane in lanes)


def _pitch(instance: Instance, i: int) -> int:
    """Units per state: what all packs share, coarser where the states would be too many."""
    packs = _packs(instance, i)
    fine = int(np.gcd.reduce(packs))
    coarse = int(np.lcm.reduce(packs))
    states = _top(instance, i) / fine
    return fine if states <= MOST_STATES else coarse * max(int(np.ceil(states * fine / coarse / MOST_STATES)), 1)


def _batch(instance: Instance, chunk: list[int]) -> Batch:
    shapes = np.array([_shape(instance, i) for i in chunk])
    most_slots, most_periods, states = (int(size) for size in shapes.max(axis=0))
    pitch = np.array([float(_pitch(instance, i)) for i in chunk])
    periods = np.full((len(chunk), most_periods), -1)
    slots = np.full((len(chunk), most_periods, most_slots), -1)
    cost = np.zeros((len(chunk), most_periods, states))
    for row, i in enumerate(chunk):
        lattice = pitch[row] * np.arange(states)
        for column, p in enumerate(instance.periods_of[i]):
            periods[row, column] = p
            slots[row, column, : len(instance.arriving[p])] = instance.arriving[p]
            cost[row, column] = instance.periods[p].cost_at(lattice)
    return Batch(
        series=np.array(chunk),
        pitch=pitch,
        periods=periods,
        slots=slots,
        cost=cost,
        **_limits(instance, slots, pitch, states),
        lost=np.array([instance.series[i].lost for i in chunk]),
        end_value=np.array([instance.series[i].end_value for i in chunk]),
    )


def _limits(instance: Instance, slots: Integers, pitch: Floats, states: int) -> dict[str, Integers]:
    """Least, most and stride of the slots, in states, and units per pack; 1 for padded ones."""
    limits = {name: np.ones(slots.shape, dtype=np.int64) for name in ("least", "most", "stride", "units")}
    limits["most"] *= states
    for place in np.argwhere(slots >= 0):
        slot = instance.slots[slots[tuple(place)]]
        pack = slot.lane.pack / pitch[place[0]]
        limits["least"][tuple(place)] = np.ceil(slot.lane.least * pack - 1e-9)
        limits["units"][tuple(place)] = slot.lane.pack
        limits["stride"][tuple(place)] = max(round(pack), 1)
        if slot.lane.most is not None:
            limits["most"][tuple(place)] = np.floor(slot.lane.most * pack + 1e-9)
    return limits


def plan_alone(batch: Batch, unit_cost: Floats, fee: Floats, into: Decisions) -> Floats:
    """The least cost (n,) of each series at ``unit_cost`` and ``fee`` (slots of the instance,), money.

    The plan is written into ``into``. The cost leaves out what no decision changes.
    """
    tables = _backwards(batch, unit_cost, fee)
    _forwards(batch, unit_cost, fee, tables, into)
    best: Floats = tables[0][-1][:, 0]
    return best


def least_cost(batch: Batch, unit_cost: Floats, fee: Floats) -> Floats:
    """The least cost (n,) of each series, without the plan."""
    best: Floats = _backwards(batch, unit_cost, fee)[0][-1][:, 0]
    return best


def _backwards(batch: Batch, unit_cost: Floats, fee: Floats) -> list[list[Floats]]:
    """By period: [f + V of the next, U_0, U_1, ...], each (n, M)."""
    states = np.arange(batch.cost.shape[2])
    following = -(batch.end_value * batch.pitch)[:, None] * states
    tables: list[list[Floats]] = []
    for column in reversed(range(batch.cost.shape[1])):
        stay = batch.cost[:, column] + following
        layers = [stay, _best_from(stay, (batch.lost * batch.pitch)[:, None])]
        for r in range(batch.slots.shape[2]):
            layers.append(_with_slot(batch, column, r, layers[-1], unit_cost, fee))
        tables.append(layers)
        following = layers[-1]
    return tables[::-1]


def _best_from(stay: Floats, price: Floats) -> Floats:
    """min over Z' >= Z of price (Z' - Z) + stay(Z'), at every state."""
    ramp = price * np.arange(stay.shape[1])
    best: Floats = np.minimum.accumulate((stay + ramp)[:, ::-1], axis=1)[:, ::-1] - ramp
    return best


def _priced(batch: Batch, column: int, r: int, unit_cost: Floats, fee: Floats) -> tuple[Floats, Floats]:
    """Money per state and fee (n, 1) of a slot; infinite fee where there is none."""
    slots = batch.slots[:, column, r]
    fees = np.where(slots >= 0, fee[slots], np.inf)
    return (unit_cost[slots] * batch.pitch)[:, None], fees[:, None]


def _with_slot(batch: Batch, column: int, r: int, without: Floats, unit_cost: Floats, fee: Floats) -> Floats:
    """U_q from U_{q-1}: the slot used where that pays."""
    price, fees = _priced(batch, column, r, unit_cost, fee)
    least, most = batch.least[:, column, r], batch.most[:, column, r]
    stride = batch.stride[:, column, r]
    size = without.shape[1]
    ramp = price * np.arange(size)
    after = np.pad(without + ramp, ((0, 0), (0, 1)), constant_values=np.inf)
    reach = np.minimum.accumulate(after[:, ::-1], axis=1)[:, ::-1]
    for row in np.flatnonzero((stride > 1) | (most < size)):
        reach[row] = _reach(after[row], int(stride[row]), int(least[row]), int(most[row]))
    at = np.minimum(np.arange(size) + least[:, None], size)
    used = fees + np.take_along_axis(reach, at, axis=1) - ramp
    best: Floats = np.minimum(without, used)
    return best


def _reach(after: Floats, stride: int, least: int, most: int) -> Floats:
    """min of ``after`` at k, k + stride, ... while within most - least of k."""
    steps = min((most - least) // stride, len(after) // stride) + 1
    reach = np.full_like(after, np.inf)
    for residue in range(stride):
        lane = np.concatenate([after[residue::stride], np.full(steps, np.inf)])
        window = minimum_filter1d(lane, steps, origin=-(steps // 2), mode="constant", cval=np.inf)
        reach[residue::stride] = window[: len(lane) - steps]
    return reach


def _forwards(batch: Batch, unit_cost: Floats, fee: Floats, tables: list[list[Floats]], into: Decisions) -> None:
    """Follows the best choices from Z = 0, period by period."""
    rows = np.arange(len(batch.series))
    state = np.zeros(len(rows), dtype=np.int64)
    steps = np.arange(batch.cost.shape[2])
    for column, layers in enumerate(tables):
        for r in reversed(range(batch.slots.shape[2])):
            price, _ = _priced(batch, column, r, unit_cost, fee)
            used = layers[r + 2][rows, state] < layers[r + 1][rows, state]
            ahead = steps - state[:, None]
            whole = (ahead >= batch.least[:, column, r, None]) & (ahead <= batch.most[:, column, r, None])
            whole &= ahead % batch.stride[:, column, r, None] == 0
            target = np.where(whole, layers[r + 1] + price * steps, np.inf).argmin(axis=1)
            moved = np.where(used, target - state, 0)
            slots = batch.slots[:, column, r]
            into.packs[slots[used]] = (moved * batch.pitch)[used] / batch.units[:, column, r][used]
            state = state + moved
        gave_up = layers[1][rows, state] < layers[0][rows, state]
        ramp = (batch.lost * batch.pitch)[:, None] * steps
        target = np.where(steps >= state[:, None], layers[0] + ramp, np.inf).argmin(axis=1)
        moved = np.where(gave_up, target - state, 0)
        into.given_up[batch.periods[:, column][gave_up]] = (moved * batch.pitch)[gave_up]
        state = state + moved
