"""The health of the data: every kind of problem with the money that hangs on it, its owner and how it moves."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from data.company import Company
from data.problems import SEVERITIES, Problem

HEALTH_COLUMNS = [
    *("rank", "severity", "money", "owner", "table", "problem", "lines", "items"),
    *("lines_before", "trend", "weeks", "remedy", "example"),
]
YEAR, EARLIER = 52, 4
KIND = ["severity", "table", "problem"]
NEW, GROWS, SHRINKS, STAYS = "new", "grows", "shrinks", "stays"
TREND = ("lines_before", "trend", "weeks")


def health(problems: Iterable[Problem], company: Company, before: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per kind of problem and owner (``HEALTH_COLUMNS``): what is wrong first, by money, then the notes.

    ``money``: of open orders their value at cost; of stock the larger of its value and of what systems disagree about;
    of all else a year's sales of the items named, each once, or of the supplier, category or location named. Lines of
    items that nobody knows count as an average week's sale each. ``owner``: of stock rows the system that says so, else
    as [owners] in restock.toml says. ``trend``: lines now against those of ``before``, the health of the run before;
    ``weeks``: the lines of up to four earlier runs and of this one; both blank without one.
    """
    worth = _Worth(company)
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.severity, problem.table, problem.problem, worth.owner(problem)), []).append(problem)
    rows = [_row(key, members, worth) for key, members in groups.items()]
    table = pd.DataFrame(rows, columns=[name for name in HEALTH_COLUMNS if name not in ("rank", *TREND)])
    table = _with_trend(table, before)
    note = table["severity"].eq(SEVERITIES[-1])
    table = table.assign(note=note).sort_values(
        ["note", "money", "lines", *KIND, "owner"], ascending=[True, False, False, True, True, True, True]
    )
    return table.assign(rank=range(1, len(table) + 1))[HEALTH_COLUMNS].reset_index(drop=True)


def _row(key: tuple[str, ...], members: list[Problem], worth: "_Worth") -> tuple[object, ...]:
    severity, table, problem, owner = key
    first = members[0]
    example = " ".join(part for part in (first.sku, first.field, first.value[:80]) if part)
    named = {member.sku for member in members if member.sku}
    money = worth.of(table, members)
    return severity, money, owner, table, problem, len(members), len(named), first.remedy, example


class _Worth:
    """What hangs on items, by table: a year's sales, open orders, stock; and whose tables they are."""

    def __init__(self, company: Company) -> None:
        history, items = company.history, company.items
        skus = company.series.get_level_values("sku")
        units = np.clip(np.nan_to_num(history.units[:, -YEAR:]), 0.0, None)
        price = items["price"].reindex(skus).to_numpy(dtype=float)
        sold = pd.DataFrame(
            {"sku": skus, "location": company.series.get_level_values("location"), "money": units.sum(axis=1) * price}
        )
        self.sales = sold.groupby("sku")["money"].sum()
        self.by_location = sold.groupby("location")["money"].sum()
        self.by_category = self.sales.groupby(items["category"].reindex(self.sales.index).to_numpy()).sum()
        suppliers = company.sourcing.drop_duplicates(["sku", "supplier"])
        self.by_supplier = suppliers["sku"].map(self.sales).groupby(suppliers["supplier"]).sum()
        weeks = int((units > 0).sum())
        self.line = float(self.sales.sum()) / weeks if weeks else 0.0
        cost = items["unit_cost"]
        orders = company.open_orders
        self.orders = (orders["units"].astype(float) * orders["sku"].map(cost)).groupby(orders["sku"]).sum()
        self.stock = self._stock(company, cost)
        self.owners = company.policy.owners
        claims = company.stock_claims
        self.systems = dict(zip(claims["row"], claims["system"], strict=True)) if len(claims) else {}
        self.items = set(items.index)

    def _stock(self, company: Company, cost: pd.Series) -> pd.Series:
        value = company.stock["on_hand"] * cost.reindex(company.series.get_level_values("sku")).to_numpy(dtype=float)
        if len(company.stock_picture):
            value = np.maximum(value, company.stock_picture["difference_value"])
        by_sku: pd.Series = value.groupby(level="sku").sum()
        return by_sku

    def owner(self, problem: Problem) -> str:
        """The system that is to mend it."""
        if problem.table == "stock" and problem.row in self.systems:
            return str(self.systems[problem.row])
        return self.owners.get(problem.table, "")

    def of(self, table: str, problems: list[Problem]) -> float:
        """The money that hangs on problems of one kind."""
        of_items = {"open_orders": self.orders, "stock": self.stock}.get(table, self.sales)
        named = {problem.sku for problem in problems if problem.sku}
        known = of_items.reindex(sorted(named & self.items)).fillna(0.0).sum()
        strange = sum(problem.sku not in self.items for problem in problems if problem.sku)
        others = {(problem.field, problem.value) for problem in problems if not problem.sku}
        return float(known) + strange * self.line + sum(self._of_name(field, value) for field, value in others)

    def _of_name(self, field: str, value: str) -> float:
        """A year's sales of a supplier, category or location; nothing for what names none of them."""
        tables = {"supplier": self.by_supplier, "category": self.by_category, "location": self.by_location}
        return float(tables[field].get(value, 0.0)) if field in tables else 0.0


def _with_trend(table: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """The table with what the run before counted of the same kinds and owners."""
    if before is None:
        return table.assign(lines_before=np.nan, trend="", weeks="")
    key = [*KIND, "owner"]
    past = before.drop_duplicates(key).set_index(key).reindex(pd.MultiIndex.from_frame(table[key]))
    lines, then = table["lines"].to_numpy(dtype=float), past["lines"].fillna(0.0).to_numpy(dtype=float)
    trend = np.select([then == 0, lines > then, lines < then], [NEW, GROWS, SHRINKS], STAYS)
    told = past["weeks"].fillna("").astype(str)
    earlier = [
        (weeks or f"{count:.0f}").split(", ")[-EARLIER:] for weeks, count in zip(told, then.tolist(), strict=True)
    ]
    weeks = [", ".join([*counts, f"{now:.0f}"]) for counts, now in zip(earlier, lines.tolist(), strict=True)]
    return table.assign(lines_before=then, trend=trend, weeks=weeks)
