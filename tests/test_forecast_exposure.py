"""What lifts a week above its level: season, drivers, promotions; and what censored weeks are taken for."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company, Floats
from data.policy import Forecast, Horizon, Policy
from forecast.censoring import demand_of, expected_demand
from forecast.engine import forecast
from forecast.exposure import Exposure, exposure

Build = Callable[..., Company]
AS_OF = pd.Timestamp("2026-03-02")
WEEKS = 156
POLICY = Policy(horizon=Horizon(weeks=10), forecast=Forecast(paths=400))


def mondays(weeks: int = WEEKS) -> pd.DatetimeIndex:
    return pd.date_range(end=AS_OF - pd.Timedelta(weeks=1), periods=weeks, freq="7D")


def built(build: Build, units: Floats, **tables: pd.DataFrame) -> Company:
    rows = {f"S{number:02d}": list(row) for number, row in enumerate(units)}
    return replace(build(rows, policy=POLICY), **tables)


def exposed(company: Company) -> Exposure:
    return exposure(demand_of(company), len(company.history.weeks), 10)


def promotions(starts: list[str], days: int, kind: str = "festival", uplift: float = np.nan) -> pd.DataFrame:
    start = pd.to_datetime(pd.Series(starts))
    return pd.DataFrame(
        {
            "promo": [f"P{number}" for number in range(len(starts))],
            "start": start,
            "end": start + pd.Timedelta(days=days - 1),
            "sku": "S00",
            "category": "",
            "location": "",
            "kind": kind,
            "discount": 0.2,
            "expected_uplift": uplift,
        }
    )


def test_the_season_is_pooled_over_series_and_comes_again(small_company: Build) -> None:
    rng = np.random.default_rng(1)
    winter = np.isin(mondays().month, [3, 4])
    units = rng.poisson(np.where(winter, 6.0, 2.0), (40, WEEKS)).astype(float)
    future = exposed(built(small_company, units)).future
    assert future[:, :8].mean() / exposed(built(small_company, units)).past.mean() == pytest.approx(2.25, rel=0.1)
    assert future[:, :8].std(axis=0).max() < 0.4


def test_a_small_group_of_seasonal_goods_keeps_its_season_among_many_others(small_company: Build) -> None:
    """Goods that stop selling for half a year: their few series outweigh the many flat ones that they are pooled with.

    Shrunk to the pool by a fixed trust, their index out of season is 0.35 instead of 0.
    """
    rng = np.random.default_rng(3)
    cold = np.isin(mondays().month, [10, 11, 12, 1, 2, 3])
    units = rng.poisson(np.vstack([np.tile(cold * 8.0, (4, 1)), np.full((60, WEEKS), 8.0)])).astype(float)
    company = built(small_company, units)
    category = ["winter"] * 4 + ["all year"] * 60
    index = exposed(replace(company, items=company.items.assign(category=category))).past
    summer = mondays().month.isin([6, 7, 8])
    assert index[:4, summer].mean() < 0.05
    assert index[4:, summer].mean() == pytest.approx(1.0, abs=0.1)


def test_a_new_item_of_no_category_has_the_season_of_the_one_it_is_like(small_company: Build) -> None:
    rng = np.random.default_rng(4)
    cold = np.isin(mondays().month, [10, 11, 12, 1, 2, 3])
    units = rng.poisson(np.vstack([np.tile(cold * 30.0, (3, 1)), np.full((31, WEEKS), 8.0)])).astype(float)
    units[-1] = np.nan
    company = built(small_company, units)
    items = company.items.assign(category=["winter"] * 3 + ["all year"] * 30 + [""], like_sku="")
    items.loc[items.index[-1], "like_sku"] = items.index[0]
    index = exposed(replace(company, items=items)).past
    assert np.abs(index[-1] - index[0]).max() < 0.01
    assert index[-1].max() > 1.5


def test_goods_out_of_season_do_not_tell_that_a_promoted_one_stands_still(small_company: Build) -> None:
    """In its festival's weeks only goods sell nothing that others buy in winter: the index of all would be 0."""
    cold = np.isin(mondays().month, [10, 11, 12, 1, 2, 3])
    units = np.vstack([np.full((1, WEEKS), 20.0), np.tile(cold * 2.0, (3, 1))])
    festivals = promotions(["2023-06-05", "2024-06-03", "2025-06-02"], 28)
    company = built(small_company, units, promotions=festivals)
    own = exposed(replace(company, items=company.items.assign(category=["toys"] + ["winter"] * 3)))
    usual = own.past[0] / own.events[0, :WEEKS]
    assert usual.min() > 0.4


def test_one_sale_by_the_lorry_makes_no_season_for_the_others(small_company: Build) -> None:
    units = np.random.default_rng(9).poisson(5.0, (30, WEEKS)).astype(float)
    plain = exposed(built(small_company, units)).future[1:]
    units[0, WEEKS - 50] = 2_000.0
    future = exposed(built(small_company, units)).future[1:]
    assert np.abs(future / plain - 1).max() < 0.1


