"""A table in one file, which is there whole or not at all, with its provenance where the format has room for it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.playing.parquet import CHECKSUM, checksum, columns_of

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".parquet", ".csv")
KEY = b"exportsim"  # of the provenance in a Parquet file's metadata
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
    try:
        files.clean(target.parent)
        files.try_out(target.parent)
    except OSError as error:
        raise ExportsimError(f"{path}: cannot write in {Path(path).parent}: {files.reason_of(error)}") from None
    return target


def write_at(target: Path, content: bytes | str, asked: str) -> None:
    """Write a file, whole or not at all."""
    try:
        files.write(target, content)
    except OSError as error:
        raise ExportsimError(f"{asked}: cannot write: {files.reason_of(error)}") from error


def keep(table: pd.DataFrame, path: str | os.PathLike[str], provenance: Mapping[str, Any]) -> None:
    """Write a table as Parquet or CSV, beside its place and then into it."""
    target = writable(path)
    as_text = Path(path).suffix == ".csv"
    content: bytes | str = unarmed(table).to_csv(index=False, lineterminator="\n") if as_text else b""
    write_at(target, content if as_text else _as_parquet(table, provenance), os.fspath(path))


def _as_parquet(table: pd.DataFrame, provenance: Mapping[str, Any]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pa.Table.from_pandas(table, preserve_index=False)
    told = json.dumps(dict(provenance), ensure_ascii=False).encode()
    metadata = {**(rows.schema.metadata or {}), KEY: told}
    sum_of_all = checksum(b"".join(each for _, each in sorted(metadata.items())), *columns_of(rows))
    buffer = BytesIO()
    pq.write_table(rows.replace_schema_metadata({**metadata, CHECKSUM: sum_of_all}), buffer)
    return buffer.getvalue()


def unarmed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before every text, in cells and at the head, that is a formula to a spreadsheet."""
    import pandas as pd

    guarded = table.rename(columns=_unarmed)
    for place, column in enumerate(guarded.columns):
        values = guarded.iloc[:, place]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
            continue
        text = list(values.astype(object))
        safe = [_unarmed(value) for value in text]
        if any(one is not other for one, other in zip(text, safe, strict=True)):
            guarded[column] = safe
    return guarded


def _unarmed(value: Any) -> Any:
    armed = isinstance(value, str) and (value.startswith(_LEADING) or value.lstrip().startswith(_FORMULA))
    return "'" + value if armed else value
