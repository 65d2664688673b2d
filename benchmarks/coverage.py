"""Coverage: does demand over lead time + review fall below its quantiles as often as they promise?

From past Mondays, evenly spread, the company is forecast as it was known then, and the sums of the paths over each
series' lead time + review are held against what was demanded. Nothing is learnt from what came later. Sums with a week
out of stock are not counted. Of counts, a quantile that falls on a whole number is met in part: ties are broken at
random (randomised probability integral transform), so that right quantiles have 10%, 25% ... of demand below them.

The sample company's season is one winter, which three of its eight Mondays share: one draw, whatever the number of its
winter goods. So there are four such companies, of other seeds, and their winters are drawn: log-normal, as far apart as
those of its story, without the story's turns of the weather. VN2 and Online Retail are what they are.

    share   % of the sums below q10 ... q90, and its standard error: what errs together on a Monday is one draw, so it
            is that of the Mondays' shares (at least that of independent draws); it says nothing of what all Mondays
            of real data have in common, such as one year's trade
    worst   the largest distance from what is promised, in points: restock, the same paths with their weeks drawn
            apart, and the 13-week moving average with its own past errors
    right   yes: all five within 3 points; open: what is further off is within two standard errors of that; else no;
            few: too few sums to tell, for an item counts on every Monday while it is new

    python benchmarks/coverage.py                          # VN2, the sample company and Online Retail
    python benchmarks/coverage.py --data vn2 --mondays 16  # one of them, from more Mondays
"""

import argparse
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import online_retail
import pandas as pd
import vn2
from bench import bench_folder

from data import sample
from data import sample_story as story
from data.company import Company
from data.gate import read_company
from forecast.censoring import demand_of
from forecast.engine import forecast
from forecast.hindsight import cover_weeks, of_paths, totals
from forecast.scores import PROMISED
from forecast.segments import NAMES
from forecast.simple import simple_paths

OURS, APART, AVERAGE = "restock", "weeks apart", "moving average"
SHARES = [f"q{round(100 * level)}" for level in PROMISED]
LEAST_KNOWN = 27  # weeks before the first Monday
BEFORE_LAST = 60  # weeks before the end within which Mondays are picked, where history is long enough
WITHIN = 3.0  # points
FEW = 100  # sums, below which chance alone may move a share by ten points
SEEDS = (1, 2, 3, 4)  # of the sample companies
YEARS, WINTERS_SD = range(2023, 2029), 0.2  # in which winters begin; how far apart they are (logarithm)


def main() -> None:
    """Forecast from every Monday and print a table for each data set."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(asked.workers) as pool:
        for name in asked.data:
            companies = [_company(write, Path(scratch, f"{name}{n}")) for n, write in enumerate(SOURCES[name])]
            asked_of = [(company, monday) for company in companies for monday in mondays_of(company, asked.mondays)]
            found = list(pool.map(ranks_on, *zip(*asked_of, strict=True)))
            ranks = pd.concat([each.assign(draw=draw) for draw, each in enumerate(found)])
            first, last = (f"{pick(monday for _, monday in asked_of):%Y-%m-%d}" for pick in (min, max))
            print(f"\n{name}: {asked.mondays} Mondays from {first} to {last}, number of companies: {len(companies)}")
            print(table(ranks).to_string(index=False), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Coverage of demand over lead time + review")
    parser.add_argument("--data", nargs="+", choices=SOURCES, default=list(SOURCES), help="data sets (all)")
    parser.add_argument("--mondays", type=int, default=8, help="Mondays to forecast from")
    parser.add_argument("--workers", type=int, default=2, help="Mondays at a time")
    return parser.parse_args()


def _vn2(folder: Path) -> pd.Timestamp | None:
    vn2.write_tables(bench_folder("vn2"), folder, 8)
    return vn2.AS_OF


def _sample(folder: Path, seed: int) -> pd.Timestamp | None:
    drawn = np.random.default_rng([seed, 77]).normal(0, WINTERS_SD, len(YEARS))
    winters = dict(zip(YEARS, np.exp(drawn).tolist(), strict=True))
    plain = {name: (*getattr(story, name)[:2], 1.0) for name in ("EARLY_COLD", "MILD_FROM")}
    with patch.multiple(story, WINTERS=winters, **plain):
        sample.write_sample(folder, seed)
    return sample.AS_OF


def _online_retail(folder: Path) -> pd.Timestamp | None:
    online_retail.write_tables(bench_folder("online_retail") / "online_retail.csv.gz", folder)
    return None


SOURCES: dict[str, list[Callable[[Path], pd.Timestamp | None]]] = {
    "vn2": [_vn2],
    "sample": [partial(_sample, seed=seed) for seed in SEEDS],
    "online_retail": [_online_retail],
}


def _company(write: Callable[[Path], pd.Timestamp | None], folder: Path) -> Company:
    """The company that is written, looking as far ahead as its orders must last."""
    company, _ = read_company(folder, write(folder))
    reach = int(cover_weeks(company, company.policy.horizon.weeks).max())
    horizon = company.policy.horizon.model_copy(update={"weeks": max(reach, 8)})
    return replace(company, policy=company.policy.model_copy(update={"horizon": horizon}))


def mondays_of(company: Company, count: int) -> list[pd.Timestamp]:
    """Mondays of the history, the last one with what most orders must last for after it."""
    weeks = company.history.weeks
    latest = len(weeks) - int(np.percentile(cover_weeks(company, company.policy.horizon.weeks), 90))
    steps = np.linspace(max(LEAST_KNOWN, latest - BEFORE_LAST), latest, count).round()
    return [weeks[int(step)] for step in steps]


def ranks_on(company: Company, monday: pd.Timestamp) -> pd.DataFrame:
    """Of each series whose demand is known: its segment on the Monday, and where demand fell in each method's paths."""
    made = forecast(company.as_known_on(monday, company.stock, company.open_orders))
    horizon, rng = company.policy.horizon.weeks, np.random.default_rng([company.policy.seed, 6])
    cover = cover_weeks(company, horizon)
    actual = totals(_came(company, monday), cover)
    paths = {
        OURS: made.paths.values,
        APART: rng.permuted(made.paths.values, axis=0),
        AVERAGE: simple_paths(made.demand, AVERAGE).values,
    }
    ranks = {name: of_paths(totals(values, cover), actual, rng).rank.ravel() for name, values in paths.items()}
    told = pd.DataFrame({"segment": np.array(NAMES)[made.outlook.segments], **ranks})
    return told[told[OURS].notna()]


