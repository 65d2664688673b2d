"""Three years of the sample company's sales: what was wanted, what was promoted, and what the shelf could give."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import sample_story as story
from data.sample_catalogue import BEST_SELLERS
from data.sample_story import AS_OF, HISTORY, stream

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Units = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
WEEKS = len(HISTORY)

WEATHER_SD, HABIT_SD, RHO = 0.14, 0.035, 0.75
"""Shared weekly swings of a category's demand (log scale), of winter goods and of the others; they fade by RHO."""

OVERDISPERSION = 0.04
"""Variance of a series' own demand beyond Poisson, as a share of the squared mean."""

PROMO_SHAPE: dict[int, tuple[float, ...]] = {1: (1.0,), 2: (0.5, 1.5)}
"""How a promotion's lift spreads over its weeks: buyers wait for a festival's second."""

SEASONS = {
    "winter": (pd.Timestamp("2025-12-01"), 3.5, 0.01),
    "evergreen": (pd.Timestamp("2025-11-20"), 0.1, 0.0),
    "baby": (pd.Timestamp("2025-10-20"), 0.06, 0.0),
    "thermals": (pd.Timestamp("2025-11-28"), 2.2, 0.02),
    "umbrellas": (pd.Timestamp("2025-06-20"), 0.8, 0.1),
    "kitchen": (pd.Timestamp("2025-12-10"), 0.3, 0.0),
}
"""Yearly pattern of a category or a group: the day of its peak, its sharpness, its floor."""

AFTER_FESTIVAL = 0.85
"""Demand in the week after a festival: cupboards are full."""

STOCKOUT_STARTS = 0.012
"""Chance that an ordinary week begins a spell of stock-out."""

EAST_SHARE = (0.55, 0.75)
"""Hangzhou's share of a product's demand, between these two."""


@dataclass(frozen=True)
class Sales:
    """What happened at N series (rows of ``series``: the product's columns and its location) in 156 weeks.

    ``wanted`` and ``units`` (N, T), those sold of them; ``in_stock`` (N, T) share of the week on the shelf; ``price``
    (N, T) paid; ``alive`` (N, T).
    """

    series: pd.DataFrame
    wanted: Units
    units: Units
    in_stock: Floats
    price: Floats
    alive: Flags


def sales(products: pd.DataFrame, promotions: pd.DataFrame, seed: int) -> Sales:
    """Plays the three years: demand meets a shelf that is empty now and then."""
    series = _series(products, seed)
    alive = _alive(series)
    uplift, discount = _promoted(series, promotions)
    in_stock = _shelf(series, seed)
    rng = stream(seed, "sales")
    own_swings = rng.gamma(1 / OVERDISPERSION, OVERDISPERSION, alive.shape)
    mean = _expected(series, seed) * uplift * alive * own_swings
    wanted = rng.poisson(_as_told(series, mean, in_stock))
    price = series["price"].to_numpy()[:, None] * (1 - discount)
    return Sales(series, wanted, rng.binomial(wanted, in_stock), in_stock, price.round(2), alive)


def promotions(products: pd.DataFrame, seed: int) -> pd.DataFrame:
    """promotions.csv: the festivals of every year, the coming one too, and deals on single products."""
    rows = [_promo("festival", day, 2, "baby", 0.25, 1.6) for day in story.FESTIVALS]
    rows += [_promo("festival", day, 2, "winter", 0.10, 1.2) for day in story.FESTIVALS]
    rows += [_promo("festival", day, 2, "evergreen", 0.10, 1.15) for day in story.FESTIVALS]
    rows += [_promo("summer festival", day, 2, "baby", 0.20, story.SUMMER_UPLIFT) for day in story.SUMMER_FESTIVALS]
    rng = stream(seed, "deals")
    steady = products[products["category"].ne("winter") & products["weekly"].gt(5) & products["first"].eq(0)]
    for week in range(6, WEEKS + 10, 4):
        sku = str(rng.choice(steady["sku"]))
        day = HISTORY[0] + pd.Timedelta(weeks=week)
        rows.append(_promo("deal", day, 1, "", 0.15, 1.5) | {"sku": sku, "promo": f"deal-{day:%Y%m%d}-{sku}"})
    return pd.DataFrame(rows).sort_values(["start", "promo"], ignore_index=True)


