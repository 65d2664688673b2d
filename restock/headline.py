"""A run in one sentence and five figures, the same on the page, in the workbook and on the terminal."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from restock.wording import Money, counted, day, number, share
from scenarios.run import Run
from scenarios.shelf import shelves, supplies
from scenarios.time_limit import STOPPED

TERMS = {
    "purchase": "Goods bought",
    "expedite": "Extra for rush orders",
    "payment_terms": "Worth of paying suppliers later",
    "clearance": "Brought in by clearance",
    "transfers": "Moving goods between locations",
    "ordering": "Order charges",
    "containers": "Containers",
    "holding": "Holding stock",
    "lost_sales": "Sales lost (margin and goods)",
    "stock_value": "Value of the stock left at the end",
    "open_orders": "Open orders rushed, or cancelled and not paid",
    "limits": "Price of limits that had to give",
}

PROVEN = 0.05
"""The gap up to which a plan is called good without a warning."""


@dataclass(frozen=True)
class Tile:
    """A headline figure: what it is, the figure, and one line on how to read it."""

    title: str
    figure: str
    note: str


@dataclass(frozen=True)
class Headline:
    """What stands at the top, wherever a run is shown; ``terms``: the expected cost by what it is paid for."""

    sentence: str
    tiles: list[Tile]
    terms: list[tuple[str, float]]
    proof: str


def headline(run: Run) -> Headline:
    """The run's headline; plays the stock on hand through the paths once."""
    return Headline(sentence(run), tiles(run), cost_terms(run), proof(run))


def money_of(run: Run) -> Money:
    """Writes amounts in the run's currency."""
    return Money(run.company.policy.money.currency)


def lost_margin_without_orders(run: Run) -> float:
    """Expected margin lost over the horizon if only what is on the shelf and on order could be sold.

    As in the plan's projection, weeks after a product's season do not count.
    """
    company, paths = run.company, run.forecast.paths
    items = company.items.reindex(company.series.get_level_values("sku"))
    season_end = items["season_end"].fillna(paths.weeks[-1]).to_numpy()
    counts = paths.weeks.to_numpy()[None, :] <= season_end[:, None]
    unordered = run.plan.without_orders()
    lost = np.zeros(len(items))
    for shelf in shelves(company, paths, supplies(company, paths, unordered)):
        part = slice(shelf.rows.start, shelf.rows.stop)
        lost[part] = (shelf.lost.mean(axis=0) * counts[part]).sum(axis=1)
    return float(lost @ items["shortage_cost"].to_numpy(dtype=float))


def sentence(run: Run) -> str:
    """What to do today and what it is worth."""
    weeks = counted(len(run.forecast.paths.weeks), "week")
    money, kpis = money_of(run), run.kpis
    met = f"With this plan {share(kpis['fill_rate'], 1)} of the demand of the next {weeks} is met."
    if not kpis["order_lines"]:
        later = run.plan.orders["order_date"].min()
        following = "No order is planned." if pd.isna(later) else f"The next order is planned for {day(later)}."
        return f"Nothing to order this week. {following} {met}"
    lines = counted(int(kpis["order_lines"]), "line")
    suppliers = counted(int(kpis["order_suppliers"]), "supplier")
    return f"Order {lines} from {suppliers} today, for {money(kpis['order_value'])}. {met}"


def tiles(run: Run) -> list[Tile]:
    """The five headline figures."""
    money, kpis = money_of(run), run.kpis
    weeks = counted(len(run.forecast.paths.weeks), "week")
    products = len(run.company.series)
    avoided = lost_margin_without_orders(run) - kpis["lost_margin"]
    out = kpis["stock_out_weeks"]
    return [
        Tile("Spend now", money(kpis["order_value"]), f"{number(kpis['order_units'])} units, to order today"),
        Tile("Expected cost", money(run.plan.objective), f"over {weeks}: goods, orders, stock, lost sales"),
        Tile("Lost margin avoided", money(avoided), f"over {weeks}, against ordering nothing"),
        Tile("Fill rate", share(kpis["fill_rate"], 1), f"of the demand of {weeks} is met from stock"),
        Tile("Stock-out risk", share(out / products if products else 0.0, 1), out_of(out, products)),
    ]


def out_of(out: float, products: int) -> str:
    """How many products run out in an average week."""
    about = number(out) if out >= 10 else number(out, 1)
    return f"about {about} of {products:,} run out in an average week"


def proof(run: Run) -> str:
    """How good the plan is known to be, without a solver's words."""
    plan = run.plan
    if STOPPED in plan.stopped:
        return "The time was up before the whole job was done: this is its first plan, from a simpler forecast."
    if plan.status == "heuristic":
        return "The plan was found by a rule in the time allowed; how far it is from the best one is not known."
    if plan.status == "optimal" and plan.gap <= 1e-6:
        return "No cheaper plan exists for these forecasts and limits."
    if plan.gap <= PROVEN:
        return f"No other plan for these forecasts and limits can save more than {share(plan.gap, 2)} of this cost."
    return (
        f"The search stopped at its time limit; a better plan might save up to {share(plan.gap)} of the expected cost. "
        "Allow more time in restock.toml: seconds under [solver]."
    )


def cost_terms(run: Run) -> list[tuple[str, float]]:
    """The expected cost by what it is paid for, in the model's order; terms that cost nothing are left out."""
    known = [term for term in TERMS if term in run.plan.costs]
    others = sorted(set(run.plan.costs) - set(known))
    amounts = [(TERMS.get(term, term.replace("_", " ").capitalize()), run.plan.costs[term]) for term in known + others]
    return [(label, amount) for label, amount in amounts if abs(amount) >= 0.005]
