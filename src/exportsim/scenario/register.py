"""Registers: dated records of orders in a CSV, read with the place of whatever is wrong in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation, Overflow
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

from exportsim import files
from exportsim.errors import Fault, ScenarioError
from exportsim.scenario.quantities import DEAREST, show, whole
from exportsim.scenario.schema import Register, Scenario
from exportsim.scenario.shape import near

LARGEST = 100_000_000  # bytes
Columns = tuple[str, str | None, str | None]  # of the date, the value and the programme
FAULTS_TOLD = 10  # of one register; the rest is counted


class Record(NamedTuple):
    """One order of a register."""

    when: datetime
    """To the minute, without a time zone; 00:00 where only a date is given."""
    cents: int | None
    """None where the register has no values: to be drawn."""
    programme: str | None
    """None where the register has no programmes: to be drawn. ``none`` where it has, but this order has not."""


class RegisterError(ScenarioError):
    """What is wrong with the register as a whole, and so with the scenario that names it.

    Attributes
    ----------
    key : str
        The key that is at fault: ``register``, ``date``, ``value``, ``programme`` or ``where``.
    """

    def __init__(self, key: str, message: str) -> None:
        self.key, self.message = key, message
        super().__init__([Fault("<register>", 0, 0, key, message)])


def read_register(scenario: Scenario, line: str) -> list[Record]:
    """The records of a demand line's register, in the order of the file.

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
    register = scenario.demand[line].orders
    assert isinstance(register, Register), line
    return records(register, scenario.folder)


def records(register: Register, folder: str | Path, programmes: Collection[str] | None = None) -> list[Record]:
    """The records of a register that its ``where`` lets through, in the order of the file.

    Parameters
    ----------
    register : Register
    folder : path-like
        Where relative paths start: ``Scenario.folder``.
    programmes : collection of str, optional
        The names that a programme may have; any if not given.

    Returns
    -------
    list of Record

    Raises
    ------
    RegisterError
        If the file or a column of it is not there.
    ScenarioError
        If records cannot be read, each named by file, line and field.
    """
    path = Path(folder, register.register_)
    try:
        status = path.stat()
        if not path.is_file():
            raise RegisterError("register", f"{show(register.register_)} is not a file")
        if status.st_size > LARGEST:
            message = f"`{register.register_}` has more than {LARGEST:,} bytes, which is the most that is read"
            raise RegisterError("register", message)
        columns = (register.date, register.value, register.programme)
        where = tuple((column, str(value)) for column, value in register.where.items())
        known = None if programmes is None else tuple(programmes)
        version = (status.st_mtime_ns, status.st_size)
        return list(_read(str(path), register.register_, version, columns, where, known))
    except OSError as error:
        raise RegisterError("register", f"`{register.register_}` cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise RegisterError("register", f"`{register.register_}` cannot be read: {error}") from None


@lru_cache(maxsize=16)
def _read(
    path: str,
    name: str,
    version: tuple[int, int],
    columns: Columns,
    where: tuple[tuple[str, str], ...],
    programmes: tuple[str, ...] | None,
) -> tuple[Record, ...]:
    """Kept by the file's version, since a scenario is checked first and compiled later."""
    try:
        content = files.read(Path(path)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"`{name}` is not text in UTF-8: found the byte 0x{error.object[error.start]:02X}"
        raise RegisterError("register", message) from None
    rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    reading = _Reading(path, columns, programmes)
    try:
        header = [title.strip() for title in next(rows, [])]
        indices = [
            None if column is None else _index(header, column, key, name)
            for key, column in zip(("date", "value", "programme"), columns, strict=True)
        ]
        wanted = [(_index(header, column, "where", name), value) for column, value in where]
        found = tuple(reading.records(rows, header, indices, wanted))
    except csv.Error as error:
        raise ScenarioError([*reading.faults, Fault(path, rows.line_num, 1, "", f"this is not CSV: {error}")]) from None
    if reading.faults:
        more = reading.count - len(reading.faults)
        if more:
            last = reading.faults[-1]
            message = f"{last.message} (and {more:,} more in this file)"
            reading.faults[-1] = Fault(last.file, last.line, last.column, last.path, message)
        raise ScenarioError(reading.faults)
    return found


def _index(header: list[str], column: str, key: str, name: str) -> int:
    if column in header:
        return header.index(column)
    raise RegisterError(key, f"`{name}` has no column {show(column)}{near(column, header)}")


class Rows(Protocol):
    """What the module csv makes of a file."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


class _Reading:
    """One pass over the rows, with the faults found so far."""

    def __init__(self, path: str, columns: Columns, programmes: tuple[str, ...] | None) -> None:
        self.path, self.columns = path, columns
        self.programmes = None if programmes is None else frozenset(programmes)
        self.faults: list[Fault] = []
        self.count = 0
        self.row = self.line = 0

    def records(
        self, rows: Rows, header: list[str], indices: list[int | None], wanted: list[tuple[int, str]]
    ) -> Iterator[Record]:
        date_at, value_at, programme_at = indices
        assert date_at is not None
        dates: dict[str, datetime | None] = {}
        for self.row, fields in enumerate(rows, start=1):
            self.line = rows.line_num
            if not fields:
                continue
            if len(fields) != len(header):
                self.fault(
                    1, f"found {len(fields)} field{'s' * (len(fields) != 1)}, expected {len(header)} as in the header"
                )
                continue
            if any(fields[index].strip() != value for index, value in wanted):
                continue
            text = fields[date_at]
            if text not in dates:
                dates[text] = _moment(text.strip())
            when = dates[text]
            if when is None:
                expected = "a date such as `2020-10-05`"
                self.fault(date_at + 1, f"found {show(text)} in `{self.columns[0]}`, expected {expected}")
            cents = None if value_at is None else self.cents(fields[value_at], value_at)
            programme = None if programme_at is None else self.programme(fields[programme_at].strip(), programme_at)
            if when is not None and not self.faults:
                yield Record(when, cents, programme)

    def fault(self, field: int, message: str) -> None:
        self.count += 1
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(Fault(self.path, self.line, field, "", f"row {self.row}: {message}"))

    def cents(self, text: str, index: int) -> int:
        if text.isascii() and text.isdigit() and len(text) < 13:
            return int(text) * 100
        try:
            value = Decimal(text.strip() if text.isascii() else "NaN") * 100
        except (InvalidOperation, Overflow):
            value = Decimal("NaN")
        if value.is_nan() or not 0 <= value <= DEAREST:
            expected = "an amount of money that is not negative"
            self.fault(index + 1, f"found {show(text)} in `{self.columns[1]}`, expected {expected}")
            return 0
        return whole(value)

    def programme(self, text: str, index: int) -> str:
        name = text or "none"
        if self.programmes is not None and name != "none" and name not in self.programmes:
            near_miss = near(name, sorted(self.programmes))
            self.fault(index + 1, f"unknown programme {show(name)} in `{self.columns[2]}`{near_miss}")
        return name


def _moment(text: str) -> datetime | None:
    """A date, or a date and time without a zone, to the minute."""
    try:
        moment = datetime.fromisoformat(text) if text[4:5] == "-" == text[7:8] else None
    except ValueError:
        return None
    return moment.replace(second=0, microsecond=0) if moment is not None and moment.tzinfo is None else None
