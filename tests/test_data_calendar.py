"""Every date belongs to a Monday week, and no date to none."""

import pandas as pd

from data.calendar import monday_of, monday_on_or_after


def test_a_week_runs_from_monday_to_the_last_moment_of_sunday() -> None:
    days = pd.Series(pd.to_datetime(["2026-03-02", "2026-03-04 13:30", "2026-03-08 23:59", None], format="mixed"))
    assert list(monday_of(days)[:3]) == [pd.Timestamp("2026-03-02")] * 3
    assert list(monday_on_or_after(days)[:3]) == [
        pd.Timestamp(day) for day in ("2026-03-02", "2026-03-09", "2026-03-09")
    ]
    assert pd.isna(monday_of(days)[3])
    assert pd.isna(monday_on_or_after(days)[3])


def test_missing_dates_are_quiet_whatever_lies_in_memory() -> None:
    """Gaps must not pass through fractions of a day: those warned now and then, of what memory held before."""
    days = pd.Series([pd.NaT] * 3 + [pd.Timestamp("2026-03-02")])
    for _ in range(200):
        assert monday_on_or_after(days).notna().sum() == 1
