"""The forecast's accuracy as read: a line per segment and weeks ahead, beside the simple forecasts."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from forecast.accuracy import COLUMNS, COVER, OURS
from forecast.scores import PROMISED
from forecast.value_added import ALL, LAYERS
from restock.wording import UNKNOWN, number, share

SIMPLE = {"seasonal naive": "Seasonal naive", "moving average": "Moving average"}
BELOW = [f"q{round(100 * level)}" for level in PROMISED]
HEADERS = ["WAPE", *SIMPLE.values(), "Bias", "MASE", "Pinball", *(f"Below {level}" for level in BELOW)]
SHORT = {"WAPE": 0, "Naive": 1, "Average": 2, "Bias": 3, "MASE": 4, "<q10": 6, "<q50": 8, "<q90": 10}
VALUE_HEADERS = ["Weeks", "WAPE seasonal naive", "WAPE restock", "WAPE with overrides", "Overrides gained"]
HOW_TO_READ = (
    "WAPE: errors as a share of demand, beside that of simple forecasts of the same weeks. Bias: above 0, too much was "
    "forecast. Below q10 should stand 10%, below q25 25%, and so on."
)


@dataclass(frozen=True)
class Line:
    """A segment and horizon: its name, the weeks scored, and the cells under ``HEADERS``."""

    segment: str
    ahead: str
    weeks: str
    cells: list[str]


def lines(accuracy: pd.DataFrame) -> list[Line]:
    """The lines of ``Forecast.accuracy()`` in its order; those without any week scored are left out."""
    cells: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
    for row in accuracy.to_dict(orient="records"):
        figures = {str(name): float(row[name]) for name in COLUMNS[COLUMNS.index("weeks") :]}
        cells.setdefault((str(row["segment"]), str(row["weeks_ahead"])), {})[str(row["method"])] = figures
    return [_line(*key, methods) for key, methods in cells.items() if methods[OURS]["weeks"] > 0]


def leading(all_lines: Iterable[Line]) -> list[Line]:
    """What stands first: all products week by week, and each segment over lead time + review."""
    return [line for line in all_lines if line.segment == "all" or line.ahead == COVER]


def title(line: Line) -> str:
    """What the line is about, in words."""
    span = "Lead time + review" if line.ahead == COVER else f"{line.ahead} weeks ahead"
    return span if line.segment == "all" else f"{span}, {line.segment}"


def _line(segment: str, ahead: str, methods: dict[str, dict[str, float]]) -> Line:
    ours = methods[OURS]
    wapes = [share(methods[name]["wape"]) for name in (OURS, *SIMPLE)]
    below = [share(ours[f"below_{level}"]) for level in BELOW]
    cells = [*wapes, signed_share(ours["bias"]), number(ours["mase"], 2), share(ours["pinball"]), *below]
    return Line(segment, ahead, number(ours["weeks"]), cells)


def signed_share(value: float) -> str:
    """0.034 -> +3%, -0.2 -> -20%, 0.001 -> 0%."""
    percent = round(100 * value) if math.isfinite(value) else math.nan
    return f"+{percent:.0f}%" if percent > 0 else f"{number(percent)}%" if math.isfinite(percent) else UNKNOWN


def machine(accuracy: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of all products for a program; what is not known is null."""
    return _records(accuracy[accuracy["segment"].eq("all")].drop(columns="segment"))


def value_machine(gained: pd.DataFrame) -> list[dict[str, object]]:
    """The forecast value added, for a program."""
    return _records(gained)


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    rows = table.to_dict(orient="records")
    return [{str(key): _figure(str(key), value) for key, value in row.items()} for row in rows]


def _figure(name: str, value: object) -> object:
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if name == "weeks" else round(value, 4) + 0.0


def show(accuracy: pd.DataFrame, heading: str) -> None:
    """The leading lines on the terminal."""
    from rich.table import Table

    from restock.terminal import screen

    found = leading(lines(accuracy))
    if not found:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(heading, no_wrap=True)
    for header in SHORT:
        table.add_column(header, justify="right", no_wrap=True)
    for line in found:
        name = (line.ahead if line.ahead == COVER else f"{line.ahead} weeks ahead") if line.segment == "all" else ""
        table.add_row(name or f"  {line.segment}", *(line.cells[place] for place in SHORT.values()))
    screen().print(table)
    screen().print(f"[dim]{HOW_TO_READ}[/]")


@dataclass(frozen=True)
class Step:
    """What a planner's overrides did: cells under ``VALUE_HEADERS``."""

    who: str
    cells: list[str]


def steps(gained: pd.DataFrame) -> list[Step]:
    """A line per planner, all together first: the error of each layer in the weeks that were overridden."""
    by_planner: dict[str, dict[str, dict[str, float]]] = {}
    for row in gained.to_dict(orient="records"):
        figures = {name: float(row[name]) for name in ("weeks", "wape", "value_added")}
        by_planner.setdefault(str(row["who"]), {})[str(row["layer"])] = figures
    return [_step("All planners" if who == ALL else who, layers) for who, layers in by_planner.items()]


def _step(who: str, layers: dict[str, dict[str, float]]) -> Step:
    wapes = [share(layers[layer]["wape"]) for layer in LAYERS]
    last = layers[LAYERS[-1]]
    return Step(who, [number(last["weeks"]), *wapes, signed_points(last["value_added"])])


def signed_points(value: float) -> str:
    """0.034 -> +3 points."""
    percent = signed_share(value)
    return percent.replace("%", " points")


def show_value(gained: pd.DataFrame) -> None:
    """The forecast value added on the terminal; nothing where no override has met its weeks."""
    from rich.table import Table

    from restock.terminal import safe, screen

    if gained.empty:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("Overridden weeks")
    for header in VALUE_HEADERS:
        table.add_column(header, justify="right")
    for step in steps(gained):
        table.add_row(safe(step.who), *step.cells)
    screen().print(table)