def _came(company: Company, monday: pd.Timestamp) -> np.ndarray:
    """(N, H) what was demanded from the Monday on; NaN where it is not known."""
    demand = demand_of(company)
    start, horizon = int(demand.weeks.searchsorted(monday)), company.policy.horizon.weeks
    unknown = np.full((len(demand.units), horizon), np.nan)
    return np.concatenate([demand.seen_units, unknown], axis=1)[:, start : start + horizon]


def table(ranks: pd.DataFrame) -> pd.DataFrame:
    """One row per segment, see the head of this file."""
    rows = []
    for segment in ("all", *NAMES):
        own = ranks if segment == "all" else ranks[ranks["segment"] == segment]
        if len(own):
            rows.append({"segment": segment, "sums": len(own), **_row(own)})
    return pd.DataFrame(rows)


def _row(ranks: pd.DataFrame) -> dict[str, object]:
    shares = {name: _shares(ranks["draw"], ranks[name]) for name in (OURS, APART, AVERAGE)}
    off, error = np.abs(shares[OURS][0] - 100 * np.array(PROMISED)), shares[OURS][1]
    verdict = "yes" if (off <= WITHIN).all() else "open" if (off - 2 * error <= WITHIN).all() else "no"
    verdict = verdict if len(ranks) >= FEW else "few"
    told = {name: f"{share:.1f} ±{each:.1f}" for name, share, each in zip(SHARES, *shares[OURS], strict=True)}
    worst = {f"worst: {name}": f"{_worst(share):.1f}" for name, (share, _) in shares.items()}
    return {**told, **worst, "right": verdict}


def _shares(draw: pd.Series, rank: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """% of ranks below each promised quantile, and its standard error over the draws, or of as many draws if more."""
    below = pd.DataFrame({name: rank <= level for name, level in zip(SHARES, PROMISED, strict=True)})
    by_draw = below.groupby(draw).agg(["sum", "size"])
    met, count = by_draw.xs("sum", axis=1, level=1).to_numpy(), by_draw.xs("size", axis=1, level=1).to_numpy()
    share = met.sum(axis=0) / count.sum(axis=0)
    draws, sums, right = len(count), count.sum(axis=0), np.array(PROMISED)
    over_draws = np.sqrt(((met - share * count) ** 2).sum(axis=0) * draws / max(draws - 1, 1)) / sums
    return 100 * share, 100 * np.maximum(over_draws, np.sqrt(right * (1 - right) / sums))


def _worst(share: np.ndarray) -> float:
    return float(np.abs(share - 100 * np.array(PROMISED)).max())


if __name__ == "__main__":
    main()
