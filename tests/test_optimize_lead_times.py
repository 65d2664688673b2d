"""Lead times as distributions: estimated, shrunk, conditional on what is known, and when open orders then come."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from optimize.lead_times import PRIOR, PUNCTUAL, Spread, deliveries, ranks, told
from optimize.open_orders import arrival_spreads, arrival_weeks

Build = Callable[..., Company]
MONDAY = pd.Timestamp("2026-03-02")


def _receipts(days_late: list[int], supplier: str = "S", **more: object) -> pd.DataFrame:
    """Deliveries promised for one Monday ten weeks ago, so many days late."""
    promised = MONDAY - pd.Timedelta(weeks=10)
    received = [promised + pd.Timedelta(days=late) for late in days_late]
    table = pd.DataFrame({"po": [f"{supplier}{n}" for n in range(len(received))], "received_on": received})
    line = {"sku": "a", "units": 1.0, "supplier": supplier, "promised_on": promised}
    return table.assign(**{**line, "ordered_on": promised - pd.Timedelta(weeks=2), **more})


def _company(build: Build, *receipts: pd.DataFrame, **more: object) -> Company:
    suppliers = {"S": {}, "T": {}}
    lanes = [{"sku": "a", "supplier": name} | dict(more.pop(name, {})) for name in suppliers]  # type: ignore[call-overload]
    company = build({"a": [1.0]}, suppliers=suppliers, lanes=lanes, **more)
    return replace(company, receipts=pd.concat(receipts)) if receipts else company


def test_without_receipts_and_spread_everybody_keeps_the_promise(small_company: Build) -> None:
    assert told(_company(small_company)).late == {"S": PUNCTUAL, "T": PUNCTUAL}


def test_lateness_is_counted_in_the_mondays_from_which_goods_can_be_sold(small_company: Build) -> None:
    received = deliveries(_company(small_company, _receipts([-7, 0, 1, 7, 8, 15])))
    assert received["late"].tolist() == [-1, 0, 1, 1, 2, 3]


def test_lines_of_one_delivery_count_once_and_a_missing_promise_is_the_lead_time(small_company: Build) -> None:
    one = _receipts([9]).assign(promised_on=pd.NaT)
    received = deliveries(_company(small_company, pd.concat([one, one.assign(units=5.0)]), S={"lead_time_weeks": 1}))
    assert received["late"].tolist() == [3]


def test_a_suppliers_own_deliveries_are_shrunk_to_the_pool_by_age(small_company: Build) -> None:
    company = _company(small_company, _receipts([0, 7, 7, 14]), _receipts([0], "T"))
    found = told(company).late["T"]
    weight = float(deliveries(company).query("supplier == 'T'")["weight"].iloc[0])
    own = deliveries(company).query("supplier == 'S'").groupby("late")["weight"].sum()
    pool = (own / own.sum()).reindex([0, 1, 2]).to_numpy() / 2 + np.array([0.5, 0.0, 0.0])
    expected = (np.array([weight, 0.0, 0.0]) + PRIOR * pool) / (weight + PRIOR)
    assert found.first == 0
    assert found.shares == pytest.approx(expected)
    assert weight == pytest.approx(0.5 ** (10 / 52))


def test_a_stated_spread_counts_where_nothing_arrived(small_company: Build) -> None:
    found = told(_company(small_company, S={"lead_time_sd": 1.0})).late
    assert found["T"] == PUNCTUAL
    assert found["S"].mean == pytest.approx(0.0, abs=1e-9)
    variance = float((found["S"].weeks ** 2) @ np.array(found["S"].shares))
    assert variance == pytest.approx(1.0 + 1.0 / 12.0, rel=0.01)


def test_the_remaining_lead_time_is_the_tail_of_the_lateness() -> None:
    late = Spread(-1, (0.1, 0.4, 0.3, 0.2))
    assert late.at_least(1).shares == pytest.approx((0.6, 0.4))
    assert late.at_least(1).first == 1
    assert late.at_least(5) == Spread(5, (1.0,))


def test_what_is_outstanding_is_counted_over_independent_deliveries() -> None:
    """One order a week, each 0, 1, 3 weeks late or one early: the number that is behind, over all outcomes."""
    late = Spread(-1, (0.1, 0.5, 0.2, 0.0, 0.2))
    chance = dict(zip(late.weeks.tolist(), late.shares, strict=True))
    expected: dict[int, float] = {}
    for drawn in product(chance, repeat=3):
        behind = sum(week > since for since, week in enumerate(drawn)) - (drawn[0] == -1)
        expected[behind] = expected.get(behind, 0.0) + float(np.prod([chance[week] for week in drawn]))
    found = late.pooled(1)
    assert dict(zip(found.weeks.tolist(), found.shares, strict=True)) == pytest.approx(expected)
    assert found.mean == pytest.approx(late.mean)


def test_rare_orders_and_certain_ones_are_as_late_as_one_alone() -> None:
    late = Spread(-1, (0.1, 0.5, 0.2, 0.0, 0.2))
    assert late.pooled(3) == late.pooled(9) == late
    assert [Spread(week, (1.0,)).pooled(1) for week in (-2, 0, 3)] == [Spread(week, (1.0,)) for week in (-2, 0, 3)]
    spans = [float(late.pooled(every).weeks ** 2 @ np.array(late.pooled(every).shares)) for every in (1, 2, 3)]
    assert spans == sorted(spans)
    assert late.pooled(2).mean == pytest.approx(late.mean)


def test_ranks_are_even_repeatable_and_each_suppliers_own() -> None:
    late = Spread(0, (0.5, 0.25, 0.25))
    assert np.bincount(late.at(ranks("S", 7, 200))).tolist() == [100, 50, 50]
    np.testing.assert_array_equal(ranks("S", 7, 50), ranks("S", 7, 50))
    assert ranks("S", 7, 50).tolist() != ranks("T", 7, 50).tolist()


def test_an_overdue_order_comes_as_late_as_orders_come_that_are_that_late(small_company: Build) -> None:
    overdue = {"po": "P", "sku": "a", "units": 5.0, "due": "2026-02-23", "week": "2026-03-09"}
    company = _company(small_company, _receipts([0] * 4 + [14] * 3 + [28]), open_orders=[overdue])
    found, late = arrival_spreads(company, told(company))[0], told(company).late["S"]
    tail = [late.shares[2], late.shares[4]]
    assert found.first == 1
    assert found.shares == pytest.approx((tail[0] / sum(tail), 0.0, tail[1] / sum(tail)))
    assert set(arrival_weeks(company, 40, told(company))[0].tolist()) == {1, 3}


def test_a_shipped_order_is_late_only_by_its_carrier(small_company: Build) -> None:
    shipped = _receipts([0, 7, 21]).assign(
        shipped_on=lambda rows: rows["received_on"] - pd.to_timedelta([7, 7, 14], "D")
    )
    order = {"po": "P", "sku": "a", "units": 5.0, "due": "2026-03-09"}
    company = _company(small_company, shipped, open_orders=[order])
    company = replace(company, open_orders=company.open_orders.assign(shipped_on=pd.Timestamp("2026-02-26")))
    (found,) = arrival_spreads(company, told(company))
    assert (found.first, len(found.shares)) == (1, 2)
    assert found.shares[0] == pytest.approx(2 / 3, rel=0.02)


def test_open_orders_of_punctual_or_unknown_suppliers_come_when_they_are_counted_on(small_company: Build) -> None:
    orders = [
        {"po": "P", "sku": "a", "units": 5.0, "due": "2026-02-20", "week": "2026-03-09"},
        {"po": "Q", "sku": "a", "units": 5.0, "due": "2026-03-16", "supplier": ""},
    ]
    company = _company(small_company, open_orders=orders)
    assert arrival_weeks(company, 10, told(company)).tolist() == [[1] * 10, [2] * 10]
