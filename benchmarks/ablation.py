"""What each part of the forecast earns, in money: VN2 and the sample company replayed with one part left out at a time.

The planner, the world and the Mondays are the same for all; only the sample paths differ:

    full                as restock plan forecasts
    no global model     the local models alone
    sales as demand     weeks out of stock taken for what was wanted
    paths not joint     every series and week draws its own futures (the marginal distributions stay as they are)
    no events           promotions and drivers not known (on the sample company: VN2 names none)

A part has earned what the plan costs more without it.

    python benchmarks/ablation.py [--origins 2] [--rounds 6] [--workers 2]
"""

import argparse
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from bench import bench_folder
from vn2 import AS_OF as VN2_AS_OF
from vn2 import origins_of, write_tables

from data.company import Company
from data.gate import read_company
from data.sample import AS_OF, write_sample
from forecast.censoring import demand_of
from forecast.engine import default_candidates, forecast
from forecast.exposure import Exposures
from forecast.global_model import GlobalModel
from optimize.planner import plan
from scenarios.measures import by_round, by_series_and_week, figures
from scenarios.replay import replay
from scenarios.world import world

HORIZON, SAMPLE_ROUNDS = 8, 5
SAMPLE_ORIGINS = [AS_OF - pd.Timedelta(weeks=54)]  # the orders for a festival

Paths = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Forecaster = Callable[[Company], Paths]


def main() -> None:
    """Replay every variant from every origin, print the mean cost and what each part earned."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(asked.workers) as pool:
        vn2, sample = Path(scratch, "vn2"), Path(scratch, "sample")
        write_tables(bench_folder("vn2"), vn2, HORIZON)
        write_sample(sample)
        parts = [name for name in VARIANTS if name != "no events"]
        games = [(vn2, VN2_AS_OF, origin, asked.rounds, parts) for origin in origins_of(asked.origins, asked.rounds)]
        games += [(sample, AS_OF, origin, SAMPLE_ROUNDS, ["full", "no events"]) for origin in SAMPLE_ORIGINS]
        costs = pd.DataFrame(list(pool.map(_costs, *zip(*games, strict=True))))
    for name, rows in (("VN2", costs[: asked.origins]), ("sample company", costs[asked.origins :])):
        mean = rows.dropna(axis="columns").mean()
        table = pd.DataFrame({"cost": mean, "earned by the part": mean / mean["full"] - 1})
        formats = {"cost": "{:,.0f}".format, "earned by the part": "{:+.1%}".format}
        print(f"{name}, mean of {len(rows)} replays\n{table.to_string(formatters=formats)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What each part of the forecast earns")
    parser.add_argument("--origins", type=int, default=2, help="number of VN2 replays")
    parser.add_argument("--rounds", type=int, default=6, help="orders per VN2 replay")
    parser.add_argument("--workers", type=int, default=2, help="replays at a time")
    return parser.parse_args()


def _costs(source: Path, as_of: pd.Timestamp, origin: pd.Timestamp, rounds: int, names: list[str]) -> dict[str, float]:
    """Cost of a replay from ``origin`` by variant."""
    company, _ = read_company(source, as_of)
    scene, costs, full = world(company, origin, rounds), {}, _Remembered()
    for name in names:
        forecaster = partial(VARIANTS[name], full)
        played = replay(scene, name, lambda known, paths=forecaster: plan(known, paths(known)).due_now())
        costs[name] = figures(by_series_and_week(scene, played), by_round(scene, played))["cost"]
        print(f"  {origin:%Y-%m-%d} {name}: {costs[name]:,.0f}", flush=True)
    return costs


class _Remembered:
    """The full forecast of each Monday, made once: it does not depend on stock."""

    def __init__(self) -> None:
        self.by_monday: dict[pd.Timestamp, Paths] = {}

    def __call__(self, company: Company) -> Paths:
        if company.as_of not in self.by_monday:
            self.by_monday[company.as_of] = forecast(company).paths.values
        return self.by_monday[company.as_of]


def _full(full: Forecaster, company: Company) -> Paths:
    return full(company)


def _local(_: Forecaster, company: Company) -> Paths:
    candidates = default_candidates(demand_of(company), Exposures())
    return forecast(company, candidates=[one for one in candidates if not isinstance(one, GlobalModel)]).paths.values


def _sales_as_demand(_: Forecaster, company: Company) -> Paths:
    history = company.history
    in_stock = np.where(np.isnan(history.units), np.nan, 1.0)
    return forecast(replace(company, history=replace(history, in_stock=in_stock))).paths.values


def _not_joint(full: Forecaster, company: Company) -> Paths:
    return np.random.default_rng(company.policy.seed).permuted(full(company), axis=0)


def _no_events(_: Forecaster, company: Company) -> Paths:
    return forecast(replace(company, promotions=company.promotions[:0], drivers=company.drivers[:0])).paths.values


VARIANTS: dict[str, Callable[[Forecaster, Company], Paths]] = {
    "full": _full,
    "no global model": _local,
    "sales as demand": _sales_as_demand,
    "paths not joint": _not_joint,
    "no events": _no_events,
}


if __name__ == "__main__":
    main()
