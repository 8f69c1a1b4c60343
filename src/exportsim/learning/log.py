"""An event log as columns of numbers: which column says what, when each activity began and ended, what was left out.

A row is one activity of one case. What a CSV may be written like is what :mod:`exportsim.scenario.register_table` and
:mod:`exportsim.scenario.register_forms` know of registers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

from exportsim import files
from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.learning.columns import LARGEST, Columns
from exportsim.learning.roles import ROLES, plain_title
from exportsim.learning.xes import rows_of_xes
from exportsim.plan import Int
from exportsim.scenario.quantities import show
from exportsim.scenario.register_forms import (
    BLANK,
    UNREAD,
    Amounts,
    date_formats_meant,
    marks_meant,
    minute_of,
)
from exportsim.scenario.register_table import Csv, Form, Table, Wanted

NONE = -1  # a time, an amount or a word that is not recorded
MOST_FAULTS = 20  # that are told at once

#: What a log cannot do without, and what a column of it would say.
NEEDED = {"case": "tells cases apart", "activity": "says what was done", "end": "says when"}
WORDS = ("destination", "goods", "outcome")  # of a case
# Parts of a second, and the zone of a moment: a log is read by the clock on the office's wall.
_FRACTION_AND_ZONE = re.compile(r"(:\d\d)(?:[.,]\d+)?\s*(?:Z|[+-]\d\d(?::?\d\d)?)?$")


class LogForm(NamedTuple):
    """How a file is written, as far as that is said."""

    delimiter: str | None = None
    encoding: str | None = None
    date_format: str | None = None
    decimal: str | None = None
    thousands: str | None = None


class LeftOut(NamedTuple):
    """Rows that are not used: how many, why, and the line of the first."""

    why: str  # blank, backwards
    rows: int
    line: int


@dataclass(frozen=True)
class Words:
    """What is recorded in words of each case, or event: the number of its word, NONE where it has none."""

    number: Int
    words: tuple[str, ...]

    def of(self, place: int) -> str:
        """The word of one, an empty text for none."""
        return self.words[self.number[place]] if self.number[place] >= 0 else ""


@dataclass(frozen=True)
class Log:
    """What was recorded. Axes: events, or cases where it is said so. Minutes count from the year 1.

    Attributes
    ----------
    file : str
    case, activity : ndarray
        Numbers in ``cases`` and ``activities``.
    start, end : ndarray
        Minutes, NONE where they are not recorded.
    applied : ndarray, shape (cases,)
        The minute of the application, NONE where there is no column of it.
    value : ndarray, shape (cases,)
        Cents, NONE where there are none.
    words : mapping
        By ``destination``, ``goods`` and ``outcome``, those that are recorded.
    officer : Words
        Who did it, of each event; of none where there is no column of it.
    columns : mapping
        Which column was taken for what.
    unused : tuple of str
        Columns that were taken for nothing.
    form : LogForm
        As what the file was read.
    rows : int
        Of the file.
    left_out : tuple
    """

    file: str
    cases: tuple[str, ...]
    activities: tuple[str, ...]
    case: Int
    activity: Int
    start: Int
    end: Int
    applied: Int
    value: Int
    words: Mapping[str, Words]
    officer: Words
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    form: LogForm
    rows: int
    left_out: tuple[LeftOut, ...]


def read_log(
    path: str | os.PathLike[str], columns: Mapping[str, str] | None = None, form: LogForm | None = None
) -> Log:
    """Read an event log, a CSV or an XES file.

    Parameters
    ----------
    path : path-like
    columns : mapping, optional
        By what it says (``case``, ``activity``, ``start``, ``end``, ``applied``, ``destination``, ``goods``, ``value``,
        ``outcome`` or ``officer``), the name of a column; the others are known by their names.
    form : LogForm, optional
        How a CSV is written; else by what is found.

    Raises
    ------
    ExportsimError
        If it cannot be read; with all faults, if what is in it is not as expected.
    """
    name = os.fspath(path)
    content = files.read_within(name, LARGEST, "cannot read")
    if content.startswith(b"\x1f\x8b") or content[:200].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        header, rows = rows_of_xes(name, content)
        return _log(name, header, rows, columns or {}, form or LogForm())
    asked = form or LogForm()
    file = Csv(content, Form(asked.delimiter, asked.encoding))
    table = Table(file, Wanted(frozenset(), frozenset(), frozenset(range(len(file.header)))))
    faults = [
        Fault(name, row.line, 1, "", f"found {row.fields} fields, expected {len(file.header)} as in the header")
        for row in table.uneven
    ]
    if table.broken is not None:
        faults.append(Fault(name, table.broken.line, table.broken.column, "", table.broken.message))
    _see(faults)
    texts = {place: (np.array(table.numbers[place], dtype=np.int64), table.texts[place]) for place in table.numbers}
    rows = Columns([texts[place] for place in range(len(file.header))], np.array(table.lines, dtype=np.int64))
    return _log(
        name, file.header, rows, columns or {}, asked._replace(delimiter=file.delimiter, encoding=file.encoding)
    )


def _see(faults: Sequence[Fault]) -> None:
    if faults:
        faults = sorted(faults, key=lambda fault: (fault.line, fault.column))
        further = len(faults) - MOST_FAULTS
        more = [Fault(faults[0].file, 0, 0, "", f"and {further} more")] if further > 0 else []
        raise ScenarioError([*faults[:MOST_FAULTS], *more])


def _log(name: str, header: Sequence[str], rows: Columns, asked: Mapping[str, str], form: LogForm) -> Log:
    places = _places(name, header, asked)
    taken = set(places.values())
    if not len(rows.lines):
        raise ScenarioError([Fault(name, 1, 1, "", "there are no rows below the header; expected one an activity")])
    faults: list[Fault] = []
    minutes = {}
    for role in ("start", "end", "applied"):
        if role in places:
            minutes[role], read_as, wrong = _minutes(name, places[role], rows, form.date_format)
            form = form._replace(date_format=read_as)
            faults += wrong
    cents, wrong = _cents(name, places.get("value"), rows, form)
    _see([*faults, *wrong])
    case, cases = _words(rows, places["case"])
    activity, activities = _words(rows, places["activity"])
    nowhere = np.full(len(rows.lines), NONE, dtype=np.int64)
    start, end = minutes.get("start", nowhere), minutes.get("end", nowhere)
    blank = (case < 0) | (activity < 0) | ((start < 0) & (end < 0))
    backwards = ~blank & (start >= 0) & (end >= 0) & (end < start)
    left_out = tuple(
        LeftOut(why, int(rows_of.sum()), int(rows.lines[rows_of.argmax()]))
        for why, rows_of in (("blank", blank), ("backwards", backwards))
        if rows_of.any()
    )
    kept = ~(blank | backwards)
    if not kept.any():
        raise ScenarioError([Fault(name, 0, 0, "", "no row has a case, an activity and a time")])
    used, case_of = np.unique(case[kept], return_inverse=True)

    def of_cases(values: Int, first: bool) -> Int:
        """What is recorded of each case: the first or the last of its rows that says something."""
        found = np.full(len(used), NONE, dtype=np.int64)
        said = np.flatnonzero(values[kept] >= 0)
        said = said[::-1] if first else said
        found[case_of[said]] = values[kept][said]
        return found

    words = {}
    for role in WORDS:
        if role in places:
            numbers, texts = _words(rows, places[role])
            of_case = of_cases(numbers, role != "outcome")
            if (of_case >= 0).any():
                words[role] = Words(of_case, tuple(texts))
            else:
                del places[role]  # a column of nothing says as much as none
    who, people = _words(rows, places["officer"]) if "officer" in places else (nowhere, [])
    if (who[kept] < 0).all():
        places.pop("officer", None)
    return Log(
        file=name,
        cases=tuple(cases[number] for number in used),
        activities=tuple(activities),
        case=case_of,
        activity=activity[kept],
        start=start[kept],
        end=end[kept],
        applied=of_cases(minutes.get("applied", nowhere), True),
        value=of_cases(nowhere if cents is None else cents, True),
        words=words,
        officer=Words(who[kept], tuple(people)),
        columns={role: header[place] for role, place in places.items()},
        unused=tuple(title for place, title in enumerate(header) if title and place not in taken),
        form=form,
        rows=len(rows.lines),
        left_out=left_out,
    )


def _places(name: str, header: Sequence[str], asked: Mapping[str, str]) -> dict[str, int]:
    """Where the column of each role stands."""
    places: dict[str, int] = {}
    faults = []
    for role, column in asked.items():
        if role not in ROLES:
            raise ExportsimError(
                f"columns: found {role!r}, expected one of " + ", ".join(f"`{each}`" for each in ROLES)
            )
        if column in header:
            places[role] = header.index(column)
        else:
            faults.append(Fault(name, 1, 1, role, f"no column {show(column)}; {_meant(column, header)}"))
    plain = [plain_title(title) for title in header]
    taken = set(places.values())
    for role, titles in ROLES.items():
        found = [plain.index(title) for title in titles if title in plain]
        if role not in asked and (place := next((each for each in found if each not in taken), None)) is not None:
            places[role] = place
            taken.add(place)
    for role in ("case", "activity"):
        if role not in places and role not in asked:
            faults.append(_unknown(name, role, header))
    if not places.keys() & {"start", "end"} and not asked.keys() & {"start", "end"}:
        faults.append(_unknown(name, "end", header))
    _see(faults)
    return places


def _meant(column: str, header: Sequence[str]) -> str:
    near = get_close_matches(column, header, 1)
    return f"did you mean {show(near[0])}?" if near else "expected one of " + ", ".join(map(show, header))


def _unknown(name: str, role: str, header: Sequence[str]) -> Fault:
    columns = ", ".join(map(show, header))
    return Fault(name, 1, 1, role, f"no column is known that {NEEDED[role]}; name it with `{role}=`, one of {columns}")


def _words(rows: Columns, place: int) -> tuple[Int, list[str]]:
    """The number of each row's text in a column, NONE for a blank one."""
    numbers, texts = rows.texts[place]
    blank = np.array([not text for text in texts], dtype=bool)
    return np.where(blank[numbers], NONE, numbers), list(texts)


