"""A study of any kind as it was written to a file, read back whole."""

from __future__ import annotations

import os
from functools import partial

from exportsim.learning.learned import Learned
from exportsim.study.saved_parts import study_of
from exportsim.study.study import TableStudy
from exportsim.study.study_file import MADE, Made, read_study

KINDS: dict[str, Made] = {**MADE, "learn": partial(study_of, Learned)}


def open_study(path: str | os.PathLike[str]) -> TableStudy:
    """Read a study that :meth:`exportsim.Study.save` has written as Parquet.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    TableStudy
        A Sweep, Sensitivity, Discovery, Calibration, Forecast, Backlog, Scores, Seek, StudyPart or Learned, as it was
        saved.

    Raises
    ------
    ExportsimError
        If it cannot be read, is no such file, or does not hold what was written to it.
    """
    return read_study(path, KINDS)
