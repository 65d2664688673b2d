"""The door: what a plan holds, what it says, and laws that every plan obeys."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from optimize.checker import InternalError, check, violations
from optimize.instance import Decisions
from optimize.plan import ORDER_COLUMNS, PROJECTION_COLUMNS, Plan
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.stock_flow import play

Build = Callable[..., Company]
SKUS = ["a", "b", "c"]


def _random(build: Build, seed: int) -> tuple[Company, np.ndarray]:
    """A small company of random terms, with all that can tie its articles together, and its paths."""
    rng = np.random.default_rng(seed)
    suppliers = {
        name: {
            "order_cost": float(rng.choice([0.0, 12.0])),
            "min_order_value": float(rng.choice([0.0, 60.0])),
            "capacity_units": float(rng.choice([15.0, np.inf])),
            "order_every_weeks": int(rng.integers(1, 3)),
        }
        for name in ("S", "T")
    }
    lanes = [
        {
            "sku": sku,
            "supplier": str(rng.choice(["S", "T"])),
            "lead_time_weeks": int(rng.integers(0, 4)),
            "pack_size": float(rng.choice([1, 6])),
            "moq": float(rng.choice([0, 10])),
            "max_units": float(rng.choice([18, np.inf])),
            "expedite_lead_time_weeks": float(rng.choice([0, np.nan])),
            "expedite_unit_cost": 5.0,
        }
        for sku in SKUS
    ]
    items = {
        sku: {"shortage_cost": float(rng.choice([1.0, 6.0])), "category": str(rng.choice(["x", "y"]))} for sku in SKUS
    }
    items["c"]["season_end"] = pd.Timestamp("2026-04-01") if rng.random() < 0.5 else pd.NaT
    items["c"]["salvage_value"] = 1.0
    coming = [{"po": "1", "sku": "b", "units": 7.0, "due": "2026-03-09"}]
    stock = {"a": 6.0, "c": 2.0}
    company = build({sku: [1.0] for sku in SKUS}, items, suppliers, lanes, stock, coming)
    now = company.as_of
    limit = {
        "start": [now],
        "end": [now + pd.Timedelta(weeks=2)],
        "amount": [120.0],
        "supplier": [""],
        "category": ["x"],
    }
    if rng.random() < 0.5:
        company = replace(company, budgets=pd.DataFrame(limit))
    return company, rng.poisson([[4.0], [2.0], [7.0]], (12, 3, 7)).astype(float)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_every_plan_is_whole_priced_and_no_worse_than_ordering_nothing(small_company: Build, seed: int) -> None:
    company, demand = _random(small_company, seed)
    found = plan(company, demand)
    instance = prepare(company, demand)
    nothing = check(instance, Decisions.none(instance))
    assert sum(found.costs.values()) == pytest.approx(found.objective)
    assert found.objective <= sum(nothing.values()) + 1e-6
    assert found.bound <= found.objective + 1e-9
    orders = found.orders.merge(company.sourcing, on=["sku", "location", "supplier"])
    assert (orders["units"] % orders["pack_size"] == 0).all()
    assert (orders["units"] >= orders["moq"]).all()
    assert (orders["units"] <= orders["max_units"]).all()
    assert orders["value"].to_numpy() == pytest.approx((orders["units"] * orders["unit_cost_x"]).to_numpy())
    value = found.orders.groupby(["supplier", "order_date"])["value"].sum()
    least = company.suppliers["min_order_value"].reindex(value.index.get_level_values("supplier"))
    assert (value.to_numpy() >= least.to_numpy() - 1e-9).all()


@settings(derandomize=True, max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_money_has_no_scale(small_company: Build, seed: int) -> None:
    company, demand = _random(small_company, seed)
    priced = ["unit_cost", "price", "holding_cost", "shortage_cost", "salvage_value"]
    dearer = replace(
        company,
        items=company.items.assign(**{name: 4.0 * company.items[name] for name in priced}),
        suppliers=company.suppliers.assign(
            order_cost=4.0 * company.suppliers["order_cost"], min_order_value=4.0 * company.suppliers["min_order_value"]
        ),
        sourcing=company.sourcing.assign(
            unit_cost=4.0 * company.sourcing["unit_cost"],
            expedite_unit_cost=4.0 * company.sourcing["expedite_unit_cost"],
        ),
        budgets=company.budgets.assign(amount=4.0 * company.budgets["amount"]),
    )
    found, scaled = plan(company, demand), plan(dearer, demand)
    assert scaled.objective == pytest.approx(4.0 * found.objective, rel=3e-3, abs=1e-6)


def test_the_same_input_gives_the_same_plan(small_company: Build) -> None:
    company, demand = _random(small_company, 11)
    first, again = plan(company, demand), plan(company, demand)
    pd.testing.assert_frame_equal(first.orders, again.orders)
    pd.testing.assert_frame_equal(first.projection, again.projection)
    assert first.costs == again.costs


def _simple(small_company: Build, **given: object) -> Plan:
    return plan(small_company({"a": [1.0]}, **given), np.full((4, 1, 6), 5.0))


def test_the_tables_have_the_contracts_columns(small_company: Build) -> None:
    found = _simple(small_company)
    assert list(found.orders) == ORDER_COLUMNS
    assert list(found.projection) == PROJECTION_COLUMNS
    assert len(found.projection) == 6
    assert (found.due_now()["order_date"] == pd.Timestamp("2026-03-02")).all()
    assert found.orders["arrival_date"].tolist() == list(found.orders["order_date"] + pd.Timedelta(weeks=2))


def test_the_projection_plays_the_plan_with_lost_sales(small_company: Build) -> None:
    company, demand = _random(small_company, 5)
    found = plan(company, demand)
    arrivals = np.zeros((3, 7))
    arrivals[1, 1] += 7.0
    for row in found.orders.itertuples():
        arrivals[SKUS.index(row.sku), (row.arrival_date - company.as_of).days // 7] += row.units
    stock, lost = play(np.array([6.0, 0.0, 2.0]), arrivals, demand)
    end = 5 if pd.notna(company.items.loc["c", "season_end"]) else 7
    stock[:, 2, end:], lost[:, 2, end:] = 0.0, 0.0
    assert found.projection["stock_mean"].to_numpy() == pytest.approx(stock.mean(axis=0).ravel())
    assert found.projection["lost_units"].to_numpy() == pytest.approx(lost.mean(axis=0).ravel())
    assert found.projection["p_stockout"].to_numpy() == pytest.approx((lost > 0).mean(axis=0).ravel())


def test_nothing_arrives_after_its_season(small_company: Build) -> None:
    found = _simple(small_company, items={"a": {"season_end": pd.Timestamp("2026-03-24"), "salvage_value": 0.0}})
    assert found.orders["arrival_date"].max() == pd.Timestamp("2026-03-23")
    assert found.projection["lost_units"].tolist()[4:] == [0.0, 0.0]


def test_rushing_pays_where_the_margin_is_worth_it(small_company: Build) -> None:
    rush = {"sku": "a", "supplier": "S", "expedite_lead_time_weeks": 0.0, "expedite_unit_cost": 6.0}
    found = _simple(small_company, lanes=[rush])
    rushed = found.orders[found.orders["expedite"].eq(1)]
    assert rushed["arrival_date"].tolist() == [pd.Timestamp("2026-03-02"), pd.Timestamp("2026-03-09")]
    assert found.costs["expedite"] == pytest.approx(2 * 5 * 2.0)
    assert found.costs["lost_sales"] == 0.0
    dear = _simple(small_company, lanes=[rush | {"expedite_unit_cost": 11.0}])
    assert not dear.orders["expedite"].any()


def test_later_orders_are_an_outlook(small_company: Build) -> None:
    company = small_company({"a": [1.0]})
    policy = company.policy.model_copy(update={"horizon": company.policy.horizon.model_copy(update={"firm_weeks": 2})})
    found = plan(replace(company, policy=policy), np.full((1, 1, 6), 5.0))
    weeks = (found.orders["order_date"] - company.as_of).dt.days // 7
    assert found.orders["firm"].tolist() == [int(week < 2) for week in weeks]
    assert found.orders.loc[found.orders["firm"].eq(0), "reason"].str.startswith("Outlook").all()


def test_an_overspent_budget_is_reported_and_stops_orders(small_company: Build) -> None:
    ordered = {"po": "1", "sku": "a", "units": 30.0, "due": "2026-06-01", "ordered_on": pd.Timestamp("2026-03-01")}
    company = small_company({"a": [1.0]}, open_orders=[ordered])
    dates = {"start": [pd.Timestamp("2026-03-01")], "end": [pd.Timestamp("2026-12-31")]}
    budget = pd.DataFrame({**dates, "amount": [100.0], "supplier": [""], "category": [""]})
    found = plan(replace(company, budgets=budget), np.full((1, 1, 6), 5.0))
    assert found.orders.empty
    (gave,) = found.gave.to_dict("records")
    assert (gave["kind"], gave["amount"], gave["price"]) == ("budget", 20.0, 0.0)


@pytest.mark.parametrize(
    ("packs", "words"),
    [
        ([0.5, 0, 0, 0], "not whole"),
        ([-1, 0, 0, 0], "not whole"),
        ([1, 0, 0, 0], "minimum of 2"),
        ([9, 0, 0, 0], "limit of 4"),
    ],
)
def test_the_checker_names_what_is_broken(small_company: Build, packs: list[float], words: str) -> None:
    lane = {"sku": "a", "supplier": "S", "pack_size": 5.0, "moq": 10.0, "max_units": 20.0}
    instance = prepare(small_company({"a": [1.0]}, lanes=[lane]), np.full((1, 1, 6), 5.0))
    plan_ = Decisions(np.array(packs, dtype=float), np.zeros(4))
    assert any(words in line for line in violations(instance, plan_))
    with pytest.raises(InternalError, match="supplier S"):
        check(instance, plan_)


def test_the_checker_counts_an_order_below_its_minimum(small_company: Build) -> None:
    instance = prepare(small_company({"a": [1.0]}, suppliers={"S": {"min_order_value": 50.0}}), np.full((1, 1, 6), 5.0))
    assert violations(instance, Decisions(np.array([12.0, 0, 0, 0]), np.zeros(4)))
    assert not violations(instance, Decisions(np.array([13.0, 0, 0, 0]), np.zeros(4)))


def test_the_costs_of_a_plan_by_hand(small_company: Build) -> None:
    """Stock 8, demand 5 a week, 12 units ordered now at 4 arrive in week 2: weeks end with 3, 0, 7, 2, 0, 0."""
    company = small_company({"a": [1.0]}, suppliers={"S": {"order_cost": 7.0}}, on_hand={"a": 8.0})
    company = replace(company, policy=company.policy.model_copy(update={"shortage_weight": 1.0}))
    instance = prepare(company, np.full((1, 1, 6), 5.0))
    costs = check(instance, Decisions(np.array([12.0, 0, 0, 0]), np.array([0.0, 0.0, 3.0, 5.0])))
    assert costs == pytest.approx(
        {
            "purchase": 48.0,
            "expedite": 0.0,
            "payment_terms": 0.0,
            "clearance": 0.0,
            "containers": 0.0,
            "transfers": 0.0,
            "ordering": 7.0,
            "holding": 0.5 * (3 + 7 + 2),
            "lost_sales": 10.0 * (2 + 3 + 5),
            "stock_value": 0.0,
            "open_orders": 0.0,
            "limits": 0.0,
        }
    )
