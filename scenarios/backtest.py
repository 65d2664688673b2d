"""The backtest: past Mondays planned with what was known then, met with what really sold, beside rules of thumb."""

import time
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.company import Company
from data.problems import Problem
from data.progress import Progress, silent
from forecast.censoring import demand_of
from forecast.engine import forecast
from forecast.simple import simple_paths
from optimize.planner import plan
from scenarios.forecast_record import ForecastRecord
from scenarios.foresight import perfect_foresight
from scenarios.measures import by_round, by_series_and_week, figures
from scenarios.replay import Decide, Replay, replay
from scenarios.rules import order_up_to, period_cover, reorder_point
from scenarios.world import World, world

RESTOCK = "restock"
FORESIGHT = "perfect foresight"
RULES: dict[str, tuple[str, Decide]] = {
    "period cover + 1 week": ("13-week moving average x season, up to lead time + review + 1 week", period_cover(1.0)),
    "period cover + 1/4 week": ("the same, up to lead time + review + 1/4 week", period_cover(0.25)),
    "order-up-to": ("the same forecast + normal safety stock at the critical ratio", order_up_to),
    "(s,S)": ("below that level, order up to it + the economic order quantity", reorder_point),
}
# The planning model fed with a simple forecast: what these cost more is what the better forecast earns.
VALUED = {f"planner on {rule}": rule for rule in ("moving average", "seasonal naive")}
DESCRIPTIONS = {
    RESTOCK: "sample paths and the planning model, as restock plan orders",
    **{name: f"the same planning model, fed with the {rule} and its own past errors" for name, rule in VALUED.items()},
    **{name: text for name, (text, _) in RULES.items()},
    FORESIGHT: "knows what will sell, and its suppliers keep their promises; the floor",
}


@dataclass(frozen=True)
class Backtest:
    """What the policies ordered and what came of it.

    ``policies``: one row per policy: policy, description, cost, its terms and the figures of ``measures.figures``.
    ``weekly``: one row per policy and Monday: what was ordered and charged; what it sold, lost and left if it counts.
    ``series``: one row per policy and series: demand, lost, mean stock, holding, lost_margin, write_down.
    ``orders``: every order line, with its policy. ``problems``: what restock's forecasts said, each once.
    ``seconds``: by policy. ``accuracy``: what was forecast on these Mondays, beside what sold (see
    ``forecast.accuracy``). ``value_added``: what planners' overrides did to it, each known on its Monday only (see
    ``forecast.value_added``).
    """

    first: pd.Timestamp
    rounds: int
    policies: pd.DataFrame
    weekly: pd.DataFrame
    series: pd.DataFrame
    orders: pd.DataFrame
    problems: list[Problem]
    seconds: dict[str, float]
    accuracy: pd.DataFrame
    value_added: pd.DataFrame

    @property
    def summary(self) -> dict[str, Any]:
        """The outcome in figures, ready for JSON: per policy its figures, the best rule and restock's saving on it."""
        by_policy = self.policies.drop(columns="description").set_index("policy")
        costs = by_policy["cost"]
        best_rule = str(costs[list(RULES)].idxmin())
        return {
            "from": f"{self.first:%Y-%m-%d}",
            "rounds": self.rounds,
            "weeks_counted": int(self.weekly["counted"].groupby(self.weekly["week"]).any().sum()),
            "policies": by_policy.to_dict(orient="index"),
            "best_rule": best_rule,
            "saving": 1.0 - float(costs[RESTOCK] / costs[best_rule]) if costs[best_rule] else 0.0,
            "forecast_value": {
                rule: float(costs[name] - costs[RESTOCK]) for name, rule in VALUED.items() if name in costs
            },
            "seconds": self.seconds,
        }


