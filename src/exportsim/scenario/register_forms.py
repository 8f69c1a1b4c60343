"""How a register writes its dates and amounts: read as its scenario says, and what may have been meant where not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice

from pydantic_core import PydanticCustomError

from exportsim.scenario.marks import example, respelled
from exportsim.scenario.quantities import MINUTES_A_DAY, Money

UNREAD = -2  # a cell that is no date or no amount
BLANK = -1  # a cell with nothing in it, where there is to be a date or an amount
KEPT = 100_000  # cells of which what they say is kept, in case they come again
TRIED = 20_000  # cells that a form which may be meant has to fit

_DAYS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    *("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y"),
    *("%b %d, %Y", "%B %d, %Y"),
)
_PLAIN = re.compile(r"(\d{1,12})\.(\d\d?)", re.ASCII)
_WITH_ZONE = ("%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ")
DATE_FORMATS = (*(day + hour for hour in ("", " %H:%M", " %H:%M:%S") for day in _DAYS), *_WITH_ZONE)
MARKS: tuple[Mapping[str, str], ...] = (
    {"decimal": ","},
    {"decimal": "."},
    {"decimal": ".", "thousands": ","},
    {"decimal": ",", "thousands": "."},
    {"decimal": ".", "thousands": " "},
    {"decimal": ",", "thousands": " "},
    {"decimal": ".", "thousands": "'"},
    {"decimal": ",", "thousands": "'"},
)


class Dates(dict[str, int]):
    """The minute of each cell of a column of dates, counted from the midnight before 1 January of the year 1.

    To the minute, without a time zone; 00:00 where only a date is given.
    """

    def __init__(self, form: str | None) -> None:
        super().__init__()
        self.form = form

    def __missing__(self, cell: str) -> int:
        if len(self) >= KEPT:
            self.clear()
        text = cell.strip()
        self[cell] = minute = minute_of(text, self.form) if text else BLANK
        return minute


class Amounts(dict[str, int]):
    """The cents of each cell of a column of amounts, with the marks that the register says or else as in a scenario."""

    def __init__(self, decimal: str | None, thousands: str | None) -> None:
        super().__init__()
        self.decimal, self.thousands = decimal, thousands

    def __missing__(self, cell: str) -> int:
        if len(self) >= KEPT:
            self.clear()
        if cell.isascii() and cell.isdigit() and len(cell) < 13:
            cents = int(cell) * 100
        elif not cell.strip():
            cents = BLANK
        elif self.decimal is self.thousands is None and (plain := _PLAIN.fullmatch(cell)):
            cents = int(plain[1]) * 100 + int(plain[2].ljust(2, "0"))
        else:
            read = amount(cell, self.decimal, self.thousands)
            cents = UNREAD if isinstance(read, str) else read
        self[cell] = cents
        return cents

    def of_all(self, cells: Sequence[str]) -> Iterable[int]:
        """The cents of many cells, of which most are alike or all plain digits."""
        digits = "".join(cells)
        if digits.isascii() and digits.isdigit() and 0 < min(map(len, cells)) <= max(map(len, cells)) < 13:
            return [int(cell) * 100 for cell in cells]
        return map(self.__getitem__, cells)


class Texts(dict[str, int]):
    """The number of each text of a column, blanks around it apart."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def __missing__(self, cell: str) -> int:
        text = cell.strip()
        if text != cell:
            number = self[text]
        else:
            number = len(self.texts)
            self.texts.append(text)
        self[cell] = number
        return number


def minute_of(text: str, form: str | None) -> int:
    """The minute of a date, or a date and time without a zone."""
    try:
        if form is not None:
            moment = datetime.strptime(text, form)
        elif text[4:5] == "-" == text[7:8]:
            moment = datetime.fromisoformat(text)
        else:
            return UNREAD
    except ValueError:
        return UNREAD
    return UNREAD if moment.tzinfo is not None else minute_at(moment)


def minute_at(moment: datetime) -> int:
    """The number of a moment's minute."""
    return moment.toordinal() * MINUTES_A_DAY + moment.hour * 60 + moment.minute


def amount(text: str, decimal: str | None, thousands: str | None) -> int | str:
    """The cents of an amount; if it is none, what is expected."""
    has_marks = decimal is not None or thousands is not None
    written = respelled(text, decimal, thousands) if has_marks else text
    try:
        if written is not None:
            return Money.parse(written).cents
    except PydanticCustomError as error:
        return str((error.context or {})["expected"])
    return f"an amount such as `{example(decimal, thousands)}`, by `decimal` and `thousands`"


def date_formats_meant(cells: Collection[str]) -> list[str]:
    """The formats by which all of some cells are dates; more than one if the cells do not tell day from month."""
    texts = [cell.strip() for cell in islice(cells, TRIED)]
    return [form for form in DATE_FORMATS if all(minute_of(text, form) != UNREAD for text in texts)]


def marks_meant(cells: Sequence[str]) -> list[Mapping[str, str]]:
    """The marks by which all of some cells are amounts; more than one if they are then different amounts."""
    found: dict[tuple[int, ...], Mapping[str, str]] = {}
    for marks in MARKS:
        read = Amounts(marks.get("decimal"), marks.get("thousands"))
        amounts = []
        for cell in islice(cells, TRIED):
            amounts.append(read[cell])
            if amounts[-1] == UNREAD:
                break
        else:
            found.setdefault(tuple(amounts), marks)
    return list(found.values())


def as_keys(keys: Mapping[str, str]) -> str:
    """Keys of a scenario with their values, as they are written there."""
    return "`" + ", ".join(f'{key}: "{value}"' for key, value in keys.items()) + "`"
