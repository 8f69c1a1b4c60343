"""One file of a store: a policy in some futures of a scenario. Written beside its place and renamed, with a checksum.

A file is a table for people, a row per future and a column per outcome, that any reader of Parquet can query. What the
table has no room for (monthly sums, what was played) is in the metadata. The checksum is over the content, as it is
read back, not over the bytes: a flipped bit anywhere else changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np

from exportsim.analysis.series import Entries
from exportsim.errors import ExportsimError
from exportsim.plan import Float, Int

ENDING = ".parquet"
FRESH = ".new-"  # files that are being written begin so; readers of folders pass over names with a dot before them
ABOUT, SERIES, CHECKSUM = b"exportsim", b"exportsim-series", b"exportsim-checksum"
COLUMNS = ("scenario", "policy", "seed", "future", "untouched", "orders")  # the outcomes follow


class DamagedError(Exception):
    """A file does not hold what was written to it; says why."""


class Kept(NamedTuple):
    """What came of one policy in some futures."""

    values: Float  # (futures, outcomes)
    untouched: Int  # (futures, 2): untouched orders, and all
    totals: Entries


def write(path: Path, kept: Kept, outcomes: Sequence[str], about: Mapping[str, Any]) -> None:
    """Write a file: it is there whole or not at all.

    Parameters
    ----------
    path : Path
    kept : Kept
    outcomes : sequence of str
        Names of the columns.
    about : mapping
        Ready for JSON; has ``scenario``, ``policy``, ``seed`` and ``first``.

    Raises
    ------
    ExportsimError
        If it cannot be written; nothing is left of it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    futures = len(kept.values)
    told = json.dumps(dict(about), ensure_ascii=False, sort_keys=True).encode()
    series = _packed(kept.totals)
    columns = {
        "scenario": [about["scenario"]] * futures,
        "policy": [about["policy"]] * futures,
        "seed": np.full(futures, about["seed"], dtype=np.int64),
        "future": np.arange(about["first"], about["first"] + futures, dtype=np.int64),
        "untouched": kept.untouched[:, 0],
        "orders": kept.untouched[:, 1],
    } | {name: kept.values[:, place] for place, name in enumerate(outcomes)}
    table = pa.table(columns)
    metadata = {ABOUT: told, SERIES: series, CHECKSUM: _checksum(kept, told, outcomes)}
    fresh = beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            fresh.open("xb") as file,
            # Metadata of the file and not of its schema, which is written twice.
            pq.ParquetWriter(file, table.schema, compression="zstd", write_statistics=False, store_schema=False) as out,
        ):
            out.write_table(table)
            out.add_key_value_metadata({key.decode(): value.decode() for key, value in metadata.items()})
        fresh.replace(path)
    except OSError as error:
        raise ExportsimError(f"store: cannot write {path}: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)


def beside(path: Path) -> Path:
    """A name of its own in the same folder, for what is to be written and renamed to a path."""
    return path.with_name(f"{FRESH}{uuid4().hex}")


def read(path: Path) -> tuple[Kept, dict[str, Any]]:
    """Read a file back, and what it is about.

    Raises
    ------
    FileNotFoundError
    DamagedError
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            found = pq.ParquetFile(file)
            table, metadata = found.read(), found.metadata.metadata or {}
        told, outcomes = metadata[ABOUT], table.column_names[len(COLUMNS) :]
        about = json.loads(told)
        kept = Kept(
            np.column_stack([table[name].to_numpy() for name in outcomes]),
            np.column_stack([table["untouched"].to_numpy(), table["orders"].to_numpy()]),
            _unpacked(metadata[SERIES]),
        )
        futures = np.arange(about["first"], about["past"])
        told_twice = [
            table[name].to_pylist() == [about[name]] * len(futures) for name in ("scenario", "policy", "seed")
        ]
        sound = metadata[CHECKSUM] == _checksum(kept, told, outcomes) and all(told_twice)
        sound = sound and np.array_equal(table["future"].to_numpy(), futures)
    except FileNotFoundError:
        raise
    except (OSError, KeyError, ValueError, TypeError, EOFError, pa.ArrowException, zlib.error) as error:
        raise DamagedError(f"it cannot be read ({type(error).__name__})") from error
    if not sound:
        raise DamagedError("its checksum is another")
    return kept, about


def _checksum(kept: Kept, told: bytes, outcomes: Sequence[str]) -> bytes:
    digest = hashlib.sha256(told)
    digest.update("\n".join(outcomes).encode())
    for array in (kept.values, kept.untouched, *kept.totals):
        digest.update(str(array.shape).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest().encode()


def _packed(entries: Entries) -> bytes:
    joined = np.concatenate(entries).astype("<i8")
    return base64.b85encode(zlib.compress(joined.tobytes(), 6))


def _unpacked(packed: bytes) -> Entries:
    joined = np.frombuffer(zlib.decompress(base64.b85decode(packed)), dtype="<i8").astype(np.int64)
    return Entries(*joined.reshape(len(Entries._fields), -1))
