"""The backtest: what the world holds, what a replay costs by hand, and that nobody sees the future."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company, no_overrides
from data.policy import Forecast, Horizon, Policy
from data.problems import Rejected
from scenarios.backtest import FORESIGHT, RESTOCK, RULES, VALUED, backtest
from scenarios.foresight import perfect_foresight
from scenarios.measures import by_round, by_series_and_week, figures
from scenarios.purchase import LINE_COLUMNS
from scenarios.replay import Decide, replay
from scenarios.rules import period_cover
from scenarios.world import world

Build = Callable[..., Company]
FIRST = pd.Timestamp("2025-12-29")
NAN = float("nan")


def _nothing(known: Company) -> pd.DataFrame:  # noqa: ARG001 (a decision is asked with what is known)
    return pd.DataFrame(columns=LINE_COLUMNS).astype({"order_date": "datetime64[ns]", "arrival_date": "datetime64[ns]"})


def _always(units: float, unit_cost: float = 4.0, weeks: int = 2) -> Decide:
    def decide(known: Company) -> pd.DataFrame:
        arrival = known.as_of + pd.Timedelta(weeks=weeks)
        row = [known.as_of, arrival, "S", "a", "main", units, unit_cost, units * unit_cost, 0]
        return pd.DataFrame([row], columns=LINE_COLUMNS)

    return decide


def test_the_world_starts_with_a_week_on_the_shelf_and_each_other_week_on_order(small_company: Build) -> None:
    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": 4}
    scene = world(small_company({"a": [10.0] * 30}, lanes=[lane]), FIRST, 3)
    assert scene.stock["on_hand"].tolist() == [10.0]
    assert scene.open_orders["units"].tolist() == [10.0, 10.0, 10.0]
    assert scene.open_orders["week"].tolist() == list(pd.date_range("2026-01-05", periods=3, freq="7D"))
    assert len(scene.weeks) == 7
    assert scene.counted.tolist() == [[False] * 4 + [True] * 3]


def test_the_worlds_lots_follow_the_order_cycle(small_company: Build) -> None:
    """Every four weeks, five weeks of lead time: the last lot arrives in week 1 and lasts until the first new one."""
    lane = {"sku": "a", "supplier": "S", "lead_time_weeks": 5}
    company = small_company({"a": [10.0] * 30}, lanes=[lane], suppliers={"S": {"order_every_weeks": 4}})
    scene = world(company, FIRST, 2)
    assert scene.stock["on_hand"].tolist() == [10.0]
    assert scene.open_orders[["units", "week"]].to_numpy().tolist() == [[40.0, pd.Timestamp("2026-01-05")]]


def test_what_was_not_known_then_is_left_out(small_company: Build) -> None:
    units = {"a": [10.0] * 30, "new": [NAN] * 22 + [5.0] * 8, "gap": [3.0] * 24 + [NAN] + [3.0] * 5}
    scene = world(small_company(units), FIRST, 2)
    assert scene.company.series.get_level_values("sku").tolist() == ["a", "gap"]
    assert scene.counted.tolist() == [[False, False, True, True], [False, False, True, False]]
    assert scene.demand[1].tolist() == [3.0, 3.0, 3.0, 0.0]


@pytest.mark.parametrize(
    ("anchor", "order_days"),
    [(None, [0, 4]), ("2025-12-22", [3]), ("2026-03-09", [2, 6]), ("2025-12-29", [0, 4]), ("2025-12-31", [0, 4])],
)
def test_order_cycles_reach_back(small_company: Build, anchor: str | None, order_days: list[int]) -> None:
    supplier = {"order_every_weeks": 4, "first_order": pd.Timestamp(anchor) if anchor else pd.NaT}
    scene = world(small_company({"a": [10.0] * 60}, suppliers={"S": supplier}), pd.Timestamp("2025-12-29"), 7)
    played = replay(scene, "rule", period_cover(1.0))
    assert ((played.orders["order_date"] - scene.first).dt.days // 7).tolist() == order_days


@pytest.mark.parametrize(("first", "rounds"), [("2026-02-16", 2), ("2025-01-06", 2), ("2025-12-29", 20)])
def test_a_backtest_outside_the_history_is_rejected(small_company: Build, first: str, rounds: int) -> None:
    company = small_company({"a": [10.0] * 30})
    with pytest.raises(Rejected) as rejected:
        world(company, pd.Timestamp(first), rounds)
    assert "2025-08-04 to 2026-02-23" in rejected.value.problems[0].remedy


def test_each_monday_knows_only_the_past_and_its_own_stock(small_company: Build) -> None:
    sold = [10.0] * 21 + [7.0, 20.0, 4.0, 10.0, 9.0, 3.0, 10.0, 10.0, 10.0]
    seen: list[Company] = []

    def decide(known: Company) -> pd.DataFrame:
        seen.append(known)
        return _always(6.0)(known)

    replay(world(small_company({"a": sold}), FIRST, 3), "spy", decide)
    assert [known.history.weeks[-1] for known in seen] == [known.as_of - pd.Timedelta(weeks=1) for known in seen]
    assert [known.stock["on_hand"].iloc[0] for known in seen] == [10.0, 3.0, 0.0]
    assert [known.open_orders["units"].tolist() for known in seen] == [[10.0], [10.0, 6.0], [6.0, 6.0]]


def test_costs_by_hand(small_company: Build) -> None:
    """Lead time 2, two rounds of 12 units at 5 instead of 4, each order 30; sales 10, 10, 9, 20 from stock 10 + 10.

    Week 2 leaves 3 units (1.50), week 3 lacks 5 units (30.00); two orders (60.00); 24 units at 1 over cost.
    """
    company = small_company({"a": [10.0] * 23 + [9.0, 20.0] + [10.0] * 5}, suppliers={"S": {"order_cost": 30.0}})
    scene = world(company, FIRST, 2)
    played = replay(scene, "by hand", _always(12.0, unit_cost=5.0))
    assert played.stock.tolist() == [[10.0 - 10.0, 0.0, 3.0, 0.0]]
    found = figures(by_series_and_week(scene, played), by_round(scene, played))
    assert found["holding"] == pytest.approx(1.5)
    assert found["lost_margin"] == pytest.approx(30.0)
    assert found["order_charges"] == pytest.approx(60.0)
    assert found["surcharge"] == pytest.approx(24.0)
    assert found["cost"] == pytest.approx(115.5)
    assert found["fill_rate"] == pytest.approx(24 / 29)
    assert found["stock_turns"] == pytest.approx(52 * 24 / 3)
    assert found["stock_out_rate"] == 0.5
    assert found["stock_value"] == pytest.approx(6.0)


def test_what_a_season_leaves_is_written_down_and_gone(small_company: Build) -> None:
    item = {"a": {"salvage_value": 1.0, "season_end": pd.Timestamp("2026-01-15")}}
    scene = world(small_company({"a": [10.0] * 30}, items=item), FIRST, 2)
    played = replay(scene, "too much", _always(15.0))
    found = figures(by_series_and_week(scene, played), by_round(scene, played))
    assert played.stock[0, 2:].tolist() == [5.0, 5.0]
    assert found["write_down"] == pytest.approx(5.0 * 3.0)


def test_a_policy_that_orders_nothing_is_still_measured(small_company: Build) -> None:
    scene = world(small_company({"a": [10.0] * 30}), FIRST, 2)
    played = replay(scene, "nothing", _nothing)
    found = figures(by_series_and_week(scene, played), by_round(scene, played))
    assert (found["cost"], found["fill_rate"], found["stock_out_rate"]) == (120.0, 0.0, 1.0)


def test_replay_against_a_plain_loop(small_company: Build) -> None:
    rng = np.random.default_rng(5)
    company = small_company({sku: rng.poisson(4, 60).astype(float).tolist() for sku in "abcde"})
    first, rounds = pd.Timestamp("2025-10-06"), 8
    scene, rule = world(company, first, rounds), period_cover(1.0)
    played = replay(scene, "rule", rule)
    for row, sku in enumerate("abcde"):
        bought = played.orders[played.orders["sku"] == sku]
        shelf = scene.stock["on_hand"].iloc[row]
        for week, monday in enumerate(scene.weeks):
            initial = scene.open_orders[scene.open_orders["sku"].eq(sku) & scene.open_orders["week"].eq(monday)]
            shelf += initial["units"].sum() + bought.loc[bought["arrival_date"].eq(monday), "units"].sum()
            sold = company.history.units[row, company.history.weeks.get_loc(monday)]
            assert played.lost[row, week] == max(sold - shelf, 0.0)
            shelf = max(shelf - sold, 0.0)
            assert played.stock[row, week] == shelf


def test_perfect_foresight_buys_just_in_time(small_company: Build) -> None:
    """Nothing but the lead time binds: what it could not avoid is the stock that the first weeks left."""
    units = {"a": [10.0] * 21 + [4.0, 10.0, 2.0, 0.0, 7.0, 30.0, 1.0, 10.0, 10.0], "b": [2.0] * 30}
    scene = world(small_company(units), FIRST, 4)
    played = replay(scene, FORESIGHT, perfect_foresight(scene))
    # a: 10 + 10 on hand and on order less 4 + 10 leave 6; 2 sell, none, then 4 of the 7: 4 + 4 units left over.
    assert played.stock[:, 2:].tolist() == [[4.0, 4.0, 0.0, 0.0], [0.0] * 4]
    assert played.lost.sum() == 0.0
    assert played.orders.groupby("sku")["units"].sum().to_dict() == {"a": 33.0, "b": 8.0}
    found = figures(by_series_and_week(scene, played), by_round(scene, played))
    assert found["cost"] == pytest.approx(8 * 0.5)


def test_perfect_foresight_joins_orders_when_ordering_costs(small_company: Build) -> None:
    """10 a week for four weeks: holding 10 units a week costs 5, an order 12; two orders of 20: 24 + 2 x 5."""
    company = small_company({"a": [10.0] * 30}, suppliers={"S": {"order_cost": 12.0}})
    scene = world(company, FIRST, 4)
    played = replay(scene, FORESIGHT, perfect_foresight(scene))
    found = figures(by_series_and_week(scene, played), by_round(scene, played))
    assert found["cost"] == pytest.approx(2 * 12 + 2 * 5)


@pytest.fixture(scope="module")
def lumpy(small_company: Build) -> Company:
    rng = np.random.default_rng(11)
    units = {sku: rng.poisson(rate, 80).astype(float).tolist() for sku, rate in zip("abcd", (2, 5, 9, 20), strict=True)}
    policy = Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=50))
    suppliers = {"S": {"order_cost": 3.0}}
    return small_company(units, suppliers=suppliers, policy=policy)


def test_backtest_sets_all_policies_side_by_side(lumpy: Company) -> None:
    first = pd.Timestamp("2025-11-03")
    stages: list[tuple[str, float]] = []
    tested = backtest(lumpy, first, 4, lambda stage, share: stages.append((stage, share)))
    costs = tested.policies.set_index("policy")["cost"]
    assert costs.index.tolist() == [RESTOCK, *RULES, FORESIGHT]
    assert costs.idxmin() == FORESIGHT
    terms = tested.policies[["holding", "lost_margin", "order_charges", "surcharge", "write_down"]]
    assert terms.sum(axis=1).to_numpy() == pytest.approx(tested.policies["cost"].to_numpy())
    weekly = tested.weekly[tested.weekly["policy"] == RESTOCK]
    assert weekly["week"].tolist() == list(pd.date_range(first, periods=6, freq="7D"))
    assert weekly["counted"].tolist() == [False] * 2 + [True] * 4
    assert weekly["lost_margin"].sum() == pytest.approx(tested.policies.set_index("policy").at[RESTOCK, "lost_margin"])
    assert (
        tested.orders.loc[tested.orders["policy"] == RESTOCK, "order_date"].between(first, weekly["week"].iloc[3]).all()
    )
    assert tested.summary["weeks_counted"] == 4
    assert tested.summary["saving"] == pytest.approx(1 - costs[RESTOCK] / costs[list(RULES)].min())
    assert (RESTOCK, 1.0) in stages


def test_backtest_scores_what_it_really_forecast(lumpy: Company) -> None:
    """Two Mondays, four series: the moving average's errors by hand; a week out of stock is not scored."""
    first = pd.Timestamp("2025-11-03")
    at = int(lumpy.history.weeks.get_loc(first))
    short = lumpy.history.in_stock.copy()
    short[2, at + 1] = 0.5
    company = replace(lumpy, history=replace(lumpy.history, in_stock=short))
    table = backtest(company, first, 2).accuracy
    row = table.query("segment == 'all' and weeks_ahead == '1-2' and method == 'moving average'").iloc[0]
    sold = np.where(short >= 1.0, lumpy.history.units, NAN)
    errors, demand = [], []
    for monday in (at, at + 1):
        for series in range(4):
            level = np.nanmean(sold[series, monday - 13 : monday])
            actual = sold[series, monday : monday + 2]
            errors += np.abs(actual - level)[~np.isnan(actual)].tolist()
            demand += actual[~np.isnan(actual)].tolist()
    assert row["weeks"] == len(errors) == 2 * 4 * 2 - 2
    assert row["wape"] == pytest.approx(sum(errors) / sum(demand))


