"""A backtest told in one sentence and in figures that JSON can hold."""

from dataclasses import replace

import pandas as pd
import pytest

from forecast.accuracy import COLUMNS
from restock.backtest_files import machine
from restock.backtest_words import forecast_value, verdict
from restock.wording import Money
from scenarios.backtest import FORESIGHT, RESTOCK, RULES, VALUED, Backtest


def played(restock: float, rule: float, foresight: float, valued: dict[str, float] | None = None) -> Backtest:
    costs = {RESTOCK: restock, **(valued or {}), **dict.fromkeys(RULES, rule), FORESIGHT: foresight}
    policies = pd.DataFrame(
        [{"policy": name, "description": "", "cost": cost, "stock_turns": float("nan")} for name, cost in costs.items()]
    )
    week = pd.Timestamp("2026-03-02")
    weekly = pd.DataFrame({"policy": [RESTOCK], "week": [week], "counted": [True]})
    empty = pd.DataFrame()
    accuracy = pd.DataFrame(columns=COLUMNS)
    return Backtest(week, 1, policies, weekly, empty, empty, [], {RESTOCK: 1.5}, accuracy, empty)


@pytest.mark.parametrize(
    ("costs", "told"),
    [
        ((90.0, 100.0, 80.0), "10.0% less than the best rule of thumb (period cover + 1 week). Perfect foresight"),
        ((90.0, 100.0, 80.0), "would have cost 20.0% less than that rule: restock reached 50% of this saving."),
        ((110.0, 100.0, 80.0), "restock cost 10.0% more than the best rule of thumb"),
        ((100.0, 100.0, 100.0), "restock cost 0.0% less than the best rule of thumb (period cover + 1 week)."),
    ],
)
def test_the_verdict_compares_with_the_best_rule_and_with_foresight(costs, told):
    assert told in verdict(played(*costs))


def test_a_loss_is_not_called_a_share_of_a_saving():
    assert "foresight" not in verdict(played(110.0, 100.0, 80.0))


def test_what_the_better_forecast_earned_is_told_against_the_best_simple_one():
    average, naive = VALUED
    told = forecast_value(played(100.0, 130.0, 80.0, {average: 112.0, naive: 120.0}), Money("EUR"))
    assert "cost EUR\u00a012 more (12.0%) on the best simple forecast, the moving average" in told
    worse = played(100.0, 130.0, 80.0, {average: 112.0, naive: 90.0})
    assert "EUR\u00a010 less (10.0%) on a simple forecast, the seasonal naive" in forecast_value(worse, Money("EUR"))
    assert machine(worse)["forecast_value"] == {"moving average": 12.0, "seasonal naive": -10.0}
    assert "left out" in forecast_value(played(100.0, 130.0, 80.0), Money("EUR"))


def test_what_is_not_known_is_null_in_json():
    figures = machine(played(90.0, 100.0, 80.0))
    assert figures["policies"][RESTOCK] == {"cost": 90.0, "stock_turns": None}
    assert figures["saving"] == pytest.approx(0.1)
    assert machine(replace(played(90.0, 100.0, 80.0), rounds=3))["rounds"] == 3
