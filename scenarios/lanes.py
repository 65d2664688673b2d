"""What a purchaser looks up before ordering: the suppliers' order days, what can be sold when, and at what price."""

import numpy as np
import pandas as pd

from data.calendar import WEEK
from data.company import Company, Floats


def weeks_to_order_day(company: Company, monday: pd.Timestamp) -> pd.Series:
    """Weeks from ``monday`` to each supplier's next order day (0: today); a cycle without a date starts at as_of."""
    start = (company.suppliers["first_order"].fillna(company.as_of) - monday) // WEEK
    every = company.suppliers["order_every_weeks"].astype(int)
    return start.where(start >= 0, start % every)


def earliest_arrival(company: Company, monday: pd.Timestamp) -> Floats:
    """Weeks (N,) from ``monday`` until something that is not yet ordered can be sold, rush included; inf: never."""
    sourcing = company.sourcing
    fastest = sourcing[["lead_time_weeks", "expedite_lead_time_weeks"]].min(axis=1)
    weeks = fastest + sourcing["supplier"].map(weeks_to_order_day(company, monday))
    by_series = weeks.groupby([sourcing["sku"], sourcing["location"]]).min().reindex(company.series)
    return by_series.fillna(np.inf).to_numpy(dtype=float)


def paid_unit_cost(company: Company, lines: pd.DataFrame) -> pd.Series:
    """What a unit costs on each order line (supplier, sku, units, unit_cost), price breaks (all units) applied."""
    breaks = company.price_breaks
    if breaks.empty:
        return lines["unit_cost"]
    keyed = lines.reset_index(names="line")[["line", "supplier", "sku", "units"]]
    reached = keyed.merge(breaks, on=["supplier", "sku"]).query("units >= from_units").sort_values("from_units")
    tier = reached.drop_duplicates("line", keep="last").set_index("line")["unit_cost"]
    return tier.reindex(lines.index).fillna(lines["unit_cost"])


def next_regular(company: Company) -> pd.DataFrame:
    """Each series' regular lane from which a new order can be sold first, one row per series.

    Columns: supplier, ``wait`` weeks to its order day, ``arrives_in`` weeks; missing where nobody sells it.
    """
    table = company.sourcing[["sku", "location", "supplier", "lead_time_weeks"]]
    wait = table["supplier"].map(weeks_to_order_day(company, company.as_of))
    table = table.assign(wait=wait, arrives_in=wait + table["lead_time_weeks"])
    soonest = table.sort_values(["arrives_in", "supplier"], kind="stable").drop_duplicates(["sku", "location"])
    columns = ["supplier", "wait", "arrives_in"]
    return soonest.set_index(["sku", "location"])[columns].reindex(company.series).reset_index(drop=True)
