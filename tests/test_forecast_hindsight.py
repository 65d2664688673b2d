"""The accuracy table: scores against plain loops, simple forecasts by hand, and all methods on the same weeks."""

from collections.abc import Callable

import numpy as np
import pytest

from data.company import Company, Floats
from data.policy import Forecast, Horizon, Policy
from forecast.accuracy import COLUMNS, COVER, OURS
from forecast.censoring import demand_of
from forecast.demand_table import demand_table, estimated
from forecast.engine import forecast
from forecast.hindsight import cover_weeks, of_paths, totals
from forecast.level import Smoothing
from forecast.scores import coverage, naive_error, naive_error_of_totals
from forecast.simple import RULES, moving_average, seasonal_naive, simple_paths

Build = Callable[..., Company]
NAN = float("nan")
POLICY = Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=60))


def poisson(mean: float, count: int, weeks: int, seed: int = 0) -> dict[str, list[float]]:
    drawn = np.random.default_rng(seed).poisson(mean, (count, weeks)).astype(float)
    return {f"S{number:03d}": row.tolist() for number, row in enumerate(drawn)}


def test_sums_over_each_series_own_weeks() -> None:
    units = np.array([[1.0, 2.0, 4.0], [1.0, NAN, 4.0], [1.0, NAN, 4.0]])
    assert totals(units, np.array([2, 1, 3]))[:, 0].tolist() == pytest.approx([3.0, 1.0, NAN], nan_ok=True)


def test_the_weeks_that_an_order_must_cover_are_lead_time_and_review(small_company: Build) -> None:
    lanes = [
        {"sku": "a", "supplier": "S", "lead_time_weeks": 3},
        {"sku": "b", "supplier": "T", "lead_time_weeks": 2},
        {"sku": "b", "supplier": "S", "lead_time_weeks": 1, "unit_cost": 9.0},
    ]
    company = small_company(
        {"a": [1.0], "b": [1.0], "c": [1.0]}, lanes=lanes, suppliers={"S": {}, "T": {"order_every_weeks": 4}}
    )
    assert cover_weeks(company, 26).tolist() == [4, 6, 1]
    assert cover_weeks(company, 5).tolist() == [4, 5, 1]


def test_the_moving_average_by_hand() -> None:
    units = np.array([[9.0] * 5 + [2.0] * 13, [4.0] + [NAN] * 17, [NAN] * 18])
    assert moving_average(units, 2).tolist() == [[2.0, 2.0], [4.0, 4.0], [0.0, 0.0]]
    assert moving_average(units[:, :0], 1).tolist() == [[0.0]] * 3


def test_the_seasonal_naive_by_hand() -> None:
    units = np.arange(60.0)[None].copy()
    assert seasonal_naive(units, 3).tolist() == [[8.0, 9.0, 10.0]]
    assert seasonal_naive(units, 53)[0, -1] == 8.0
    units[0, 9] = NAN
    assert seasonal_naive(units, 3).tolist() == [[8.0, 53.0, 10.0]]
    assert seasonal_naive(units[:, :20], 2)[0] == pytest.approx(160 / 12)


def lagged_change(units: Floats, span: int) -> float:
    sums = [float(units[week : week + span].sum()) for week in range(len(units) - span + 1)]
    changes = [abs(sums[week + span] - sums[week]) for week in range(len(sums) - span)]
    known = [change for change in changes if change == change]
    return sum(known) / len(known)


def test_the_naive_error_of_sums_equals_a_plain_loop(small_company: Build) -> None:
    drawn = poisson(4.0, 3, 20)
    drawn["S001"][7] = NAN
    demand = demand_of(small_company(drawn))
    spans = np.array([1, 3, 4])
    seen = np.where(demand.seen, demand.units, NAN)
    expected = [lagged_change(row, span) for row, span in zip(seen, spans, strict=True)]
    assert naive_error_of_totals(demand, spans) == pytest.approx(expected)
    assert naive_error(demand)[0] == pytest.approx(expected[0])


def test_what_paths_say_equals_a_plain_count() -> None:
    rng = np.random.default_rng(4)
    values, actual = rng.poisson(5, (40, 3, 2)).astype(float), rng.poisson(5, (3, 2)).astype(float)
    actual[0, 0] = NAN
    said = of_paths(values, actual, rng)
    assert said.mean[0] == pytest.approx(values.mean(axis=0))
    assert np.isnan(said.rank[0, 0, 0])
    for place in zip(*np.nonzero(~np.isnan(actual)), strict=True):
        below = (values[:, *place] < actual[place]).sum() / 41
        up_to = ((values[:, *place] <= actual[place]).sum() + 1) / 41
        assert below <= said.rank[0, *place] <= up_to


def test_what_is_one_more_path_has_an_even_rank() -> None:
    rng = np.random.default_rng(6)
    futures = rng.poisson(2, (10, 20_000, 1)).astype(float)
    rank = of_paths(futures[1:], futures[0], rng).rank
    assert np.quantile(rank, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.015)


