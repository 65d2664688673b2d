"""Goods to clear and to move reach the files, the page and the alerts; where there are none, nothing is left behind."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from data.company import MARKDOWN_COLUMNS, TRANSFER_COLUMNS, Company, Panel
from data.policy import Forecast, Horizon, Policy
from restock.export import write_run
from restock.headline import headline
from restock.report import page
from restock.workbook import write_workbook
from scenarios.pipeline import run_company
from scenarios.run import Run

PLACES = ("east", "west")


@pytest.fixture(scope="module")
def company(small_company: Callable[..., Company]) -> Company:
    """Article x in east, far too much of it, and in west, too little; no order arrives before its season ends."""
    season = {"season_end": pd.Timestamp("2026-04-08"), "salvage_value": 0.5, "holding_cost": 0.1}
    lanes = [{"sku": "x", "supplier": "S", "location": place, "lead_time_weeks": 5} for place in PLACES]
    policy = Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=20))
    one = small_company({"x": [3.0, 5.0, 4.0, 4.0] * 8}, items={"x": season}, lanes=lanes, policy=policy)
    series, past = pd.MultiIndex.from_product([["x"], PLACES], names=["sku", "location"]), one.history
    values = (np.repeat(part, 2, axis=0) for part in (past.units, past.in_stock, past.price))
    return replace(
        one,
        history=Panel(series, past.weeks, *values),
        locations=pd.DataFrame(index=pd.Index(PLACES, name="location")),
        stock=pd.DataFrame({"on_hand": [150.0, 2.0]}, index=series),
        markdowns=pd.DataFrame([[3.0, "", "", "", pd.NaT, np.nan, 15.0]], columns=MARKDOWN_COLUMNS),
        transfers=pd.DataFrame([["east", "west", 1, "", 0.5, np.inf]], columns=TRANSFER_COLUMNS),
    )


@pytest.fixture(scope="module")
def run(company: Company) -> Run:
    return run_company(company, [])


def test_the_files_say_what_to_clear_and_what_to_move(run: Run, tmp_path: Path) -> None:
    write_run(run, tmp_path)
    cleared, moved = (pd.read_csv(tmp_path / name) for name in ("clearance.csv", "transfers.csv"))
    assert list(cleared) == ["week", "sku", "location", "units", "unit_value", "value", "firm", "reason"]
    assert cleared["units"].sum() == run.plan.clearance["units"].sum() > 0
    assert cleared["value"].tolist() == (cleared["units"] * 3.0).tolist()
    assert list(moved)[:6] == ["week", "arrival_date", "sku", "from_location", "to_location", "units"]
    assert moved["units"].sum() == run.plan.transfers["units"].sum() > 0
    write_run(replace(run, company=replace(run.company, markdowns=run.company.markdowns[:0])), tmp_path)
    assert not (tmp_path / "clearance.csv").exists()
    assert (tmp_path / "transfers.csv").exists()


def test_the_workbook_has_a_sheet_of_each_with_live_sums(run: Run, tmp_path: Path) -> None:
    write_workbook(run, headline(run), tmp_path / "orders.xlsx")
    book = openpyxl.load_workbook(tmp_path / "orders.xlsx")
    assert book.sheetnames.index("Outlook") < book.sheetnames.index("Clearance") < book.sheetnames.index("Transfers")
    cleared, moved = book["Clearance"], book["Transfers"]
    assert cleared["E2"].value == run.plan.clearance["units"].iloc[0]
    assert (cleared["G2"].value, moved["I2"].value) == ("=E2*F2", "=G2*H2")
    assert [moved["E2"].value, moved["F2"].value] == list(PLACES)
    still = replace(run, plan=replace(run.plan, transfers=run.plan.transfers[:0]))
    write_workbook(still, headline(still), tmp_path / "still.xlsx")
    assert openpyxl.load_workbook(tmp_path / "still.xlsx")["Transfers"]["A1"].value == "Nothing is to be moved."


def test_what_is_moved_is_no_more_than_there_is_and_leaves_the_projection(run: Run) -> None:
    seen = run.plan.projection.set_index(["location", "week"])["stock_mean"]
    first = run.as_of
    there = 150.0 - run.plan.clearance.loc[run.plan.clearance["week"].eq(first), "units"].sum()
    there -= run.plan.transfers.loc[run.plan.transfers["week"].eq(first), "units"].sum()
    demand = run.forecast.paths.mean()[0, 0]
    assert seen["east", first] == pytest.approx(there - demand, abs=0.01)


def test_the_page_has_a_section_for_them_only_where_there_are_any(run: Run) -> None:
    html = page(run, headline(run))
    assert 'id="moves"' in html
    assert "west, " in html
    empty = replace(run.plan, clearance=run.plan.clearance[:0], transfers=run.plan.transfers[:0])
    quiet = replace(run, plan=empty)
    assert 'id="moves"' not in page(quiet, headline(quiet))


def test_an_alert_on_what_a_season_leaves_names_what_is_cleared(run: Run) -> None:
    about = run.alerts["kind"].eq("season_leftover") & run.alerts["location"].eq("east")
    (alert,) = run.alerts[about].to_dict(orient="records")
    units = run.plan.clearance.loc[run.plan.clearance["location"].eq("east"), "units"].sum()
    assert f"The plan clears {units:,} units before, from 2026-03-02 on." in alert["message"]
