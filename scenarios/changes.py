"""What changed since the last run, and why: each order line due now, split into causes that add up.

The plan is made again with what the run before believed about this Monday, then with one group of inputs after the
other as it is now, in the order policy, cost, lead time, stock, demand. What a line changes at each step is that
group's part; what it changed already before the first step is what planning anew does (a later week in sight). So

    units now = units planned before + replanning + policy + cost + lead_time + stock + demand.

The last step is the run itself; steps whose group did not change are not planned.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.company import Company, Floats
from data.progress import Progress, silent
from forecast.paths import DemandPaths
from optimize.planner import plan
from scenarios.last_week import KEY, SWAPS, Made, carried_to, demand_before, same

# Means are kept in files with three decimals.
ROUNDED = 0.001
CAUSES = ("replanning", *SWAPS)
LINE = ["supplier", "sku", "location", "expedite"]
CHANGE_COLUMNS = [*LINE, "units_before", "units", "change", *CAUSES, "value_change", "cause", "why"]


@dataclass(frozen=True)
class Changes:
    """``lines``: the order lines due now that changed (``CHANGE_COLUMNS``), the most money first. ``nervousness``:
    units changed over units that were planned before for this Monday, NaN if none were; ``by_cause``: money at cost.
    """

    before: pd.Timestamp
    now: pd.Timestamp
    lines: pd.DataFrame
    nervousness: float
    by_cause: dict[str, float]


def changes(
    before: Made, company: Company, paths: DemandPaths, orders: pd.DataFrame, progress: Progress = silent
) -> Changes:
    """What of the orders due now is other than the run before planned for this Monday, and why.

    ``company``, ``paths`` and ``orders`` are the new run's. At most five plans are made. Raises ValueError if the run
    before is of a later Monday.
    """
    if before.company.as_of > company.as_of:
        raise ValueError(f"the run before is of {before.company.as_of:%Y-%m-%d}, after {company.as_of:%Y-%m-%d}")
    then, old_demand = carried_to(before, company), demand_before(before, paths)
    steps = _steps(before, (then, old_demand), company, paths, _due(orders, company.as_of), progress)
    table = pd.concat(steps, axis=1).fillna(0.0)
    table.columns = pd.Index(["units_before", *CAUSES])
    now = table["demand"].copy()
    parts = _whole_articles(table.diff(axis=1)[list(CAUSES)], before.company, company)
    lines = parts.assign(units_before=table["units_before"], units=now, change=now - table["units_before"])
    costs = company.items["unit_cost"].combine_first(before.company.items["unit_cost"])
    cost = costs.reindex(lines.index.get_level_values("sku")).to_numpy(dtype=float)
    by_cause = {cause: float((parts[cause] * cost).sum()) for cause in CAUSES}
    lines = lines.assign(value_change=lines["change"] * cost)[lines["change"].abs() > 0]
    planned = float(table["units_before"].sum())
    facts = _facts(before.company, (then, old_demand), company, paths)
    told = _told(facts, lines.reset_index())
    return Changes(
        before=before.company.as_of,
        now=company.as_of,
        lines=told,
        nervousness=float(lines["change"].abs().sum()) / planned if planned else float("nan"),
        by_cause=by_cause,
    )


def _whole_articles(parts: pd.DataFrame, before: Company, company: Company) -> pd.DataFrame:
    """The parts; an article that only one of the runs knows comes, or goes, with its demand."""
    pairs = parts.index.droplevel(["supplier", "expedite"])
    one_sided = pairs.isin(before.series) != pairs.isin(company.series)
    whole = pd.DataFrame(0.0, index=parts.index, columns=parts.columns).assign(demand=parts.sum(axis=1))
    split: pd.DataFrame = pd.concat([parts[~one_sided], whole[one_sided]]).loc[parts.index]
    return split


def _steps(
    before: Made,
    believed: tuple[Company, Floats],
    company: Company,
    paths: DemandPaths,
    now: pd.Series,
    progress: Progress,
) -> list[pd.Series]:
    """Units of each line: as planned before, planned anew, and after each swap; the last are the run's own.

    ``believed``: of this Monday by the run before, the company and its demand paths.
    """
    (then, old_demand), stage = believed, company
    for swap in reversed(SWAPS.values()):
        stage = swap(stage, then)
    planned = _due(before.orders, company.as_of)
    found = [planned]
    if before.company.as_of == company.as_of:
        found.append(planned)
    else:
        found.append(_planned(stage, old_demand))
    stages = _stages(stage, company)
    changed = [not same(one, other) for one, other in zip([stage, *stages], stages, strict=False)]
    changed[-1] |= not np.allclose(old_demand.mean(axis=0), paths.mean(), atol=ROUNDED)
    for number, one in enumerate(stages):
        progress("changes", number / len(stages))
        if not any(changed[number:]):
            found.append(found[-1])
        elif not any(changed[number + 1 :]):
            found.append(now)
        else:
            found.append(_planned(one, old_demand) if changed[number] else found[-1])
    progress("changes", 1.0)
    found[-1] = now
    return found


def _stages(first: Company, company: Company) -> list[Company]:
    """The company after each swap."""
    stages = []
    for swap in SWAPS.values():
        first = swap(first, company)
        stages.append(first)
    return stages


def _planned(company: Company, demand: Floats) -> pd.Series:
    return _due(plan(company, demand).orders, company.as_of)


def _due(orders: pd.DataFrame, monday: pd.Timestamp) -> pd.Series:
    """Units of the lines to be placed on a Monday."""
    lines = orders[orders["order_date"].eq(monday)]
    units: pd.Series = lines.assign(expedite=lines["expedite"].astype(int)).groupby(LINE)["units"].sum().astype(float)
    return units


def _told(facts: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines with their main cause and the figures behind it, the most money first."""
    causes = lines[list(CAUSES)].abs().idxmax(axis=1) if len(lines) else pd.Series(dtype=object)
    lines = lines.assign(cause=causes)
    lines["why"] = [_why(row, facts) for row in lines.to_dict(orient="records")]
    order = lines["value_change"].abs().sort_values(ascending=False, kind="stable").index
    return lines.loc[order, CHANGE_COLUMNS].reset_index(drop=True)


