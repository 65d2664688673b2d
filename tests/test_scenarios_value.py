"""Value kept: a season of weekly rounds, looked back on."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import restock.cli
from data.gate import read_company
from scenarios.approval import approve, approver, proposals_of, unedited
from scenarios.purchase_orders import export
from scenarios.refusals import Refused
from scenarios.state import State, new_state
from scenarios.value import KEPT, RULE, Value, _others, value
from scenarios.weekly import weekly

Shop = Callable[..., Path]
FIRST, ROUNDS = pd.Timestamp("2026-05-11"), 4


@pytest.fixture(scope="module")
def season(write_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> tuple[State, Value]:
    """Four weeks of running, approving and exporting; the forecast is written as known to a quick run."""
    folder = tmp_path_factory.mktemp("season")
    state = new_state(folder / "state")
    for week in range(ROUNDS):
        shop = write_shop(folder / f"w{week}", 30 + week)
        done = weekly(str(shop), FIRST + pd.Timedelta(weeks=week), state, _forecast_only)
        with state.engine.begin() as connection:
            by = approver("Li", "", FIRST + pd.Timedelta(weeks=week), 4)
            approve(connection, done.row, unedited(proposals_of(connection, done.row["run_id"])), by)
        export(state, folder / "po", lambda *_: None)
    return state, value(state)


def _forecast_only(run: object, folder: Path, *_: object) -> None:
    run.forecast.table().to_csv(folder / "forecast.csv", index=False)  # type: ignore[attr-defined]


def test_the_weeks_are_those_that_have_sold_since(season: tuple[State, Value]) -> None:
    kept = season[1]
    assert (kept.first, kept.weeks) == (FIRST, ROUNDS - 1)
    assert kept.policies["policy"].tolist()[:2] == [KEPT, RULE]
    assert set(kept.weekly["week"]) <= set(pd.date_range(FIRST, periods=ROUNDS - 1, freq="7D"))


def test_costs_are_those_of_a_shelf_played_by_hand(season: tuple[State, Value]) -> None:
    kept = season[1].policies.set_index("policy")
    sold = np.random.default_rng(7).poisson((20, 5), (33, 2))[30:]
    assert kept["demand"].nunique() == 1, "all meet the same demand"
    assert kept.loc[KEPT, "demand"] == sold[2:, 0].sum() + sold[1:, 1].sum(), (
        "from the first week that S, or T/2, reaches"
    )
    assert kept.loc[KEPT, "cost"] == pytest.approx(
        kept.loc[KEPT, ["holding", "lost_margin", "order_charges", "surcharge", "write_down"]].sum()
    )
    assert (kept["stock_outs"] >= 0).all()


def test_what_was_exported_is_what_arrives(season: tuple[State, Value]) -> None:
    from scenarios.store import ORDERS, rows

    state, kept = season
    with state.engine.connect() as connection:
        value_of_orders = sum(one["units"] * one["unit_cost"] for one in rows(connection, ORDERS.select()))
    assert value_of_orders > 0
    weekly_stock = kept.weekly[kept.weekly["policy"].eq(KEPT)]["stock_value"]
    assert weekly_stock.max() > 0


def test_what_others_ordered_went_where_the_receipts_say_else_to_the_place_that_sells_most(
    write_shop: Shop, tmp_path: Path
) -> None:
    days = pd.date_range("2026-04-06", periods=5, freq="7D")
    sales = [f"{day:%Y-%m-%d},A,{place},{units}" for day in days for place, units in (("big", 9), ("small", 1))]
    head = "po,sku,units,supplier,ordered_on,promised_on,received_on,location\n"
    came = "1,A,5,S,2026-04-06,2026-04-20,2026-04-20,small\n2,A,5,S,2026-04-06,2026-04-20,2026-04-20,"
    more = {"sales": "date,sku,location,units\n" + "\n".join(sales), "receipts": head + came}
    more["stock"] = "sku,location,on_hand\nA,big,9\nA,small,9"
    company, _ = read_company(write_shop(tmp_path / "in", more=more), FIRST)
    assert _others(company, set()).set_index("po")["location"].to_dict() == {"1": "small", "2": "big"}


def test_each_runs_forecast_is_scored_on_what_sold_since(season: tuple[State, Value]) -> None:
    table = season[1].forecast
    assert table["as_of"].tolist() == list(pd.date_range(FIRST, periods=ROUNDS, freq="7D"))
    assert table["weeks"].tolist() == [6, 4, 2, 0]
    told = table.iloc[0]
    state = season[0]
    forecast = pd.read_csv(state.runs / told["run_id"] / "forecast.csv", parse_dates=["week"])
    sold = np.random.default_rng(7).poisson((20, 5), (33, 2))[30:]
    mean = forecast[forecast["week"] < FIRST + pd.Timedelta(weeks=ROUNDS - 1)].pivot_table(
        index="week", columns="sku", values="mean"
    )
    assert told["wape"] == pytest.approx(np.abs(mean.to_numpy() - sold).sum() / sold.sum())
    assert told["value_added"] == pytest.approx(told["naive_wape"] - told["wape"])


def test_the_command_writes_a_page_and_tables(season: tuple[State, Value], tmp_path: Path) -> None:
    state = season[0].folder
    words = ["value", "--state", str(state), "--out", str(tmp_path)]
    told = json.loads(CliRunner().invoke(restock.cli.app, [*words, "--json"]).stdout)
    assert told["weeks"] == ROUNDS - 1
    html = (tmp_path / "value.html").read_text("utf-8")
    assert "than with the rule of thumb (period cover + 1 week)" in html
    assert "Overstock" in html
    assert " points</td>" in html
    table = pd.read_csv(tmp_path / "value.csv").set_index(["policy", "measure"])["value"]
    assert table[KEPT, "cost"] == pytest.approx(told["policies"][KEPT]["cost"], abs=0.001)
    assert "Turns a year" in CliRunner().invoke(restock.cli.app, words).stdout


def test_before_a_week_has_sold_it_says_when_to_come_back(write_shop: Shop, tmp_path: Path) -> None:
    state = new_state(tmp_path / "state")
    with pytest.raises(Refused, match="no run yet"):
        value(state)
    weekly(str(write_shop(tmp_path / "in")), FIRST, state, _forecast_only)
    with pytest.raises(Refused, match="No week has sold"):
        value(state)
