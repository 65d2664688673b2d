"""In a replay orders come as late as their supplier delivered at that time."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from data.company import Company
from scenarios.deliveries import arrivals
from scenarios.replay import replay
from scenarios.rules import period_cover
from scenarios.world import world

Build = Callable[..., Company]


def _told() -> pd.DataFrame:
    promised = pd.to_datetime(["2026-01-05", "2026-02-02", "2026-02-02"])
    return pd.DataFrame({"supplier": ["S", "S", "T"], "promised": promised, "late": [0, 2, -3]})


def test_an_order_is_as_late_as_the_delivery_promised_nearest_to_it() -> None:
    week = pd.to_datetime(["2025-12-01", "2026-01-19", "2026-01-26", "2026-02-09", "2026-02-09"])
    orders = pd.DataFrame({"supplier": ["S", "S", "S", "T", "U"], "week": week, "ordered_on": week[0]})
    orders.loc[3, "ordered_on"] = pd.Timestamp("2026-01-26")
    expected = ["2025-12-01", "2026-01-19", "2026-02-09", "2026-01-26", "2026-02-09"]
    assert arrivals(orders, _told()).dt.strftime("%Y-%m-%d").tolist() == expected


def test_a_late_supplier_leaves_the_shelf_empty_in_a_replay(small_company: Build) -> None:
    company = small_company({"a": [4.0] * 30})
    first = company.history.weeks[20]
    promised = [first + pd.Timedelta(weeks=weeks) for weeks in range(8)]
    receipts = pd.DataFrame({"po": [f"R{n}" for n in range(8)], "sku": "a", "units": 1.0, "supplier": "S"})
    receipts = receipts.assign(ordered_on=promised, promised_on=promised)
    late = receipts.assign(received_on=[day + pd.Timedelta(weeks=1) for day in promised])
    scene = world(replace(company, receipts=late), first, 4)
    seen = []

    def decide(known: Company) -> pd.DataFrame:
        seen.append(known.open_orders)
        return period_cover(0.0)(known)

    played, punctual = replay(scene, "late", decide), replay(scene.punctual(), "punctual", period_cover(0.0))
    assert punctual.lost.sum() == 0.0
    assert played.lost.sum() > 0.0
    assert "comes" not in seen[-1]
    overdue = seen[2][seen[2]["due"] < first + pd.Timedelta(weeks=2)]
    assert len(overdue)
    assert overdue["week"].eq(first + pd.Timedelta(weeks=3)).all()