def _promo(
    kind: str, start: pd.Timestamp, weeks: int, category: str, discount: float, uplift: float
) -> dict[str, object]:
    return {
        "promo": f"{kind.replace(' ', '-')}-{start.year}-{category}",
        "start": start,
        "end": start + pd.Timedelta(days=7 * weeks - 1),
        "sku": None,
        "category": category or None,
        "kind": kind,
        "discount": discount,
        "expected_uplift": uplift,
    }


def drivers() -> pd.DataFrame:
    """drivers.csv: public holidays of each week, known a year ahead."""
    weeks = pd.date_range(HISTORY[0], AS_OF + pd.Timedelta(weeks=51), freq="7D")
    national = pd.DatetimeIndex([f"{year}-10-01" for year in range(2023, 2028)])
    labour = pd.DatetimeIndex([f"{year}-05-01" for year in range(2024, 2028)])
    spring = _weeks_with(weeks, story.SPRING_FESTIVALS, 2)
    holiday = 7 * spring + 5 * _weeks_with(weeks, national, 1) + 3 * _weeks_with(weeks, labour, 1)
    return pd.DataFrame({"date": weeks, "holiday_days": holiday, "spring_festival": spring})


def _weeks_with(weeks: pd.DatetimeIndex, days: pd.DatetimeIndex, length: int) -> Units:
    """1 for the week that holds one of the days, and for those that follow it up to ``length``."""
    hit = np.zeros(len(weeks), dtype=np.int64)
    for day in days:
        at = int(weeks.searchsorted(day, side="right")) - 1
        hit[max(at, 0) : at + length] = 1
    return hit


