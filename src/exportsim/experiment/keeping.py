"""A table in one file, which is there whole or not at all, with its provenance where the format has room for it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exportsim.errors import ExportsimError

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".parquet", ".csv")
KEY = b"exportsim"  # of the provenance in a Parquet file's metadata
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # text that begins so, after blanks, is one to a spreadsheet
_LEADING = ("\t", "\r", "\n")  # and so may what follows these, whatever it is


def writable(path: str | os.PathLike[str]) -> Path:
    """Where a table can be written, for all that can be known before there is one.

    Raises
    ------
    ExportsimError
        If its name ends otherwise than :data:`ENDINGS` say, or it cannot be put there.
    """
    target = Path(path)
    if target.suffix not in ENDINGS:
        raise ExportsimError(f"{path}: found the ending `{target.suffix}`, expected {' or '.join(ENDINGS)}")
    if target.is_dir():
        raise ExportsimError(f"{path}: this is a folder, expected the name of a file")
    if not os.access(target.parent, os.W_OK):
        reason = "cannot write in" if target.parent.is_dir() else "there is no folder"
        raise ExportsimError(f"{path}: {reason} {target.parent}")
    return target


def keep(table: pd.DataFrame, path: str | os.PathLike[str], provenance: Mapping[str, Any]) -> None:
    """Write a table as Parquet or CSV, beside its place and then into it.

    Parameters
    ----------
    table : DataFrame
        Its index is not written.
    path : path-like
    provenance : mapping
        Ready for JSON.

    Raises
    ------
    ExportsimError
        If it cannot be written; what was there still is.
    """
    target = Path(os.path.realpath(writable(path)))
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as room:
            fresh = Path(room, target.name)
            if target.suffix == ".csv":
                unarmed(table).to_csv(fresh, index=False, lineterminator="\n")
            else:
                _write_parquet(table, fresh, provenance)
            fresh.replace(target)
    except OSError as error:
        raise ExportsimError(f"{path}: cannot write: {error.strerror or error}") from error


def _write_parquet(table: pd.DataFrame, path: Path, provenance: Mapping[str, Any]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pa.Table.from_pandas(table, preserve_index=False)
    told = json.dumps(dict(provenance), ensure_ascii=False).encode()
    pq.write_table(rows.replace_schema_metadata({**(rows.schema.metadata or {}), KEY: told}), path)


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
