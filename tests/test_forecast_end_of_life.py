"""The end of an item's life: told by its date, or by its silence."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import Company, no_overrides
from data.policy import Forecast, Horizon, Policy
from forecast.engine import forecast
from forecast.level import Smoothing
from scenarios.pipeline import run_company

Build = Callable[..., Company]
POLICY = Policy(horizon=Horizon(weeks=12), forecast=Forecast(paths=60))
AS_OF = pd.Timestamp("2026-03-02")
END = pd.Timestamp("2026-04-08")


def sold(mean: float, weeks: int = 130, silent: int = 0, seed: int = 0) -> list[float]:
    drawn = np.random.default_rng(seed).poisson(mean, weeks).astype(float)
    drawn[weeks - silent :] = 0.0
    return drawn.tolist()


def said_of(company: Company) -> tuple[list[tuple[str, str]], Any]:
    made = forecast(company, candidates=[Smoothing(16)])
    return [(problem.sku, problem.value) for problem in made.problems], made.paths.mean()


def test_after_its_last_day_an_item_sells_nothing(small_company: Build) -> None:
    company = small_company({"a": sold(9), "b": sold(9, seed=1)}, items={"a": {"end_of_life": END}}, policy=POLICY)
    values = forecast(company, candidates=[Smoothing(16)]).paths.values
    assert values[:, 0, :6].mean() == pytest.approx(9, rel=0.15)
    assert (values[:, 0, 6:] == 0).all()
    assert (values[:, 1, 6:] > 0).any()


def test_a_new_item_sells_nothing_before_its_season(small_company: Build) -> None:
    units = {"new": [float("nan")] * 60, "old": [20.0] * 60, "started": [float("nan")] * 60}
    days = {"new": "2026-03-18", "old": "2026-03-18", "started": "2026-02-01"}
    items = {sku: {"season_start": pd.Timestamp(day)} for sku, day in days.items()}
    mean = forecast(small_company(units, items=items)).paths.mean()
    assert (mean[0, :2] == 0).all()
    assert (mean[0, 2:] > 5).all()
    assert (mean[1:] > 5).all()


def test_no_override_sells_an_item_after_its_last_day(small_company: Build) -> None:
    company = small_company({"a": sold(9)}, items={"a": {"end_of_life": END}}, policy=POLICY)
    row = {"who": "Ann", "made_on": AS_OF, "sku": "a", "category": "", "location": "", "why": "", "until": pd.NaT}
    row |= {"start": AS_OF, "end": AS_OF + pd.Timedelta(weeks=12), "operation": "set", "value": 30.0, "row": 2}
    table = pd.DataFrame([row]).astype(no_overrides().dtypes.to_dict())
    values = forecast(replace(company, overrides=table), candidates=[Smoothing(16)]).paths.values
    assert values[:, 0, :6].mean() == pytest.approx(30, rel=0.03)
    assert (values[:, 0, 6:] == 0).all()


def test_nothing_is_ordered_that_arrives_after_the_last_day_or_for_later(small_company: Build) -> None:
    ends = {"season_end": END, "end_of_life": END, "salvage_value": 0.5}
    units = {"a": sold(9), "b": sold(9, seed=1)}
    company = small_company(units, items={"a": ends}, on_hand={"a": 9.0, "b": 9.0}, policy=POLICY)
    run = run_company(company, [])
    bought = run.plan.orders.groupby("sku").agg(units=("units", "sum"), last=("arrival_date", "max"))
    assert bought.at["a", "last"] <= END < bought.at["b", "last"]
    assert bought.at["a", "units"] < 6 * 9 * 1.3 < bought.at["b", "units"]


def test_an_alert_says_what_the_last_day_leaves(small_company: Build) -> None:
    ends = {"season_end": END, "end_of_life": END, "salvage_value": 0.5}
    company = small_company({"a": sold(2)}, items={"a": ends}, on_hand={"a": 90.0}, policy=POLICY)
    (alert,) = run_company(company, []).alerts.to_dict(orient="records")
    assert alert["kind"] == "season_leftover"
    assert "left when it is sold for the last time on 2026-04-08" in alert["message"]


@pytest.mark.parametrize(("mean", "silent"), [(8.0, 13), (8.0, 30), (1.0, 40)])
def test_a_series_that_fell_silent_in_stock_has_faded(small_company: Build, mean: float, silent: int) -> None:
    company = small_company(
        {"a": sold(mean, silent=silent), "b": sold(mean, seed=1)}, on_hand={"a": 5.0, "b": 5.0}, policy=POLICY
    )
    told, expected = said_of(company)
    (line,) = told
    assert line[0] == "a"
    assert int(line[1].split(", ")[1].split()[0]) >= silent
    assert expected[0].max() <= 0.7 / silent + 0.1
    # Half of the errors that teach b's forecast how wrong it may be are those of a's silence.
    assert expected[1].mean() == pytest.approx(mean, rel=0.5)


@pytest.mark.parametrize(
    ("units", "on_hand"),
    [
        (sold(8, silent=20), 0.0),
        (sold(8, silent=10), 5.0),
        (sold(0.1, silent=20), 5.0),
        ([0.0] * 110 + [3.0] + [0.0] * 19, 5.0),
        ([0.0] * 130, 5.0),
    ],
    ids=["nothing on the shelf", "a short pause", "slow", "sold once", "never sold"],
)
def test_other_silence_says_nothing(small_company: Build, units: list[float], on_hand: float) -> None:
    company = small_company({"a": units, "b": sold(8)}, on_hand={"a": on_hand, "b": 5.0}, policy=POLICY)
    assert said_of(company)[0] == []


def test_weeks_out_of_stock_are_no_silence(small_company: Build) -> None:
    in_stock = [1.0] * 110 + [0.0] * 20
    company = small_company(
        {"a": sold(8, silent=20), "b": sold(8)}, on_hand={"a": 5.0}, in_stock={"a": in_stock}, policy=POLICY
    )
    told, expected = said_of(company)
    assert told == []
    assert expected[0].mean() == pytest.approx(8, rel=0.3)


def test_an_item_out_of_season_has_not_faded(small_company: Build) -> None:
    winters = [20.0 if week % 52 < 20 else 0.0 for week in range(130)]
    by_history = small_company({"a": winters}, on_hand={"a": 5.0}, policy=POLICY)
    assert said_of(by_history)[0] == []
    one_winter = sold(20, silent=26)
    to_come = {"a": {"season_end": AS_OF + pd.Timedelta(weeks=40)}}
    by_dates = small_company({"a": one_winter}, items=to_come, on_hand={"a": 5.0}, policy=POLICY)
    assert said_of(by_dates)[0] == []
    assert len(said_of(replace(by_dates, items=by_dates.items.assign(season_end=pd.NaT)))[0]) == 1
