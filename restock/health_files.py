"""health.csv: what is wrong with the data by the money that hangs on it."""

from pathlib import Path

import pandas as pd

from data.health import HEALTH_COLUMNS
from restock.export import AMOUNT, WHOLE, Writer, csv, name, words
from restock.files import WrongCall, write_text

HEALTH: dict[str, Writer] = {
    **dict.fromkeys(HEALTH_COLUMNS, name),
    **dict.fromkeys(("rank", "lines", "items", "lines_before"), WHOLE),
    "money": AMOUNT,
    **dict.fromkeys(("owner", "problem", "remedy", "example"), words),
}


def write_health(health: pd.DataFrame, out: Path) -> None:
    """health.csv in ``out``."""
    write_text(out / "health.csv", csv(health, HEALTH))


def read_health(folder: Path | None) -> pd.DataFrame | None:
    """The health that an earlier run found; None without a folder. Raises WrongCall if there is none in it."""
    if folder is None:
        return None
    try:
        return pd.read_csv(folder / "health.csv", keep_default_na=False, dtype={"weeks": str, "owner": str})
    except (OSError, ValueError):
        raise WrongCall(f"{folder} holds no health.csv of an earlier run or check.") from None
