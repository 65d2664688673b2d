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


def lowest_rivals(company: Company, tables: dict[str, Floats]) -> dict[str, Floats]:
    """Least over a series' rivals of each of the ``tables`` that are the items' own; NaN: none is known."""
    groups = _groups(company)
    return {name: _least_of_others(values, groups) for name, values in tables.items() if _differs(values, groups)}


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


def _least_of_others(values: Floats, groups: np.ndarray) -> Floats:
    """The group's least; for who bears it, the least of the rest."""
    filled = np.where(np.isfinite(values), values, np.inf)
    least = np.full((int(groups.max(initial=0)) + 1, values.shape[1]), np.inf)
    next_least = least.copy()
    for row, group in enumerate(groups):
        next_least[group] = np.minimum(next_least[group], np.maximum(least[group], filled[row]))
        least[group] = np.minimum(least[group], filled[row])
    others = np.where(filled > least[groups], least[groups], next_least[groups])
    return np.where(np.isfinite(others), others, np.nan)
