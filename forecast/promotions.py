"""Promotions: how much one of its kind lifts demand, learnt apart from the baseline."""

from dataclasses import dataclass

import numpy as np

from data.company import Floats
from forecast.candidates import Demand
from forecast.lifted import STAGES, Cells, Lifted

KIND_SPREAD = 0.5  # variance of a kind's log uplift about ``FIRST``
EXPECTED_SPREAD = 0.15  # the same about the uplift that the company expects
SERIES_SPREAD = 0.1  # variance of a series' log uplift about its kind's
STAGE_SPREAD = 0.1  # variance of a stage's log uplift about its kind's whole promotion
EVENT_SPREAD = 0.06  # variance of one promotion's log uplift about its kind's, before any was seen
EVENT_WEIGHT = 2.0  # promotions that weigh as much as ``EVENT_SPREAD``
NOISE = 0.3  # squared coefficient of variation of one series' week beyond Poisson
FIRST = 1.25  # uplift of a kind never seen, without an expectation
ROUNDS = 4  # in which kinds that meet in a week share its uplift, and an uplift's chance error follows from it
LEAST_UPLIFT = 0.02
LEAST_SHARE = 0.3  # of a week covered, for it to say something of the uplift


@dataclass(frozen=True)
class Uplift:
    """``factors`` (N, weeks) on the baseline; ``variance`` (P,) of the log uplift of one more promotion of its kind."""

    factors: Floats
    variance: Floats


def uplift(demand: Demand, origin: int, baseline: Floats, lifted: Lifted) -> Uplift:
    """What promotions make of the baseline: learnt from those before the origin, 1 where nothing is promoted.

    ``baseline`` (N, origin): what past weeks would have sold without promotions. The uplift of a kind is what its
    weeks sold over their baseline, shrunk to what the company expects of it; a series' is shrunk to its kind's, and
    a stage's (first week, second, ..., the weeks beside it) to the whole. Promotions of different kinds at the same
    time multiply: each kind is learnt over what the others make of the baseline.
    """
    cells = [lifted.cells(kind) for kind in range(int(lifted.kinds.max(initial=-1)) + 1)]
    shape = (lifted.members.shape[1], lifted.share.shape[1])
    factors, variance, told = np.ones(shape), np.zeros(len(lifted.kinds)), demand.told
    own: list[Floats] = [np.ones(1) for _ in cells]
    for _ in range(ROUNDS if _meet(cells, shape) else 1):
        for kind, touched in enumerate(cells):
            factors[touched.place] /= own[kind]
            before = touched.before(origin)
            usual = baseline[before.place] * factors[before.place]
            past = _Past.of(lifted, kind, before, demand.units[before.place], usual, told[before.place])
            own[kind] = _factors(past, touched)
            factors[touched.place] *= own[kind]
            variance[lifted.kinds == kind] = past.variance()
    return Uplift(factors, variance)


def _meet(cells: list[Cells], shape: tuple[int, int]) -> bool:
    """Promotions of two kinds touch the same week of a series."""
    touched = np.zeros(shape, dtype=bool)
    for each in cells:
        if touched[each.place].any():
            return True
        touched[each.place] = True
    return False


def _factors(past: "_Past", cells: Cells) -> Floats:
    """Factor of each cell of one kind's promotions."""
    by_series, by_stage = past.by_series()[cells.series], past.by_stage()[cells.stage]
    return np.asarray(np.where(cells.stage < STAGES, 1 + cells.share * (by_series * by_stage - 1), by_stage))


