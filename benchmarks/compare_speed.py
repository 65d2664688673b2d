"""Twenty what-ifs in one `restock compare` beside twenty `restock plan` runs, one for each, on 1,000 SKUs.

    python benchmarks/compare_speed.py [--skus 1000] [--scenarios 20] [--separate 3] [--workers 2]

The company is made up under a seed: three years of sales of items in twenty categories, from suppliers with order
charges, minimums, packs and lead times, and a budget for the first quarter. The scenarios change budgets, costs,
capacities, the carrying rate and demand. Of the separate runs, --separate are made in the same minutes, on the input as
the scenario has it, and their mean time stands for all; the costs of their plans are compared with those that
`restock compare` found for the same scenarios. Wanted: at most 0.3 of the time, and costs equal within the gap. On a
busy machine the processor time tells more than the clock.
"""

import argparse
import resource
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from bench import Answer, restock
from forecast_speed import demand

AS_OF, WEEKS, SUPPLIED = pd.Timestamp("2026-10-05"), 156, 25
MOST = 0.3
T = TypeVar("T")
POLICY = "seed = 7\n[horizon]\nweeks = 26\n[forecast]\npaths = 200\n[solver]\nseconds = 1200\n"


def main() -> None:
    """Generate, run both ways, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skus", type=int, default=1000)
    parser.add_argument("--scenarios", type=int, default=20)
    parser.add_argument(
        "--separate", type=int, default=3, help="separate runs that are made; their mean stands for all"
    )
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_tables(folder / "input", asked.skus)
        chosen = scenarios()[: asked.scenarios]
        files = [written(folder, number, one) for number, one in enumerate(chosen)]
        as_of = ["--as-of", f"{AS_OF:%Y-%m-%d}", "--out"]
        words = [*files, "--workers", asked.workers, *as_of, folder / "compared"]
        compared, work = worked(lambda: restock("compare", folder / "input", *words))
        apart, own_work = worked(lambda: [separate(folder, one, as_of) for one in chosen[: asked.separate]])
    report(compared, apart, chosen)
    share = work / (own_work / len(apart) * len(chosen))
    print(f"processor time: {work:.0f} s, a separate run {own_work / len(apart):.0f} s: ratio {share:.2f}")


def worked(work: Callable[[], T]) -> tuple[T, float]:
    """The result of some work and the processor seconds of the processes that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return result, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(compared: Answer, apart: list[Answer], chosen: list[dict[str, Any]]) -> None:
    """The ratio of times, and how far the plans' costs are from each other."""
    each = sum(one.seconds for one in apart) / len(apart)
    ratio = compared.seconds / (each * len(chosen))
    print(f"{len(chosen)} scenarios in one restock compare: {compared.seconds:.0f} s, {compared.gib:.2f} GiB")
    print(f"one restock plan: {each:.0f} s (mean of {len(apart)}), so {len(chosen)} of them {each * len(chosen):.0f} s")
    print(f"ratio {ratio:.2f} (wanted: at most {MOST})")
    plans = [one["plan"] for one in compared.summary["outcomes"] if one["orders"] == "reoptimised"]
    for own, other, scenario in zip(apart, plans, chosen, strict=False):
        cost = own.summary["objective"]
        away, open_gap = (other["objective"] - cost) / abs(cost), max(own.summary["gap"], other["gap"])
        told = f"{away:+.3%} beside the separate run's; gaps up to {open_gap:.3%} {other['stopped']}"
        print(f"  {name(scenario)}: cost {told}")


def scenarios() -> list[dict[str, Any]]:
    """Twenty; the first ones can be made in the input's tables too."""
    told = [("budget", "multiply", value) for value in (0.9, 0.8, 1.1, 0.95)]
    told[1:1] = [("order_cost", "multiply", 1.5), ("unit_cost", "multiply", 1.1)]
    told += [("carrying_rate", "set", value) for value in (0.3, 0.2, 0.4)]
    told += [("demand", "multiply", value) for value in (0.8, 0.9, 0.95, 1.05, 1.1, 1.2)]
    told += [("order_cost", "multiply", value) for value in (0.5, 2.0)] + [("price", "multiply", 0.95)]
    told += [("min_order_value", "multiply", 0.5), ("unit_cost", "multiply", 0.95)]
    return [{"field": field, "operation": operation, "value": value} for field, operation, value in told]


def name(scenario: dict[str, Any]) -> str:
    """What a scenario is called."""
    return f"{scenario['field']} {scenario['operation']} {scenario['value']:g}"


def written(folder: Path, number: int, scenario: dict[str, Any]) -> Path:
    """A scenario's file."""
    path = folder / f"scenario_{number:02d}.toml"
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in scenario.items()]
    path.write_text(f'name = "{name(scenario)}"\n[[override]]\n' + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def separate(folder: Path, scenario: dict[str, Any], as_of: list[Any]) -> Answer:
    """`restock plan` on the input as the scenario has it."""
    own = folder / "own"
    shutil.copytree(folder / "input", own)
    column = {"budget": "amount"}.get(scenario["field"], scenario["field"])
    for table in {"budget": ["budgets"], "order_cost": ["suppliers"], "unit_cost": ["items"]}[scenario["field"]]:
        rows = pd.read_csv(own / f"{table}.csv")
        rows[column] = rows[column] * scenario["value"]
        rows.to_csv(own / f"{table}.csv", index=False)
    answer = restock("plan", own, *as_of, folder / "planned")
    shutil.rmtree(own)
    return answer


def write_tables(folder: Path, skus: int) -> None:
    """The company's tables."""
    folder.mkdir()
    rng, units = np.random.default_rng(7), demand(skus, WEEKS)
    sku = [f"S-{number:05d}" for number in range(skus)]
    owner = np.arange(skus) // SUPPLIED
    seller = [f"supplier {number:03d}" for number in range(int(owner[-1]) + 1)]
    cost, recent = np.round(rng.lognormal(2.0, 0.8, skus), 2), units[:, -26:].mean(axis=1)
    dates = pd.date_range(end=AS_OF - pd.Timedelta(weeks=1), periods=WEEKS, freq="7D")
    sales = pd.DataFrame({"date": np.tile(dates, skus), "sku": np.repeat(sku, WEEKS), "units": units.ravel()})
    sales.to_parquet(folder / "sales.parquet", index=False)
    pack = rng.choice([1, 6, 12], skus)
    tables: dict[str, dict[str, Any]] = {
        "items": {"sku": sku, "unit_cost": cost, "price": np.round(cost * rng.uniform(1.3, 2.2, skus), 2)},
        "stock": {"sku": sku, "on_hand": rng.poisson(3 * recent)},
        "suppliers": {
            "supplier": seller,
            "order_cost": np.round(rng.uniform(20, 80, len(seller))),
            "min_order_value": np.round(np.bincount(owner, recent * cost) * rng.uniform(0, 1.5, len(seller))),
        },
        "sourcing": {
            "sku": sku,
            "supplier": [seller[k] for k in owner],
            "lead_time_weeks": rng.integers(1, 6, skus),
            "pack_size": pack,
            "moq": pack * rng.choice([1, 2], skus),
        },
        "budgets": {"start": [AS_OF], "end": [AS_OF + pd.Timedelta(weeks=13)], "amount": [round(recent @ cost * 12)]},
    }
    for title, table in tables.items():
        pd.DataFrame(table).to_csv(folder / f"{title}.csv", index=False, date_format="%Y-%m-%d")
    (folder / "restock.toml").write_text(POLICY, encoding="utf-8")


if __name__ == "__main__":
    main()
