"""Finance's figures: by hand on small worlds, and the books balance on any."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import MARKDOWN_COLUMNS, TRANSFER_COLUMNS, Company
from data.policy import Horizon, Money, Policy
from optimize.plan import CLEARANCE_COLUMNS
from optimize.plan import TRANSFER_COLUMNS as MOVES
from optimize.planner import plan
from optimize.stock_flow import Floats
from scenarios import cash
from scenarios.finance_measures import BY_NAME, MEASURES
from scenarios.patch import Override
from scenarios.patch_money import price
from scenarios.play import Moves, Played, play_plan
from scenarios.stock_at_cost import ledger

Build = Callable[..., Company]
WEEKS = 6
LINE = {"order_date": "2026-03-02", "supplier": "S", "sku": "a", "location": "main", "units": 10, "expedite": 0}
FLAT = np.full((2, 1, WEEKS), 4.0)


def _company(small_company: Build, **more: Any) -> Company:
    """One article: cost 4, price 10, holding 0.5, lead time 2, paid 14 days after arrival."""
    policy = more.pop("policy", Policy(horizon=Horizon(weeks=WEEKS)))
    terms = {"S": {"payment_days": 14.0, "order_cost": 3.0}}
    return small_company({"a": [4.0] * 8}, policy=policy, **({"suppliers": terms, "on_hand": {"a": 9.0}} | more))


def _orders(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([LINE | row for row in rows], columns=list(LINE)).astype({"order_date": "datetime64[ns]"})


def _played(company: Company, *rows: dict[str, Any], demand: Floats = FLAT, moves: Moves | None = None) -> Played:
    return play_plan(company, _orders(*rows), demand, moves)


def _weeks(played: Played, measure: str) -> list[float]:
    return [float(value) for value in cash.figures(played)[measure][0]]


def test_stock_sales_and_payments_of_one_order_by_hand(small_company: Build) -> None:
    played = _played(_company(small_company), {})
    # 9 on the shelf, 10 come in week 2; 4 a week are wanted.
    assert _weeks(played, "units_sold") == [4, 4, 4, 4, 3, 0]
    assert _weeks(played, "lost_units") == [0, 0, 0, 0, 1, 4]
    assert _weeks(played, "revenue") == [40, 40, 40, 40, 30, 0]
    assert _weeks(played, "cost_of_goods") == [16, 16, 16, 16, 12, 0]
    assert _weeks(played, "stock_value") == [20, 4, 28, 12, 0, 0]
    assert _weeks(played, "purchase_spend") == [40, 0, 0, 0, 0, 0]
    assert _weeks(played, "goods_received") == [0, 0, 40, 0, 0, 0]
    assert _weeks(played, "payments") == [0, 0, 0, 0, 40, 0]
    assert _weeks(played, "payables") == [0, 0, 40, 40, 0, 0]
    assert _weeks(played, "cash_flow") == [37, 40, 40, 40, -10, 0]
    assert _weeks(played, "holding_cost") == [2.5, 0.5, 3.5, 1.5, 0, 0]
    assert _weeks(played, "order_charges") == [3, 0, 0, 0, 0, 0]
    assert _weeks(played, "lost_margin") == [0, 0, 0, 0, 6, 24]
    assert _weeks(played, "fill_rate") == [1, 1, 1, 1, 0.75, 0]


def test_totals_of_one_order_by_hand(small_company: Build) -> None:
    played = _played(_company(small_company), {})
    found = {name: float(values[0]) for name, values in cash.totals(played, cash.figures(played)).items()}
    assert found["profit"] == pytest.approx(190 - 76 - 3 - 8 + 0.25 * 14 / 365 * 40)
    assert found["stock_value"] == pytest.approx(64 / 6)
    assert found["working_capital_peak"] == 20
    assert found["turns"] == pytest.approx(76 * 52 / 64)
    assert found["fill_rate"] == pytest.approx(19 / 24)
    assert found["cost_purchase"] == 40
    assert found["cost_payment_terms"] == pytest.approx(-0.25 * 14 / 365 * 40)
    assert found["cost_lost_sales"] == 50
    assert found["total_cost"] == pytest.approx(40 - 0.25 * 14 / 365 * 40 + 3 + 8 + 50)


def test_goods_cost_the_moving_average_of_what_came_in(small_company: Build) -> None:
    company = _company(small_company, on_hand={"a": 8.0})
    dearer = replace(company, sourcing=company.sourcing.assign(unit_cost=7.0, lead_time_weeks=1))
    played = _played(dearer, {"units": 8})
    # After the first week 4 units of 4 each meet 8 of 7 each: 6 on average.
    assert _weeks(played, "cost_of_goods") == [16, 24, 24, 24, 0, 0]
    assert _weeks(played, "margin") == [24, 16, 16, 16, 0, 0]


def test_a_promotions_discount_and_a_drivers_price_are_what_revenue_is_counted_at(small_company: Build) -> None:
    company = _company(small_company, on_hand={"a": 99.0})
    columns = ["promo", "start", "end", "sku", "category", "location", "kind", "discount", "expected_uplift"]
    days = pd.Timestamp("2026-03-09"), pd.Timestamp("2026-03-15")
    promotions = pd.DataFrame([["P", *days, "a", "", "", "", 0.25, np.nan]], columns=columns)
    drivers = pd.DataFrame({"date": [pd.Timestamp("2026-03-23")], "sku": ["a"], "location": [""], "price": [9.0]})
    played = _played(replace(company, promotions=promotions, drivers=drivers))
    assert _weeks(played, "revenue") == [40, 30, 40, 36, 40, 40]


def test_a_scenarios_price_is_what_revenue_is_counted_at_where_drivers_tell_prices_too(small_company: Build) -> None:
    days = [pd.Timestamp("2026-02-23"), pd.Timestamp("2026-03-09")]
    drivers = pd.DataFrame({"date": days, "sku": ["a", "a"], "location": ["", ""], "price": [8.0, 9.0]})
    company = replace(_company(small_company, on_hand={"a": 99.0}), drivers=drivers)
    dearer = Override(field="price", operation="multiply", value=1.5)
    world, touched = price(company, dearer)
    assert touched == 1
    assert _weeks(_played(world), "revenue") == [60, 54, 60, 60, 60, 60]
    assert world.drivers["price"].tolist() == [8.0, 13.5]


def test_goods_that_came_before_the_run_are_still_to_be_paid(small_company: Build) -> None:
    columns = ["po", "sku", "units", "supplier", "ordered_on", "promised_on", "received_on"]
    came = [pd.Timestamp(day) for day in ("2026-02-20", "2026-02-10")]
    rows = [["P", "a", 5.0, "S", day, day, day] for day in came]
    played = _played(replace(_company(small_company), receipts=pd.DataFrame(rows, columns=columns)))
    assert _weeks(played, "payments") == [20, 0, 0, 0, 0, 0]
    assert _weeks(played, "payables") == [0] * 6


def test_what_is_on_order_is_paid_by_its_suppliers_terms(small_company: Build) -> None:
    on_order = [{"po": "1", "sku": "a", "units": 5.0, "due": "2026-03-09"}]
    played = _played(_company(small_company, open_orders=on_order))
    assert _weeks(played, "goods_received") == [0, 20, 0, 0, 0, 0]
    assert _weeks(played, "payments") == [0, 0, 0, 20, 0, 0]


def test_the_seasons_leftovers_are_written_down_to_their_salvage(small_company: Build) -> None:
    season = {"a": {"season_end": pd.Timestamp("2026-03-22"), "salvage_value": 1.0}}
    played = _played(_company(small_company, items=season, on_hand={"a": 15.0}), {"units": 2}, {"units": 5})
    # Weeks 0 to 2 count; 22 units are there, 12 are sold.
    assert _weeks(played, "overstock_units") == [0, 0, 10, 0, 0, 0]
    assert _weeks(played, "overstock_value") == [0, 0, 40, 0, 0, 0]
    assert _weeks(played, "clearance_revenue") == [0, 0, 10, 0, 0, 0]
    assert _weeks(played, "clearance_loss") == [0, 0, 30, 0, 0, 0]
    assert _weeks(played, "stock_value") == [44, 28, 0, 0, 0, 0]
    late = _played(_company(small_company, items=season, on_hand={"a": 15.0}), {"order_date": "2026-03-09"})
    assert _weeks(late, "overstock_units") == [0, 0, 3, 10, 0, 0]


def test_cleared_units_bring_their_value_and_only_those_that_are_there(small_company: Build) -> None:
    company = _company(small_company, on_hand={"a": 7.0})
    clearance = pd.DataFrame([[company.as_of, "a", "main", 9, 3.0, 27.0, 1, ""]], columns=CLEARANCE_COLUMNS)
    played = _played(company, moves=Moves(clearance=clearance))
    assert _weeks(played, "clearance_revenue") == [21, 0, 0, 0, 0, 0]
    assert _weeks(played, "clearance_loss") == [7, 0, 0, 0, 0, 0]
    assert _weeks(played, "units_sold") == [0] * 6


def test_express_containers_and_fees_are_told(small_company: Build) -> None:
    boxes = {"S": {"container_cost": 50.0, "container_volume": 4.0}}
    on_order = [{"po": "1", "sku": "a", "units": 5.0, "due": "2026-03-16"}] * 2
    company = _company(small_company, suppliers=boxes, items={"a": {"volume": 1.0}}, open_orders=on_order)
    sourcing = company.sourcing.assign(expedite_lead_time_weeks=1.0, expedite_unit_cost=5.5)
    costs = {"cancel_cost": 1.0, "expedite_due": pd.Timestamp("2026-03-09"), "expedite_cost": 0.5}
    company = replace(company, sourcing=sourcing, open_orders=company.open_orders.assign(**costs))
    played = _played(company, {"expedite": 1}, moves=Moves(actions=("cancel", "expedite")))
    found = cash.totals(played, cash.figures(played))
    assert found["expedite_cost"][0] == found["cost_expedite"][0] == 15
    assert found["order_charges"][0] == found["cost_containers"][0] == 150
    assert found["open_order_fees"][0] == 5 * 1.0 + 5 * 0.5
    assert found["cost_open_orders"][0] == 5 * (1.0 - 4.0) + 5 * 0.5
    assert found["goods_received"][0] == 10 * 5.5 + 5 * 4


def test_transfers_cost_what_the_worlds_route_costs(small_company: Build) -> None:
    company = _company(small_company)
    series = pd.MultiIndex.from_tuples([("a", "main"), ("a", "shop")], names=["sku", "location"])
    pair = {name: np.repeat(getattr(company.history, name), 2, axis=0) for name in ("units", "in_stock", "price")}
    history = replace(company.history, series=series, **pair)
    stock = pd.DataFrame({"on_hand": [9.0, 0.0]}, index=series)
    routes = pd.DataFrame([["main", "shop", 1, "", 0.3, np.inf]], columns=TRANSFER_COLUMNS)
    company = replace(company, history=history, stock=stock, transfers=routes)
    row = [company.as_of, company.as_of + pd.Timedelta(weeks=1), "a", "main", "shop", 5, 0.2, 1.0, 1, ""]
    moves = Moves(transfers=pd.DataFrame([row], columns=MOVES))
    played = _played(company, demand=np.full((2, 2, WEEKS), 1.0), moves=moves)
    assert _weeks(played, "transfer_cost") == [1.5, 0, 0, 0, 0, 0]
    assert played.end_stock[0].tolist() == [[3, 2, 1, 0, 0, 0], [0, 4, 3, 2, 1, 0]]
    assert _weeks(played, "stock_value") == [12, 24, 16, 8, 4, 0]


def test_orders_beyond_budgets_and_capacities_are_told(small_company: Build) -> None:
    company = _company(small_company, suppliers={"S": {"capacity_units": 12.0}})
    month = [pd.Timestamp("2026-03-01"), pd.Timestamp("2026-03-31")]
    budgets = pd.DataFrame([[*month, 50.0, "", ""]], columns=["start", "end", "amount", "supplier", "category"])
    played = _played(replace(company, budgets=budgets), {"units": 9}, {"units": 9})
    assert _weeks(played, "over_capacity") == [6, 0, 0, 0, 0, 0]
    assert _weeks(played, "over_budget") == [22, 0, 0, 0, 0, 0]
    kept = _played(replace(company, budgets=budgets.assign(amount=36.0 - 1e-5)), {"units": 9})
    assert _weeks(kept, "over_budget") == _weeks(kept, "over_capacity") == [0] * 6


def test_the_cost_of_a_single_order_is_the_planners_own(small_company: Build) -> None:
    demand = np.random.default_rng(4).poisson(3, (40, 1, 8)).astype(float)
    policy = Policy(horizon=Horizon(weeks=8))
    company = _company(small_company, suppliers={"S": {"order_every_weeks": 9, "order_cost": 2.0}}, policy=policy)
    found = plan(company, demand)
    assert len(found.orders) == 1
    played = play_plan(company, found.orders, demand, Moves.of(found))
    costs = cash.totals(played, cash.figures(played))
    assert costs["total_cost"].mean() == pytest.approx(found.objective)
    for term, amount in found.costs.items():
        if term not in ("lost_sales", "stock_value", "limits"):
            assert costs[f"cost_{term}"].mean() == pytest.approx(amount)


def _any_world(small_company: Build, seed: int, scale: float = 1.0) -> tuple[Company, Floats]:
    rng = np.random.default_rng(seed)
    season = {"season_end": pd.Timestamp("2026-03-29"), "salvage_value": scale, "unit_cost": 4 * scale}
    money = {"unit_cost": 4 * scale, "price": 10 * scale, "holding_cost": scale / 2, "shortage_cost": 6 * scale}
    company = small_company(
        {"a": [4.0] * 8, "b": [4.0] * 8},
        items={"a": money | season, "b": money | {"salvage_value": 4 * scale}},
        suppliers={"S": {"payment_days": float(rng.integers(0, 40)), "order_cost": 2 * scale}},
        lanes=[{"sku": sku, "supplier": "S", "unit_cost": float(rng.integers(3, 6)) * scale} for sku in "ab"],
        on_hand={"a": float(rng.integers(0, 40)), "b": float(rng.integers(0, 20))},
        open_orders=[{"po": "1", "sku": "b", "units": 9.0, "due": "2026-03-09"}],
        policy=Policy(horizon=Horizon(weeks=WEEKS), money=Money(carrying_rate=0.3)),
    )
    columns = ["po", "sku", "units", "supplier", "ordered_on", "promised_on", "received_on"]
    day = pd.Timestamp("2026-01-05")
    late = [[f"P{n}", "a", 1.0, "S", day, day, day + pd.Timedelta(weeks=int(rng.integers(0, 3)))] for n in range(6)]
    marks = pd.DataFrame([[2.5 * scale, "a", "", "", pd.NaT, np.nan, 3.0]], columns=MARKDOWN_COLUMNS)
    company = replace(company, receipts=pd.DataFrame(late, columns=columns))
    if seed % 2:
        company = replace(company, markdowns=marks.astype({"from_date": "datetime64[ns]"}))
    return company, rng.poisson(4, (20, 2, WEEKS)).astype(float)


@pytest.mark.parametrize("seed", range(4))
def test_the_books_balance(small_company: Build, seed: int) -> None:
    company, demand = _any_world(small_company, seed)
    found = plan(company, demand)
    played = play_plan(company, found.orders, demand, Moves.of(found))
    book, weekly = ledger(played), cash.figures(played)
    opening = float((company.stock["on_hand"].to_numpy() * 4.0).sum())
    gone = (book.sold + book.cleared + book.sent + book.left_over).sum(axis=1)
    assert opening + book.received.sum(axis=1) == pytest.approx(gone + book.stock[:, -1])
    assert weekly["goods_received"] == pytest.approx(book.received)
    assert weekly["payables"][:, -1] == pytest.approx(
        weekly["payables"][:, 0]
        - weekly["goods_received"][:, 0]
        + weekly["payments"][:, 0]
        + (weekly["goods_received"] - weekly["payments"]).sum(axis=1)
    )
    assert weekly["purchase_spend"].sum(axis=1) == pytest.approx(found.orders["value"].sum())
    assert (weekly["units_sold"] + weekly["lost_units"] <= demand.sum(axis=1) + 1e-9).all()


@pytest.mark.parametrize("seed", range(2))
def test_money_has_no_scale(small_company: Build, seed: int) -> None:
    company, demand = _any_world(small_company, seed)
    doubled, _ = _any_world(small_company, seed, 2.0)
    orders = plan(company, demand).orders
    once, twice = (play_plan(world, orders, demand) for world in (company, doubled))
    single, double = (cash.totals(played, cash.figures(played)) for played in (once, twice))
    for name, values in single.items():
        factor = 2.0 if BY_NAME[name].unit == "money" else 1.0
        assert double[name] == pytest.approx(factor * values), name


def test_every_measure_is_told_and_every_told_one_is_there(small_company: Build) -> None:
    played = _played(_company(small_company), {})
    weekly = cash.figures(played)
    assert set(weekly) == {one.name for one in MEASURES if one.weekly}
    assert set(cash.totals(played, weekly)) == set(BY_NAME)
