"""The sample company's year, decided by restock every Monday, against its old ways: quarterly orders from averages.

Both live through the same 52 weeks from 2025-06-30 on, from the same stock and open orders: each Monday they see the
sales that were recorded until then and their own shelf, order, and meet what was really wanted that week (the generator
knows it; recorded sales are less where the shelf was empty). Suppliers come as late as they came then; what a season
leaves is cleared at its salvage value. restock forecasts, plans and orders what is due. With ``--weekly`` it does so
through the commands themselves (see ``weekly_room``): each Monday's tables, the weekly run, approval, export, receipts,
in one store all year. From the same tables both order the same (tests/test_scenarios_weekly_replay.py); the commands
also tell what changed since last week, which takes further plans, and learn from the receipts of the year.

The old ways are ``scenarios.rules.quarterly``: once a quarter, lead time + 13 weeks of the average, delivered whole. A
second reading has a quarter's order called off in as many lots as the supplier's own past deliveries came in (every 4
to 13 weeks): less stock, more stock-outs. The company's story tells that it ordered by quarter, not how that came.

Counted are the weeks that an order can decide, as in ``restock backtest``: cost is holding, lost margin, order
charges, surcharges and write-downs; stock turns are goods sold in a year over the mean stock of these weeks, at cost.
The first of them still live from the common stock. The festival is the autumn festival's two weeks, of the promoted
baby goods: the share of the series' weeks that lost a sale. Read the last lines: the change against each reading of the
old ways beside the target.

    python benchmarks/year.py [--weeks 52] [--paths 200] [--seconds 60] [--every 1] [--weekly]

``--every 4`` keeps every fourth product, and of the suppliers' minimums, charges and capacities a fourth; ``--seconds``
is the time limit of a plan.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from weekly_room import WeeklyRoom

from data import sample_catalogue, sample_demand
from data.company import Company, Floats
from data.gate import read_company
from data.sample import AS_OF, write_sample
from data.sample_story import FESTIVAL_WEEKS, LAST_FESTIVAL
from forecast.engine import forecast
from optimize.planner import plan
from scenarios.measures import by_round, by_series_and_week, figures
from scenarios.replay import Decide, Replay, replay
from scenarios.rules import QUARTER, quarterly
from scenarios.world import World, world

SEED = 2026
FIRST = pd.Timestamp("2025-06-30")
LAST_SEASON = -pd.DateOffset(years=1)
OF_ALL = ["order_cost", "min_order_value", "capacity_units"]
TARGETS = {"stock_turns": "+30%", "festival_stock_out_rate": "22% -> 5%", "cost": "-25%"}


def main() -> None:
    """Replays both and prints their figures."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        policy = _sample(Path(folder) / "sample", options.paths, options.seconds)
        room = WeeklyRoom(Path(folder) / "weekly", policy)
        company = _company(Path(folder) / "sample", options.every)
        _live(company, options.weeks, room if options.weekly else _restock)
        if options.weekly:
            print(room.told())


