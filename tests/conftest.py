"""Shared by the tests: a small company from a few lists."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.company import Company, Panel
from data.policy import Forecast, Horizon, Policy
from optimize.decide import decide_alone, decide_together
from optimize.groups import groups
from optimize.highs import Limits
from optimize.instance import Decisions, Instance

EMPTY = {
    "price_breaks": ["sku", "supplier", "from_units", "unit_cost"],
    "open_orders": ["po", "sku", "location", "supplier", "units", "due", "ordered_on", "week"],
    "receipts": ["po", "sku", "units", "supplier", "ordered_on", "promised_on", "received_on"],
    "promotions": ["promo", "start", "end", "sku", "category", "location", "kind", "discount", "expected_uplift"],
    "drivers": ["date", "sku", "location"],
    "budgets": ["start", "end", "amount", "supplier", "category"],
    "forecast": ["sku", "location", "week", "mean"],
}
DATES = {"due", "ordered_on", "week", "promised_on", "received_on", "start", "end", "date"}
LANE = {
    "lead_time_weeks": 2,
    "unit_cost": 4.0,
    "lead_time_sd": 0.0,
    "moq": 0.0,
    "pack_size": 1.0,
    "max_units": np.inf,
    "line_cost": 0.0,
    "expedite_lead_time_weeks": np.nan,
    "expedite_unit_cost": np.nan,
}
ITEM = {
    "unit_cost": 4.0,
    "price": 10.0,
    "name": "",
    "category": "",
    "holding_cost": 0.5,
    "shortage_cost": 6.0,
    "salvage_value": 4.0,
    "season_start": pd.NaT,
    "season_end": pd.NaT,
    "service_floor": 0.0,
    "like_sku": "",
    "volume": 0.0,
    "weight": 0.0,
}
SUPPLIER = {
    "name": "",
    "order_cost": 0.0,
    "min_order_value": 0.0,
    "order_every_weeks": 1,
    "first_order": pd.NaT,
    "capacity_units": np.inf,
    "payment_days": 0.0,
    "container_volume": np.inf,
    "container_weight": np.inf,
    "container_cost": 0.0,
}


def _open_orders(rows: list[dict[str, Any]]) -> pd.DataFrame:
    defaults = {"location": "main", "supplier": "S", "ordered_on": pd.NaT}
    table = pd.DataFrame([defaults | row for row in rows], columns=EMPTY["open_orders"])
    table["due"] = pd.to_datetime(table["due"])
    table["week"] = pd.to_datetime(table["week"]).fillna(table["due"])
    return table.astype({"ordered_on": "datetime64[ns]", "units": float})


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="datetime64[ns]" if name in DATES else object) for name in columns})


@pytest.fixture(scope="session")
def small_company() -> Callable[..., Company]:
    """Builds a company as of 2026-03-02 from weekly units per SKU (oldest first, NaN: not yet sold).

    ``items``, ``suppliers``: {name: {column: value}} over defaults; ``lanes``: sourcing rows over defaults (one lane
    from S each if left out); ``on_hand``: units per SKU; ``open_orders``: rows; ``in_stock``: like ``units``.
    """

    def build(
        units: dict[str, list[float]],
        items: dict[str, dict[str, Any]] | None = None,
        suppliers: dict[str, dict[str, Any]] | None = None,
        lanes: list[dict[str, Any]] | None = None,
        on_hand: dict[str, float] | None = None,
        open_orders: list[dict[str, Any]] | None = None,
        in_stock: dict[str, list[float]] | None = None,
        policy: Policy | None = None,
        as_of: str = "2026-03-02",
    ) -> Company:
        skus = sorted(units)
        monday = pd.Timestamp(as_of)
        series = pd.MultiIndex.from_tuples([(sku, "main") for sku in skus], names=["sku", "location"])
        sold = np.array([units[sku] for sku in skus], dtype=float)
        weeks = pd.date_range(end=monday - pd.Timedelta(weeks=1), periods=sold.shape[1], freq="7D")
        share = np.array([(in_stock or {}).get(sku, [1.0] * sold.shape[1]) for sku in skus], dtype=float)
        sellers = suppliers or {"S": {}}
        lane_rows = [LANE | {"location": "main"} | row for row in lanes or [{"sku": s, "supplier": "S"} for s in skus]]
        dates = {"season_start": "datetime64[ns]", "season_end": "datetime64[ns]"}
        return Company(
            as_of=monday,
            policy=policy or Policy(horizon=Horizon(weeks=6), forecast=Forecast(paths=20)),
            history=Panel(series, weeks, sold, share, np.full(sold.shape, np.nan)),
            items=pd.DataFrame(
                [ITEM | (items or {}).get(sku, {}) for sku in skus], index=pd.Index(skus, name="sku")
            ).astype(dates),
            locations=pd.DataFrame(index=pd.Index(["main"], name="location")),
            suppliers=pd.DataFrame(
                [SUPPLIER | row for row in sellers.values()], index=pd.Index(list(sellers), name="supplier")
            ).astype({"first_order": "datetime64[ns]"}),
            sourcing=pd.DataFrame(lane_rows),
            stock=pd.DataFrame({"on_hand": [(on_hand or {}).get(sku, 0.0) for sku in skus]}, index=series, dtype=float),
            input_digest="digest",
            **{name: _empty(columns) for name, columns in EMPTY.items() if name != "open_orders"},
            open_orders=_open_orders(open_orders or []),
        )

    return build


@pytest.fixture(scope="session")
def decided() -> Callable[[Instance, Limits], tuple[Decisions, float]]:
    """Every independent part of an instance planned: the decisions and the sum of the proven bounds."""

    def decide(instance: Instance, limits: Limits) -> tuple[Decisions, float]:
        plan = Decisions.none(instance)
        alone, together = groups(instance)
        proofs = [decide_alone(instance, alone, limits, plan)]
        proofs += [decide_together(instance, members, limits, plan) for members in together]
        return plan, sum(proof.bound for proof in proofs)

    return decide


@pytest.fixture(scope="session")
def write_shop() -> Callable[..., Path]:
    """Writes the input of a shop with two products, planned quickly: 30 weeks of sales before 2026-05-11, ``weeks`` in
    all; ``stock``: units of A and B; ``more``: CSV tables that come on top or instead; ``policy``: further TOML."""

    def write(
        folder: Path,
        weeks: int = 30,
        stock: tuple[int, int] = (30, 2),
        more: dict[str, str] | None = None,
        policy: str = "",
    ) -> Path:
        folder.mkdir(parents=True)
        sold = np.random.default_rng(7).poisson((20, 5), (weeks, 2))
        days = pd.date_range("2025-10-13", periods=weeks, freq="7D")
        sales = [f"{day:%Y-%m-%d},{sku},{sold[at, row]}" for at, day in enumerate(days) for row, sku in enumerate("AB")]
        tables = {
            "sales": "date,sku,units\n" + "\n".join(sales),
            "items": "sku,name,unit_cost,price\nA,Milk,10,25\nB,奶粉,4,9",
            "suppliers": "supplier,name,order_cost\nS,Acme,20",
            "sourcing": "sku,supplier,lead_time_weeks,pack_size\nA,S,2,5\nB,S,2,1\nB,T/2,1,1",
            "stock": f"sku,on_hand\nA,{stock[0]}\nB,{stock[1]}",
        }
        for name, text in (tables | (more or {})).items():
            (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
        (folder / "restock.toml").write_text(f"[horizon]\nweeks = 6\n[forecast]\npaths = 10\n{policy}")
        return folder

    return write
