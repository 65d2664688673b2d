"""The approved plan is kept where that costs little: unchanged, under noise, after a shock, in frozen weeks."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.company import APPROVED_COLUMNS, Company
from data.gate import read_company
from data.policy import Stability
from optimize import planner
from optimize.highs import Limits
from optimize.plan import Plan
from optimize.planner import plan

Build = Callable[..., Company]
SKUS = ["a", "b", "c", "d"]


def _company(build: Build, seed: int = 1, **stability: Any) -> tuple[Company, np.ndarray]:
    """Two articles that share a supplier's order, one alone, one with a second source; Poisson demand."""
    rng = np.random.default_rng(seed)
    suppliers = {
        "S": {"order_cost": float(rng.choice([10.0, 30.0])), "min_order_value": 60.0, "capacity_units": 40.0},
        "T": {},
        "U": {"order_every_weeks": 2},
    }
    lanes = [
        {"sku": "a", "supplier": "S", "pack_size": 4.0},
        {"sku": "b", "supplier": "S"},
        {"sku": "c", "supplier": "T", "pack_size": 6.0, "moq": 12.0},
        {"sku": "d", "supplier": "U", "lead_time_weeks": 1},
        {"sku": "d", "supplier": "T", "unit_cost": 4.5, "lead_time_weeks": 0},
    ]
    company = build({sku: [1.0] for sku in SKUS}, suppliers=suppliers, lanes=lanes, on_hand={"b": 9.0})
    policy = company.policy.model_copy(update={"stability": Stability(**stability)})
    return replace(company, policy=policy), rng.poisson([[5.0], [3.0], [8.0], [6.0]], (40, 4, 7)).astype(float)


def _noisy(demand: np.ndarray, seed: int) -> np.ndarray:
    """The paths with one in ten drawn anew."""
    rng = np.random.default_rng(seed)
    again = rng.poisson(demand.mean(axis=0), demand.shape).astype(float)
    return np.where(rng.random((len(demand), 1, 1)) < 0.1, again, demand)


def _lines(found: Plan) -> pd.DataFrame:
    return found.orders[APPROVED_COLUMNS]


def test_the_same_input_keeps_the_same_plan(small_company: Build) -> None:
    company, demand = _company(small_company)
    first = plan(company, demand)
    again = plan(company, demand, approved=_lines(first))
    pd.testing.assert_frame_equal(_lines(first), _lines(again))
    assert again.stability["nervousness"] == 0.0
    assert again.stability["extra_cost"] == 0.0
    assert again.objective == first.objective
    assert first.stability == {}


def test_a_little_noise_moves_nothing(small_company: Build) -> None:
    company, demand = _company(small_company)
    first = plan(company, demand)
    noisy = _noisy(demand, 5)
    free = plan(company, noisy)
    assert not _lines(free).equals(_lines(first)), "the noise must matter"
    kept = plan(company, noisy, approved=_lines(first))
    assert kept.stability["nervousness"] == 0.0
    pd.testing.assert_frame_equal(_lines(kept).iloc[: len(first.orders)], _lines(first))
    assert kept.objective <= free.objective + 0.005 * abs(free.objective)


def test_a_large_change_moves_what_it_must(small_company: Build) -> None:
    company, demand = _company(small_company)
    first = plan(company, demand)
    shock = demand * np.array([1.0, 1.0, 3.0, 1.0])[:, None]
    free, kept = plan(company, shock), plan(company, shock, approved=_lines(first))
    assert kept.stability["nervousness"] > 0.1
    assert kept.objective <= free.objective + 0.005 * abs(free.objective)
    same = first.orders["sku"].ne("c")
    others = kept.orders["sku"].ne("c")
    pd.testing.assert_frame_equal(
        _lines(first)[same].reset_index(drop=True), _lines(kept)[others].reset_index(drop=True)
    )
    assert kept.orders.loc[others, "reason"].str.contains("As approved.").any()


@settings(derandomize=True, max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), tolerance=st.sampled_from([0.0, 0.002, 0.02]))
def test_the_tolerance_holds(small_company: Build, seed: int, tolerance: float) -> None:
    company, demand = _company(small_company, seed, tolerance=tolerance)
    approved = _lines(plan(company, demand))
    changed = _noisy(demand, seed + 1) * np.random.default_rng(seed).choice([0.7, 1.0, 1.5], (4, 1))
    free, kept = plan(company, changed), plan(company, changed, approved=approved)
    assert kept.objective <= free.objective + tolerance * abs(free.objective) + 1e-6
    assert kept.bound <= kept.objective + 1e-9
    assert kept.stability["extra_cost"] == pytest.approx(kept.objective - free.objective, abs=1e-6)
    again = plan(company, changed, approved=approved)
    pd.testing.assert_frame_equal(again.orders, kept.orders)


