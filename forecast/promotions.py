"""Promotions: which weeks they touch, and how much one of its kind lifts demand, learnt apart from the baseline."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.candidates import Bools, Demand

KIND_SPREAD = 0.5  # variance of a kind's log uplift about ``FIRST``
EXPECTED_SPREAD = 0.15  # the same about the uplift that the company expects
SERIES_SPREAD = 0.1  # variance of a series' log uplift about its kind's
STAGE_SPREAD = 0.1  # variance of a stage's log uplift about its kind's whole promotion
EVENT_SPREAD = 0.06  # variance of one promotion's log uplift about its kind's, before any was seen
EVENT_WEIGHT = 2.0  # promotions that weigh as much as ``EVENT_SPREAD``
NOISE = 0.3  # squared coefficient of variation of one series' week beyond Poisson
FIRST = 1.25  # uplift of a kind never seen, without an expectation
STAGES = 3  # weeks of a promotion told apart, the last of them standing for all later ones
AFTER = STAGES  # the stage of the week after
LEAST_SHARE = 0.3  # of a week covered, for it to say something of the uplift


@dataclass(frozen=True)
class Lifted:
    """Which weeks are promoted: one row per promotion of the company.

    ``kinds`` (P,): number of its kind; ``expected`` (P,): the uplift that the company expects, NaN: not said;
    ``share`` (P, weeks): share of the week that it covers; ``members`` (P, N): the series that it touches.
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

    @property
    def touched(self) -> Bools:
        """(N, weeks): promoted, or the week after a promotion."""
        spread = (self.share > 0) | (self.stage == AFTER)
        touched: Bools = (self.members.T.astype(float) @ spread.astype(float)) > 0
        return touched

    @property
    def stage(self) -> np.ndarray:
        """(P, weeks): 0, 1, ... within the promotion, ``AFTER`` in the week after it, -1 elsewhere."""
        on = self.share > 0
        within = np.minimum(np.cumsum(on, axis=1) - 1, STAGES - 1)
        ended = np.zeros_like(on)
        ended[:, 1:] = on[:, :-1] & ~on[:, 1:]
        return np.where(on, within, np.where(ended, AFTER, -1))


def lifted_weeks(company: Company, weeks: pd.DatetimeIndex) -> Lifted:
    """The company's promotions over ``weeks``."""
    promotions = company.promotions
    return Lifted(
        kinds=np.asarray(pd.factorize(promotions["kind"].fillna("").astype(str))[0]),
        expected=pd.to_numeric(promotions["expected_uplift"]).to_numpy(dtype=float),
        share=_share(promotions, weeks),
        members=_members(company, promotions),
    )


def _share(promotions: pd.DataFrame, weeks: pd.DatetimeIndex) -> Floats:
    """Share of each week's seven days that each promotion covers, its last day included; (P, weeks)."""
    start = pd.to_datetime(promotions["start"]).to_numpy(dtype="datetime64[D]")[:, None]
    end = pd.to_datetime(promotions["end"]).to_numpy(dtype="datetime64[D]")[:, None] + 1
    monday = weeks.to_numpy(dtype="datetime64[D]")[None, :]
    days = (np.minimum(end, monday + 7) - np.maximum(start, monday)).astype(float)
    return np.asarray(np.clip(days / 7, 0.0, 1.0))


def _members(company: Company, promotions: pd.DataFrame) -> Bools:
    """(P, N): named by sku, else by category; at its location, else at all."""
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


@dataclass(frozen=True)
class Uplift:
    """``factors`` (N, weeks) on the baseline; ``variance`` (P,) of the log uplift of one more promotion of its kind."""

    factors: Floats
    variance: Floats


def uplift(demand: Demand, origin: int, baseline: Floats, lifted: Lifted) -> Uplift:
    """What promotions make of the baseline: learnt from those before the origin, 1 where nothing is promoted.

    ``baseline`` (N, origin): what past weeks would have sold without promotions. The uplift of a kind is what its
    weeks sold over their baseline, shrunk to what the company expects of it; a series' is shrunk to its kind's, and
    a stage's (first week, second, ..., the week after) to the whole. Promotions at the same time multiply.
    """
    factors = np.ones((lifted.members.shape[1], lifted.share.shape[1]))
    variance = np.zeros(len(lifted.kinds))
    stage = lifted.stage
    for kind in range(int(lifted.kinds.max(initial=-1)) + 1):
        of_kind = np.flatnonzero(lifted.kinds == kind)
        past = _Past.of(demand, origin, baseline, lifted, of_kind, stage)
        by_series, by_stage = past.by_series(), past.by_stage()
        variance[of_kind] = past.variance()
        for promotion in of_kind.tolist():
            factors *= _factor(by_series, by_stage, lifted, promotion, stage[promotion])
    return Uplift(factors, variance)


def _factor(by_series: Floats, by_stage: Floats, lifted: Lifted, promotion: int, stage: np.ndarray) -> Floats:
    """(N, weeks) factor of one promotion on the series that it touches."""
    lift = by_series[:, None] * by_stage[np.clip(stage, 0, STAGES - 1)][None, :]
    during = 1 + lifted.share[promotion][None, :] * (lift - 1)
    after = np.where(stage == AFTER, by_stage[AFTER], 1.0)[None, :]
    factor = np.where(stage[None, :] == AFTER, after, during)
    return np.asarray(np.where(lifted.members[promotion][:, None] & (stage >= 0)[None, :], factor, 1.0))


