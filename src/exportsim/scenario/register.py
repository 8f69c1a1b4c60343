"""Registers: dated records of orders in a CSV, read with the place of whatever is wrong in them.

A file is read and parsed once for all lines that take orders from it.
"""

from __future__ import annotations

import csv
import os
import stat
from array import array
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from exportsim import files
from exportsim.errors import Fault, ScenarioError
from exportsim.scenario.programmes import NO_PROGRAMME
from exportsim.scenario.quantities import show
from exportsim.scenario.register_records import (
    Days,
    Reading,
    Record,
    Records,
    RegisterError,
    Selection,
    Taken,
    bounds,
    columns_of,
)
from exportsim.scenario.register_table import Columns, Csv, Form, Table, plainly, together
from exportsim.scenario.schema import (
    Authority,
    DemandLine,
    Only,
    Register,
    Scenario,
    Supplier,
    days_of,
    stages_of,
)

LARGEST = 100_000_000  # bytes
MOST_KEPT = 3_000_000  # rows and orders of files that were read, see _kept


class Read(NamedTuple):
    """What was read of a file."""

    numbers: array[int]
    """The number of each row, from 1 below the header."""
    within: bytearray
    """Of each row, whether it falls into the run by the date that any of the lines goes by."""
    taken: tuple[Taken, ...]
    """What each line takes."""


class RegisterFile(NamedTuple):
    """A file with all that the lines of a scenario take of it."""

    name: str
    """As the first of the lines calls it."""
    numbers: array[int]
    """The number of each row, from 1 below the header."""
    within: bytearray
    """Of each row, whether it falls into the run by the date that any of the lines goes by."""
    lines: dict[str, Taken]


def read_register(scenario: Scenario, line: str) -> list[Record]:
    """The records of a demand line's register that fall into the run, in the order of the file.

    That it cannot be read (RegisterError, ScenarioError) has been ruled out of a scenario that was loaded.
    """
    return list(records_of(scenario)[line])


def records_of(scenario: Scenario) -> dict[str, Records]:
    """By demand line that has a register, its records that fall into the run, in the order of the file."""
    found: dict[str, Records] = {}
    for file in registers_of(scenario):
        for line, taken in file.lines.items():
            if taken.problem is not None:
                raise taken.problem
            found[line] = taken.records
    return found


def tells_of_decisions(scenario: Scenario) -> bool:
    """Whether any register says what was decided, and when."""
    return any(telling(line) is not None for line in scenario.demand.values())


def telling(line: DemandLine) -> Register | None:
    """The register of a line, if it has one that says what was decided."""
    return line.orders if isinstance(line.orders, Register) and line.orders.decided is not None else None


def licences_of(scenario: Scenario) -> dict[str, list[str]]:
    """By demand line whose register says `id`, the licences' own numbers, that of its first order first."""
    found: dict[str, list[str]] = {}
    if not any(isinstance(line.orders, Register) and line.orders.id for line in scenario.demand.values()):
        return found
    for line, records in records_of(scenario).items():
        if (ids := records.ids) is not None:
            # As orders are numbered: by date, then by row.
            found[line] = [ids[place] for place in sorted(range(len(records)), key=records.minutes.__getitem__)]
    return found


def order_name(licences: Mapping[str, Sequence[str]], line: str, number: int) -> str:
    """What an order is called: its line with its licence's own number, or else with its place among the line's."""
    return f"{line}/{licences[line][number - 1] if line in licences else number}"


def registers_of(scenario: Scenario) -> list[RegisterFile]:
    """The files of a scenario's registers, each with what every line takes of it."""
    registers = {
        name: selection(line.orders, line.programmes, stages_of_line(line, scenario.authorities, scenario.suppliers))
        for name, line in scenario.demand.items()
        if isinstance(line.orders, Register)
    }
    return read_files(registers, scenario.folder, days_of(scenario.period)) if registers else []


def selection(register: Register, programmes: Collection[str] | None, stages: tuple[str, ...] | None) -> Selection:
    """How a line reads a file; any name of a programme or stage may be in it if it is not known which may."""
    named = None if programmes is None or register.programme is None else (*programmes, NO_PROGRAMME)
    return Selection(register, named, stages)


def stages_of_line(
    line: DemandLine, authorities: Mapping[str, Authority], suppliers: Mapping[str, Supplier]
) -> tuple[str, ...] | None:
    """The stages that applications of a line come to; None if its register names none, or no source needs a permit."""
    if not isinstance(line.orders, Register) or line.orders.stage is None:
        return None
    for supplier in line.sources:
        office = suppliers[supplier].authority
        if office is not None and authorities[office].country != line.destination:
            return tuple(stage.stage for stage in stages_of(authorities[office]) if _comes_to(line, stage.only))
    return None


def _comes_to(line: DemandLine, only: Only | None) -> bool:
    """Whether some applications of a line are among those that a stage is for."""
    return only is None or (
        (only.destinations is None or line.destination in only.destinations)
        and (only.goods is None or line.goods in only.goods)
    )


