"""One file of a store: a policy in some futures of a scenario. Written beside its place and renamed, with a checksum.

A file is a table for people, a row per future and a column per outcome, that any reader of Parquet can query. What the
table has no room for (monthly sums, what was played) is in the metadata. The checksum is over the content, as it is
read back, not over the bytes: a flipped bit anywhere else changes nothing.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from exportsim import files
from exportsim.analysis.series import Entries
from exportsim.plan import Float, Int
from exportsim.playing import parquet
from exportsim.playing.parquet import CHECKSUM, Bounds, DamagedError, checksum

ENDING = ".parquet"
NAME = re.compile(r"[0-9a-f]{32}\.parquet")
ABOUT, SERIES = b"exportsim", b"exportsim-series"
MOST = Bounds(rows=10_000, columns=10_000, size=1 << 28)
DISTINCT = ("scenario", "policy", "policy_digest", "reference_digest", "seed", "first")  # of files that hold the same
NUMBERS = ("seed", "first", "past")
TEXTS = ("scenario", "policy", "policy_digest", "reference_digest", "model", "exportsim", "title", "varied")
COLUMNS = ("scenario", "policy", "seed", "future", "untouched", "orders")  # the outcomes follow


class PolicyPlays(NamedTuple):
    """What came of one policy in some futures."""

    values: Float  # (futures, outcomes)
    untouched: Int  # (futures, 2): untouched orders, and all
    totals: Entries


def write(path: Path, plays: PolicyPlays, outcomes: Sequence[str], about: Mapping[str, Any]) -> None:
    """Write a file: it is there whole or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    futures = len(plays.values)
    description = json.dumps(dict(about), ensure_ascii=False, sort_keys=True).encode()
    columns = {
        "scenario": [about["scenario"]] * futures,
        "policy": [about["policy"]] * futures,
        "seed": np.full(futures, about["seed"], dtype=np.int64),
        "future": np.arange(about["first"], about["first"] + futures, dtype=np.int64),
        "untouched": plays.untouched[:, 0],
        "orders": plays.untouched[:, 1],
    } | dict(zip(outcomes, plays.values.T, strict=True))
    table = pa.table(columns)
    digest = checksum(description, outcomes, arrays_of(plays))
    metadata = {ABOUT: description, SERIES: _packed(plays.totals), CHECKSUM: digest}
    buffer = BytesIO()
    # Metadata of the file and not of its schema, which is written twice.
    with pq.ParquetWriter(buffer, table.schema, compression="zstd", write_statistics=False, store_schema=False) as out:
        out.write_table(table)
        out.add_key_value_metadata({key.decode(): value.decode() for key, value in metadata.items()})
    with files.explained(f"store: cannot write {path}"):
        files.make_folder(path.parent)
        files.write(path, buffer.getvalue(), lasting=False)  # its checksum tells if the power has failed


def read(path: Path) -> tuple[PolicyPlays, dict[str, Any]]:
    """Read a file back, and what it is about."""
    table, metadata = parquet.read(path, MOST)
    try:
        outcomes, about = table.column_names[len(COLUMNS) :], files.read_json(metadata[ABOUT])
        plays = PolicyPlays(
            np.column_stack([table[name].to_numpy() for name in outcomes]),
            np.column_stack([table["untouched"].to_numpy(), table["orders"].to_numpy()]),
            _unpacked(metadata[SERIES]),
        )
        futures = range(about["first"], about["past"])
        if len(futures) != table.num_rows:
            raise DamagedError("it holds other futures than it says")
        stated = {name: [about[name]] * len(futures) for name in ("scenario", "policy", "seed")}
        sound = metadata[CHECKSUM] == checksum(metadata[ABOUT], outcomes, arrays_of(plays)) and all(
            table[name].to_pylist() == values for name, values in {**stated, "future": list(futures)}.items()
        )
    except (KeyError, ValueError, TypeError, OverflowError, zlib.error) as error:
        raise DamagedError("it cannot be read as what was written") from error
    if not sound:
        raise DamagedError("its checksum is another")
    return plays, about


def read_about(path: Path) -> dict[str, Any]:
    """What a file says that it is about, unchecked."""
    try:
        about: dict[str, Any] = files.read_json(parquet.read_metadata(path)[ABOUT])
        numbers, texts = ([about[name] for name in names] for names in (NUMBERS, TEXTS))
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedError("it cannot be read as what was written") from error
    if not all(type(number) is int for number in numbers) or not all(isinstance(text, str) for text in texts):
        raise DamagedError("it does not say what it holds")
    return about


def arrays_of(plays: PolicyPlays) -> list[Any]:
    """What a file holds, as a checksum takes it."""
    return [plays.values, plays.untouched, *plays.totals]


def _packed(entries: Entries) -> bytes:
    joined = np.concatenate(entries).astype("<i8")
    return base64.b85encode(zlib.compress(joined.tobytes(), 6))


def _unpacked(packed: bytes) -> Entries:
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(base64.b85decode(packed), MOST.size)
    if not unpacking.eof:
        raise ValueError("it is not whole, or more than is read")
    joined = np.frombuffer(content, dtype="<i8").astype(np.int64)
    return Entries(*joined.reshape(len(Entries._fields), -1))
