"""The global model: honest at every origin, blind to what was not seen, better than a level where there is a season."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.calendar import weeks_from
from data.company import Company, Panel
from data.policy import Policy
from forecast.candidates import Demand
from forecast.features import Features, Rows, all_rows
from forecast.global_model import GlobalModel, Training

WEEKS, SERIES = 120, 24
QUICK = GlobalModel(near=Training(rows=20_000, trees=60), far=Training(rows=5_000, trees=40))


def company(skus: int = SERIES // 2, weeks: int = WEEKS) -> Company:
    names = [f"A{k:02d}" for k in range(skus)]
    series = pd.MultiIndex.from_product([names, ["north", "south"]], names=["sku", "location"])
    mondays = weeks_from(pd.Timestamp("2023-01-02"), weeks)
    blank = np.full((len(series), weeks), np.nan)
    items = pd.DataFrame({"category": [f"c{k % 3}" for k in range(skus)]}, index=pd.Index(names, name="sku"))
    nothing = pd.DataFrame()
    return Company(
        as_of=mondays[-1] + pd.Timedelta(weeks=1),
        policy=Policy(),
        history=Panel(series, mondays, blank, np.ones(blank.shape), blank),
        items=items,
        locations=pd.DataFrame(index=pd.Index(["north", "south"], name="location")),
        suppliers=nothing,
        sourcing=nothing,
        price_breaks=nothing,
        stock=pd.DataFrame({"on_hand": 0.0}, index=series),
        open_orders=nothing,
        receipts=nothing,
        promotions=pd.DataFrame(
            columns=["promo", "start", "end", "sku", "category", "location", "kind", "discount", "expected_uplift"]
        ),
        drivers=pd.DataFrame(columns=["date", "sku", "location"]),
        budgets=nothing,
        forecast=nothing,
        input_digest="",
    )


def seasonal_demand(weeks: int = WEEKS) -> Demand:
    """Counts about levels 2..20 with a peak of four times the level in the first quarter of each year."""
    rng = np.random.default_rng(5)
    level = rng.uniform(2, 20, SERIES)
    mean = level[:, None] * np.where(np.arange(weeks) % 52 < 8, 4.0, 1.0)
    units = rng.poisson(mean).astype(float)
    mondays = weeks_from(pd.Timestamp("2023-01-02"), weeks)
    return Demand(company(weeks=weeks), mondays, units, units >= 0, units * np.nan)


@pytest.fixture(scope="module")
def demand() -> Demand:
    return seasonal_demand()


def test_shape_and_season(demand: Demand) -> None:
    origins = [98, 102, WEEKS]
    mean, problems = QUICK.forecast(demand, origins, 8, seed=1)
    assert mean.shape == (3, SERIES, 8)
    assert (mean >= 0).all()
    assert problems == []
    actual = demand.units[:, 102:110]
    level = demand.units[:, 90:102].mean(axis=1, keepdims=True)
    assert np.abs(mean[1] - actual).sum() < 0.6 * np.abs(level - actual).sum()


def test_same_seed_same_forecast(demand: Demand) -> None:
    once, _ = QUICK.forecast(demand, [110], 6, seed=3)
    again, _ = QUICK.forecast(demand, [110], 6, seed=3)
    np.testing.assert_array_equal(once, again)


def test_an_origin_knows_nothing_of_its_future(demand: Demand) -> None:
    changed = demand.units.copy()
    changed[:, 104:] = 999.0
    before, _ = QUICK.forecast(demand, [100, 104, WEEKS], 8, seed=1)
    after, _ = QUICK.forecast(replace(demand, units=changed), [100, 104, WEEKS], 8, seed=1)
    np.testing.assert_array_equal(before[:2], after[:2])
    assert not np.allclose(before[2], after[2])


def test_weeks_not_fully_seen_are_not_learnt_as_facts(demand: Demand) -> None:
    seen = demand.seen.copy()
    seen[:, 60:70:2] = False
    low, high = demand.units.copy(), demand.units.copy()
    low[~seen], high[~seen] = 0.0, np.nan
    rows = all_rows(SERIES, [72], [0, 1])
    own = ["scale", "level_13", "lag_3", "deviation_13", "nonzero_13", "unseen_13", "since_sale"]
    tables = [Features(replace(demand, units=units, seen=seen), 2).table(rows)[own] for units in (low, high)]
    pd.testing.assert_frame_equal(*tables)


def test_levels_and_last_year_are_the_means_they_say() -> None:
    demand = seasonal_demand()
    features = Features(demand, 3)
    rows = Rows(np.array([3]), np.array([100]), np.array([2]))
    table, scale = features.table(rows), features.scale(rows)[0]
    assert table["level_8"][0] * scale == pytest.approx(demand.units[3, 92:100].mean(), rel=1e-5)
    assert table["last_year_1"][0] * scale == pytest.approx(demand.units[3, 49:52].mean(), rel=1e-5)
    long = demand.units[3, :100].mean()
    assert scale == pytest.approx((demand.units[3, 74:100].sum() + 4 * long) / 30)


def test_abstains_where_history_is_short() -> None:
    short = seasonal_demand(weeks=7)
    mean, problems = QUICK.forecast(short, [4, 7], 3, seed=0)
    assert np.isnan(mean).all()
    assert problems == []


def test_abstains_for_a_series_hardly_seen(demand: Demand) -> None:
    units = demand.units.copy()
    units[5, : WEEKS - 3] = np.nan
    mean, _ = QUICK.forecast(replace(demand, units=units, seen=np.isfinite(units)), [WEEKS], 4, seed=0)
    assert np.isnan(mean[0, 5]).all()
    assert np.isfinite(np.delete(mean[0], 5, axis=0)).all()
