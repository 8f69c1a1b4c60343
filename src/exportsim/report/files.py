"""Tables as CSV and Parquet: the same result gives the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exportsim.analysis.series import frames
from exportsim.errors import ExportsimError
from exportsim.experiment.keeping import unarmed
from exportsim.experiment.result import NOT_KEPT, Result

if TYPE_CHECKING:
    import pandas as pd


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write ``path.csv`` and ``path.parquet``.

    Parameters
    ----------
    table : DataFrame
        Its index is not written.
    path : Path
        Without the ending.
    """
    unarmed(table).to_csv(path.with_suffix(".csv"), index=False, lineterminator="\n", date_format="%Y-%m-%d")
    table.to_parquet(path.with_suffix(".parquet"), index=False, engine="pyarrow")


def write_series_by_future(result: Result, path: Path) -> None:
    """Write the monthly series of every play, policy by policy, so that they need not fit in memory as one table."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not result.entries:
        raise ExportsimError(NOT_KEPT)
    kind = pd.CategoricalDtype(list(result.policies))
    schema: pa.Schema | None = None
    writer: pq.ParquetWriter | None = None
    try:
        for policy in result.policies:
            for start in range(0, result.futures, 50):
                futures = range(start, min(start + 50, result.futures))
                table = frames([result.entries[policy, future] for future in futures], result.plan)
                table["future"] = table.pop("play") + start
                table["policy"] = pd.Categorical([policy] * len(table), dtype=kind)
                table = table[["policy", "future", *table.columns.drop(["policy", "future"])]]
                rows = pa.Table.from_pandas(table, schema=schema, preserve_index=False)
                if writer is None:
                    schema, writer = rows.schema, pq.ParquetWriter(path, rows.schema)
                writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()
