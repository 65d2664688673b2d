"""What a person reads on the terminal when a command has ended well."""

from pathlib import Path
from textwrap import shorten

import numpy as np
import pandas as pd
from rich.table import Table

from data.company import Company
from data.problems import Problem
from forecast.engine import Forecast
from restock import accuracy_lines, issues
from restock.headline import money_of, proof, sentence
from restock.terminal import safe, screen
from restock.wording import Money, counted, day, number, share
from scenarios.run import Run

SHOWN_ALERTS = 5
LONGEST_MESSAGE = 200
SHOWN_SUPPLIERS = 12
FORECAST_FILES = ("forecast", "demand", "accuracy", "value_added", "models", "issues")
OPTIONAL_TABLES = (
    "locations",
    "price_breaks",
    "open_orders",
    "receipts",
    "promotions",
    "drivers",
    "budgets",
    "forecast",
    "overrides",
    "markdowns",
    "transfers",
)


def show_check(company: Company, problems: list[Problem], health: pd.DataFrame, written: Path | None) -> None:
    """The findings, or that there are none."""
    console = screen()
    tables = 5 + sum(not getattr(company, table).empty for table in OPTIONAL_TABLES)
    if problems:
        issues.show(problems, health, Money(company.policy.money.currency))
    found = f"Found: {issues.tally(problems)}." if problems else f"Nothing wrong found in {tables} tables."
    console.print(f"[bold green]The input can be planned on.[/] {found}")
    console.print(picture(company))
    if written is not None:
        console.print(f"Every line is in {safe(str(written))}, what hangs on each kind in health.csv beside it.")


def picture(company: Company) -> str:
    """How much the gate let through."""
    products = counted(len(company.items), "product")
    weeks = counted(len(company.history.weeks), "week")
    places = counted(company.series.get_level_values("location").nunique(), "location")
    return f"As of Monday {day(company.as_of)}: {products} at {places}, {weeks} of sales."


def show_forecast(
    company: Company,
    found: Forecast,
    accuracy: pd.DataFrame,
    gained: pd.DataFrame,
    problems: list[Problem],
    out: Path,
) -> None:
    """The forecast in figures and where it is."""
    console = screen()
    console.print(f"[bold]Forecast of {counted(len(found.paths.weeks), 'week')} from {day(company.as_of)} on.[/]")
    console.print(picture(company))
    console.print(f"Expected demand: {number(float(found.paths.mean().sum()))} units.")
    console.print(f"Typical error on past weeks: {share(_median_error(found))} of a product's sales.")
    console.print()
    accuracy_lines.show(accuracy, "On past weeks")
    accuracy_lines.show_value(gained)
    console.print(f"\nData issues: {issues.tally(problems)}.")
    console.print(f"Files in {safe(str(out))}: {', '.join(f'{name}.csv' for name in FORECAST_FILES)}.")


def forecast_summary(
    company: Company, found: Forecast, accuracy: pd.DataFrame, gained: pd.DataFrame, problems: list[Problem]
) -> dict[str, object]:
    """The forecast for a program."""
    error = _median_error(found)
    return {
        "as_of": f"{company.as_of:%Y-%m-%d}",
        "seed": company.policy.seed,
        "input_digest": company.input_digest,
        "series": len(company.series),
        "weeks": len(found.paths.weeks),
        "paths": len(found.paths.values),
        "expected_units": round(float(found.paths.mean().sum()), 4),
        "median_error": None if np.isnan(error) else round(error, 4),
        "accuracy": accuracy_lines.machine(accuracy),
        "value_added": accuracy_lines.value_machine(gained),
        "issues": issues.severity_counts(problems),
    }


def _median_error(found: Forecast) -> float:
    return float(found.models["error"].astype(float).median())


def show_plan(run: Run, out: Path) -> None:
    """The plan in a few lines: what to order, what to look at, where the files are."""
    console = screen()
    console.print(f"[bold]Order plan for Monday {day(run.as_of)}[/]  [dim]{safe(run.run_id)}[/]")
    console.print(safe(sentence(run)), safe(proof(run)))
    console.print()
    _show_suppliers(run)
    _show_alerts(run)
    accuracy_lines.show(run.accuracy, "The forecast on past weeks")
    accuracy_lines.show_value(run.value_added)
    console.print(f"Data issues: {issues.tally(run.problems)}.")
    console.print(f"\n[bold]Read {safe(str(out / 'report.html'))} first[/] (open it in a browser).")
    console.print(
        f"Orders, a sheet per supplier: {safe(str(out / 'orders.xlsx'))}. The CSV tables are for other systems."
    )


def _show_suppliers(run: Run) -> None:
    now, money = run.plan.due_now(), money_of(run)
    if now.empty:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Order now from")
    for title in ("Lines", "Units", "Value"):
        table.add_column(title, justify="right")
    sums = now.groupby("supplier").agg(lines=("sku", "size"), units=("units", "sum"), value=("value", "sum"))
    sums = sums.sort_values("value", ascending=False, kind="stable")
    for supplier, row in sums.head(SHOWN_SUPPLIERS).to_dict(orient="index").items():
        title = str(run.company.suppliers.at[supplier, "name"] or supplier)
        table.add_row(safe(title), number(row["lines"]), number(row["units"]), money(row["value"]))
    screen().print(table)
    if len(sums) > SHOWN_SUPPLIERS:
        screen().print(f"… and {counted(len(sums) - SHOWN_SUPPLIERS, 'more supplier')}.")
    screen().print()


def _show_alerts(run: Run) -> None:
    if run.alerts.empty:
        screen().print("No alerts.")
        return
    screen().print(f"[bold]Look at first[/] ({counted(len(run.alerts), 'alert')})")
    for alert in run.alerts.head(SHOWN_ALERTS).to_dict(orient="records"):
        at_risk = money_of(run)(float(alert["money_at_risk"]))
        by = "" if pd.isna(alert["deadline"]) else f" (act by {alert['deadline']:%Y-%m-%d})"
        message = shorten(str(alert["message"]), LONGEST_MESSAGE, placeholder=" …")
        screen().print(f"  [bold]{safe(at_risk)} at risk:[/] {safe(message)}")
        screen().print(f"    {safe(str(alert['action']))}{by}")
    screen().print()
