"""compare.html and compare.xlsx: the comparison's own figures, differences live, nothing from elsewhere."""

import re
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from data.policy import Forecast, Horizon, Money, Policy
from restock import compare_files, wording
from restock.compare_charts import chart, waterfalls
from restock.compare_page import page
from restock.compare_words import Gap, effects, figure, opening
from scenarios import what_if
from scenarios.comparison import BASE
from scenarios.curve import Curve
from scenarios.patch import Override, Scenario
from scenarios.pipeline import run_company

NASTY = "</script><img src=x onerror=alert(1)>"
FORMULA = "=cmd|' /C calc'!A0"
EUR = wording.Money("EUR")


@pytest.fixture(scope="module")
def compared(small_company):
    company = small_company(
        {"A": [9.0, 11.0, 8.0, 12.0] * 8, "B": [2.0, 3.0] * 16},
        items={"A": {"name": NASTY, "category": "toys"}, "B": {"name": FORMULA}},
        suppliers={"S": {"order_cost": 5.0, "payment_days": 10.0}},
        on_hand={"A": 25.0, "B": 4.0},
        policy=Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=20), money=Money(currency="EUR")),
    )
    more = Scenario(name="more / toys", why=NASTY, override=(_times("demand", 1.5, "toys"),))
    dearer = Scenario(name="dearer", why=FORMULA, override=(_times("unit_cost", 1.1),))
    wrong = Scenario(name="wrong", override=(_times("demand", 2.0, "toyz"),))
    curve = Curve("budget", (0.5, 1.0))
    return what_if.compare(run_company(company, []), [more, dearer, wrong], workers=1, caution=0.5, curve=curve)


def _times(field, value, category=""):
    return Override(field=field, operation="multiply", value=value, category=category)