def _series(products: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One row per product and location: the tail and the second records sell from Hangzhou only."""
    rng = stream(seed, "series")
    both = products["weekly"].gt(1) & products["sku"].eq(products["product"])
    east = np.where(both, rng.uniform(*EAST_SHARE, len(products)), 1.0)
    halves = [
        products.assign(location="hangzhou", weekly=products["weekly"] * east),
        products.assign(location="chengdu", weekly=products["weekly"] * (1 - east))[both],
    ]
    return pd.concat(halves).sort_values(["sku", "location"], ignore_index=True)


def _alive(series: pd.DataFrame) -> Flags:
    return np.asarray(np.arange(WEEKS) >= series["first"].to_numpy()[:, None])


def _promoted(series: pd.DataFrame, promotions: pd.DataFrame) -> tuple[Floats, Floats]:
    """The factor on demand and the discount of each series and week, both (N, T)."""
    uplift, discount = np.ones((len(series), WEEKS)), np.zeros((len(series), WEEKS))
    for promo in story.rows(promotions[promotions["start"] < AS_OF]):
        rows = (series["sku"].eq(promo.sku) | series["category"].eq(promo.category)).to_numpy()
        at = int(HISTORY.searchsorted(promo.start))
        shape = np.array(PROMO_SHAPE[((promo.end - promo.start).days + 1) // 7])
        own = (promo.expected_uplift - 1) * series["eagerness"].to_numpy()[rows]
        uplift[rows, at : at + len(shape)] *= 1 + own[:, None] * shape
        discount[rows, at : at + len(shape)] = promo.discount
        if len(shape) > 1:
            uplift[rows, at + len(shape)] *= AFTER_FESTIVAL
    return uplift, discount


def _expected(series: pd.DataFrame, seed: int) -> Floats:
    """Mean demand of each series and week before promotions (N, T)."""
    years = (HISTORY - story.LAST_FESTIVAL).days.to_numpy() / 365.25
    growth = (1 + series["growth"].to_numpy()[:, None]) ** years
    swings = _swings(seed)
    shared = np.stack([swings[category] for category in series["category"]])
    season = np.stack([_season(row.category, row.group) for row in story.rows(series)])
    return np.asarray(series["weekly"].to_numpy()[:, None] * growth * season * shared * _holidays())


def _season(category: str, group: str) -> Floats:
    """Yearly pattern of the history's weeks: 1 at the peak (a von Mises curve)."""
    peak, sharpness, floor = SEASONS.get(group, SEASONS[category])
    angle = 2 * np.pi * (HISTORY - peak).days.to_numpy() / 365.25
    return np.asarray(floor + (1 - floor) * np.exp(sharpness * (np.cos(angle) - 1)))


def _holidays() -> Floats:
    known = drivers().iloc[:WEEKS]
    spring, national = known["spring_festival"].eq(1), known["holiday_days"].eq(5)
    return np.where(spring, story.SPRING_FESTIVAL_DEMAND, np.where(national, story.NATIONAL_DAY_DEMAND, 1.0))


def _swings(seed: int) -> dict[str, Floats]:
    """What moves a whole category together, week by week (T): habits, and the weather for winter goods."""
    rng = stream(seed, "swings")
    sizes = {"baby": HABIT_SD, "evergreen": HABIT_SD, "winter": WEATHER_SD}
    swings = {category: np.exp(sd * _fading(rng)) for category, sd in sizes.items()}
    swings["winter"] *= _weather()
    return swings


def _fading(rng: np.random.Generator) -> Floats:
    """An autoregressive series of unit variance (T)."""
    shocks = rng.normal(size=WEEKS) * np.sqrt(1 - RHO**2)
    level = np.zeros(WEEKS)
    level[0] = rng.normal()
    for week in range(1, WEEKS):
        level[week] = RHO * level[week - 1] + shocks[week]
    return level


def _weather() -> Floats:
    winter_of = np.where(HISTORY.month >= 7, HISTORY.year, HISTORY.year - 1)
    weather = np.array([story.WINTERS.get(int(year), 1.0) for year in winter_of])
    for start, end, factor in (story.EARLY_COLD, story.MILD_FROM):
        weather[(start <= HISTORY) & (end > HISTORY)] *= factor
    return weather


def _shelf(series: pd.DataFrame, seed: int) -> Floats:
    """Share of each week on the shelf (N, T): ordinary spells, the last festival, the late down jackets."""
    rng = stream(seed, "shelf")
    shelf = np.ones((len(series), WEEKS))
    for row, week in np.argwhere(rng.random(shelf.shape) < STOCKOUT_STARTS):
        shelf[row, week : week + int(rng.integers(1, 4))] = rng.choice([0.0, 0.3, 0.5, 0.7])
    cells = np.argwhere(np.outer(series["category"].eq("baby"), story.festival_mask(story.LAST_FESTIVAL)))
    shelf[tuple(cells.T)] = 1.0
    out = cells[rng.choice(len(cells), round(story.FESTIVAL_STOCKOUTS * len(cells)), replace=False)]
    shelf[tuple(out.T)] = rng.uniform(0.3, 0.9, len(out)).round(2)
    late = (pd.Timestamp(story.WAVES[2025][1]) <= HISTORY) & (story.EARLY_COLD[1] >= HISTORY)
    shelf[np.outer(series["group"].eq(BEST_SELLERS), late)] = 0.2
    return shelf


def _as_told(series: pd.DataFrame, mean: Floats, in_stock: Floats) -> Floats:
    """Scales demand so that the story's figures come out: the festival's 8,000 for 5,000, the jackets sold."""
    baby, jackets = series["category"].eq("baby").to_numpy(), series["group"].eq(BEST_SELLERS).to_numpy()
    sold = mean * in_stock
    at = int(HISTORY.searchsorted(story.LAST_FESTIVAL))
    usual = sold[baby, at - 13 : at].sum() / 13 * story.FESTIVAL_WEEKS
    promoted = sold[baby, at : at + story.FESTIVAL_WEEKS].sum()
    told = mean.copy()
    told[baby] *= story.FESTIVAL_BOUGHT / usual
    for festival in story.FESTIVALS[:-1]:
        cells = np.ix_(baby, story.festival_mask(festival))
        told[cells] *= story.FESTIVAL_SOLD / promoted / (story.FESTIVAL_BOUGHT / usual)
    told[jackets] *= story.JACKETS_SOLD / sold[np.ix_(jackets, story.winter_mask(2025))].sum()
    return np.asarray(told)
