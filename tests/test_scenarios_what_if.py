"""Scenarios side by side: two plans in each world on the same futures, what fails, regret, curves, one plan for all."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.calendar import weeks_from
from data.company import Company
from data.policy import Forecast, Horizon, Policy
from forecast.paths import DemandPaths
from optimize.planner import plan
from scenarios.change_reasons import SHARED
from scenarios.comparison import BASE, CHANGES_COLUMNS, CURVE_COLUMNS, TABLE_COLUMNS, WEIGHTED, Comparison
from scenarios.curve import Curve, read_curve
from scenarios.patch import Override, Scenario, WrongScenario
from scenarios.regret import least_regret, with_regret
from scenarios.run import Run
from scenarios.weighted import drawn, together, weighted_plan, worst_of
from scenarios.what_if import compare, run

Build = Callable[..., Company]
WEEKS, PATHS = 6, 20


@pytest.fixture(scope="module")
def base(small_company: Build) -> Run:
    """Two articles of one supplier, whose orders cost money, and a budget of the month that binds."""
    company = small_company(
        {"a": [5.0] * 9, "b": [3.0] * 9},
        items={"a": {"category": "x"}, "b": {"category": "y"}},
        suppliers={"S": {"order_cost": 4.0}},
        on_hand={"a": 9.0, "b": 4.0},
        policy=Policy(horizon=Horizon(weeks=WEEKS), forecast=Forecast(paths=PATHS)),
    )
    days = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=6)]}
    budgets = pd.DataFrame({**days, "amount": [110.0], "supplier": [""], "category": [""]})
    company = replace(company, budgets=budgets)
    demand = np.random.default_rng(4).poisson([[5.0], [3.0]], (PATHS, 2, WEEKS)).astype(float)
    paths = DemandPaths(demand, company.series, weeks_from(company.as_of, WEEKS))
    empty = {name: pd.DataFrame() for name in ("accuracy", "value_added", "alerts")}
    told: dict[str, Any] = {"run_id": "r", "as_of": company.as_of, "version": "", "seed": 0, "kpis": {}, "seconds": {}}
    forecast: Any = SimpleNamespace(paths=paths)
    return Run(**told, company=company, problems=[], forecast=forecast, plan=plan(company, demand), **empty)


def _scenario(name: str, weight: float = 1.0, **override: Any) -> Scenario:
    return Scenario(name=name, weight=weight, override=(Override(**override),))


MORE = _scenario("more", field="demand", operation="multiply", value=1.5)
LESS = _scenario("less", field="demand", operation="multiply", value=0.5)
POOR = _scenario("poor", field="budget", operation="multiply", value=0.5)
WRONG = _scenario("wrong", field="price", value=1.0, sku="A")


@pytest.fixture(scope="module")
def compared(base: Run) -> Comparison:
    """Three scenarios and one that does not fit, a curve and a plan for all."""
    return compare(base, [MORE, WRONG, LESS, POOR], caution=0.5, curve=Curve("budget", (0.4, 0.7, 1.5)))


def test_two_plans_in_each_world_after_the_base(compared: Comparison) -> None:
    told = [(one.scenario, one.orders) for one in compared.outcomes]
    assert told == [
        (BASE, "committed"),
        *((name, orders) for name in ("more", "less", "poor") for orders in ("committed", "reoptimised")),
    ]
    assert [one.plan is None for one in compared.outcomes] == [False, *[True, False] * 3]
    pd.testing.assert_frame_equal(compared.outcome("more", "committed").lines, compared.base.plan.orders)
    with pytest.raises(KeyError, match="no outcome 'wrong'"):
        compared.outcome("wrong", "committed")


def test_where_nothing_changes_nothing_is_planned_anew(base: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.worlds.plan", lambda *_, **__: pytest.fail("planned anew"))
    same = run(base, Scenario(name="nothing")).reoptimised
    whole = run(base, _scenario("whole", field="demand", operation="multiply", value=1.0)).reoptimised
    assert same.plan is not None
    assert whole.plan is not None
    assert same.plan.objective == whole.plan.objective == base.plan.objective


def test_a_scenario_that_fails_says_so_and_the_others_are_there(compared: Comparison) -> None:
    assert compared.failed["scenario"].tolist() == ["wrong"]
    assert "knows no sku 'A'" in compared.failed["problem"][0]
    assert [one.name for one in compared.scenarios] == ["more", "less", "poor"]
    assert compared.applied["scenario"].tolist() == ["more", "less", "poor"]


def test_the_table_holds_every_measure_beside_the_base_s_path_by_path(compared: Comparison) -> None:
    table = compared.table
    assert table.columns.tolist() == TABLE_COLUMNS
    key = ["scenario", "orders", "measure", "week"]
    assert not table.duplicated(key).any()
    one, usual = compared.outcome("less", "reoptimised"), compared.outcomes[0]
    rows = table[table["scenario"].eq("less") & table["orders"].eq("reoptimised") & table["measure"].eq("revenue")]
    total, weekly = rows[rows["week"].isna()].iloc[0], rows[rows["week"].notna()]
    apart = one.totals["revenue"] - usual.totals["revenue"]
    assert total["mean"] == pytest.approx(one.totals["revenue"].mean())
    assert total["difference"] == pytest.approx(apart.mean())
    assert total["standard_error"] == pytest.approx(apart.std(ddof=1) / np.sqrt(PATHS))
    assert total["q10"] == pytest.approx(np.quantile(one.totals["revenue"], 0.1))
    assert weekly["week"].tolist() == weeks_from(compared.base.as_of, WEEKS).tolist()
    assert weekly["mean"].sum() == pytest.approx(total["mean"])


def test_common_futures_make_differences_sharper_than_the_figures(compared: Comparison) -> None:
    profit = compared.table[compared.table["measure"].eq("revenue") & compared.table["week"].isna()]
    row = profit[profit["scenario"].eq("poor") & profit["orders"].eq("committed")].iloc[0]
    assert row["difference"] == 0
    assert row["standard_error"] == 0
    assert row["q90"] > row["q10"]


def test_changed_orders_add_up_to_the_difference_and_say_why(compared: Comparison) -> None:
    assert compared.changes.columns.tolist() == CHANGES_COLUMNS
    for name in ("more", "less", "poor"):
        rows = compared.changes[compared.changes["scenario"] == name]
        ordered = compared.outcome(name, "reoptimised").lines["units"].sum()
        assert rows["change"].sum() == ordered - compared.base.plan.orders["units"].sum()
        assert rows["why"].str.startswith(("Here: ", SHARED)).all()
        assert (rows["units_scenario"] - rows["units_base"] == rows["change"]).all()


def test_every_plan_in_every_world(compared: Comparison) -> None:
    regret = compared.regret.set_index(["plan", "world"])
    worlds = [BASE, "more", "less", "poor"]
    assert sorted(regret.index) == sorted((p, w) for p in [*worlds, WEIGHTED] for w in worlds)
    for name in ("more", "less"):
        own = compared.outcome(name, "reoptimised").totals["total_cost"].mean()
        assert regret.loc[(name, name), "cost"] == pytest.approx(own)
        committed = compared.outcome(name, "committed").totals["total_cost"].mean()
        assert regret.loc[(BASE, name), "cost"] == pytest.approx(committed)
    assert regret.loc[(BASE, "poor"), "over_budget"] == pytest.approx(108 - 55)
    assert regret.loc[("poor", "poor"), "regret"] == 0
    # What is beyond the budget costs more than it can earn: twice the dearest sale over cost, 2 x 10 / 4.
    assert regret.loc[(BASE, "poor"), "cost"] - regret.loc[(BASE, BASE), "cost"] == pytest.approx(53 * 5)


def test_the_plan_of_least_worst_regret_by_hand() -> None:
    costs = pd.DataFrame(
        [
            *(("p", "u", 10.0, 0.0, 0.0), ("p", "v", 30.0, 0.0, 0.0)),
            *(("q", "u", 14.0, 0.0, 0.0), ("q", "v", 22.0, 0.0, 0.0)),
            *(("r", "u", 12.0, 0.0, 0.0), ("r", "v", 25.0, 5.0, 0.0)),
        ],
        columns=["plan", "world", "cost", "over_budget", "over_capacity"],
    )
    regret = with_regret(costs)
    assert regret["regret"].tolist() == [0, 8, 4, 0, 2, 3]
    choice = least_regret(regret)
    assert (choice.plan, choice.world, choice.regret, choice.keeps_limits) == ("r", "v", 3, False)
    choice = least_regret(regret[regret["plan"] != "r"])
    assert (choice.plan, choice.world, choice.regret, choice.keeps_limits) == ("q", "u", 4, True)


def test_a_curve_has_a_plan_for_each_budget_and_more_money_never_costs(compared: Comparison) -> None:
    curve = compared.curve
    assert curve.columns.tolist() == CURVE_COLUMNS
    assert curve["value"].tolist() == [0.4, 0.7, 1.5]
    assert curve["amount"].tolist() == pytest.approx([44, 77, 165])
    assert (curve["cost"].diff().dropna() <= 1e-9).all()
    assert (curve["marginal_value"].dropna() >= 0).all()
    assert curve["marginal_value"].isna().tolist() == [True, False, False]
    saved = curve["cost"].iloc[0] - curve["cost"].iloc[1]
    assert curve["marginal_value"].iloc[1] == pytest.approx(saved / 33)
    assert (curve["spend"] <= curve["amount"] + curve["over_budget"] + 1e-6).all()


def test_curves_as_they_are_asked_for() -> None:
    assert read_curve("budget=1,0.5,1") == Curve("budget", (0.5, 1.0))
    assert read_curve("service_floor").values == (0.9, 0.95, 0.97, 0.98, 0.99)
    with pytest.raises(WrongScenario, match='Did you mean "budget"'):
        read_curve("budgets=1")
    with pytest.raises(WrongScenario, match="no list of numbers"):
        read_curve("budget=much")
    for wrong in ("budget=-1,1", "budget=nan", "service_floor=1.2"):
        with pytest.raises(WrongScenario, match="lie from 0 to"):
            read_curve(wrong)


def test_one_plan_for_all_scenarios_of_demand(compared: Comparison) -> None:
    one = compared.weighted
    assert one is not None
    assert one.shares == {
        BASE: pytest.approx(1 / 3, abs=0.03),
        "more": pytest.approx(1 / 3, abs=0.03),
        "less": pytest.approx(1 / 3, abs=0.03),
    }
    assert one.left_out == ["poor"]
    assert one.worst >= one.mean
    assert 1 <= one.plans <= 4


def test_caution_never_makes_what_is_minded_worse(base: Run) -> None:
    demand = base.forecast.paths.values
    worlds = [("base", 1.0, demand), ("less", 2.0, demand * 0.5)]
    bold, careful = (weighted_plan(base, worlds, caution) for caution in (0.0, 0.8))
    minded = [0.2 * one.mean + 0.8 * one.worst for one in (bold, careful)]
    assert minded[1] <= minded[0] + 1e-9
    assert careful.plan.orders["units"].sum() <= bold.plan.orders["units"].sum()


def test_futures_are_put_together_by_weight() -> None:
    first, second = np.zeros((4, 1, 1)), np.arange(1.0, 5.0).reshape(4, 1, 1)
    demand, shares = together([("u", 1.0, first), ("v", 3.0, second)])
    assert demand.ravel().tolist() == [0, 0, 1, 1, 2, 3, 3, 4]
    assert shares == {"u": 0.25, "v": 0.75}
    assert drawn(np.array([0.25, 0.0, 0.5, 0.25]), 4).tolist() == [0, 2, 2, 3]
    assert worst_of(np.arange(20.0)).nonzero()[0].tolist() == [18, 19]
    with pytest.raises(ValueError, match="no scenario has a weight"):
        together([("u", 0.0, first)])


def test_the_answers_do_not_depend_on_how_many_processes_work(base: Run, compared: Comparison) -> None:
    two = compare(base, [LESS, POOR], workers=2)
    worlds = [BASE, "less", "poor"]
    for name, found in {"table": two.table, "changes": two.changes}.items():
        alone: pd.DataFrame = getattr(compared, name)
        kept = alone[alone["scenario"].isin(worlds)].reset_index(drop=True)
        pd.testing.assert_frame_equal(kept, found)
    costs = compared.regret[compared.regret["plan"].isin(worlds) & compared.regret["world"].isin(worlds)]
    assert costs["cost"].tolist() == two.regret["cost"].tolist()
