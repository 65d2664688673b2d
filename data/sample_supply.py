"""What the sample company bought, what is on the shelf on ``AS_OF`` and what is still on its way."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data import sample_story as story
from data.sample_catalogue import BEST_SELLERS, NEVER_SOLD, TERMS
from data.sample_demand import Floats, Sales, Units
from data.sample_story import AS_OF, HISTORY, stream

SEASONAL_BUYERS = ("CSD", "NBK")
"""Suppliers from whom the winter is bought before it comes; all others are bought on the average."""

BUYING_WEEKS = {"SUZ": 4, "HZB": 4, "DGT": 8, "NUR": 13, "YWM": 4, "FSH": 8}
"""Weeks that one delivery of each of the others covered: purchasing thinks in months and quarters."""

NEXT_ARRIVALS = {"SUZ": (1,), "HZB": (1, 2), "DGT": (1, 3, 5), "NUR": (3, 7, 11), "YWM": (), "FSH": (1, 3)}
"""Weeks from ``AS_OF`` to the deliveries on their way; each brings the average of the weeks between two of them."""

OTHERS_LEFT = 0.10
"""Share of the last winter's other goods that was left over."""

BOUGHT_THIS_WINTER = 0.9
"""This winter's purchase against last winter's sales: finance remembers the clearance."""

OVERSTOCKED, FORGOTTEN = 0.12, 0.10
"""Share of the products that have far too much, and of those that nobody reordered."""

AVERAGE_WEEKS = 13


def receipts(sales: Sales, seed: int) -> pd.DataFrame:
    """receipts.csv: every delivery of three years; the down maker's come later and later."""
    rows = [*_ordinary(sales, seed), *_for_last_festival(sales), *_for_winters(sales)]
    table = pd.DataFrame(rows)
    table = table[table["units"].gt(0) & table["received_on"].lt(AS_OF)]
    columns = ["po", "sku", "units", "supplier", "ordered_on", "promised_on", "received_on"]
    return table[columns].sort_values(["received_on", "po", "sku"], ignore_index=True)


def _receipt(po: str, item: Any, units: int, promised: pd.Timestamp, late: int) -> dict[str, object]:
    return {
        "po": po,
        "sku": item.sku,
        "units": units,
        "supplier": item.supplier,
        "ordered_on": promised - pd.Timedelta(weeks=TERMS[item.supplier].lead),
        "promised_on": promised,
        "received_on": promised + pd.Timedelta(days=late),
    }


def _by_item(sales: Sales, values: Units) -> tuple[pd.DataFrame, Units]:
    """Products, one row each, and the values (N, T) added up over their locations."""
    first = ~sales.series["sku"].duplicated()
    groups = np.flatnonzero(first)
    return sales.series[first].reset_index(drop=True), np.add.reduceat(values, groups, axis=0)


def _packs(units: float, pack: int) -> int:
    return math.ceil(units / pack) * pack


def _ordinary(sales: Sales, seed: int) -> Iterator[dict[str, object]]:
    """Deliveries that brought what the following weeks sold, the last festival's sales aside."""
    rng = stream(seed, "receipts")
    items, sold = _by_item(sales, sales.units)
    wares = story.rows(items)
    sold[np.outer(items["category"].eq("baby"), story.festival_mask(story.LAST_FESTIVAL))] = 0
    for supplier, weeks in BUYING_WEEKS.items():
        terms = TERMS[supplier]
        theirs = np.flatnonzero(items["supplier"].eq(supplier))
        for week in range(0, len(HISTORY), weeks):
            promised = HISTORY[week] - pd.Timedelta(days=3)
            late = max(0, round(rng.normal(0, 5 * terms.lead_sd)))
            for row in theirs:
                units = _packs(sold[row, week : week + weeks].sum(), terms.pack)
                yield _receipt(f"PO-{supplier}-{promised:%y%m%d}", wares[row], units, promised, late)


def _for_last_festival(sales: Sales) -> Iterator[dict[str, object]]:
    """5,000 units bought from the average of thirteen weeks, and what express freight brought on top."""
    items, sold = _by_item(sales, sales.units)
    at = int(HISTORY.searchsorted(story.LAST_FESTIVAL))
    baby = items["category"].eq("baby").to_numpy()
    average = sold[:, at - AVERAGE_WEEKS : at].sum(axis=1) * baby
    bought = whole_shares(average, story.FESTIVAL_BOUGHT)
    rushed = np.maximum(sold[:, at : at + story.FESTIVAL_WEEKS].sum(axis=1) - bought, 0) * baby
    promised = story.LAST_FESTIVAL - pd.Timedelta(days=4)
    rush = story.LAST_FESTIVAL + pd.Timedelta(days=3)
    for row, item in enumerate(story.rows(items)):
        yield _receipt(f"FEST-{promised:%y%m%d}", item, int(bought[row]), promised, 0)
        express = _receipt(f"EXPRESS-{rush:%y%m%d}", item, int(rushed[row]), rush, 0)
        yield express | {"ordered_on": rush - pd.Timedelta(days=2)}


def whole_shares(weights: Floats, total: int) -> Floats:
    """Splits a total into whole units by weight (largest remainders)."""
    exact = weights / weights.sum() * total
    whole = np.floor(exact)
    last = np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]
    whole[last] += 1
    return np.asarray(whole)


def _for_winters(sales: Sales) -> Iterator[dict[str, object]]:
    """Each winter's three waves: all that the season sold, and what it left over."""
    items, bought = season_buys(sales)
    for number, (year, waves) in enumerate(story.WAVES.items()):
        for wave, late in enumerate(story.DOWN_MAKER_DAYS_LATE[number]):
            promised = pd.Timestamp(waves[wave])
            for row, item in enumerate(story.rows(items)):
                days = late if item.supplier == "CSD" else 1
                po = f"WINTER-{item.supplier}-{promised:%y%m%d}"
                yield _receipt(po, item, int(bought[year][row, wave]), promised, days)


