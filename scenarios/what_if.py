"""What-ifs: load a scenario, apply it, run it, compare several. The interface for programs and notebooks.

    from scenarios import pipeline, what_if

    base = pipeline.run("demo/input")
    compared = what_if.compare(base, [what_if.load("budget -20%"), what_if.load("my.toml")])
    compared.table          # every measure of every scenario beside the base's
    compared.regret         # every plan in every world

Every scenario is planned twice: the base's orders as they stand are played in its world, and orders are optimised for
it. The difference is what reacting is worth. All are met with the same futures, path by path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pandas as pd

from data.company import Company, Floats
from data.progress import Progress, silent
from optimize.plan import Plan
from optimize.planner import plan
from scenarios import cash
from scenarios.apply import changed
from scenarios.comparison import (
    APPLIED_COLUMNS,
    BASE,
    CHANGES_COLUMNS,
    FAILED_COLUMNS,
    Comparison,
    Orders,
    Outcome,
)
from scenarios.comparison_tables import changed_orders, comparison_table
from scenarios.patch import JOIN, Scenario, WrongScenario, combined, nearest, read_scenario
from scenarios.play import Moves, play_plan
from scenarios.run import Run

ENDING = ".toml"


@dataclass(frozen=True)
class World:
    """What a scenario makes of the company and its demand (S, N, H); ``applied``: the overrides that acted."""

    name: str
    company: Company
    demand: Floats
    applied: pd.DataFrame


@dataclass(frozen=True)
class Answer:
    """A scenario that ran: its world's overrides, the committed and the re-optimised orders."""

    scenario: Scenario
    applied: pd.DataFrame
    outcomes: tuple[Outcome, Outcome]


def library() -> list[Scenario]:
    """The scenarios that ship with restock, by name."""
    folder = files("scenarios") / "library"
    found = [read_scenario(Path(str(path))) for path in folder.iterdir() if path.name.endswith(ENDING)]
    return sorted(found, key=lambda one: one.name)


def load(asked: str | Path) -> Scenario:
    """A scenario by its file or its name in the library; several joined by " + " are combined by priority.

    Raises WrongScenario if there is none, or if its file is wrong.
    """
    path = Path(asked)
    if path.is_file():
        return read_scenario(path)
    known = {one.name: one for one in library()}
    name = str(asked).strip()
    if name in known:
        return known[name]
    if JOIN in name:
        return combined([load(part) for part in name.split(JOIN)])
    if name.endswith(ENDING):
        raise WrongScenario(f"There is no file {name!r}.")
    known_ones = nearest(name, known)
    raise WrongScenario(f"There is no file {name!r}, and no scenario of that name ships with restock. {known_ones}")


def apply(base: Run, scenario: Scenario) -> World:
    """The world of a scenario. Raises WrongScenario if an override does not fit the company or matches nothing."""
    patched = changed(base.company, scenario)
    return World(scenario.name, patched.company, patched.paths(base.forecast), patched.applied)


def run(base: Run, scenario: Scenario) -> Answer:
    """The scenario's two plans in its world. Raises WrongScenario as ``apply`` does."""
    world = apply(base, scenario)
    decided = plan(world.company, world.demand)
    committed = played(world, "committed", base.plan, None)
    return Answer(scenario, world.applied, (committed, played(world, "reoptimised", decided, decided)))


def played(world: World, orders: Orders, decided: Plan, own: Plan | None) -> Outcome:
    """A plan met with a world's futures; ``own``: the plan again where it was made for this world."""
    found = play_plan(world.company, decided.orders, world.demand, Moves.of(decided))
    weekly = cash.figures(found)
    return Outcome(world.name, orders, own, decided.orders, weekly, cash.totals(found, weekly))


def compare(base: Run, scenarios: Sequence[Scenario], progress: Progress = silent) -> Comparison:
    """The base and the scenarios side by side; one that fails says so, the others are still there."""
    world = World(BASE, base.company, base.forecast.paths.values, pd.DataFrame(columns=APPLIED_COLUMNS))
    answers, failed = [], []
    for number, scenario in enumerate(scenarios):
        progress("scenarios", number / len(scenarios))
        try:
            answers.append(run(base, scenario))
        except Exception as problem:  # one scenario's trouble is not the others'
            failed.append((scenario.name, _told(problem)))
    first = played(world, "committed", base.plan, base.plan)
    outcomes = [first, *(outcome for one in answers for outcome in one.outcomes)]
    progress("scenarios", 1.0)
    return Comparison(
        base=base,
        scenarios=[one.scenario for one in answers],
        outcomes=outcomes,
        table=comparison_table(base.company, outcomes),
        applied=_stacked([one.applied for one in answers], APPLIED_COLUMNS),
        failed=pd.DataFrame(failed, columns=FAILED_COLUMNS),
        changes=_stacked([changed_orders(first, one.outcomes[1]) for one in answers], CHANGES_COLUMNS),
    )


def _told(problem: Exception) -> str:
    return str(problem) if isinstance(problem, WrongScenario) else f"{type(problem).__name__}: {problem}"


def _stacked(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)
