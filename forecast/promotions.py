"""Promotions: how much a promotion of its kind lifts demand, learnt from past ones set apart from the baseline."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.candidates import Bools, Demand

KIND_SPREAD = 0.5  # variance of a kind's log uplift about none
SERIES_SPREAD = 0.1  # variance of a series' log uplift about its kind's
NOISE = 0.3  # squared coefficient of variation of a week's demand beyond Poisson
FIRST = 1.25  # uplift of a kind never seen, without an expectation
PRIOR_SPREAD = 0.15  # variance of the log uplift about the expected one when the kind was never seen


@dataclass(frozen=True)
class Lifted:
    """Which weeks are promoted: one row per promotion that touches a series of the company.

    ``kinds`` (P,): its kind's number; ``expected`` (P,): the uplift the company expects, NaN none;
    ``share`` (P, weeks): share of the week that it covers; ``members`` (P, N): the series it touches.
    """

    kinds: np.ndarray
    expected: Floats
    share: Floats
    members: Bools

    @property
    def any_promotion(self) -> Bools:
        """(N, weeks): promoted for some part of the week."""
        touched: Bools = (self.members.T.astype(float) @ (self.share > 0).astype(float)) > 0
        return touched


def lifted_weeks(company: Company, weeks: pd.DatetimeIndex) -> Lifted:
    """The company's promotions on its series over ``weeks``."""
    promotions = company.promotions
    members = _members(company, promotions)
    kinds = promotions["kind"].fillna("").astype(str) if "kind" in promotions else pd.Series(dtype=str)
    return Lifted(
        kinds=np.asarray(pd.factorize(kinds)[0]),
        expected=pd.to_numeric(promotions["expected_uplift"]).to_numpy(dtype=float),
        share=_share(promotions, weeks),
        members=members,
    )


def _share(promotions: pd.DataFrame, weeks: pd.DatetimeIndex) -> Floats:
    """Share of each week's seven days that each promotion covers, ends included; (P, weeks)."""
    start = pd.to_datetime(promotions["start"]).to_numpy()[:, None]
    end = pd.to_datetime(promotions["end"]).to_numpy()[:, None] + np.timedelta64(1, "D")
    monday = weeks.to_numpy()[None, :]
    first, last = np.maximum(start, monday), np.minimum(end, monday + np.timedelta64(7, "D"))
    days: Floats = (last - first) / np.timedelta64(1, "D") / 7
    return np.clip(days, 0.0, 1.0)


def _members(company: Company, promotions: pd.DataFrame) -> Bools:
    """(P, N): named by sku or by category, at the location or at all of them."""
    skus = company.series.get_level_values("sku").to_numpy(dtype=object)
    places = company.series.get_level_values("location").to_numpy(dtype=object)
    categories = company.items["category"].reindex(skus).to_numpy(dtype=object)
    by_sku = _equal(promotions["sku"], skus)
    by_category = _equal(promotions["category"], categories) & _blank(promotions["sku"])[:, None]
    here = _equal(promotions["location"], places) | _blank(promotions["location"])[:, None]
    members: Bools = (by_sku | by_category) & here
    return members


def _blank(column: pd.Series) -> Bools:
    blank: Bools = column.isna().to_numpy() | column.astype(str).str.strip().eq("").to_numpy()
    return blank


def _equal(column: pd.Series, values: np.ndarray) -> Bools:
    equal: Bools = (column.to_numpy(dtype=object)[:, None] == values[None, :]) & ~_blank(column)[:, None]
    return equal


def uplift(demand: Demand, origin: int, baseline: Floats, lifted: Lifted) -> Floats:
    """Factor on the baseline of every series and week, (N, weeks of ``lifted``); 1 where nothing is promoted.

    ``baseline`` (N, origin): what the weeks before the origin would have sold without promotions. The uplift of a
    kind is what its past weeks sold over their baseline, shrunk to what the company expects (or to ``FIRST``), and
    that of a series is shrunk to its kind's. Promotions at the same time multiply.
    """
    factors = np.ones((lifted.members.shape[1], lifted.share.shape[1]))
    for kind in range(int(lifted.kinds.max(initial=-1)) + 1):
        of_kind = lifted.kinds == kind
        by_series = _kind_uplift(demand, origin, baseline, lifted, of_kind)
        for promotion in np.flatnonzero(of_kind):
            lift = np.where(lifted.members[promotion], by_series, 1.0)
            factors *= 1 + lifted.share[promotion][None, :] * (lift[:, None] - 1)
    return factors


def _kind_uplift(demand: Demand, origin: int, baseline: Floats, lifted: Lifted, of_kind: Bools) -> Floats:
    """Uplift of a kind's full week for each series, (N,)."""
    covered = lifted.members[of_kind].T.astype(float) @ lifted.share[of_kind][:, :origin]
    past = (covered > 0.3) & (baseline > 0) & ~np.isnan(demand.units[:, :origin])
    share = np.where(past, np.minimum(covered, 1.0), 0.0)
    base = np.where(past, baseline, 0.0)
    extra = np.where(past, demand.units[:, :origin] - baseline * (1 - share), 0.0)
    exposed = (base * share).sum(axis=1)
    sold = np.maximum(extra.sum(axis=1), 0.02 * exposed)
    weeks = share.sum(axis=1)
    noise = (NOISE + 1 / np.maximum(exposed / np.maximum(weeks, 1e-9), 1e-3)) / np.maximum(weeks, 1e-9)
    expected = lifted.expected[of_kind]
    prior = np.log(np.nanmean(expected)) if (expected > 0).any() else np.log(FIRST)
    spread = PRIOR_SPREAD if (expected > 0).any() else KIND_SPREAD
    if not past.any():
        return np.full(len(baseline), np.exp(prior))
    pooled = np.log(sold.sum() / exposed.sum())
    pooled_noise = 1 / (1 / noise[weeks > 0]).sum()
    kind = _shrunk(pooled, prior, pooled_noise, spread)
    own = np.log(np.where(exposed > 0, sold / np.maximum(exposed, 1e-9), 1.0))
    return np.asarray(np.exp(np.where(weeks > 0, _shrunk(own, kind, noise, SERIES_SPREAD), kind)))


def _shrunk(own: Floats | float, prior: Floats | float, noise: Floats | float, spread: float) -> Floats:
    trust = spread / (spread + np.asarray(noise))
    return np.asarray(trust * own + (1 - trust) * prior)