@dataclass(frozen=True)
class _Past:
    """Past promotions of one kind: what their full weeks sold and would have sold without, by series, stage, event.

    A week that was out of stock counts as far as it could be sold in: its estimate is a guess of the rest.

    ``sold``, ``base`` (P, stages, N); ``weeks`` (P, stages, N); ``prior``: log uplift expected; ``spread`` about it.
    """

    sold: Floats
    base: Floats
    weeks: Floats
    prior: float
    spread: float

    @classmethod
    def of(cls, lifted: Lifted, kind: int, cells: Cells, units: Floats, usual: Floats, told: Floats) -> "_Past":
        """From the cells' units, what they would have sold without the kind, and the share of the week that tells."""
        of_kind = np.flatnonzero(lifted.kinds == kind)
        event = np.searchsorted(of_kind, cells.promotion), cells.stage, cells.series
        share = np.where(cells.stage < STAGES, cells.share, 1.0)
        use = told * ((usual > 0) & (share >= LEAST_SHARE))
        sold, base, weeks = (np.zeros((len(of_kind), STAGES + 2, lifted.members.shape[1])) for _ in range(3))
        np.add.at(sold, event, use * (np.nan_to_num(units) - usual * (1 - share)))
        np.add.at(base, event, use * usual * share)
        np.add.at(weeks, event, use * share)
        said = np.maximum(lifted.expected[of_kind][np.isfinite(lifted.expected[of_kind])], LEAST_UPLIFT)
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
        """Log uplift of the kind's whole promotion; the more its weeks sell, the less of it is chance."""
        sold, base, weeks = (part.sum(axis=0) for part in self._during)
        if not base.sum() > 0:
            return self.prior
        own, kind = np.log(_ratio(sold.sum(), base.sum())), self.prior
        for _ in range(ROUNDS):
            noise = EVENT_SPREAD / len(self._event_logs()) + 1 / (weeks / _noise(base * np.exp(kind), weeks)).sum()
            kind = float(_shrunk(own, self.prior, noise, self.spread))
        return kind

    def by_series(self) -> Floats:
        """(N,) uplift of a full promoted week."""
        sold, base, weeks = (part.sum(axis=0) for part in self._during)
        kind = np.exp(self._kind())
        noise = _noise(base * kind, weeks) / np.maximum(weeks, 1e-9)
        own = _shrunk(_ratio(sold, base) / kind, 1.0, noise, SERIES_SPREAD)
        return np.asarray(kind * np.where(weeks > 0, own, 1.0))

    def by_stage(self) -> Floats:
        """(STAGES + 2,) factor of each stage over the whole promotion; of the weeks beside it, over the baseline."""
        sold, base = self.sold.sum(axis=2), self.base.sum(axis=2)
        events = (base > 0).sum(axis=0)
        whole = _ratio(sold[:, :STAGES].sum(), base[:, :STAGES].sum()) if base[:, :STAGES].sum() > 0 else 1.0
        own = _ratio(sold.sum(axis=0), base.sum(axis=0)) / np.r_[np.full(STAGES, whole), 1.0, 1.0]
        weeks = self.weeks.sum(axis=0)
        known = (weeks / _noise(self.base.sum(axis=0), weeks)).sum(axis=1)
        noise = EVENT_SPREAD / np.maximum(events, 1) / 2 + 1 / np.maximum(known, 1e-9)
        return np.where(events > 0, np.exp(_shrunk(np.log(own), 0.0, noise, STAGE_SPREAD)), 1.0)


def _ratio(sold: Floats, base: Floats) -> Floats:
    """Sold over base, not below ``LEAST_UPLIFT``; 1 without base."""
    return np.asarray(np.where(base > 0, np.maximum(sold / np.maximum(base, 1e-9), LEAST_UPLIFT), 1.0))


def _noise(base: Floats, weeks: Floats) -> Floats:
    """Squared coefficient of variation of one week of each series."""
    return np.asarray(NOISE + 1 / np.maximum(base / np.maximum(weeks, 1e-9), 1e-3))


def _shrunk(own: Floats, prior: Floats | float, noise: Floats | float, spread: float) -> Floats:
    trust = spread / (spread + np.asarray(noise))
    return np.asarray(trust * own + (1 - trust) * prior)
