"""Orders that approve themselves: small ones, little changed since last week, about which no alert speaks."""

from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from scenarios.approval import approve, approver, proposals_of, unedited
from scenarios.run import Run
from scenarios.store import LINE_KEY, RUNS, rows

RULE = "rule"


def auto_approve(connection: sa.Connection, run: Run, last: Path | None) -> int:
    """Approves the run's orders that the policy's rules allow, whole orders of a supplier; how many lines.

    ``last``: the folder of the run before, whose plan tells what changed; what it had not planned counts as all new.
    """
    rules = run.company.policy.approval
    if not rules.auto_value:
        return 0
    proposals = proposals_of(connection, run.run_id)
    planned = _planned(last)
    allowed = [
        line
        for supplier in sorted({line["supplier"] for line in proposals})
        if _allowed(run, [line for line in proposals if line["supplier"] == supplier], planned)
        for line in proposals
        if line["supplier"] == supplier
    ]
    why = f"value up to {rules.auto_value:g}, change up to {rules.auto_change:.0%}, risk up to {rules.auto_risk:g}"
    row = rows(connection, sa.select(RUNS).where(RUNS.c.run_id == run.run_id, RUNS.c.status == "done"))[0]
    return approve(connection, row, unedited(allowed), approver(RULE, why, run.as_of, rules.weeks)).lines


def _planned(last: Path | None) -> dict[tuple[Any, ...], float]:
    """Units of each line of the last run's plan, its due and later ones."""
    if last is None or not (last / "orders.csv").is_file():
        return {}
    table = pd.read_csv(last / "orders.csv", dtype=dict.fromkeys(LINE_KEY[:-1], str), keep_default_na=False)
    return {tuple(row[:-1]): float(row[-1]) for row in table[[*LINE_KEY, "units"]].itertuples(index=False, name=None)}


def _allowed(run: Run, lines: list[dict[str, Any]], planned: dict[tuple[Any, ...], float]) -> bool:
    rules, alerts = run.company.policy.approval, run.alerts
    changed = max(_change(line, planned) for line in lines)
    named = alerts["sku"].isin([line["sku"] for line in lines]) | (
        alerts["sku"].eq("") & alerts["supplier"].eq(lines[0]["supplier"])
    )
    value = sum(line["units"] * line["unit_cost"] for line in lines)
    risk = float(alerts.loc[named, "money_at_risk"].sum())
    return value <= rules.auto_value and changed <= rules.auto_change and risk <= rules.auto_risk


def _change(line: dict[str, Any], planned: dict[tuple[Any, ...], float]) -> float:
    before = planned.get(tuple(line[name] for name in LINE_KEY), 0.0)
    return abs(line["units"] - before) / before if before else float("inf")
