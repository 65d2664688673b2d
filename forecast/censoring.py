"""Censored demand: a week partly or wholly out of stock says "at least", so demand is estimated from it."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import nbdtrc

from data.calendar import WEEK
from data.company import Company, Floats, Panel
from forecast.candidates import Demand
from forecast.exposure import exposure

FULL = 0.999  # a share of the week in stock above this counts as the whole week
MEMORY = 0.95  # weight that an earlier week keeps per week in the level expected of a censored week
SPREAD = 0.5  # variance of a week's demand beyond Poisson, as a share of the squared level
TRACE = 0.02  # weight below which a level rests on nothing seen
BLOCK = 39  # weeks whose estimates rest on the same season, drivers and promotions, learnt before them


def sales_of(company: Company) -> Demand:
    """What the company sold up to the week before ``as_of``: seen where it was in stock all week, nothing estimated."""
    past = _bridged(company.history, company.as_of)
    seen = ~np.isnan(past.units) & (np.nan_to_num(past.in_stock, nan=1.0) >= FULL)
    return Demand(company, past.weeks, np.maximum(past.units, 0.0), seen, past.price)


def demand_of(company: Company) -> Demand:
    """The company's demand up to the week before ``as_of``: sales where seen, estimates where censored.

    An estimate is made from earlier weeks alone: their level, and the season, drivers and promotions that were learnt
    at the start of its block of weeks.
    """
    demand = sales_of(company)
    censored = ~demand.seen & ~np.isnan(demand.units)
    for first in range(0, len(demand.weeks), BLOCK):
        if censored[:, first : first + BLOCK].any():
            demand = replace(demand, units=_uncensored(demand, slice(first, min(first + BLOCK, len(demand.weeks)))))
    return demand


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


def _uncensored(demand: Demand, block: slice) -> Floats:
    """Units (N, T) with each censored week of the block replaced by the demand expected of it."""
    units, seen, share = demand.units.copy(), demand.seen, demand.told
    factors = exposure(demand, block.start, block.stop - block.start).factors
    exposed, total = np.zeros(len(units)), np.zeros(len(units))
    for week in range(block.stop):
        if week >= block.start:
            rows = np.flatnonzero(~seen[:, week] & ~np.isnan(units[:, week]))
            level = np.where(exposed > TRACE, total / np.maximum(exposed, TRACE), np.nan) * factors[:, week]
            units[rows, week] = expected_demand(units[rows, week], share[rows, week], level[rows])
        exposed = MEMORY * exposed + np.where(seen[:, week], factors[:, week], 0.0)
        total = MEMORY * total + np.where(seen[:, week], units[:, week], 0.0)
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