def test_shares_below_the_quantiles() -> None:
    rank = np.array([0.05, 0.2, 0.4, 0.6, 0.95, 0.5])
    told = coverage(rank, np.array([True] * 5 + [False]))
    assert told == pytest.approx(
        {"coverage": 0.6, "below_q10": 0.2, "below_q25": 0.4, "below_q50": 0.6, "below_q75": 0.8, "below_q90": 0.8}
    )


def test_all_methods_are_scored_on_the_same_weeks(small_company: Build) -> None:
    drawn = poisson(6.0, 12, 90)
    drawn["S003"][:60] = [NAN] * 60
    company = small_company(drawn, policy=POLICY, in_stock={"S005": [1.0] * 80 + [0.5] * 10})
    table = forecast(company, candidates=[Smoothing(8)]).accuracy()
    assert table.columns.tolist() == COLUMNS
    assert set(table["method"]) == {OURS, *RULES}
    assert table["weeks_ahead"].unique().tolist() == ["1-2", "3-4", "5-6", COVER]
    assert (table.groupby(["segment", "weeks_ahead"])["weeks"].nunique() == 1).all()
    everything = table[table["segment"].eq("all") & table["weeks_ahead"].eq("1-2")]
    assert everything["weeks"].iloc[0] < 2 * 12 * 13
    simple = table[table["method"] != OURS]
    assert simple["pinball"].to_numpy() == pytest.approx(simple["wape"].to_numpy(), nan_ok=True)
    assert simple["coverage"].isna().all()


def test_quantiles_of_weeks_and_of_sums_hold_what_they_promise_on_poisson_demand(small_company: Build) -> None:
    company = small_company(poisson(8.0, 80, 110), policy=POLICY)
    table = forecast(company, candidates=[Smoothing(104)]).accuracy()
    ours = table[table["method"].eq(OURS) & table["segment"].eq("all")].set_index("weeks_ahead")
    for ahead in ("1-2", COVER):
        below = ours.loc[ahead, ["below_q10", "below_q25", "below_q50", "below_q75", "below_q90"]].to_numpy(dtype=float)
        assert below == pytest.approx([0.1, 0.25, 0.5, 0.75, 0.9], abs=0.05)
    assert ours.at[COVER, "wape"] == pytest.approx(ours.at["1-2", "wape"] / np.sqrt(3), rel=0.15)


def test_demand_is_told_beside_sales_and_only_hidden_weeks_are_estimated(small_company: Build) -> None:
    company = small_company({"a": [NAN, 5.0, 4.0, 6.0, 0.0, 5.0]}, in_stock={"a": [1.0, 1.0, 1.0, 1.0, 0.0, 1.0]})
    demand = demand_of(company)
    table = demand_table(demand)
    assert table["sold"].tolist() == [5, 4, 6, 0, 5]
    assert table["demand"].drop(index=3).tolist() == [5, 4, 6, 5]
    assert table["demand"][3] == pytest.approx(5.0, abs=1.5)
    assert table["in_stock"].tolist() == [1, 1, 1, 0, 1]
    assert np.flatnonzero(~np.isnan(estimated(demand)[0])).tolist() == [4]


def test_a_history_too_short_to_look_back_has_no_lines(small_company: Build) -> None:
    assert forecast(small_company({"a": [3.0]}, policy=POLICY), candidates=[Smoothing(8)]).accuracy().empty


def test_a_simple_forecast_errs_in_its_paths_as_it_did_in_the_past(small_company: Build) -> None:
    policy = Policy(horizon=Horizon(weeks=4), forecast=Forecast(paths=400))
    demand = demand_of(small_company(poisson(9.0, 30, 120), policy=policy))
    paths = simple_paths(demand, "moving average").values
    assert paths.shape == (400, 30, 4)
    assert (paths % 1 == 0).all()
    assert paths.mean() == pytest.approx(9.0, rel=0.05)
    assert paths.std(axis=0).mean() == pytest.approx(3.0 * np.sqrt(1 + 1 / 13), rel=0.1)
    assert (paths == simple_paths(demand, "moving average").values).all()


def test_what_missed_together_misses_together_in_simple_paths(small_company: Build) -> None:
    common = np.random.default_rng(1).integers(0, 40, 80).astype(float)
    policy = Policy(horizon=Horizon(weeks=3), forecast=Forecast(paths=200))
    demand = demand_of(small_company({sku: (common + 5).tolist() for sku in "ab"}, policy=policy))
    paths = simple_paths(demand, "moving average").values
    assert np.corrcoef(paths[:, 0, 1], paths[:, 1, 1])[0, 1] > 0.95


def test_a_simple_forecast_of_what_was_never_seen_is_zero(small_company: Build) -> None:
    demand = demand_of(small_company({"a": [NAN] * 5, "b": [NAN, NAN, NAN, 2.0, 4.0]}))
    paths = simple_paths(demand, "seasonal naive").values
    assert paths[:, 0].max() == 0.0
    assert (paths[:, 1] == [5.0, 3.0, 3.0, 3.0, 3.0, 3.0]).all()