def _live(company: Company, weeks: int, ours: Decide) -> None:
    """The year of all policies; ``ours``: how restock decides."""
    scene = world(company, FIRST, weeks)
    scene = replace(scene, demand=_wanted(scene))
    told = {}
    old = {"old ways": quarterly, "old ways, called off": _called_off(company)}
    for name, decide in (old | {"restock": ours}).items():
        begun = perf_counter()
        told[name] = _figures(scene, replay(scene, name, _in_season(decide), _progress))
        print(f"{name} ({perf_counter() - begun:,.0f} s): " + ", ".join(f"{k} {v:,.4g}" for k, v in told[name].items()))
    for name in old:
        print(f"restock against {name}: {_compared(told[name], told['restock'])}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--paths", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--weekly", action="store_true")
    return parser.parse_args()


def _sample(folder: Path, paths: int, seconds: float) -> str:
    """Writes the sample company, to be planned on so many paths in so many seconds; its policy."""
    write_sample(folder, SEED)
    toml = folder / "restock.toml"
    policy = toml.read_text(encoding="utf-8") + f"\n[forecast]\npaths = {paths}\n[solver]\nseconds = {seconds:g}\n"
    toml.write_text(policy, encoding="utf-8")
    return policy


def _company(folder: Path, every: int) -> Company:
    company, _ = read_company(folder, AS_OF)
    kept = company.items.index[::every]
    rows = np.flatnonzero(company.series.get_level_values("sku").isin(kept))
    history = company.history.only(rows)

    def of_kept(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["sku"].isin(kept)].reset_index(drop=True)

    return replace(
        company,
        history=history,
        items=_seasons(company.items, LAST_SEASON),
        suppliers=company.suppliers.assign(**company.suppliers[OF_ALL] / every),
        stock=company.stock.loc[history.series],
        sourcing=of_kept(company.sourcing),
        open_orders=of_kept(company.open_orders),
    )


def _seasons(items: pd.DataFrame, shift: pd.DateOffset) -> pd.DataFrame:
    return items.assign(**{name: items[name] + shift for name in ("season_start", "season_end")})


def _in_season(decide: Decide) -> Decide:
    """The decision of who knows the dates of the season that runs or comes next."""

    def decided(known: Company) -> pd.DataFrame:
        over = known.items["season_end"].lt(known.as_of).any()
        return decide(replace(known, items=_seasons(known.items, -LAST_SEASON)) if over else known)

    return decided


def _restock(known: Company) -> pd.DataFrame:
    return plan(known, forecast(known).paths.values).due_now()


def _called_off(company: Company) -> Decide:
    """The quarter's order, each line in lots as far apart as the supplier's deliveries before the year (median)."""
    before = company.receipts[company.receipts["promised_on"].lt(FIRST)]
    days = before.drop_duplicates(["supplier", "promised_on"]).sort_values("promised_on")
    apart = (days.groupby("supplier")["promised_on"].diff().dt.days / 7).groupby(days["supplier"]).median()
    lots = (QUARTER / apart.clip(lower=1.0)).round().clip(lower=1.0).astype(int)

    def decide(known: Company) -> pd.DataFrame:
        lines = quarterly(known)
        count = lines["supplier"].map(lots).fillna(1).astype(int)
        parts = lines.loc[lines.index.repeat(count)]
        lot, of = parts.groupby(level=0).cumcount(), count.reindex(parts.index)
        units = (parts["units"] * (lot + 1) / of).round() - (parts["units"] * lot / of).round()
        later = pd.to_timedelta(7 * (lot * QUARTER // of), unit="D")
        moved = {"units": units, "value": units * parts["unit_cost"], "arrival_date": parts["arrival_date"] + later}
        return parts.assign(**moved)[units > 0].reset_index(drop=True)

    return decide


def _wanted(scene: World) -> Floats:
    """What was really wanted of each series in each week."""
    products = sample_catalogue.products(SEED)
    sales = sample_demand.sales(products, sample_demand.promotions(products, SEED), SEED)
    names = pd.MultiIndex.from_frame(sales.series[["sku", "location"]])
    rows = names.get_indexer(scene.company.series)
    columns = sample_demand.HISTORY.get_indexer(scene.weeks)
    return np.asarray(sales.wanted[np.ix_(rows, columns)], dtype=float)


def _figures(scene: World, played: Replay) -> dict[str, float]:
    detail = by_series_and_week(scene, played)
    baby = detail["sku"].map(scene.company.items["category"]).eq("baby")
    festival = detail["week"].ge(LAST_FESTIVAL) & detail["week"].lt(LAST_FESTIVAL + pd.Timedelta(weeks=FESTIVAL_WEEKS))
    rate = {"festival_stock_out_rate": float(detail.loc[baby & festival, "lost"].gt(0).mean())}
    return figures(detail, by_round(scene, played)) | rate


def _compared(old: dict[str, float], new: dict[str, float]) -> str:
    turns, cost = (new[name] / old[name] - 1.0 for name in ("stock_turns", "cost"))
    festival = f"{old['festival_stock_out_rate']:.1%} -> {new['festival_stock_out_rate']:.1%}"
    measured = {"stock_turns": f"{turns:+.1%}", "festival_stock_out_rate": festival, "cost": f"{cost:+.1%}"}
    return "; ".join(f"{name} {value} (target {TARGETS[name]})" for name, value in measured.items())


def _progress(policy: str, share: float) -> None:
    print(f"\r{policy} {share:.0%}", end="" if share < 1 else "\n", flush=True)


if __name__ == "__main__":
    main()