def _facts(before: Company, believed: tuple[Company, Floats], company: Company, paths: DemandPaths) -> pd.DataFrame:
    """What was believed and what is known now, by series: stock, on order, demand of the horizon, lead time, cost."""
    then, old_demand = believed
    lead = [_shortest(one, "lead_time_weeks", company.series) for one in (then, company)]
    cost = [_shortest(one, "unit_cost", company.series) for one in (then, company)]
    return pd.DataFrame(
        {
            "new": ~company.series.isin(before.series),
            "stock_before": then.stock["on_hand"].to_numpy(dtype=float),
            "stock": company.stock["on_hand"].to_numpy(dtype=float),
            "coming_before": _coming(then, company.series),
            "coming": _coming(company, company.series),
            "demand_before": old_demand.mean(axis=0).sum(axis=1),
            "demand": paths.mean().sum(axis=1),
            "lead_before": lead[0],
            "lead": lead[1],
            "cost_before": cost[0],
            "cost": cost[1],
            "weeks": float(len(paths.weeks)),
        },
        index=company.series,
    )


def _shortest(company: Company, column: str, series: pd.MultiIndex) -> Floats:
    least: Floats = company.sourcing.groupby(KEY)[column].min().reindex(series).to_numpy(dtype=float)
    return least


def _coming(company: Company, series: pd.MultiIndex) -> Floats:
    units: Floats = company.open_orders.groupby(KEY)["units"].sum().reindex(series).fillna(0.0).to_numpy(dtype=float)
    return units


def _why(line: dict[Any, Any], facts: pd.DataFrame) -> str:
    """The causes that moved the line, the largest first, each with its figures."""
    place = (line["sku"], line["location"])
    if place not in facts.index:
        return f"{line['change']:+,.0f} demand: the article is no longer planned there"
    moved = sorted((cause for cause in CAUSES if line[cause]), key=lambda cause: -abs(line[cause]))
    return "; ".join(f"{line[cause]:+,.0f} {_figures(cause, facts.loc[place])}" for cause in moved)


def _figures(cause: str, facts: pd.Series) -> str:
    both = {name: (facts[f"{name}_before"], facts[name]) for name in ("stock", "coming", "demand", "lead", "cost")}
    if facts["new"]:
        return "demand: a new article"
    if cause == "demand":
        return "demand: {:,.0f} expected over {:.0f} weeks, {:,.0f} before".format(
            both["demand"][1], facts["weeks"], both["demand"][0]
        )
    if cause == "stock":
        return "stock: {:,.0f} on hand and {:,.0f} on order, {:,.0f} and {:,.0f} were expected".format(
            both["stock"][1], both["coming"][1], both["stock"][0], both["coming"][0]
        )
    if cause == "lead_time" and both["lead"][0] != both["lead"][1]:
        return "lead time: {1:.0f} weeks, {0:.0f} before".format(*both["lead"])
    if cause == "cost" and both["cost"][0] != both["cost"][1]:
        return "cost: {1:,.2f} a unit, {0:,.2f} before".format(*both["cost"])
    return OTHERWISE[cause]


OTHERWISE = {
    "replanning": "planned anew, with a later week in sight",
    "policy": "policy: budgets, floors or what was approved",
    "cost": "cost: prices or charges of what it shares an order with",
    "lead_time": "lead time: terms of supply, or how late suppliers are",
}
