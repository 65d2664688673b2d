"""The files of a run: the contract's tables, byte for byte the same for the same input, seed and version.

Every number has fixed decimals, every date is ISO, lines end with a line feed, text is UTF-8. Ids (sku, location,
supplier, po) are written exactly as they came, because other systems match on them. All other text that a spreadsheet
would run as a formula gets a leading apostrophe; orders.xlsx, the file for people, holds text as text throughout.
"""

import math
from collections.abc import Callable, Iterable
from csv import QUOTE_ALL, QUOTE_MINIMAL
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from data.health import health
from data.problems import Problem, problems_table
from forecast import accuracy
from forecast.candidates import Demand
from forecast.demand_table import demand_table
from restock import accuracy_lines
from restock.files import write_json, write_text
from restock.stock_tables import COUNT_COLUMNS, STOCK_COLUMNS, count_list, stock_table
from scenarios.run import Run

if TYPE_CHECKING:
    from scenarios.changes import Changes

Writer = Callable[[pd.Series], list[str]]
TOGETHER = 100_000
"""Rows written together: bounds the memory that cells take as text."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def fixed(decimals: int) -> Writer:
    """Writes numbers with fixed decimals, never -0; what is not known as an empty cell."""

    def write(column: pd.Series) -> list[str]:
        figures = column.astype("float64").round(decimals).tolist()
        return [f"{figure + 0.0:.{decimals}f}" if math.isfinite(figure) else "" for figure in figures]

    return write


def price(column: pd.Series) -> list[str]:
    """Prices per unit: two decimals, more only where one has them, at most six."""
    parts = [text.partition(".") for text in fixed(6)(column)]
    return [whole + point + (cents.rstrip("0").ljust(2, "0") if point else "") for whole, point, cents in parts]


def date(column: pd.Series) -> list[str]:
    """ISO dates; none as an empty cell."""
    return pd.to_datetime(column).dt.strftime("%Y-%m-%d").fillna("").tolist()


def name(column: pd.Series) -> list[str]:
    """Ids, as they came."""
    return column.astype("object").where(column.notna(), "").astype(str).tolist()


def words(column: pd.Series) -> list[str]:
    """Free text, made harmless for a spreadsheet; a plain number such as -5 stays as it is."""
    return [f"'{text}" if _is_formula(text) else text for text in name(column)]


def _is_formula(text: str) -> bool:
    if not text.startswith(FORMULA_STARTS):
        return False
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return True


WHOLE, AMOUNT, UNITS, CHANCE = fixed(0), fixed(2), fixed(3), fixed(4)
SERIES: dict[str, Writer] = {"sku": name, "location": name, "week": date}
ORDERS: dict[str, Writer] = {
    "order_date": date,
    "arrival_date": date,
    "supplier": name,
    "sku": name,
    "location": name,
    "units": WHOLE,
    "unit_cost": price,
    "value": AMOUNT,
    "expedite": WHOLE,
    "firm": WHOLE,
    "reason": words,
}
CLEARANCE: dict[str, Writer] = {
    "week": date,
    **dict.fromkeys(("sku", "location"), name),
    "units": WHOLE,
    "unit_value": price,
    "value": AMOUNT,
    "firm": WHOLE,
    "reason": words,
}
OPEN_ORDERS: dict[str, Writer] = {
    **dict.fromkeys(("po", "sku", "location", "supplier"), name),
    "units": WHOLE,
    **dict.fromkeys(("due", "expected_arrival"), date),
    "decision": name,
    "money": AMOUNT,
    "reason": words,
}
TRANSFERS: dict[str, Writer] = {
    **dict.fromkeys(("week", "arrival_date"), date),
    **dict.fromkeys(("sku", "from_location", "to_location"), name),
    "units": WHOLE,
    "unit_cost": price,
    "cost": AMOUNT,
    "firm": WHOLE,
    "reason": words,
}
FORECAST = SERIES | dict.fromkeys(("mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "baseline"), UNITS)
DEMAND = SERIES | {"sold": UNITS, "in_stock": CHANCE, "demand": UNITS}
ACCURACY: dict[str, Writer] = {
    **dict.fromkeys(("segment", "weeks_ahead", "method"), name),
    "weeks": WHOLE,
    **dict.fromkeys(accuracy.COLUMNS[accuracy.COLUMNS.index("weeks") + 1 :], CHANCE),
}
VALUE_ADDED: dict[str, Writer] = {
    "who": words,
    "layer": name,
    "weeks": WHOLE,
    **dict.fromkeys(("wape", "bias", "value_added"), CHANCE),
}
PROJECTION = SERIES | {
    "stock_mean": UNITS,
    "stock_q10": UNITS,
    "stock_q90": UNITS,
    "p_stockout": CHANCE,
    "lost_units": UNITS,
}
STOCK: dict[str, Writer] = {
    **dict.fromkeys(STOCK_COLUMNS, UNITS),
    **dict.fromkeys(("sku", "location", "decision", "system"), name),
    "difference_value": AMOUNT,
    "sure": CHANCE,
    "as_of": date,
    "why": words,
}
COUNT_LIST: dict[str, Writer] = {
    **dict.fromkeys(COUNT_COLUMNS, UNITS),
    **dict.fromkeys(("sku", "location", "decision"), name),
    **dict.fromkeys(("name", "why"), words),
    **dict.fromkeys(("value_at_stake", "difference_value"), AMOUNT),
    "rank": WHOLE,
    "sure": CHANCE,
}
LIMITS: dict[str, Writer] = {
    **dict.fromkeys(("kind", "name"), name),
    "week": date,
    "unit": name,
    "used": AMOUNT,
    "amount": AMOUNT,
    "price": CHANCE,
}
ALERTS: dict[str, Writer] = {
    "rank": WHOLE,
    "kind": name,
    "sku": name,
    "location": name,
    "supplier": name,
    "week": date,
    "probability": CHANCE,
    "money_at_risk": AMOUNT,
    "action": words,
    "deadline": date,
    "message": words,
}
ISSUES: dict[str, Writer] = {
    "severity": name,
    "table": name,
    "row": WHOLE,
    "sku": name,
    "field": name,
    "value": words,
    "problem": words,
    "remedy": words,
    "effect": words,
}


def csv(table: pd.DataFrame, columns: dict[str, Writer]) -> str:
    """The table's ``columns`` as CSV text, each written by its writer; raises KeyError if one is missing."""
    firsts = range(0, max(len(table), 1), TOGETHER)
    return "".join(_rows(table.iloc[first : first + TOGETHER], columns, header=first == 0) for first in firsts)


