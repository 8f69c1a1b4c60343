"""Parquet files that may be damaged, or not what they seem: read within bounds, and held against a checksum.

The checksum is over the content, as it is read back, not over the bytes: it stands in the file itself, and a flipped
bit that changes nothing is no damage. A file that says that it holds more than is read is refused, not unpacked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim import files

if TYPE_CHECKING:
    import pyarrow as pa

CHECKSUM = b"exportsim-checksum"
LARGEST = 1 << 30  # bytes of a file, and of what any is unpacked to


class DamagedError(Exception):
    """A file does not hold what was written to it; says why."""


class Bounds(NamedTuple):
    """How much a file may hold."""

    rows: int
    columns: int
    size: int = LARGEST  # bytes, when it is unpacked


def read(path: Path, bounds: Bounds) -> tuple[pa.Table, dict[bytes, bytes]]:
    """The table of a file, and its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = files.read(path, LARGEST + 1)
    if len(content) > LARGEST:
        raise DamagedError(f"it has more than {LARGEST:,} bytes")
    try:
        metadata = pq.read_metadata(pa.BufferReader(content))
        _check(metadata, bounds)
        columns = [metadata.schema.column(number) for number in range(metadata.num_columns)]
        texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
        # A long text may stand in many rows: each is unpacked once.
        with pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts, memory_map=False) as file:
            table = file.read()
        for name in texts:
            _check_texts(table.column(name), bounds)
        for number, field in enumerate(pq.read_schema(pa.BufferReader(content))):
            if table.schema.field(number).type != field.type and not pa.types.is_dictionary(field.type):
                table = table.set_column(number, field, table.column(number).cast(field.type))
    except DamagedError:
        raise
    except (pa.ArrowException, OSError, LookupError, ValueError, TypeError, MemoryError, OverflowError) as error:
        raise DamagedError("it cannot be read as what was written") from error
    return table, dict(metadata.metadata or {})


def read_metadata(path: Path) -> dict[bytes, bytes]:
    """The metadata of a file, unchecked."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = files.read(path, LARGEST + 1)
    try:
        return dict(pq.read_metadata(pa.BufferReader(content)).metadata or {})
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DamagedError("it cannot be read as what was written") from error


def checksum(about: bytes, names: Sequence[str], arrays: Sequence[NDArray[Any]]) -> bytes:
    """A digest of what a file is about, its columns' names, and what is in them."""
    digest = hashlib.sha256(about)
    digest.update("\n".join(names).encode())
    for array in arrays:
        digest.update(str(array.shape).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest().encode()


def columns_of(table: pa.Table) -> tuple[list[str], list[NDArray[Any]]]:
    """The names of a table's columns with their types, and what is in them, as :func:`checksum` takes them."""
    import pyarrow as pa

    names, arrays = [], []
    for field in table.schema:
        column = table.column(field.name)
        plain = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        names.append(f"{field.name}:{'text' if kind in (pa.string(), pa.large_string()) else kind}:{column.null_count}")
        if plain and (pa.types.is_floating(field.type) or not column.null_count):
            arrays.append(column.to_numpy())
        else:
            values = json.dumps(column.to_pylist(), default=str).encode()
            arrays.append(np.frombuffer(values, dtype=np.uint8))
    return names, arrays


def _check(metadata: Any, bounds: Bounds) -> None:
    """Refuse what would take much to unpack, as the file says itself."""
    rows, columns = metadata.num_rows, metadata.num_columns
    if not 0 <= rows <= bounds.rows or not 0 < columns <= bounds.columns or 8 * rows * columns > bounds.size:
        raise DamagedError(f"it says that it holds {rows:,} rows of {columns:,} columns, which is more than is read")
    groups = [metadata.row_group(number) for number in range(min(metadata.num_row_groups, bounds.rows + 2))]
    # Of its columns nothing is asked: what damage makes of their statistics may end the process in pyarrow.
    size = sum(max(0, group.total_byte_size) for group in groups)
    if len(groups) != metadata.num_row_groups or size > bounds.size or sum(group.num_rows for group in groups) != rows:
        raise DamagedError("it says that it holds more than is read")


def _check_texts(column: pa.ChunkedArray, bounds: Bounds) -> None:
    """Refuse a text that stands in so many rows that they would take much together."""
    size = 0
    for chunk in column.chunks:
        lengths = np.array([0, *(len(text or "") for text in chunk.dictionary.to_pylist())])
        size += int(lengths[chunk.indices.fill_null(-1).to_numpy() + 1].sum())
    if size > bounds.size:
        raise DamagedError("it says that it holds more than is read")
