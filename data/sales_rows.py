"""What of the sales rows is demand: repeats, returns and corrections are named, and treated as the field does."""

import numpy as np
import pandas as pd

from data.check import Checked
from data.findings import Findings
from data.schema import SALES_KINDS
from data.words import has_word, reworded

IDENTITY = ["date", "sku", "location"]
VALUES = {"units", "price", "in_stock", "kind", "description"}
MOST_REPEATS = 0.05
GIVEN_BACK = {"return", "cancellation"}


def told_apart(sales: Checked, found: Findings) -> Checked:
    """The sales rows that count, returns with negative units; every other row and every return is reported."""
    if not len(sales.frame):
        return sales
    sales = _known_kinds(sales, found)
    _report_blank_descriptions(sales, found)
    _report_given_back(sales, found)
    sales = _without_repeats(sales, found)
    return _signed(_without_adjustments(sales, found), found)


def _known_kinds(sales: Checked, found: Findings) -> Checked:
    written = sales.frame["kind"]
    kind = reworded(written, [word.lower() for word in written.cat.categories])
    unknown = ~has_word(kind, {"", *SALES_KINDS})
    remedy = f"Write one of {', '.join(SALES_KINDS)}, or leave the cell blank."
    rows = sales.frame.index[unknown]
    found.rows("warn", sales.raw, rows, "kind", "kind is not known", remedy, "The cell counts as blank.")
    known = [word if word in SALES_KINDS else "" for word in kind.cat.categories]
    return sales.with_column("kind", reworded(kind, known))


def _report_blank_descriptions(sales: Checked, found: Findings) -> None:
    if "description" not in sales.raw.text.columns:
        return
    blank = has_word(sales.frame["description"], {""})
    remedy = "None needed for planning; such rows are often corrections of stock."
    effect = "The row counts as its kind says."
    rows = sales.frame.index[blank]
    found.rows("info", sales.raw, rows, "description", "the description is blank", remedy, effect)


def _report_given_back(sales: Checked, found: Findings) -> None:
    """Cancellations by their kind, and rows with negative units whatever their kind."""
    cancelled = has_word(sales.frame["kind"], {"cancellation"})
    negative = (sales.frame["units"] < 0).to_numpy()
    adjusted = has_word(sales.frame["kind"], {"adjustment"})
    netted = "It is netted against the item's sales."
    index, nothing = sales.frame.index, "None needed."
    found.rows("info", sales.raw, index[cancelled], "kind", "the row cancels a sale", nothing, netted)
    problem = "units are negative"
    found.rows("info", sales.raw, index[negative & ~adjusted], "units", problem, nothing, netted)
    unsold = "It is no demand, so it is not counted."
    found.rows("info", sales.raw, index[negative & adjusted], "units", problem, nothing, unsold)


def _without_repeats(sales: Checked, found: Findings) -> Checked:
    """Rows that equal an earlier one in every column were exported twice, unless they are receipt lines of no name.

    Where rows are totals (all on one weekday, or at most 5% share their date, sku and location), or where a document,
    customer, time of day or further column tells receipts apart, the later rows are left out. Receipt lines that
    carry none of these can be equal by chance: they are kept.
    """
    shared = sales.frame.duplicated(IDENTITY, keep=False).to_numpy()
    if not shared.any():
        return sales
    text = sales.raw.text.loc[sales.frame.index[shared]]
    repeats = np.zeros(len(shared), dtype=bool)
    repeats[shared] = text.duplicated().to_numpy()
    differing = _differing(sales.frame[shared & ~repeats])
    totals = _are_totals(sales.frame, len(differing))
    if totals:
        problem = "another row has the same date, sku and location, but other values"
        remedy = "Check that both are sales, not an old and a corrected figure."
        found.rows("warn", sales.raw, differing, "date", problem, remedy, "Their units are added up.")
    if not repeats.any():
        return sales
    if totals or _names_receipts(text):
        effect = "The first row counts, this one does not."
        problem, remedy = "the row repeats an earlier one in every column", "Export each sale once."
        found.rows("warn", sales.raw, sales.frame.index[repeats], "", problem, remedy, effect)
        return sales.keep(~repeats)
    problem = "equal rows cannot be told from one row exported twice"
    remedy = "Add a column document with the receipt's number."
    value = f"{int(repeats.sum()):,} rows"
    found.add("info", "sales", problem, remedy, "All of them count.", value=value)
    return sales


def _differing(frame: pd.DataFrame) -> pd.Index:
    """Rows that sold at the same date and place as an earlier one; returns beside sales are nothing odd."""
    sold = frame[frame["units"] > 0]
    return sold.index[sold.duplicated(IDENTITY)]


def _are_totals(frame: pd.DataFrame, differing: int) -> bool:
    return bool(frame["date"].dt.weekday.nunique() == 1 or differing <= MOST_REPEATS * (frame["units"] > 0).sum())


def _names_receipts(text: pd.DataFrame) -> bool:
    if set(text.columns) - {*IDENTITY, *VALUES}:
        return True
    return bool(pd.Series(text["date"].cat.categories, dtype=object).str.contains(":").any())


def _without_adjustments(sales: Checked, found: Findings) -> Checked:
    adjusted = has_word(sales.frame["kind"], {"adjustment"})
    if adjusted.any():
        problem = "corrections of stock are no demand"
        value = f"{int(adjusted.sum()):,} rows"
        found.add("info", "sales", problem, "None needed.", "They are not counted.", field="kind", value=value)
    return sales.keep(~adjusted)


def _signed(sales: Checked, found: Findings) -> Checked:
    """Returns and cancellations with negative units, also where the file wrote them without the sign."""
    unsigned = has_word(sales.frame["kind"], GIVEN_BACK) & (sales.frame["units"] > 0).to_numpy()
    problem = "units of a return or cancellation are positive"
    effect = "They are netted as units given back."
    found.rows("info", sales.raw, sales.frame.index[unsigned], "units", problem, "None needed.", effect)
    return sales.with_column("units", sales.frame["units"].mask(unsigned, -sales.frame["units"]))


def known_then(sales: Checked, as_of: pd.Timestamp, found: Findings) -> Checked:
    """The rows dated before ``as_of``; a company that has sold nothing until then cannot be planned from its sales."""
    later = (sales.frame["date"] >= as_of).to_numpy()
    if later.any():
        problem = "sales are dated on or after the run's Monday"
        value = f"{int(later.sum()):,} rows"
        found.add("info", "sales", problem, "None needed.", "They are not seen.", field="date", value=value)
    if len(later) and later.all():
        problem = "all sales are dated on or after the run's Monday"
        remedy = "Give a later Monday."
        value = f"{sales.frame['date'].min():%Y-%m-%d} is the first day"
        found.add("block", "sales", problem, remedy, "The run stops.", field="date", value=value)
    return sales.keep(~later)
