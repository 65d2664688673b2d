"""Known answers: the textbook problems that the planning model covers, each to 1e-6 of its optimum.

    python benchmarks/textbook.py

- Wagner-Whitin: through `restock plan` (wagner_whitin.py).
- EOQ, plain and with all-units discounts: a cycle of the optimal lot is planned in 32 periods. No plan of a cycle that
  begins and ends without stock costs less than the EOQ's cost, and the lot itself costs just that; what a period sells
  is held half of it on average. A discount's holding cost follows the price of the best tier.
- Joint replenishment in discrete periods, half a best cycle each: beside every choice of joint order periods tried out,
  each item lot-sized by dynamic programming between them.
- Newsvendor and base stock: the normal distribution as equally likely slices at their means, so many that the critical
  ratio falls between two of them: expected cost is then exact between slices.

(s,S) and (r,Q) policies, backorders and incremental discounts are no part of the model. Exit code 1 if one is missed.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import wagner_whitin
from bench import bench_folder

from data.company import Company
from data.gate import read_company
from optimize.plan import Plan
from optimize.planner import plan
from optimize.stock_flow import Floats

AS_OF, TOLERANCE = pd.Timestamp("2026-01-05"), 1e-6
PERIODS, UNITS, SLICES = 32, 100, 1_000
Answers = tuple[float, float]
"""Known and found."""


def company(weeks: int, items: dict[str, Any], sourcing: dict[str, Any], **tables: dict[str, Any]) -> Company:
    """A company through the gate: items without cost and with a dear lost sale unless the columns say otherwise."""
    skus = [f"item {number}" for number in range(len(next(iter(items.values()))))]
    items = {"sku": skus, "unit_cost": 0.0, "price": 0.0, **items}
    known: dict[str, dict[str, Any]] = {
        "items": items,
        "stock": {"sku": skus, "on_hand": 0.0},
        "sales": {"date": AS_OF - pd.Timedelta(weeks=1), "sku": skus, "units": 1},
        "sourcing": {"sku": skus, "supplier": "seller", "lead_time_weeks": 0, **sourcing},
        **tables,
    }
    policy = f"shortage_weight = 1.0\n[horizon]\nweeks = {weeks}\nfirm_weeks = {weeks}\n[solver]\ngap = 0.0\n"
    with tempfile.TemporaryDirectory() as folder:
        for name, columns in known.items():
            pd.DataFrame(columns).to_csv(Path(folder) / f"{name}.csv", index=False, date_format="%Y-%m-%d")
        (Path(folder) / "restock.toml").write_text(policy, encoding="utf-8")
        return read_company(folder, AS_OF)[0]


def certain(demand: list[list[float]]) -> Floats:
    """One path (1, items, weeks)."""
    return np.array([demand], dtype=float)


def eoq(known: dict[str, Any]) -> Answers:
    """Economic order quantity: K D / Q + h Q / 2, per year."""
    data = known["data"]
    return known["optimal_cost"], _cycle(data, known["optimal_Q"], data["holding_cost"], {}, 0.0)


def eoq_all_units(known: dict[str, Any]) -> Answers:
    """The same where the whole lot costs the price of the step that it reaches, purchase included."""
    data, lot = known["data"], known["optimal_Q"]
    starts, prices = data["breakpoints"], data["unit_costs"]
    best = max(price_at for price_at in zip(starts, prices, strict=True) if price_at[0] <= lot)[1]
    unit = lot / (PERIODS * UNITS)
    steps = {"from_units": [start / unit for start in starts[1:]], "unit_cost": [price * unit for price in prices[1:]]}
    breaks = {"sku": "item 0", "supplier": "seller", **steps}
    holding = data["holding_cost_rate"] * best
    return known["optimal_cost"], _cycle(data, lot, holding, {"price_breaks": breaks}, prices[0])


def _cycle(data: dict[str, Any], lot: float, holding: float, tables: dict[str, Any], price: float) -> float:
    """Yearly cost of the best plan of one cycle of a lot, in units of which a period sells UNITS."""
    years, unit = lot / data["demand_rate"] / PERIODS, lot / (PERIODS * UNITS)
    per_period = holding * unit * years
    dear = 1e4 * (data["fixed_cost"] + price * unit + per_period)
    items = {"holding_cost": [per_period], "shortage_cost": [dear], "unit_cost": [price * unit]}
    suppliers = {"supplier": ["seller"], "order_cost": [data["fixed_cost"]]}
    over = {"season_end": AS_OF + pd.Timedelta(weeks=PERIODS, days=-1), "salvage_value": 0.0}
    found = plan(company(PERIODS, items | over, {}, suppliers=suppliers, **tables), certain([[UNITS] * PERIODS]))
    return (found.objective + per_period * UNITS / 2 * PERIODS) / (years * PERIODS)


def joint(known: dict[str, Any]) -> Answers:
    """Joint replenishment: a shared charge per order and each item's own, over 12 half cycles."""
    data, weeks = known["data"], 12
    years = known["best_cycle"] / 2
    rates, holding = np.array(data["demand_rates"]), np.array(data["holding_costs"])
    per_period = holding * rates * years / UNITS * years
    own = np.array(data["individual_fixed_costs"], dtype=float)
    shared = float(data["shared_fixed_cost"])
    items = {"holding_cost": per_period, "shortage_cost": 10 * (shared + own.sum())}
    suppliers = {"supplier": ["seller"], "order_cost": [shared]}
    found = plan(
        company(weeks, items, {"line_cost": own}, suppliers=suppliers), certain([[UNITS] * weeks] * len(rates))
    )
    return enumerated(weeks, shared, own, per_period * UNITS), found.objective


