"""What a replay cost and how it served, from the weeks that count."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company, Floats
from scenarios.replay import Replay
from scenarios.world import World

WEEKS_PER_YEAR = 52
COST_TERMS = ["holding", "lost_margin", "order_charges", "surcharge", "write_down"]


@dataclass(frozen=True)
class Prices:
    """Per series (N,): holding cost a week, margin lost per unit, unit cost, and what a unit loses at season's end."""

    holding: Floats
    margin: Floats
    unit_cost: Floats
    loss_in_value: Floats

    @classmethod
    def of(cls, company: Company) -> "Prices":
        """The prices of the company's series."""
        items = company.items.loc[company.series.get_level_values("sku")]

        def column(name: str) -> Floats:
            return items[name].to_numpy(dtype=float)

        loss = np.maximum(column("unit_cost") - column("salvage_value"), 0.0)
        return cls(column("holding_cost"), column("shortage_cost"), column("unit_cost"), loss)


def by_series_and_week(world: World, replay: Replay) -> pd.DataFrame:
    """One row per series and week that counts: policy, sku, location, week, units demanded, lost and left, the value of
    what is left, and the money of holding, lost_margin and write_down."""
    prices = Prices.of(world.company)
    rows, weeks = np.nonzero(world.counted)
    series = world.company.series[rows]
    stock, lost, demand = (table[rows, weeks] for table in (replay.stock, replay.lost, world.demand))
    ends = world.season_ends()[rows, weeks]
    return pd.DataFrame(
        {
            "policy": replay.policy,
            "sku": series.get_level_values("sku"),
            "location": series.get_level_values("location"),
            "week": world.weeks[weeks],
            "demand": demand,
            "lost": lost,
            "stock": stock,
            "stock_value": stock * prices.unit_cost[rows],
            "sold_value": (demand - lost) * prices.unit_cost[rows],
            "holding": stock * prices.holding[rows],
            "lost_margin": lost * prices.margin[rows],
            "write_down": stock * prices.loss_in_value[rows] * ends,
        }
    )


def by_round(world: World, replay: Replay) -> pd.DataFrame:
    """One row per Monday: policy, week, lines, units, value ordered, order_charges and surcharge.

    order_charges: each order (supplier and day) costs the supplier's order_cost. surcharge: what was
    paid above the items' own unit cost (negative: a discount).
    """
    orders = replay.orders
    usual = orders["sku"].map(world.company.items["unit_cost"])
    paid = orders.assign(surcharge=(orders["unit_cost"] - usual) * orders["units"])
    sums = paid.groupby("order_date").agg(
        lines=("sku", "size"), units=("units", "sum"), value=("value", "sum"), surcharge=("surcharge", "sum")
    )
    charged = orders.drop_duplicates(["order_date", "supplier"])
    charges = charged["supplier"].map(world.company.suppliers["order_cost"]).groupby(charged["order_date"]).sum()
    table = sums.assign(order_charges=charges).reindex(world.weeks[: world.rounds]).fillna(0.0)
    return table.rename_axis("week").reset_index().assign(policy=replay.policy)


def figures(detail: pd.DataFrame, rounds: pd.DataFrame) -> dict[str, float]:
    """A replay in figures: cost and its terms, and how it served.

    fill_rate; stock_turns: goods sold in a year over the mean stock; stock_out_rate: share of the series' weeks that
    lost a sale; stock_value: mean over the weeks, at cost; demand and lost: units.
    """
    weeks = max(detail["week"].nunique(), 1)
    costs = {term: float(detail[term].sum()) for term in ("holding", "lost_margin")}
    costs |= {term: float(rounds[term].sum()) for term in ("order_charges", "surcharge")}
    costs["write_down"] = float(detail["write_down"].sum())
    stock_value, sold_value = detail["stock_value"].sum() / weeks, detail["sold_value"].sum() / weeks
    demand = detail["demand"].sum()
    return {
        "cost": sum(costs.values()),
        **costs,
        "fill_rate": 1.0 - detail["lost"].sum() / demand if demand else 1.0,
        "stock_turns": WEEKS_PER_YEAR * sold_value / stock_value if stock_value else float("nan"),
        "stock_out_rate": float(detail["lost"].gt(0).mean()) if len(detail) else 0.0,
        "stock_value": float(stock_value),
        "demand": float(demand),
        "lost": float(detail["lost"].sum()),
    }
