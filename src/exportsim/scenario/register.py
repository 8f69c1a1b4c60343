"""Registers: dated records of orders in a CSV, read with the place of whatever is wrong in them.

A file is read once for all lines that take orders from it: each row is offered to each of them.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import os
import stat
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

from pydantic_core import PydanticCustomError

from exportsim import files
from exportsim.digits import number
from exportsim.errors import Fault, ScenarioError
from exportsim.files import EncodingError, decoded
from exportsim.language import text
from exportsim.scenario.marks import example, respelled
from exportsim.scenario.messages import Complaint
from exportsim.scenario.programmes import NO_PROGRAMME
from exportsim.scenario.quantities import Money, show
from exportsim.scenario.schema import Register, Scenario, days_of
from exportsim.scenario.schema_paths import near

LARGEST = 100_000_000  # bytes
Days = tuple[date, date]  # the first, and the one after the last
Selection = tuple[Register, tuple[str, ...] | None]  # how a line reads a file, and the programmes that it may name
FAULTS_TOLD = 10  # of one line of a register; the rest is counted
ROWS_SHOWN = 3  # of a kind


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


def read_register(scenario: Scenario, line: str) -> list[Record]:
    """The records of a demand line's register that fall into the run, in the order of the file.

    That it cannot be read (RegisterError, ScenarioError) has been ruled out of a scenario that was loaded.
    """
    taken = next(file.lines[line] for file in registers_of(scenario) if line in file.lines)
    if taken.problem is not None:
        raise taken.problem
    return list(taken.records)


def registers_of(scenario: Scenario) -> list[RegisterFile]:
    """The files of a scenario's registers, each with what every line takes of it."""
    registers = {
        name: selection(line.orders, line.programmes)
        for name, line in scenario.demand.items()
        if isinstance(line.orders, Register)
    }
    return read_files(registers, scenario.folder, days_of(scenario.period)) if registers else []


def selection(register: Register, programmes: Collection[str] | None) -> Selection:
    """How a line reads a file; any name of a programme may be in it if it is not known which may."""
    return register, None if programmes is None or register.programme is None else (*programmes, NO_PROGRAMME)


def read_files(registers: Mapping[str, Selection], folder: str | Path, days: Days | None) -> list[RegisterFile]:
    """The files of registers given by line, each read once."""
    by_path: dict[str, list[str]] = {}
    for line, (register, _) in registers.items():
        by_path.setdefault(_real(folder, register.register_), []).append(line)
    files_read = []
    for path, lines in by_path.items():
        name = registers[lines[0]][0].register_
        selections = tuple(registers[line] for line in lines)
        try:
            within, taken = _read(path, str(Path(folder, name)), _version(path, name), selections, days)
        except RegisterError as error:
            within, taken = (), (Taken((), (), error),) * len(lines)
        files_read.append(RegisterFile(name, within, dict(zip(lines, taken, strict=True))))
    return files_read


def _real(folder: str | Path, name: str) -> str:
    try:
        return os.path.realpath(Path(folder, name))
    except (OSError, ValueError):
        return str(Path(folder, name))  # what is no name of a file is said when it is read