def test_more_tolerance_never_changes_more(small_company: Build) -> None:
    changed = []
    for tolerance in (0.0, 0.01, 1.0):
        company, demand = _company(small_company, tolerance=tolerance)
        approved = _lines(plan(company, demand))
        changed.append(plan(company, demand * 1.4, approved=approved).stability["changed_units"])
    assert changed[0] >= changed[1] >= changed[2] == 0.0


def test_frozen_weeks_stay_whatever_they_cost(small_company: Build) -> None:
    company, demand = _company(small_company, frozen_weeks=2)
    first = plan(company, demand)
    moved = plan(company, demand * 3.0, approved=_lines(first))
    until = company.as_of + pd.Timedelta(weeks=2)
    before, after = (_lines(one)[one.orders["order_date"] < until] for one in (first, moved))
    pd.testing.assert_frame_equal(before.reset_index(drop=True), after.reset_index(drop=True))
    assert moved.orders.loc[moved.orders["order_date"] < until, "reason"].str.contains("Frozen as approved.").all()
    assert moved.stability["frozen_weeks"] == 2.0
    free = plan(replace(company, policy=company.policy.model_copy(update={"stability": Stability()})), demand * 3.0)
    assert free.objective < moved.objective


def test_an_article_that_was_not_in_the_approved_plan_may_be_ordered_in_frozen_weeks(small_company: Build) -> None:
    company, demand = _company(small_company, frozen_weeks=2)
    first = plan(company, demand)
    unknown = _lines(first)[first.orders["sku"].ne("c")]
    found = plan(company, demand, approved=unknown)
    assert found.orders.loc[found.orders["order_date"].eq(company.as_of), "sku"].eq("c").any()


def test_lines_that_cannot_be_ordered_any_more_count_as_changed(small_company: Build) -> None:
    company, demand = _company(small_company)
    lines = pd.DataFrame(
        [
            (company.as_of, "T", "c", "main", 7.0, 0),
            (company.as_of, "S", "b", "main", 2.0, 0),
            (company.as_of - pd.Timedelta(weeks=1), "T", "c", "main", 12.0, 0),
        ],
        columns=APPROVED_COLUMNS,
    )
    found = plan(company, demand, approved=lines)
    assert found.stability["approved_units"] == 9.0
    assert found.stability["changed_units"] >= 9.0


def test_the_table_is_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("sku,unit_cost,price\na,4,9\n")
    (tmp_path / "sourcing.csv").write_text("sku,supplier,lead_time_weeks\na,S,1\n")
    (tmp_path / "stock.csv").write_text("sku,on_hand\na,3\n")
    (tmp_path / "sales.csv").write_text("date,sku,units\n2026-02-23,a,4\n")
    header = "order_date,arrival_date,supplier,sku,location,units,unit_cost,value,expedite,firm,reason\n"
    line = "2026-03-02,2026-03-09,{},a,main,9,4.00,36.00,0,1,why\n"
    (tmp_path / "approved.csv").write_text(header + line.format("S") + line.format("X"))
    (tmp_path / "restock.toml").write_text("[stability]\nfrozen_weeks = 1\n[horizon]\nweeks = 4\n")
    company, problems = read_company(tmp_path)
    assert company.approved["units"].tolist() == [9.0]
    (told,) = [one for one in problems if one.table == "approved"]
    assert (told.value, told.problem) == ("X", "the supplier does not deliver the item")
    found = plan(company, np.full((3, 1, 4), 5.0))
    assert found.due_now()["units"].tolist() == [9]


def test_a_line_that_must_stay_is_ordered_exactly_so(small_company: Build) -> None:
    company, demand = _company(small_company, tolerance=0.0)
    first = plan(company, demand)
    line = _lines(first).iloc[[0]].assign(held=1.0)
    dearer = line.assign(units=line["units"] * 5)
    loose, held = plan(company, demand, approved=dearer.assign(held=0.0)), plan(company, demand, approved=dearer)
    same = held.due_now().merge(line[["supplier", "sku", "location"]], on=["supplier", "sku", "location"])
    assert same["units"].tolist() == dearer["units"].tolist()
    assert same["reason"].str.contains("As approved, to stay.").all()
    assert held.stability["approved_units"] == 0.0
    assert held.objective > loose.objective


def test_all_passes_share_one_time_limit(small_company: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    company, demand = _company(small_company)
    first, seen = plan(company, demand), []

    def watched(name: str) -> None:
        work: Callable[..., Any] = getattr(planner, name)

        def noting(*given: Any) -> Any:
            seen.extend(one for one in given if isinstance(one, Limits))
            return work(*given)

        monkeypatch.setattr(planner, name, noting)

    watched("_decide")
    watched("_kept")
    plan(company, demand, approved=_lines(first))
    assert [one.seconds for one in seen] == [30.0, 60.0]
    assert seen[0].begun == seen[1].begun
