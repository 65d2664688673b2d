"""Lot sizing with known answers: the Wagner-Whitin instances through `restock plan`, demand taken as certain.

Each instance becomes the contract's tables: one article with a `forecast` table without quantiles, nothing in stock,
lead time 0, holding_cost per unit and week, a lost sale dearer than any order. The fixed cost of a period is the
order_cost of its supplier; where costs differ by period, each has a supplier of its own that takes orders in that
week only. Where holding costs differ by period, what a unit ordered in a period pays beyond the least of them until the
end enters that period's price: what it saves once sold is the same for every plan. Stock that is there is on hand. The
plan's orders are then charged by the instance's own formula and set beside its optimum.

    python benchmarks/wagner_whitin.py
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from bench import bench_folder, restock

AS_OF = pd.Timestamp("2026-01-05")
TOLERANCE = 1e-6


def main() -> None:
    """All instances; exit code 1 if one is not solved to its optimum."""
    known = json.loads((bench_folder("lotsizing") / "textbook.json").read_text(encoding="utf-8"))
    instances = [instance for instance in known if instance["kind"] == "wagner_whitin"]
    exact = [solve(instance) for instance in instances]
    print(f"{sum(exact)} of {len(exact)} at the known optimum")
    sys.exit(0 if all(exact) else 1)


def solve(instance: dict[str, Any]) -> bool:
    """Plans an instance, prints both answers, and tells whether they agree."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "input", Path(folder) / "out"
        source.mkdir()
        _write(instance["data"], source)
        answer = restock("plan", source, "--as-of", f"{AS_OF:%Y-%m-%d}", "--out", out)
        orders = pd.read_csv(out / "orders.csv", parse_dates=["order_date"])
    week = (orders["order_date"] - AS_OF).dt.days // 7
    units = orders["units"].groupby(week).sum().reindex(range(instance["data"]["num_periods"]), fill_value=0)
    cost, optimum = _cost(instance["data"], units.tolist()), instance["optimal_cost"]
    exact = abs(cost - optimum) <= TOLERANCE * optimum
    print(f"{instance['name']}: optimum {optimum:g}, orders cost {cost:g}, objective {answer.summary['objective']:g}")
    print(f"  known orders {[round(quantity) for quantity in instance['optimal_orders']]}")
    print(f"  restock's    {units.tolist()}{'' if exact else '   NOT OPTIMAL'}")
    return exact


def _per_period(data: dict[str, Any], name: str) -> list[float]:
    value = data[name]
    return list(map(float, value)) if isinstance(value, list) else [float(value)] * data["num_periods"]


def _cost(data: dict[str, Any], orders: list[float]) -> float:
    """Fixed cost of each period with an order + purchase + holding of what a period leaves; short: infinite."""
    stock, cost = float(data["initial_inventory"]), 0.0
    terms = zip(*(_per_period(data, name) for name in ("fixed_cost", "purchase_cost", "holding_cost")), strict=True)
    for ordered, wanted, (fixed, price, holding) in zip(orders, data["demand"], terms, strict=True):
        stock += ordered - wanted
        cost += fixed * (ordered > 0) + price * ordered + holding * stock
        if stock < 0:
            return float("inf")
    return cost


def _write(data: dict[str, Any], folder: Path) -> None:
    fixed, price, holding = (_per_period(data, name) for name in ("fixed_cost", "purchase_cost", "holding_cost"))
    price = [cost + sum(holding[week:]) - min(holding) * len(holding[week:]) for week, cost in enumerate(price)]
    weeks = pd.date_range(AS_OF, periods=data["num_periods"], freq="7D")
    lost = max(fixed) + max(price) + max(holding) * data["num_periods"]
    same = len(set(fixed)) == 1 and len(set(price)) == 1
    sellers = ["always"] if same else [f"week {number:02d}" for number in range(len(weeks))]
    tables = {
        "items": {
            "sku": ["item"],
            "unit_cost": [min(price)],
            "price": [min(price) + lost],
            "holding_cost": [min(holding)],
        },
        "stock": {"sku": ["item"], "on_hand": [data["initial_inventory"]]},
        "sales": {"date": pd.date_range(end=AS_OF, periods=5, freq="7D")[:-1], "sku": "item", "units": 1},
        "forecast": {"sku": "item", "week": weeks, "mean": data["demand"]},
        "suppliers": {
            "supplier": sellers,
            "order_cost": fixed[: len(sellers)],
            "order_every_weeks": 1 if same else 520,
            "first_order": weeks[: len(sellers)],
        },
        "sourcing": {"sku": "item", "supplier": sellers, "lead_time_weeks": 0, "unit_cost": price[: len(sellers)]},
    }
    for name, columns in tables.items():
        pd.DataFrame(columns).to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")
    policy = f"[horizon]\nweeks = {len(weeks)}\nfirm_weeks = {len(weeks)}\n[solver]\ngap = 0.0\n"
    (folder / "restock.toml").write_text(policy, encoding="utf-8")


if __name__ == "__main__":
    main()
