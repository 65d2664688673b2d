"""The door of the forecast: paths for every kind of series, reproducible, and a supplied forecast obeyed."""

import sys
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from data.company import Company, Floats, Panel
from data.policy import Policy
from data.problems import Problem
from data.progress import silent
from forecast.candidates import Candidate, Demand
from forecast.censoring import demand_of
from forecast.engine import forecast
from forecast.level import Smoothing
from forecast.outlook import outlook

NAN = float("nan")
AS_OF = pd.Timestamp("2026-01-05")


def _table(**columns: str) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def company(
    units: Floats, like: dict[int, int] | None = None, in_stock: Floats | None = None, horizon: int = 8, seed: int = 1
) -> Company:
    """A company with one series per row of ``units``, whose last week is the one before ``AS_OF``."""
    count, weeks = units.shape
    skus = [f"S{number:03d}" for number in range(count)]
    series = pd.MultiIndex.from_product([skus, ["main"]], names=["sku", "location"])
    items = pd.DataFrame({"category": "all", "like_sku": "", "price": 10.0, "unit_cost": 6.0}, index=skus)
    for new, old in (like or {}).items():
        items.loc[skus[new], "like_sku"] = skus[old]
    share = np.ones_like(units) if in_stock is None else in_stock
    mondays = pd.date_range(end=AS_OF - pd.Timedelta(weeks=1), periods=weeks, freq="7D")
    promotions = _table(promo="object", start="datetime64[ns]", end="datetime64[ns]", sku="object", category="object")
    empty = pd.DataFrame()
    return Company(
        as_of=AS_OF,
        policy=Policy.model_validate({"seed": seed, "horizon": {"weeks": horizon}}),
        history=Panel(series, mondays, units, share, np.full_like(units, np.nan)),
        items=items,
        locations=empty,
        suppliers=empty,
        sourcing=empty,
        price_breaks=empty,
        stock=pd.DataFrame({"on_hand": 0.0}, index=series),
        open_orders=empty,
        receipts=empty,
        promotions=promotions.assign(location="", kind="", discount=NAN, expected_uplift=NAN),
        drivers=_table(date="datetime64[ns]", sku="object", location="object"),
        budgets=empty,
        forecast=_table(sku="object", location="object", week="datetime64[ns]", mean="float64"),
        input_digest="test",
    )


def poisson(mean: float, count: int, weeks: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).poisson(mean, (count, weeks)).astype(float)


def test_strange_series_all_have_paths() -> None:
    weeks = 60
    units = np.stack(
        [
            np.zeros(weeks),
            np.full(weeks, 7.0),
            np.r_[np.full(weeks - 1, NAN), 4.0],
            np.full(weeks, NAN),
            np.where(np.arange(weeks) % 5 == 0, 3.0, NAN),
            poisson(0.1, 1, weeks)[0],
        ]
    )
    paths = forecast(company(units)).paths.values
    assert paths.shape == (200, 6, 8)
    assert np.isfinite(paths).all()
    assert (paths % 1 == 0).all()
    assert paths[:, 0].mean() < 0.2
    assert paths[:, 1].mean() == pytest.approx(7, rel=0.15)


@pytest.mark.parametrize("weeks", [0, 1, 2, 4, 9, 30])
def test_short_histories(weeks: int) -> None:
    paths = forecast(company(poisson(5.0, 3, weeks), horizon=5)).paths
    assert paths.values.shape == (200, 3, 5)
    if weeks >= 4:
        assert paths.mean().mean() == pytest.approx(5, rel=0.4)


def test_the_same_seed_gives_the_same_paths_and_another_seed_others() -> None:
    units = poisson(3.0, 5, 80)
    once, again, other = (forecast(company(units, seed=seed)).paths.values for seed in (1, 1, 2))
    assert (once == again).all()
    assert (once != other).any()


def test_a_model_that_trains_beside_the_others_changes_nothing() -> None:
    demand = demand_of(company(poisson(3.0, 30, 110)))
    asked: list[Demand] = []

    class Trained(Smoothing):
        trains = True

        def forecast(
            self, demand: Demand, origins: Sequence[int], horizon: int, seed: int
        ) -> tuple[Floats, list[Problem]]:
            asked.append(demand)
            return super().forecast(demand, origins, horizon, seed)

    beside, _ = outlook(demand, [Trained(8), Smoothing(4)], silent)
    alone, _ = outlook(demand, [Smoothing(8), Smoothing(4)], silent)
    assert (beside.mean == alone.mean).all()
    assert asked[0].company.series is not demand.company.series


def test_slow_series_have_the_right_share_of_zeros() -> None:
    units = poisson(0.4, 200, 120)
    paths = forecast(company(units)).paths.values
    assert (paths == 0).mean() == pytest.approx(np.exp(-0.4), abs=0.03)


