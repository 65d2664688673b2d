"""Marginal distribution of a week's demand: negative binomial for whole units, gamma for divisible ones.

Both have mean m; variance m + d m^2 (negative binomial) or d m^2 (gamma), d the dispersion. Lumpy goods have idle weeks
besides (zero inflation, Lambert 1992): a share s of the dispersion is weeks without any demand, of chance
p = s d / (1 + d), and the other weeks have mean m / (1 - p) and dispersion (1 - s) d, so that m and the variance stay.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, gammainc, gammaincinv, ndtr, ndtri

from data.company import Floats
from forecast.candidates import Bools

LEAST_DISPERSION = 1e-4
TABLE = 64  # counts beyond which a rounded gamma of the same mean and variance replaces the negative binomial
GRID = np.linspace(-4.5, 4.5, 37)  # normal scores at which continuous quantiles are computed and interpolated
BLOCK = 4096  # cells whose quantiles are computed together


@dataclass(frozen=True)
class Marginals:
    """``mean`` and ``dispersion``: arrays of one shape; ``whole``, spread over it: units are counted, not measured;
    ``idle``, spread over it too: the share of the dispersion that idle weeks make."""

    mean: Floats
    dispersion: Floats
    whole: Bools | bool
    idle: Floats | float = 0.0

    @property
    def none(self) -> Floats:
        """Chance of a week without demand."""
        idle, mean, dispersion = self._busy
        busy = np.where(self.whole, (1 + dispersion * mean) ** (-1 / dispersion), mean <= 0)
        return np.asarray(idle + (1 - idle) * busy)

    def rank(self, units: Floats, draw: Floats) -> Floats:
        """Randomised probability integral transform: P(D < units) + draw x P(D = units); NaN where units are.

        ``draw`` in (0, 1): of the shape of ``units``, or several such draws.
        """
        below = self._cdf(np.where(self.whole, np.floor(units) - 1, np.where(units > 0, units, -1.0)))
        at = self._cdf(np.where(self.whole, np.floor(units), units))
        return np.asarray(below + draw * (at - below))

    def quantile(self, probability: Floats) -> Floats:
        """Demand at ``probability`` (S, ...) of each cell (...)."""
        shape = probability.shape
        idle, mean, dispersion = (each.ravel() for each in self._busy)
        flat = np.maximum((probability.reshape(shape[0], -1) - idle) / (1 - idle), 0.0)
        whole = np.broadcast_to(self.whole, self.mean.shape).ravel()
        units = np.empty_like(flat)
        for first in range(0, len(mean), BLOCK):
            cells = slice(first, first + BLOCK)
            units[:, cells] = _block(flat[:, cells], mean[cells], dispersion[cells], whole[cells])
        return np.where(flat > 0, units, 0.0).reshape(shape)

    @property
    def _busy(self) -> tuple[Floats, Floats, Floats]:
        """Chance of an idle week; mean and dispersion of the others."""
        idle = np.broadcast_to(self.idle * self.dispersion / (1 + self.dispersion), self.mean.shape)
        return idle, self.mean / (1 - idle), np.maximum((1 - self.idle) * self.dispersion, LEAST_DISPERSION)

    def _cdf(self, units: Floats) -> Floats:
        idle, mean, dispersion = self._busy
        mean = np.maximum(mean, 1e-9)
        above, whole = np.maximum(units, 0), np.broadcast_to(self.whole, mean.shape)
        cdf = np.empty(mean.shape)
        cdf[whole] = betainc(1 / dispersion[whole], above[whole] + 1, (1 / (1 + dispersion * mean))[whole])
        cdf[~whole] = gammainc(1 / dispersion[~whole], (above / (dispersion * mean))[~whole])
        return np.where(units < 0, 0.0, idle + (1 - idle) * cdf)


def _block(probability: Floats, mean: Floats, dispersion: Floats, whole: Bools) -> Floats:
    variance = dispersion * mean**2 + np.where(whole, mean, 0.0)
    counted = whole & (mean + 6 * np.sqrt(variance) <= TABLE)
    units = np.empty_like(probability)
    units[:, counted] = _counts(probability[:, counted], mean[counted], dispersion[counted])
    large = _interpolated(probability[:, ~counted], mean[~counted], variance[~counted])
    units[:, ~counted] = np.where(whole[~counted], np.round(large), large)
    return units


def _counts(probability: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Negative binomial quantiles by summing its probabilities: P(k) = P(k-1) (k-1+r)/k x dm/(1+dm), r = 1/d."""
    units = np.zeros_like(probability)
    shape, ratio = 1 / dispersion, dispersion * mean / (1 + dispersion * mean)
    chance = (1 + dispersion * mean) ** -shape
    below = chance.copy()
    for k in range(1, 2 * TABLE):
        above = probability > below
        if not above.any():
            break
        units += above
        chance = chance * (k - 1 + shape) / k * ratio
        below = below + chance
    return units


def _interpolated(probability: Floats, mean: Floats, variance: Floats) -> Floats:
    """Gamma quantiles, computed at ``GRID`` for each cell and interpolated between."""
    shape = mean**2 / np.maximum(variance, 1e-12)
    scale = variance / np.maximum(mean, 1e-12)
    knots = np.where(mean > 0, gammaincinv(np.where(mean > 0, shape, 1.0), ndtr(GRID)[:, None]) * scale, 0.0)
    score = np.clip(ndtri(probability), GRID[0], GRID[-1] - 1e-9)
    position = (score - GRID[0]) / (GRID[1] - GRID[0])
    left = position.astype(int)
    cells = np.arange(len(mean))[None, :]
    low, high = knots[left, cells], knots[left + 1, cells]
    return np.asarray(low + (position - left) * (high - low))
