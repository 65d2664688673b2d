"""DemandPaths: equally likely futures, shared by all series."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)


@dataclass(frozen=True)
class DemandPaths:
    """S equally likely futures of N series over H weeks.

    ``values`` (S, N, H): units demanded, not negative; path s is the same future for every series.
    ``series``: (sku, location), N of them, in the company's order; ``weeks``: H Mondays from the run's on.
    """

    values: Array
    series: pd.MultiIndex
    weeks: pd.DatetimeIndex

    def __post_init__(self) -> None:
        expected = (len(self.series), len(self.weeks))
        if self.values.ndim != 3 or self.values.shape[1:] != expected:
            raise ValueError(f"paths have shape {self.values.shape}, expected (paths, {expected[0]}, {expected[1]})")
        if not np.isfinite(self.values).all() or (self.values < 0).any():
            raise ValueError("paths must be finite and not negative")

    def mean(self) -> Array:
        """Expected units, shape (N, H)."""
        return np.asarray(self.values.mean(axis=0))

    def table(self) -> pd.DataFrame:
        """forecast.csv: sku, location, week, mean and quantiles, one row per series and week."""
        index = pd.MultiIndex.from_product([range(len(self.series)), self.weeks], names=["series", "week"])
        levels = np.quantile(self.values, QUANTILES, axis=0)
        table = pd.DataFrame(
            {
                "sku": np.repeat(self.series.get_level_values("sku"), len(self.weeks)),
                "location": np.repeat(self.series.get_level_values("location"), len(self.weeks)),
                "week": index.get_level_values("week"),
                "mean": self.mean().ravel(),
            }
        )
        for q, level in zip(QUANTILES, levels, strict=True):
            table[f"q{round(q * 100):02d}"] = level.ravel()
        return table
