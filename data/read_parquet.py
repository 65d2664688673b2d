"""One Parquet file into text; a row's number is its record's number + 1, as if a header stood above."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from data.findings import Findings, RawTable
from data.raw import as_words, raw_table


def read_parquet(path: Path, table: str, found: Findings) -> RawTable | None:
    """The file as text; None, with a blocking problem, if it cannot be read."""
    try:
        read = pyarrow.parquet.read_table(path)
        frame = pd.DataFrame({at: as_words(_text(column).to_pandas()) for at, column in enumerate(read.columns)})
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        value = f"{path.name}: {error}"[:300]
        problem = "the file cannot be read as Parquet"
        found.add("block", table, problem, "Write it again with plain columns.", "The run stops.", value=value)
        return None
    return raw_table(table, path.name, read.column_names, frame, np.arange(2, len(frame) + 2), found)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.timestamp(column.type.unit))
    return column.cast(pa.string()).dictionary_encode()