def _minutes(name: str, place: int, rows: Columns, asked: str | None) -> tuple[Int, str | None, list[Fault]]:
    """The minutes of a column, the format by which they were read, and what is no date."""
    numbers, texts = rows.texts[place]
    plain = [_FRACTION_AND_ZONE.sub(r"\1", text) for text in texts]
    form = asked
    found = [minute_of(text, form) if text else NONE for text in plain]
    if asked is None and UNREAD in found:
        meant = date_formats_meant([text for text in plain if text])
        if len(meant) == 1:
            form = meant[0]
            found = [minute_of(text, form) if text else NONE for text in plain]
        elif meant:
            said = " or ".join(f"`{each}`" for each in meant[:3])
            line = int(rows.lines[0])
            message = (
                f"the days and the months of {show(texts[numbers[0]])} cannot be told apart: say which is first by"
            )
            return np.zeros(0, np.int64), None, [Fault(name, line, place + 1, "", f"{message} `date_format=`, {said}")]
    minutes = np.array(found, dtype=np.int64)[numbers]
    unread = np.flatnonzero(minutes == UNREAD)
    if len(unread) > 1 and len(unread) == (minutes != NONE).sum():
        line, first = int(rows.lines[unread[0]]), show(texts[numbers[unread[0]]])
        said = "none of the column is read: say how its dates are written by"
        return (
            minutes,
            form,
            [Fault(name, line, place + 1, "", f'found {first}; {said} `date_format=`, "%d/%m/%Y %H:%M"')],
        )
    expected = "a date and time such as `2020-10-05 14:30`" if form is None else f"one by `{form}`"
    faults = [
        Fault(name, int(rows.lines[row]), place + 1, "", f"found {show(texts[numbers[row]])}, expected {expected}")
        for row in unread
    ]
    return minutes, form, faults


