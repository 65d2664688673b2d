"""A comparison in words: what each scenario changes in money, how sure that is, and what reacting is worth."""

import math
from dataclasses import dataclass

import numpy as np

from data.company import Floats
from restock.wording import Money, counted, number, share
from scenarios.comparison import BASE, Comparison, Outcome
from scenarios.finance_measures import BY_NAME

SURE = 2.0
"""Standard errors from which a difference is called more than chance."""
TINY = 0.005
HOW_TO_READ = (
    "Every figure is a mean over the same futures of demand and deliveries; a difference is taken future by future, so "
    "that it is the scenario and not chance. Behind ± stands its standard error: what other futures would show lies "
    "within one of it in two cases of three, within two of it nearly always. A difference below two of them may be "
    "chance."
)
COMMITTED, REOPTIMISED = "as committed", "re-optimised"
KINDS = {"committed": COMMITTED, "reoptimised": REOPTIMISED}


@dataclass(frozen=True)
class Gap:
    """A mean difference over the paths and its standard error."""

    mean: float
    error: float

    @classmethod
    def between(cls, after: Floats, before: Floats) -> "Gap":
        """Of paths (S,), each compared with itself."""
        apart = after - before
        error = float(apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else 0.0
        return cls(float(apart.mean()), error)

    @property
    def sure(self) -> bool:
        """Whether it is more than chance."""
        return abs(self.mean) > max(SURE * self.error, TINY)

    def told(self, name: str) -> str:
        """+1,200 ± 80, in the unit of a measure."""
        unit = BY_NAME[name].unit
        if unit == "share":
            return f"{100 * self.mean:+.1f} ± {100 * self.error:.1f} points"
        decimals = 1 if unit == "times" else 0
        sign = "+" if round(self.mean, decimals) > 0 else ""
        return f"{sign}{number(self.mean, decimals)} ± {number(self.error, decimals)}"


@dataclass(frozen=True)
class Effect:
    """A scenario beside the base: what it does to profit with ``committed`` and with ``reoptimised`` orders; what
    ``reacting`` adds to profit, and what it ``saves`` of the total cost, which the planner minimises; ``exceeded``:
    what the orders as they stand break there, in words.
    """

    name: str
    why: str
    committed: Gap
    reoptimised: Gap
    reacting: Gap
    saves: Gap
    exceeded: list[str]
    sentence: str


def effects(compared: Comparison, money: Money) -> list[Effect]:
    """Every scenario that ran, in the order asked."""
    return [_effect(compared, one.name, one.why, money) for one in compared.scenarios]


def _effect(compared: Comparison, name: str, why: str, money: Money) -> Effect:
    base, stays, reacts = three(compared, name)
    changes = [gap(after, before, "profit") for after, before in ((stays, base), (reacts, base), (reacts, stays))]
    committed, reoptimised, reacting = changes
    saves = gap(stays, reacts, "total_cost")
    told = [
        f"With the orders as they stand profit {_moves(committed, money)}; with orders planned for it profit "
        f"{_moves(reoptimised, money)}.",
        _reacting(reacting, saves, money),
        _orders(compared, name, gap(reacts, base, "purchase_spend"), money),
    ]
    exceeded = _exceeded(stays, money)
    return Effect(name, why, committed, reoptimised, reacting, saves, exceeded, " ".join([*told, *exceeded]))


def three(compared: Comparison, scenario: str) -> tuple[Outcome, Outcome, Outcome]:
    """The base, and the scenario's committed and re-optimised orders."""
    return (
        compared.outcome(BASE, "committed"),
        compared.outcome(scenario, "committed"),
        compared.outcome(scenario, "reoptimised"),
    )


def gap(after: Outcome, before: Outcome, measure: str) -> Gap:
    """How a measure's total differs between two outcomes."""
    return Gap.between(after.totals[measure], before.totals[measure])


def _moves(change: Gap, money: Money) -> str:
    if not change.sure:
        return "does not change beyond chance" if change.error > TINY else "does not change"
    word = "rises" if change.mean > 0 else "falls"
    return f"{word} by {_sum(change, money)}"


def _sum(change: Gap, money: Money) -> str:
    return f"{money(abs(change.mean))} (± {number(change.error)})"


def _reacting(change: Gap, saves: Gap, money: Money) -> str:
    if change.sure and change.mean > 0:
        return f"Reacting is worth {_sum(change, money)}."
    told = "Planning anew brings no more profit than the orders as they stand"
    if change.sure:
        told = f"Planning anew brings {_sum(change, money)} less profit than the orders as they stand"
    if saves.sure and saves.mean > 0:
        return f"{told}, though it saves {_sum(saves, money)} of the total cost that the planner minimises."
    return f"{told}."


def _orders(compared: Comparison, name: str, spend: Gap, money: Money) -> str:
    changed = int(compared.changes["scenario"].eq(name).sum())
    if not changed:
        return "No order line changes."
    lines = f"{counted(changed, 'order line')} {'changes' if changed == 1 else 'change'}"
    if abs(spend.mean) < 0.5:
        return f"{lines}, for the same money."
    return f"{lines}: {money(abs(spend.mean))} {'more' if spend.mean > 0 else 'less'} is ordered."


def _exceeded(stays: Outcome, money: Money) -> list[str]:
    """What the orders as they stand break in the scenario's world."""
    told = []
    over = float(stays.totals["over_budget"].mean())
    if over > 0.5:
        told.append(f"The orders as they stand exceed its budgets by {money(over)}: they cannot be placed so.")
    units = float(stays.totals["over_capacity"].mean())
    if units > 0.5:
        told.append(f"The orders as they stand exceed its suppliers' capacities by {number(units)} units.")
    return told


def figure(value: float, name: str) -> str:
    """A measure's figure, in its unit, without the currency."""
    unit = BY_NAME[name].unit
    if unit == "share":
        return share(value, 1)
    return number(value, 1 if unit == "times" else 0)


def precision(compared: Comparison, money: Money) -> str:
    """One sentence: how far the plans may lie from the best ones."""
    plans = [one.plan for one in compared.outcomes if one.plan is not None]
    open_yet = max((plan.gap * abs(plan.objective) for plan in plans), default=0.0)
    if not math.isfinite(open_yet):
        return "How far the plans are from the best ones is not known: allow the solver more time in restock.toml."
    return (
        f"Each plan is the best one but for what its search left open, at most {money(open_yet)} of the total cost "
        "that it counts: a smaller difference between two plans may be the search's."
    )


def opening(compared: Comparison, told: list[Effect], money: Money) -> str:
    """The sentence at the top: what hurts most and where reacting is worth most."""
    if not told:
        failed = "No scenario could be run; what stood against them is told below."
        return failed if len(compared.failed) else "No scenario was asked for."
    worst = min(told, key=lambda one: one.reoptimised.mean)
    best = max(told, key=lambda one: one.reacting.mean)
    profit = money(float(compared.outcome(BASE, "committed").totals["profit"].mean()))
    parts = [f"The plan's expected profit is {profit}."]
    if worst.reoptimised.sure and worst.reoptimised.mean < 0:
        parts.append(f"Most is lost in “{worst.name}”: {_sum(worst.reoptimised, money)}, orders planned for it.")
    if best.reacting.sure and best.reacting.mean > 0:
        parts.append(f"Reacting is worth most in “{best.name}”: {_sum(best.reacting, money)}.")
    return " ".join(parts)
