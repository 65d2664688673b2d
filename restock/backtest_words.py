"""A backtest in words and rows, the same on the terminal and on the page."""

import math
from dataclasses import dataclass

from restock.wording import Money, number, share
from scenarios.backtest import FORESIGHT, RESTOCK, Backtest
from scenarios.measures import COST_TERMS

TITLES = {
    "holding": "Holding",
    "lost_margin": "Lost margin",
    "order_charges": "Order charges",
    "surcharge": "Surcharge",
    "write_down": "Write-down",
}


@dataclass(frozen=True)
class PolicyLine:
    """A policy: its cost as a share of the dearest one's, and the cells under ``headers``."""

    policy: str
    description: str
    ours: bool
    share: float
    cells: list[str]


def headers(played: Backtest) -> list[str]:
    """What stands above ``PolicyLine.cells``; terms that cost nobody anything are left out."""
    return ["Cost", *(TITLES[term] for term in _terms(played)), "Fill rate", "Turns a year", "To best rule"]


def policy_lines(played: Backtest, money: Money) -> list[PolicyLine]:
    """The policies in their order, restock first, perfect foresight last."""
    best = float(played.policies.set_index("policy")["cost"][played.summary["best_rule"]])
    dearest = float(played.policies["cost"].max())
    lines = []
    for row in played.policies.to_dict(orient="records"):
        cost, name = float(row["cost"]), str(row["policy"])
        cells = [money(cost), *(money(float(row[term])) for term in _terms(played))]
        cells += [share(row["fill_rate"], 1), number(row["stock_turns"], 1), _difference(cost, best)]
        part = max(cost, 0.0) / dearest if dearest > 0 else 0.0
        lines.append(PolicyLine(name, str(row["description"]), name == RESTOCK, part, cells))
    return lines


def _terms(played: Backtest) -> list[str]:
    return [term for term in COST_TERMS if played.policies[term].abs().gt(0.005).any()]


def _difference(cost: float, best: float) -> str:
    if not best:
        return share(math.nan)
    percent = 100 * (cost / best - 1)
    return f"{percent:+.1f}%" if abs(percent) >= 0.05 else "0.0%"


def verdict(played: Backtest) -> str:
    """One sentence: restock against the best rule of thumb and against perfect foresight."""
    best, saving = played.summary["best_rule"], float(played.summary["saving"])
    costs = played.policies.set_index("policy")["cost"]
    word = "less" if saving >= 0 else "more"
    told = f"restock cost {share(abs(saving), 1)} {word} than the best rule of thumb ({best})."
    room = float(costs[best] - costs[FORESIGHT])
    if room <= 0 or saving < 0:
        return told
    reached = share(float(costs[best] - costs[RESTOCK]) / room)
    floor = share(room / float(costs[best]), 1)
    foresight = f"Perfect foresight would have cost {floor} less than that rule"
    return f"{told} {foresight}: restock reached {reached} of this saving."


def forecast_value(played: Backtest, money: Money) -> str:
    """One sentence: what the same planning model would have cost on the best simple forecast."""
    earned: dict[str, float] = played.summary["forecast_value"]
    if not earned:
        return "What the better forecast earned in money was left out."
    best = min(earned, key=lambda rule: earned[rule])
    cost = float(played.policies.set_index("policy")["cost"][RESTOCK])
    told = f"The same planning model would have cost {money(abs(earned[best]))}"
    by = f" ({share(abs(earned[best]) / cost, 1)})" if cost else ""
    if earned[best] < 0:
        return f"{told} less{by} on a simple forecast, the {best}: here restock's forecast did not pay."
    return f"{told} more{by} on the best simple forecast, the {best}: that is what restock's forecast earned."
