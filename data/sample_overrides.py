"""What the planners of the sample company knew better: once rightly, once wrongly, once still to be seen."""

import pandas as pd

COLUMNS = ["who", "made_on", "category", "start", "end", "operation", "value", "why", "until"]
ROWS = (
    ("Lin Yue", "2025-10-01", "winter", "2025-10-06", "2025-10-19", "multiply", 1.6, "early cold forecast", None),
    ("Zhao Wei", "2026-07-20", "baby", "2026-08-03", "2026-08-23", "multiply", 1.3, "a rival shop is closed", None),
    ("Zhao Wei", "2026-09-28", "baby", "2026-10-19", "2026-10-25", "add", 120, "a clinic stocks up", "2026-10-18"),
)
"""The cold did come (``sample_story.EARLY_COLD``); the rival's customers did not."""


def overrides() -> pd.DataFrame:
    """overrides.csv."""
    table = pd.DataFrame(ROWS, columns=COLUMNS)
    days = ["made_on", "start", "end", "until"]
    table[days] = table[days].apply(pd.to_datetime)
    return table
