"""One plan for several scenarios at once, by their weights, and by more than that for the cautious.

The futures of the scenarios' worlds are put together, so many of each as its weight asks, and the planner minimises
the expected cost over all. Only demand can be put together so: a scenario that changes prices, lead times or limits has
a company of its own and is left out.

With caution c the plan is to be good at

    (1 - c) * mean of loss  +  c * mean of the worst tenth of loss,

loss being the planner's cost less what serving all demand would bring, so that a bad future is one that earns little.
The mean of the worst tenth is the conditional value at risk (Rockafellar & Uryasev 2000), which for a given plan is a
mean with all weight on its worst futures. So the plan is made again with these weighing more, by turns; of the plans
met the best is kept. That is a heuristic: it has no bound, and it is never worse than the plan without caution.
"""

from collections.abc import Sequence

import numpy as np

from data.company import Floats
from data.progress import Progress, silent
from optimize.ground import Ground, ground
from optimize.plan import Plan
from optimize.planner import plan
from scenarios import cash
from scenarios.apply import DEMAND, PROMOTED
from scenarios.comparison import Weighted
from scenarios.patch import Scenario
from scenarios.play import Moves, play_plan
from scenarios.run import Run

TAIL, TURNS, MORE = 0.1, 4, 2
"""The tail's share, how often plans are made at most, and futures put together, as a multiple of the base's."""


def only_demand(scenario: Scenario) -> bool:
    """Whether a scenario changes nothing but demand."""
    return all(override.field in (*DEMAND, *PROMOTED) for override in scenario.override)


def weighted_plan(
    base: Run, worlds: Sequence[tuple[str, float, Floats]], caution: float = 0.0, progress: Progress = silent
) -> Weighted:
    """The plan for the worlds, (name, weight, demand (S, N, H)) each; ``caution``: 0 for the expected loss alone, to 1.

    Raises ValueError if no world has a weight.
    """
    demand, shares = together(worlds)
    known, weights = ground(base.company, demand), np.full(len(demand), 1 / len(demand))
    best, kept, seen, made = np.inf, (base.plan, 0.0, 0.0), set[bytes](), 0
    while made < (TURNS if caution > 0 else 1):
        progress("scenarios", made / TURNS)
        found = plan(base.company, demand[drawn(weights, len(demand))], known=kept[0].orders)
        made += 1
        loss = _loss(base, found, demand, known)
        bad = worst_of(loss)
        mean, worst = float(loss.mean()), float(loss[bad].mean())
        if (1 - caution) * mean + caution * worst < best:
            best, kept = (1 - caution) * mean + caution * worst, (found, mean, worst)
        if bad.tobytes() in seen:
            break
        seen.add(bad.tobytes())
        weights = (1 - caution) / len(loss) + caution * bad / bad.sum()
    decided, mean, worst = kept
    return Weighted(decided, shares, [], caution, mean, worst, made)


def together(worlds: Sequence[tuple[str, float, Floats]]) -> tuple[Floats, dict[str, float]]:
    """The futures of all worlds by their weights, and the share of each."""
    total = sum(weight for _, weight, _ in worlds)
    if not total > 0:
        raise ValueError("no scenario has a weight above 0")
    paths = len(worlds[0][2])
    count = MORE * paths if len(worlds) > 1 else paths
    edges = np.rint(np.cumsum([0.0, *(weight / total for _, weight, _ in worlds)]) * count).astype(int)
    parts = [
        demand[(np.arange(own) * paths) // max(own, 1) % paths]
        for (_, _, demand), own in zip(worlds, np.diff(edges).tolist(), strict=True)
    ]
    shares = {name: float(own) / count for (name, _, _), own in zip(worlds, np.diff(edges), strict=True)}
    return np.concatenate(parts), shares


def drawn(weights: Floats, count: int) -> np.ndarray:
    """``count`` positions, each as often as its weight asks, to a whole number (systematic sampling)."""
    return np.searchsorted(np.cumsum(weights) / weights.sum(), (np.arange(count) + 0.5) / count)


def worst_of(loss: Floats) -> np.ndarray:
    """(S,): the worst tenth of the futures, at least one."""
    count = max(round(TAIL * len(loss)), 1)
    found = np.zeros(len(loss), dtype=bool)
    found[np.argsort(-loss, kind="stable")[:count]] = True
    return found


def _loss(base: Run, found: Plan, demand: Floats, known: Ground) -> Floats:
    """The planner's cost of each future (S,) less what serving all of its demand would bring."""
    played = play_plan(base.company, found.orders, demand, Moves.of(found), known)
    lost = np.array([own.lost for own in known.worth])
    return np.asarray(cash.total_cost(played) - (played.sold + played.lost).sum(axis=2) @ lost)
