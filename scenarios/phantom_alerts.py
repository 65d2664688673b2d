"""Alerts on phantom stock: the books say that there is some, but nothing sells any more.

With m_w the sales to be expected in week w of the silence, the chance that nothing sells although goods are there is

    P(silent | stock) = prod_w (1 + phi m_w)^(-1/phi)                 negative binomial, phi its dispersion

and by Bayes, with the share p of shelves whose books are wrong to begin with,

    P(phantom | silent) = p / (p + (1 - p) P(silent | stock)).

m_w is the article's share of its category's sales in the half year before the silence, of what the category sold in
week w: so a season that ends, or a quiet week of the whole shop, is no sign.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.stock_flow import Flags, Integers
from scenarios.alert import Alert, article, day, key, money, units
from scenarios.lanes import next_regular

PHANTOM = "phantom_stock"
WRONG_BOOKS, DISPERSION = 0.02, 0.5
FEWEST_SILENT, BEFORE = 2, 26
LIKELY = 0.5


def phantoms(company: Company, paths: DemandPaths) -> list[Alert]:
    """Series with stock on paper whose silence is hard to explain otherwise.

    Money at risk: the margin of what the books promise to sell until a new order could be sold, times the probability.
    """
    silent = _silent_weeks(company)
    expected = _expected(company, silent)
    weeks = np.arange(len(company.history.weeks)) >= (len(company.history.weeks) - silent)[:, None]
    silence = np.where(weeks, np.log1p(DISPERSION * expected) / DISPERSION, 0.0).sum(axis=1)
    chance = WRONG_BOOKS / (WRONG_BOOKS + (1 - WRONG_BOOKS) * np.exp(-silence))
    on_hand = company.stock["on_hand"].to_numpy(dtype=float)
    rows = np.flatnonzero((silent >= FEWEST_SILENT) & (on_hand > 0) & (chance >= LIKELY))
    return list(_alerts(company, paths, rows, chance, silent, expected))


def _silent_weeks(company: Company) -> Integers:
    """How many last weeks (N,) each series sold nothing though it was in stock; 0 where it never sold."""
    history = company.history
    mute = (history.units <= 0) & (history.in_stock >= 1)
    ever: Flags = np.asarray((np.nan_to_num(history.units) > 0).any(axis=1))
    run = np.where(mute.all(axis=1), 0, np.argmin(mute[:, ::-1], axis=1)) if mute.shape[1] else np.zeros(len(ever))
    silent: Integers = np.where(ever, run, 0).astype(np.int64)
    return silent


def _expected(company: Company, silent: Integers) -> Floats:
    """Sales to be expected in each week (N, T), by each series' share of its category before its silence.

    The week of the last sale is left out: a silence begins with one, so it would make slow sellers look faster.
    """
    history = company.history
    units, weeks = np.clip(np.nan_to_num(history.units), 0.0, None), np.arange(len(history.weeks))
    category = pd.factorize(company.items["category"].reindex(company.series.get_level_values("sku")))[0]
    sums = np.zeros((category.max(initial=0) + 1, len(weeks)))
    np.add.at(sums, category, units)
    others = sums[category] - units
    since = len(weeks) - silent[:, None]
    base = (weeks < since - 1) & (weeks >= since - 1 - BEFORE) & np.isfinite(history.units)
    own, around = (units * base).sum(axis=1), (others * base).sum(axis=1)
    alone = own / np.maximum(base.sum(axis=1), 1)
    share = own / np.where(around > 0, around, 1.0)
    expected: Floats = np.where(around[:, None] > 0, share[:, None] * others, alone[:, None])
    return expected


def _alerts(
    company: Company,
    paths: DemandPaths,
    rows: Integers,
    chance: Floats,
    silent: Integers,
    expected: Floats,
) -> Iterator[Alert]:
    until = next_regular(company)["arrives_in"].fillna(len(paths.weeks)).to_numpy(dtype=int)
    for row in rows.tolist():
        sku, location = key(company, row)
        on_hand = float(company.stock["on_hand"].iloc[row])
        weekly = float(expected[row, len(company.history.weeks) - silent[row] :].mean())
        promised = min(on_hand, weekly * max(until[row], 1))
        at_risk = float(chance[row]) * promised * float(company.items["shortage_cost"].loc[sku])
        since = company.as_of - int(silent[row]) * WEEK
        if at_risk > 0:
            yield Alert(
                kind=PHANTOM,
                sku=sku,
                location=location,
                supplier="",
                week=company.as_of,
                probability=float(chance[row]),
                money_at_risk=at_risk,
                action=f"Look whether the {units(on_hand)} are there, and count them",
                deadline=company.as_of,
                message=f"{article(company, sku, location)} has {units(on_hand)} on paper and is on sale, but sold "
                f"nothing since {day(since)}, where about {units(weekly)} a week were to be expected. If the shelf is "
                f"empty, sales worth {money(company, at_risk)} of margin are lost before an order could be sold.",
            )
