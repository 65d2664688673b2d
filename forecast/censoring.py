"""Censored demand: a week partly or wholly out of stock says "at least", so demand is estimated from it."""

import numpy as np
import pandas as pd
from scipy.special import nbdtrc

from data.calendar import WEEK
from data.company import Company, Floats, Panel
from forecast.candidates import Demand

FULL = 0.999  # a share of the week in stock above this counts as the whole week
MEMORY = 0.95  # weight that an earlier week keeps per week in the level expected of a censored week
SPREAD = 0.5  # variance of a week's demand beyond Poisson, as a share of the squared level
TRACE = 0.02  # weight below which a level rests on nothing seen


def demand_of(company: Company) -> Demand:
    """The company's demand up to the week before ``as_of``: sales where seen, estimates where censored."""
    past = _bridged(company.history, company.as_of)
    share = np.where(np.isnan(past.units), 0.0, np.nan_to_num(past.in_stock, nan=1.0))
    seen = ~np.isnan(past.units) & (share >= FULL)
    sold = np.maximum(past.units, 0.0)
    return Demand(company, past.weeks, _uncensored(sold, share, seen), seen, past.price)


def _bridged(panel: Panel, as_of: pd.Timestamp) -> Panel:
    """The panel up to ``as_of``; weeks that the data does not reach are missing, not zero."""
    panel = panel.before(as_of)
    if len(panel.weeks) == 0 or panel.weeks[-1] == as_of - WEEK:
        return panel
    weeks = pd.date_range(panel.weeks[0], as_of - WEEK, freq="7D")
    missing = ((0, 0), (0, len(weeks) - len(panel.weeks)))
    units, in_stock, price = (
        np.pad(values, missing, constant_values=np.nan) for values in (panel.units, panel.in_stock, panel.price)
    )
    return Panel(panel.series, weeks, units, in_stock, price)


def _uncensored(sold: Floats, share: Floats, seen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """Sales with each censored week replaced by the demand expected of it, given the weeks before it."""
    units = sold.copy()
    weight, total = np.zeros(len(sold)), np.zeros(len(sold))
    for week in range(sold.shape[1]):
        level = np.where(weight > TRACE, total / np.maximum(weight, TRACE), np.nan)
        censored = ~seen[:, week] & ~np.isnan(sold[:, week])
        units[censored, week] = expected_demand(sold[censored, week], share[censored, week], level[censored])
        weight = MEMORY * weight + seen[:, week]
        total = MEMORY * total + np.where(seen[:, week], sold[:, week], 0.0)
    return units


def expected_demand(sold: Floats, share: Floats, level: Floats) -> Floats:
    """Demand of weeks that sold ``sold`` while in stock for ``share`` of the week; ``level``: expected before it.

    The weekly rate is gamma with mean ``level`` and squared coefficient of variation ``SPREAD``, sales are Poisson
    during the share in stock (its conjugate posterior mean). Share 0 tells nothing but "at least ``sold``": the mean
    of the negative binomial beyond what was sold. A level of NaN (nothing known before) trusts the week alone.
    """
    alone = np.where(share > 0, sold / np.maximum(share, FULL / 7), sold)
    prior = np.maximum(np.where(np.isnan(level), 1.0, level), 1e-6)
    rate = (1 / SPREAD + sold) / (1 / (SPREAD * prior) + share)
    partly = sold + (1 - share) * rate
    estimate = np.where(share > 0, partly, _mean_at_least(sold, prior))
    return np.asarray(np.where(np.isnan(level), alone, np.maximum(estimate, sold)))


def _mean_at_least(sold: Floats, mean: Floats) -> Floats:
    """E[D | D >= sold] of a negative binomial: mean x P(D' >= sold - 1) / P(D >= sold), D' its size-biased twin."""
    shape = 1 / SPREAD
    success = 1 / (1 + SPREAD * mean)
    floor = np.floor(sold)
    beyond = np.where(floor >= 1, nbdtrc(np.maximum(floor - 1, 0), shape, success), 1.0)
    biased = np.where(floor >= 2, nbdtrc(np.maximum(floor - 2, 0), shape + 1, success), 1.0)
    return np.asarray(np.where(beyond > 1e-9, mean * biased / np.maximum(beyond, 1e-9), sold))
