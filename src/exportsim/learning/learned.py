"""From an event log to a draft of the office that it was recorded in, and what the log cannot tell."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np

from exportsim import files
from exportsim.arguments import whole
from exportsim.errors import ExportsimError
from exportsim.learning.calendar import OfficeDays, office_days
from exportsim.learning.committees import Sittings, sittings_of
from exportsim.learning.decisions import Approval, Outcomes, approval_of, outcomes_of
from exportsim.learning.demand import Demand, demand_of, name_of
from exportsim.learning.draft import POLICY, Draft, Number, drafted
from exportsim.learning.groups import groupings_of
from exportsim.learning.intervals import Estimate, time_to_each
from exportsim.learning.log import Log, LogForm, read_log
from exportsim.learning.matching import matched
from exportsim.learning.playback import FUTURES, Guess, Times, guesses, of_log, played, variants
from exportsim.learning.routes import by_group
from exportsim.learning.stages import StageFound, rest_of, stages_found
from exportsim.learning.visits import Course, course_of
from exportsim.names import free_name
from exportsim.plan import Float
from exportsim.playing.settings import SettingsKeywords, settings_of
from exportsim.scenario import Scenario, loads
from exportsim.scenario.countries import unknown_country
from exportsim.scenario.quantities import MINUTES_A_DAY
from exportsim.study.saved_parts import parts_of
from exportsim.study.study import Recorder, TableStudy

if TYPE_CHECKING:
    import pandas as pd

HOME = "XA"  # a code that no country ever gets
GROUP = 20  # cases: of fewer, a destination and goods are no line of their own


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Learned(TableStudy):
    """What was learned from a log.

    Attributes
    ----------
    table : DataFrame
        A row per number of the draft: ``path``, ``figure``, ``value``, ``low`` and ``high`` (as they are written in a
        scenario), ``n`` (cases, visits or times) and ``how`` it was found.
    text : str
        The draft, a scenario in YAML with a comment above each number.
    scenario : Scenario
        The same, read and checked.
    log : Log
    course : Course
        Which activities are stages, and what each case did at them.
    days : OfficeDays
    stages : tuple of StageFound
    demand : Demand
    approval : Approval or None
    numbers : tuple of Number
    recorded : ndarray
        The median and the 90th percentile of the log's times from application to decision, in days.
    played : Times
        The same of the draft, in each future.
    guesses : tuple of Guess
        By how much the median moves if a number is at an end of what it may be; those that matter most come first.
    """

    text: str
    scenario: Scenario
    log: Log
    course: Course
    days: OfficeDays
    stages: tuple[StageFound, ...]
    demand: Demand
    approval: Approval | None
    numbers: tuple[Number, ...]
    recorded: Float
    played: Times
    guesses: tuple[Guess, ...]

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self)

    @cached_property
    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame.from_records(self.numbers, columns=Number._fields)

    def _in_short(self) -> str:
        return f"{len(self.stages)} stages, {len(self.log.cases)} cases, {len(self.log.case)} events"

    def write(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write the draft, whole or not at all.

        Parameters
        ----------
        path : path-like
        force : bool
            Replace a file that is there; never the log.

        Raises
        ------
        ExportsimError
            If it cannot or must not be written.
        """
        target = Path(os.path.realpath(path))
        with files.explained(f"{os.fspath(path)}: cannot write"):
            writable(path, self.log.file, force=force)
            files.write(target, self.text)


def writable(path: str | os.PathLike[str], log: str, *, force: bool) -> None:
    """See that a draft can be written, before the work of making it."""
    target, asked = Path(os.path.realpath(path)), os.fspath(path)
    if target.is_dir():
        raise ExportsimError(f"{asked}: this is a folder; expected the name of a file such as draft.yaml")
    if not target.parent.is_dir():
        raise ExportsimError(f"{asked}: there is no folder {target.parent} to write it in; make it first")
    if target.exists():
        files.refuse_what_is_read(target, [log], asked)
        if not force:
            raise ExportsimError(
                f"{asked}: not replaced, because it is there already; name another, or give `force=True`"
            )


