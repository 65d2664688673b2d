"""The VN2 Inventory Planning Challenge (SupChains, 2025) through the public commands: one plan, and replays of it.

The challenge: each Monday order whole units that can be sold from the Monday two weeks later; six orders, eight weeks,
the last six of them count; 0.2 per unit left at a week's end, 1.0 per unit of lost sales. The eight weeks after the
history are not played here: a replay plays the same game from a past Monday inside the history, each Monday planned
with what was known then, beside the organiser's rule (13-week moving average with global seasonal weights, up to 4
weeks of cover), the same with 3.25 weeks, order-up-to with safety stock, (s,S) and perfect foresight. Nobody recorded
past stock: each replay starts with the week's expected demand on the shelf and the next week's on its way, as the
challenge itself did.

    python benchmarks/vn2.py                  # twelve replays and the plan of the last Monday
    python benchmarks/vn2.py --quick          # two replays
    python benchmarks/vn2.py --out vn2        # keep tables and results; replays that are there are not run again
"""

import argparse
import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from bench import bench_folder, restock

AS_OF = pd.Timestamp("2024-04-15")
# The first replay knows 94 weeks; the last one ends with the history.
EARLIEST, LAST_WEEK = pd.Timestamp("2023-01-30"), pd.Timestamp("2024-04-08")
LEAD_TIME, WEEK = 2, pd.Timedelta(weeks=1)
COVER_4, COVER_3_25 = "period cover + 1 week", "period cover + 1/4 week"
POLICY = "[horizon]\nweeks = {weeks}\n"


def main() -> None:
    """Write the tables, plan the last Monday, replay past ones, print both."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(asked.out or scratch)
        source = folder / "input"
        write_tables(bench_folder("vn2"), source, asked.horizon)
        if not asked.no_plan:
            _plan(source, folder / "plan")
        origins = origins_of(2 if asked.quick else asked.origins, asked.rounds)
        with ThreadPoolExecutor(asked.workers) as pool:
            costs = list(pool.map(lambda origin: _replay(source, origin, asked.rounds, folder), origins))
    if costs:
        _show(pd.DataFrame(costs, index=pd.Index([f"{origin:%Y-%m-%d}" for origin in origins], name="from")))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="VN2 through the public commands")
    parser.add_argument("--origins", type=int, default=12, help="number of replays, spread over the last 13 months")
    parser.add_argument("--rounds", type=int, default=6, help="orders per replay")
    parser.add_argument("--horizon", type=int, default=8, help="weeks that each plan looks ahead")
    parser.add_argument("--workers", type=int, default=2, help="replays at a time")
    parser.add_argument("--quick", action="store_true", help="two replays")
    parser.add_argument("--no-plan", action="store_true", help="replays only")
    parser.add_argument("--out", help="folder to keep tables and results in (default: none)")
    return parser.parse_args()


def write_tables(bench: Path, folder: Path, horizon: int) -> None:
    """The challenge's files as the contract's tables."""
    folder.mkdir(parents=True, exist_ok=True)
    master = pd.read_csv(bench / "master.csv", dtype=str).rename(columns={"Store": "location", "Product": "sku"})
    state = pd.read_csv(bench / "initial_state.csv", dtype={"Store": str, "Product": str})
    state = state.rename(columns={"Store": "location", "Product": "sku"})
    of_items = ["sku", "ProductGroup", "Division", "Department", "DepartmentGroup"]
    items = master[of_items].drop_duplicates("sku")
    tables = {
        "sales": _sales(bench),
        "items": items.assign(unit_cost=1.0, price=2.0, holding_cost=0.2, shortage_cost=1.0),
        "locations": master[["location", "StoreFormat", "Format"]].drop_duplicates("location"),
        "suppliers": pd.DataFrame({"supplier": ["VN2"]}),
        "sourcing": items[["sku"]].assign(supplier="VN2", lead_time_weeks=LEAD_TIME),
        "stock": state[["sku", "location"]].assign(on_hand=state["End Inventory"]),
        "open_orders": pd.concat([_in_transit(state, week) for week in (1, 2)]),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")
    (folder / "restock.toml").write_text(POLICY.format(weeks=horizon), encoding="utf-8")


def _sales(bench: Path) -> pd.DataFrame:
    def long(name: str, value: str) -> pd.DataFrame:
        wide = pd.read_csv(bench / name, dtype={"Store": str, "Product": str})
        table = wide.melt(["Store", "Product"], var_name="date", value_name=value)
        return table.rename(columns={"Store": "location", "Product": "sku"})

    return long("sales_wide.csv", "units").merge(long("in_stock_wide.csv", "in_stock"))


def _in_transit(state: pd.DataFrame, week: int) -> pd.DataFrame:
    """What can be sold from the game's week 1 or 2 on."""
    coming = state[state[f"In Transit W+{week}"] > 0]
    due = AS_OF + (week - 1) * WEEK
    orders = coming[["sku", "location"]].assign(units=coming[f"In Transit W+{week}"], due=due, supplier="VN2")
    return orders.assign(po=[f"W{week}-{number}" for number in range(1, len(orders) + 1)])


