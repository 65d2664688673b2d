"""What the global model knows of weeks to come: drivers and promotions by series, and what they do to its forecast."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from forecast.candidates import Demand
from forecast.features import Features, all_rows
from forecast.global_model import GlobalModel, Training
from forecast.known_ahead import known_ahead

WEEKS, SERIES, HORIZON = 110, 20, 4
QUICK = Training(rows=20_000, trees=80)
Build = Callable[..., Company]


def drivers_table(company: Company, deal: np.ndarray) -> pd.DataFrame:
    """Every fifth series-week is a deal; one row per sku and week, known past the end of the history."""
    weeks = pd.date_range(company.history.weeks[0], periods=deal.shape[1], freq="7D")
    rows = [
        {"date": week, "sku": sku, "location": None, "deal": deal[i, t]}
        for i, sku in enumerate(company.series.get_level_values("sku"))
        for t, week in enumerate(weeks)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def driven(small_company: Build) -> tuple[Demand, np.ndarray]:
    """Levels of 20 to 60 units, three times as much in a week with a deal; and the deals (N, T + H)."""
    return lifted(small_company, 20, 60)


def lifted(small_company: Build, least: float, most: float) -> tuple[Demand, np.ndarray]:
    rng = np.random.default_rng(4)
    deal = (rng.random((SERIES, WEEKS + HORIZON)) < 0.2).astype(float)
    mean = rng.uniform(least, most, SERIES)[:, None] * np.where(deal[:, :WEEKS] > 0, 3.0, 1.0)
    units = rng.poisson(mean).astype(float)
    company = small_company({f"A{i:02d}": list(units[i]) for i in range(SERIES)})
    company = replace(company, drivers=drivers_table(company, deal))
    return Demand(company, company.history.weeks, units, units >= 0, company.history.price), deal


@pytest.mark.parametrize(("loss", "levels"), [("count", (2, 6)), ("factor", (20, 60))])
def test_a_driver_of_the_target_week_moves_the_forecast(
    small_company: Build, loss: str, levels: tuple[float, float]
) -> None:
    demand, deal = lifted(small_company, *levels)
    mean, problems = GlobalModel(loss=loss, near=QUICK).forecast(demand, [WEEKS], HORIZON, seed=2)
    level = demand.units[deal[:, :WEEKS] == 0].mean()
    ahead = deal[:, WEEKS:] > 0
    assert problems == []
    assert 2.2 * mean[0][~ahead].mean() < mean[0][ahead].mean() < 3.8 * mean[0][~ahead].mean()
    assert mean[0][~ahead].mean() == pytest.approx(level, rel=0.15)


def test_one_loss_serves_series_of_few_units_and_the_other_the_rest(driven: tuple[Demand, np.ndarray]) -> None:
    demand, _ = driven
    units = demand.units.copy()
    units[:3] = np.floor(units[:3] / 20)
    few = replace(demand, units=units)
    by_factors, by_counts = (
        GlobalModel(loss=loss, near=QUICK).forecast(few, [WEEKS], HORIZON, seed=2)[0][0] for loss in ("factor", "count")
    )
    assert np.isnan(by_factors[:3]).all()
    assert np.isfinite(by_factors[3:]).all()
    np.testing.assert_array_equal(np.isnan(by_counts), np.isfinite(by_factors))


def test_the_more_exactly_named_driver_counts(small_company: Build) -> None:
    company = small_company({"A": [1.0] * 4, "B": [1.0] * 4})
    first, second = company.history.weeks[:2]
    rows = [(first, None, None, 1.0), (first, "B", None, 2.0), (first, "B", "main", 3.0), (second, None, "main", 4.0)]
    company = replace(company, drivers=pd.DataFrame(rows, columns=["date", "sku", "location", "holiday"]))
    known = known_ahead(company, company.history.weeks)
    assert list(known) == ["driver_holiday"]
    np.testing.assert_array_equal(known["driver_holiday"][:, :3], [[1.0, 4.0, np.nan], [3.0, 4.0, np.nan]])


def test_dates_within_a_week_are_averaged_and_constants_left_out(small_company: Build) -> None:
    company = small_company({"A": [1.0] * 3})
    monday, later = company.history.weeks[:2]
    dates = [monday, monday + pd.Timedelta(days=3), later]
    table = pd.DataFrame({"date": dates, "price": [2.0, 4.0, 5.0], "same": [1.0, 1.0, 1.0]})
    known = known_ahead(replace(company, drivers=table), company.history.weeks)
    assert list(known) == ["driver_price"]
    np.testing.assert_array_equal(known["driver_price"][0, :2], [3.0, 5.0])


def test_promotions_are_known_ahead_by_series(small_company: Build) -> None:
    company = small_company({"A": [1.0] * 4, "B": [1.0] * 4})
    week = company.history.weeks[1]
    promotion = {"promo": "P", "start": week, "end": week + pd.Timedelta(days=6), "sku": "B", "discount": 0.3}
    promotion |= {"category": "", "location": "", "kind": "flyer", "expected_uplift": 2.0}
    known = known_ahead(replace(company, promotions=pd.DataFrame([promotion])), company.history.weeks)
    np.testing.assert_allclose(known["promoted"], [[0, 0, 0, 0], [0, 1, 0, 0]])
    np.testing.assert_allclose(known["promotion_discount"][1], [0, 0.3, 0, 0])
    np.testing.assert_allclose(known["promotion_expected"][1], [0, 1.0, 0, 0])


def test_a_price_is_told_against_its_usual_one(small_company: Build) -> None:
    units = np.full((1, 40), 30.0)
    company = small_company({"A": list(units[0])})
    weeks = pd.date_range(company.history.weeks[0], periods=42, freq="7D")
    price = np.where(np.arange(42) == 41, 5.0, 10.0)
    company = replace(company, drivers=pd.DataFrame({"date": weeks, "price": price}))
    demand = Demand(company, company.history.weeks, units, units > 0, company.history.price)
    table = Features(demand, 2).table(all_rows(1, [40], [0, 1]))
    np.testing.assert_allclose(table["driver_price_change"], [0.0, np.log(0.5)], atol=1e-6)