def season_buys(sales: Sales) -> tuple[pd.DataFrame, dict[int, Floats]]:
    """Products bought by the season, and for each winter's first year the units of each and wave (N, 3)."""
    items, sold = _by_item(sales, sales.units)
    seasonal = items["supplier"].isin(SEASONAL_BUYERS).to_numpy()
    items, sold = items[seasonal].reset_index(drop=True), sold[seasonal]
    left = np.where(items["group"].eq(BEST_SELLERS), story.JACKETS_LEFT, OTHERS_LEFT)
    totals = {year: sold[:, story.winter_mask(year)].sum(axis=1) / (1 - left) for year in story.WINTERS}
    last = dict(zip(items["sku"], sold[:, story.winter_mask(2025)].sum(axis=1), strict=True))
    followed = [last[NEVER_SOLD.get(sku, sku)] for sku in items["sku"]]
    totals[2026] = np.array(followed) * BOUGHT_THIS_WINTER
    packs = items["supplier"].map(lambda supplier: TERMS[supplier].pack).to_numpy()
    return items, {year: _in_waves(total, packs) for year, total in totals.items()}


def _in_waves(totals: Floats, packs: Floats) -> Floats:
    """Splits season totals (N) into waves of whole packs (N, 3)."""
    lots = np.rint(totals / packs)
    return np.stack([whole_shares(np.array(story.WAVE_SHARES), int(n)) for n in lots]) * packs[:, None]


@dataclass(frozen=True)
class Supply:
    """What there is on ``AS_OF``: ``on_hand`` (N) by series, ``open_orders`` as in the contract."""

    on_hand: Units
    open_orders: pd.DataFrame


def supply(sales: Sales, seed: int) -> Supply:
    """Stock and open orders: some products overstocked, some forgotten, all bought from the average."""
    rng = stream(seed, "supply")
    average = sales.units[:, -AVERAGE_WEEKS:].mean(axis=1)
    state = _states(sales.series, rng)
    cover = np.select(
        [state == "overstocked", state == "forgotten"],
        [rng.uniform(26, 52, len(state)), rng.uniform(0.2, 0.8, len(state))],
        rng.uniform(1.5, 3.5, len(state)),
    )
    on_hand = np.rint(average * cover).astype(np.int64)
    winter_stock, winter_orders = _this_winter(sales)
    seasonal = sales.series["supplier"].isin(SEASONAL_BUYERS).to_numpy()
    on_hand[seasonal] = winter_stock
    orders = pd.concat([pd.DataFrame(_on_their_way(sales.series, average, state)), winter_orders])
    return Supply(on_hand, orders.sort_values(["due", "po", "sku", "location"], ignore_index=True))


def _states(series: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """Each series' state, drawn by product: overstocked, forgotten or steady (N)."""
    skus = series["sku"].unique()
    drawn = rng.choice(
        ["overstocked", "forgotten", "steady"], len(skus), p=[OVERSTOCKED, FORGOTTEN, 1 - OVERSTOCKED - FORGOTTEN]
    )
    return series["sku"].map(dict(zip(skus, drawn, strict=True))).to_numpy()


def _on_their_way(series: pd.DataFrame, average: Floats, state: Floats) -> Iterator[dict[str, object]]:
    for row, item in enumerate(story.rows(series)):
        arrivals = NEXT_ARRIVALS.get(item.supplier, ())
        terms = TERMS[item.supplier]
        if state[row] != "steady" or not arrivals:
            continue
        between = arrivals[1] - arrivals[0] if len(arrivals) > 1 else 1
        for weeks in arrivals:
            units = round(average[row] * between / terms.pack) * terms.pack
            due = AS_OF + pd.Timedelta(days=7 * weeks - 2)
            if units:
                yield _open_order(f"PO-{item.supplier}-{due:%y%m%d}", item, item.location, units, due)


def _open_order(po: str, item: Any, location: str, units: int, due: pd.Timestamp) -> dict[str, object]:
    return {
        "po": po,
        "sku": item.sku,
        "units": units,
        "due": due,
        "supplier": item.supplier,
        "location": location,
        "ordered_on": due - pd.Timedelta(weeks=TERMS[item.supplier].lead),
    }


def _this_winter(sales: Sales) -> tuple[Units, pd.DataFrame]:
    """What the first wave left on the shelf (by series bought for the season), and the waves still to come."""
    items, bought = season_buys(sales)
    series = sales.series[sales.series["supplier"].isin(SEASONAL_BUYERS)]
    waves = bought[2026][items["sku"].searchsorted(series["sku"])]
    share = series["weekly"] / series.groupby("sku")["weekly"].transform("sum")
    sold = sales.units[series.index][:, story.winter_mask(2026)].sum(axis=1)
    on_hand = np.maximum(np.rint(waves[:, 0] * share - sold), 0).astype(np.int64)
    orders = []
    for wave, name in ((1, "main"), (2, "last")):
        for n, item in enumerate(story.rows(series)):
            due = _due(item.supplier, wave)
            units = round(waves[n, wave] * share.iloc[n])
            if units:
                orders.append(_open_order(f"WINTER-{item.supplier}-{name}-2026", item, item.location, units, due))
    return on_hand, pd.DataFrame(orders)


def _due(supplier: str, wave: int) -> pd.Timestamp:
    """The down maker's dates are the story's; the knitter delivers its waves a little later, and on time."""
    if supplier == "CSD":
        return pd.Timestamp(story.WAVES[2026][wave])
    return AS_OF + pd.Timedelta(days=7 * (5 * wave - 4) - 2)