def test_a_short_history_has_no_season(small_company: Build) -> None:
    units = np.random.default_rng(1).poisson(5, (3, 60)).astype(float)
    assert (exposed(built(small_company, units)).factors == 1).all()


def test_a_driver_known_ahead_moves_demand(small_company: Build) -> None:
    rng = np.random.default_rng(2)
    dates = pd.date_range(mondays()[0], periods=WEEKS + 10, freq="7D")
    deal = (rng.random(WEEKS + 10) < 0.3).astype(float)
    units = rng.poisson(10 * np.where(deal[:WEEKS] > 0, 2.0, 1.0), (10, WEEKS)).astype(float)
    drivers = pd.DataFrame({"date": dates, "sku": "", "location": "", "deal": deal})
    future = exposed(built(small_company, units, drivers=drivers)).future
    assert future[:, deal[WEEKS:] > 0].mean() / future[:, deal[WEEKS:] == 0].mean() == pytest.approx(2.0, rel=0.15)


def test_the_promotion_is_learnt_apart_from_the_baseline_and_by_stage(small_company: Build) -> None:
    rng = np.random.default_rng(3)
    starts = ["2024-03-18", "2025-03-10", "2026-03-16"]
    lift = np.ones(WEEKS)
    for start in starts[:2]:
        week = mondays().get_loc(pd.Timestamp(start))
        lift[week], lift[week + 1], lift[week + 2] = 2.0, 4.0, 0.6
    units = rng.poisson(50 * lift, (6, WEEKS)).astype(float)
    company = built(small_company, units, promotions=promotions(starts, 14).assign(sku="", category="all"))
    company = replace(company, items=company.items.assign(category="all"))
    events = exposed(company).events[:, WEEKS:].mean(axis=0)
    assert events[0] == 1.0
    assert events[1] == pytest.approx(1.0, abs=0.1)
    assert events[2] == pytest.approx(2.0, rel=0.2)
    assert events[3] == pytest.approx(4.0, rel=0.25)
    assert 0.5 < events[4] < 0.85


def lifted(weeks: dict[str, float], rows: int = 12) -> Floats:
    """Poisson units (rows, WEEKS) about 30, times a factor in each named week."""
    mean = np.full(WEEKS, 30.0)
    for week, factor in weeks.items():
        mean[mondays().get_loc(pd.Timestamp(week))] *= factor
    return np.random.default_rng(6).poisson(mean, (rows, WEEKS)).astype(float)


def test_a_promotion_that_names_neither_item_nor_category_is_of_all(small_company: Build) -> None:
    units = lifted({"2024-03-18": 3.0, "2025-03-10": 3.0})
    table = promotions(["2024-03-18", "2025-03-10", "2026-03-16"], 7).assign(sku="")
    future = exposed(built(small_company, units, promotions=table)).future[:, 2]
    assert future.min() > 2.2
    assert future.mean() == pytest.approx(3.0, rel=0.15)


def test_buyers_who_wait_for_a_promotion_are_missed_before_it(small_company: Build) -> None:
    starts = ["2024-03-18", "2025-03-10", "2026-03-16"]
    units = lifted({"2024-03-11": 0.6, "2024-03-18": 3.0, "2025-03-03": 0.6, "2025-03-10": 3.0})
    table = promotions(starts, 7).assign(sku="")
    events = exposed(built(small_company, units, promotions=table)).events[:, WEEKS:].mean(axis=0)
    assert 0.55 < events[1] < 0.8


def test_a_small_item_keeps_a_festival_of_its_own(small_company: Build) -> None:
    """Three weeks of 8 instead of 2 are less of chance than weeks of 2 are: shrunk as such, they were 3.0 times."""
    units = np.full((1, WEEKS), 2.0)
    starts = ["2023-06-05", "2024-06-03", "2025-06-02"]
    units[:, mondays().isin(pd.DatetimeIndex(starts))] = 8.0
    table = promotions([*starts, "2026-03-16"], 7)
    assert exposed(built(small_company, units, promotions=table)).future.max() > 3.2


def test_kinds_that_meet_in_a_week_share_its_uplift(small_company: Build) -> None:
    """Each was credited with all of what both sold, and both together with its square."""
    units = lifted({"2024-03-18": 3.0, "2025-03-10": 6.0})
    festivals = promotions(["2024-03-18", "2025-03-10", "2026-03-09", "2026-03-23"], 7)
    coupons = promotions(["2025-03-10", "2026-03-09", "2026-04-06"], 7, kind="coupon")
    table = pd.concat([festivals, coupons], ignore_index=True).assign(sku="")
    future = exposed(built(small_company, units, promotions=table)).future.mean(axis=0)
    assert future[1] == pytest.approx(6.0, rel=0.2)
    assert future[3] == pytest.approx(3.0, rel=0.2)
    assert future[5] == pytest.approx(2.0, rel=0.25)


