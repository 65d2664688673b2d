"""One early warning, and how it names articles and writes figures."""

from dataclasses import dataclass

import pandas as pd

from data.company import Company

# More warnings than that are not read.
MOST = 40


@dataclass(frozen=True)
class Alert:
    """What may go wrong with what, in which week, how likely, for how much money; one action and its deadline."""

    kind: str
    sku: str
    location: str
    supplier: str
    week: pd.Timestamp
    probability: float
    money_at_risk: float
    action: str
    deadline: pd.Timestamp
    message: str


def money(company: Company, amount: float) -> str:
    """An amount in the company's currency, without cents."""
    return f"{company.policy.money.currency} {amount:,.0f}".strip()


def units(amount: float) -> str:
    """Whole units; a share of one is one."""
    whole = max(round(amount), 1)
    return f"{whole:,} unit" + ("" if whole == 1 else "s")


def day(date: pd.Timestamp) -> str:
    """A date as the tables write it."""
    return f"{date:%Y-%m-%d}"


def key(company: Company, row: int) -> tuple[str, str]:
    """(sku, location) of the company's series ``row``."""
    sku, location = company.series[row]
    return str(sku), str(location)


def listed(names: list[str]) -> str:
    """The first three names, and how many others."""
    others = len(names) - 3
    return ", ".join(names[:3]) + (f" and {others} other{'' if others == 1 else 's'}" if others > 0 else "")


def article(company: Company, sku: str, location: str) -> str:
    """The article as people know it, with its code and, where there are several, its location."""
    name = str(company.items.at[sku, "name"])
    place = f" in {location}" if company.series.get_level_values("location").nunique() > 1 else ""
    return (f"{name} ({sku})" if name and name != sku else sku) + place
