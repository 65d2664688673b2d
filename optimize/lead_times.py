"""Lead times as distributions: how many weeks late each supplier delivers, from receipts.

A delivery is w weeks late when the Monday from which it could be sold is w weeks after the promised one. With weights
that halve every ``HALF_LIFE`` weeks of age, deliveries D_k of supplier k and P_0 the prior's shares,

    P_k(w) = (sum over d in D_k of weight_d * [late_d = w] + PRIOR * P_0(w)) / (sum over d in D_k of weight_d + PRIOR)

Shrinkage of shares to a prior (posterior mean of a multinomial with a Dirichlet prior, Gelman et al., Bayesian Data
Analysis, 3.4). P_0 is the mean of what is known: the pool, in which every supplier has one vote, and a normal
distribution with the ``lead_time_sd`` of sourcing, rounded to weeks. With neither, the supplier keeps its promises.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from data.calendar import WEEK, monday_on_or_after
from data.company import Company
from optimize.stock_flow import Floats, Integers

HALF_LIFE, PRIOR = 52.0, 2.0
WIDEST = 4.0
"""Standard deviations of a stated lead time that count."""


@dataclass(frozen=True)
class Spread:
    """Shares of whole weeks: ``shares[j]`` is the probability of ``first + j`` weeks."""

    first: int
    shares: tuple[float, ...]

    @property
    def weeks(self) -> Integers:
        """The weeks that the shares belong to."""
        return self.first + np.arange(len(self.shares))

    @property
    def mean(self) -> float:
        """Expected weeks."""
        return float(self.weeks @ np.array(self.shares))

    @property
    def certain(self) -> bool:
        """Whether only one number of weeks is possible."""
        return len(self.shares) == 1

    def at(self, ranks: Floats) -> Integers:
        """The weeks at each rank 0..1: its quantiles."""
        reached = np.cumsum(self.shares)
        place = np.searchsorted(reached / reached[-1], ranks, side="right")
        found: Integers = self.first + np.minimum(place, len(self.shares) - 1)
        return found

    def at_least(self, least: int) -> "Spread":
        """The distribution once it is known that fewer than ``least`` weeks did not suffice.

        P(w | w >= least) = P(w) / P(W >= least); what was never seen that late is taken to need ``least`` weeks.
        """
        kept = {w: share for w, share in zip(self.weeks.tolist(), self.shares, strict=True) if w >= least}
        return spread(kept) if sum(kept.values()) > 0 else Spread(least, (1.0,))

    def pooled(self, every: int) -> "Spread":
        """Weeks of supply outstanding where orders are placed ``every`` so many weeks, each late (or early) for itself.

        Of the order promised j * every weeks ago sign(L_j) * clip(|L_j| - j * every, 0, every) weeks' supply is still
        to come (or came early), with independent L_j: the mean of their sum is that of one order's lateness, its
        variance less; orders rarer than they are late keep their own. The number of orders outstanding (Zalkind,
        Order-level inventory systems with independent stochastic leadtimes, Management Science 24, 1978; Bradley and
        Robinson, Manufacturing & Service Operations Management 7, 2005).
        """
        late, first, shares = self.weeks, 0, np.ones(1)
        for since in range(0, int(np.abs(late).max()), every):
            behind = np.sign(late) * np.clip(np.abs(late) - since, 0, every)
            first += int(behind.min())
            shares = np.convolve(shares, np.bincount(behind - behind.min(), weights=self.shares))
        return Spread(first, tuple(shares.tolist()))

    def moved(self, weeks: int) -> "Spread":
        """The same distribution, so many weeks later."""
        return Spread(self.first + weeks, self.shares)


PUNCTUAL = Spread(0, (1.0,))


def spread(weights: dict[int, float]) -> Spread:
    """The distribution with these weights by week; weeks without any at its ends are left out."""
    used = [week for week, weight in weights.items() if weight > 0]
    first, last = min(used), max(used)
    total = sum(weights.values())
    return Spread(first, tuple(weights.get(week, 0.0) / total for week in range(first, last + 1)))


@dataclass(frozen=True)
class Told:
    """What receipts tell of suppliers, by name: the weeks ``late`` of what each will deliver, and the days in
    ``transit`` that its carriers took, with their weights; suppliers with no day of shipping have none.
    """

    late: dict[str, Spread]
    transit: dict[str, list[tuple[int, float]]]


def told(company: Company) -> Told:
    """What a company's receipts tell; ``PUNCTUAL`` is who nothing speaks against."""
    received = deliveries(company)
    own = {str(name): _weights(rows) for name, rows in received.groupby("supplier")}
    pool = _mean([_shares(weights) for weights in own.values()])
    stated = _stated(company)
    late = {
        name: _shrunk(own.get(name, {}), _mean([part for part in (pool, stated.get(name, {})) if part]))
        for name in map(str, company.suppliers.index)
    }
    shipped = received[received["transit_days"].notna()]
    transit = {
        str(name): list(zip(rows["transit_days"].astype(int).tolist(), rows["weight"].tolist(), strict=True))
        for name, rows in shipped.groupby("supplier")
    }
    return Told(late, transit)


