"""What is meant by what stands in a register: the country of each destination, and the goods of each category."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from exportsim import files
from exportsim.errors import Fault, ScenarioError
from exportsim.scenario.quantities import show
from exportsim.scenario.register_records import first_of
from exportsim.scenario.register_table import DELIMITERS, Csv, Form, plainly
from exportsim.scenario.register_text import PLAIN
from exportsim.scenario.schema_paths import near, nearest
from exportsim.scenario.text import Position

LEFT_OUT = "none"
SPELLING = "spelling"
_COUNTRY = re.compile("[A-Z]{2}")


class Meant(NamedTuple):
    """What a spelling means, and where that is said."""

    name: str | None
    """A country or goods; None for what is left out."""
    position: Position


class Spellings:
    """What the spellings of destinations and goods mean, by the file that says it, if there is one."""

    def __init__(self, kinds: Collection[str], goods: Sequence[str], file: str | None = None) -> None:
        self.file = file
        """As the scenario calls it."""
        self.goods = goods
        self.meant: dict[str, dict[str, Meant]] = {kind: {} for kind in kinds}
        """By ``destination`` and ``goods``."""

    def of(self, kind: str, cell: str) -> Meant | None:
        """What a cell means; nothing if that is not known. A code or a name of goods means itself."""
        if (found := self.meant[kind].get(cell)) is not None:
            return found
        return Meant(cell, Position("")) if self._is_name(kind, cell) else None

    def _is_name(self, kind: str, cell: str) -> bool:
        return cell in self.goods if kind == "goods" else bool(_COUNTRY.fullmatch(cell))

    def unknown(self, kind: str, cell: str) -> str:
        """The end of a sentence that says of a cell that nobody knows what it means: what may have been meant."""
        if kind != "goods" and _COUNTRY.fullmatch(cell.upper()):
            return f", did you mean `{cell.upper()}`?"
        there = [*self.meant[kind], *(self.goods if kind == "goods" else ())]
        if (close := nearest(cell, there)) is not None:
            return f", did you mean `{close}`?"
        name = "the name of one of `goods`" if kind == "goods" else "the code of a country, such as `CA`"
        entry = f"an entry of `{self.file}`" if self.file is not None else "an entry of a file that `spellings` names"
        return f", expected {name}, or {entry}"

    def read(self, content: bytes, shown: str, encoding: str | None) -> None:
        """Take in a file.

        Raises
        ------
        ScenarioError
            With all that is wrong in it.
        """
        head = content.partition(b"\n")[0].decode(encoding or PLAIN, "replace")
        mark = next((mark for mark in DELIMITERS if mark in head), None)
        rows, line = list[tuple[int, list[str]]](), 1
        try:
            table = Csv(content, Form(mark, encoding))
            for ends, row in _numbered(table):
                line = ends + 1
                rows += [(ends, row)] if any(map(str.strip, row)) else []
        except csv.Error as error:
            raise ScenarioError([Fault(shown, line, 1, "", f"this is not CSV: {plainly(error)}")]) from None
        misfits: list[tuple[int, int, str]] = [*table.misfits] or self._missing(table.header)
        if not misfits:
            for line, row in rows:
                misfits += self._entry(table.header, line, row, shown)
        if misfits:
            raise ScenarioError(first_of(shown, misfits))

    def _missing(self, header: Sequence[str]) -> list[tuple[int, int, str]]:
        needed = (SPELLING, *self.meant)
        return [
            (1, 1, f"found no column `{name}`{near(name, header)}" if name not in header else f"found `{name}` twice")
            for name in needed
            if header.count(name) != 1
        ]

    def _entry(
        self, header: Sequence[str], line: int, row: Sequence[str], shown: str
    ) -> Iterable[tuple[int, int, str]]:
        if len(row) != len(header):
            yield line, 1, f"found {len(row)} field{'s' * (len(row) != 1)}, expected {len(header)} as in the header"
            return
        spelling = row[header.index(SPELLING)].strip()
        for kind, meant in self.meant.items():
            at = header.index(kind)
            name = row[at].strip()
            if not name:
                continue
            column = at + 1
            if name != LEFT_OUT and not self._is_name(kind, name):
                yield line, column, _no_name(kind, name, self.goods)
                continue
            found = Meant(None if name == LEFT_OUT else name, Position(shown, line, column))
            before = meant.setdefault(spelling, found)
            if before.name != found.name:
                said = f"expected `{before.name or LEFT_OUT}` as in line {before.position.line}"
                yield line, column, f"found `{name}` for {show(spelling)}, {said}"


def _no_name(kind: str, name: str, goods: Sequence[str]) -> str:
    if kind == "goods":
        return f"there are no goods {show(name)}{near(name, goods)}"
    if _COUNTRY.fullmatch(name.upper()):
        return f"found {show(name)}, did you mean `{name.upper()}`?"
    return f"found {show(name)}, expected the two capital letters of a country, such as `CA`, or `{LEFT_OUT}`"


def _numbered(table: Csv) -> Iterable[tuple[int, list[str]]]:
    """The rows below the header, each with the line in which it ends."""
    rows = table.rows()
    next(rows, None)
    for row in rows:
        yield rows.line_num, row


def spellings_of(
    name: str | None, kinds: Collection[str], goods: Sequence[str], folder: Path, encoding: str | None
) -> Spellings:
    """What is meant by the spellings of a file, or by codes and names alone.

    Raises
    ------
    ScenarioError
        With what is wrong in it.
    OSError, ValueError
        If it cannot be read.
    """
    found = Spellings(kinds, goods, name)
    if name is not None:
        found.read(files.read(folder / name), str(folder / name), encoding)
    return found
