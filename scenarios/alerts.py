"""Early warning: what needs a person this week, few and ranked by money."""

import pandas as pd

from data.company import Company
from forecast.paths import DemandPaths
from optimize.plan import Plan
from scenarios.alert import MOST
from scenarios.dispute_alerts import disputes
from scenarios.express_alerts import now_or_express
from scenarios.festival_alerts import under_covered
from scenarios.given_up_alerts import given_up
from scenarios.order_alerts import late_orders, limits, settled_orders
from scenarios.phantom_alerts import phantoms
from scenarios.season_alerts import season_leftovers
from scenarios.stock_out_alerts import stock_outs
from scenarios.supplier_alerts import drifting_suppliers

ALERT_COLUMNS = [
    *("rank", "kind", "sku", "location", "supplier", "week"),
    *("probability", "money_at_risk", "action", "deadline", "message"),
]
# The fewest alerts that hold this share of the money at risk, and never more than MOST.
SHARE_OF_MONEY = 0.95


def alerts(company: Company, paths: DemandPaths, plan: Plan) -> pd.DataFrame:
    """What the plan cannot mend by itself (``ALERT_COLUMNS``), the most money first.

    Kinds: runs_out_even_if_ordered (before anything ordered today can be sold), runs_out_before_next_order (its
    supplier's next order day comes too late), festival_under_covered, sales_given_up (no order pays, or a limit
    forbids it), order_now_or_express, season_leftover, late_open_order and open_order_to_settle (wait, rush or cancel,
    as planned), supplier_drifts_late, phantom_stock, stock_in_dispute, limit_gave. ``company``: with its open orders as
    the plan settles them.
    """
    found = [
        *stock_outs(company, paths, plan),
        *under_covered(company, paths, plan),
        *given_up(company, paths, plan),
        *now_or_express(company, paths, plan),
        *season_leftovers(company, paths, plan),
        *late_orders(company, paths, plan),
        *settled_orders(company, plan),
        *phantoms(company, paths),
        *disputes(company),
        *drifting_suppliers(company, paths, plan),
        *limits(company, plan),
    ]
    worst_first = sorted(found, key=lambda alert: (-alert.money_at_risk, alert.kind, alert.sku, alert.location))
    table = pd.DataFrame([vars(alert) for alert in worst_first], columns=ALERT_COLUMNS)
    earlier = table["money_at_risk"].cumsum().shift(fill_value=0.0)
    few: pd.DataFrame = table[earlier < SHARE_OF_MONEY * table["money_at_risk"].sum()].head(MOST)
    return few.assign(rank=range(1, len(few) + 1))
