"""Alerts on sales that are given up: what stands in the way is named, on companies worked out by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from forecast.paths import DemandPaths
from optimize.planner import plan
from scenarios.alerts import alerts

Build = Callable[..., Company]


def _found(company: Company, weekly: float = 10.0) -> pd.DataFrame:
    demand = np.full((2, len(company.series), 6), weekly)
    weeks = pd.date_range(company.as_of, periods=6, freq="7D")
    found = alerts(company, DemandPaths(demand, company.series, weeks), plan(company, demand))
    own: pd.DataFrame = found[found["kind"] == "sales_given_up"]
    return own


def _budget(company: Company, amount: float) -> pd.DataFrame:
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=6)]}
    return pd.DataFrame({**dates, "amount": [amount], "supplier": [""], "category": [""]})


@pytest.mark.parametrize(
    ("supplier", "lane", "budget", "units", "words", "action"),
    [
        (
            {"min_order_value": 90.0},
            {},
            60.0,
            40,
            "the minimum order of S, 90, is more than the budget 2026-03-02..2026-04-13 of 60",
            "Agree on a lower minimum with S, or on a larger budget",
        ),
        (
            {"capacity_units": 2.0},
            {},
            None,
            32,
            "the capacity of S, 2 units a week, is used up",
            "Ask S for more than its capacity, or find another supplier",
        ),
        ({}, {}, 40.0, 30, "the budget 2026-03-02..2026-04-13 is used up", "Agree on a larger budget"),
        (
            {"order_cost": 900.0},
            {"pack_size": 3.0},
            None,
            40,
            "an order from S costs more than it earns (charge 900, pack of 3 units)",
            "Ask S for other terms",
        ),
    ],
)
def test_what_stands_in_the_way_is_named(
    small_company: Build,
    supplier: dict[str, Any],
    lane: dict[str, Any],
    budget: float | None,
    units: int,
    words: str,
    action: str,
) -> None:
    """10 a week, none on the shelf, two weeks of lead time: an order could reach 40, each with a margin of 6."""
    company = small_company({"a": [1.0]}, suppliers={"S": supplier}, lanes=[{"sku": "a", "supplier": "S"} | lane])
    if budget is not None:
        company = replace(company, budgets=_budget(company, budget))
    (alert,) = _found(company).to_dict(orient="records")
    assert (alert["sku"], alert["supplier"], alert["week"]) == ("a", "S", pd.Timestamp("2026-03-16"))
    assert alert["money_at_risk"] == pytest.approx(6.0 * units)
    assert words in alert["message"]
    assert alert["message"].startswith(f"a: sales of {units} units are given up from 2026-03-16 on")
    assert alert["action"].startswith(action)


def test_what_is_ordered_and_what_no_order_can_reach_is_not_given_up(small_company: Build) -> None:
    assert _found(small_company({"a": [1.0]})).empty
    ended = small_company({"a": [1.0]}, items={"a": {"season_end": pd.Timestamp("2026-03-10")}})
    assert _found(ended).empty


def test_articles_with_one_cause_share_an_alert(small_company: Build) -> None:
    company = small_company({"a": [1.0], "b": [1.0]}, suppliers={"S": {"capacity_units": 2.0}})
    (alert,) = _found(company).to_dict(orient="records")
    assert (alert["sku"], alert["money_at_risk"]) == ("", pytest.approx(6.0 * 72))
    assert "a, b: sales of 72 units" in alert["message"] or "b, a: sales of 72 units" in alert["message"]
