"""Sweeps read back from the files that they were written to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.playing.parquet import CHECKSUM, Bounds, DamagedError, checksum, columns_of, read
from exportsim.study.sweep import COLUMNS, Sweep
from exportsim.study.table_file import KEY

MOST = Bounds(rows=100_000_000, columns=10_000)


def open_sweep(path: str | os.PathLike[str]) -> Sweep:
    """Read a sweep that :meth:`exportsim.Sweep.save` has written as Parquet.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Sweep

    Raises
    ------
    ExportsimError
        If it cannot be read, is no such file, or does not hold what was written to it.
    """
    if Path(path).suffix == ".csv":
        raise ExportsimError(f"{path}: found a CSV, expected the Parquet file of a sweep, which tells what it is of")
    try:
        rows, _ = read(Path(path), MOST)
    except OSError as error:
        raise ExportsimError(f"{path}: cannot be read: {files.reason_of(error)}") from None
    except DamagedError as damage:
        raise ExportsimError(f"{path}: this is not a Parquet file, or it is damaged: {damage}") from None
    names, metadata = rows.column_names, dict(rows.schema.metadata or {})
    origin = _origin(metadata)
    if "sweep" not in origin or names[0] != COLUMNS[0] or tuple(names[1 - len(COLUMNS) :]) != COLUMNS[1:]:
        raise ExportsimError(f"{path}: this is no sweep, expected a file that `exportsim sweep --out` has written")
    _check(path, rows, metadata)
    table, paths = rows.to_pandas(), tuple(names[1 : 1 - len(COLUMNS)])
    points = table[["point", *paths]].drop_duplicates("point", ignore_index=True)
    asked = origin["sweep"]["asked"]
    return Sweep(table, points, paths, origin["reference"], asked, len(points) < asked, origin)


def opened_sweep(found: Sweep | str | os.PathLike[str]) -> Sweep:
    """The sweep itself, or that of a file."""
    if isinstance(found, str | os.PathLike):
        return open_sweep(found)
    if not isinstance(found, Sweep):
        raise ExportsimError(f"found: found a {type(found).__name__}, expected a Sweep or the path of its file")
    return found


def _check(path: str | os.PathLike[str], rows: Any, metadata: dict[bytes, bytes]) -> None:
    """Hold a table against its checksum."""
    written = metadata.pop(CHECKSUM, None)
    if written is None:
        raise ExportsimError(f"{path}: it has no checksum, as an earlier exportsim wrote it; make the sweep again")
    if written != checksum(b"".join(each for _, each in sorted(metadata.items())), *columns_of(rows)):
        raise ExportsimError(f"{path}: it is damaged: its checksum is another than when it was written")


def _origin(metadata: dict[bytes, bytes]) -> dict[str, Any]:
    """The provenance in a file's metadata; nothing if there is none."""
    try:
        found = files.read_json(metadata.get(KEY, b"{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
