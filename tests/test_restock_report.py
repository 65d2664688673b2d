"""report.html: one page, nothing from elsewhere, every text escaped, and words for when there is nothing to show."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from data.company import no_overrides
from data.policy import Forecast, Horizon, Money, Policy
from data.problems import Problem
from restock.headline import headline
from restock.report import page
from restock.report_charts import charts, leading_series
from restock.report_tables import in_short
from scenarios.changes import CAUSES, CHANGE_COLUMNS, Changes
from scenarios.pipeline import run_company

NASTY = "</script><img src=x onerror=alert(1)>"
ISSUE = Problem("warn", "sales", "price is not above 0", "Correct it.", "It counts as blank.", 7, "A", "price", NASTY)


@pytest.fixture(scope="module")
def run(small_company):
    company = small_company(
        {"A": [9.0, 11.0, 8.0, 12.0] * 8, "B": [2.0, 3.0] * 16},
        items={"A": {"name": NASTY}, "B": {"name": "奶粉"}},
        suppliers={"S": {"name": NASTY, "order_cost": 5.0, "min_order_value": 100.0}},
        on_hand={"A": 5.0},
        policy=Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=20), money=Money(currency="EUR")),
    )
    return run_company(company, [ISSUE])


@pytest.fixture(scope="module")
def html(run):
    return page(run, headline(run))


class Tags(HTMLParser):
    """Collects tags, their attributes, and the text of the JSON script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.figures = ""
        self._in_figures = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._in_figures = ("id", "figures") in attrs

    def handle_endtag(self, tag):
        self._in_figures = self._in_figures and tag != "script"

    def handle_data(self, data):
        self.figures += data if self._in_figures else ""


def test_the_page_loads_nothing_from_elsewhere(html):
    for tag, attributes in Tags(html).tags:
        assert tag not in ("link", "iframe", "img", "object", "embed", "base")
        assert not {"src", "srcset", "action", "data"} & set(attributes), tag
        assert (attributes.get("href") or "#").startswith("#")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL).group(1)
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in html


def test_text_of_the_user_is_escaped_wherever_it_stands(html):
    assert NASTY not in html
    assert "onerror=alert(1)&gt;" in html
    assert not [tag for tag, _ in Tags(html).tags if tag == "img"]


def test_the_figures_for_the_charts_are_json_with_history_and_forecast(html, run):
    figures = json.loads(Tags(html).figures)
    first = figures["products"][0]
    assert len(figures["weeks"]) == len(first["mean"]) == len(first["stock"]) == 6
    assert len(figures["history"]) == len(first["sold"]) == 32
    assert [len(level) for level in first["band"]] == [6] * 4
    ordered = sum(figures["money"]["decided"]) + sum(figures["money"]["outlook"])
    assert ordered == pytest.approx(run.plan.orders["value"].sum(), abs=6)


def test_the_headline_the_orders_and_their_reasons_are_there(html, run):
    now = run.plan.due_now()
    assert f"Order {len(now)} lines from 1 supplier today, for EUR\u00a0{now['value'].sum():,.0f}." in html
    for title in ("Spend now", "Expected cost", "Lost margin avoided", "Fill rate", "Stock-out risk"):
        assert f"<h2>{title}</h2>" in html
    assert html.count('<td class="why">') == len(now)
    assert "minimum EUR\u00a0100" in html
    assert "奶粉" in html


def test_each_alert_has_its_chance_its_action_and_its_last_day(html, run):
    assert len(run.alerts)
    assert html.count("% likely</span>") == html.count(">act by ") == len(run.alerts)


def test_what_changed_since_the_run_before_is_told_line_by_line(html, run):
    line = {"supplier": "S", "sku": "A", "location": "main", "expedite": 0, "units_before": 40.0, "units": 25.0}
    line |= {"change": -15.0, **dict.fromkeys(CAUSES, 0.0), "stock": -15.0, "value_change": -150.0, "cause": "stock"}
    why = "-15 stock: 30 on hand and 0 on order, 15 and 0 were expected"
    by_cause = dict.fromkeys(CAUSES, 0.0) | {"stock": -150.0}
    week = pd.Timedelta(weeks=1)
    lines = pd.DataFrame([line | {"why": why}], columns=CHANGE_COLUMNS)
    changed = Changes(run.as_of - week, run.as_of, lines, 0.375, by_cause)
    told = page(run, headline(run), changed=changed)
    assert "1 order line of today changed (nervousness: 38% of the units planned): " in told
    assert "stock -EUR\u00a0150, at cost." in told
    assert '<td class="n">40</td><td class="n">25</td>' in told
    assert why in told
    nothing = replace(changed, lines=lines.iloc[:0])
    assert "are those that the run of" in page(run, headline(run), changed=nothing)
    assert "What changed" not in html