def _cents(name: str, place: int | None, rows: Columns, form: LogForm) -> tuple[Int | None, list[Fault]]:
    """The amounts of a column, and what is none."""
    if place is None:
        return None, []
    numbers, texts = rows.texts[place]
    marks: Mapping[str, str | None] = {"decimal": form.decimal, "thousands": form.thousands}
    read = Amounts(marks["decimal"], marks["thousands"])
    found = [read[text] for text in texts]
    if UNREAD in found and form.decimal is form.thousands is None:
        meant = marks_meant([text for text in texts if text])
        if len(meant) == 1:
            read = Amounts(meant[0].get("decimal"), meant[0].get("thousands"))
            found = [read[text] for text in texts]
    cents = np.array(found, dtype=np.int64)[numbers]
    assert BLANK == NONE
    return cents, list(_no_amounts(name, place, rows, np.flatnonzero(cents == UNREAD)))


def _no_amounts(name: str, place: int, rows: Columns, where: Iterable[int]) -> Iterator[Fault]:
    numbers, texts = rows.texts[place]
    for row in where:
        found = show(texts[numbers[row]])
        message = f"found {found}, expected an amount such as `1200`; say its marks by `decimal=` and `thousands=`"
        yield Fault(name, int(rows.lines[row]), place + 1, "", message)
