"""What a line takes of a register: its orders, or what is wrong with the rows that would be them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, product
from typing import NamedTuple, overload

from exportsim.errors import Fault, ScenarioError
from exportsim.scenario.demand import Register
from exportsim.scenario.programmes import NO_PROGRAMME
from exportsim.scenario.quantities import DEAREST, MINUTES_A_DAY, Money, show
from exportsim.scenario.register_decisions import Decisions, compare_decisions, decisions_of
from exportsim.scenario.register_forms import (
    BLANK,
    UNREAD,
    amount,
    as_keys,
    date_formats_meant,
    marks_meant,
)
from exportsim.scenario.register_table import Columns, Table
from exportsim.scenario.schema_paths import near, nearest

Days = tuple[date, date]  # the first, and the one after the last
FAULTS_TOLD = 10  # of one line of a register; the rest is counted
ROWS_SHOWN = 3  # of a kind


class Selection(NamedTuple):
    """How a line reads a file, and the names that may be in it; None where it is not known which may."""

    register: Register
    programmes: tuple[str, ...] | None
    stages: tuple[str, ...] | None = None
    """Those of review that applications of the line come to, the ordinary ones first."""


class Record(NamedTuple):
    """One order of a register."""

    when: datetime
    """To the minute, without a time zone; 00:00 where only a date is given."""
    cents: int | None
    """None where the register has no value: to be drawn."""
    programme: str | None
    """None where the register has no programmes: to be drawn. ``none`` where it has, but this order has not."""


class Records(Sequence[Record]):
    """The orders of a line in the order of the file, as columns of numbers: there may be millions."""

    def __init__(
        self,
        minutes: array[int] = array("q"),  # noqa: B008 - never changed
        cents: array[int] = array("q"),  # noqa: B008
        programmes: array[int] | None = None,
        names: Sequence[str] = (),
        ids: Sequence[str] | None = None,
        decisions: Decisions | None = None,
    ) -> None:
        self.minutes, self.cents, self.names, self.ids = minutes, cents, names, ids
        self.decisions = decisions
        """None where the register has none."""
        self.programmes = programmes
        """The number of each order's programme among ``names``; None where the register has none."""

    def __len__(self) -> int:
        return len(self.minutes)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        return self._record(
            self.minutes[index], self.cents[index], -1 if self.programmes is None else self.programmes[index]
        )

    def __iter__(self) -> Iterator[Record]:
        programmes: Iterable[int] = [-1] * len(self) if self.programmes is None else self.programmes
        return map(self._record, self.minutes, self.cents, programmes)

    def _record(self, minute: int, cents: int, programme: int) -> Record:
        when = datetime.fromordinal(minute // MINUTES_A_DAY) + timedelta(minutes=minute % MINUTES_A_DAY)
        return Record(when, None if cents < 0 else cents, None if programme < 0 else self.names[programme])

    def held(self) -> set[str | None]:
        """The programmes that there are; None among them if they are drawn."""
        if self.programmes is None:
            return {None} if len(self) else set()
        return {self.names[number] for number in set(self.programmes)}

    def days(self) -> dict[str | None, list[int]]:
        """By programme, None where it is drawn, the ordinals of the days of its orders, in order."""
        if self.programmes is None:
            return {None: sorted([minute // MINUTES_A_DAY for minute in self.minutes])} if len(self) else {}
        found: dict[int, list[int]] = {}
        for minute, programme in zip(self.minutes, self.programmes, strict=True):
            found.setdefault(programme, []).append(minute // MINUTES_A_DAY)
        return {self.names[programme]: sorted(days) for programme, days in found.items()}


class RegisterError(ScenarioError):
    """What is wrong with the register as a whole, and so with the scenario that names it."""

    def __init__(self, key: str, message: str) -> None:
        self.key, self.message = key, message
        super().__init__([Fault("<register>", 0, 0, key, message)])


class Nowhere(NamedTuple):
    """A text of ``where`` that is in no cell of its column."""

    at: tuple[str | int, ...]
    """Where it stands: the number of the mapping, if ``where`` is a list of them, and the column."""
    cell: str
    close: str | None
    """The nearest text that is there."""


class Cells(NamedTuple):
    """What stands in some columns in the rows that a line takes."""

    columns: tuple[int, ...]
    """The places of the columns."""
    numbers: tuple[array[int], ...]
    """By column, the number of each row's text."""
    texts: tuple[list[str], ...]
    """By column, all the texts that are in it, in the run or outside."""
    rows: array[int]
    """Of each row, its number from 1 below the header."""
    lines: array[int]
    """And the line of the file in which it ends."""


class Taken(NamedTuple):
    """What a line takes of a register."""

    records: Records
    rows: array[int]
    """The places of the rows that are its orders, among those of the file."""
    problem: ScenarioError | None
    """Why nothing can be taken; then there are no records."""
    nowhere: tuple[Nowhere, ...] = ()
    """What ``where`` asks for and no row has."""
    cells: Cells | None = None
    """Of each row, what stands in the columns by which the line is many, if it is."""


def columns_of(register: Register, header: Sequence[str]) -> Columns:
    """Where the columns are that a register's scenario names."""

    def place(column: str, key: str) -> int:
        if header.count(column) > 1:
            message = f"`{register.register_}` has {header.count(column)} columns called {show(column)}, expected one"
            raise RegisterError(key, message)
        if column not in header:
            raise RegisterError(key, f"`{register.register_}` has no column {show(column)}{near(column, header)}")
        return header.index(column)

    def optional(column: str | None, key: str) -> int | None:
        return None if column is None else place(column, key)

    date_at, value = place(register.date, "date"), optional(register.value, "value")
    programme, named = optional(register.programme, "programme"), optional(register.id, "id")
    where = tuple(tuple(place(column, "where") for column in selection) for selection in register.selections)
    by = () if register.by is None else tuple(place(column, "by") for column in register.by.columns.values())
    decided = optional(register.decided, "decided")
    outcome, expires = optional(register.outcome, "outcome"), optional(register.expires, "expires")
    stage, since = optional(register.stage, "stage"), optional(register.stage_since, "stage_since")
    return Columns(date_at, value, programme, named, where, by, decided, outcome, expires, stage, since)


def bounds(days: Days | None) -> tuple[int, int]:
    """The first minute of some days, and the one after the last."""
    if days is None:
        return 0, 1 << 62
    return days[0].toordinal() * MINUTES_A_DAY, days[1].toordinal() * MINUTES_A_DAY


class Reading:
    """What one line takes of a table, with the faults that its rows have."""

    def __init__(self, shown: str, table: Table, selection: Selection, columns: Columns, days: Days | None) -> None:
        self.register, programmes, self.stages = selection
        self.programmes = None if programmes is None else frozenset(programmes)
        self.shown, self.table, self.columns = shown, table, columns
        self.minutes = table.minutes[columns.date, self.register.date_format]
        self.first, self.past = bounds(days)
        self.faults: list[tuple[int, int, str]] = []  # line, column, message
        self.nowhere: list[Nowhere] = []

    def taken(self) -> Taken:
        """What there is of this line."""
        minutes, first, past = self.minutes, self.first, self.past
        mine = self._mine()
        inside = [row for row in mine if first <= minutes[row] < past]
        unread: list[int] = []
        if (self.columns.date, self.register.date_format) in self.table.unread:
            unread = [row for row in mine if minutes[row] < 0]
            self.dates(unread, mine, self.columns.date)
        looked_at = sorted(inside + unread) if unread else inside
        cents = self._values(looked_at)
        programmes, names = self._programmes(looked_at)
        ids = None if self.columns.by else self._ids(looked_at)  # a licence is one order in each of its lines
        decisions = decisions_of(self, looked_at)
        self.faults += (
            (line, 1, f"row {row}: found {count} field{'s' * (count != 1)}, expected {len(self.table.header)}"
             " as in the header")
            for row, line, count in self.table.uneven
        )  # fmt: skip
        if self.table.broken is not None:
            broken = self.table.broken
            self.faults.append((broken.line, broken.column, broken.message))
        if not self.faults:
            dates = array("q", [minutes[row] for row in inside])
            records = Records(dates, cents, programmes, names, None, decisions)
            if ids is not None:
                records = self._licences(inside, records, ids)
        if self.faults:
            return Taken(Records(), array("I"), ScenarioError(first_of(self.shown, self.faults)), tuple(self.nowhere))
        return Taken(records, array("I", inside), None, tuple(self.nowhere), self._cells(inside))

    def _cells(self, rows: Sequence[int]) -> Cells | None:
        table, by = self.table, self.columns.by
        if not by:
            return None
        numbers = tuple(array("I", [table.numbers[place][row] for row in rows]) for place in by)
        of_rows, lines = (array("I", [each[row] for row in rows]) for each in (table.rows, table.lines))
        return Cells(by, numbers, tuple(table.texts[place] for place in by), of_rows, lines)

    def _mine(self) -> Sequence[int]:
        """The rows whose cells say what ``where`` says, in the order of the file."""
        found: list[array[int]] = []
        selections = self.register.selections
        for index, (places, selection) in enumerate(zip(self.columns.where, selections, strict=True)):
            if not selection:
                return range(len(self.table.rows))
            at = () if self.register.where is selection else (index,)
            wanted = [
                self._numbers_of(place, (*at, column), cells)
                for place, (column, cells) in zip(places, selection.items(), strict=True)
            ]
            groups = self.table.groups(places)
            found += (groups[key] for key in product(*wanted) if key in groups)
        if len(found) == 1:
            return found[0]
        rows = chain.from_iterable(found)
        return sorted(rows if len(selections) == 1 else set(rows))  # which two of them let in is one order

    def _numbers_of(self, place: int, at: tuple[str | int, ...], cells: str | Sequence[str]) -> list[int]:
        """The numbers of the texts that are in a column; what is not is kept as such."""
        numbers = {cell: self.table.number_of(place, cell) for cell in ([cells] if isinstance(cells, str) else cells)}
        missing = [cell for cell, number in numbers.items() if number is None]
        self.nowhere += (Nowhere(at, cell, nearest(cell, self.table.texts[place])) for cell in missing)
        return [number for number in numbers.values() if number is not None]

    def dates(self, unread: Sequence[int], mine: Sequence[int], place: int, others: str = "") -> None:
        """Say which dates are none; in one sentence, if there is a format by which all of them are dates."""
        if not unread:
            return
        form, cells = self.register.date_format, self.table.cells(place)
        expected = f'a date by `date_format: "{form}"`{others}'
        if form is None:
            expected = f"a date such as `2020-10-05`{others}"
        meant: list[str] = []
        if len(unread) == len(mine) or form is not None:
            own = dict.fromkeys(cells[row] for row in mine)
            # What other rows of the column have may tell the day from the month where those of this line do not.
            every = dict.fromkeys(cells)
            meant = date_formats_meant(every) or date_formats_meant(own)
        for row in unread[:1] if meant else unread:
            counted = "; a spreadsheet counts days so: have them written as dates" if _is_count(cells[row]) else ""
            said = f"{self.found(row, place)}, expected {expected}{_dates_meant(meant)}{counted}"
            self.fault(row, place, said)

    def _values(self, rows: Sequence[int]) -> array[int]:
        place = self.columns.value
        if place is None:
            return array("q", [BLANK]) * len(rows)
        decimal, thousands = self.register.decimal, self.register.thousands
        column = self.table.cents[place, decimal, thousands]
        cents = array("q", [column[row] for row in rows])
        if cents and min(cents) < 0:
            blank = [row for row in rows if column[row] == BLANK]
            if self.register.blank is None:
                self._blanks(blank, place, Money.expected)
            wrong = [row for row in rows if column[row] == UNREAD]
            if wrong:
                cells = self.table.cells(place)
                marks = marks_meant([cells[row] for row in rows])
                meant = " or ".join(map(as_keys, marks))
                meant = meant and f"; with {meant} all amounts of this column are read"
                for row in wrong[:1] if meant else wrong:
                    expected = amount(cells[row], decimal, thousands)
                    self.fault(row, place, f"{self.found(row, place)}, expected {expected}{meant}")
        return cents

    def _blanks(self, rows: Sequence[int], place: int, expected: str) -> None:
        if rows:
            others = f"; so in {len(rows):,} rows: {self.numbers(rows)}" if len(rows) > 1 else ""
            drawn = "; `blank: drawn` draws such values" if place == self.columns.value else ""
            self.fault(rows[0], place, f"{self.found(rows[0], place)}, expected {expected}{drawn}{others}")

    def numbers(self, rows: Sequence[int]) -> str:
        """The numbers of the first few rows."""
        return ", ".join([*(str(self.table.rows[row]) for row in rows[:ROWS_SHOWN]), *["…"] * (len(rows) > ROWS_SHOWN)])

    def _programmes(self, rows: Sequence[int]) -> tuple[array[int] | None, list[str]]:
        place = self.columns.programme
        if place is None:
            return None, []
        numbers = self.table.numbers[place]
        names = [text or NO_PROGRAMME for text in self.table.texts[place]]
        found = array("I", [numbers[row] for row in rows])
        if self.programmes is not None:
            unknown = {number for number in set(found) if names[number] not in self.programmes}
            near_miss = {number: near(names[number], sorted(self.programmes - {NO_PROGRAMME})) for number in unknown}
            title = self.table.header[place]
            for row in rows if unknown else ():
                if (number := numbers[row]) in unknown:
                    said = f"unknown programme {show(names[number])} in `{title}`{near_miss[number]}"
                    self.fault(row, place, said)
        return found, names

    def _ids(self, rows: Sequence[int]) -> array[int] | None:
        place = self.columns.id
        if place is None:
            return None
        numbers, texts = self.table.numbers[place], self.table.texts[place]
        if "" in texts:  # looked for among all: as many licences as rows would make a large table of where each is
            blank = texts.index("")
            self._blanks([row for row in rows if numbers[row] == blank], place, "the number of a licence")
        return array("I", [numbers[row] for row in rows])

    def _licences(self, rows: Sequence[int], records: Records, ids: Sequence[int]) -> Records:
        """One order of all rows of a licence: on the first of their dates, of the sum of their values."""
        texts = self.table.texts[self._id_at]
        at = array("q", [-1]) * len(texts)  # by the number of a licence, which order it is
        firsts = array("I")  # the row that each licence begins with, by its place among these
        minutes, cents, programmes = array("q"), array("q"), array("I")
        for place, licence in enumerate(ids):
            programme = 0 if records.programmes is None else records.programmes[place]
            if (order := at[licence]) < 0:
                at[licence] = len(firsts)
                firsts.append(place)
                minutes.append(records.minutes[place])
                cents.append(records.cents[place])
                programmes.append(programme)
                continue
            minutes[order] = min(minutes[order], records.minutes[place])
            # A part whose value is to be drawn leaves none to be known of the whole.
            known = cents[order] >= 0 and records.cents[place] >= 0
            cents[order] = cents[order] + records.cents[place] if known else BLANK
            if cents[order] > DEAREST:
                self.fault(rows[place], self._value_at, "the values of this licence are more than 10000bn together")
            if records.programmes is not None and records.names[programme] != records.names[programmes[order]]:
                title, first = self.table.header[self._programme_at], self.table.rows[rows[firsts[order]]]
                said = f"found `{records.names[programme]}` in `{title}`, expected `{records.names[programmes[order]]}`"
                self.fault(rows[place], self._programme_at, f"{said} as in row {first} of the same licence")
            compare_decisions(self, records.decisions, rows, place, firsts[order])
        named = [texts[ids[place]] for place in firsts]
        decisions = None if records.decisions is None else records.decisions.of(firsts)
        programmes_of_all = None if records.programmes is None else programmes
        return Records(minutes, cents, programmes_of_all, records.names, named, decisions)

    @property
    def _value_at(self) -> int:
        return self.columns.value or 0

    @property
    def _programme_at(self) -> int:
        return self.columns.programme or 0

    @property
    def _id_at(self) -> int:
        return self.columns.id or 0

    def fault(self, row: int, place: int, message: str) -> None:
        self.faults.append((self.table.lines[row], place + 1, f"row {self.table.rows[row]}: {message}"))

    def found(self, row: int, place: int) -> str:
        cell = self.table.cells(place)[row]
        return f"found {show(cell) if cell.strip() else 'nothing'} in `{self.table.header[place]}`"


def first_of(shown: str, misfits: Sequence[tuple[int, int, str]]) -> list[Fault]:
    """The first faults of a file, in its order, with the number of the others."""
    told = sorted(misfits, key=lambda misfit: misfit[:2])
    faults = [Fault(shown, line, column, "", message) for line, column, message in told[:FAULTS_TOLD]]
    if len(told) > FAULTS_TOLD:
        last = faults.pop()
        more = f"{last.message} (and {len(told) - FAULTS_TOLD:,} more in this file)"
        faults.append(Fault(last.file, last.line, last.column, "", more))
    return faults


def _is_count(cell: str) -> bool:
    """Whether a cell may be the number of a day, from 1900 on, of a day from 1968 to 2064."""
    whole = cell.strip().partition(".")[0]
    return whole.isascii() and whole.isdigit() and len(whole) == 5 and 25_000 <= int(whole) <= 60_000


def _dates_meant(forms: Sequence[str]) -> str:
    if not forms:
        return ""
    said = " or ".join(as_keys({"date_format": form}) for form in forms)
    if len(forms) > 1:
        undecided = "no day among them is above 12, so that they do not tell which"
        return f"; every date is read with {said}: {undecided}"
    return f"; with {said} every date of this line is read"
