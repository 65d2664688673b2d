"""A fingerprint of the input: equal contents give equal digests, however files and rows are ordered."""

import hashlib

import numpy as np
import pandas as pd

from data.findings import RawTable
from data.policy import Policy

NO_PART_OF_A_PLAN = {"approval", "notify"}


def input_digest(raws: dict[str, RawTable], policy: Policy) -> str:
    """SHA-256 over policy and tables, in hexadecimal; rows enter by a hash of their text, sorted."""
    digest = hashlib.sha256(policy.model_dump_json(exclude=NO_PART_OF_A_PLAN).encode())
    for name in sorted(raws):
        text = raws[name].text
        columns = sorted(text.columns)
        rows = pd.util.hash_pandas_object(text[columns], index=False, categorize=False).to_numpy()
        digest.update("\x1f".join([name, *columns, str(len(rows))]).encode())
        digest.update(np.sort(rows).tobytes())
    return digest.hexdigest()