def origins_of(count: int, rounds: int) -> list[pd.Timestamp]:
    """Mondays to replay from, evenly spread; the last one ends with the history."""
    latest = LAST_WEEK - (rounds + LEAD_TIME - 1) * WEEK
    steps = np.linspace(0, (latest - EARLIEST) // WEEK, count).round()
    return [EARLIEST + int(step) * WEEK for step in steps]


def _plan(source: Path, out: Path) -> None:
    answer = restock("plan", source, "--as-of", f"{AS_OF:%Y-%m-%d}", "--out", out)
    orders = pd.read_csv(out / "orders.csv", dtype={"sku": str, "location": str})
    now = orders[orders["order_date"] == f"{AS_OF:%Y-%m-%d}"]
    told = answer.summary
    print(f"one plan: {answer.seconds:.0f} s (limit 120), {answer.gib:.2f} GiB (limit 3), status {told['status']}")
    print(f"  to order on {AS_OF:%Y-%m-%d}: {now['units'].sum():,} units in {len(now)} lines; they and the outlook:")
    weekly = orders.groupby("order_date")["units"].agg(["sum", "size"]).head(6)
    print("  " + weekly.rename(columns={"sum": "units", "size": "lines"}).to_string().replace("\n", "\n  "))


def _replay(source: Path, origin: pd.Timestamp, rounds: int, folder: Path) -> dict[str, float]:
    """Cost by policy; kept in the folder, so that a long measurement can be continued."""
    out = folder / f"{origin:%Y-%m-%d}-{rounds}"
    kept = out / "summary.json"
    if not kept.exists():
        asked = ["--from", f"{origin:%Y-%m-%d}", "--rounds", rounds, "--no-forecast-value", "--out", out]
        answer = restock("backtest", source, *asked)
        kept.write_text(json.dumps(answer.summary | {"wall_seconds": answer.seconds}), encoding="utf-8")
    summary = json.loads(kept.read_text(encoding="utf-8"))
    costs = {name: figures["cost"] for name, figures in summary["policies"].items()}
    print(f"{origin:%Y-%m-%d}: restock {costs['restock']:,.0f} in {summary['wall_seconds']:.0f} s", flush=True)
    return costs


def _show(costs: pd.DataFrame) -> None:
    table = costs.assign(**{f"to {name}": costs["restock"] / costs[name] - 1 for name in (COVER_4, COVER_3_25)})
    mean = costs.mean()
    last = mean.to_dict() | {f"to {name}": mean["restock"] / mean[name] - 1 for name in (COVER_4, COVER_3_25)}
    table.loc["mean"] = pd.Series(last)
    figures = {name: "{:,.0f}".format if name in costs else "{:+.1%}".format for name in table}
    print(table.to_string(formatters=figures))


if __name__ == "__main__":
    main()
