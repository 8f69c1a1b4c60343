"""Registers: dated records of orders in a CSV, read with the place of whatever is wrong in them.

A file is read once for all lines that take orders from it: each row is offered to each of them.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

from pydantic_core import PydanticCustomError

from exportsim import files
from exportsim.errors import Fault, ScenarioError
from exportsim.files import EncodingError, decoded
from exportsim.scenario.marks import example, respelled
from exportsim.scenario.programmes import NO_PROGRAMME
from exportsim.scenario.quantities import Money, show, wrong
from exportsim.scenario.schema import Register, Scenario, days_of
from exportsim.scenario.schema_paths import near

LARGEST = 100_000_000  # bytes
Days = tuple[date, date]  # the first, and the one after the last
FAULTS_TOLD = 10  # of one line of a register; the rest is counted


class Record(NamedTuple):
    """One order of a register."""

    when: datetime
    """To the minute, without a time zone; 00:00 where only a date is given."""
    cents: int | None
    """None where the register has no values: to be drawn."""
    programme: str | None
    """None where the register has no programmes: to be drawn. ``none`` where it has, but this order has not."""


class RegisterError(ScenarioError):
    """What is wrong with the register as a whole, and so with the scenario that names it."""

    def __init__(self, key: str, message: str) -> None:
        self.key, self.message = key, message
        super().__init__([Fault("<register>", 0, 0, key, message)])


class Taken(NamedTuple):
    """What a line takes of a register."""

    records: tuple[Record, ...]
    rows: tuple[int, ...]
    """The number of each record's row, from 1 below the header."""
    problem: ScenarioError | None
    """Why nothing can be taken; then there are no records."""


class RegisterFile(NamedTuple):
    """A file with all that the lines of a scenario take of it."""

    name: str
    """As the first of the lines calls it."""
    within: tuple[int, ...]
    """The numbers of the rows that fall into the run by the date that any of the lines goes by."""
    lines: dict[str, Taken]


class Selection(NamedTuple):
    """How a line reads a file: what the file's content is kept by."""

    name: str
    columns: tuple[str, str | None, str | None]  # of the date, the value and the programme
    where: tuple[tuple[str, str], ...]
    decimal: str | None
    thousands: str | None
    programmes: tuple[str, ...] | None


def read_register(scenario: Scenario, line: str) -> list[Record]:
    """The records of a demand line's register that fall into the run, in the order of the file.

    Parameters
    ----------
    scenario : Scenario
    line : str
        A demand line whose orders come from a register.

    Returns
    -------
    list of Record

    Raises
    ------
    RegisterError, ScenarioError
        If it cannot be read; a scenario that was loaded has been found free of that.
    """
    assert isinstance(scenario.demand[line].orders, Register), line
    return _records(next(file.lines[line] for file in registers_of(scenario) if line in file.lines))


def records(
    register: Register, folder: str | Path, programmes: Collection[str] | None = None, days: Days | None = None
) -> list[Record]:
    """The records of a register that its ``where`` lets through, in the order of the file.

    Parameters
    ----------
    days : pair of dates, optional
        The first day of the run and the day after its last: of other rows nothing but the date is looked at.
    """
    (file,) = read_files({"": register}, folder, {"": programmes}, days)
    return _records(file.lines[""])


def registers_of(scenario: Scenario) -> list[RegisterFile]:
    """The files of a scenario's registers, each with what every line takes of it."""
    found = {name: line.orders for name, line in scenario.demand.items() if isinstance(line.orders, Register)}
    programmes = {name: scenario.demand[name].programmes for name in found}
    return read_files(found, scenario.folder, programmes, days_of(scenario.period)) if found else []


def read_files(
    registers: Mapping[str, Register],
    folder: str | Path,
    programmes: Mapping[str, Collection[str] | None],
    days: Days | None,
) -> list[RegisterFile]:
    """The files of registers given by line, each read once, with the names that each line's programmes may have."""
    together: dict[str, dict[str, Register]] = {}
    for line, register in registers.items():
        together.setdefault(_real(folder, register.register_), {})[line] = register
    found = []
    for path, lines in together.items():
        name = next(iter(lines.values())).register_
        try:
            version = _version(path, name)
            selections = tuple(_selection(register, programmes[line]) for line, register in lines.items())
            within, taken = _read(path, str(Path(folder, name)), version, selections, days)
        except RegisterError as error:
            within, taken = (), (Taken((), (), error),) * len(lines)
        found.append(RegisterFile(name, within, dict(zip(lines, taken, strict=True))))
    return found


