"""What of the sales rows is demand: repeats, cancellations and corrections are named, and treated as the field does."""

import pandas as pd

from data.check import Checked
from data.findings import Findings


def demand_rows(sales: Checked, as_of: pd.Timestamp, found: Findings) -> pd.DataFrame:
    """The rows whose units count, dated before ``as_of``."""
    sales = _known_then(sales, as_of, found)
    return sales.frame


def _known_then(sales: Checked, as_of: pd.Timestamp, found: Findings) -> Checked:
    later = (sales.frame["date"] >= as_of).to_numpy()
    if later.any():
        problem = "sales are dated on or after the run's Monday"
        effect = "They are not seen."
        value = f"{int(later.sum()):,} rows"
        found.add("info", "sales", problem, "None needed.", effect, field="date", value=value)
    return sales.keep(~later)
