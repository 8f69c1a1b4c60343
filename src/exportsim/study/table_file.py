"""A table in one file, which is there whole or not at all, with its provenance where the format has room for it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.playing.parquet import CHECKSUM, Bounds, DamagedError, checksum, columns_of, read
from exportsim.study.saved_parts import as_json

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ENDINGS = (".parquet", ".csv")
MOST = Bounds(rows=100_000_000, columns=10_000)
KEY = b"exportsim"  # of the provenance in a Parquet file's metadata
PARTS = b"exportsim-parts"  # of what else a study is made of
MOST_PARTS = 100_000_000  # bytes of it
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # text that begins so, after blanks, is one to a spreadsheet
_LEADING = ("\t", "\r", "\n")  # and so may what follows these, whatever it is


def writable(path: str | os.PathLike[str], reads: Iterable[str | os.PathLike[str]] = ()) -> Path:
    """Where a table can be written, for all that can be known before there is one."""
    suffix = Path(path).suffix
    if suffix not in ENDINGS:
        raise ExportsimError(f"{path}: found the ending `{suffix}`, expected {' or '.join(ENDINGS)}")
    return writable_at(path, reads)


def writable_at(path: str | os.PathLike[str], reads: Iterable[str | os.PathLike[str]] = ()) -> Path:
    """Where a file can be written, links followed, for all that can be known before it is."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise ExportsimError(f"{path}: this is a folder, expected the name of a file")
    if not target.parent.is_dir():
        raise ExportsimError(f"{path}: there is no folder {Path(path).parent}")
    files.refuse_what_is_read(target, reads, os.fspath(path))
    with files.explained(f"{path}: cannot write in {Path(path).parent}"):
        files.clean(target.parent)
        files.try_out(target.parent)
    return target


def write_at(target: Path, content: bytes | str, asked: str) -> None:
    """Write a file, whole or not at all."""
    with files.explained(f"{asked}: cannot write"):
        files.write(target, content)


def write_table(
    table: pd.DataFrame,
    path: str | os.PathLike[str],
    provenance: Mapping[str, Any],
    parts: Mapping[str, Any] | None = None,
) -> None:
    """Write a table as Parquet or CSV, beside its place and then into it; ``parts`` go into Parquet as JSON."""
    target = writable(path)
    as_text = Path(path).suffix == ".csv"
    content: bytes | str = unarmed(table).to_csv(index=False, lineterminator="\n") if as_text else b""
    write_at(target, content or _as_parquet(table, provenance, parts or {}), os.fspath(path))


def _as_parquet(table: pd.DataFrame, provenance: Mapping[str, Any], parts: Mapping[str, Any]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pa.Table.from_pandas(table, preserve_index=False)
    metadata = {**(rows.schema.metadata or {}), KEY: json.dumps(dict(provenance), ensure_ascii=False).encode()}
    if parts:
        metadata[PARTS] = json.dumps(as_json(parts), ensure_ascii=False, separators=(",", ":")).encode()
    buffer = BytesIO()
    pq.write_table(rows.replace_schema_metadata({**metadata, CHECKSUM: _checksum(rows, metadata)}), buffer)
    return buffer.getvalue()


def kind_of(path: str | os.PathLike[str], kinds: Sequence[str]) -> str:
    """Of which kind a study is whose table a Parquet file holds: the first of some of which it has the provenance."""
    rows = _rows(path)
    found = next((kind for kind in kinds if kind in _origin(rows)), None)
    if found is None:
        raise ExportsimError(
            f"{path}: this is no study, expected a file that a command such as `exportsim sweep` or `predict` has "
            "written with --out, or `calibrate` with --save"
        )
    return found


def read_table(
    path: str | os.PathLike[str], kind: str, columns: Callable[[Sequence[str]], bool]
) -> tuple[pd.DataFrame, dict[str, Any], dict[str, Any]]:
    """A table that :func:`write_table` has written as Parquet, its provenance and parts, held against their checksum.

    The kind of study is as provenance and the command line call it; ``columns`` knows which a table of it may have.
    """
    if Path(path).suffix == ".csv":
        raise ExportsimError(f"{path}: found a CSV, expected the Parquet file of a {kind}, which tells what it is of")
    rows = _rows(path)
    origin = _origin(rows)
    if kind not in origin or not columns(rows.column_names):
        writers = f"`exportsim {kind} --out` or `{kind.capitalize()}.save`"
        raise ExportsimError(f"{path}: this is no {kind}, expected a file that {writers} has written")
    metadata = dict(rows.schema.metadata or {})
    written = metadata.pop(CHECKSUM, None)
    if written is None:
        raise ExportsimError(f"{path}: it has no checksum, as an earlier exportsim wrote it; make the {kind} again")
    if written != _checksum(rows, metadata):
        raise ExportsimError(f"{path}: it is damaged: its checksum is another than when it was written")
    return rows.to_pandas(), origin, _json(rows, PARTS, MOST_PARTS)


def _rows(path: str | os.PathLike[str]) -> pa.Table:
    """What a Parquet file holds."""
    try:
        with files.explained(f"{path}: cannot be read"):
            rows, _ = read(Path(path), MOST)
    except DamagedError as damage:
        raise ExportsimError(f"{path}: this is not a Parquet file, or it is damaged: {damage}") from None
    return rows


def _origin(rows: pa.Table) -> dict[str, Any]:
    """The provenance in a table's metadata; empty if there is none."""
    return _json(rows, KEY)


def _json(rows: pa.Table, key: bytes, most: int = files.MOST_JSON) -> dict[str, Any]:
    """What a table's metadata has as JSON under a key; empty if there is none."""
    try:
        found = files.read_json((rows.schema.metadata or {}).get(key, b"{}"), most)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _checksum(rows: pa.Table, metadata: Mapping[bytes, bytes]) -> bytes:
    return checksum(b"".join(value for _, value in sorted(metadata.items())), *columns_of(rows))


def unarmed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before every text, in cells and at the head, that is a formula to a spreadsheet."""
    import pandas as pd

    guarded = table.rename(columns=_unarmed)
    for number, column in enumerate(guarded.columns):
        values = guarded.iloc[:, number]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
            continue
        if isinstance(values.dtype, pd.CategoricalDtype) and not any(
            _unarmed(name) is not name for name in values.cat.categories
        ):
            continue  # each of few names stands in very many cells
        cells = list(values.astype(object))
        safe = [_unarmed(value) for value in cells]
        if any(cell is not guard for cell, guard in zip(cells, safe, strict=True)):
            guarded[column] = safe
    return guarded


def _unarmed(value: Any) -> Any:
    armed = isinstance(value, str) and (value.startswith(_LEADING) or value.lstrip().startswith(_FORMULA))
    return "'" + value if armed else value
