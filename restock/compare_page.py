"""compare.html: scenarios beside the base on one page that needs nothing but a browser."""

from dataclasses import dataclass
from pathlib import Path

from data.company import Floats
from restock import compare_charts
from restock.compare_charts import Chart, Step
from restock.compare_tables import ChangedLine, Line, applied, changes, measures, regret, trade_off, weighted
from restock.compare_words import HOW_TO_READ, KINDS, Effect, effects, opening, precision, three
from restock.files import write_text
from restock.report import environment
from restock.wording import Money
from scenarios.comparison import Comparison
from scenarios.finance_measures import BY_NAME

SHOWN_LINES, MOST_LINES = 12, 200


@dataclass(frozen=True)
class Part:
    """A scenario's part of the page."""

    effect: Effect
    anchor: str
    applied: list[dict[str, str]]
    waterfalls: list[tuple[str, list[Step]]]
    cash: Chart
    capital: Chart
    measures: list[Line]
    changes: list[ChangedLine]
    changes_left: int


def write_page(compared: Comparison, money: Money, target: Path) -> None:
    """Writes the page; the same comparison gives the same bytes."""
    write_text(target, page(compared, money))


def page(compared: Comparison, money: Money) -> str:
    """The page's HTML. Text from the input is escaped by the template, figures are written by ``wording``."""
    told = effects(compared, money)
    return (
        environment()
        .get_template("compare.html.j2")
        .render(
            compared=compared,
            run=compared.base,
            money=money,
            opening=opening(compared, told, money),
            how_to_read=f"{HOW_TO_READ} {precision(compared, money)}",
            effects=told,
            parts_of_scenarios=[part(compared, effect, place, money) for place, effect in enumerate(told)],
            regret=regret(compared, money),
            weighted=weighted(compared, money),
            curve=trade_off(compared),
            failed=compared.failed.to_dict(orient="records"),
            definitions=[(one.label, one.meaning) for one in BY_NAME.values()],
            shown_lines=SHOWN_LINES,
        )
    )


def part(compared: Comparison, effect: Effect, place: int, money: Money) -> Part:
    """A scenario's part of the page."""
    base, stays, reacts = three(compared, effect.name)
    steps = compare_charts.waterfalls(base, (stays, reacts), money)
    lines = changes(compared, effect.name)
    return Part(
        effect=effect,
        anchor=f"scenario-{place + 1}",
        applied=applied(compared, effect.name),
        waterfalls=[(KINDS[one.orders], own) for one, own in zip((stays, reacts), steps, strict=True)],
        cash=_chart(compared, effect.name, "cash_flow", gathered=True),
        capital=_chart(compared, effect.name, "working_capital", gathered=False),
        measures=measures(compared, effect.name),
        changes=lines[:MOST_LINES],
        changes_left=max(len(lines) - MOST_LINES, 0),
    )


def _chart(compared: Comparison, scenario: str, measure: str, gathered: bool) -> Chart:
    """A measure by week of the three outcomes; ``gathered``: added up since the run's Monday."""
    kinds = {"Base": "usual", "Orders as committed": "stays", "Orders re-optimised": "reacts"}
    outcomes = three(compared, scenario)
    series: dict[str, tuple[str, Floats]] = {}
    for (label, kind), one in zip(kinds.items(), outcomes, strict=True):
        values = one.weekly[measure]
        series[label] = kind, values.cumsum(axis=1) if gathered else values
    return compare_charts.chart(compared.base.forecast.paths.weeks, series, "Orders re-optimised")