def deliveries(company: Company) -> pd.DataFrame:
    """What arrived, one row per delivery: supplier, po, promised_on and received_on, promised and received (their
    Mondays), late (weeks), weight, and, where the day of shipping is known, transit_days.

    A receipt without a promise is judged by the lead time of its source; without that either, it tells nothing.
    """
    columns = ["sku", "supplier", "po", "ordered_on", "promised_on", "received_on", "shipped_on"]
    rows = company.receipts.reindex(columns=columns)
    for name in columns[3:]:
        rows[name] = pd.to_datetime(rows[name])
    usual = company.sourcing.groupby(["sku", "supplier"])["lead_time_weeks"].min()
    weeks = usual.reindex(pd.MultiIndex.from_frame(rows[["sku", "supplier"]])).to_numpy(dtype=float)
    promised = rows["promised_on"].fillna(rows["ordered_on"] + WEEK * weeks)
    rows["promised_on"] = promised
    rows = rows.assign(promised=monday_on_or_after(promised), received=monday_on_or_after(rows["received_on"]))
    rows = rows[rows["promised"].notna() & rows["received"].notna()]
    rows = rows.drop_duplicates(["supplier", "po", "promised", "received"])
    age = (company.as_of - rows["received"]).dt.days / 7
    return rows.assign(
        late=((rows["received"] - rows["promised"]).dt.days // 7).astype(int),
        weight=0.5 ** (age.clip(lower=0.0) / HALF_LIFE),
        transit_days=(rows["received_on"] - rows["shipped_on"]).dt.days,
    )[["supplier", "po", "promised_on", "received_on", "promised", "received", "late", "weight", "transit_days"]]


def ranks(name: str, seed: int, paths: int) -> Floats:
    """Ranks 0..1 (paths,) in the demand paths of the lateness of one supplier or delivery: evenly spread, in an order
    of its own.
    """
    order = np.random.default_rng([seed, *name.encode()]).permutation(paths)
    return np.asarray((order + 0.5) / paths)


def _weights(rows: pd.DataFrame) -> dict[int, float]:
    total: dict[int, float] = {}
    for week, weight in zip(rows["late"].tolist(), rows["weight"].tolist(), strict=True):
        total[week] = total.get(week, 0.0) + weight
    return total


def _shares(weights: dict[int, float]) -> dict[int, float]:
    total = sum(weights.values())
    return {week: weight / total for week, weight in weights.items()}


def _mean(parts: list[dict[int, float]]) -> dict[int, float]:
    weeks = sorted({week for part in parts for week in part})
    return {week: sum(part.get(week, 0.0) for part in parts) / len(parts) for week in weeks}


def _shrunk(own: dict[int, float], prior: dict[int, float]) -> Spread:
    total = {week: own.get(week, 0.0) + PRIOR * prior.get(week, 0.0) for week in sorted({*own, *prior})}
    return spread(total) if sum(total.values()) > 0 else PUNCTUAL


def _stated(company: Company) -> dict[str, dict[int, float]]:
    """The stated spread of each supplier's lead times: the root mean square over its sources, as shares of weeks."""
    squares = company.sourcing["lead_time_sd"].fillna(0.0).astype(float) ** 2
    variance = squares.groupby(company.sourcing["supplier"]).mean()
    return {str(name): _normal(float(square) ** 0.5) for name, square in variance.items() if square > 0}


def _normal(deviation: float) -> dict[int, float]:
    most = int(np.ceil(WIDEST * deviation))
    edges = ndtr((np.arange(-most, most + 2) - 0.5) / deviation)
    return dict(zip(range(-most, most + 1), np.diff(edges).tolist(), strict=True))