@dataclass(frozen=True)
class _Past:
    """Past promotions of one kind: what their full weeks sold and would have sold without, by series, stage, event.

    ``sold``, ``base`` (P, stages, N); ``weeks`` (P, stages, N); ``prior``: log uplift expected; ``spread`` about it.
    """

    sold: Floats
    base: Floats
    weeks: Floats
    prior: float
    spread: float

    @classmethod
    def of(
        cls, demand: Demand, origin: int, baseline: Floats, lifted: Lifted, of_kind: np.ndarray, stage: np.ndarray
    ) -> "_Past":
        shape = (len(of_kind), STAGES + 1, len(baseline))
        sold, base, weeks = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for number, promotion in enumerate(of_kind):
            for week in np.flatnonzero(stage[promotion, :origin] >= 0):
                share = 1.0 if stage[promotion, week] == AFTER else lifted.share[promotion, week]
                units, usual = demand.units[:, week], baseline[:, week]
                use = lifted.members[promotion] & (usual > 0) & ~np.isnan(units) & (share >= LEAST_SHARE)
                place = (number, stage[promotion, week])
                sold[place] += np.where(use, units - usual * (1 - share), 0.0)
                base[place] += np.where(use, usual * share, 0.0)
                weeks[place] += use * share
        said = lifted.expected[of_kind][np.isfinite(lifted.expected[of_kind]) & (lifted.expected[of_kind] > 0)]
        prior, spread = (np.log(said).mean(), EXPECTED_SPREAD) if len(said) else (np.log(FIRST), KIND_SPREAD)
        return cls(sold, base, weeks, float(prior), spread)

    @property
    def _during(self) -> tuple[Floats, Floats, Floats]:
        sold, base, weeks = (part[:, :STAGES].sum(axis=1) for part in (self.sold, self.base, self.weeks))
        return sold, base, weeks

    def variance(self) -> float:
        """Of one more promotion's log uplift: what past ones varied by, and what is not known of their mean."""
        logs = self._event_logs()
        scatter = ((logs - logs.mean()) ** 2).sum() if len(logs) > 1 else 0.0
        event = (EVENT_WEIGHT * EVENT_SPREAD + scatter) / (EVENT_WEIGHT + max(len(logs) - 1, 0))
        return float(event + 1 / (1 / self.spread + len(logs) / event))

    def _event_logs(self) -> Floats:
        sold, base, _ = self._during
        seen = base.sum(axis=1) > 0
        return np.log(_ratio(sold[seen].sum(axis=1), base[seen].sum(axis=1)))

    def _kind(self) -> float:
        """Log uplift of the kind's whole promotion."""
        sold, base, weeks = (part.sum(axis=0) for part in self._during)
        if not base.sum() > 0:
            return self.prior
        noise = EVENT_SPREAD / len(self._event_logs()) + 1 / (weeks / _noise(base, weeks)).sum()
        return float(_shrunk(np.log(_ratio(sold.sum(), base.sum())), self.prior, noise, self.spread))

    def by_series(self) -> Floats:
        """(N,) uplift of a full promoted week."""
        sold, base, weeks = (part.sum(axis=0) for part in self._during)
        kind = np.exp(self._kind())
        own = _shrunk(_ratio(sold, base) / kind, 1.0, _noise(base, weeks) / np.maximum(weeks, 1e-9), SERIES_SPREAD)
        return np.asarray(kind * np.where(weeks > 0, own, 1.0))

    def by_stage(self) -> Floats:
        """(STAGES + 1,) factor of each stage over the whole promotion's uplift; the week after's over the baseline."""
        sold, base = self.sold.sum(axis=2), self.base.sum(axis=2)
        events = (base > 0).sum(axis=0)
        whole = _ratio(sold[:, :STAGES].sum(), base[:, :STAGES].sum()) if base[:, :STAGES].sum() > 0 else 1.0
        own = _ratio(sold.sum(axis=0), base.sum(axis=0)) / np.r_[np.full(STAGES, whole), 1.0]
        noise = EVENT_SPREAD / np.maximum(events, 1) / 2
        return np.where(events > 0, np.exp(_shrunk(np.log(own), 0.0, noise, STAGE_SPREAD)), 1.0)


def _ratio(sold: Floats, base: Floats) -> Floats:
    """Sold over base, not below a fiftieth; 1 without base."""
    return np.asarray(np.where(base > 0, np.maximum(sold / np.maximum(base, 1e-9), 0.02), 1.0))


def _noise(base: Floats, weeks: Floats) -> Floats:
    """Squared coefficient of variation of one week of each series."""
    return np.asarray(NOISE + 1 / np.maximum(base / np.maximum(weeks, 1e-9), 1e-3))


def _shrunk(own: Floats, prior: Floats | float, noise: Floats | float, spread: float) -> Floats:
    trust = spread / (spread + np.asarray(noise))
    return np.asarray(trust * own + (1 - trust) * prior)
