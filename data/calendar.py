"""The clock: a run is as of a Monday before opening; every date belongs to a Monday week."""

import pandas as pd

WEEK = pd.Timedelta(weeks=1)


def monday_of(dates: pd.Series) -> pd.Series:
    """The Monday of each date's week."""
    days = dates.dt.normalize()
    mondays: pd.Series = days - pd.to_timedelta(days.dt.weekday, unit="D")
    return mondays


def monday_on_or_after(dates: pd.Series) -> pd.Series:
    """The first Monday from which something that arrives on the date can be sold."""
    days = dates.dt.normalize()
    mondays: pd.Series = days + pd.to_timedelta((7 - days.dt.weekday) % 7, unit="D")
    return mondays


def weeks_from(first: pd.Timestamp, count: int) -> pd.DatetimeIndex:
    """``count`` weeks (Mondays) from ``first`` on."""
    return pd.date_range(first, periods=count, freq="7D")
