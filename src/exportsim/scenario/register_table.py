"""A CSV of dated records as columns of numbers, read and parsed once for all lines that take orders from it."""

from __future__ import annotations

import csv
import gc
import io
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import accumulate, chain, compress, islice
from operator import itemgetter
from typing import NamedTuple, Protocol

from exportsim.scenario.demand import Register
from exportsim.scenario.register_forms import Amounts, Dates, Texts
from exportsim.scenario.register_text import Misfit, encoding_of, other_file

AT_ONCE = 1000  # rows, which a processor keeps at hand
COMMA = ","
FIRST_FEW = 20  # lines among which a header is looked for that is not the first
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "upright strokes", ",": "commas"}
_LINE_END = re.compile("\r\n|\r|\n")

DateColumn = tuple[int, str | None]  # its place, and the format of its dates
AmountColumn = tuple[int, str | None, str | None]  # its place, and its decimal mark and that between thousands


class Form(NamedTuple):
    """How a file is written, as far as its scenario says."""

    delimiter: str | None
    encoding: str | None


class Wanted(NamedTuple):
    """The columns that lines look at, by their places."""

    dates: frozenset[DateColumn]
    amounts: frozenset[AmountColumn]
    texts: frozenset[int]


class Columns(NamedTuple):
    """The places of the columns that a line looks at."""

    date: int
    value: int | None
    programme: int | None
    id: int | None
    where: tuple[tuple[int, ...], ...]
    """Of each mapping of ``where``."""
    by: tuple[int, ...]
    decided: int | None
    outcome: int | None
    expires: int | None
    stage: int | None
    stage_since: int | None

    @property
    def days(self) -> tuple[int | None, int | None, int | None]:
        """Those of days that may be blank."""
        return self.decided, self.expires, self.stage_since

    def wanted(self, register: Register) -> Wanted:
        named = (place for place in (self.programme, self.id, self.outcome, self.stage) if place is not None)
        texts = [*chain.from_iterable(self.where), *self.by, *named]
        amounts = [] if self.value is None else [(self.value, register.decimal, register.thousands)]
        dates = [place for place in (self.date, *self.days) if place is not None]
        return Wanted(frozenset((place, register.date_format) for place in dates), frozenset(amounts), frozenset(texts))


def together(every: Sequence[Wanted]) -> Wanted:
    """The columns that any of some lines looks at."""
    dates, amounts, texts = zip(*every, strict=True)
    return Wanted(frozenset().union(*dates), frozenset().union(*amounts), frozenset().union(*texts))


class Uneven(NamedTuple):
    """A row with more or fewer fields than the header."""

    row: int
    line: int
    fields: int


