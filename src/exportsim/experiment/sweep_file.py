"""Sweeps read back from the files that they were written to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from exportsim.errors import ExportsimError
from exportsim.experiment.keeping import KEY
from exportsim.experiment.sweep import COLUMNS, Sweep


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
        If it cannot be read, or is no such file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if Path(path).suffix == ".csv":
        raise ExportsimError(f"{path}: found a CSV, expected the Parquet file of a sweep, which tells what it is of")
    try:
        rows = pq.read_table(path)
    except OSError as error:
        raise ExportsimError(f"{path}: cannot be read: {error.strerror or 'this is not a Parquet file'}") from None
    except (pa.ArrowException, ValueError):
        raise ExportsimError(f"{path}: cannot be read: this is not a Parquet file") from None
    names = rows.column_names
    origin = _origin(rows.schema.metadata or {})
    if "sweep" not in origin or names[0] != COLUMNS[0] or tuple(names[1 - len(COLUMNS) :]) != COLUMNS[1:]:
        raise ExportsimError(f"{path}: this is no sweep, expected a file that `exportsim sweep --out` has written")
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


def _origin(metadata: dict[bytes, bytes]) -> dict[str, Any]:
    """The provenance in a file's metadata; nothing if there is none."""
    try:
        found = json.loads(metadata.get(KEY, b"{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