def test_a_promotion_named_twice_counts_once(small_company: Build) -> None:
    units = lifted({"2024-03-18": 3.0, "2025-03-10": 3.0})
    starts = ["2024-03-18", "2025-03-10", "2026-03-16"]
    twice = pd.concat([promotions(starts, 7).assign(sku=""), promotions(starts, 7)], ignore_index=True)
    future = exposed(built(small_company, units, promotions=twice)).future[:, 2]
    assert future[0] == pytest.approx(future[1:].mean(), rel=0.15)


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_what_ran_out_at_a_promotion_teaches_no_small_uplift(small_company: Build, share: float) -> None:
    starts = ["2024-03-18", "2025-03-10", "2026-03-16"]
    units, in_stock = lifted({"2024-03-18": 3.0, "2025-03-10": 3.0}), np.ones((12, WEEKS))
    for start in starts[:2]:
        week = mondays().get_loc(pd.Timestamp(start))
        units[:6, week], in_stock[:6, week] = np.round(units[:6, week] * share), share
    company = built(small_company, units, promotions=promotions(starts, 7).assign(sku=""))
    company = replace(company, history=replace(company.history, in_stock=in_stock))
    assert exposed(company).future[:6, 2].mean() == pytest.approx(3.0, rel=0.15)


def test_the_coming_promotion_has_a_wide_upper_tail(small_company: Build) -> None:
    units = np.random.default_rng(4).poisson(50, (1, WEEKS)).astype(float)
    table = promotions(["2026-03-16"], 7, uplift=1.6)
    values = forecast(built(small_company, units, promotions=table)).paths.values[:, 0]
    usual, promoted = values[:, 1], values[:, 2]
    assert promoted.mean() / usual.mean() == pytest.approx(1.6, rel=0.12)
    assert np.quantile(promoted, 0.95) / promoted.mean() > 1.4 * np.quantile(usual, 0.95) / usual.mean()


def test_nothing_after_the_origin_changes_an_exposure(small_company: Build) -> None:
    units = np.random.default_rng(5).poisson(8, (5, WEEKS)).astype(float)
    changed = units.copy()
    changed[:, 120:] = 77
    before, after = (exposure(demand_of(built(small_company, known)), 120, 10).factors for known in (units, changed))
    assert (before == after).all()


def test_a_censored_week_is_an_estimate_above_its_sales_made_from_earlier_weeks(small_company: Build) -> None:
    weeks = 40
    units = np.full((1, weeks), 20.0)
    units[0, 30], units[0, 31] = 0.0, 12.0
    share = [1.0] * weeks
    share[30], share[31] = 0.0, 0.6
    company = small_company({"S00": list(units[0])}, in_stock={"S00": share}, policy=POLICY)
    demand = demand_of(company)
    assert demand.units[0, 30] == pytest.approx(20, rel=0.05)
    assert demand.units[0, 31] == pytest.approx(20, rel=0.05)
    assert not demand.seen[0, 30:32].any()
    assert (np.delete(demand.units[0], [30, 31]) == 20).all()


def test_a_long_gap_is_estimated_in_its_season_and_at_its_promotions(small_company: Build) -> None:
    rng = np.random.default_rng(8)
    mean = 20 * (1 + 0.6 * np.sin(2 * np.pi * np.arange(WEEKS) / 52))
    starts = [f"{mondays()[week]:%Y-%m-%d}" for week in (45, 97, 149)]
    mean[[45, 97, 149]] *= 3.0
    wanted = rng.poisson(mean, (30, WEEKS)).astype(float)
    share = np.ones(wanted.shape)
    share[:15, 144:] = 0.0
    company = built(small_company, wanted * share, promotions=promotions(starts, 7).assign(sku=""))
    demand = demand_of(replace(company, history=replace(company.history, in_stock=share)))
    told, came = demand.units[:15, 144:].mean(axis=0), mean[144:]
    assert told[[0, -1]] == pytest.approx(came[[0, -1]], rel=0.2)
    assert told[5] == pytest.approx(came[5], rel=0.3)


@pytest.mark.parametrize(
    ("sold", "share", "level", "least", "most"),
    [
        (5_000.0, 0.62, 2_500.0, 7_900.0, 8_200.0),
        (0.0, 0.0, 3.0, 2.9, 3.1),
        (9.0, 0.0, 3.0, 9.0, 14.0),
        (2.0, 0.5, float("nan"), 4.0, 4.0),
    ],
)
def test_expected_demand(sold: float, share: float, level: float, least: float, most: float) -> None:
    found = expected_demand(np.array([sold]), np.array([share]), np.array([level]))[0]
    assert least <= found <= most
