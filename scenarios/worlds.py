"""The worlds of a comparison: what a scenario makes of company and demand, and plans that are met with it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from data.company import Company, Floats
from optimize.ground import Ground, ground
from optimize.plan import Plan
from optimize.planner import plan
from scenarios import cash
from scenarios.apply import Changed, changed
from scenarios.change_reasons import with_causes
from scenarios.comparison import APPLIED_COLUMNS, BASE, Orders, Outcome
from scenarios.comparison_tables import changed_orders
from scenarios.meeting import Meeting, costs_of
from scenarios.patch import Scenario
from scenarios.play import Moves, play_plan
from scenarios.run import Run


@dataclass(frozen=True)
class World:
    """What a scenario makes of the company and its demand (S, N, H).

    ``applied``: the overrides that acted; ``anew``: whether its demand took a forecast of its own.
    """

    name: str
    company: Company
    demand: Floats
    applied: pd.DataFrame
    anew: bool = False


@dataclass(frozen=True)
class Orderings:
    """A plan as it is played anywhere: its order lines and what it does beside. ``name``: whose plan it is."""

    name: str
    lines: pd.DataFrame
    moves: Moves

    @classmethod
    def of(cls, name: str, decided: Plan) -> "Orderings":
        """Without the lines' reasons."""
        return cls(name, decided.orders.drop(columns="reason"), Moves.of(decided))


@dataclass(frozen=True)
class Answer:
    """A scenario that ran: its overrides that acted, and what became of the committed and the re-optimised orders.

    ``changes``: the order lines that differ from the base's. ``demand``: the world's, where it was forecast anew, else
    None: the base's, changed, is quickly had again.
    """

    scenario: Scenario
    applied: pd.DataFrame
    committed: Outcome
    reoptimised: Outcome
    orderings: Orderings
    changes: pd.DataFrame
    demand: Floats | None


def apply(base: Run, scenario: Scenario) -> World:
    """The world of a scenario. Raises WrongScenario if an override does not fit the company or matches nothing."""
    return _world(base, scenario, changed(base.company, scenario))


def _world(base: Run, scenario: Scenario, patched: Changed) -> World:
    return World(scenario.name, patched.company, patched.paths(base.forecast), patched.applied, patched.forecasts)


def base_world(base: Run) -> World:
    """The world without overrides."""
    return World(BASE, base.company, base.forecast.paths.values, pd.DataFrame(columns=APPLIED_COLUMNS))


def run(base: Run, scenario: Scenario) -> Answer:
    """The base's orders as they stand and orders optimised anew, in the scenario's world.

    The search starts from the base's orders, which stay where it finds none that cost less, and where the world is the
    base's own. Raises WrongScenario as ``apply`` does.
    """
    patched = changed(base.company, scenario)
    world = _world(base, scenario, patched)
    decided = base.plan if _is_own(base, world) else plan(world.company, world.demand, known=base.plan.orders)
    known = ground(world.company, world.demand)
    committed = met(world, "committed", base.plan, known)
    reoptimised = met(world, "reoptimised", decided, known)
    return Answer(
        scenario,
        world.applied,
        replace(committed, plan=None),
        reoptimised,
        Orderings.of(scenario.name, decided),
        with_causes(base, patched, changed_orders(base.plan.orders, reoptimised)),
        world.demand if world.anew else None,
    )


def _is_own(base: Run, world: World) -> bool:
    """Whether a world is the base's own: all that is known of the company, and its demand."""
    pairs = [(getattr(base.company, one.name), getattr(world.company, one.name)) for one in fields(Company)]
    known = all(own is other or (isinstance(own, pd.DataFrame) and own.equals(other)) for own, other in pairs)
    return known and np.array_equal(base.forecast.paths.values, world.demand)


def met(world: World, orders: Orders, decided: Plan, known: Ground | None = None) -> Outcome:
    """A plan met with a world's futures; it is kept without what comes late in each of them. ``known``: the world's
    ground, where it was asked for already.
    """
    found = play_plan(world.company, decided.orders, world.demand, Moves.of(decided), known)
    weekly = cash.figures(found)
    kept = replace(decided, late=None)
    return Outcome(world.name, orders, kept, decided.orders, weekly, cash.totals(found, weekly))


def costs(base: Run, asked: tuple[Scenario | None, Floats | None, Sequence[Orderings]]) -> pd.DataFrame:
    """What each plan costs in a world: plan, world, cost (expected, with what exceeding limits weighs for the planner),
    over_budget and over_capacity.

    ``asked``: the scenario (None: the base), its demand if that was forecast anew, and the plans.
    """
    scenario, demand, plans = asked
    world = base_world(base) if scenario is None else _again(base, scenario, demand)
    return costs_of(
        Meeting(world.company, world.demand), world.name, [(one.name, one.lines, one.moves) for one in plans]
    )


def world_again(base: Run, answer: Answer) -> World:
    """The world of a scenario that ran."""
    return _again(base, answer.scenario, answer.demand)


def _again(base: Run, scenario: Scenario, demand: Floats | None) -> World:
    if demand is None:
        return apply(base, scenario)
    patched = changed(base.company, scenario)
    return World(scenario.name, patched.company, demand, patched.applied)
