"""Kin: the older item that a new one is expected to follow."""

import numpy as np
import pandas as pd

from data.company import Company


def older_rows(company: Company, sold: np.ndarray) -> np.ndarray:
    """(N,) row of the item named as like, at the same location; of the one that it is like itself, where it has not
    ``sold`` (N,); -1 without one that has."""
    like = company.items["like_sku"].reindex(company.series.get_level_values("sku")).to_numpy()
    older = company.series.get_indexer(pd.MultiIndex.from_arrays([like, company.series.get_level_values("location")]))
    row = older
    for _ in range(len(sold)):
        new = (row >= 0) & ~sold[row]
        if not new.any():
            break
        row = np.where(new, older[row], row)
    return np.where((row >= 0) & sold[row], row, -1)
