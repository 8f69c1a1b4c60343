"""A study as it was written to a file: a sweep as it was, of other kinds the table and where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from exportsim.errors import ExportsimError
from exportsim.study.study import TableStudy
from exportsim.study.sweep import open_sweep
from exportsim.study.table_file import kind_of, read_table

if TYPE_CHECKING:
    import pandas as pd

#: What provenance calls the kinds of study whose tables are written to files; a discovery is made of a sweep.
KINDS = ("discovery", "sweep", "sensitivity", "calibration")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TableOfStudy(TableStudy):
    """The table of a study, without what else the study knew.

    Attributes
    ----------
    table : DataFrame
        As the study's own.
    kind : str
        One of :data:`KINDS`.
    """

    table: pd.DataFrame = field()
    kind: str


def open_study(path: str | os.PathLike[str]) -> TableStudy:
    """Read a study that :meth:`exportsim.Study.save` has written as Parquet.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    TableStudy
        A Sweep, or of other kinds a TableOfStudy.

    Raises
    ------
    ExportsimError
        If it cannot be read, is no such file, or does not hold what was written to it.
    """
    if Path(path).suffix != ".parquet":
        raise ExportsimError(f"{path}: found the ending `{Path(path).suffix}`, expected .parquet")
    kind = kind_of(path, KINDS)
    if kind == "sweep":
        return open_sweep(path)
    table, origin = read_table(path, kind, _any_columns)
    return TableOfStudy(table=table, kind=kind, provenance=origin)


def opened_study(study: TableStudy | str | os.PathLike[str]) -> TableStudy:
    """The study itself, or that of a file."""
    if isinstance(study, str | os.PathLike):
        return open_study(study)
    if not isinstance(study, TableStudy):
        raise ExportsimError(
            f"studies: found a {type(study).__name__}, expected a Sweep, Sensitivity, Discovery or Calibration, or the "
            "path of its file"
        )
    return study


def files_of(studies: Iterable[TableStudy | str | os.PathLike[str]]) -> list[str | os.PathLike[str]]:
    """Those of some studies that are given as files."""
    return [study for study in studies if not isinstance(study, TableStudy)]


def _any_columns(_: Sequence[str]) -> bool:
    return True