def test_ordering_avoids_lost_margin(run):
    avoided = next(tile for tile in headline(run).tiles if tile.title == "Lost margin avoided")
    assert float(avoided.figure.removeprefix("EUR\u00a0").replace(",", "")) > 100


def test_the_expected_cost_is_the_sum_of_its_terms(run):
    assert sum(amount for _, amount in headline(run).terms) == pytest.approx(run.plan.objective, abs=0.05)


def test_the_page_has_no_clock_and_repeats_itself(html, run):
    later = replace(run, seconds=dict.fromkeys(run.seconds, 9000000000.0))
    assert page(later, headline(later)) == html


def test_overrides_in_force_and_what_overrides_gained_are_told(run):
    row = {"who": NASTY, "made_on": run.as_of, "sku": "A", "category": "", "location": "", "why": "fair", "row": 2}
    row |= {"start": run.as_of, "end": run.as_of + pd.Timedelta(days=13), "operation": "set", "value": 50.0}
    past = row | {"who": "Bob", "start": run.as_of - pd.Timedelta(weeks=8), "end": run.as_of - pd.Timedelta(weeks=5)}
    past |= {"made_on": run.as_of - pd.Timedelta(weeks=20), "row": 3}
    table = pd.DataFrame([row | {"until": pd.NaT}, past | {"until": pd.NaT}]).astype(no_overrides().dtypes.to_dict())
    told = run_company(replace(run.company, overrides=table), [])
    html = page(told, headline(told))
    assert NASTY not in html
    for words in ("Overrides in force", "<td>50 a week</td>", "<td>fair</td>", "What overrides did", "<td>Bob</td>"):
        assert words in html
    assert "Overrides in force" not in page(run, headline(run))


def test_demand_of_weeks_out_of_stock_is_drawn_beside_their_sales(run):
    in_stock = run.company.history.in_stock.copy()
    in_stock[0, -3] = 0.25
    short = replace(run.company, history=replace(run.company.history, in_stock=in_stock))
    told = run_company(short, [])
    drawn = next(chart for chart in charts(told, leading_series(told))["products"] if chart["sold"][-1] == 12.0)
    assert drawn["short"][-3]
    assert [week for week, units in enumerate(drawn["wanted"]) if units is not None] == [29]
    assert drawn["wanted"][-3] > drawn["sold"][-3]


def test_the_accuracy_stands_beside_the_simple_forecasts(html):
    assert "Forecast accuracy" in html
    assert "1-2 weeks ahead</td>" in html
    assert "Seasonal naive" in html


def test_days_without_their_year_sort_by_the_whole_date(html):
    assert re.search(r'<td class="date" data-sort="2026-0[34]-\d\d">\d+ (Mar|Apr)</td>', html)


def test_an_idle_week_is_told_in_words(run):
    idle = replace(
        run,
        plan=replace(run.plan, orders=run.plan.orders.iloc[:0], projection=run.plan.projection.assign(p_stockout=0.0)),
        alerts=run.alerts.iloc[:0],
        problems=[],
        kpis=run.kpis | {"order_lines": 0.0, "order_value": 0.0},
    )
    html = page(idle, headline(idle))
    for words in (
        "Nothing to order this week.",
        "No alerts",
        "Nothing is likely to run out if the plan is followed.",
        "Nothing wrong found in the input.",
    ):
        assert words in html


def test_the_next_order_day_is_named_when_nothing_is_due(run):
    later = run.plan.orders.assign(order_date=run.forecast.paths.weeks[2])
    idle = replace(run, plan=replace(run.plan, orders=later), kpis=run.kpis | {"order_lines": 0.0})
    assert "The next order is planned for 16 Mar 2026." in headline(idle).sentence


@pytest.mark.parametrize(
    ("reason", "shown", "more"),
    [
        ("One.", "One.", ""),
        ("It earns EUR 1.50. It costs 2.", "It earns EUR 1.50. It costs 2.", ""),
        ("A" * 150 + ". Then 20 more units come here. End.", "A" * 150 + ".", "Then 20 more units come here. End."),
        ("B" * 400 + ".", "B" * 400 + ".", ""),
    ],
)
def test_a_long_reason_shows_its_first_sentences(reason, shown, more):
    assert in_short(reason) == (shown, more)
