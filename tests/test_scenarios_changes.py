"""What changed since the last run: every line's change is the sum of its causes, each found where it was made."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from forecast.paths import DemandPaths
from optimize.planner import plan
from scenarios.changes import CAUSES, Changes, changes
from scenarios.last_week import Made

Build = Callable[..., Company]
WEEKS = 6


def _paths(company: Company, weekly: float) -> DemandPaths:
    weeks = pd.date_range(company.as_of, periods=WEEKS, freq="7D")
    return DemandPaths(np.full((4, len(company.series), WEEKS), weekly), company.series, weeks)


def _made(company: Company, weekly: float) -> Made:
    paths = _paths(company, weekly)
    found = plan(company, paths.values)
    return Made(company, paths.table(), found.projection, found.orders)


def _changed(before: Made, company: Company, weekly: float) -> Changes:
    paths = _paths(company, weekly)
    return changes(before, company, paths, plan(company, paths.values).orders)


def _company(build: Build, stock: float = 30, as_of: str = "2026-03-02", **lane: float) -> Company:
    lanes = [{"sku": "a", "supplier": "S", **lane}]
    return build({"a": [10.0] * 20}, on_hand={"a": stock}, lanes=lanes, as_of=as_of)


def _parts(found: Changes) -> dict[str, float]:
    row = found.lines.iloc[0]
    assert sum(row[cause] for cause in CAUSES) == pytest.approx(row["change"])
    assert row["units"] - row["units_before"] == pytest.approx(row["change"])
    return {cause: row[cause] for cause in CAUSES if row[cause]}


def test_nothing_changed_nothing_is_told(small_company: Build) -> None:
    company = _company(small_company, stock=20)
    found = _changed(_made(company, 10.0), company, 10.0)
    assert found.lines.empty
    assert found.nervousness == 0.0


def test_less_stock_is_a_change_of_stock(small_company: Build) -> None:
    """10 a week and 20 on the shelf for the first two weeks: today's order is that of week 2; 5 less makes no
    difference there, so the shelf is short of what the order must then cover only where stock remains."""
    before = _made(_company(small_company, stock=25), 10.0)
    found = _changed(before, _company(small_company, stock=20), 10.0)
    assert _parts(found) == {"stock": 5.0}
    assert found.lines["cause"].tolist() == ["stock"]
    assert found.lines["why"].iloc[0] == "+5 stock: 20 on hand and 0 on order, 25 and 0 were expected"
    assert found.nervousness == pytest.approx(5 / 5)
    assert found.by_cause["stock"] == 5 * 4.0


def test_more_demand_is_a_change_of_demand(small_company: Build) -> None:
    company = _company(small_company, stock=30)
    found = _changed(_made(company, 10.0), company, 14.0)
    assert set(_parts(found)) == {"demand"}
    assert "84 expected over 6 weeks, 60 before" in found.lines["why"].iloc[0]


def test_a_longer_lead_time_is_a_change_of_lead_time(small_company: Build) -> None:
    before = _made(_company(small_company, stock=40), 10.0)
    found = _changed(before, _company(small_company, stock=40, lead_time_weeks=4), 10.0)
    assert set(_parts(found)) == {"lead_time"}
    assert "lead time: 4 weeks, 2 before" in found.lines["why"].iloc[0]


def test_several_causes_add_up(small_company: Build) -> None:
    before = _made(_company(small_company, stock=30), 10.0)
    found = _changed(before, _company(small_company, stock=22, unit_cost=4.5), 12.0)
    assert _parts(found) == {"stock": 8.0, "demand": 4.0}
    assert found.lines["why"].iloc[0].startswith("+8 stock: 22 on hand")


def test_a_week_later_what_was_expected_is_no_change(small_company: Build) -> None:
    """All went as planned: today's order is the one that was planned for today."""
    before = _made(_company(small_company, stock=20), 10.0)
    line = before.orders[before.orders["order_date"].eq("2026-03-02")].iloc[0]
    placed = {"po": "1", "sku": "a", "units": line["units"], "due": line["arrival_date"]}
    later = small_company({"a": [10.0] * 21}, on_hand={"a": 10}, open_orders=[placed], as_of="2026-03-09")
    found = _changed(before, later, 10.0)
    assert found.lines.empty
    assert found.before < found.now


def test_a_delivery_that_did_not_come_is_a_change_of_stock(small_company: Build) -> None:
    """30 were to come on 16 March and last until 6 April; the ERP no longer knows of them."""
    coming = [{"po": "P", "sku": "a", "units": 30, "due": "2026-03-16"}]
    before = _made(small_company({"a": [10.0] * 20}, on_hand={"a": 20}, open_orders=coming), 10.0)
    later = small_company({"a": [10.0] * 21}, on_hand={"a": 10}, as_of="2026-03-09")
    found = _changed(before, later, 10.0)
    assert _parts(found) == {"stock": 10.0}
    assert "10 on hand and 0 on order, 10 and 30 were expected" in found.lines["why"].iloc[0]


def test_a_new_article_is_new_demand(small_company: Build) -> None:
    before = _made(_company(small_company, stock=40), 10.0)
    now = small_company({"a": [10.0] * 20, "b": [10.0] * 20}, on_hand={"a": 40, "b": 20})
    found = _changed(before, now, 10.0)
    assert found.lines["sku"].tolist() == ["b"]
    assert _parts(found) == {"demand": 10.0}
    assert found.lines["why"].iloc[0] == "+10 demand: a new article"


def test_the_run_before_is_not_of_a_later_monday(small_company: Build) -> None:
    later = _made(_company(small_company, as_of="2026-03-09"), 10.0)
    with pytest.raises(ValueError, match="after 2026-03-02"):
        _changed(later, _company(small_company), 10.0)


def test_an_article_that_is_no_longer_planned_takes_its_order_along(small_company: Build) -> None:
    before = _made(small_company({"a": [10.0] * 20, "b": [10.0] * 20}, on_hand={"a": 40, "b": 20}), 10.0)
    found = _changed(before, _company(small_company, stock=40), 10.0)
    assert _parts(found) == {"demand": -10.0}
    assert found.lines["why"].tolist() == ["-10 demand: the article is no longer planned there"]
    assert found.lines["value_change"].iloc[0] < 0
