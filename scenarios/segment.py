"""What an override holds for: rows of the company's tables, series, weeks and coming promotions.

``supplier = "@best"`` is the supplier from whose goods most was sold in the last year, at cost, each series counted for
its cheapest source. ``promo`` is a promotion's name or its kind.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.calendar import WEEK, weeks_from
from data.company import Company, Floats
from data.lanes import cheapest_lanes
from forecast.candidates import Bools
from forecast.lifted import lifted_weeks
from forecast.overrides import days_covered
from scenarios.patch import SEGMENT, Override, WrongScenario, nearest

BEST, YEAR = "@best", 52
MOST_NAMES = 12


def resolved(company: Company, override: Override) -> Override:
    """The override with every name of its segment checked, ``@best`` replaced; raises WrongScenario."""
    if override.supplier == BEST:
        override = override.model_copy(update={"supplier": best_supplier(company)})
    known: dict[str, Sequence[str]] = {
        "sku": company.items.index.tolist(),
        "category": company.items["category"].tolist(),
        "location": company.locations.index.tolist(),
        "promo": [*company.promotions["promo"].dropna(), *company.promotions["kind"].dropna()],
        "supplier": [BEST, *company.suppliers.index],
    }
    for column, names in known.items():
        name = getattr(override, column)
        if name and name not in names and not (column == "supplier" and override.field == "source"):
            raise WrongScenario(f"{override.field}: the input knows no {column} {name!r}. {nearest(name, names)}")
    return override


def best_supplier(company: Company) -> str:
    """The supplier whose goods sold most in the last year, at cost; the first of equal ones."""
    sold = np.nansum(company.history.units[:, -YEAR:], axis=1)
    cost = company.items["unit_cost"].reindex(company.series.get_level_values("sku")).to_numpy(dtype=float)
    money = pd.Series(sold * cost).groupby(cheapest_lanes(company)["supplier"]).sum()
    if money.empty:
        raise WrongScenario("No supplier delivers anything: @best names none.")
    return str(money.idxmax())


def rows_of(company: Company, override: Override, frame: pd.DataFrame) -> Bools:
    """(rows,): the rows of a table, or of one indexed by what it describes, that the segment names."""
    table = frame.reset_index()
    named = np.ones(len(table), dtype=bool)
    for column in ("sku", "location", "supplier"):
        if getattr(override, column) and column in table.columns:
            named &= table[column].eq(getattr(override, column)).to_numpy()
    if override.category:
        of = table["category"] if "category" in table.columns else table["sku"].map(company.items["category"])
        named &= of.eq(override.category).to_numpy()
    return named


def series_of(company: Company, override: Override) -> Bools:
    """(N,): the series that the segment names, promotions aside; of a supplier: those that it delivers to."""
    series = company.series.to_frame(index=False)
    named = rows_of(company, override, series)
    if override.supplier:
        sources = company.sourcing[company.sourcing["supplier"] == override.supplier]
        named &= company.series.isin(pd.MultiIndex.from_frame(sources[["sku", "location"]]))
    return named


def cells_of(company: Company, override: Override) -> Floats:
    """(N, H): the share of each series' week that the segment names."""
    weeks = weeks_from(company.as_of, company.policy.horizon.weeks)
    cells = series_of(company, override)[:, None] * _days(override, weeks)[None, :]
    return np.minimum(cells, promoted(company, override)) if override.promo else np.asarray(cells)


def promoted(company: Company, override: Override) -> Floats:
    """(N, H): the share of each series' week that the promotions named cover."""
    weeks = weeks_from(company.as_of, company.policy.horizon.weeks)
    named = company.promotions[coming_promotions(company, override)]
    lifted = lifted_weeks(replace(company, promotions=named), weeks)
    return np.asarray((lifted.members.T.astype(float) @ lifted.share).clip(0.0, 1.0))


def coming_promotions(company: Company, override: Override) -> Bools:
    """(promotions,): those within the horizon and the override's days that the segment names."""
    table = company.promotions
    first, last = period(company, override)
    named = (pd.to_datetime(table["end"]) >= first) & (pd.to_datetime(table["start"]) <= last)
    if override.promo:
        named &= table["promo"].eq(override.promo) | table["kind"].eq(override.promo)
    touched = lifted_weeks(company, weeks_from(company.as_of, 1)).members[:, series_of(company, override)].any(axis=1)
    return np.asarray(named.to_numpy() & touched)


def period(company: Company, override: Override) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and the last day for which the override holds."""
    end = company.as_of + company.policy.horizon.weeks * WEEK - pd.Timedelta(days=1)
    first = company.as_of if override.first is None else max(pd.Timestamp(override.first), company.as_of)
    return first, end if override.last is None else min(pd.Timestamp(override.last), end)


def planned(company: Company) -> str:
    """The days that are planned, in words."""
    end = company.as_of + company.policy.horizon.weeks * WEEK - pd.Timedelta(days=1)
    return f"Planned are {company.as_of:%Y-%m-%d} to {end:%Y-%m-%d}."


def _days(override: Override, weeks: pd.DatetimeIndex) -> Floats:
    """(H,): the share of each week's days on which the override holds."""
    first = pd.Timestamp(override.first or weeks[0])
    last = pd.Timestamp(override.last or weeks[-1] + WEEK)
    return days_covered(pd.Series({"start": first, "end": last}), weeks)


def offered(company: Company, override: Override) -> str:
    """Who delivers what the override names; blank if it names no supplier."""
    rows = rows_of(company, override.model_copy(update={"supplier": ""}), company.sourcing)
    sellers = sorted(company.sourcing["supplier"][rows].unique())
    if not override.supplier or not sellers:
        return ""
    return f"That is delivered by: {', '.join(sellers[:MOST_NAMES])}{' ...' if len(sellers) > MOST_NAMES else ''}."


def no_promotion(company: Company, override: Override) -> WrongScenario:
    """What to say where the override names no coming promotion: the one that may have been meant."""
    free = override.model_copy(update={"promo": "", "first": None, "last": None})
    coming = company.promotions["promo"][coming_promotions(company, free)]
    return nothing(override, "no coming promotion touches that", nearest(override.promo, coming))


def nothing(override: Override, what: str, remedy: str = "") -> WrongScenario:
    """What to say of an override that matches nothing."""
    given = [f"{name} {getattr(override, name)!r}" for name in SEGMENT if getattr(override, name)]
    given += [f"{word} {day}" for word, day in (("from", override.first), ("to", override.last)) if day]
    where = f" ({', '.join(given)})" if given else ""
    return WrongScenario(f"{override.field}{where} matches nothing: {what}.{' ' + remedy if remedy else ''}")
