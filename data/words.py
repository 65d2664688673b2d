"""Columns of text as categoricals: each distinct word is held, changed and read once."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd


def reworded(column: pd.Series, words: Sequence[str]) -> pd.Series:
    """The column with its categories, in their order, replaced by ``words``, which may repeat."""
    distinct, position = np.unique(np.array(words, dtype=object), return_inverse=True)
    codes: Any = position[column.cat.codes.to_numpy()] if len(column) else np.zeros(0, dtype=int)
    text = pd.Categorical.from_codes(codes, pd.Index(distinct, dtype=object))
    changed: pd.Series = pd.Series(text, index=column.index, name=column.name)
    return changed


def constant(word: str, rows: pd.Index) -> pd.Series:
    """A column that holds one word."""
    codes: Any = np.zeros(len(rows), dtype=np.int8)
    text = pd.Categorical.from_codes(codes, pd.Index([word], dtype=object))
    column: pd.Series = pd.Series(text, index=rows)
    return column


def has_word(column: pd.Series, words: Collection[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows hold one of the words."""
    known = np.array([word in words for word in column.cat.categories], dtype=bool)
    rows: np.ndarray[tuple[int], np.dtype[np.bool_]] = known[column.cat.codes.to_numpy()]
    return rows
