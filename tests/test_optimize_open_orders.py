"""Open orders as decisions: the cheapest of waiting, rushing, cancelling and ordering anew, priced together."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from data.gate import read_company
from data.sample import AS_OF, write_sample
from optimize.ground import ground
from optimize.late import shifted
from optimize.open_decisions import after, choices, money
from optimize.plan import Plan
from optimize.planner import plan
from optimize.stock_flow import Floats, play

Build = Callable[..., Company]
MONDAY, WEEK = pd.Timestamp("2026-03-02"), pd.Timedelta(weeks=1)
SEASON = {"season_end": pd.Timestamp("2026-04-26"), "salvage_value": 1.0}
ORDER = {"po": "P", "sku": "a", "units": 60.0}
LANE = {"sku": "a", "supplier": "S", "lead_time_weeks": 1}


def _company(build: Build, due: str, choice: dict[str, object] | None = None, **item: object) -> Company:
    """Ten pieces a week sell in a season of eight weeks; ten are there, sixty on order."""
    company = build(
        {"a": [1.0]}, items={"a": SEASON | item}, lanes=[LANE], on_hand={"a": 20.0}, open_orders=[ORDER | {"due": due}]
    )
    return replace(company, open_orders=company.open_orders.assign(**(choice or {})))


def _demand(level: float = 10.0) -> Floats:
    return np.full((4, 1, 8), level)


def _bought(found: Plan) -> float:
    return float(found.orders["units"].sum())


def test_a_postponed_order_brings_a_second_one_only_where_margin_exceeds_the_leftover(small_company: Build) -> None:
    """Fifteen days later the order leaves two weeks of demand, 20 pieces, without goods; 50 at least can be ordered."""
    for shortage, salvage, second in ((6.0, 3.5, 50.0), (2.0, 0.0, 0.0)):
        item = {"shortage_cost": shortage, "salvage_value": salvage, "holding_cost": 0.05}
        on_time, late = (_company(small_company, due, **item) for due in ("2026-03-16", "2026-03-31"))
        assert _bought(plan(on_time, _demand())) == 0.0
        assert _bought(plan(replace(late, sourcing=late.sourcing.assign(moq=50.0)), _demand())) == second


def test_a_second_order_that_comes_no_sooner_is_not_placed(small_company: Build) -> None:
    company = _company(small_company, "2026-03-31", shortage_cost=40.0)
    slow = replace(company, sourcing=company.sourcing.assign(lead_time_weeks=5))
    assert _bought(plan(slow, _demand())) == 0.0


@pytest.mark.parametrize(("cost", "decision"), [(0.5, "expedite"), (8.0, "wait")])
def test_rushing_is_bought_at_what_it_saves(small_company: Build, cost: float, decision: str) -> None:
    choice = {"expedite_due": pd.Timestamp("2026-03-16"), "expedite_cost": cost}
    company = _company(small_company, "2026-03-31", choice, shortage_cost=9.0, salvage_value=0.0)
    slow = replace(company, sourcing=company.sourcing.assign(lead_time_weeks=6))
    found = plan(slow, _demand())
    assert found.open_orders["decision"].tolist() == [decision]
    assert found.costs["open_orders"] == (60 * cost if decision == "expedite" else 0.0)


@pytest.mark.parametrize(("cost", "decision"), [(0.5, "cancel"), (3.9, "wait")])
def test_an_order_that_would_be_left_over_is_cancelled_where_that_costs_less(
    small_company: Build, cost: float, decision: str
) -> None:
    company = _company(small_company, "2026-03-31", {"cancel_cost": cost}, salvage_value=1.0, holding_cost=0.05)
    found = plan(company, _demand(2.0))
    assert found.open_orders["decision"].tolist() == [decision]
    assert found.costs["open_orders"] == (60 * (cost - 4.0) if decision == "cancel" else 0.0)


def test_what_is_decided_is_the_best_of_all_plans(small_company: Build) -> None:
    rng = np.random.default_rng(11)
    for _ in range(6):
        orders = [
            ORDER | {"po": f"P{n}", "units": 20.0, "due": due} for n, due in enumerate(("2026-03-16", "2026-04-06"))
        ]
        company = small_company(
            {"a": [1.0]},
            items={"a": SEASON},
            lanes=[LANE | {"lead_time_weeks": 3}],
            on_hand={"a": 10.0},
            open_orders=orders,
        )
        choice = {"cancel_cost": rng.uniform(0, 4, 2), "expedite_due": pd.Timestamp("2026-03-09")}
        company = replace(company, open_orders=company.open_orders.assign(**choice, expedite_cost=rng.uniform(0, 3, 2)))
        demand = rng.poisson(rng.uniform(2, 9), (20, 1, 8)).astype(float)
        tried = {}
        for first in ("wait", "expedite", "cancel"):
            for second in ("wait", "expedite", "cancel"):
                cost = plan(_plain(after(company, [first, second])), demand).objective
                tried[first, second] = cost + float(money(company, [first, second]).sum())
        found = plan(company, demand)
        assert found.objective == pytest.approx(min(tried.values()))
        waited = found.open_orders["decision"].replace("reorder", "cancel")
        assert tried[tuple(waited)] == pytest.approx(found.objective)


def test_open_orders_and_the_one_new_order_are_the_best_of_all_as_each_path_plays_them(small_company: Build) -> None:
    """Random companies that can order once: every action with every quantity is played, sales lost week by week."""
    decided = set()
    for seed in range(4):
        company, demand = _once(small_company, np.random.default_rng(seed))
        costs = {
            (action, units): cost
            for action in choices(company)[0]
            for units, cost in enumerate(_played(company, demand, action))
        }
        found = plan(company, demand)
        action = found.open_orders["decision"].replace("reorder", "cancel").iloc[0]
        chosen = costs[action, int(found.orders["units"].sum())]
        assert found.objective == pytest.approx(chosen)
        assert chosen <= min(costs.values()) + 0.01 * max(abs(cost) for cost in costs.values())
        decided.add(action)
    assert decided == {"wait", "expedite", "cancel"}


def _once(build: Build, rng: np.random.Generator) -> tuple[Company, Floats]:
    """A company that can order now or never, its open order due before or after the new one; every second one has a
    supplier that comes late."""
    due = MONDAY + pd.Timedelta(days=int(rng.choice([-15, 7, 14, 28])))
    row = {"po": "P", "sku": "a", "units": float(rng.integers(15, 40)), "due": due}
    company = build(
        {"a": [1.0]},
        items={"a": SEASON | {"shortage_cost": rng.uniform(1, 8), "holding_cost": rng.uniform(0.02, 0.3)}},
        suppliers={"S": {"order_every_weeks": 9}},
        lanes=[LANE | {"lead_time_weeks": int(rng.integers(1, 4))}],
        on_hand={"a": float(rng.integers(0, 15))},
        open_orders=[row | {"week": max(due, MONDAY + WEEK)}],
    )
    choice = {"cancel_cost": rng.uniform(0, 4), "expedite_due": MONDAY + WEEK, "expedite_cost": rng.uniform(0, 2)}
    day = MONDAY - pd.to_timedelta(7 * np.arange(20, 32), "D")
    late = pd.to_timedelta(7 * rng.choice([0, 0, 1, 2, 4], 12) * int(rng.integers(0, 2)), "D")
    receipts = pd.DataFrame({"po": [f"R{n}" for n in range(12)], "sku": "a", "units": 1.0, "supplier": "S"})
    receipts = receipts.assign(ordered_on=day, promised_on=day, received_on=day + late)
    company = replace(company, open_orders=company.open_orders.assign(**choice), receipts=receipts)
    return company, rng.poisson(rng.uniform(1, 5), (20, 1, 8)).astype(float)


def _played(company: Company, demand: Floats, action: str) -> list[float]:
    """What an action costs with each quantity ordered today when the paths are played: bought, held, lost and left."""
    settled = after(company, [action])
    base = ground(settled, demand)
    (lane,), (worth,), (end,) = base.lanes[0], base.worth, base.ends
    new = np.zeros((1, demand.shape[2]))
    new[0, lane.lead_time] = 1.0
    open_units = base.open_units[None] if base.late is None else base.late.open_units
    share = new[None] if base.late is None else shifted(new, base.late.delay)
    paid, found = float(money(company, [action]).sum()), []
    for units in range(60):
        arrives = (open_units + units * share)[..., :end]
        left, lost = play(settled.stock["on_hand"].to_numpy(), arrives, demand[..., :end])
        never = units * (1.0 - share[..., :end].sum(axis=2).mean())
        kept = worth.holding * left.sum(axis=2).mean() - worth.end_value * (left[..., -1].mean() + never)
        missed = worth.lost * lost.sum(axis=2).mean()
        found.append(float(kept + missed + lane.unit_cost * units + paid))
    return found


def _plain(company: Company) -> Company:
    """The company without a choice about its open orders."""
    return replace(company, open_orders=company.open_orders.assign(cancel_cost=np.nan, expedite_due=pd.NaT))


def test_orders_that_share_a_charge_are_settled_for_the_whole_plan(small_company: Build) -> None:
    orders = [ORDER | {"due": "2026-03-23"}, ORDER | {"po": "Q", "sku": "b", "due": "2026-03-23"}]
    company = small_company(
        {"a": [1.0], "b": [1.0]},
        items={"a": SEASON, "b": SEASON},
        suppliers={"S": {"order_cost": 15.0, "capacity_units": 40.0}},
        open_orders=orders,
    )
    demand = np.random.default_rng(5).poisson([[4.0], [9.0]], (20, 2, 8)).astype(float)
    waited = plan(company, demand)
    free = replace(company, open_orders=company.open_orders.assign(cancel_cost=0.2))
    found = plan(free, demand)
    assert found.objective <= waited.objective + 1e-9
    assert found.objective == pytest.approx(sum(found.costs.values()))
    assert set(found.open_orders["decision"]) <= {"wait", "cancel", "reorder"}


def test_an_open_order_says_when_it_comes_and_why_it_is_waited_for(small_company: Build) -> None:
    company = _company(small_company, "2026-03-16", {"cancel_cost": 3.0})
    (row,) = plan(company, _demand()).open_orders.to_dict(orient="records")
    assert (row["po"], row["decision"], row["money"]) == ("P", "wait", 0.0)
    assert row["expected_arrival"] == pd.Timestamp("2026-03-16")
    assert row["reason"].startswith("Cancelling it would cost ")


def test_a_shipped_order_says_what_is_left_to_its_carrier(small_company: Build) -> None:
    """The carriers took 7, 7 and 14 days: the order on its way for four comes in 3 or 10."""
    company = _company(small_company, "2026-03-09", {"shipped_on": pd.Timestamp("2026-02-26")})
    handed_over = company.as_of - pd.to_timedelta([70, 70, 77], "D")
    receipts = pd.DataFrame({"po": ["R0", "R1", "R2"], "sku": "a", "units": 1.0, "supplier": "S"})
    receipts = receipts.assign(
        ordered_on=handed_over - pd.Timedelta(weeks=2),
        promised_on=handed_over + pd.Timedelta(weeks=1),
        shipped_on=handed_over,
        received_on=handed_over + pd.to_timedelta([7, 7, 14], "D"),
    )
    (row,) = plan(replace(company, receipts=receipts), _demand()).open_orders.to_dict(orient="records")
    assert row["expected_arrival"] == pd.Timestamp("2026-03-09")
    shipped = "Shipped on 2026-02-26: this supplier's carriers took 7 to 14 days before."
    spread = "It comes between 2026-03-09 and 2026-03-16 in four cases of five."
    assert row["reason"] == f"{shipped} {spread} It can be neither rushed nor cancelled."
    often = pd.concat([receipts] + [receipts.iloc[:1]] * 20).reset_index(drop=True)
    often["po"] = [f"R{n}" for n in range(len(often))]
    (row,) = plan(replace(company, receipts=often), _demand()).open_orders.to_dict(orient="records")
    assert "It comes on 2026-03-09 in four cases of five." in row["reason"]


@pytest.fixture(scope="module")
def jackets(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The sample company's down jackets: their main delivery is overdue by fifteen days."""
    folder: Path = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    company, _ = read_company(folder, AS_OF)
    late = company.open_orders[company.open_orders["supplier"].eq("CSD")]
    rows = np.flatnonzero(company.series.get_level_values("sku").isin(late["sku"])).tolist()
    history, names = company.history.only(rows), company.series[rows]
    kept = late[pd.MultiIndex.from_frame(late[["sku", "location"]]).isin(names)].reset_index(drop=True)
    return replace(
        company, history=history, stock=company.stock.loc[names], open_orders=kept, budgets=company.budgets.iloc[:0]
    )


def test_the_samples_late_jackets_bring_no_second_order(jackets: Company) -> None:
    """Demand of the last winter; the delivery that is fifteen days late, and as if it were due today."""
    last = jackets.history.units[:, -52:-26]
    demand = np.random.default_rng(0).poisson(np.nan_to_num(last), (20, *last.shape)).astype(float)
    overdue = jackets.open_orders["due"] < AS_OF
    assert overdue.any()
    on_time = jackets.open_orders.assign(
        due=jackets.open_orders["due"].mask(overdue, AS_OF), week=jackets.open_orders["week"].mask(overdue, AS_OF)
    )
    late, punctual = plan(jackets, demand), plan(replace(jackets, open_orders=on_time), demand)
    more = late.orders["units"].sum() - punctual.orders["units"].sum()
    lost = late.projection["lost_units"].sum() - punctual.projection["lost_units"].sum()
    assert more <= 0.02 * float(jackets.open_orders["units"].sum())
    assert more <= max(lost, 0.0) + 60
