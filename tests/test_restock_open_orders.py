"""open_orders.csv and its table in the report; an earlier run's file goes where nothing is on order."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from data.company import Company
from data.policy import Forecast, Horizon, Policy
from restock.export import write_run
from restock.report_open_orders import open_orders
from scenarios.pipeline import run_company

Build = Callable[..., Company]


def test_open_orders_are_written_with_what_to_do_and_why(small_company: Build, tmp_path: Path) -> None:
    company = small_company(
        {"A": [9.0, 11.0, 8.0, 12.0] * 8},
        on_hand={"A": 500.0},
        open_orders=[
            {"po": "P1", "sku": "A", "units": 60.0, "due": "2026-02-20", "week": "2026-03-09"},
            {"po": "P2", "sku": "A", "units": 5.0, "due": "2026-03-16"},
        ],
        policy=Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=20)),
    )
    company = replace(company, open_orders=company.open_orders.assign(cancel_cost=[0.1, float("nan")]))
    done = run_company(company, [])
    write_run(done, tmp_path)
    head, first, second = (tmp_path / "open_orders.csv").read_text("utf-8").splitlines()
    assert head == "po,sku,location,supplier,units,due,expected_arrival,decision,money,reason"
    assert first.startswith("P1,A,main,S,60,2026-02-20,,cancel,")
    assert "Overdue by 10 days. Waiting would cost " in first
    assert second == "P2,A,main,S,5,2026-03-16,2026-03-16,wait,0.00,It can be neither rushed nor cancelled."
    assert done.kpis["in_transit_value"] == 5 * 4.0
    assert [line.po for line in open_orders(done)] == ["P1"]
    assert 'id="open-orders-table"' in (tmp_path / "report.html").read_text("utf-8")
    nothing = run_company(replace(company, open_orders=company.open_orders.iloc[:0]), [])
    write_run(nothing, tmp_path)
    assert not (tmp_path / "open_orders.csv").exists()
    assert 'id="open-orders"' not in (tmp_path / "report.html").read_text("utf-8")


def test_the_margin_lost_by_a_late_supplier_is_an_alert(small_company: Build) -> None:
    company = small_company(
        {"A": [9.0, 11.0, 8.0, 12.0] * 16},
        on_hand={"A": 25.0},
        policy=Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=20)),
    )
    promised = pd.DatetimeIndex([company.as_of - pd.Timedelta(weeks=weeks) for weeks in (80, 70, 60, 30, 20, 10)])
    late = pd.to_timedelta([0, 0, 0, 14, 14, 21], unit="D")
    receipts = pd.DataFrame({"po": list("abcdef"), "sku": "A", "units": 1.0, "supplier": "S", "promised_on": promised})
    receipts = receipts.assign(ordered_on=promised, received_on=promised + late)
    alerts = run_company(replace(company, receipts=receipts), []).alerts.set_index("kind")
    assert alerts.at["supplier_drifts_late", "supplier"] == "S"
    assert (
        "delivered 16 days late on average in the last year, 0 days before"
        in alerts.at["supplier_drifts_late", "message"]
    )