def learn(
    log: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    form: LogForm | None = None,
    approved: Sequence[str] = (),
    denied: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
    country: str = HOME,
    currency: str = "EUR",
    fewest: int = GROUP,
    **settings: Unpack[SettingsKeywords],
) -> Learned:
    """Draft the office that an event log was recorded in.

    Parameters
    ----------
    log : path-like
        A CSV with a row per activity of a case, or an XES file.
    columns : mapping, optional
        Of what is not known by its name, the column: by ``case``, ``activity``, ``start``, ``end``, ``applied``,
        ``destination``, ``goods``, ``value``, ``outcome`` or ``officer``.
    form : LogForm, optional
        How the file is written, if not as is found.
    approved, denied, withdrawn : sequence of str
        Which outcomes mean that; the usual words are known.
    country : str
        Where the office is.
    currency : str
        Of the values.
    fewest : int
        So many cases of a destination and goods are a line of demand of their own; others are the office's traffic.
    **settings
        As for :func:`exportsim.run`, for the draft's being played back; 20 futures by default.

    Returns
    -------
    Learned
        Interrupted (Ctrl-C) while guesses are played, with none of them.

    Raises
    ------
    ExportsimError
        If the log cannot be read, with all faults and their places; if an outcome is not known.
    """
    playing = settings_of(settings, futures=FUTURES)
    whole(fewest, "fewest", least=1)
    if (wrong := unknown_country(country)) is not None:
        raise ExportsimError(f"country: {wrong}")
    found = found_in(
        read_log(log, columns, form),
        {"approved": approved, "denied": denied, "withdrawn": withdrawn},
        country=country, currency=currency, fewest=fewest,
    )  # fmt: skip
    written, read, until = found.draft.yaml(), found.log, found.demand.last
    scenario = loads(written, name="draft.yaml")
    recorder = Recorder(scenario, playing)
    base = played(scenario, playing, until)
    stages = matched(scenario, found.stages, playing, until, of_log(found.course), base.mean)
    if stages != found.stages:
        found = found._replace(stages=stages, draft=found.draft_of(stages))
        written = found.draft.yaml()
        scenario = loads(written, name="draft.yaml")
        recorder = Recorder(scenario, playing)
        base = played(scenario, playing, until)
    moved: list[Guess] = []
    with recorder.until_ended():
        moved = guesses(
            scenario, variants(scenario, found.stages, len(read.cases)), playing, until, base, len(read.cases)
        )
    question = {"log": Path(read.file).name, "cases": len(read.cases), "events": len(read.case)}
    return Learned(
        provenance=recorder.provenance([POLICY], interrupted=recorder.ended is not None, learn=question),
        text=written, scenario=scenario, log=read, course=found.course, days=found.days, stages=tuple(found.stages),
        demand=found.demand, approval=found.approval, numbers=tuple(found.draft.numbers),
        recorded=of_log(found.course), played=base, guesses=tuple(moved),
    )  # fmt: skip


class Found(NamedTuple):
    """What was found in a log, before anything is played."""

    log: Log
    course: Course
    days: OfficeDays
    stages: list[StageFound]
    demand: Demand
    approval: Approval | None
    draft: Draft
    draft_of: Callable[[Sequence[StageFound]], Draft]


def found_in(
    log: Log, asked: Mapping[str, Sequence[str]], *, country: str = HOME, currency: str = "EUR", fewest: int = GROUP
) -> Found:
    """All that a log says of the office that it was recorded in."""
    outcomes = outcomes_of(log, asked)
    none = np.zeros(len(log.cases), dtype=bool)
    course_without = partial(
        course_of,
        log,
        none if outcomes is None else outcomes.approved,
        none if outcomes is None else outcomes.withdrawn,
        None if outcomes is None else outcomes.recorded,
    )
    course = course_without()
    if not (course.ended > course.applied).any():
        raise ExportsimError(f"{log.file}: nothing in it takes any time, so that nothing can be learned of an office")
    course, days, sittings = _committees(course, course_without, country)
    demand = demand_of(log, course.applied, country, fewest)
    stages = _stages(course, days, sittings, demand)
    approval = None
    if outcomes is not None and course.finished.any():
        approval = approval_of(outcomes, course.finished, demand.group, len(demand.lines))
    draft_of = partial(
        drafted, log, days, demand=demand, approval=approval, patience=_patience(course, outcomes), home=country,
        currency=currency, last=date.fromordinal(course.last // MINUTES_A_DAY),
        digest=files.digest_of(Path(log.file)),
    )  # fmt: skip
    return Found(log, course, days, stages, demand, approval, draft_of(stages), draft_of)


def _committees(
    course: Course, course_without: Callable[[Collection[str]], Course], country: str
) -> tuple[Course, OfficeDays, list[Sittings | None]]:
    """The course, the days and the sittings, once what ends on days of a rhythm, and is no committee, is known."""
    while True:
        days = office_days(course, country)
        sittings = [sittings_of(course, days, stage) for stage in range(len(course.stages))]
        wrong = {
            name
            for name, rhythm, sits in zip(course.stages, course.rhythms, sittings, strict=True)
            if rhythm is not None and sits is None
        }
        if wrong <= set(course.piled):
            return course, days, sittings
        course = course_without({*course.piled, *wrong})


def _stages(course: Course, days: OfficeDays, sittings: Sequence[Sittings | None], demand: Demand) -> list[StageFound]:
    """All stages, some for some groups alone, and at their end what time is left."""
    names: list[str] = []
    for activity in course.stages:
        names.append(free_name(name_of(activity, "stage"), names))
    groupings = groupings_of(demand.lines)
    found: list[StageFound] = []
    for stage in stages_found(course, days, sittings, tuple(names), demand.group, groupings):
        for each in by_group(stage, course, demand.group, groupings):
            if each.name != stage.name:
                names.append(free_name(each.name, names))
                each = replace(each, name=names[-1])
            found.append(each)
    rest = rest_of(course, free_name("until-decision", names))
    return found if rest is None else [*found, rest]


def _patience(course: Course, outcomes: Outcomes | None) -> Estimate | None:
    """How long applicants wait until they withdraw: all that is waited, for each that does; None if none does."""
    if outcomes is None or not outcomes.withdrawn.any():
        return None
    until = np.where(course.finished | course.withdrawn, course.ended, course.last)
    return time_to_each(float((until - course.applied).sum()), int(outcomes.withdrawn.sum()))
