"""Forecast value added: what each layer of the forecast gained in the weeks that planners overrode.

The stairstep of Gilliland, The Business Forecasting Deal (2010): naive, statistical, overridden.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.calendar import weeks_from
from data.company import Company, Floats
from forecast.candidates import Demand
from forecast.outlook import Outlook
from forecast.overrides import overridden
from forecast.scores import measures
from forecast.simple import seasonal_naive

LAYERS = ("seasonal naive", "restock", "with overrides")
ALL = "all"
COLUMNS = ["who", "layer", "weeks", "wape", "bias", "value_added"]


@dataclass(frozen=True)
class Overridden:
    """Cells in which an override held: ``actual`` (K,), what each layer said (K,), and ``who`` overrode."""

    actual: Floats
    layers: tuple[Floats, Floats, Floats]
    who: np.ndarray


def overridden_cells(
    company: Company, held: np.ndarray, actual: Floats, layers: tuple[Floats, Floats, Floats]
) -> Overridden:
    """The seen cells of (N, H) tables of one Monday in which an override held (``Layer.held``); ``layers``: means in
    the order of ``LAYERS``."""
    cells = (held >= 0) & ~np.isnan(actual)
    who = company.overrides["who"].to_numpy(dtype=object)[held[cells]]
    naive, statistical, final = layers
    return Overridden(actual[cells], (naive[cells], statistical[cells], final[cells]), who)


def looking_back(demand: Demand, outlook: Outlook) -> list[Overridden]:
    """The rolling origins with the overrides that were known on each origin's Monday."""
    company, horizon, units = demand.company, outlook.actual.shape[2], demand.seen_units
    found = []
    for number, origin in enumerate(outlook.origins if len(company.overrides) else []):
        monday = demand.weeks[origin]
        layer = overridden(company, outlook.past[number], weeks_from(monday, horizon), monday)
        naive = seasonal_naive(units[:, :origin], horizon)
        actual, past = outlook.actual[number], outlook.past[number]
        found.append(overridden_cells(company, layer.held, actual, (naive, past, layer.mean)))
    return found


def value_added(found: list[Overridden]) -> pd.DataFrame:
    """One row per planner (and "all") and layer, in their order (``COLUMNS``); empty where nothing was overridden.

    ``weeks``: series x weeks x Mondays scored; ``wape``, ``bias``: see ``accuracy_table``; ``value_added``: wape of the
    layer before less its own, above 0: it helped.
    """
    who = np.concatenate([one.who for one in found]) if found else np.empty(0, dtype=object)
    if not len(who):
        return pd.DataFrame(columns=COLUMNS)
    actual = np.concatenate([one.actual for one in found])
    means = [np.concatenate([one.layers[number] for one in found]) for number in range(len(LAYERS))]
    rows = []
    for planner in (ALL, *sorted(set(who))):
        own = np.ones(len(who), dtype=bool) if planner == ALL else who == planner
        before = float("nan")
        for layer, mean in zip(LAYERS, means, strict=True):
            told = measures(actual[own][None, :, None], mean[own][None, :, None], np.zeros(int(own.sum())))
            wape = told["wape"]
            rows.append([planner, layer, told["weeks"], wape, told["bias"], before - wape])
            before = wape
    return pd.DataFrame(rows, columns=COLUMNS)
