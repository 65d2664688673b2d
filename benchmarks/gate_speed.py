"""A million sales rows through `restock check`: seconds, peak memory, and planted errors found, beside pandas.read_csv.

The rows are generated under a seed: 2,500 items at 3 locations over about 133 weeks, one CSV of some 45 MB. Into
them go 201 errors of eight kinds at random lines; the gate must name each, by its line, and nothing else in sales.
The limits are 10 seconds and 2 GiB for the whole command, start-up and issues.csv included.

    python benchmarks/gate_speed.py [--rows 1000000]
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from bench import restock

SKUS, LOCATIONS, FIRST = 2_500, ("north", "south", "web"), "2023-01-02"
MOST_SECONDS, MOST_GIB = 10.0, 2.0
PLANTED = {
    ("date", "2025-13-45"): 40,
    ("date", ""): 11,
    ("units", "twelve"): 40,
    ("units", "inf"): 20,
    ("units", "1e12"): 20,
    ("sku", "X-{line}"): 30,
    ("price", "-4"): 20,
    ("in_stock", "1.7"): 20,
}


def main() -> None:
    """Generate, time, compare, print."""
    parser = argparse.ArgumentParser(description="A million sales rows through the data gate")
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = Path(scratch, "input"), Path(scratch, "out")
        folder.mkdir()
        planted = write_tables(folder, asked.rows)
        start = time.perf_counter()
        pd.read_csv(folder / "sales.csv", low_memory=False)
        yardstick = time.perf_counter() - start
        answer = restock("check", folder, "--out", out)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        issues = pd.read_csv(out / "issues.csv", dtype=str, keep_default_na=False)
        megabytes = (folder / "sales.csv").stat().st_size / 1e6
    named = set(zip(*(issues.loc[issues["table"] == "sales", name] for name in ("row", "field", "value")), strict=True))
    print(f"{asked.rows:,} sales rows, {megabytes:.0f} MB of CSV")
    limits = f"(limits {MOST_SECONDS} s, {MOST_GIB} GiB; {used.ru_utime + used.ru_stime:.1f} s of processor time)"
    print(f"restock check     {answer.seconds:6.1f} s  {answer.gib:5.2f} GiB  {limits}")
    print(f"pandas.read_csv   {yardstick:6.1f} s  (reads only)")
    print(f"planted {len(planted)}, found {len(planted & named)}, others named {len(named - planted)}")
    if planted != named or answer.seconds > MOST_SECONDS or answer.gib > MOST_GIB:
        sys.exit(1)


def write_tables(folder: Path, rows: int) -> set[tuple[str, str, str]]:
    """The input with its errors; (line, field, value) of each error."""
    rng = np.random.default_rng(2026)
    sales = sales_table(rows)
    lines = rng.choice(rows, sum(PLANTED.values()), replace=False)
    kinds = [kind for kind, count in PLANTED.items() for _ in range(count)]
    planted = {(str(at + 2), field, value.format(line=at)) for at, (field, value) in zip(lines, kinds, strict=True)}
    for line, field, value in planted:
        sales.loc[int(line) - 2, field] = value
    sales.to_csv(folder / "sales.csv", index=False)
    skus = [f"S-{number:05d}" for number in range(SKUS)]
    items = pd.DataFrame({"sku": skus, "unit_cost": rng.integers(1, 50, SKUS), "price": 60})
    stock = pd.DataFrame({"sku": np.repeat(skus, len(LOCATIONS)), "location": LOCATIONS * SKUS, "on_hand": 10})
    items.to_csv(folder / "items.csv", index=False)
    stock.to_csv(folder / "stock.csv", index=False)
    items[["sku"]].assign(supplier="S", lead_time_weeks=3).to_csv(folder / "sourcing.csv", index=False)
    return planted


def sales_table(rows: int) -> pd.DataFrame:
    """Weekly rows of every item at every location, week after week, all cells text."""
    rng = np.random.default_rng(7)
    number = np.arange(rows)
    pair = number % (SKUS * len(LOCATIONS))
    weeks = pd.date_range(FIRST, periods=rows // (SKUS * len(LOCATIONS)) + 1, freq="7D").strftime("%Y-%m-%d")
    price = rng.integers(500, 6000, rows) / 100
    return pd.DataFrame(
        {
            "date": weeks.to_numpy()[number // (SKUS * len(LOCATIONS))],
            "sku": np.array([f"S-{at:05d}" for at in range(SKUS)])[pair // len(LOCATIONS)],
            "location": np.array(LOCATIONS)[pair % len(LOCATIONS)],
            "units": rng.poisson(3, rows).astype(str),
            "in_stock": np.where(rng.random(rows) < 0.1, "0.5", "1"),
            "price": price.astype(str),
        }
    )


if __name__ == "__main__":
    main()
