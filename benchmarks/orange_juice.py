"""Dominick's orange juice (83 stores x 11 brands, prices, deals, features) through `restock forecast`.

Each round knows sales to week w, skips a week and forecasts the next two, whose prices, deals and features are known,
as buyers know their own promotions. Figures are the mean absolute percentage error (MAPE) of the median, q50 of
forecast.csv, over all series-weeks. Published, over twelve rounds later than these weeks: LightGBM, trained on this
very error, 36.28; ARIMA 70.80; naive 109.67; seasonal naive 165.06. This error forgives forecasts that are too low:
"q50 x 0.9" shows by how much; it is no forecast that an honest median may become.

    python benchmarks/orange_juice.py                          # twelve rounds, w = 110, 112, ..., 132
    python benchmarks/orange_juice.py --first 86 --rounds 6    # earlier ones, with less to learn from
"""

import argparse
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from bench import bench_folder, restock

FIRST_WEEK, MONDAY = 40, pd.Timestamp("1990-06-11")  # Dominick's week 40 began on Thursday, 14 June 1990
BRANDS = range(1, 12)
AHEAD = (2, 3)  # weeks after w that are scored
KEYS = ["sku", "location"]


def main() -> None:
    """Forecast the rounds, two at a time, and print their errors."""
    asked = _arguments()
    sales = _sales(bench_folder("orange_juice"))
    rounds = [asked.first + asked.step * number for number in range(asked.rounds)]
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(asked.workers) as pool:
        cells = list(pool.map(lambda week: _round(sales, week, Path(scratch) / str(week)), rounds))
    _show(pd.concat(cells))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Orange juice through the public command")
    parser.add_argument("--first", type=int, default=110, help="last known week of the first round")
    parser.add_argument("--step", type=int, default=2, help="weeks from one round to the next")
    parser.add_argument("--rounds", type=int, default=12, help="number of rounds; the last scored week is 135")
    parser.add_argument("--workers", type=int, default=2, help="rounds at a time")
    return parser.parse_args()


def _sales(bench: Path) -> pd.DataFrame:
    """One row per store, brand and week: units, own price (per ounce) and promotions, all brands' prices."""
    rows = pd.read_csv(bench / "sales_weeks_40_135.csv.gz")
    rows["units"] = np.exp(rows["logmove"]).round()
    rows["sku"] = "brand " + rows["brand"].astype(str).str.zfill(2)
    rows["location"] = "store " + rows["store"].astype(str).str.zfill(3)
    rows["date"] = MONDAY + pd.to_timedelta(7 * (rows["week"] - FIRST_WEEK), unit="D")
    return rows


def _round(sales: pd.DataFrame, week: int, folder: Path) -> pd.DataFrame:
    """Series-weeks of one round: actual units, the forecast and the yardsticks."""
    source, out = folder / "input", folder / "out"
    known = sales[sales["week"] <= week]
    _write_tables(known, _drivers(sales[sales["week"] <= week + max(AHEAD)]), source)
    as_of = MONDAY + pd.Timedelta(weeks=week + 1 - FIRST_WEEK)
    answer = restock("forecast", source, "--as-of", f"{as_of:%Y-%m-%d}", "--horizon", max(AHEAD), "--out", out)
    told = pd.read_csv(out / "forecast.csv", parse_dates=["week"]).rename(columns={"week": "date"})
    actual = sales[sales["week"].isin([week + ahead for ahead in AHEAD])]
    cells = actual[[*KEYS, "date", "week", "units"]].merge(told, on=[*KEYS, "date"], how="left")
    print(f"w = {week}: MAPE {_mape(cells['q50'], cells['units']):.2f} in {answer.seconds:.0f} s", flush=True)
    return cells.join(_yardsticks(known, week), on=KEYS).assign(round=week)


def _drivers(rows: pd.DataFrame) -> pd.DataFrame:
    """Logarithm of the own price, deal and feature; a price is known wherever any brand of the store was recorded."""
    names = {f"price{brand}": f"brand {brand:02d}" for brand in BRANDS}
    prices = rows.drop_duplicates(["location", "date"])[["location", "date", *names]].rename(columns=names)
    long = prices.melt(["location", "date"], var_name="sku", value_name="price")
    long["log_price"] = np.log(long.pop("price").where(lambda price: price > 0))
    return long.merge(rows[[*KEYS, "date", "deal", "feat"]], on=[*KEYS, "date"], how="left")


def _write_tables(known: pd.DataFrame, drivers: pd.DataFrame, folder: Path) -> None:
    folder.mkdir(parents=True)
    series = known[KEYS].drop_duplicates()
    items = series[["sku"]].drop_duplicates().assign(category="orange juice", unit_cost=1.0, price=2.0)
    tables = {
        "sales": known[["date", *KEYS, "units"]],
        "items": items,
        "locations": series[["location"]].drop_duplicates(),
        "sourcing": items[["sku"]].assign(supplier="any", lead_time_weeks=1),
        "stock": series.assign(on_hand=0),
        "drivers": drivers,
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")


def _yardsticks(known: pd.DataFrame, week: int) -> pd.DataFrame:
    """The last week, the same week a year ago where it was sold, and the mean of 13 weeks; by series."""
    by_week = known.pivot_table(index=KEYS, columns="week", values="units").reindex(columns=range(FIRST_WEEK, week + 1))
    last = by_week.ffill(axis=1)[week]
    year_ago = week + AHEAD[0] - 52
    table = pd.DataFrame({"naive": last, "moving average": by_week.iloc[:, -13:].mean(axis=1)})
    table["seasonal naive"] = by_week[year_ago].fillna(last) if year_ago in by_week else last
    return table


def _mape(forecast: pd.Series, units: pd.Series) -> float:
    return float(100 * ((forecast - units).abs() / units).mean())


def _show(cells: pd.DataFrame) -> None:
    cells = cells.assign(**{"q50 x 0.9": 0.9 * cells["q50"]})
    print(f"{len(cells):,} series-weeks of {cells['round'].nunique()} rounds")
    for name in ("q50", "q50 x 0.9", "mean", "naive", "seasonal naive", "moving average"):
        print(f"  MAPE of {name:15s} {_mape(cells[name], cells['units']):7.2f}")
    below = (cells["units"] < cells["q50"]).mean()
    inside = cells["units"].between(cells["q10"], cells["q90"]).mean()
    print(f"  sales below q50: {below:.1%} (should be 50%); from q10 to q90: {inside:.1%} (should be 80%)")


if __name__ == "__main__":
    main()
