"""Ten thousand series of three years through `restock forecast`: seconds, peak memory, and series per second.

The series are generated under a seed: 5,000 items at two locations in twenty categories, a third of them intermittent,
with season, trend, weeks out of stock and promotions. The limit is ten minutes on two cores for the whole command,
200 paths of 26 weeks, reading and files included. The yardstick is one statsforecast model (AutoETS) asked for one
forecast of each series, on a sample, in the same minute.

    python benchmarks/forecast_speed.py [--series 10000] [--weeks 156]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from bench import restock

AS_OF, LOCATIONS, CATEGORIES = pd.Timestamp("2026-10-05"), ("north", "south"), 20
MOST_SECONDS, SAMPLE = 600.0, 100


def main() -> None:
    """Generate, time, print."""
    parser = argparse.ArgumentParser(description="Ten thousand series through restock forecast")
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--weeks", type=int, default=156)
    parser.add_argument("--horizon", type=int, default=26)
    asked = parser.parse_args()
    units = demand(asked.series, asked.weeks)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "input")
        write_tables(folder, units)
        words = ["--as-of", f"{AS_OF:%Y-%m-%d}", "--horizon", asked.horizon, "--out", Path(scratch, "out")]
        answer = restock("forecast", folder, *words)
    each = _one_model(units[:SAMPLE], asked.horizon) / SAMPLE
    print(
        f"restock forecast, {len(units):,} series x {asked.weeks} weeks: {answer.seconds:.0f} s (limit 600), ", end=""
    )
    print(f"{answer.gib:.2f} GiB, {len(units) / answer.seconds:.0f} series/s")
    print(f"AutoETS alone, one forecast each: {each * len(units):.0f} s on one core (from a sample of {SAMPLE})")
    if answer.seconds > MOST_SECONDS:
        sys.exit(1)


def demand(series: int, weeks: int) -> np.ndarray:
    """Units (series, weeks): negative binomial about level x season x trend, a third of the series intermittent."""
    rng = np.random.default_rng(2026)
    level = np.where(np.arange(series) % 3 == 0, rng.gamma(1.0, 0.4, series), rng.lognormal(1.5, 1.0, series))
    category = np.arange(series) // len(LOCATIONS) % CATEGORIES
    phase, swing = rng.uniform(0, 2 * np.pi, CATEGORIES)[category], rng.uniform(0, 0.6, CATEGORIES)[category]
    week = np.arange(weeks)
    season = 1 + swing[:, None] * np.sin(2 * np.pi * week / 52 + phase[:, None])
    trend = np.exp(rng.normal(0, 0.2, series)[:, None] * (week / weeks - 0.5))
    mean = level[:, None] * season * trend
    return np.asarray(rng.negative_binomial(3.0, 3.0 / (3.0 + mean)))


def write_tables(folder: Path, units: np.ndarray) -> None:
    """The panel as the contract's tables."""
    folder.mkdir()
    rng = np.random.default_rng(7)
    series, weeks = units.shape
    skus = np.repeat([f"S-{number:05d}" for number in range(-(-series // len(LOCATIONS)))], len(LOCATIONS))[:series]
    places = np.resize(LOCATIONS, series)
    dates = pd.date_range(end=AS_OF - pd.Timedelta(weeks=1), periods=weeks, freq="7D")
    in_stock = np.where(rng.random(units.shape) < 0.03, 0.5, 1.0)
    sales = pd.DataFrame({"date": np.tile(dates, series), "sku": np.repeat(skus, weeks)})
    sales["location"], sales["units"], sales["in_stock"] = np.repeat(places, weeks), units.ravel(), in_stock.ravel()
    names = pd.unique(skus)
    items = pd.DataFrame({"sku": names, "unit_cost": rng.integers(2, 50, len(names)), "price": 60})
    items["category"] = [f"C-{number % CATEGORIES:02d}" for number in range(len(names))]
    start = pd.date_range(dates[0] + pd.Timedelta(weeks=20), AS_OF + pd.Timedelta(weeks=20), freq="91D")
    promotions = pd.DataFrame({"promo": [f"P-{number}" for number in range(len(start))], "start": start})
    promotions["end"], promotions["category"], promotions["kind"] = start + pd.Timedelta(days=13), "C-03", "leaflet"
    sales.to_parquet(folder / "sales.parquet", index=False)
    stock = pd.DataFrame({"sku": skus, "location": places, "on_hand": 10})
    sourcing = pd.DataFrame({"sku": names, "supplier": "S", "lead_time_weeks": 3})
    for name, table in {"items": items, "promotions": promotions, "stock": stock, "sourcing": sourcing}.items():
        table.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")
    pd.DataFrame({"supplier": ["S"]}).to_csv(folder / "suppliers.csv", index=False)


def _one_model(units: np.ndarray, horizon: int) -> float:
    from statsforecast.models import AutoETS

    model = AutoETS(season_length=1)
    model.forecast(y=units[0].astype(float), h=horizon)  # compiled now, not while timed
    start = time.perf_counter()
    for row in units:
        model.forecast(y=row.astype(float), h=horizon)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
