"""The gate's findings for people: kinds of problem with their counts, worst first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from data.health import KIND
from data.problems import SEVERITIES, Problem
from restock.wording import Money, counted

SHOWN_KINDS = 25
SHOWN_EXAMPLES = 3
LONGEST_VALUE = 100
LABEL = {"block": "stops the run", "warn": "warning", "info": "note"}
COLOUR = {"block": "red", "warn": "yellow", "info": "dim"}


@dataclass(frozen=True)
class Kind:
    """Equal problems of one table; ``examples`` are the first few."""

    severity: str
    table: str
    problem: str
    remedy: str
    effect: str
    count: int
    examples: tuple[str, ...]
    money: float = 0.0
    owner: str = ""
    trend: str = ""


def kinds(problems: Iterable[Problem], health: pd.DataFrame | None = None) -> list[Kind]:
    """One entry per severity, table and problem, worst first, among equals those with the most money, then lines.

    ``health``: see ``data.health``; without it no money is told.
    """
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.severity, problem.table, problem.problem), []).append(problem)
    told = {} if health is None else {_as_text(key): rows for key, rows in health.groupby(KIND)}
    found = [_weighed(_kind(members), told.get(key)) for key, members in groups.items()]
    return sorted(found, key=lambda kind: (SEVERITIES.index(kind.severity), -kind.money, -kind.count))


def _as_text(key: object) -> tuple[str, ...]:
    """A group's key as text."""
    return tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)


def _weighed(kind: Kind, health: pd.DataFrame | None) -> Kind:
    """The kind with the money that hangs on it, whose it is and how it moves."""
    if health is None:
        return kind
    dearest = health.sort_values("money", ascending=False, kind="stable")
    owners = ", ".join(dict.fromkeys(owner for owner in dearest["owner"] if owner))
    trends = dearest["trend"].tolist()
    return replace(kind, money=float(health["money"].max()), owner=owners, trend=trends[0])


def _kind(members: list[Problem]) -> Kind:
    first = members[0]
    examples = tuple(dict.fromkeys(text for member in members[:20] if (text := example(member))))
    return Kind(
        severity=first.severity,
        table=first.table,
        problem=first.problem,
        remedy=_common([member.remedy for member in members]),
        effect=_common([member.effect for member in members]),
        count=len(members),
        examples=examples[:SHOWN_EXAMPLES],
    )


def _common(texts: list[str]) -> str:
    """What all say, or the first as an example where they differ."""
    return texts[0] if len(set(texts)) == 1 else f"For example: {texts[0]}"


def example(problem: Problem) -> str:
    """Where it stands and what stands there: line 17, SKU A-1, date "31/13/2025"."""
    parts = [f"line {problem.row}"] if problem.row is not None else []
    parts += [f"SKU {problem.sku}"] if problem.sku else []
    value = problem.value if len(problem.value) <= LONGEST_VALUE else problem.value[:LONGEST_VALUE] + "…"
    parts += [f'{problem.field} "{value}"'.strip()] if problem.value else [problem.field] if problem.field else []
    return ", ".join(parts)


def severity_counts(problems: Iterable[Problem]) -> dict[str, int]:
    """Number of problems of each severity, worst first."""
    found = [problem.severity for problem in problems]
    return {severity: found.count(severity) for severity in SEVERITIES}


def tally(problems: Iterable[Problem]) -> str:
    """2 that stop the run, 14 warnings, 3 notes."""
    count = severity_counts(problems)
    words = [f"{count['block']:,} that stop{'s' if count['block'] == 1 else ''} the run"] if count["block"] else []
    words += [counted(count["warn"], "warning")] if count["warn"] else []
    words += [counted(count["info"], "note")] if count["info"] else []
    return ", ".join(words) or "none"


def show(problems: list[Problem], health: pd.DataFrame | None = None, money: Money | None = None) -> None:
    """The kinds of problem as a table on standard output, with the money that hangs on each if it is known."""
    from rich.table import Table

    from restock.terminal import safe, screen

    found = kinds(problems, health)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style="bold")
    for title, justify in [("Severity", "left"), ("Table", "left"), ("Lines", "right")]:
        table.add_column(title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("Problem", ratio=3)
    table.add_column("What to do, and what restock did", ratio=3)
    for kind in found[:SHOWN_KINDS]:
        told = safe(kind.problem) + "".join(f"\n[dim]{safe(text)}[/]" for text in kind.examples)
        if money is not None and kind.money:
            about = ", ".join(part for part in (kind.owner, kind.trend) if part)
            told += f"\n[bold]{safe(money(kind.money))}[/] hang on it{safe(f' ({about})' if about else '')}"
        colour = COLOUR[kind.severity]
        answer = f"{safe(kind.remedy)}\n[dim]{safe(kind.effect)}[/]"
        table.add_row(f"[{colour}]{LABEL[kind.severity]}[/]", safe(kind.table), f"{kind.count:,}", told, answer)
    console = screen()
    console.print(table)
    if len(found) > SHOWN_KINDS:
        console.print(
            f"… and {counted(len(found) - SHOWN_KINDS, 'more kind')} of problem; all of them are in issues.csv."
        )


def machine(
    problems: list[Problem], status: str, written: Path | None, health: pd.DataFrame | None = None
) -> dict[str, object]:
    """The findings for a program."""
    shown = [
        {"severity": k.severity, "table": k.table, "count": k.count, "problem": k.problem, "money": round(k.money, 2)}
        for k in kinds(problems, health)
    ]
    return {
        "status": status,
        "issues": severity_counts(problems),
        "kinds": shown,
        "issues_csv": None if written is None else str(written),
    }
