"""Open orders as the plan settles them: when each is expected, what is done with it, what that saves and why."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company
from optimize.explain import in_money
from optimize.lead_times import Spread, told
from optimize.open_decisions import CANCEL, RUSH, WAIT, Settled, after
from optimize.open_orders import arrival_spreads, open_orders
from optimize.plan import OPEN_ORDER_COLUMNS

REORDER = "reorder"
TRIED = {WAIT: "waiting", RUSH: "rushing it", CANCEL: "cancelling it"}


def open_order_table(company: Company, settled: Settled, orders: pd.DataFrame) -> pd.DataFrame:
    """One row (``OPEN_ORDER_COLUMNS``) per open order line, in the company's order; ``orders``: the plan's own.

    A cancelled line of an article that the plan orders in its firm weeks is reordered.
    """
    known = told(company)
    kept = iter(arrival_spreads(after(company, settled.actions), known))
    firm = orders[orders["firm"].eq(1)].sort_values("order_date", kind="stable")
    anew = dict(list(firm.groupby(["sku", "location"], sort=False)))
    rows = []
    for number, line in enumerate(open_orders(company).to_dict(orient="records")):
        action, again = settled.actions[number], anew.get((line["sku"], line["location"]))
        spread = None if action == CANCEL else next(kept)
        named = REORDER if action == CANCEL and again is not None else action
        expected = pd.NaT if spread is None else company.as_of + int(spread.at(np.array([0.5]))[0]) * WEEK
        carried = known.transit.get(line["supplier"], []) if action == WAIT and pd.notna(line["shipped_on"]) else []
        why = (*_when(company, line, spread, carried), *_why(company, settled, number, line, spread, again))
        what = [line[name] for name in ("po", "sku", "location", "supplier", "units", "due")]
        rows.append((*what, expected, named, settled.saved.get(number, 0.0), " ".join(why)))
    table = pd.DataFrame(rows, columns=OPEN_ORDER_COLUMNS)
    return table.astype({"due": "datetime64[ns]", "expected_arrival": "datetime64[ns]", "units": float, "money": float})


def _alone(settled: Settled, number: int) -> str:
    """Why no other choice is told of an order."""
    if number not in settled.rivals:
        return "It can be neither rushed nor cancelled."
    if not settled.in_time:
        return "The time was up before other choices could be weighed."
    return "No other choice makes the whole plan cheaper."


def _when(
    company: Company, line: dict[Any, Any], spread: Spread | None, carried: list[tuple[int, float]]
) -> Iterator[str]:
    """How late an order is and when it comes; ``carried``: days that its carriers took before, once it is shipped."""
    if line["due"] < company.as_of:
        yield f"Overdue by {(company.as_of - line['due']).days} days."
    if carried:
        least, most = min(carried)[0], max(carried)[0]
        days = f"{least} to {most} days" if least < most else f"{least} days"
        yield f"Shipped on {line['shipped_on']:%Y-%m-%d}: this supplier's carriers took {days} before."
    if spread is not None and not spread.certain:
        low, high = (f"{company.as_of + int(week) * WEEK:%Y-%m-%d}" for week in spread.at(np.array([0.1, 0.9])))
        yield f"It comes {f'between {low} and {high}' if low < high else f'on {low}'} in four cases of five."


def _why(
    company: Company, settled: Settled, number: int, line: dict[Any, Any], spread: Spread | None, again: Any
) -> Iterator[str]:
    """What each other choice would cost more, and what is ordered instead or beside."""
    rivals = settled.rivals.get(number, {})
    for action, more in sorted(rivals.items(), key=lambda one: one[1]):
        yield f"{TRIED[action].capitalize()} would cost {in_money(max(more, 0.0), company.policy.money.currency)} more."
    if not rivals:
        yield _alone(settled, number)
    if again is not None and (line["due"] < company.as_of or spread is None):
        first = again.iloc[0]
        comes = f"{int(first['units']):,} units are ordered on {first['order_date']:%Y-%m-%d}"
        beside = "Instead" if spread is None else "Beside it"
        yield f"{beside}, {comes}, promised for {first['arrival_date']:%Y-%m-%d}."