def _rows(table: pd.DataFrame, columns: dict[str, Writer], header: bool) -> str:
    cells = pd.DataFrame({column: write(table[column]) for column, write in columns.items()})
    # A lone carriage return, which readers take for a line's end, is quoted only where everything is.
    returned = any("\r" in cell for column in cells for cell in cells[column])
    quoting: Literal[0, 1] = QUOTE_ALL if returned else QUOTE_MINIMAL
    return cells.to_csv(index=False, header=header, lineterminator="\n", quoting=quoting)


def write_issues(problems: Iterable[Problem], out: Path) -> None:
    """issues.csv, worst first; with its header alone where nothing is wrong."""
    write_text(out / "issues.csv", csv(problems_table(problems), ISSUES))


def write_accuracy(table: pd.DataFrame, gained: pd.DataFrame, out: Path) -> None:
    """accuracy.csv and value_added.csv: see ``forecast.accuracy`` and ``forecast.value_added``."""
    write_text(out / "accuracy.csv", csv(table, ACCURACY))
    write_text(out / "value_added.csv", csv(gained, VALUE_ADDED))


def write_demand(demand: Demand, out: Path) -> None:
    """demand.csv: see ``forecast.demand_table``."""
    write_text(out / "demand.csv", csv(demand_table(demand), DEMAND))


def write_models(models: pd.DataFrame, out: Path) -> None:
    """models.csv: per series the model that weighs most, its error, and the weight of each candidate."""
    figures = models.columns.difference(["sku", "location", "model", "segment"], sort=False)
    writers = {column: CHANCE if column in figures else name for column in models.columns}
    write_text(out / "models.csv", csv(models, writers))


