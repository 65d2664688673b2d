"""Late deliveries in the plan: what the curves say is what playing the paths with their delays costs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import Company
from data.policy import Policy
from optimize.arrivals import as_it_comes, ordered
from optimize.checker import check
from optimize.instance import Decisions, Instance
from optimize.late import shifted
from optimize.planner import plan
from optimize.prepare import prepare
from optimize.season_value import season_quantity
from optimize.stock_flow import Floats, play

Build = Callable[..., Company]
LANE = {"sku": "a", "supplier": "S", "lead_time_weeks": 2}


def _late(build: Build, late: list[int], **more: object) -> Company:
    """A company whose supplier was so many weeks late in its past deliveries, all of them recent."""
    company = build({"a": [1.0]}, **more)
    days = company.as_of - pd.Timedelta(weeks=20) + pd.to_timedelta(7 * np.arange(len(late)), unit="D")
    receipts = pd.DataFrame({"po": [f"R{n}" for n in range(len(late))], "sku": "a", "units": 1.0, "supplier": "S"})
    received = days + pd.to_timedelta(7 * np.array(late), unit="D")
    receipts = receipts.assign(ordered_on=days - pd.Timedelta(weeks=2), promised_on=days, received_on=received)
    return replace(company, receipts=receipts)


def _by_hand(instance: Instance, decisions: Decisions, weight: float) -> float:
    """What the plan of one series costs when each path is played week by week, as docs/method.md's formulas say.

    Before a path's first arrival sales are lost; from then on what is short is owed until the next order's arrival, but
    not met by an open order that comes before. What a season is not bought for is owed in the end alone.
    """
    assert instance.late is not None
    (one,), end = instance.series, instance.series[0].end
    promised, margin = ordered(instance, decisions)[0], one.lost - one.replacement
    ends = {period.last for period in instance.periods if not period.final}
    reach, total = instance.periods[0].first, 0.0
    asked = instance.demand[:, 0, :end]
    most = season_quantity(asked, one.lost, one.replacement, one.end_value)
    forgone = np.maximum(asked.sum(axis=1) - most, 0.0)
    for s, late in enumerate(instance.late.delay[:, 0].tolist()):
        comes = shifted(promised[None], np.array([[late]]))[0, 0] + instance.late.open_units[s, 0]
        level, first = float(instance.stock[0]), min(max(reach + late, 0), end)
        short = 0.0
        for t in range(end):
            level += comes[t] - instance.demand[s, 0, t]
            if t < first:
                total += one.lost * max(-level, 0.0)
                level = max(level, 0.0)
            else:
                short = max(-level, 0.0 if t - late - 1 in ends or t == first else short)
                if t < end - 1 and t - late in ends:
                    total += weight * margin * max(short - forgone[s], 0.0)
            total += one.holding * (level + short)
        never = float(promised.sum() - shifted(promised[None], np.array([[late]]))[0, 0, :end].sum())
        if first < end:
            total += (one.lost - one.end_value) * short
        total -= one.end_value * (level + never)
    bought = sum(
        slot.lane.pack * slot.lane.unit_cost * n for slot, n in zip(instance.slots, decisions.packs, strict=True)
    )
    return total / len(instance.demand) + float(bought)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_curves_cost_what_playing_each_path_costs(small_company: Build, seed: int) -> None:
    rng = np.random.default_rng(seed)
    season = {"a": {"season_end": pd.Timestamp("2026-04-12"), "salvage_value": 1.0}} if seed % 2 else None
    company = _late(
        small_company,
        rng.integers(-1, 4, 6).tolist(),
        items=season,
        lanes=[LANE | {"lead_time_weeks": int(rng.integers(0, 4))}],
        suppliers={"S": {"order_every_weeks": int(rng.integers(1, 4))}},
        on_hand={"a": float(rng.integers(0, 9))},
        open_orders=[{"po": "P", "sku": "a", "units": 6.0, "due": "2026-03-09"}],
        policy=Policy(shortage_weight=0.5),
    )
    instance = prepare(company, rng.poisson(3, (20, 1, 7)).astype(float))
    # What is learned before later orders is taken at its expectation: compare what today's knowledge decides.
    blind = _told_nothing(company, instance)
    decisions = Decisions.none(blind)
    decisions.packs[:] = rng.integers(0, 7, len(decisions.packs))
    assert sum(check(blind, decisions).values()) == pytest.approx(_by_hand(blind, decisions, 0.5))


def _told_nothing(company: Company, instance: Instance) -> Instance:
    """The instance without what will be learned before later orders."""
    import optimize.prepare as preparing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparing, "_informed", lambda *given: (0,) * len(given[2]))
        return prepare(company, instance.demand)


def test_a_plan_with_one_arrival_costs_what_the_shelf_shows(small_company: Build) -> None:
    company = _late(small_company, [0, 1, 1, 3], suppliers={"S": {"order_every_weeks": 9}}, on_hand={"a": 7.0})
    demand = np.random.default_rng(4).poisson(3, (40, 1, 8)).astype(float)
    instance = prepare(company, demand)
    decisions = Decisions.none(instance)
    decisions.packs[0] = 15.0
    left, lost = play(instance.stock, as_it_comes(instance, decisions), demand)
    costs = check(instance, decisions)
    assert costs["holding"] == pytest.approx(0.5 * left.sum(axis=2).mean())
    assert costs["lost_sales"] + costs["stock_value"] == pytest.approx(
        10.0 * lost.sum(axis=2).mean() - 4.0 * left[..., -1].mean()
    )


def _cost(company: Company, demand: Floats) -> float:
    return plan(company, demand).objective


def test_later_and_more_spread_suppliers_never_cost_less(small_company: Build) -> None:
    demand = np.random.default_rng(1).poisson(4, (50, 1, 12)).astype(float)
    more = {"lanes": [LANE], "on_hand": {"a": 8.0}}
    punctual, late, later = (_cost(_late(small_company, [w] * 9, **more), demand) for w in (0, 1, 2))
    assert punctual < late < later
    spread = _cost(_late(small_company, [0, 1, 2] * 3, **more), demand)
    wider = _cost(_late(small_company, [0, 0, 0, 1, 1, 1, 3, 3, 3], **more), demand)
    assert late < spread < wider


def test_a_supplier_that_always_comes_late_is_ordered_from_earlier(small_company: Build) -> None:
    demand = np.full((10, 1, 10), 4.0)
    more = {"lanes": [LANE], "on_hand": {"a": 8.0}}
    late = plan(_late(small_company, [2] * 9, **more), demand)
    slow = plan(small_company({"a": [1.0]}, lanes=[LANE | {"lead_time_weeks": 4}], on_hand={"a": 8.0}), demand)
    assert late.projection["lost_units"].tolist() == slow.projection["lost_units"].tolist()
    assert late.due_now()["units"].tolist() == slow.due_now()["units"].tolist()
    assert late.orders["arrival_date"].iloc[0] == pd.Timestamp("2026-03-16")
    assert "2.0 weeks late" in late.orders["reason"].iloc[0]


def test_suppliers_that_keep_their_promises_change_nothing(small_company: Build) -> None:
    demand = np.random.default_rng(2).poisson(4, (30, 1, 10)).astype(float)
    more = {"lanes": [LANE], "open_orders": [{"po": "P", "sku": "a", "units": 6.0, "due": "2026-03-09"}]}
    plain, told = small_company({"a": [1.0]}, **more), _late(small_company, [0] * 5, **more)
    assert prepare(told, demand).late is None
    pd.testing.assert_frame_equal(plan(plain, demand).orders, plan(told, demand).orders)


def test_the_same_company_is_late_in_the_same_paths(small_company: Build) -> None:
    company = _late(small_company, [0, 1, 3], suppliers={"S": {"order_every_weeks": 3}})
    demand = np.full((50, 1, 8), 3.0)
    first, again = prepare(company, demand).late, prepare(company, demand).late
    assert first is not None
    assert again is not None
    np.testing.assert_array_equal(first.delay, again.delay)
    assert sorted(set(first.delay[:, 0].tolist())) == [0, 1, 3]


def test_deliveries_that_are_late_for_themselves_are_pooled_where_many_are_on_the_way(small_company: Build) -> None:
    demand, delay = np.full((200, 1, 8), 3.0), {}
    for every in (1, 2, 4):
        found = prepare(_late(small_company, [0, 0, 4], suppliers={"S": {"order_every_weeks": every}}), demand).late
        assert found is not None
        delay[every] = found.delay[:, 0]
        assert delay[every].mean() == pytest.approx(found.deliveries[0].mean, abs=0.03)
    assert delay[1].std() < delay[2].std() < delay[4].std()
    assert set(delay[4].tolist()) == {0, 4}


def test_another_suppliers_lane_keeps_the_usual_suppliers_clock(small_company: Build) -> None:
    lanes = [LANE, {"sku": "a", "supplier": "T", "lead_time_weeks": 2, "unit_cost": 5.0}]
    company = _late(small_company, [2] * 30, lanes=lanes, suppliers={"S": {}, "T": {}})
    punctual = pd.DataFrame({"po": [f"T{n}" for n in range(30)], "sku": "a", "units": 1.0, "supplier": "T"})
    day = company.as_of - pd.Timedelta(weeks=5)
    punctual = punctual.assign(ordered_on=day, promised_on=day, received_on=day)
    company = replace(company, receipts=pd.concat([company.receipts, punctual]))
    instance = prepare(company, np.full((20, 1, 8), 3.0))
    assert {slot.lane.supplier: slot.lane.shift for slot in instance.slots} == {0: 0, 1: -2}
    assert plan(company, np.full((20, 1, 8), 3.0)).orders["arrival_date"].min() == pd.Timestamp("2026-03-16")
