"""The clock: a run is as of a Monday before opening; every date belongs to a Monday week."""

import pandas as pd

WEEK = pd.Timedelta(weeks=1)


def monday_of(dates: pd.Series) -> pd.Series:
    """The Monday of each date's week; no date has none."""
    mondays: pd.Series = dates.dt.to_period("W-SUN").dt.start_time
    return mondays


def monday_on_or_after(dates: pd.Series) -> pd.Series:
    """The first Monday from which something that arrives on the date can be sold; no date has none."""
    return monday_of(dates + pd.Timedelta(days=6))


def weeks_from(first: pd.Timestamp, count: int) -> pd.DatetimeIndex:
    """``count`` weeks (Mondays) from ``first`` on."""
    return pd.date_range(first, periods=count, freq="7D")