def write_run(run: Run, out: Path, before: Path | None = None, changed: "Changes | None" = None) -> None:
    """Every file of the contract's output table, summary.json last: where it is, the run is complete.

    ``before``: the folder of the run before, against which the data's health is told; ``changed``: since that run.
    """
    from restock.changes_files import write_changes
    from restock.headline import headline
    from restock.health_files import read_health, write_health
    from restock.report import write_report
    from restock.workbook import write_workbook

    (out / "summary.json").unlink(missing_ok=True)
    write_text(out / "orders.csv", csv(run.plan.orders, ORDERS))
    write_text(out / "forecast.csv", csv(run.forecast.table(), FORECAST))
    write_demand(run.forecast.demand, out)
    write_accuracy(run.accuracy, run.value_added, out)
    write_text(out / "projection.csv", csv(run.plan.projection, PROJECTION))
    write_moves(run, out)
    write_text(out / "stock.csv", csv(stock_table(run.company), STOCK))
    write_text(out / "count_list.csv", csv(count_list(run.company), COUNT_LIST))
    write_text(out / "limits.csv", csv(run.plan.limits, LIMITS))
    write_text(out / "alerts.csv", csv(run.alerts, ALERTS))
    write_issues(run.problems, out)
    told = before if before is not None and (before / "health.csv").is_file() else None
    data_health = health(run.problems, run.company, read_health(told))
    write_health(data_health, out)
    top = headline(run)
    write_workbook(run, top, out / "orders.xlsx")
    write_report(run, top, data_health, out / "report.html", changed)
    if changed is not None:
        write_changes(changed, out)
    write_json(out / "summary.json", summary(run, changed))


def write_moves(run: Run, out: Path) -> None:
    """clearance.csv, transfers.csv and open_orders.csv, where the input says that goods can be cleared or moved, or are
    on order; else an earlier run's are removed.
    """
    files = (
        ("clearance.csv", run.company.markdowns, run.plan.clearance, CLEARANCE),
        ("transfers.csv", run.company.transfers, run.plan.transfers, TRANSFERS),
        ("open_orders.csv", run.company.open_orders, run.plan.open_orders, OPEN_ORDERS),
    )
    for file, terms, table, columns in files:
        if len(terms):
            write_text(out / file, csv(table, columns))
        elif (out / file).exists() and (out / file).read_text("utf-8").startswith(",".join(columns) + "\n"):
            (out / file).unlink()


def summary(run: Run, changed: "Changes | None" = None) -> dict[str, object]:
    """summary.json: the run in figures; money with four decimals, null where a figure is not known."""
    from restock.report_changes import in_figures

    return {
        "run_id": run.run_id,
        "as_of": f"{run.as_of:%Y-%m-%d}",
        "version": run.version,
        "seed": run.seed,
        "input_digest": run.company.input_digest,
        "status": run.plan.status,
        "stopped": run.plan.stopped,
        "objective": _figure(run.plan.objective),
        "bound": _figure(run.plan.bound),
        "gap": _figure(run.plan.gap, 6),
        "costs": {term: _figure(amount) for term, amount in sorted(run.plan.costs.items())},
        "stability": {figure: _figure(value) for figure, value in sorted(run.plan.stability.items())},
        "kpis": {kpi: _figure(value) for kpi, value in sorted(run.kpis.items())},
        "accuracy": accuracy_lines.machine(run.accuracy),
        "value_added": accuracy_lines.value_machine(run.value_added),
        "counts": counts(run),
        **({} if changed is None else {"changes": in_figures(changed)}),
        "seconds": {stage: _figure(spent, 3) for stage, spent in run.seconds.items()},
    }


def counts(run: Run) -> dict[str, int]:
    """How much went in and came out."""
    found = [problem.severity for problem in run.problems]
    return {
        "series": len(run.company.series),
        "history_weeks": len(run.company.history.weeks),
        "paths": len(run.forecast.paths.values),
        "horizon_weeks": len(run.forecast.paths.weeks),
        "orders": len(run.plan.orders),
        "orders_due_now": len(run.plan.due_now()),
        "alerts": len(run.alerts),
        "issues_block": found.count("block"),
        "issues_warn": found.count("warn"),
        "issues_info": found.count("info"),
        "overrides_in_force": len(np.unique(run.forecast.layer.held[run.forecast.layer.cells])),
        "shelves_to_count": len(run.company.disputes),
        "limits_that_bind": len(run.plan.limits),
        "limits_that_gave": len(run.plan.gave),
    }


def _figure(value: float, decimals: int = 4) -> float | None:
    return round(float(value), decimals) + 0.0 if math.isfinite(value) else None
