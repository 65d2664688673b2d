"""A backtest told in one sentence and in figures that JSON can hold."""

from dataclasses import replace

import pandas as pd
import pytest

from restock.backtest_files import machine, verdict
from scenarios.backtest import FORESIGHT, RESTOCK, RULES, Backtest


def played(restock: float, rule: float, foresight: float) -> Backtest:
    costs = {RESTOCK: restock, **dict.fromkeys(RULES, rule), FORESIGHT: foresight}
    policies = pd.DataFrame(
        [{"policy": name, "description": "", "cost": cost, "stock_turns": float("nan")} for name, cost in costs.items()]
    )
    week = pd.Timestamp("2026-03-02")
    weekly = pd.DataFrame({"policy": [RESTOCK], "week": [week], "counted": [True]})
    empty = pd.DataFrame()
    return Backtest(week, 1, policies, weekly, empty, empty, [], {RESTOCK: 1.5})


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


def test_what_is_not_known_is_null_in_json():
    figures = machine(played(90.0, 100.0, 80.0))
    assert figures["policies"][RESTOCK] == {"cost": 90.0, "stock_turns": None}
    assert figures["saving"] == pytest.approx(0.1)
    assert machine(replace(played(90.0, 100.0, 80.0), rounds=3))["rounds"] == 3
