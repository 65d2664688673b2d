"""Candidate: one way to forecast expected demand, for many past origins at once and for now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import pandas as pd

from data.company import Company, Floats
from data.problems import Problem

Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

LEAST_SEEN = 8  # weeks of a series before it is learnt from or forecast
LEAST_LEVEL = 10.0  # units a week from which on errors are rather factors than counts


@dataclass(frozen=True)
class Demand:
    """What candidates learn from: demand estimated from sales, one row per series and one column per week.

    ``weeks``: T Mondays without a hole; the last is the week before the company's ``as_of``.
    ``units`` (N, T): demand; sales where the week was fully in stock, an estimate where it was censored (made from
    earlier weeks only, so that it is honest at every origin); NaN before a series' first sale and where data misses.
    ``seen`` (N, T): demand was fully seen. False: censored or missing, not to be learnt from as a fact nor scored.
    ``price`` (N, T): mean selling price of the week; NaN where unknown.
    """

    company: Company
    weeks: pd.DatetimeIndex
    units: Floats
    seen: Bools
    price: Floats

    def __post_init__(self) -> None:
        shape = (len(self.company.series), len(self.weeks))
        for name in ("units", "seen", "price"):
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape} (series, weeks)")

    @property
    def seen_units(self) -> Floats:
        """Units (N, T) of the weeks that were fully seen, NaN elsewhere."""
        return np.where(self.seen, self.units, np.nan)

    @property
    def told(self) -> Floats:
        """Share (N, T) of each week of which the sales tell: in stock, and not missing."""
        share = np.zeros(self.units.shape)
        past = self.company.history.in_stock[:, : share.shape[1]]
        share[:, : past.shape[1]] = np.nan_to_num(past, nan=1.0)
        return np.where(self.seen, 1.0, np.where(np.isnan(self.units), 0.0, share))


class Candidate(Protocol):
    """Expected demand as one method sees it.

    ``name`` appears in the models table and in the accuracy report. Who inherits from this has the usual answers:
    ``trains``: it takes its time in a library that lets other threads run, and may be asked in a thread of its own;
    ``specialist``: the other methods leave the series that it forecasts to it and its like.
    """

    trains: ClassVar[bool] = False

    @property
    def name(self) -> str: ...

    @property
    def specialist(self) -> bool:
        return False

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        """Mean units of weeks o, o+1, ..., o+horizon-1 for every origin o, shape (len(origins), N, horizon).

        Origin o uses no demand, stock or price of week o or later: columns < o of ``demand`` and, of the company, what
        is known ahead (attributes, promotions, drivers). Origins ascend; o = T is now. Not negative; NaN where
        the candidate abstains (such as a series without history). Problems name the series and model that failed.
        """
        ...
