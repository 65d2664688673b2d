"""What all sources share: their cells become stripped text, their headers the contract's names."""

import numpy as np
import pandas as pd

from data.findings import Findings, RawTable
from data.words import reworded

NOTHING = "\x00"


def as_words(column: pd.Series) -> pd.Series:
    """A column as a categorical of stripped text; nothing at all is the blank text."""
    coded = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype(object).astype("category")
    filled = coded.cat.add_categories([NOTHING]).fillna(NOTHING) if coded.isna().any() else coded
    return reworded(filled, ["" if word == NOTHING else str(word).strip() for word in filled.cat.categories])


def raw_table(
    table: str,
    origin: str,
    header: list[str],
    frame: pd.DataFrame,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    found: Findings,
) -> RawTable | None:
    """The table under its header's names; rows without any text are no rows. None if two columns share a name."""
    names = [name.strip().lower() for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    for name in twice:
        remedy = "Keep one of them, or rename the other."
        found.add("block", table, "two columns have the same name", remedy, "The run stops.", field=name, value=origin)
    if twice:
        return None
    named = [at for at, name in enumerate(names) if name]
    text = frame.iloc[:, named].set_axis([names[at] for at in named], axis=1)
    text.index = pd.Index(rows, name="row")
    filled = np.zeros(len(text), dtype=bool)
    for name in text.columns:
        filled |= (text[name] != "").to_numpy()
    return RawTable(table, text[filled], origin)
