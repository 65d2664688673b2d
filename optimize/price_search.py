"""Prices at which limits are just kept, each found between one that is too low and one that is high enough."""

import numpy as np

from optimize.stock_flow import Floats

NUDGE, LEAST_NUDGE = 0.02, 0.005


class PriceSearch:
    """For each limit the highest price at which too much was used and the lowest at which it was enough.

    ``step``: by how much the first prices are raised or lowered.
    """

    def __init__(self, prices: Floats, step: Floats | None = None) -> None:
        self.over, self.within = np.full(len(prices), -np.inf), np.full(len(prices), np.inf)
        self.step = NUDGE * prices + LEAST_NUDGE if step is None else step

    def next(self, prices: Floats, excess: Floats) -> Floats:
        """Other prices: between the two where both are known, else further, twice as far each time."""
        over = excess > 0
        self.over = np.where(over, np.maximum(self.over, prices), self.over)
        self.within = np.where(over, self.within, np.minimum(self.within, prices))
        both = np.isfinite(self.over) & np.isfinite(self.within)
        further = np.maximum(np.where(over, prices + self.step, prices - self.step), 0.0)
        self.step = 2 * self.step
        middle = (np.where(both, self.over, 0.0) + np.where(both, self.within, 0.0)) / 2
        return np.where(both, middle, further)
