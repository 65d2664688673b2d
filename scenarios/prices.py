"""What a unit sells for in weeks to come."""

import numpy as np
import pandas as pd

from data.company import Company, Floats
from forecast.known_ahead import drivers_ahead, promotions_ahead


def selling_prices(company: Company, weeks: pd.DatetimeIndex) -> Floats:
    """Money per unit (N, H): the price that the drivers tell; else the item's, less its promotions' discount on the
    share of the week that they cover.
    """
    usual = company.items["price"].reindex(company.series.get_level_values("sku")).to_numpy(dtype=float)
    discount = promotions_ahead(company, weeks).get("promotion_discount", np.zeros((len(usual), len(weeks))))
    price = usual[:, None] * (1.0 - np.clip(discount, 0.0, 1.0))
    told = drivers_ahead(company, weeks).get("driver_price", np.full(price.shape, np.nan))
    return np.where(np.isnan(told), price, told)