def test_what_moved_together_moves_together_in_the_paths() -> None:
    rng = np.random.default_rng(3)
    common = np.exp(0.5 * rng.standard_normal((1, 150)))
    units = np.round(100 * common * np.exp(0.1 * rng.standard_normal((6, 150))))
    paths = forecast(company(units)).paths.values
    together = np.corrcoef(paths[:, :, 2].T)[np.triu_indices(6, 1)]
    apart = np.corrcoef(units)[np.triu_indices(6, 1)]
    assert apart.mean() > 0.9
    assert together.mean() > 0.6


def test_a_supplied_distribution_moves_with_the_others() -> None:
    rng = np.random.default_rng(3)
    common = np.exp(0.5 * rng.standard_normal((1, 150)))
    base = company(np.round(100 * common * np.exp(0.1 * rng.standard_normal((3, 150)))), horizon=3)
    weeks = pd.date_range(AS_OF, periods=3, freq="7D")
    table = pd.DataFrame({"sku": "S001", "location": "main", "week": weeks, "mean": 100.0, "q10": 50.0, "q90": 160.0})
    values = forecast(Company(**{**vars(base), "forecast": table})).paths.values
    assert np.corrcoef(values[:, 0, 1], values[:, 1, 1])[0, 1] > 0.5


def test_weeks_without_any_data_before_as_of_are_bridged() -> None:
    whole = company(poisson(6.0, 4, 90))
    late = Company(**{**vars(whole), "history": whole.history.before(AS_OF - pd.Timedelta(weeks=3))})
    assert forecast(late).paths.mean().mean() == pytest.approx(6, rel=0.25)


def test_a_supplied_forecast_replaces_ours_and_is_certain_without_quantiles() -> None:
    base = company(poisson(6.0, 2, 40), horizon=3)
    weeks = pd.date_range(AS_OF, periods=2, freq="7D")
    table = pd.DataFrame({"sku": "S001", "location": "main", "week": weeks, "mean": [2.5, 80.0]})
    result = forecast(Company(**{**vars(base), "forecast": table}))
    assert (result.paths.values[:, 1] == [2.5, 80.0, 0.0]).all()
    assert [(p.severity, p.table, p.sku) for p in result.problems] == [("warn", "forecast", "S001")]


def test_supplied_quantiles_spread_the_paths_about_the_mean() -> None:
    base = company(np.empty((1, 0)), horizon=1)
    row = {"sku": "S000", "location": "main", "week": AS_OF, "mean": 100.0, "q10": 50.0, "q50": 100.0, "q90": 150.0}
    values = forecast(Company(**{**vars(base), "forecast": pd.DataFrame([row])})).paths.values[:, 0, 0]
    assert values.mean() == pytest.approx(100)
    assert np.quantile(values, [0.1, 0.9]) == pytest.approx([50, 150], rel=0.15)


class Broken(Candidate):
    name = "broken"

    def forecast(self, demand: Demand, origins: Sequence[int], horizon: int, seed: int) -> tuple[Floats, list[Problem]]:
        raise ZeroDivisionError(f"no units: {demand.units.size}, {len(origins)}, {horizon}, {seed}")


def test_a_method_that_fails_is_named_and_the_others_go_on() -> None:
    base = company(poisson(6.0, 2, 60))
    result = forecast(base, candidates=[Broken(), Smoothing(8)])
    assert result.paths.mean().mean() == pytest.approx(6, rel=0.25)
    assert [p.problem for p in result.problems] == ["the forecasting method broken failed"]
    assert "no units" in result.problems[0].effect
    assert (result.models["broken"] == 0).all()
    with pytest.raises(ZeroDivisionError):
        forecast(base, candidates=[Broken()])


def test_without_lightgbm_the_others_forecast_and_it_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    result = forecast(company(poisson(6.0, 20, 60)))
    assert result.paths.mean().mean() == pytest.approx(6, rel=0.1)
    assert [p.problem for p in result.problems] == ["LightGBM cannot be loaded"]
    assert "libgomp1" in result.problems[0].remedy


def test_a_new_item_follows_the_old_one_behind_a_new_one(small_company: Callable[..., Company]) -> None:
    rows = {f"K{number}": list(poisson(5.0 * (number + 1), 1, 60)[0]) for number in range(8)}
    rows |= {"new": [NAN] * 60, "newer": [NAN] * 60, "unlike": [NAN] * 60}
    items = {"new": {"like_sku": "K7"}, "newer": {"like_sku": "new"}}
    mean = forecast(small_company(rows, items=items)).paths.mean().mean(axis=1)
    new, newer, unlike = mean[-3:]
    assert new == pytest.approx(40, rel=0.15)
    assert newer == pytest.approx(40, rel=0.15)
    assert unlike < 30


def test_a_new_item_follows_the_one_it_is_like() -> None:
    units = np.stack([np.full(60, 50.0), np.full(60, 2.0), np.full(60, NAN)])
    paths = forecast(company(units, like={2: 0})).paths.values
    assert paths[:, 2].mean() == pytest.approx(50, rel=0.3)
    assert paths[:, 2].std() > 3 * paths[:, 0].std()
