"""Rivals: the other items of a category at the same place, whose prices and promotions take demand or leave it."""

import numpy as np
import pandas as pd

from data.company import Company, Floats


def rivals(company: Company, tables: dict[str, Floats]) -> dict[str, Floats]:
    """Mean over a series' rivals of each of the ``tables`` (N, weeks) that are the items' own; NaN: none is known.

    A table that says the same of all items of a category and place, such as a holiday, is nobody's own and left out.
    """
    groups = _groups(company)
    return {name: _others(values, groups) for name, values in tables.items() if _differs(values, groups)}


def _groups(company: Company) -> np.ndarray:
    """Number of each series' category and location."""
    skus = company.series.get_level_values("sku")
    categories = company.items["category"].fillna("").astype(str).reindex(skus).to_numpy()
    keys = pd.MultiIndex.from_arrays([categories, company.series.get_level_values("location")])
    codes: np.ndarray = pd.factorize(keys)[0]
    return codes


def _differs(values: Floats, groups: np.ndarray) -> bool:
    order = np.argsort(groups, kind="stable")
    same = groups[order][1:] == groups[order][:-1]
    above, below = values[order][1:][same], values[order][:-1][same]
    return bool((np.isfinite(above) & np.isfinite(below) & (above != below)).any())


def _others(values: Floats, groups: np.ndarray) -> Floats:
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    total, count = np.zeros((2, int(groups.max(initial=0)) + 1, values.shape[1]))
    np.add.at(total, groups, filled)
    np.add.at(count, groups, known)
    others = count[groups] - known
    return np.asarray(np.where(others > 0, (total[groups] - filled) / np.maximum(others, 1), np.nan))
