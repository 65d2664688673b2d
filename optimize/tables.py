"""The plan as tables: what to order and why, what stock follows, which limits had to give."""

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company
from optimize.approved import Approved
from optimize.arrivals import as_it_comes
from optimize.checker import given
from optimize.explain import reasons
from optimize.instance import Decisions, Instance
from optimize.limit_table import Binding, price_notes
from optimize.plan import ORDER_COLUMNS, PROJECTION_COLUMNS
from optimize.stock_flow import play


def order_table(
    company: Company, instance: Instance, decisions: Decisions, limits: list[Binding], known: Approved | None
) -> pd.DataFrame:
    """One row per order line, with its reason (``ORDER_COLUMNS``). ``known``: the approved plan, if there is one."""
    currency = company.policy.money.currency
    notes = price_notes(limits, currency)
    why = reasons(instance, decisions, currency, notes if known is None else known.told(instance, decisions, notes))
    suppliers = company.suppliers.index
    rows = []
    for q in decisions.ordered(instance):
        slot = instance.slots[q]
        lane = slot.lane
        sku, location = company.series[lane.series]
        units = int(lane.pack * decisions.packs[q])
        ordered = company.as_of + pd.Timedelta(weeks=slot.order_week)
        arrives = company.as_of + pd.Timedelta(weeks=lane.due(slot.order_week))
        firm = int(slot.order_week < instance.firm_weeks)
        where = (suppliers[lane.supplier], sku, location)
        rows.append(
            (ordered, arrives, *where, units, lane.unit_cost, units * lane.unit_cost, int(lane.expedite), firm, why[q])
        )
    table = pd.DataFrame(rows, columns=ORDER_COLUMNS)
    table = table.astype({"units": "int64", "expedite": "int64", "firm": "int64", "unit_cost": float, "value": float})
    return table.sort_values(["order_date", "supplier", "sku", "location", "expedite"], ignore_index=True)


def projection_table(company: Company, instance: Instance, decisions: Decisions) -> pd.DataFrame:
    """Stock and lost sales when the paths meet the plan, lost sales played exactly (``PROJECTION_COLUMNS``)."""
    stock, lost = play(instance.stock, as_it_comes(instance, decisions), instance.demand)
    over = np.arange(stock.shape[2]) >= np.array([one.end for one in instance.series])[:, None]
    stock[:, over], lost[:, over] = 0.0, 0.0
    low, high = np.quantile(stock, [0.1, 0.9], axis=0)
    weeks = weeks_from(company.as_of, stock.shape[2])
    columns = [
        np.repeat(company.series.get_level_values("sku"), len(weeks)),
        np.repeat(company.series.get_level_values("location"), len(weeks)),
        np.tile(weeks, len(company.series)),
        *(part.ravel() for part in (stock.mean(axis=0), low, high, (lost > 1e-9).mean(axis=0), lost.mean(axis=0))),
    ]
    return pd.DataFrame(dict(zip(PROJECTION_COLUMNS, columns, strict=True)))


def given_table(company: Company, instance: Instance, decisions: Decisions) -> pd.DataFrame:
    """The limits that had to give: kind, name, week, amount, price."""
    rows = [
        (one.kind, one.name, company.as_of + pd.Timedelta(weeks=one.week), one.amount, one.price)
        for one in given(instance, decisions, range(len(instance.series)))
    ]
    return pd.DataFrame(rows, columns=["kind", "name", "week", "amount", "price"])