@pytest.fixture(scope="module")
def out(compared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    compare_files.write(compared, folder)
    return folder


@pytest.fixture(scope="module")
def html(out):
    return (out / "compare.html").read_text("utf-8")


@pytest.fixture(scope="module")
def formulas(out):
    return openpyxl.load_workbook(out / "compare.xlsx")


@pytest.fixture(scope="module")
def values(out):
    return openpyxl.load_workbook(out / "compare.xlsx", data_only=True)


def test_the_page_needs_nothing_from_elsewhere_and_escapes_every_text(html):
    assert "http:" not in html
    assert "https:" not in html
    assert not re.search(r"<(img|link|iframe)\b", html)
    assert "&lt;img src=x" in html


def test_the_page_says_what_each_scenario_changes_in_money_and_how_sure_that_is(compared, html):
    told = effects(compared, EUR)
    assert [one.name for one in told] == ["more / toys", "dearer"]
    for one in told:
        assert one.reoptimised.told("profit") in html
        base, after = compared.outcome(BASE, "committed"), compared.outcome(one.name, "reoptimised")
        apart = after.totals["profit"] - base.totals["profit"]
        assert one.reoptimised.mean == pytest.approx(apart.mean())
        assert one.reoptimised.error == pytest.approx(apart.std(ddof=1) / np.sqrt(20))
    assert told[1].committed.mean < 0
    assert "falls by EUR" in told[1].sentence


def test_orders_that_go_beyond_a_scenarios_limits_are_marked(compared):
    over = [replace(one, totals=one.totals | {"over_budget": np.full(20, 70.0)}) for one in compared.outcomes]
    told = effects(replace(compared, outcomes=over), EUR)[0]
    assert told.exceeded == ["The orders as they stand exceed its budgets by EUR\u00a070: they cannot be placed so."]
    assert told.exceeded[0] in told.sentence
    assert "cannot be placed so" in page(replace(compared, outcomes=over), EUR)
    assert "cannot be placed so" not in page(compared, EUR)


def test_what_the_searches_left_open_is_told(compared, html):
    plans = [one.plan for one in compared.outcomes if one.plan is not None]
    most = max(one.gap * abs(one.objective) for one in plans)
    assert f"at most {EUR(most)} of the total cost" in html
    base = compared.outcomes[0]
    rough = replace(base, plan=replace(base.plan, gap=float("inf")))
    assert "is not known" in page(replace(compared, outcomes=[rough, *compared.outcomes[1:]]), EUR)


def test_a_curve_and_a_plan_for_all_scenarios_are_told(compared, html):
    assert len(compared.curve) == 2
    assert "Trade-off: budget" in html
    assert f"{compared.curve['spend'][0]:,.0f}" in html
    assert "The plan “weighted” is one for" in html
    assert "worst tenth of futures counts 50% extra" in html
    calm = page(replace(compared, curve=compared.curve.iloc[:0], weighted=None), EUR)
    assert "Trade-off" not in calm
    assert "weighted” is one for" not in calm


def test_a_scenario_that_fails_says_so_beside_the_others(html, values):
    assert "toyz" in html
    assert "could not be run" in html
    assert values["Not run"]["A2"].value == "wrong"


def test_without_a_scenario_the_page_says_what_to_do(compared):
    none = replace(compared, scenarios=[], outcomes=compared.outcomes[:1])
    text = page(none, EUR)
    assert "No scenario could be run" in text
    assert "There is no scenario to compare" in text
    assert "restock compare --list" in text


def test_a_scenario_that_changes_nothing_has_its_own_words(compared):
    base = compared.outcomes[0]
    same = [replace(base, scenario="same", orders=orders) for orders in ("committed", "reoptimised")]
    none = compared.changes.iloc[:0], compared.applied.iloc[:0]
    calm = replace(
        compared, scenarios=[Scenario(name="same")], outcomes=[base, *same], changes=none[0], applied=none[1]
    )
    text = page(calm, EUR)
    assert "It changes nothing" in text
    assert "orders planned for this scenario are the base" in text
    assert "profit does not change" in effects(calm, EUR)[0].sentence
    assert opening(calm, effects(calm, EUR), EUR).count("EUR") == 1


def test_what_a_waterfall_adds_up_is_the_scenarios_profit(compared):
    base, after = compared.outcomes[0], compared.outcome("more / toys", "reoptimised")
    (steps,) = waterfalls(base, (after,), EUR)
    assert [steps[0].kind, steps[-1].kind] == ["total", "total"]
    assert steps[-1].amount == EUR(float(after.totals["profit"].mean()))
    assert all(0 <= step.left <= 100 and step.left + step.width <= 100.01 for step in steps)


def test_a_charts_ticks_are_round_and_span_its_band():
    paths = np.array([[-150.0, 900.0], [-50.0, 1300.0]])
    drawn = chart(pd.date_range("2026-03-02", periods=2, freq="7D"), {"Base": ("usual", paths)}, "Base")
    assert [text for _, text in drawn.ticks] == ["-500", "0", "500", "1K", "1.5K"]
    assert drawn.ticks[1][0] == drawn.zero
    assert [text for _, text in drawn.labels] == ["2 Mar", "9 Mar"]
    assert len(drawn.lines[0].points.split()) == 2
    assert len(drawn.lines[0].band.split()) == 4


def test_differences_below_two_errors_may_be_chance():
    assert not Gap(3.0, 2.0).sure
    assert Gap(5.0, 2.0).sure
    assert not Gap(0.0, 0.0).sure
    assert Gap(-1234.0, 10.0).told("profit") == "-1,234 ± 10"
    assert Gap(0.012, 0.001).told("fill_rate") == "+1.2 ± 0.1 points"
    assert figure(4.26, "turns") == "4.3"


def test_the_workbook_has_a_sheet_per_scenario_and_one_that_pivots(values):
    assert values.sheetnames == [
        *("How to read", "more - toys", "dearer", "Robust choice", "Trade-off"),
        *("Overrides", "Orders changed", "Figures", "Not run"),
    ]
    assert [sheet.freeze_panes for sheet in values][:3] == ["B3", "B6", "B6"]


def test_a_scenarios_differences_are_formulas_that_show_their_values(compared, formulas, values):
    live, shown = formulas["dearer"], values["dearer"]
    row = next(cell.row for cell in shown["A"] if cell.value == "Profit after stock costs")
    assert [live.cell(row, column).value for column in (5, 8, 10)] == [
        f"=D{row}-C{row}",
        f"=G{row}-C{row}",
        f"=G{row}-D{row}",
    ]
    base, stays = (float(one.totals["profit"].mean()) for one in compared.outcomes[:1] + compared.outcomes[3:4])
    assert [shown.cell(row, column).value for column in (3, 4, 5)] == pytest.approx([base, stays, stays - base])


def test_the_sums_on_a_scenarios_sheet_are_its_profit_and_total_cost(values):
    sheet = values["more - toys"]
    rows = {cell.value: cell.row for cell in sheet["A"] if cell.value}
    for added, whole in (("Profit, added up", "Profit after stock costs"), ("Total cost, added up", "Total cost")):
        for column in (3, 4, 7):
            assert sheet.cell(rows[added], column).value == pytest.approx(sheet.cell(rows[whole], column).value)


def test_the_flat_sheet_is_compare_csv_with_a_live_difference(compared, out, formulas, values):
    live, shown = formulas["Figures"], values["Figures"]
    assert shown.max_row == len(compared.table) + 1 == len(pd.read_csv(out / "compare.csv")) + 1
    assert live["L40"].value == "=H40-K40"
    assert (shown["H1"].value, shown["E2"].value) == ("Mean", "EUR"), "units differ by row"
    assert isinstance(values["Overrides"]["E2"].value, float)
    assert [shown.cell(40, column).value for column in (8, 12)] == pytest.approx(
        compared.table.loc[38, ["mean", "difference"]].tolist()
    )


def test_regret_is_live(compared, formulas, values):
    live, shown = formulas["Robust choice"], values["Robust choice"]
    plans = compared.regret["plan"].nunique()
    top = 5 + plans + 3
    assert live.cell(top, 2).value == f"=B5-B{5 + plans}"
    worlds = compared.regret["world"].nunique()
    worst = compared.regret.groupby("plan", sort=False)["regret"].max().tolist()
    assert [shown.cell(top + i, worlds + 2).value for i in range(plans)] == pytest.approx(worst)


def test_the_trade_off_is_a_sheet(compared, values):
    rows = [[cell.value for cell in row] for row in values["Trade-off"].iter_rows(min_row=2)]
    assert [row[1] for row in rows] == [0.5, 1.0]
    assert [row[5] for row in rows] == pytest.approx(compared.curve["cost"].tolist())
    assert rows[1][9] == pytest.approx(compared.curve["marginal_value"][1], abs=1e-9)


def test_text_stays_text_whatever_it_looks_like(formulas):
    texts = [cell.value for cell in formulas["Orders changed"]["C"]][1:]
    assert set(texts) <= {NASTY, FORMULA}
    kinds = {cell.data_type for cell in formulas["Orders changed"]["C"]}
    assert kinds == {"s"}
    assert formulas["dearer"]["A2"].data_type == "s"


def test_the_same_comparison_gives_the_same_bytes(compared, out, tmp_path):
    compare_files.write(compared, tmp_path)
    for name in ("compare.html", "compare.xlsx", "compare.csv"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes()