def test_an_override_counts_from_the_monday_on_which_it_was_known(lumpy: Company) -> None:
    first = pd.Timestamp("2025-11-03")
    row = {"who": "Ann", "made_on": pd.Timestamp("2025-11-05"), "sku": "b", "category": "", "location": ""}
    row |= {"start": first, "end": pd.Timestamp("2025-12-07"), "operation": "set", "value": 40.0, "why": ""}
    table = pd.DataFrame([row | {"until": pd.NaT, "row": 2}]).astype(no_overrides().dtypes.to_dict())
    tested = backtest(replace(lumpy, overrides=table), first, 2)
    gained = tested.value_added.set_index(["who", "layer"])
    sold = lumpy.history.units[1, lumpy.history.weeks.get_loc(first) :]
    assert gained["weeks"].unique().tolist() == [4]
    actual = sold[1:5]
    assert gained.at[("Ann", "with overrides"), "wape"] == pytest.approx(np.abs(40 - actual).sum() / actual.sum())
    assert gained.at[("all", "with overrides"), "value_added"] < 0
    plain = backtest(lumpy, first, 2)
    assert plain.value_added.empty

    def ordered(played: pd.DataFrame, monday: pd.Timestamp) -> float:
        lines = played[played["policy"].eq(RESTOCK) & played["order_date"].eq(monday) & played["sku"].eq("b")]
        return float(lines["units"].sum())

    second = first + pd.Timedelta(weeks=1)
    assert ordered(tested.orders, first) == ordered(plain.orders, first)
    assert ordered(tested.orders, second) > ordered(plain.orders, second) + 20