def read_files(registers: Mapping[str, Selection], folder: str | Path, days: Days | None) -> list[RegisterFile]:
    """The files of registers given by line, each read once."""
    real: dict[str, str] = {}
    by_path: dict[tuple[str, Form], list[str]] = {}
    for line, (register, *_) in registers.items():
        name = register.register_
        if name not in real:
            real[name] = _real(folder, name)
        by_path.setdefault((real[name], Form(register.delimiter, register.encoding)), []).append(line)
    found: dict[str, list[RegisterFile]] = {}
    for (path, form), lines in by_path.items():
        name = registers[lines[0]].register.register_
        selections = tuple(registers[line] for line in lines)
        try:
            read = _read(path, str(Path(folder, name)), form, _version(path, name), selections, days)
        except ScenarioError as error:
            read = _nothing(error, len(lines))
        file = RegisterFile(name, read.numbers, read.within, dict(zip(lines, read.taken, strict=True)))
        found.setdefault(path, []).append(file)
    order = {line: number for number, line in enumerate(registers)}
    return [file for of_path in found.values() for file in _in_one(of_path, order)]


def _in_one(found: Sequence[RegisterFile], order: Mapping[str, int]) -> list[RegisterFile]:
    """What was read of a file in several encodings, say, in one, if the rows are the same; what could not be, apart."""
    first, *others = found
    apart = []
    for other in others:
        if other.numbers != first.numbers:
            apart.append(other)
            continue
        lines = dict(sorted((first.lines | other.lines).items(), key=lambda line: order[line[0]]))
        within = bytearray(map(max, first.within, other.within))
        first = RegisterFile(first.name, first.numbers, within, lines)
    return [first, *apart]


def _nothing(problem: ScenarioError, lines: int) -> Read:
    return Read(array("I"), bytearray(), (Taken(Records(), array("I"), problem),) * lines)


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


_kept: OrderedDict[tuple[object, ...], tuple[Read, int]] = OrderedDict()


def _read(
    path: str, shown: str, form: Form, version: tuple[int, int], selections: tuple[Selection, ...], days: Days | None
) -> Read:
    """What was read of a file before, if it is as it was; the files that were asked for last are kept."""
    key = (path, shown, form, version, selections, days)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key][0]
    read = _parsed(path, shown, form, version, selections, days)
    _kept[key] = read, len(read.numbers) + sum(len(taken.records) + len(taken.rows) for taken in read.taken)
    while len(_kept) > 1 and sum(size for _, size in _kept.values()) > MOST_KEPT:
        _kept.popitem(last=False)
    return read


_to_come: dict[tuple[object, ...], Table] = {}
"""What was read for a line that is many, until the lines that are made of it take it: they look at the same columns."""


def _parsed(
    path: str, shown: str, form: Form, version: tuple[int, int], selections: tuple[Selection, ...], days: Days | None
) -> Read:
    try:
        file = Csv(files.read(Path(path)), form)
    except OSError as error:
        raise _unreadable(selections[0].register.register_, error) from None
    except csv.Error as error:
        raise ScenarioError([Fault(shown, 1, 1, "", f"this is not CSV: {plainly(error)}")]) from None
    if file.is_empty:
        faults = [Fault(shown, line, column, "", message) for line, column, message in file.misfits]
        raise ScenarioError(faults)
    placed = [_columns(register, file) for register, *_ in selections]
    every = [
        columns.wanted(register)
        for columns, (register, *_) in zip(placed, selections, strict=True)
        if isinstance(columns, Columns)
    ]
    wanted = together(every) if every else None
    misfits = [Fault(shown, line, column, "", message) for line, column, message in file.misfits]
    key = (path, form, version, wanted)
    table = (_to_come.pop(key, None) or Table(file, wanted)) if wanted is not None else None
    if table is not None and any(register.by is not None for register, *_ in selections):
        _to_come.clear()
        _to_come[key] = table
    taken = []
    for each, columns in zip(selections, placed, strict=True):
        if isinstance(columns, RegisterError) or table is None:
            problem: ScenarioError = columns if isinstance(columns, RegisterError) else ScenarioError(misfits)
            if misfits and isinstance(columns, RegisterError):
                problem = ScenarioError([*misfits, Fault(shown, 1, 1, "", columns.message)])
            taken.append(Taken(Records(), array("I"), problem))
            continue
        found = Reading(shown, table, each, columns, days).taken()
        if misfits:
            faults = misfits + list(found.problem.faults if found.problem is not None else ())
            found = Taken(Records(), array("I"), ScenarioError(faults), found.nowhere)
        taken.append(found)
    if table is None:
        return Read(array("I"), bytearray(), tuple(taken))
    first, past = bounds(days)
    within = bytearray()
    dated = {(columns.date, register.date_format) for columns, (register, *_) in zip(placed, selections, strict=True)
             if isinstance(columns, Columns)}  # fmt: skip
    for minutes in (table.minutes[column] for column in sorted(dated, key=str)):
        inside = bytearray([first <= minute < past for minute in minutes])
        within = bytearray(map(max, within, inside)) if within else inside
    return Read(table.rows, within, tuple(taken))


def _columns(register: Register, file: Csv) -> Columns | RegisterError:
    try:
        return columns_of(register, file.header)
    except RegisterError as error:
        if register.date not in file.header and (line := file.line_with(register.date)) is not None:
            below = f"line {line} has one, and the header has to be the first: remove what is above it"
            return RegisterError("date", f"`{register.register_}` has no column {show(register.date)}; {below}")
        return error