def enumerated(weeks: int, shared: float, own: Floats, holding: Floats) -> float:
    """The least cost of steady demand over all choices of joint order periods, the first always among them.

    ``holding`` (items,): money of holding a period's demand for a period.
    """
    best = np.inf
    for choice in range(2 ** (weeks - 1)):
        periods = [0, *(t for t in range(1, weeks) if choice >> (t - 1) & 1), weeks]
        cost = shared * (len(periods) - 1)
        for charge, held in zip(own, holding, strict=True):
            least = [0.0]
            for end in range(1, len(periods)):
                lots = [periods[end] - periods[start] for start in range(end)]
                joined = zip(least, lots, strict=True)
                least.append(min(sofar + charge + held * lot * (lot - 1) / 2 for sofar, lot in joined))
            cost += least[-1]
            if cost >= best:
                break
        best = min(best, cost)
    return float(best)


def slices(ratio: Fraction, mean: float, deviation: float) -> Floats:
    """A normal distribution as the means of equally likely slices; the ratio falls between two of them."""
    count = ratio.denominator * -(-SLICES // ratio.denominator)
    normal = NormalDist()
    edges = [normal.inv_cdf(share / count) for share in range(1, count)]
    heights = [0.0, *(normal.pdf(edge) for edge in edges), 0.0]
    return np.array([mean + deviation * count * (low - high) for low, high in pairwise(heights)])


def _ratio(data: dict[str, Any]) -> Fraction:
    short, held = Fraction(str(data["stockout_cost"])), Fraction(str(data["holding_cost"]))
    return short / (short + held)


def newsvendor_normal(known: dict[str, Any]) -> Answers:
    """One week, normal demand."""
    data = known["data"]
    fine = 1e4 / data["demand_sd"] / 2
    demand = slices(_ratio(data), data["demand_mean"] * fine, data["demand_sd"] * fine)
    return known["optimal_cost"], _one_week(data, demand[:, None], fine, 0).objective


def newsvendor_discrete(known: dict[str, Any]) -> Answers:
    """One week, demand of given probabilities."""
    data = known["data"]
    shares = {int(units): Fraction(str(share)) for units, share in data["demand_pmf"].items()}
    count = int(np.lcm.reduce([share.denominator for share in shares.values()]))
    demand = np.repeat(list(shares), [int(share * count) for share in shares.values()]).astype(float)
    found = _one_week(data, demand[:, None], 1.0, 0)
    assert int(found.orders["units"].sum()) == known["optimal_S"]
    return known["optimal_cost"], found.objective


def base_stock(known: dict[str, Any]) -> Answers:
    """Normal demand over the lead time and one week more; what is there covers the weeks before the arrival."""
    data, weeks = known["data"], int(known["data"]["lead_time"]) + 1
    fine = 1e4 / data["demand_sd"] / 2
    spread = data["demand_sd"] * fine * np.sqrt(weeks)
    total = slices(_ratio(data), data["demand_mean"] * fine * weeks, spread)
    demand = np.repeat(total[:, None] / weeks, weeks, axis=1)
    found = _one_week(data, demand, fine, weeks - 1)
    before = found.projection["stock_mean"].iloc[: weeks - 1].sum() * data["holding_cost"] / fine
    return known["optimal_cost"], found.objective - before


def _one_week(data: dict[str, Any], demand: Floats, fine: float, lead_time: int) -> Plan:
    """The plan whose only order arrives in the last week of the demand (paths, weeks), in units of 1 / fine."""
    weeks = demand.shape[1]
    stock = {"sku": ["item 0"], "on_hand": [np.ceil(demand[:, :-1].sum(axis=1).max(initial=0.0))]}
    items = {"holding_cost": [data["holding_cost"] / fine], "shortage_cost": [data["stockout_cost"] / fine]}
    return plan(company(weeks, items, {"lead_time_weeks": lead_time}, stock=stock), demand[:, None, :])


COVERED: dict[str, Callable[[dict[str, Any]], Answers]] = {
    "eoq": eoq,
    "eoq_all_units_discount": eoq_all_units,
    "joint_replenishment": joint,
    "newsvendor_normal": newsvendor_normal,
    "newsvendor_discrete": newsvendor_discrete,
    "base_stock_normal_leadtime": base_stock,
}


def main() -> None:
    """All problems that the model covers."""
    problems = json.loads((bench_folder("lotsizing") / "textbook.json").read_text(encoding="utf-8"))
    exact = [wagner_whitin.solve(one) for one in problems if one["kind"] == "wagner_whitin"]
    for one in problems:
        if one["kind"] in COVERED:
            known, found = COVERED[one["kind"]](one)
            exact.append(abs(found - known) <= TOLERANCE * abs(known))
            print(
                f"{one['kind']} {one['name']}: optimum {known:.9g}, found {found:.9g}{'' if exact[-1] else '   MISSED'}"
            )
    print(f"{sum(exact)} of {len(exact)} at the known optimum")
    sys.exit(0 if all(exact) else 1)


if __name__ == "__main__":
    main()
