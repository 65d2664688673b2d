"""A comparison's tables as people read them: measures, overrides, changed orders, regret and trade-offs."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from restock import compare_charts
from restock.compare_charts import Chart
from restock.compare_words import figure, gap, three
from restock.report_tables import in_short, product_name
from restock.wording import Money, day, number, share
from scenarios.comparison import WEIGHTED, Comparison
from scenarios.finance_measures import BY_NAME
from scenarios.patch import SEGMENT
from scenarios.regret import exceeds, least_regret


@dataclass(frozen=True)
class Line:
    """A measure in the base and in a scenario, as read; ``kind``: how the style shows its two differences."""

    label: str
    meaning: str
    base: str
    committed: str
    committed_change: str
    reoptimised: str
    reoptimised_change: str
    spread: str
    kinds: tuple[str, str]


@dataclass(frozen=True)
class ChangedLine:
    """An order line that changes, as read."""

    sku: str
    name: str
    location: str
    supplier: str
    ordered: str
    sort: str
    before: str
    after: str
    change: str
    value: str
    rush: bool
    reason: str
    more: str


def measures(compared: Comparison, scenario: str) -> list[Line]:
    """The measures that are anything but nothing in one of the outcomes."""
    return [_line(compared, scenario, name) for name in BY_NAME if _speaks(compared, scenario, name)]


def _speaks(compared: Comparison, scenario: str, name: str) -> bool:
    return any(abs(float(one.totals[name].mean())) >= 0.005 for one in three(compared, scenario))


def _line(compared: Comparison, scenario: str, name: str) -> Line:
    base, stays, reacts = three(compared, scenario)
    measure = BY_NAME[name]
    low, high = np.quantile(reacts.totals[name], [0.1, 0.9])
    apart = [gap(one, base, name) for one in (stays, reacts)]
    first, second = (_verdict(change.mean * measure.better if change.sure else 0.0) for change in apart)
    return Line(
        label=measure.label,
        meaning=measure.meaning,
        base=figure(float(base.totals[name].mean()), name),
        committed=figure(float(stays.totals[name].mean()), name),
        committed_change=apart[0].told(name),
        reoptimised=figure(float(reacts.totals[name].mean()), name),
        reoptimised_change=apart[1].told(name),
        spread=f"{figure(float(low), name)} to {figure(float(high), name)}",
        kinds=(first, second),
    )


def _verdict(good: float) -> str:
    return "better" if good > 0 else "worse" if good < 0 else ""


def applied(compared: Comparison, scenario: str) -> list[dict[str, str]]:
    """The overrides that acted: what was changed, where, when, and how many figures it touched."""
    rows = compared.applied[compared.applied["scenario"].eq(scenario)]
    return [_override(row) for row in rows.to_dict(orient="records")]


def _override(row: dict[Hashable, Any]) -> dict[str, str]:
    where = [f"{name} {row[name]}" for name in SEGMENT if row[name] != ""]
    first, last = (row[end] for end in ("from", "to"))
    weeks = [f"{word} {day(pd.Timestamp(date))}" for word, date in (("from", first), ("to", last)) if pd.notna(date)]
    return {
        "what": str(row["field"]).replace("_", " "),
        "change": f"{row['operation']} {row['value']}",
        "where": ", ".join(where) or "everything",
        "weeks": " ".join(weeks) or "all weeks",
        "changed": number(float(row["changed"])),
    }


def changes(compared: Comparison, scenario: str) -> list[ChangedLine]:
    """The order lines that change, those that move most money first."""
    rows = compared.changes[compared.changes["scenario"].eq(scenario)]
    cost = rows["sku"].map(compared.base.company.items["unit_cost"]).astype(float)
    value = rows["change"].astype(float) * cost
    ranked = rows.assign(value=value, size=value.abs()).sort_values("size", ascending=False, kind="stable")
    return [_changed_line(compared, row) for row in ranked.to_dict(orient="records")]


def _changed_line(compared: Comparison, row: dict[Hashable, Any]) -> ChangedLine:
    reason, more = in_short(str(row["why"]))
    ordered = pd.Timestamp(row["order_date"])
    return ChangedLine(
        sku=str(row["sku"]),
        name=product_name(compared.base, str(row["sku"])),
        location=str(row["location"]),
        supplier=str(row["supplier"]),
        ordered=day(ordered),
        sort=f"{ordered:%Y-%m-%d}",
        before=number(float(row["units_base"])),
        after=number(float(row["units_scenario"])),
        change=f"{row['change']:+,.0f}",
        value=f"{row['value']:+,.0f}",
        rush=bool(row["expedite"]),
        reason=reason,
        more=more,
    )


@dataclass(frozen=True)
class Regret:
    """The matrix: ``worlds`` above, a row per plan; a cell is (regret, whether the plan breaks a limit there);
    ``verdict``: the plan to choose by it.
    """

    worlds: list[str]
    rows: list[tuple[str, list[tuple[str, bool]], str]]
    verdict: str


def regret(compared: Comparison, money: Money) -> Regret | None:
    """What every plan costs more than the best one in every world; None where it was not asked for."""
    table = compared.regret
    if table.empty:
        return None
    worlds, plans = (list(dict.fromkeys(table[name])) for name in ("world", "plan"))
    broken = exceeds(table).to_numpy()
    keys = zip(table["plan"], table["world"], strict=True)
    figures = zip(table["regret"].astype(float), broken.tolist(), strict=True)
    cells = {key: (number(amount), over) for key, (amount, over) in zip(keys, figures, strict=True)}
    worst = table.groupby("plan")["regret"].max()
    rows = [(plan, [cells[plan, world] for world in worlds], number(float(worst[plan]))) for plan in plans]
    choice = least_regret(table)
    told = f"The plan for “{choice.plan}” regrets least at worst: {money(choice.regret)}, in “{choice.world}”."
    if not choice.keeps_limits:
        told += " It exceeds a budget or a capacity of some world, which is counted as the planner weighs it."
    return Regret(worlds, rows, told)


@dataclass(frozen=True)
class TradeOff:
    """A curve as read: its ``field``, a row of cells for each value, and total cost over the amount."""

    field: str
    rows: list[list[str]]
    chart: Chart


def trade_off(compared: Comparison) -> TradeOff | None:
    """The trade-off curve; None if none was asked for."""
    table = compared.curve
    if table.empty:
        return None
    rows = [
        [
            f"{row['value']:g}",
            number(row["amount"], 0 if row["amount"] >= 100 else 2),
            number(row["spend"]),
            number(row["cost"]),
            number(row["profit"]),
            figure(row["fill_rate"], "fill_rate"),
            number(row["over_budget"]),
            number(row["marginal_value"], 3),
        ]
        for row in table.to_dict(orient="records")
    ]
    amounts, costs = (table[name].to_numpy(dtype=float) for name in ("amount", "cost"))
    return TradeOff(str(table["field"].iloc[0]).replace("_", " "), rows, compare_charts.trade_off(amounts, costs))


def weighted(compared: Comparison, money: Money) -> str:
    """The plan for all scenarios at once in words; "" if it was not asked for."""
    one = compared.weighted
    if one is None:
        return ""
    shares = ", ".join(f"{share(part)} “{name}”" for name, part in one.shares.items())
    told = f"The plan “{WEIGHTED}” is one for {shares}."
    if one.caution:
        told += f" Its worst tenth of futures counts {share(one.caution)} extra."
    if one.left_out:
        named = ", ".join(f"“{name}”" for name in one.left_out)
        told += f" Left out, for they change more than demand: {named}."
    now = money(float(one.plan.due_now()["value"].sum()))
    return f"{told} To place now: {now}; its lines are in compare_weighted.csv."
