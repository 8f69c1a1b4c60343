"""A study as it was written to a file, read back whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from exportsim.errors import ExportsimError
from exportsim.study.backlog import Backlog
from exportsim.study.calibration import Calibration
from exportsim.study.discovery import Discovery
from exportsim.study.part import StudyPart
from exportsim.study.prediction import Forecast, Scores
from exportsim.study.saved_parts import from_json, study_of
from exportsim.study.seek import Seek
from exportsim.study.sensitivity import Sensitivity
from exportsim.study.study import TableStudy
from exportsim.study.sweep import open_sweep
from exportsim.study.table_file import kind_of, read_table

Made: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], TableStudy]

#: By what provenance calls a kind of study, how it is made of what was saved; a sweep is read by its columns.
MADE: Mapping[str, Made] = {
    "discovery": Discovery.of_parts,  # of a sweep, so that it comes first
    "sensitivity": Sensitivity.of_parts,
    "calibration": Calibration.of_parts,
    "forecast": Forecast.of_parts,
    "seek": partial(study_of, Seek),
    "part": partial(study_of, StudyPart),
    "score": partial(study_of, Scores),
    "backlog": Backlog.of_parts,
}
SWEEP = "sweep"


def read_study(path: str | os.PathLike[str], made: Mapping[str, Made] = MADE) -> TableStudy:
    """A study that :meth:`exportsim.Study.save` has written as Parquet, of one of some kinds or a sweep."""
    if Path(path).suffix != ".parquet":
        raise ExportsimError(f"{path}: found the ending `{Path(path).suffix}`, expected .parquet")
    kind = kind_of(path, (*made, SWEEP))
    if kind == SWEEP:
        return open_sweep(path)
    _, origin, parts = read_table(path, kind, _any_columns)
    if not parts:
        raise ExportsimError(f"{path}: it holds a table alone, as an earlier exportsim wrote it; make the {kind} again")
    try:
        return made[kind](origin, from_json(parts))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, ExportsimError):
        raise ExportsimError(f"{path}: it does not hold what a {kind} is made of") from None


def opened_study(study: TableStudy | str | os.PathLike[str]) -> TableStudy:
    """The study itself, or that of a file."""
    if isinstance(study, str | os.PathLike):
        return read_study(study)
    if not isinstance(study, TableStudy):
        raise ExportsimError(
            f"studies: found a {type(study).__name__}, expected a study such as a Sweep or a Forecast, or the path of "
            "its file"
        )
    return study


def files_of(studies: Iterable[TableStudy | str | os.PathLike[str]]) -> list[str | os.PathLike[str]]:
    """Those of some studies that are given as files."""
    return [study for study in studies if not isinstance(study, TableStudy)]


def _any_columns(_: Sequence[str]) -> bool:
    return True
