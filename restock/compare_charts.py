"""A comparison's pictures as plain geometry: the page only draws them, and they print without any script."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Floats
from restock.compare_words import Gap, gap
from restock.wording import Money, near_day, number
from scenarios.comparison import Outcome

STEPS: dict[str, tuple[str, int]] = {
    "revenue": ("Revenue", 1),
    "cost_of_goods": ("Cost of goods sold", -1),
    "clearance_loss": ("Clearance loss", -1),
    "order_charges": ("Order charges", -1),
    "transfer_cost": ("Transfers", -1),
    "open_order_fees": ("Open order fees", -1),
    "holding_cost": ("Holding cost", -1),
    "payment_terms": ("Worth of paying later", 1),
}
"""What profit is made of, and whether it adds to it."""
LEAST, ROOM = 0.5, 0.25
WIDE, HIGH, LEFT, BELOW = 600, 220, 62, 24
LINES, MOST_LABELS = 4, 7


@dataclass(frozen=True)
class Step:
    """A bar of a waterfall: from ``left`` on, ``width`` wide, both in percent; ``kind``: total, better or worse."""

    label: str
    kind: str
    left: float
    width: float
    amount: str


def waterfalls(base: Outcome, after: tuple[Outcome, ...], money: Money) -> list[list[Step]]:
    """From the base's profit to that of each outcome, term by term, on one scale; terms that stay are left out."""
    start = float(base.totals["profit"].mean())
    changes = [_changes(base, one) for one in after]
    ends = [start + np.cumsum([0.0, *(change.mean for change in own.values())]) for own in changes]
    low, high = min(float(own.min()) for own in ends), max(float(own.max()) for own in ends)
    room = ROOM * (high - low) or max(abs(start), 1.0)
    scale = (low - room, 100.0 / (high - low + 1.5 * room))
    return [_steps(start, own, scale, money) for own in changes]


def _changes(base: Outcome, after: Outcome) -> dict[str, Gap]:
    """What each term adds to profit, where it adds anything."""
    found = {}
    for name, (label, sign) in STEPS.items():
        change = gap(after, base, name)
        if abs(change.mean) >= LEAST:
            found[label] = Gap(sign * change.mean, change.error)
    return found


def _steps(start: float, changes: dict[str, Gap], scale: tuple[float, float], money: Money) -> list[Step]:
    origin, each = scale
    reached, steps = start, [Step("Base", "total", 0.0, each * (start - origin), money(start))]
    for label, change in changes.items():
        after = reached + change.mean
        left, width = each * (min(reached, after) - origin), each * abs(change.mean)
        kind = "better" if change.mean > 0 else "worse"
        steps.append(Step(label, kind, left, width, change.told("profit")))
        reached = after
    return [*steps, Step("Scenario", "total", 0.0, each * (reached - origin), money(reached))]


@dataclass(frozen=True)
class Line:
    """A line of a chart: ``points`` and ``band`` (empty: none) as SVG writes them; ``kind`` gives its style."""

    label: str
    kind: str
    points: str
    band: str = ""


@dataclass(frozen=True)
class Chart:
    """Lines over weeks: ``ticks`` (height, text), ``labels`` (place, text), ``zero``: the height of nothing."""

    lines: list[Line]
    ticks: list[tuple[float, str]]
    labels: list[tuple[float, str]]
    zero: float


def chart(weeks: pd.DatetimeIndex, series: dict[str, tuple[str, Floats]], banded: str) -> Chart:
    """Means of ``series`` (label: kind and values by path and week, (S, H)), of one of them with P10 to P90."""
    low, high = np.quantile(series[banded][1], [0.1, 0.9], axis=0)
    means = {label: values.mean(axis=0) for label, (_, values) in series.items()}
    ticks = _ticks(min(low.min(), *(mean.min() for mean in means.values())), max(high.max(), 0.0))
    bottom, top = ticks[0], max(ticks[-1], *(mean.max() for mean in means.values()))

    def height(value: float) -> float:
        return HIGH - BELOW - (HIGH - BELOW - 8) * (value - bottom) / ((top - bottom) or 1.0)

    places = np.linspace(LEFT, WIDE - 8, len(weeks))
    around = _points(places, low, height) + " " + _points(places[::-1], high[::-1], height)
    lines = [
        Line(label, kind, _points(places, means[label], height), around if label == banded else "")
        for label, (kind, _) in series.items()
    ]
    every = max(-(-len(weeks) // MOST_LABELS), 1)
    labels = [(float(place), near_day(week)) for place, week in zip(places, weeks, strict=True)][::every]
    return Chart(lines, [(height(tick), _compact(tick)) for tick in ticks], labels, height(0.0))


def trade_off(amounts: Floats, costs: Floats) -> Chart:
    """What is paid in all (costs) over what is given (amounts), both ascending by the amounts."""
    ticks = _round(float(costs.min()), float(costs.max()))
    bottom, top = ticks[0], ticks[-1]

    def height(value: float) -> float:
        return HIGH - BELOW - (HIGH - BELOW - 8) * (value - bottom) / ((top - bottom) or 1.0)

    span = float(amounts[-1] - amounts[0]) or 1.0
    places = LEFT + (WIDE - 28 - LEFT) * (amounts - amounts[0]) / span
    labels = [(float(place), _compact(float(amount))) for place, amount in zip(places, amounts, strict=True)]
    line = Line("Total cost", "reacts", _points(places, costs, height))
    return Chart([line], [(height(tick), _compact(tick)) for tick in ticks], labels, height(bottom))


def _points(places: Floats, values: Floats, height: Callable[[float], float]) -> str:
    return " ".join(f"{x:.1f},{height(float(y)):.1f}" for x, y in zip(places, values, strict=True))


def _ticks(low: float, high: float) -> list[float]:
    """Round figures that span low to high, nothing among them."""
    return _round(min(low, 0.0), max(high, 0.0))


def _round(low: float, high: float) -> list[float]:
    """Round figures that span low to high."""
    span = high - low or 1.0
    power = 10.0 ** np.floor(np.log10(span / LINES))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= LINES)
    first, last = int(np.floor(low / step)), int(np.ceil(high / step))
    return [step * place for place in range(first, last + 1)]


def _compact(value: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "K")):
        if abs(value) >= size:
            return f"{number(value / size, 0 if value % size == 0 else 1)}{letter}"
    return number(value)