def _version(path: str, name: str) -> tuple[int, int]:
    """By what a file's content is kept: a scenario is checked first and compiled later."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None
    if not stat.S_ISREG(status.st_mode):
        raise RegisterError("register", f"{show(name)} is not a file")
    if status.st_size > LARGEST:
        raise RegisterError("register", f"`{name}` has more than {LARGEST:,} bytes, which is the most that is read")
    return status.st_mtime_ns, status.st_size


def _unreadable(name: str, error: Exception) -> RegisterError:
    reason = files.reason_of(error) if isinstance(error, OSError) else str(error)
    return RegisterError("register", f"`{name}` cannot be read: {reason}")


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
    name = selections[0][0].register_
    try:
        content = decoded(files.read(Path(path)))
    except (OSError, EncodingError) as error:
        raise _unreadable(name, error) from None
    rows: Rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    readings: list[_Reading | RegisterError] = []
    within: list[int] = []
    broken = None
    try:
        header = [title.strip() for title in next(iter(rows), [])]
        for selection in selections:
            try:
                readings.append(_Reading(shown, header, selection, days))
            except RegisterError as error:
                readings.append(error)
        active = [reading for reading in readings if isinstance(reading, _Reading)]
        for number, fields in enumerate(rows, start=1):
            if any(fields) and any(map(str.strip, fields)):  # a spreadsheet ends in rows of nothing but commas
                inside = False
                for reading in active:
                    inside |= reading.offer(number, rows.line_num, fields)
                if inside:
                    within.append(number)
    except csv.Error as error:
        broken = Fault(shown, rows.line_num, 1, "", f"this is not CSV: {error}")
        if not readings:
            return (), (Taken((), (), ScenarioError([broken])),) * len(selections)
    taken = (reading.taken(broken) if isinstance(reading, _Reading) else Taken((), (), reading) for reading in readings)
    return tuple(within), tuple(taken)


class _Reading:
    """What one line takes of a file's rows, with the faults found so far."""

    def __init__(self, shown: str, header: Sequence[str], selection: Selection, days: Days | None) -> None:
        register, programmes = selection
        self.shown, self.register, self.header, self.days = shown, register, header, days
        self.programmes = None if programmes is None else frozenset(programmes)
        self.faults: list[Fault] = []
        self.count = 0
        self.row = self.line = 0
        self.records: list[Record] = []
        self.rows: list[int] = []
        self.dates: dict[str, tuple[datetime | None, bool]] = {}
        self.date_at = self.index(register.date, "date")
        self.value_at = None if register.value is None else self.index(register.value, "value")
        self.programme_at = None if register.programme is None else self.index(register.programme, "programme")
        self.wanted = [(self.index(column, "where"), value) for column, value in register.where.items()]

    def index(self, column: str, key: str) -> int:
        header, name = self.header, self.register.register_
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
        if len(fields) != len(self.header):
            plural = "s" * (len(fields) != 1)
            self.fault(0, f"found {len(fields)} field{plural}, expected {len(self.header)} as in the header")
            return False
        text = fields[self.date_at]
        if text not in self.dates:
            when = _moment(text.strip())
            inside = when is not None and (self.days is None or self.days[0] <= when.date() < self.days[1])
            self.dates[text] = when, inside
        when, inside = self.dates[text]
        for index, value in self.wanted:
            if fields[index].strip() != value:
                return inside
        if when is None:
            self.fault(self.date_at, f"{self.found(text, self.date_at)}, expected a date such as `2020-10-05`")
        elif not inside:
            return False
        cents = None if self.value_at is None else self.cents(fields[self.value_at], self.value_at)
        programme = None if self.programme_at is None else self.programme(fields[self.programme_at], self.programme_at)
        if when is not None and not self.faults:
            self.records.append(Record(when, cents, programme))
            self.rows.append(row)
        return inside

    def taken(self, broken: Fault | None) -> Taken:
        """What there is, once every row has been offered."""
        faults = self.faults if broken is None else [*self.faults, broken]
        if not faults:
            return Taken(tuple(self.records), tuple(self.rows), None)
        if broken is None and self.count > len(faults):
            more = f"{faults[-1].message} (and {self.count - len(faults):,} more in this file)"
            faults[-1] = dataclasses.replace(faults[-1], message=more)
        return Taken((), (), ScenarioError(faults))

    def fault(self, index: int, message: str) -> None:
        self.count += 1
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(Fault(self.shown, self.line, index + 1, "", f"row {self.row}: {message}"))

    def found(self, text: str, index: int) -> str:
        return f"found {show(text) if text.strip() else 'nothing'} in `{self.header[index]}`"

    def cents(self, text: str, index: int) -> int:
        if text.isascii() and text.isdigit() and len(text) < 13:
            return int(text) * 100
        decimal, thousands = self.register.decimal, self.register.thousands
        # With the marks that the register says, or else as in a scenario.
        has_marks = decimal is not None or thousands is not None
        written = respelled(text, decimal, thousands) if has_marks else text
        try:
            if written is not None:
                return Money.parse(written).cents
            expected = f"an amount such as `{example(decimal, thousands)}`, by `decimal` and `thousands`"
        except PydanticCustomError as error:
            expected = str((error.context or {})["expected"])
        self.fault(index, f"{self.found(text, index)}, expected {expected}")
        return 0

    def programme(self, text: str, index: int) -> str:
        name = text.strip() or NO_PROGRAMME
        if self.programmes is not None and name not in self.programmes:
            near_miss = near(name, sorted(self.programmes - {NO_PROGRAMME}))
            self.fault(index, f"unknown programme {show(name)} in `{self.header[index]}`{near_miss}")
        return name