def _records(taken: Taken) -> list[Record]:
    if taken.problem is not None:
        raise taken.problem
    return list(taken.records)


def _real(folder: str | Path, name: str) -> str:
    try:
        return os.path.realpath(Path(folder, name))
    except (OSError, ValueError):
        return str(Path(folder, name))  # what is no name of a file is said when it is read


def _version(path: str, name: str) -> tuple[int, int]:
    """By what a file's content is kept: a scenario is checked first and compiled later."""
    try:
        status = Path(path).stat()
        if not Path(path).is_file():
            raise RegisterError("register", f"{show(name)} is not a file")
    except OSError as error:
        raise RegisterError("register", f"`{name}` cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise RegisterError("register", f"`{name}` cannot be read: {error}") from None
    if status.st_size > LARGEST:
        raise RegisterError("register", f"`{name}` has more than {LARGEST:,} bytes, which is the most that is read")
    return status.st_mtime_ns, status.st_size


def _selection(register: Register, programmes: Collection[str] | None) -> Selection:
    known = None if programmes is None or register.programme is None else (*programmes, NO_PROGRAMME)
    columns = (register.date, register.value, register.programme)
    where = tuple(register.where.items())
    return Selection(register.register_, columns, where, register.decimal, register.thousands, known)


class Rows(Protocol):
    """What the module csv makes of a file."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


@lru_cache(maxsize=16)
def _read(
    path: str, shown: str, version: tuple[int, int], selections: tuple[Selection, ...], days: Days | None
) -> tuple[tuple[int, ...], tuple[Taken, ...]]:
    """The numbers of the rows within the run, and what each selection takes."""
    name = selections[0].name
    try:
        content = decoded(files.read(Path(path)))
    except OSError as error:
        raise RegisterError("register", f"`{name}` cannot be read: {error.strerror or error}") from None
    except EncodingError as error:
        raise RegisterError("register", f"`{name}` cannot be read: {error}") from None
    rows: Rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    readings: list[_Reading] = []
    within: list[int] = []
    broken = None
    try:
        header = [title.strip() for title in next(iter(rows), [])]
        readings = [_Reading(shown, selection, header, days) for selection in selections]
        active = [reading for reading in readings if reading.problem is None]
        for number, fields in enumerate(rows, start=1):
            if any(fields) and any(map(str.strip, fields)):  # a spreadsheet ends in rows of nothing but commas
                inside = False
                for reading in active:
                    inside |= reading.offer(number, rows.line_num, fields)
                if inside:
                    within.append(number)
    except csv.Error as error:
        broken = Fault(shown, rows.line_num, 1, "", f"this is not CSV: {error}")
        readings = readings or [_Reading(shown, selection, None, days) for selection in selections]
    return tuple(within), tuple(reading.taken(broken) for reading in readings)


class _Reading:
    """What one line takes of a file's rows, with the faults found so far."""

    def __init__(self, shown: str, selection: Selection, header: Sequence[str] | None, days: Days | None) -> None:
        self.shown, self.selection, self.days = shown, selection, days
        self.programmes = None if selection.programmes is None else frozenset(selection.programmes)
        self.faults: list[Fault] = []
        self.count = 0
        self.row = self.line = 0
        self.found: list[Record] = []
        self.rows: list[int] = []
        self.dates: dict[str, tuple[datetime | None, bool]] = {}
        self.problem: ScenarioError | None = None
        if header is None:
            return
        self.width = len(header)
        try:
            date_at, self.value_at, self.programme_at = (
                None if column is None else self.index(header, column, key)
                for key, column in zip(("date", "value", "programme"), selection.columns, strict=True)
            )
            assert date_at is not None
            self.date_at = date_at
            self.wanted = [(self.index(header, column, "where"), value) for column, value in selection.where]
        except RegisterError as error:
            self.problem = error

    def index(self, header: Sequence[str], column: str, key: str) -> int:
        name = self.selection.name
        if header.count(column) > 1:
            message = f"`{name}` has {header.count(column)} columns called {show(column)}, expected one"
            raise RegisterError(key, message)
        if column in header:
            return header.index(column)
        for mark, marks in ((";", "semicolons"), ("\t", "tabs")):
            if len(header) == 1 and mark in header[0]:
                message = f"`{name}` has {marks} between its columns, expected commas: save it as CSV with commas"
                raise RegisterError("register", message)
        raise RegisterError(key, f"`{name}` has no column {show(column)}{near(column, header)}")

    def offer(self, row: int, line: int, fields: Sequence[str]) -> bool:
        """Take a row, if it is one of this line's; whether it falls into the run by its date."""
        self.row, self.line = row, line
        if len(fields) != self.width:
            plural = "s" * (len(fields) != 1)
            self.fault(1, f"found {len(fields)} field{plural}, expected {self.width} as in the header")
            return False
        text = fields[self.date_at]
        known = self.dates.get(text)
        if known is None:
            when = _moment(text.strip())
            inside = when is not None and (self.days is None or self.days[0] <= when.date() < self.days[1])
            known = self.dates[text] = when, inside
        when, inside = known
        for index, value in self.wanted:
            if fields[index].strip() != value:
                return inside
        if when is None:
            expected = "a date such as `2020-10-05`"
            self.fault(self.date_at + 1, f"{_found(text, self.selection.columns[0])}, expected {expected}")
        if when is not None and not inside:
            return False
        cents = None if self.value_at is None else self.cents(fields[self.value_at], self.value_at)
        programme = None if self.programme_at is None else self.programme(fields[self.programme_at].strip())
        if when is not None and not self.faults:
            self.found.append(Record(when, cents, programme))
            self.rows.append(row)
        return inside

    def taken(self, broken: Fault | None) -> Taken:
        """What there is, once every row has been offered."""
        if self.problem is None and broken is not None:
            self.problem = ScenarioError([*self.faults, broken])
        elif self.problem is None and self.faults:
            if more := self.count - len(self.faults):
                last = self.faults[-1]
                message = f"{last.message} (and {more:,} more in this file)"
                self.faults[-1] = Fault(last.file, last.line, last.column, last.path, message)
            self.problem = ScenarioError(self.faults)
        if self.problem is not None:
            return Taken((), (), self.problem)
        return Taken(tuple(self.found), tuple(self.rows), None)

    def fault(self, field: int, message: str) -> None:
        self.count += 1
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(Fault(self.shown, self.line, field, "", f"row {self.row}: {message}"))

    def cents(self, text: str, index: int) -> int:
        if text.isascii() and text.isdigit() and len(text) < 13:
            return int(text) * 100
        _, column, _ = self.selection.columns
        try:
            return self.amount(text).cents
        except PydanticCustomError as error:
            expected = str((error.context or {})["expected"])
            self.fault(index + 1, f"{_found(text, column)}, expected {expected}")
            return 0

    def amount(self, text: str) -> Money:
        """An amount with the marks that the register says, or else as in a scenario."""
        decimal, thousands = self.selection.decimal, self.selection.thousands
        if decimal is None and thousands is None:
            return Money.parse(text)
        written = respelled(text, decimal, thousands)
        if written is None:
            raise wrong(text, f"an amount such as `{example(decimal, thousands)}`, by `decimal` and `thousands`")
        return Money.parse(written)

    def programme(self, text: str) -> str:
        name = text or NO_PROGRAMME
        if self.programmes is not None and name not in self.programmes:
            known = sorted(self.programmes - {NO_PROGRAMME})
            column = self.selection.columns[2]
            message = f"unknown programme {show(name)} in `{column}`{near(name, known)}"
            self.fault((self.programme_at or 0) + 1, message)
        return name


def _found(text: str, column: str | None) -> str:
    return f"found {show(text) if text.strip() else 'nothing'} in `{column}`"


def _moment(text: str) -> datetime | None:
    """A date, or a date and time without a zone, to the minute."""
    try:
        moment = datetime.fromisoformat(text) if text[4:5] == "-" == text[7:8] else None
    except ValueError:
        return None
    return moment.replace(second=0, microsecond=0) if moment is not None and moment.tzinfo is None else None
