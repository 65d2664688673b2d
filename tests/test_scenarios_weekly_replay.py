"""A past replayed through the public commands, one store for all Mondays: benchmarks/weekly_room.py on a small shop."""

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.company import Company
from data.gate import read_company
from data.progress import Progress, silent
from forecast.engine import Forecast, forecast
from forecast.exposure import Exposures
from forecast.level import Smoothing
from optimize.planner import plan
from scenarios.pipeline import run_company
from scenarios.replay import Replay, replay
from scenarios.world import world

FIRST, MONDAYS = pd.Timestamp("2026-06-15"), 4


@pytest.fixture(scope="module")
def rooms() -> Any:
    """The benchmark's module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent.parent / "benchmarks")
        return importlib.import_module("weekly_room")


@pytest.fixture(scope="module")
def replayed(
    rooms: Any, write_shop: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Replay, Replay]:
    """The room after its Mondays, what became of its orders, and of those of forecast and plan without the commands."""
    folder = tmp_path_factory.mktemp("replay")
    shop = write_shop(folder / "shop", weeks=45)
    company, _ = read_company(shop)
    scene = world(company, FIRST, MONDAYS)
    room = rooms.WeeklyRoom(folder / "room", (shop / "restock.toml").read_text())

    def direct(known: Company) -> pd.DataFrame:
        return plan(known, one_smoothing(known, silent).paths.values).due_now()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scenarios.time_limit.run_company", partial(run_company, predict=one_smoothing))
        return room, replay(scene, "weekly", room), replay(scene, "direct", direct)


def one_smoothing(company: Company, progress: Progress) -> Forecast:
    """A forecast that takes no time."""
    return forecast(company, progress, [Smoothing(8, Exposures())])


def test_the_commands_order_what_forecast_and_plan_decide(replayed: tuple[Any, Replay, Replay]) -> None:
    _, weekly, direct = replayed
    assert weekly.orders["order_date"].nunique() > 1
    by = ["order_date", "supplier", "sku", "location"]
    both = [one.orders.drop(columns="value").sort_values(by, ignore_index=True) for one in (weekly, direct)]
    pd.testing.assert_frame_equal(*both)


def test_every_exported_line_is_tracked_once_and_what_came_is_received(replayed: tuple[Any, Replay, Replay]) -> None:
    room, weekly, _ = replayed
    assert [run["status"] for run in room.call("runs")["runs"]] == ["done"] * MONDAYS
    tracked = pd.DataFrame(room.call("orders")["orders"])
    assert tracked["units"].sum() == weekly.orders["units"].sum()
    assert len(tracked) == len(weekly.orders)
    received = tracked[tracked["state"].eq("received")]
    assert len(received)
    ours = room.came["po"].isin(room.exported["po"])
    assert received["units"].sum() == room.came.loc[ours, "units"].sum()
    assert room.told().startswith(f"{MONDAYS} runs; {len(tracked)} lines exported, once each; {len(tracked)} tracked: ")
    assert {"exported", "received"} <= set(tracked["state"]) <= {"exported", "known", "received"}


def test_an_order_is_on_order_before_the_erp_has_entered_it(replayed: tuple[Any, Replay, Replay]) -> None:
    room, _, _ = replayed
    kept = sorted((room.state / "inputs").glob("carried-*.json"))
    assert kept
    assert all('"on_order"' in path.read_text() for path in kept)


def test_the_gate_reads_the_written_company_again(rooms: Any, write_shop: Callable[..., Path], tmp_path: Path) -> None:
    company, _ = read_company(write_shop(tmp_path / "shop"))
    (tmp_path / "again").mkdir()
    rooms.write_tables(company, tmp_path / "again")
    again, _ = read_company(tmp_path / "again")
    pd.testing.assert_frame_equal(again.sourcing, company.sourcing)
    pd.testing.assert_frame_equal(again.items, company.items)
    assert (again.history.units == company.history.units).all()
