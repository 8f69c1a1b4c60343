"""A study as it was written to a file, read back whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from exportsim.errors import ExportsimError
from exportsim.study.backlog import Backlog
from exportsim.study.calibration import Calibration
from exportsim.study.discovery import Discovery
from exportsim.study.prediction import Forecast
from exportsim.study.saved_parts import from_json
from exportsim.study.sensitivity import Sensitivity
from exportsim.study.study import TableStudy
from exportsim.study.sweep import open_sweep
from exportsim.study.table_file import kind_of, read_table

#: By what provenance calls a kind of study, how it is made of what was saved; a discovery is made of a sweep.
MADE: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], TableStudy]] = {
    "discovery": Discovery.of_parts,
    "sensitivity": Sensitivity.of_parts,
    "calibration": Calibration.of_parts,
    "forecast": Forecast.of_parts,
    "backlog": Backlog.of_parts,
}


def open_study(path: str | os.PathLike[str]) -> TableStudy:
    """Read a study that :meth:`exportsim.Study.save` has written as Parquet.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    TableStudy
        A Sweep, Sensitivity, Discovery, Calibration, Forecast or Backlog, as it was saved.

    Raises
    ------
    ExportsimError
        If it cannot be read, is no such file, or does not hold what was written to it.
    """
    if Path(path).suffix != ".parquet":
        raise ExportsimError(f"{path}: found the ending `{Path(path).suffix}`, expected .parquet")
    kind = kind_of(path, ("discovery", "sweep", "sensitivity", "calibration", "forecast", "backlog"))
    if kind == "sweep":
        return open_sweep(path)
    _, origin, parts = read_table(path, kind, _any_columns)
    if not parts:
        raise ExportsimError(f"{path}: it holds a table alone, as an earlier exportsim wrote it; make the {kind} again")
    try:
        return MADE[kind](origin, from_json(parts))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, ExportsimError):
        raise ExportsimError(f"{path}: it does not hold what a {kind} is made of") from None


def opened_study(study: TableStudy | str | os.PathLike[str]) -> TableStudy:
    """The study itself, or that of a file."""
    if isinstance(study, str | os.PathLike):
        return open_study(study)
    if not isinstance(study, TableStudy):
        raise ExportsimError(
            f"studies: found a {type(study).__name__}, expected a Sweep, Sensitivity, Discovery, Calibration, "
            "Forecast or Backlog, or the path of its file"
        )
    return study


def files_of(studies: Iterable[TableStudy | str | os.PathLike[str]]) -> list[str | os.PathLike[str]]:
    """Those of some studies that are given as files."""
    return [study for study in studies if not isinstance(study, TableStudy)]


def _any_columns(_: Sequence[str]) -> bool:
    return True