def test_the_planner_is_fed_with_simple_forecasts_when_asked(lumpy: Company) -> None:
    first = pd.Timestamp("2025-11-03")
    tested = backtest(lumpy, first, 2, forecast_value=True)
    costs = tested.policies.set_index("policy")["cost"]
    assert costs.index.tolist() == [RESTOCK, *VALUED, *RULES, FORESIGHT]
    earned = tested.summary["forecast_value"]
    assert earned == {rule: pytest.approx(costs[name] - costs[RESTOCK]) for name, rule in VALUED.items()}
    placed = tested.orders.groupby("policy")["units"].sum()
    assert placed[list(VALUED)].between(0.4 * placed[RESTOCK], 2.5 * placed[RESTOCK]).all()


def test_backtest_is_the_same_again_and_blind_to_the_future(lumpy: Company) -> None:
    """What sells after a Monday changes what the policies meet, never what they order on it."""
    first = pd.Timestamp("2025-11-03")
    once, again = backtest(lumpy, first, 2), backtest(lumpy, first, 2)
    pd.testing.assert_frame_equal(once.policies, again.policies)
    pd.testing.assert_frame_equal(once.orders, again.orders)
    later = lumpy.history.units.copy()
    later[:, lumpy.history.weeks.get_loc(first) :] += 50.0
    changed = backtest(replace(lumpy, history=replace(lumpy.history, units=later)), first, 2)

    def first_orders(orders: pd.DataFrame) -> pd.DataFrame:
        return orders[orders["order_date"].eq(first) & orders["policy"].ne(FORESIGHT)].reset_index(drop=True)

    pd.testing.assert_frame_equal(first_orders(changed.orders), first_orders(once.orders))
