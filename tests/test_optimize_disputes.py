"""Stock in dispute: today's order is what is needed whichever system is right."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from optimize.disputes import with_disputes
from optimize.planner import plan

Build = Callable[..., Company]
DEMAND = np.full((4, 1, 6), 10.0)


def _disputed(build: Build, lowest: float, trusted: float, highest: float, **more: object) -> Company:
    """10 a week, 2 weeks to deliver, orders every 4 weeks: today's order must last for weeks 2 to 5."""
    company = build({"a": [10.0] * 20}, on_hand={"a": trusted}, suppliers={"S": {"order_every_weeks": 4}}, **more)
    picture = pd.DataFrame(
        {
            **{"on_hand": trusted, "reserved": 0.0, "sellable": trusted, "lowest": lowest, "highest": highest},
            **{"book": np.nan, "system": "wms", "as_of": company.as_of, "sure": 0.5, "disputed": True},
            **{"difference_value": 4.0 * (highest - lowest), "why": "they disagree"},
        },
        index=company.series,
    )
    return replace(company, stock_picture=picture)


def _now(company: Company) -> pd.DataFrame:
    return plan(company, DEMAND).due_now()


@pytest.mark.parametrize(
    ("stocks", "decision", "ordered", "at_stake"),
    [
        ((20, 20, 20), "go", 40, 0),
        ((20, 20, 35), "limit", 25, 15 * 4),
        ((20, 20, 60), "hold", 0, 40 * 4),
        ((20, 60, 60), "hold", 0, 40 * 4),
        ((90, 90, 500), "go", 0, 0),
    ],
)
def test_nothing_is_ordered_on_a_guess(
    small_company: Build, stocks: tuple[float, float, float], decision: str, ordered: float, at_stake: float
) -> None:
    company = with_disputes(_disputed(small_company, *stocks), DEMAND)
    assert company.disputes["decision"].tolist() == [decision]
    assert company.disputes["value_at_stake"].tolist() == [at_stake]
    assert _now(company)["units"].sum() == ordered


def test_a_stock_that_is_sure_changes_nothing(small_company: Build) -> None:
    sure = _disputed(small_company, 20, 20, 60)
    sure = replace(sure, stock_picture=sure.stock_picture.assign(disputed=False))
    assert with_disputes(sure, DEMAND) is sure
    assert _now(sure)["units"].sum() == 40


def test_a_minimum_above_what_is_sure_holds_the_order(small_company: Build) -> None:
    """With the highest stock 25 are needed; the minimum of 30 is still worth it there, one of 300 is not."""
    for least, ordered in ((30.0, 30.0), (300.0, 0.0)):
        lanes = [{"sku": "a", "supplier": "S", "moq": least}]
        company = with_disputes(_disputed(small_company, 20, 20, 35, lanes=lanes), DEMAND)
        assert _now(company)["units"].sum() == ordered


def test_the_lines_say_why(small_company: Build) -> None:
    company = with_disputes(_disputed(small_company, 20, 20, 35), DEMAND)
    reason = _now(company)["reason"].iloc[0]
    assert reason.startswith("Limited to what is needed whichever stock is right: between 20 and 35 units are on it. ")


def test_the_count_list_begins_with_what_hangs_on_the_count(small_company: Build) -> None:
    company = small_company({"a": [10.0] * 20, "b": [10.0] * 20}, on_hand={"a": 500, "b": 20})
    picture = pd.DataFrame(
        {
            **{"sellable": [500.0, 20.0], "lowest": [300.0, 20.0], "highest": [900.0, 60.0]},
            **{"sure": 0.5, "disputed": True, "difference_value": [2400.0, 160.0], "why": ""},
        },
        index=company.series,
    )
    demand = np.full((4, 2, 6), 10.0)
    found = with_disputes(replace(company, stock_picture=picture), demand).disputes
    assert found["sku"].tolist() == ["b", "a"]
    assert found["value_at_stake"].iloc[1] == 0


def test_what_was_approved_stands(small_company: Build) -> None:
    company = with_disputes(_disputed(small_company, 20, 20, 60), DEMAND)
    approved = pd.DataFrame(
        {
            **{"order_date": [company.as_of], "supplier": ["S"], "sku": ["a"], "location": ["main"]},
            **{"units": [40.0], "expedite": [0.0]},
        }
    )
    policy = company.policy.model_copy(
        update={"stability": company.policy.stability.model_copy(update={"frozen_weeks": 1})}
    )
    assert _now(replace(company, approved=approved, policy=policy))["units"].sum() == 40


def test_a_past_monday_knows_no_dispute(small_company: Build) -> None:
    company = with_disputes(_disputed(small_company, 20, 20, 60), DEMAND)
    then = company.as_known_on(company.as_of, company.stock, company.open_orders)
    assert not len(then.disputes)
    assert not len(then.stock_picture)
