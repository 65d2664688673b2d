"""A scenario applied: the company that it describes, and what its demand paths become."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.engine import Forecast, forecast
from scenarios import patch_demand, patch_limits, patch_money, patch_supply
from scenarios.comparison import APPLIED_COLUMNS
from scenarios.fields import FIELDS
from scenarios.patch import Override, Scenario, WrongScenario
from scenarios.patch_table import column
from scenarios.segment import coming_promotions, no_promotion, resolved

PROMOTED = ("promotion", "promotion_start")
DEMAND = ("demand", "uplift")
PATCHES: dict[str, Callable[[Company, Override], tuple[Company, int]]] = {
    "price": patch_money.price,
    "unit_cost": patch_money.unit_cost,
    "duty": patch_money.duty,
    "exchange_rate": patch_money.exchange_rate,
    "freight": patch_money.freight,
    "carrying_rate": patch_money.carrying_rate,
    "late_days": patch_supply.late_days,
    "supplier": patch_supply.supplier,
    "source": patch_supply.source,
    "budget": patch_limits.budget,
    "service_floor": patch_limits.service_floor,
    **dict.fromkeys(PROMOTED, patch_demand.promotions_changed),
    **{name: column for name, field in FIELDS.items() if field.table and name != "service_floor"},
}


@dataclass(frozen=True)
class Changed:
    """A scenario's company. ``demand``: the overrides that change its demand paths, in the order in which they act;
    ``anew``: whether promotions changed; ``applied``: what acted (``APPLIED_COLUMNS``).
    """

    company: Company
    demand: tuple[Override, ...]
    anew: bool
    applied: pd.DataFrame

    @property
    def forecasts(self) -> bool:
        """Whether its demand takes a forecast of its own."""
        return self.anew or any(override.field == "uplift" for override in self.demand)

    def paths(self, base: Forecast) -> Floats:
        """Its demand (S, N, H), from the base's forecast: path s stays the same future."""
        known = forecast(self.company) if self.anew else base
        demand = patch_demand.ranked_as(base, known) if self.anew else base.paths.values
        for override in self.demand:
            if override.field == "uplift":
                demand = patch_demand.uplifted(self.company, override, demand, known)
            else:
                demand = patch_demand.stretched(self.company, override, demand)
        return demand


def changed(company: Company, scenario: Scenario) -> Changed:
    """The scenario on a company; raises WrongScenario, with the override's number, if one does not fit it."""
    later, rows, before = [], [], company
    for number, asked in enumerate(scenario.in_order, start=1):
        try:
            override = resolved(company, asked)
            if override.field in DEMAND:
                cells = _touched(company, override)
                later.append(override)
            else:
                company, cells = PATCHES[override.field](company, override)
        except WrongScenario as wrong:
            raise WrongScenario(f"override {number}: {wrong}") from wrong
        rows.append(_row(scenario, override, cells))
    anew = not company.promotions.equals(before.promotions)
    return Changed(company, tuple(later), anew, pd.DataFrame(rows, columns=APPLIED_COLUMNS))


def _touched(company: Company, override: Override) -> int:
    """How many figures of demand it changes; raises WrongScenario if none."""
    if override.field == "uplift" and not coming_promotions(company, override).any():
        raise no_promotion(company, override)
    return int(np.count_nonzero(patch_demand.named_cells(company, override)))


def _row(scenario: Scenario, override: Override, cells: int) -> tuple[object, ...]:
    value = override.value if isinstance(override.value, float | str) else str(override.value)
    days = (pd.NaT if day is None else pd.Timestamp(day) for day in (override.first, override.last))
    segment = (override.sku, override.category, override.supplier, override.location, override.promo)
    return (scenario.name, override.priority, override.field, override.operation, value, *segment, *days, cells)
