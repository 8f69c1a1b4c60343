"""Tables as CSV and Parquet: the same result gives the same bytes."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from exportsim.analysis.series import frames
from exportsim.errors import ExportsimError
from exportsim.study.result import NOT_KEPT, Result
from exportsim.study.table_file import unarmed

if TYPE_CHECKING:
    import pandas as pd


def csv_of(table: pd.DataFrame) -> str:
    """A table as CSV, without its index."""
    return str(unarmed(table).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"))


def parquet_of(table: pd.DataFrame) -> bytes:
    """A table as Parquet, without its index."""
    buffer = BytesIO()
    table.to_parquet(buffer, index=False, engine="pyarrow")
    return buffer.getvalue()


def series_by_future(result: Result) -> bytes:
    """The monthly series of every play as Parquet, policy by policy, so that one table need not fit in memory."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not result.entries:
        raise ExportsimError(NOT_KEPT)
    kind = pd.CategoricalDtype(list(result.policies))
    buffer = BytesIO()
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
                    schema, writer = rows.schema, pq.ParquetWriter(buffer, rows.schema)
                writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()
    return buffer.getvalue()
