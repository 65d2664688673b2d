"""statsforecast's models, one series at a time: what they see, and what stands in when one fails."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from data.company import Floats
from forecast.candidates import Demand
from forecast.exposure import Exposure, Exposures
from forecast.local import CAREFUL, QUICK, Local, Method, local_models, seasonal_naive

NAN = float("nan")
QUICK_NAMES = [method.name for method in QUICK]


class Doubling(Exposures):
    """Weeks to come sell twice what past weeks sold."""

    def at(self, demand: Demand, origin: int, horizon: int) -> Exposure:
        factors = np.ones((len(demand.units), origin + horizon))
        factors[:, origin:] = 2.0
        return Exposure(origin, factors, factors, cast(Any, None), cast(Any, None))


def demand(units: Floats) -> Demand:
    series = pd.MultiIndex.from_product([[f"S{i}" for i in range(len(units))], ["main"]], names=["sku", "location"])
    weeks = pd.date_range("2024-01-01", periods=units.shape[1], freq="7D")
    company = cast(Any, SimpleNamespace(series=series))
    return Demand(company, weeks, units, ~np.isnan(units), np.full_like(units, NAN))


@pytest.mark.parametrize("method", [method for method in QUICK if method.name != "CrostonSBA"])
def test_constant_demand_goes_on_with_the_exposure_to_come(method: Method) -> None:
    means, problems = Local(method, Doubling()).forecast(demand(np.full((2, 40), 7.0)), [30, 40], 3, seed=0)
    assert means.shape == (2, 2, 3)
    assert means == pytest.approx(14.0, rel=1e-3)
    assert problems == []


def test_nothing_after_the_origin_is_seen() -> None:
    units = np.full((1, 40), 4.0)
    changed = units.copy()
    changed[:, 30:] = 900.0
    model = Local(QUICK[0], Doubling())
    before, after = (model.forecast(demand(known), [30], 5, seed=0)[0] for known in (units, changed))
    assert (before == after).all()


def test_a_model_that_fails_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Moody:
        def forecast(self, y: Floats, h: int) -> dict[str, Floats]:
            if y[0] == 5.0:
                raise FloatingPointError("no convergence")
            return {"mean": np.full(h, NAN if y[0] == 6.0 else -1.0)}

    monkeypatch.setattr(Method, "model", lambda _: Moody())
    units = np.stack([np.full(10, 5.0), np.full(10, 6.0), np.full(10, 1.0)])
    means, problems = Local(QUICK[0], Doubling()).forecast(demand(units), [8, 10], 2, seed=0)
    assert means[1].tolist() == [[5.0, 5.0], [6.0, 6.0], [0.0, 0.0]]
    assert [(one.severity, one.sku) for one in problems] == [("warn", "S0"), ("warn", "S1")]
    assert "no convergence" in problems[0].effect


def test_it_abstains_without_enough_history() -> None:
    units = np.array([[NAN] * 10, [NAN] * 8 + [3.0, 3.0]])
    means, problems = Local(QUICK[0], Doubling()).forecast(demand(units), [10], 2, seed=0)
    assert np.isnan(means).all()
    assert problems == []


def test_missing_weeks_repeat_the_last_known_one() -> None:
    gaps = np.array([[NAN, 2.0, NAN, 2.0, NAN, 2.0, 2.0]])
    means, _ = Local(QUICK[0], Doubling()).forecast(demand(gaps), [7], 1, seed=0)
    assert means == pytest.approx(4.0)


def test_seasonal_naive_repeats_last_year() -> None:
    year = np.arange(60.0)
    assert seasonal_naive(year, 3).tolist() == [8.0, 9.0, 10.0]
    assert seasonal_naive(np.array([NAN, 4.0, 6.0]), 2).tolist() == [6.0, 6.0]
    assert seasonal_naive(np.array([NAN]), 2).tolist() == [0.0, 0.0]


def test_careful_models_forecast_long_smooth_series_alone() -> None:
    trend = 100.0 + np.arange(80.0)
    rough = np.where(np.arange(80) % 2 == 0, 1.0, 9.0)
    panel = demand(np.stack([trend, rough]))
    means, _ = Local(CAREFUL[0], Doubling()).forecast(panel, [70, 80], 2, seed=0)
    assert means[1, 0] == pytest.approx([360, 362], rel=0.01)
    assert np.isnan(means[:, 1]).all()
    assert [model.name for model in local_models(demand(rough[None]), Doubling())] == QUICK_NAMES
    assert len(local_models(panel, Doubling())) == len(QUICK) + len(CAREFUL)


def test_careful_models_forecast_from_the_latest_origins_where_series_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecast.local.CAREFUL_FITS", 60)
    trends = 100.0 + np.arange(60.0) + np.arange(20.0)[:, None]
    model = Local(Method("SimpleExponentialSmoothingOptimized", careful=True), Doubling())
    means, _ = model.forecast(demand(trends), [55, 56, 57, 58, 60], 2, seed=0)
    assert np.isnan(means).all(axis=(1, 2)).tolist() == [True, True, False, False, False]
