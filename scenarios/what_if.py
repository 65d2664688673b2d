"""What-ifs: load a scenario, apply it, run it, compare several. The interface for programs and notebooks.

    from scenarios import pipeline, what_if

    base = pipeline.run("demo/input")
    compared = what_if.compare(base, [what_if.load("budget -20%"), what_if.load("my.toml")])
    compared.table          # every measure of every scenario beside the base's
    compared.regret         # every plan in every world

In each scenario's world the base's orders are played as they stand, and orders are optimised anew; the difference is
what reacting is worth. All are met with the same futures, path by path.
"""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pandas as pd

from data.progress import Progress, silent
from scenarios.comparison import (
    APPLIED_COLUMNS,
    BASE,
    CHANGES_COLUMNS,
    CURVE_COLUMNS,
    FAILED_COLUMNS,
    REGRET_COLUMNS,
    WEIGHTED,
    Comparison,
    Weighted,
)
from scenarios.comparison_tables import comparison_table
from scenarios.curve import Curve, curve_table, points
from scenarios.patch import JOIN, Scenario, WrongScenario, combined, nearest, read_scenario
from scenarios.regret import with_regret
from scenarios.run import Run
from scenarios.side_by_side import Crew, Failed, crew
from scenarios.weighted import only_demand, weighted_plan
from scenarios.worlds import Answer, Orderings, apply, base_world, costs, met, run, world_again

__all__ = ["apply", "compare", "library", "load", "run"]

ENDING = ".toml"
PLANNED = 0.85
"""Share of a comparison's time that the plans take; the rest is meeting each with every world."""


def library() -> list[Scenario]:
    """The scenarios that ship with restock, by name."""
    folder = files("scenarios") / "library"
    found = [read_scenario(Path(str(path))) for path in folder.iterdir() if path.name.endswith(ENDING)]
    return sorted(found, key=lambda one: one.name)


def load(asked: str | Path) -> Scenario:
    """A scenario by its file or its name in the library; several joined by " + " are combined by priority.

    Raises WrongScenario if there is none, or if its file is wrong.
    """
    path, name = Path(asked), str(asked).strip()
    if path.is_file():
        return read_scenario(path)
    known = {one.name: one for one in library()}
    if name in known:
        return known[name]
    if JOIN in name:
        return combined([load(part) for part in name.split(JOIN)])
    ready = (
        "" if name.endswith(ENDING) else f", and no scenario of that name ships with restock. {nearest(name, known)}"
    )
    raise WrongScenario(f"There is no file {name!r}{ready or '.'}")


def compare(
    base: Run,
    scenarios: Sequence[Scenario],
    progress: Progress = silent,
    workers: int = 1,
    caution: float | None = None,
    curve: Curve | None = None,
) -> Comparison:
    """The base and the scenarios side by side; one that fails says so, the others are still there.

    ``workers``: processes; the answers do not depend on how many. ``caution``: if given, one plan for all scenarios
    that change only demand too (see weighted.py), 0: for the expected cost, up to 1: for the worst tenth of futures.
    ``curve``: a trade-off curve beside.
    """
    grid = points(base, curve) if curve else []
    with crew(base, min(workers, len(scenarios) + len(grid))) as hands:
        told = hands.each(run, [*scenarios, *grid], _part(progress, 0.0, PLANNED))
        answers = [one for one in told[: len(scenarios)] if isinstance(one, Answer)]
        weighted = None if caution is None else _weighted(base, answers, caution)
        regret = _regret(hands, answers, weighted, _part(progress, PLANNED, 1.0))
    failed = [
        (one.name, got.problem) for one, got in zip([*scenarios, *grid], told, strict=True) if isinstance(got, Failed)
    ]
    first = met(base_world(base), "committed", base.plan)
    outcomes = [first, *(outcome for one in answers for outcome in (one.committed, one.reoptimised))]
    progress("scenarios", 1.0)
    return Comparison(
        base=base,
        scenarios=[one.scenario for one in answers],
        outcomes=outcomes,
        table=comparison_table(base.company, outcomes),
        applied=_stacked([one.applied for one in answers], APPLIED_COLUMNS),
        failed=pd.DataFrame(failed, columns=FAILED_COLUMNS),
        regret=regret,
        changes=_stacked([one.changes for one in answers], CHANGES_COLUMNS),
        curve=pd.DataFrame(columns=CURVE_COLUMNS) if curve is None else _curve(base, curve, told[len(scenarios) :]),
        weighted=weighted,
    )


def _curve(base: Run, curve: Curve, told: Sequence[Answer | Failed]) -> pd.DataFrame:
    """The curve through the points that could be planned."""
    found = [(value, one) for value, one in zip(curve.values, told, strict=True) if isinstance(one, Answer)]
    return curve_table(base, curve.field, [value for value, _ in found], [one.reoptimised for _, one in found])


def _weighted(base: Run, answers: Sequence[Answer], caution: float) -> Weighted:
    """One plan for the base's world and those that differ in demand alone."""
    able = [one for one in answers if only_demand(one.scenario)]
    worlds = [(BASE, 1.0, base.forecast.paths.values)]
    worlds += [(one.scenario.name, one.scenario.weight, world_again(base, one).demand) for one in able]
    left_out = [one.scenario.name for one in answers if not only_demand(one.scenario)]
    return replace(weighted_plan(base, worlds, caution), left_out=left_out)


def _regret(hands: Crew, answers: Sequence[Answer], weighted: Weighted | None, progress: Progress) -> pd.DataFrame:
    """Every plan in every world that can be played."""
    plans = [Orderings.of(BASE, hands.base.plan), *(one.orderings for one in answers)]
    plans += [] if weighted is None else [Orderings.of(WEIGHTED, weighted.plan)]
    worlds = [(None, None, plans), *((one.scenario, one.demand, plans) for one in answers)]
    told = [one for one in hands.each(costs, worlds, progress) if isinstance(one, pd.DataFrame)]
    return with_regret(pd.concat(told, ignore_index=True)) if told else pd.DataFrame(columns=REGRET_COLUMNS)


def _part(progress: Progress, low: float, high: float) -> Progress:
    """A part of the work tells how far it is as a share of the whole."""
    return lambda stage, share: progress(stage, low + (high - low) * share)


def _stacked(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)
