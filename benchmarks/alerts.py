"""Stock-out alerts on VN2's history: precision and recall beside a fixed threshold, one lead time ahead.

Past Mondays are replayed with the organiser's rule as the purchaser (see vn2.py). On each Monday, before it orders, the
question is asked for every product and store: if nothing is ordered today, does it lose sales in the week in which
today's order could be sold, a lead time (two weeks) from now? restock answers with the share of its futures in which it
does; the rule of thumb alerts where the stock on hand and on order lasts less than so many
weeks at the average of thirteen. What then really sold tells who was right; weeks that were out of stock tell nothing
and are left out.

    python benchmarks/alerts.py               # four replays, every second Monday of six
    python benchmarks/alerts.py --out folder  # keeps what was found; Mondays that are there are not forecast again
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from bench import bench_folder
from vn2 import LEAD_TIME, origins_of, write_tables

from data.company import Company
from data.gate import read_company
from forecast.engine import forecast
from scenarios.replay import replay
from scenarios.rules import period_cover
from scenarios.shelf import received, shelves
from scenarios.world import World, world

ROUNDS, EVERY = 6, 2
CHANCES = (0.5, 0.4, 0.3, 0.2)
COVERS = (2.0, 2.5, 3.0, 3.5, 4.0)
USUAL = LEAD_TIME + 1.0
"""The usual threshold: lead time and the week until the next order."""

MOST = 40
"""Alerts a week that a person reads."""


def main() -> None:
    """Forecast each Monday, then judge all alerts together."""
    parser = argparse.ArgumentParser(description="Stock-out alerts on VN2")
    parser.add_argument("--origins", type=int, default=4, help="number of replays, spread over the last 13 months")
    parser.add_argument("--out", help="folder to keep tables in (default: none)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(asked.out or scratch)
        write_tables(bench_folder("vn2"), folder / "input", LEAD_TIME + 2)
        company, _ = read_company(folder / "input")
        parts = [_of_replay(company, origin, folder) for origin in origins_of(asked.origins, ROUNDS)]
    _show(pd.concat(parts, ignore_index=True))


def _of_replay(company: Company, origin: pd.Timestamp, folder: Path) -> pd.DataFrame:
    scene, seen = world(company, origin, ROUNDS), []
    rule = period_cover(1.0)

    def decide(known: Company) -> pd.DataFrame:
        seen.append(known)
        return rule(known)

    replay(scene, "period cover", decide)
    mondays = [known for number, known in enumerate(seen) if number % EVERY == 0]
    return pd.concat([_of_monday(known, scene, company, folder) for known in mondays], ignore_index=True)


def _of_monday(known: Company, scene: World, company: Company, folder: Path) -> pd.DataFrame:
    kept = folder / f"alerts-{known.as_of:%Y-%m-%d}.csv"
    if kept.exists():
        return pd.read_csv(kept)
    paths = forecast(known).paths
    coming = received(known, paths.weeks, known.open_orders, "week")
    short = np.concatenate([shelf.lost[:, :, LEAD_TIME] for shelf in shelves(known, paths, coming)], axis=1)
    first = int((known.as_of - scene.first) / pd.Timedelta(weeks=1))
    sold = scene.demand[:, first : first + LEAD_TIME + 1]
    met = [shelf.lost for shelf in shelves(known, _as_paths(paths, sold), coming[:, : LEAD_TIME + 1])]
    at = int(company.history.weeks.searchsorted(known.as_of))
    rows = company.history.series.get_indexer(known.series)
    certain = (company.history.in_stock[rows, at : at + LEAD_TIME + 1] >= 1).all(axis=1)
    average = np.nan_to_num(known.history.units[:, -13:]).mean(axis=1)
    position = known.stock["on_hand"].to_numpy(dtype=float) + coming[:, :LEAD_TIME].sum(axis=1)
    table = pd.DataFrame(
        {
            "monday": f"{known.as_of:%Y-%m-%d}",
            "chance": (short > 0).mean(axis=0),
            "money": short.mean(axis=0),
            "cover": np.where(average > 0, position / np.where(average > 0, average, 1.0), np.inf),
            "ran_out": np.concatenate(met, axis=1)[0, :, LEAD_TIME] > 0,
        }
    )[certain]
    table.to_csv(kept, index=False)
    print(f"{known.as_of:%Y-%m-%d}: {len(table)} products, {table['ran_out'].sum()} would run out", flush=True)
    return table


def _as_paths(paths, sold):  # type: ignore[no-untyped-def]
    """What really sold, as the only future."""
    return type(paths)(sold[None], paths.series, paths.weeks[: sold.shape[1]])


def _show(table: pd.DataFrame) -> None:
    ran_out = table["ran_out"].to_numpy(dtype=bool)
    lines = {f"restock, chance of at least {chance:.0%}": table["chance"] >= chance for chance in CHANCES}
    lines |= {f"cover under {weeks:g} weeks": table["cover"] < weeks for weeks in COVERS}
    few = table.groupby("monday")["money"].rank(ascending=False, method="first") <= MOST
    least = table.groupby("monday")["cover"].rank(method="first") <= MOST
    lines |= {f"restock, {MOST} a week by money": few, f"the {MOST} of least cover a week": least}
    figures = {name: _figures(alerts.to_numpy(dtype=bool), ran_out) for name, alerts in lines.items()}
    print(f"{len(table):,} products and Mondays, {ran_out.mean():.1%} of them would run out; {LEAD_TIME} weeks ahead")
    print(pd.DataFrame(figures).T.to_string(float_format="{:.3f}".format))
    usual = figures[f"cover under {USUAL:g} weeks"]
    print(
        f"precision at the usual threshold's recall ({usual['recall']:.3f}): restock "
        f"{_precision_at(table['chance'].to_numpy(), ran_out, usual['recall']):.3f}, cover {usual['precision']:.3f}"
    )


def _figures(alerts: np.ndarray, ran_out: np.ndarray) -> dict[str, float]:
    right = float((alerts & ran_out).sum())
    precision, recall = right / max(alerts.sum(), 1), right / max(ran_out.sum(), 1)
    return {
        "alerts": float(alerts.sum()),
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / max(precision + recall, 1e-9),
    }


def _precision_at(chance: np.ndarray, ran_out: np.ndarray, recall: float) -> float:
    """Precision of the surest alerts that find this share of all stock-outs."""
    order = np.argsort(-chance, kind="stable")
    found = ran_out[order].cumsum()
    count = int(np.searchsorted(found, recall * ran_out.sum())) + 1
    return float(found[count - 1] / count)


if __name__ == "__main__":
    main()