def backtest(
    company: Company, first: pd.Timestamp, rounds: int, progress: Progress = silent, forecast_value: bool = False
) -> Backtest:
    """Replay ``rounds`` Mondays from ``first`` on, for restock, each rule of thumb and perfect foresight.

    With ``forecast_value`` also for the planning model on simple forecasts (``VALUED``), which takes longer. All start
    from the same stock and open orders (see ``world``). Raises ``Rejected`` when the history does not hold the weeks to
    play.
    """
    scene = world(company, first, rounds)
    problems: list[Problem] = []
    replays: list[Replay] = []
    seconds: dict[str, float] = {}
    record = ForecastRecord(scene)
    deciders = {RESTOCK: _restock(problems, record)}
    if forecast_value:
        deciders |= {name: _fed_with(rule) for name, rule in VALUED.items()}
    deciders |= {name: rule for name, (_, rule) in RULES.items()}
    for name, decide in deciders.items():
        start = time.perf_counter()
        replays.append(replay(scene, name, decide, progress))
        seconds[name] = time.perf_counter() - start
    start = time.perf_counter()
    replays.append(replay(scene.punctual(), FORESIGHT, perfect_foresight(scene), progress))
    seconds[FORESIGHT] = time.perf_counter() - start
    return _report(scene, replays, list(dict.fromkeys(problems)), seconds, record)


def _restock(problems: list[Problem], record: ForecastRecord) -> Decide:
    """restock's own decision: forecast, plan, place what is due; the forecasts go to ``record``, what they say of the
    data to ``problems``."""

    def decide(known: Company) -> pd.DataFrame:
        demand = forecast(known)
        problems.extend(demand.problems)
        record.add(demand)
        return plan(known, demand.paths.values).due_now()

    return decide


def _fed_with(rule: str) -> Decide:
    """What the planning model orders on a simple forecast."""

    def decide(known: Company) -> pd.DataFrame:
        return plan(known, simple_paths(demand_of(known), rule).values).due_now()

    return decide


def _report(
    scene: World, replays: list[Replay], problems: list[Problem], seconds: dict[str, float], record: ForecastRecord
) -> Backtest:
    details = [by_series_and_week(scene, played) for played in replays]
    rounds = [by_round(scene, played) for played in replays]
    rows = [
        {"policy": played.policy, "description": DESCRIPTIONS[played.policy], **figures(detail, ordered)}
        for played, detail, ordered in zip(replays, details, rounds, strict=True)
    ]
    detail = pd.concat(details, ignore_index=True)
    return Backtest(
        first=scene.first,
        rounds=scene.rounds,
        policies=pd.DataFrame(rows),
        weekly=_weekly(scene, pd.concat(rounds, ignore_index=True), detail),
        series=_series(detail),
        orders=pd.concat([played.orders.assign(policy=played.policy) for played in replays], ignore_index=True),
        problems=problems,
        seconds=seconds,
        accuracy=record.table(),
        value_added=record.value_added(),
    )


def _weekly(scene: World, rounds: pd.DataFrame, detail: pd.DataFrame) -> pd.DataFrame:
    sums = ["demand", "lost", "stock", "stock_value", "holding", "lost_margin", "write_down"]
    sold = detail.groupby(["policy", "week"], sort=False)[sums].sum()
    every = pd.MultiIndex.from_product([rounds["policy"].unique().tolist(), scene.weeks], names=["policy", "week"])
    ordered = rounds.set_index(["policy", "week"]).rename(columns={"units": "ordered_units", "value": "ordered_value"})
    table = ordered.reindex(every).fillna(0.0).join(sold.reindex(every))
    counted = pd.Series(scene.counted.any(axis=0), index=scene.weeks)
    return table.reset_index().assign(counted=lambda rows: rows["week"].map(counted))


def _series(detail: pd.DataFrame) -> pd.DataFrame:
    grouped = detail.groupby(["policy", "sku", "location"], sort=False)
    sums = grouped[["demand", "lost", "holding", "lost_margin", "write_down"]].sum()
    return sums.assign(mean_stock=grouped["stock"].mean()).reset_index()
