"""What it is worth to plan with lead times as distributions: a closed loop in which suppliers deliver late.

Forty articles of four suppliers, replanned on 30 Mondays; demand and its paths come from the same distributions, so
that only the lead times differ. Each supplier's past deliveries (40, over two years) are drawn from its true lateness,
and so is every order of the loop, alike for all policies. Three policies run through the planner:

    promises      what suppliers promise is taken at its word
    mean          every lead time is longer by the mean lateness of the receipts, in whole weeks
    distribution  the receipts as they are: late orders, and the orders to come, as distributions

Cost is holding and lost margin from the week in which an order of the loop can be sold; what is on the shelf at the end
beyond the mean of a lead time's demand does not count otherwise. All policies meet the same futures. Read the last
lines: what distribution saves, and its standard error over the futures.

    python benchmarks/late_suppliers.py
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from data.company import Company, Floats
from data.gate import read_company
from data.policy import Forecast, Horizon
from optimize.lead_times import told
from optimize.planner import plan
from optimize.stock_flow import play

FIRST = pd.Timestamp("2026-03-02")
WEEK = pd.Timedelta(weeks=1)
ROUNDS, HORIZON, PATHS, FUTURES = 30, 12, 100, 10
ARTICLES = 40
LATE = {"A": (0.7, 0.2, 0.1), "B": (0.4, 0.2, 0.2, 0.1, 0.1), "C": (0.5, 0.0, 0.0, 0.5), "D": (0.8, 0.0, 0.0, 0.0, 0.2)}
LEAD = {"A": 2, "B": 3, "C": 3, "D": 4}


def main() -> None:
    """All futures, one line each, then their sums and what distribution saves."""
    futures = []
    for future in range(FUTURES):
        with tempfile.TemporaryDirectory() as folder:
            company = _company(Path(folder), future)
        policies = {"promises": _punctual(company), "mean": _longer(company), "distribution": company}
        futures.append({name: _loop(one, future) for name, one in policies.items()})
        print(f"future {future}: {_figures(pd.Series(futures[-1]))}", flush=True)
    costs = pd.DataFrame(futures)
    print(f"all: {_figures(costs.sum())}")
    for other in ("promises", "mean"):
        saved = costs[other] - costs["distribution"]
        share, error = saved.sum() / costs[other].sum(), saved.std() * FUTURES**0.5 / costs[other].sum()
        print(f"distribution saves {share:.1%} (standard error {error:.1%}) against {other}")


def _figures(cost: pd.Series) -> str:
    return ", ".join(f"{policy} {amount:,.0f}" for policy, amount in cost.items())


def _supplier(article: int) -> str:
    return list(LATE)[article % len(LATE)]


def _company(folder: Path, future: int) -> Company:
    """The company with its suppliers' past deliveries, written and read as any other."""
    rng = np.random.default_rng([future, 1])
    skus = [f"{_supplier(n)}{n:02d}" for n in range(ARTICLES)]
    cost = rng.uniform(5, 20, ARTICLES).round(2)
    items = pd.DataFrame({"sku": skus, "unit_cost": cost, "price": (1.8 * cost).round(2), "holding_cost": 0.02 * cost})
    sourcing = pd.DataFrame({"sku": skus, "supplier": [_supplier(n) for n in range(ARTICLES)]})
    sourcing["lead_time_weeks"] = sourcing["supplier"].map(LEAD)
    receipts = []
    for supplier, shares in LATE.items():
        late = rng.choice(len(shares), 40, p=shares)
        promised = [FIRST - (99 - 2 * n) * WEEK for n in range(40)]
        for n, (day, weeks) in enumerate(zip(promised, late.tolist(), strict=True)):
            sku = next(one for one in skus if one.startswith(supplier))
            placed, came = day - LEAD[supplier] * WEEK, day + weeks * WEEK
            receipts.append((f"{supplier}-{n}", sku, 10, supplier, placed, day, came))
    columns = ["po", "sku", "units", "supplier", "ordered_on", "promised_on", "received_on"]
    tables = {
        "items": items,
        "sourcing": sourcing,
        "receipts": pd.DataFrame(receipts, columns=columns),
        "stock": pd.DataFrame({"sku": skus, "on_hand": 0}),
        "sales": pd.DataFrame({"sku": skus, "date": FIRST - WEEK, "units": 5}),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    company, _ = read_company(folder, FIRST)
    horizon, forecast = Horizon(weeks=HORIZON, firm_weeks=1), Forecast(paths=PATHS)
    policy = company.policy.model_copy(update={"horizon": horizon, "forecast": forecast})
    return replace(company, policy=policy)


def _punctual(company: Company) -> Company:
    return replace(company, receipts=company.receipts.iloc[:0])


def _longer(company: Company) -> Company:
    mean = {name: round(late.mean) for name, late in told(company).late.items()}
    weeks = company.sourcing["lead_time_weeks"] + company.sourcing["supplier"].map(mean)
    return replace(_punctual(company), sourcing=company.sourcing.assign(lead_time_weeks=weeks))


def _demand(rng: np.random.Generator, levels: Floats, shape: tuple[int, ...]) -> Floats:
    return rng.negative_binomial(4.0, 4.0 / (4.0 + levels[:, None]), shape).astype(float)


def _loop(company: Company, future: int) -> float:
    """Holding and lost margin of a policy in one future."""
    rng = np.random.default_rng([future, 2])
    levels = rng.uniform(2, 30, ARTICLES)
    weeks = ROUNDS + max(LEAD.values()) + max(len(shares) for shares in LATE.values())
    real = _demand(rng, levels, (ARTICLES, weeks))
    late = {name: rng.choice(len(shares), ROUNDS, p=shares) for name, shares in LATE.items()}
    suppliers = company.sourcing["supplier"].to_numpy()
    lead = np.array([LEAD[name] for name in suppliers])
    shelf, cost = np.ceil(levels * (lead + 1.5)), 0.0
    coming = company.open_orders.assign(comes=pd.Series(dtype="datetime64[ns]"))
    items = company.items.loc[company.series.get_level_values("sku")]
    holding, margin = items["holding_cost"].to_numpy(), items["shortage_cost"].to_numpy()
    for week in range(ROUNDS):
        monday = FIRST + week * WEEK
        known = _known(company, monday, shelf, coming)
        paths = _demand(np.random.default_rng([future, 3, week]), levels, (PATHS, ARTICLES, HORIZON))
        orders = plan(known, paths).due_now()
        placed = _placed(orders, monday, {name: int(own[week]) for name, own in late.items()})
        coming = pd.concat([table for table in (coming, placed) if len(table)] or [coming], ignore_index=True)
        now = coming["comes"].le(monday)
        received = coming[now].groupby("sku")["units"].sum().reindex(items.index).fillna(0.0).to_numpy()
        coming = coming[~now]
        left, lost = play(shelf, received[:, None], real[:, week : week + 1])
        shelf = left[:, 0]
        counted = week >= lead
        cost += float(((holding * shelf + margin * lost[:, 0]) * counted).sum())
    return cost


def _known(company: Company, monday: pd.Timestamp, shelf: Floats, coming: pd.DataFrame) -> Company:
    stock = company.stock.assign(on_hand=shelf)
    expected = coming["week"].where(coming["week"] >= monday, monday + WEEK)
    return company.as_known_on(monday, stock, coming.assign(week=expected).drop(columns="comes").reset_index(drop=True))


def _placed(orders: pd.DataFrame, monday: pd.Timestamp, late: dict[str, int]) -> pd.DataFrame:
    """Orders as promised by the supplier itself, and the Monday on which they really come."""
    promised = monday + orders["supplier"].map(LEAD) * WEEK
    comes = promised + orders["supplier"].map(late) * WEEK
    table = orders[["supplier", "sku", "location"]].assign(units=orders["units"].astype(float), due=promised)
    return table.assign(po=f"{monday:%y%m%d}", ordered_on=monday, week=promised, comes=comes)


if __name__ == "__main__":
    main()
