"""A comparison's files: page and workbook for people, tables for systems; the same bytes for the same comparison."""

from pathlib import Path

import pandas as pd

from restock.compare_page import write_page
from restock.compare_workbook import write_workbook
from restock.export import AMOUNT, CHANCE, ORDERS, WHOLE, Writer, csv, date, fixed, name, words
from restock.files import write_text
from restock.headline import money_of
from scenarios.comparison import Comparison, Outcome

FIGURE = fixed(4)
COMPARE: dict[str, Writer] = {
    **dict.fromkeys(("scenario", "orders", "measure"), name),
    "week": date,
    **dict.fromkeys(("mean", "q10", "q90", "difference", "standard_error"), FIGURE),
}
APPLIED: dict[str, Writer] = {
    "scenario": name,
    "priority": WHOLE,
    **dict.fromkeys(("field", "operation", "value"), name),
    **dict.fromkeys(("sku", "category", "supplier", "location", "promo"), name),
    **dict.fromkeys(("from", "to"), date),
    "changed": WHOLE,
}
REGRET: dict[str, Writer] = {
    **dict.fromkeys(("plan", "world"), name),
    **dict.fromkeys(("cost", "regret", "over_budget", "over_capacity"), AMOUNT),
}
CHANGES: dict[str, Writer] = {
    **dict.fromkeys(("scenario", "sku", "location", "supplier"), name),
    "order_date": date,
    **dict.fromkeys(("expedite", "units_base", "units_scenario", "change"), WHOLE),
    "why": words,
}
CURVE: dict[str, Writer] = {
    "field": name,
    "value": CHANCE,
    "amount": CHANCE,
    "plan": name,
    **dict.fromkeys(("spend", "cost", "profit"), AMOUNT),
    "fill_rate": CHANCE,
    "over_budget": AMOUNT,
    "marginal_value": fixed(6),
}
FILES = (
    *("compare.html", "compare.xlsx", "compare.csv", "compare_applied.csv", "compare_changes.csv"),
    *("compare_regret.csv", "compare_curve.csv", "compare_weighted.csv", "compare_failed.csv"),
)
FAILED: dict[str, Writer] = {"scenario": name, "problem": words}


def clear(out: Path) -> None:
    """Removes an earlier comparison's files: they do not answer this call."""
    for old in FILES:
        (out / old).unlink(missing_ok=True)


def write(compared: Comparison, out: Path) -> None:
    """compare.csv, the tables beside it that have rows, compare.xlsx and compare.html."""
    weighted = compared.weighted.plan.orders if compared.weighted else pd.DataFrame()
    tables = {
        "compare": (compared.table, COMPARE),
        "compare_applied": (compared.applied, APPLIED),
        "compare_changes": (compared.changes, CHANGES),
        "compare_regret": (compared.regret, REGRET),
        "compare_curve": (compared.curve, CURVE),
        "compare_weighted": (weighted, ORDERS),
        "compare_failed": (compared.failed, FAILED),
    }
    clear(out)
    for title, (table, writers) in tables.items():
        if len(table):
            write_text(out / f"{title}.csv", csv(table, writers))
    money = money_of(compared.base)
    write_workbook(compared, money, out / "compare.xlsx")
    write_page(compared, money, out / "compare.html")


def machine(compared: Comparison) -> dict[str, object]:
    """The comparison for JSON: totals by scenario and orders, regrets, failures."""
    totals = compared.table[compared.table["week"].isna()].groupby(["scenario", "orders"])
    told = [
        {"scenario": one.scenario, "orders": one.orders, "plan": _plan(one)}
        | {"totals": _figures(totals.get_group((one.scenario, one.orders)))}
        for one in compared.outcomes
    ]
    return {
        "as_of": f"{compared.base.as_of:%Y-%m-%d}",
        "run_id": compared.base.run_id,
        "outcomes": told,
        "regret": _records(compared.regret),
        "curve": _records(compared.curve),
        "weighted": _weighted(compared),
        "failed": _records(compared.failed),
    }


def _plan(one: Outcome) -> dict[str, object] | None:
    """How good the plan is that was made for this world; None for the base's orders elsewhere."""
    if one.plan is None:
        return None
    return {name: getattr(one.plan, name) for name in ("status", "objective", "bound", "gap", "stopped")}


def _figures(totals: pd.DataFrame) -> dict[str, dict[str, float]]:
    rows = totals.set_index("measure")[["mean", "difference", "standard_error"]].round(4) + 0.0
    return {
        str(measure): dict(zip(rows.columns, row, strict=True))
        for measure, row in zip(rows.index, rows.to_numpy().tolist(), strict=True)
    }


def _weighted(compared: Comparison) -> dict[str, object] | None:
    """The plan for all scenarios at once, its orders aside."""
    one = compared.weighted
    if one is None:
        return None
    return {name: getattr(one, name) for name in ("shares", "left_out", "caution", "mean", "worst", "plans")}


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in table.to_dict(orient="records")
    ]
