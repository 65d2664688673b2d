"""The story that the sample company tells: its calendar and the figures that were planted, each with its meaning."""

from typing import Any

import numpy as np
import pandas as pd

from data.calendar import weeks_from

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

AS_OF = pd.Timestamp("2026-10-05")
"""The Monday of the sample plan: four weeks before the festival, while the winter's down jackets are overdue."""

HISTORY = weeks_from(AS_OF - pd.Timedelta(weeks=156), 156)
"""Three years of Monday weeks before ``AS_OF``."""

FESTIVALS = pd.DatetimeIndex(["2023-10-23", "2024-11-18", "2025-11-03", "2026-11-02"])
"""First Monday of each autumn festival, two weeks that the platform sets anew each year; the last is still to come."""

LAST_FESTIVAL = FESTIVALS[-2]
FESTIVAL_WEEKS = 2
FESTIVAL_BOUGHT = 5_000
"""Units of baby goods that purchasing bought for the last festival: two weeks at the average of thirteen."""

FESTIVAL_SOLD = 8_000
"""Units of baby goods that the last festival sold all the same, thanks to express freight."""

FESTIVAL_STOCKOUTS = 0.22
"""Share of the promoted products' festival weeks that ran out all the same."""

SUMMER_FESTIVALS = pd.DatetimeIndex(["2024-06-10", "2025-05-26", "2026-06-08"])
SUMMER_UPLIFT = 1.35

SPRING_FESTIVALS = pd.DatetimeIndex(["2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06"])
"""New Year's days: couriers rest for the week of the day and the next one."""

SPRING_FESTIVAL_DEMAND = 0.6
NATIONAL_DAY_DEMAND = 1.08

WINTERS = {2023: 1.0, 2024: 0.72, 2025: 1.0}
"""Demand for all winter goods by the winter's first year: 2024 was warm."""

EARLY_COLD = (pd.Timestamp("2025-10-06"), pd.Timestamp("2025-10-20"), 1.9)
"""Two cold weeks at the start of the last winter, while the down jackets were still on their way ..."""

MILD_FROM = (pd.Timestamp("2025-12-01"), pd.Timestamp("2026-03-02"), 0.85)
"""... and a mild rest of it: the season had turned when they came."""

JACKETS_SOLD = 3_200
"""Best-selling down jackets sold in the last winter ..."""

JACKETS_LEFT = 0.20
"""... which left this share of what had been bought for the season,"""

JACKET_COST, JACKET_SALVAGE = 250.0, 100.0
"""and each of them lost the difference in clearance: 800 x 150 = 120,000."""

DAYS_LATE = 15
"""Days that last winter's main delivery of down jackets came late, and that this winter's is overdue already."""

DOWN_MAKER_DAYS_LATE = ((0, 2, 3), (4, 6, 7), (10, DAYS_LATE, 12), (14,))
"""Lateness of the down maker's deliveries, by winter and wave: it drifts. Of this winter's, the first is in."""

WAVES = {
    2023: ("2023-09-04", "2023-10-02", "2023-11-06"),
    2024: ("2024-09-02", "2024-10-07", "2024-11-04"),
    2025: ("2025-09-08", "2025-10-06", "2025-11-03"),
    2026: ("2026-09-07", "2026-09-20", "2026-11-02"),
}
"""Dates on which the winter goods of each season were promised, in three waves; the second is the main one."""

WAVE_SHARES = (0.25, 0.5, 0.25)

REPEATED_RECORDS = 0.45
"""Share of the four systems' product records that repeat a product another record already names."""


def stream(seed: int, subject: str) -> np.random.Generator:
    """Random numbers of one subject, so that a change to one part of the sample leaves the others as they were."""
    return np.random.default_rng([seed, *subject.encode()])


def rows(table: pd.DataFrame) -> list[Any]:
    """The table's rows with their columns as attributes."""
    return list(table.itertuples(index=False))


def winter_mask(year: int) -> Flags:
    """Which weeks of the history belong to the season that begins in that year's September, shape (156,)."""
    return np.asarray((pd.Timestamp(f"{year}-09-01") <= HISTORY) & (pd.Timestamp(f"{year + 1}-02-28") >= HISTORY))


def festival_mask(first: pd.Timestamp) -> Flags:
    """Which weeks of the history belong to the festival that starts on that Monday, shape (156,)."""
    return np.asarray((first <= HISTORY) & (first + pd.Timedelta(weeks=FESTIVAL_WEEKS) > HISTORY))
