"""M4 competition, weekly series (359, up to 2,597 weeks, no demand of goods), through `restock forecast`.

The last 13 weeks of each training series are held out, or 13 weeks before them for further origins. Figures are M4's:
sMAPE, MASE (scaled by the naive errors of the weeks before), and OWA, the mean of both over those of Naive2, which is
the naive forecast for weekly series (M4 took their season as 1 week). The point forecast is the median, q50 of
forecast.csv. In the competition, on the weeks after: best entrant 0.739, Theta 0.971.

    python benchmarks/m4_weekly.py                # the last origin
    python benchmarks/m4_weekly.py --origins 3    # and two before
    python benchmarks/m4_weekly.py --every 4      # every fourth series alone
"""

import argparse
import gzip
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from bench import bench_folder, restock

HORIZON = 13
AS_OF = pd.Timestamp("2018-01-01")  # the series bear no dates: all are taken to end together
KEYS = ["sku", "date"]
LEAST = 26  # weeks before an origin, for a series to be forecast there


def main() -> None:
    """Forecast from each origin and print the errors."""
    asked = _arguments()
    series = {f"W{k:03d}": values for k, values in enumerate(_series(bench_folder("m4_weekly"))[:: asked.every])}
    for origin in range(asked.origins):
        held = HORIZON * (origin + 1)
        known = {name: values[:-held] for name, values in series.items() if len(values) >= held + LEAST}
        actual = {name: series[name][-held:][:HORIZON] for name in known}
        with tempfile.TemporaryDirectory() as scratch:
            told, seconds = _forecast(known, Path(scratch))
        print(f"{len(known)} series, {held} weeks before their ends, in {seconds:.0f} s")
        _show(told, known, actual)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="M4 weekly through the public command")
    parser.add_argument("--origins", type=int, default=1, help="number of origins, 13 weeks apart")
    parser.add_argument("--every", type=int, default=1, help="take every n-th series")
    return parser.parse_args()


def _series(bench: Path) -> list[np.ndarray]:
    with gzip.open(bench / "train.csv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        texts = [line.replace('"', "").strip().split(",")[1:] for line in lines]
    return [np.array([float(text) for text in row if text and text != "NA"]) for row in texts]


def _forecast(known: dict[str, np.ndarray], folder: Path) -> tuple[pd.DataFrame, float]:
    """forecast.csv by sku, and the command's seconds."""
    parts = []
    for sku, values in known.items():
        weeks = pd.date_range(end=AS_OF - pd.Timedelta(weeks=1), periods=len(values), freq="7D")
        parts.append(pd.DataFrame({"date": weeks, "sku": sku, "units": values}))
    items = pd.DataFrame({"sku": list(known), "unit_cost": 1.0, "price": 2.0})
    tables = {
        "sales": pd.concat(parts),
        "items": items,
        "sourcing": items[["sku"]].assign(supplier="any", lead_time_weeks=1),
        "stock": items[["sku"]].assign(on_hand=0),
    }
    (folder / "input").mkdir()
    for name, table in tables.items():
        table.to_csv(folder / "input" / f"{name}.csv", index=False, date_format="%Y-%m-%d")
    out = folder / "out"
    answer = restock("forecast", folder / "input", "--as-of", f"{AS_OF:%Y-%m-%d}", "--horizon", HORIZON, "--out", out)
    return pd.read_csv(out / "forecast.csv", parse_dates=["week"]).sort_values(["sku", "week"]), answer.seconds


def _show(told: pd.DataFrame, known: dict[str, np.ndarray], actual: dict[str, np.ndarray]) -> None:
    scale = np.array([np.abs(np.diff(values)).mean() for values in known.values()])[:, None]
    real = np.stack([actual[sku] for sku in known])
    ours = {name: np.stack([told.loc[told["sku"] == sku, name] for sku in known]) for name in ("q50", "mean")}
    naive = np.stack([np.full(HORIZON, values[-1]) for values in known.values()])
    base = _errors(naive, real, scale)
    for name, forecast in (*ours.items(), ("Naive2", naive)):
        smape, mase = _errors(forecast, real, scale)
        owa = (smape / base[0] + mase / base[1]) / 2
        print(f"  {name:7s} sMAPE {smape:6.3f}  MASE {mase:5.3f}  OWA {owa:.3f}")


def _errors(forecast: np.ndarray, real: np.ndarray, scale: np.ndarray) -> tuple[float, float]:
    """sMAPE in percent and MASE, means over all series."""
    wrong = np.abs(forecast - real)
    return float((200 * wrong / (np.abs(forecast) + np.abs(real))).mean()), float((wrong / scale).mean())


if __name__ == "__main__":
    main()