def _moment(text: str) -> datetime | None:
    """A date, or a date and time without a zone, to the minute."""
    try:
        moment = datetime.fromisoformat(text) if text[4:5] == "-" == text[7:8] else None
    except ValueError:
        return None
    return moment.replace(second=0, microsecond=0) if moment is not None and moment.tzinfo is None else None


class RegisterAccount(NamedTuple):
    """What became of the rows of a file that fall into the run: how many orders each is.

    A row that two lines take is two orders, and one that none takes is no order: what a file sums to and what a
    scenario orders then differ, and nobody says so. Of a file that one line reads nothing is uneven: what its ``where``
    leaves out was left out on purpose; it is counted all the same.
    """

    file: str
    """As the scenario calls it."""
    lines: tuple[str, ...]
    """The demand lines that take orders from it."""
    rows: int
    """All that fall into the run, by the date that a line goes by."""
    used_once: int
    used_more: tuple[int, ...]
    """The numbers of the rows that more than one line takes, from 1 below the header."""
    unused: tuple[int, ...]
    """The numbers of the rows that no line takes."""

    def document(self) -> dict[str, object]:
        """The same as a mapping of plain values, for ``--json``."""
        return self._asdict() | {
            "lines": list(self.lines),
            "used_more": len(self.used_more),
            "unused": len(self.unused),
            "rows_used_more": list(self.used_more[:ROWS_SHOWN]),
            "rows_unused": list(self.unused[:ROWS_SHOWN]),
        }


def register_accounts(scenario: Scenario) -> list[RegisterAccount]:
    """The account of every register of a scenario."""
    return [account(file) for file in registers_of(scenario)]


def account(file: RegisterFile) -> RegisterAccount:
    """The account of one file, none of whose lines has a problem."""
    used = Counter(row for taken in file.lines.values() for row in taken.rows)
    more = tuple(sorted(row for row, number in used.items() if number > 1))
    unused = tuple(row for row in file.within if row not in used)
    return RegisterAccount(file.name, tuple(file.lines), len(file.within), len(used) - len(more), more, unused)


def uneven(files: Sequence[RegisterFile]) -> Iterator[Complaint]:
    """What is odd about files that several lines take orders from: rows that are used twice, or not at all."""
    for file in files:
        if len(file.lines) < 2 or any(taken.problem for taken in file.lines.values()):
            continue
        found = account(file)
        if found.used_more or found.unused:
            kind = "unused_rows" if not found.used_more else "used_more_and_unused" if found.unused else "used_more"
            first = len(found.used_more or found.unused)
            message = text(
                f"warnings.{kind}",
                number=first,
                amount=number(first, 0),
                left=number(len(found.unused), 0),
                rows=text("warnings.rows", number=found.rows, amount=number(found.rows, 0)),
                used_more=_numbers(found.used_more),
                unused=_numbers(found.unused),
            )
            yield Complaint(("demand", found.lines[0], "orders", "register"), message)


def _numbers(rows: Sequence[int]) -> str:
    return text("warnings.row_numbers", number=len(rows), rows=row_numbers(rows))


def row_numbers(rows: Sequence[int]) -> str:
    """The first few numbers of rows."""
    return text("lists.comma").join([*map(str, rows[:ROWS_SHOWN]), *["…"] * (len(rows) > ROWS_SHOWN)])
