"""A part of a study, played into a store by one of many jobs that know nothing of each other.

Whatever plays points (a sweep, a sensitivity analysis) can be cut into N parts. Each job plays one; the study without a
part then finds all points in the store, and plays those that are not there.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exportsim.errors import ExportsimError, LostError
from exportsim.playing.store import Store
from exportsim.playing.store.parts import PartStore, part_of
from exportsim.study.points import PartPlayed, points_table
from exportsim.study.saved_parts import parts_of
from exportsim.study.seek import NO_PARTS, seek
from exportsim.study.sensitivity import sensitivity
from exportsim.study.study import Recorder, TableStudy
from exportsim.study.sweep import sweep

if TYPE_CHECKING:
    import pandas as pd

IN_PARTS: tuple[Callable[..., Any], ...] = (sweep, sensitivity)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class StudyPart(TableStudy):
    """What a part of a study has played.

    Attributes
    ----------
    table : DataFrame
        A row per point of the part that is in the store now: ``point``, its number; a column per varied path; and
        ``played``, whether it was played here and not there before.
    number, of : int
        Which part, and of how many.
    asked : int
        How many points the part has.
    whole : int
        How many points all parts have.
    """

    table: pd.DataFrame = field()
    number: int
    of: int
    asked: int
    whole: int

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self)

    def _in_short(self) -> str:
        return f"part {self.number} of {self.of}, {len(self.table)} of {self.asked} points"


def play_part(
    study: Callable[..., Any],
    *arguments: Any,
    part: str | tuple[int, int],
    store: str | os.PathLike[str] | Store,
    **keywords: Any,
) -> StudyPart:
    """Play one part of a study's points into a store; the study itself, with that store, then reads them there.

    Parameters
    ----------
    study : callable
        :func:`exportsim.sweep` or :func:`exportsim.sensitivity`.
    *arguments, **keywords
        What the study is given, the same in every part and in the whole.
    part : str or pair of int
        ``"7/100"`` or ``(7, 100)``: the points 6, 106, 206, … All parts together have each point once. What the store
        has already is not played again.
    store : path-like or Store
        Any number of parts may be played into it at once.

    Returns
    -------
    StudyPart
        Interrupted (Ctrl-C) after the first point, it holds those that were finished.

    Raises
    ------
    ExportsimError
        If the study has no points, there is no such part, or anything that the study refuses.
    LostError
        As the study raises it; its ``kept`` is the StudyPart of the points that were finished.
    """
    asked = study.func if isinstance(study, functools.partial) else study
    if asked is seek:
        raise ExportsimError(f"study: {NO_PARTS}")
    if asked not in IN_PARTS:
        names = " or ".join(f"`{each.__name__}`" for each in IN_PARTS)
        raise ExportsimError(f"study: found {getattr(asked, '__name__', asked)!r}, expected {names}: they play points")
    wanted = part_of(part)
    try:
        study(*arguments, store=PartStore(Store.at(store).folder, wanted), **keywords)
    except PartPlayed as played:
        return _part(played, asked.__name__)
    raise AssertionError(asked)


def _part(played: PartPlayed, study: str) -> StudyPart:
    """What was played, with where it comes from."""
    finished = {number: played.points[number] for number in played.finished}
    import pandas as pd

    table = points_table(finished) if finished else pd.DataFrame({"point": pd.Series(dtype=int)})
    recorder = Recorder(played.scenario, played.settings)
    recorder.ended = played.ended
    asked = len(played.part.points(len(played.points)))
    question = {"study": study, "part": str(played.part), "points": len(finished), "asked": asked}
    origin = recorder.provenance(played.policies, interrupted=len(finished) < asked, part=question)
    found = StudyPart(
        provenance=origin,
        table=table.assign(played=[number in played.here for number in finished]),
        number=played.part.number,
        of=played.part.of,
        asked=asked,
        whole=len(played.points),
    )
    if isinstance(played.ended, LostError):
        raise LostError(str(played.ended), found)
    return found
