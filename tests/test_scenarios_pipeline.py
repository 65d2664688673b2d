"""The main job on tables in a folder: one run that hangs together and can be repeated."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data.gate import read_company
from data.policy import Policy
from data.problems import Rejected
from scenarios.alerts import ALERT_COLUMNS
from scenarios.pipeline import run
from scenarios.run import run_id, version

AS_OF = pd.Timestamp("2026-03-02")
TABLES = {
    "items.csv": "sku,unit_cost,price\nA,4,10\nB,2,3\n",
    "suppliers.csv": "supplier,order_cost\nS,5\n",
    "sourcing.csv": "sku,supplier,lead_time_weeks,pack_size\nA,S,2,6\nB,S,1,1\n",
    "stock.csv": "sku,on_hand\nA,4\nB,20\n",
    "open_orders.csv": "po,sku,units,due,supplier\nP1,A,12,2026-02-20,S\n",
    "restock.toml": "seed = 7\n[horizon]\nweeks = 8\n[forecast]\npaths = 40\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    weeks = pd.date_range(end="2026-02-23", periods=60, freq="7D")
    sold = pd.DataFrame({"date": weeks, "sku": "A", "units": [8, 12, 10, 9] * 15})
    sold = pd.concat([sold, sold.assign(sku="B", units=[3, 1, 0, 4] * 15)])
    sold.to_csv(tmp_path / "sales.csv", index=False, date_format="%Y-%m-%d")
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_whole_job(folder: Path) -> None:
    stages: list[str] = []
    done = run(folder, AS_OF, lambda stage, share: stages.append(stage))  # noqa: ARG005 (the share is not looked at)
    assert (done.as_of, done.seed, done.version) == (AS_OF, 7, version())
    assert done.forecast.paths.values.shape == (40, 2, 8)
    assert {"check", "forecast", "plan", "alerts"} <= set(done.seconds)
    assert done.alerts.columns.tolist() == ALERT_COLUMNS
    assert done.alerts["kind"].isin(["late_open_order", "runs_out_even_if_ordered"]).any()
    assert done.kpis["order_value"] == pytest.approx(done.plan.due_now()["value"].sum())
    assert done.kpis["stock_value"] == 4 * 4 + 20 * 2
    assert any(problem.table == "open_orders" for problem in done.problems)
    assert stages[-1] == "alerts"


def test_the_same_run_again_is_the_same(folder: Path) -> None:
    once, again = run(folder, AS_OF), run(folder, AS_OF)
    assert once.run_id == again.run_id
    pd.testing.assert_frame_equal(once.plan.orders, again.plan.orders)
    pd.testing.assert_frame_equal(once.alerts, again.alerts)
    assert once.kpis == again.kpis


def test_the_run_id_tells_input_monday_and_seed_apart(folder: Path) -> None:
    company, _ = read_company(folder, AS_OF)
    others = [
        replace(company, input_digest="another"),
        replace(company, as_of=AS_OF + pd.Timedelta(weeks=1)),
        replace(company, policy=Policy(seed=8)),
    ]
    assert run_id(company).startswith("2026-03-02-")
    assert len({run_id(company), *(run_id(other) for other in others)}) == 4


def test_a_rejected_input_stops_the_run(folder: Path) -> None:
    (folder / "items.csv").unlink()
    with pytest.raises(Rejected):
        run(folder, AS_OF)
