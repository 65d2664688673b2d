"""Alerts on promotions that the plan does not cover: festivals that will sell more than there will be."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats
from forecast.paths import DemandPaths
from optimize.plan import Plan
from optimize.stock_flow import Flags
from scenarios.alert import Alert, article, day, key, listed, money, units
from scenarios.lanes import earliest_arrival
from scenarios.shelf import shelves, supplies

UNDER_COVERED = "festival_under_covered"
# A promotion that loses less than this share of its demand is covered.
MUCH = 0.05


@dataclass(frozen=True)
class Promotion:
    """A promotion to come: the weeks 0..H-1 that it touches, and which series (N,) it promotes."""

    name: str
    start: pd.Timestamp
    end: pd.Timestamp
    weeks: range
    promoted: Flags


def under_covered(company: Company, paths: DemandPaths, plan: Plan) -> list[Alert]:
    """Promotions to come of which the plan loses more than a twentieth of the demand, one alert each.

    Money at risk: the margin of the sales lost in its weeks, open orders and the plan's own counted in; probability:
    that an article runs out in them, each weighed by its money. Deadline: the day by which what is ordered on the
    fastest way can be there in time, today if it is past.
    """
    coming = list(_coming(company, paths))
    if not coming:
        return []
    parts: list[list[Floats]] = [[] for _ in coming]
    for shelf in shelves(company, paths, supplies(company, paths, plan)):
        for promotion, short in zip(coming, parts, strict=True):
            short.append(shelf.lost[:, :, promotion.weeks.start : promotion.weeks.stop].sum(axis=2))
    short_of = [np.concatenate(short, axis=1) for short in parts]
    found = [_alert(company, paths, short, promotion) for promotion, short in zip(coming, short_of, strict=True)]
    return [alert for alert in found if alert is not None]


def _coming(company: Company, paths: DemandPaths) -> Iterator[Promotion]:
    """Promotions that begin after today, rows of one name and period together."""
    sku = company.series.get_level_values("sku")
    category = company.items["category"].reindex(sku).to_numpy()
    location = company.series.get_level_values("location")
    table = company.promotions
    ahead = table[(table["start"] > company.as_of) & (table["start"] < paths.weeks[-1] + WEEK)]
    for name, rows in ahead.groupby(["promo", "start", "end"], sort=True):
        start, end = rows["start"].iloc[0], rows["end"].iloc[0]
        first = int((start - company.as_of) // WEEK)
        last = min(int((end - company.as_of) // WEEK), len(paths.weeks) - 1)
        promoted = np.zeros(len(sku), dtype=bool)
        for row in rows.to_dict(orient="records"):
            named = (sku == row["sku"]) if row["sku"] else (category == row["category"]) | (row["category"] == "")
            promoted |= np.asarray(named) & ((location == row["location"]) | (row["location"] == ""))
        yield Promotion(str(name[0]), start, end, range(first, last + 1), promoted)


def _alert(company: Company, paths: DemandPaths, lost: Floats, promotion: Promotion) -> Alert | None:
    """``lost`` (S, N): units that each series loses in the promotion's weeks."""
    part = slice(promotion.weeks.start, promotion.weeks.stop)
    rows = np.flatnonzero(promotion.promoted)
    short = lost[:, rows]
    wanted = float(paths.values[:, rows, part].sum(axis=(1, 2)).mean())
    margins = company.items["shortage_cost"].reindex(company.series.get_level_values("sku")).to_numpy(dtype=float)
    by_series = short.mean(axis=0) * margins[rows]
    missing, at_risk = float(short.sum(axis=1).mean()), float(by_series.sum())
    if at_risk <= 0 or missing < MUCH * wanted:
        return None
    worst = [int(rows[at]) for at in np.argsort(-by_series, kind="stable") if by_series[at] > 0]
    fastest = earliest_arrival(company, company.as_of)[worst]
    in_time = promotion.weeks.start - fastest[np.isfinite(fastest)].min(initial=np.inf)
    deadline = company.as_of + max(int(in_time), 0) * WEEK if np.isfinite(in_time) else company.as_of
    names = [article(company, *key(company, row)) for row in worst]
    single = len(rows) == 1
    return Alert(
        kind=UNDER_COVERED,
        sku=key(company, int(rows[0]))[0] if single else "",
        location=key(company, int(rows[0]))[1] if single else "",
        supplier="",
        week=paths.weeks[promotion.weeks.start],
        probability=float(((short > 0).mean(axis=0) * by_series).sum() / at_risk),
        money_at_risk=at_risk,
        action=f"Find {units(missing)} more for it by {day(promotion.start)}: rush, move, or promote something else",
        deadline=deadline,
        message=f"{promotion.name} ({day(promotion.start)} to {day(promotion.end)}) is expected to lose sales of "
        f"{units(missing)}, {missing / wanted:.0%} of its demand and {money(company, at_risk)} of margin, although all "
        f"is ordered that pays: {listed(names)}.",
    )