class Rows(Protocol):
    """What the module csv makes of a file."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class Csv:
    """A file of a register: its header, and its rows as often as they are asked for."""

    def __init__(self, content: bytes, form: Form) -> None:
        if (other := other_file(content)) is not None:
            raise csv.Error(f"found {other}")
        self.content, self._form = content, form
        self.misfits: list[Misfit] = []
        self.encoding, misfit = encoding_of(content, form.encoding, self._mark)
        if misfit is not None:
            self.misfits.append(misfit)
        self.delimiter = form.delimiter or COMMA
        self.header = self._header()
        if len(self.header) == 1 and (form.delimiter is None or form.delimiter.encode() not in content):
            self._other_delimiter()
        self.is_empty = not any(self.header)
        if self.is_empty:
            found = "a blank line" if content.strip(b"\xef\xbb\xbf \t\r\n") else "nothing"
            self.misfits.append(Misfit(1, 1, f"found {found}, expected a header: the names of the columns"))

    def _mark(self) -> bytes:
        """What seems to stand between columns, by the first line as bytes."""
        first = self.content.partition(b"\n")[0]
        marks = (self._form.delimiter,) if self._form.delimiter is not None else (COMMA, *DELIMITERS)
        return next((mark.encode() for mark in marks if mark.encode() in first), COMMA.encode())

    def _header(self) -> list[str]:
        return [title.strip() for title in next(self.rows(), [])]

    def _other_delimiter(self) -> None:
        """Take what stands between the columns of a header that has no such mark as is expected, and say so."""
        for mark in DELIMITERS:
            if mark in self.header[0]:
                written = '"\\t"' if mark == "\t" else f'"{mark}"'
                expected = f"expected {DELIMITERS[self.delimiter]}"
                found = f"found {DELIMITERS[mark]} between columns, {expected}: say `delimiter: {written}`"
                self.misfits.append(Misfit(1, 1, found))
                self.delimiter = mark
                self.header = self._header()
                return

    def line_with(self, column: str) -> int | None:
        """The line, of the first few below the first, in which a column is called so: what is above is no header."""
        try:
            for number, row in enumerate(islice(self.rows(), FIRST_FEW)):
                if number and column in map(str.strip, row):
                    return number + 1
        except csv.Error:
            pass
        return None

    def rows(self) -> Rows:
        """All rows, the header first."""
        text = io.TextIOWrapper(io.BytesIO(self.content), encoding=self.encoding, newline="")
        return csv.reader(text, delimiter=self.delimiter, strict=True)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Spare the collector of circles the millions of rows that come and go, in which there are none."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def plainly(error: csv.Error) -> str:
    """What is wrong with a row that is no CSV."""
    if "unexpected end" in str(error):
        return "a quotation mark is opened in this row and never closed"
    if "expected after" in str(error):
        return "something stands behind a closing quotation mark in this row; within quotes, a mark is written twice"
    return str(error)


def _lines_of(fields: Sequence[str]) -> int:
    """How many lines of a file a row takes: there may be ends of lines in its cells."""
    return 1 + sum(len(_LINE_END.findall(field)) for field in fields)


class Table:
    """The columns of a file that lines look at, as numbers; rows of nothing but blanks are not there.

    A row is known here by its place among those that are there.
    """

    def __init__(self, file: Csv, wanted: Wanted) -> None:
        self.header = file.header
        self.rows, self.lines = array("I"), array("I")
        """The number of each row, from 1 below the header, and the line of the file in which it ends."""
        self.uneven: list[Uneven] = []
        self.broken: Misfit | None = None
        """Where the file ceases to be CSV."""
        self.minutes = {column: array("q") for column in wanted.dates}
        self.cents = {column: array("q") for column in wanted.amounts}
        self.numbers = {place: array("I") for place in wanted.texts}
        """Of a column of texts, the number of each row's text among ``texts``."""
        self._file = file
        self._groups: dict[tuple[int, ...], dict[tuple[int, ...], array[int]]] = {}
        texts = {place: Texts() for place in wanted.texts}
        with _nothing_to_collect():
            self._fill(texts)
        self.texts = {place: found.texts for place, found in texts.items()}
        self.unread = {column for column, minutes in self.minutes.items() if minutes and min(minutes) < 0}
        """The columns of dates in which something is none, be it a blank."""

    def _fill(self, texts: Mapping[int, Texts]) -> None:
        readers: list[tuple[int, array[int], Mapping[str, int]]] = [
            *((column[0], minutes, Dates(column[1])) for column, minutes in self.minutes.items()),
            *((column[0], cents, Amounts(*column[1:])) for column, cents in self.cents.items()),
            *((place, numbers, texts[place]) for place, numbers in self.numbers.items()),
        ]
        rows, number, line, width = self._file.rows(), 0, 0, len(self.header)
        next(rows, None)
        probe = readers[0][0] if readers else 0
        while self.broken is None:
            batch: list[list[str]] = []
            line = rows.line_num
            try:
                batch.extend(islice(rows, AT_ONCE))  # those before what is no CSV are there all the same
            except csv.Error as error:
                begins = line + sum(map(_lines_of, batch)) + 1
                self.broken = Misfit(begins, 1, f"this is not CSV: {plainly(error)}")
            if not batch:
                break
            lines: Sequence[int] = range(line + 1, line + 1 + len(batch))
            if rows.line_num - line != len(batch):
                lines = list(accumulate(map(_lines_of, batch), initial=line))[1:]
            numbers: Sequence[int] = range(number + 1, number + 1 + len(batch))
            number += len(batch)
            if set(map(len, batch)) != {width} or not all(map(str.strip, map(itemgetter(probe), batch))):
                batch, lines, numbers = self._even(batch, lines, numbers)
            self.rows.extend(numbers)
            self.lines.extend(lines)
            columns = list(zip(*batch, strict=True))
            for place, into, reader in readers:
                if columns:
                    cells = columns[place]
                    into.extend(reader.of_all(cells) if isinstance(reader, Amounts) else map(reader.__getitem__, cells))

    def _even(
        self, batch: list[list[str]], lines: Sequence[int], numbers: Sequence[int]
    ) -> tuple[list[list[str]], list[int], list[int]]:
        """Rows without those that are empty, as spreadsheets end in them, and those with too many or too few fields."""
        width = len(self.header)
        said = [any(map(str.strip, fields)) for fields in batch]
        there = [is_said and len(fields) == width for is_said, fields in zip(said, batch, strict=True)]
        self.uneven += (
            Uneven(row, line, len(fields))
            for row, line, fields, is_said in zip(numbers, lines, batch, said, strict=True)
            if is_said and len(fields) != width
        )
        return list(compress(batch, there)), list(compress(lines, there)), list(compress(numbers, there))

    def number_of(self, place: int, text: str) -> int | None:
        """The number of a text of a column, if it occurs there."""
        if place not in self._numbers_of:
            self._numbers_of[place] = {each: number for number, each in enumerate(self.texts[place])}
        return self._numbers_of[place].get(text)

    @cached_property
    def _numbers_of(self) -> dict[int, dict[str, int]]:
        return {}

    def groups(self, places: tuple[int, ...]) -> dict[tuple[int, ...], array[int]]:
        """The rows by the numbers of their texts in some columns."""
        if places not in self._groups:
            found: dict[tuple[int, ...], array[int]] = {}
            for row, numbers in enumerate(zip(*(self.numbers[place] for place in places), strict=True)):
                if (group := found.get(numbers)) is None:
                    group = found[numbers] = array("I")
                group.append(row)
            self._groups[places] = found
        return self._groups[places]

    def cells(self, place: int) -> list[str]:
        """A column as it is written. It is read for this anew: only what is wrong asks for it."""
        if place not in self._cells:
            width, cells = len(self.header), []
            try:
                for fields in islice(self._file.rows(), 1, None):
                    if len(fields) == width and any(map(str.strip, fields)):
                        cells.append(fields[place])
            except csv.Error:
                pass
            self._cells[place] = cells
        return self._cells[place]

    @cached_property
    def _cells(self) -> dict[int, list[str]]:
        return {}
