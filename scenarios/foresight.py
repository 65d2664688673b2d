"""Perfect foresight: the floor that no forecast can go below."""

from dataclasses import replace

import numpy as np
import pandas as pd

from data.company import Company
from data.progress import Progress, silent
from optimize.planner import plan
from scenarios.replay import Decide
from scenarios.world import World


def perfect_foresight(world: World, progress: Progress = silent) -> Decide:
    """Decisions of the planner that knows on the first Monday what each week will sell, to the last week that counts.

    All suppliers keep their promises. Lead times, packs, minimums, order days and capacity bind as they do for the
    others; all of its orders are decided exactly. Where nothing but the lead time binds, each unit arrives in the week
    in which it sells.
    """
    policy = world.company.policy
    horizon = policy.horizon.model_copy(update={"weeks": len(world.weeks), "firm_weeks": len(world.weeks)})
    company = replace(
        world.company.as_known_on(world.first, world.stock, world.open_orders),
        policy=policy.model_copy(update={"horizon": horizon}),
        receipts=world.company.receipts.iloc[:0],
        sourcing=world.company.sourcing.assign(lead_time_sd=0.0),
    )
    last = np.where(world.counted, np.arange(len(world.weeks)), -1).max(axis=1, initial=-1)
    sells = world.demand * (np.arange(len(world.weeks)) <= last[:, None])
    orders = plan(company, sells[None], progress).orders

    def decide(known: Company) -> pd.DataFrame:
        return orders[orders["order_date"].eq(known.as_of)]

    return decide
