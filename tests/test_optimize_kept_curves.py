"""Curves that are kept from one instance to the next are those that would be read anew, bit by bit."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import MARKDOWN_COLUMNS, Company
from optimize import kept_curves
from optimize.instance import Instance
from optimize.kept_curves import Curves
from optimize.prepare import prepare
from optimize.stock_flow import Floats

Build = Callable[..., Company]
World = tuple[Company, Floats]
SKUS = "abcdefg"


def _items(world: World, column: str, factor: float, rows: list[int]) -> World:
    company, demand = world
    items = company.items.copy()
    items.loc[items.index[rows], column] *= factor
    return replace(company, items=items), demand


def _demand(world: World, factor: float, rows: list[int]) -> World:
    demand = world[1].copy()
    demand[:, rows] *= factor
    return world[0], demand


def _on_hand(world: World, factor: float, rows: list[int]) -> World:
    company, demand = world
    stock = company.stock.copy()
    stock.iloc[rows, 0] += np.ceil(factor)
    return replace(company, stock=stock), demand


def _later(world: World, factor: float, rows: list[int]) -> World:
    company, demand = world
    sourcing = company.sourcing.copy()
    sourcing.loc[sourcing.index[rows], "lead_time_weeks"] += round(factor)
    return replace(company, sourcing=sourcing), demand


def _ordered(world: World, factor: float, rows: list[int]) -> World:
    company, demand = world
    orders = company.open_orders.copy()
    orders.loc[orders["sku"].isin([SKUS[i] for i in rows]), "units"] *= factor
    return replace(company, open_orders=orders), demand


def _slower(world: World, factor: float, rows: list[int]) -> World:
    """What the supplier delivered came late by other weeks."""
    company, demand = world
    days = company.as_of - pd.Timedelta(weeks=20) + pd.to_timedelta(7 * np.arange(6), unit="D")
    receipts = pd.DataFrame({"po": [f"R{n}" for n in range(6)], "sku": "a", "units": 1.0, "supplier": "S"})
    came = days + pd.to_timedelta(7 * np.array([0, 1, len(rows), 0, 1, round(2 * factor)]), unit="D")
    return replace(
        company, receipts=receipts.assign(ordered_on=days - pd.Timedelta(weeks=2), promised_on=days, received_on=came)
    ), demand


def _marked_down(world: World, factor: float, rows: list[int]) -> World:
    company, demand = world
    step = {"category": "", "location": "", "weeks_before_end": np.nan, "value": 2.0 * factor, "most_units": 4.0}
    steps = [step | {"sku": SKUS[i], "from_date": company.as_of + pd.Timedelta(weeks=2)} for i in rows]
    table = pd.DataFrame(steps, columns=MARKDOWN_COLUMNS).astype({"from_date": "datetime64[ns]"})
    return replace(company, markdowns=table), demand


CHANGES: dict[str, Callable[[World, float, list[int]], World]] = {
    "holding": lambda world, factor, rows: _items(world, "holding_cost", factor, rows),
    "margin": lambda world, factor, rows: _items(world, "shortage_cost", factor, rows),
    "demand": _demand,
    "stock": _on_hand,
    "lead time": _later,
    "open orders": _ordered,
    "late": _slower,
    "markdowns": _marked_down,
}


def _same(one: Instance, other: Instance) -> None:
    mine, other_columns = one.columns, other.columns
    for name in ("level", "segment_period", "period_series", "order_week", "period", "series"):
        assert np.array_equal(getattr(mine, name), getattr(other_columns, name)), name
    for kind in ("slots", "periods", "segments"):
        own, others = getattr(mine, kind), getattr(other_columns, kind)
        assert own.keys() == others.keys()
        assert all(np.array_equal(own[name], others[name]) for name in own), kind
    assert [replace(a, outlook=b.outlook) for a, b in zip(one.series, other.series, strict=True)] == other.series
    assert [_fixed(a) for a in one.series] == [_fixed(a) for a in other.series]


def _fixed(series: object) -> tuple[float, float, float]:
    outlook = series.outlook  # type: ignore[attr-defined]
    return outlook.held, outlook.lost, outlook.left


@pytest.fixture(scope="module")
def world(small_company: Build) -> World:
    lanes = [
        {"sku": sku, "supplier": "S", "lead_time_weeks": lead, "pack_size": 1.0 + lead % 2}
        for sku, lead in zip(SKUS, (1, 1, 1, 1, 2, 2, 4), strict=True)
    ]
    orders = [{"po": f"P{sku}", "sku": sku, "units": 5.0, "due": "2026-03-12"} for sku in "bce"]
    company = small_company({sku: [1.0] for sku in SKUS}, lanes=lanes, open_orders=orders, on_hand={"a": 3.0})
    return company, np.random.default_rng(1).gamma(2.0, 3.1, (33, len(SKUS), 6))


@settings(derandomize=True, max_examples=12, deadline=None)
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(sorted(CHANGES)),
            st.sampled_from([0.7, 1.1, 1.6]),
            st.lists(st.integers(0, len(SKUS) - 1), unique=True, max_size=len(SKUS)).map(sorted),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_curves_after_any_changes_are_as_read_anew(world: World, changes: list[tuple[str, float, list[int]]]) -> None:
    curves = Curves()
    prepare(*world, curves)
    for name, factor, rows in changes:
        world = CHANGES[name](world, factor, rows)
        _same(prepare(*world, curves), prepare(*world))


@pytest.mark.parametrize(
    ("name", "rows", "read"),
    [
        ("demand", [], []),
        ("demand", [0, 2], [0, 2]),
        ("stock", [6], [6]),
        ("margin", [1], [1]),
        ("stock", [5], [5]),
    ],
)
def test_only_what_changed_is_read(
    world: World, name: str, rows: list[int], read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    curves, seen = Curves(), []
    prepare(*world, curves)
    together = kept_curves._together
    monkeypatch.setattr(
        kept_curves, "_together", lambda views, chunk, *rest: seen.extend(chunk) or together(views, chunk, *rest)
    )
    prepare(*CHANGES[name](world, 1.6, rows), curves)
    assert sorted(seen) == read
