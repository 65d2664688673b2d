"""Lifted weeks: which weeks of which series promotions touch."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.candidates import Bools

STAGES = 3  # weeks of a promotion told apart, the last of them standing for all later ones
AFTER, BEFORE = STAGES, STAGES + 1  # the stages of the week after and of the week before
BESIDE = 1e-3  # share of a week that the weeks beside a promotion count as


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
    def touched(self) -> Bools:
        """(N, weeks): promoted, or the week before or after a promotion."""
        touched: Bools = (self.members.T.astype(float) @ (self.stage >= 0).astype(float)) > 0
        return touched

    @cached_property
    def stage(self) -> np.ndarray:
        """(P, weeks): 0, 1, ... within the promotion, ``AFTER`` and ``BEFORE`` in the weeks beside it, -1 elsewhere."""
        on = self.share > 0
        within = np.minimum(np.cumsum(on, axis=1) - 1, STAGES - 1)
        ended, coming = np.zeros_like(on), np.zeros_like(on)
        ended[:, 1:] = on[:, :-1] & ~on[:, 1:]
        coming[:, :-1] = on[:, 1:] & ~on[:, :-1]
        return np.select([on, ended, coming], [within, AFTER, BEFORE], -1)

    def cells(self, kind: int) -> "Cells":
        """The weeks of series that promotions of a kind touch.

        Of those at the same time one counts: that which covers most of the week, before the weeks beside another.
        """
        shape, stages = (self.members.shape[1], self.share.shape[1]), self.stage
        owner, most = np.full(shape, -1), np.zeros(shape)
        for promotion in np.flatnonzero(self.kinds == kind).tolist():
            here = np.ix_(self.members[promotion], stages[promotion] >= 0)
            covered = np.maximum(self.share[promotion], BESIDE)[here[1]]
            wins = covered > most[here]
            owner[here] = np.where(wins, promotion, owner[here])
            most[here] = np.where(wins, covered, most[here])
        series, week = np.nonzero(owner >= 0)
        counts = owner[series, week]
        return Cells(series, week, counts, stages[counts, week], self.share[counts, week])


@dataclass(frozen=True)
class Cells:
    """Touched weeks of series, all arrays of one length: which promotion, its stage, and the share that it covers."""

    series: np.ndarray
    week: np.ndarray
    promotion: np.ndarray
    stage: np.ndarray
    share: Floats

    @property
    def place(self) -> tuple[np.ndarray, np.ndarray]:
        """Series and week, to pick from tables (N, weeks)."""
        return self.series, self.week

    def before(self, origin: int) -> "Cells":
        """Those of weeks before the origin."""
        past = self.week < origin
        return Cells(*(each[past] for each in (self.series, self.week, self.promotion, self.stage, self.share)))


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
    """(P, N): named by sku, else by category, else all; at its location, else at all."""
    skus = company.series.get_level_values("sku").to_numpy(dtype=object)
    places = company.series.get_level_values("location").to_numpy(dtype=object)
    categories = company.items["category"].reindex(skus).to_numpy(dtype=object)
    by_sku = _equal(promotions["sku"], skus)
    of_category = _equal(promotions["category"], categories) | _blank(promotions["category"])[:, None]
    by_category = of_category & _blank(promotions["sku"])[:, None]
    here = _equal(promotions["location"], places) | _blank(promotions["location"])[:, None]
    members: Bools = (by_sku | by_category) & here
    return members


def _blank(column: pd.Series) -> Bools:
    blank: Bools = column.isna().to_numpy() | column.astype(str).str.strip().eq("").to_numpy()
    return blank


def _equal(column: pd.Series, values: np.ndarray) -> Bools:
    equal: Bools = (column.to_numpy(dtype=object)[:, None] == values[None, :]) & ~_blank(column)[:, None]
    return equal
