"""The account of registers: what became of every row of a file, and what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exportsim.digits import number
from exportsim.language import text
from exportsim.scenario.messages import Complaint
from exportsim.scenario.register import RegisterFile, registers_of
from exportsim.scenario.register_records import ROWS_SHOWN
from exportsim.scenario.schema import Scenario


class RegisterAccount(NamedTuple):
    """What became of the rows of a file: how many orders each is, and why some are none.

    A row that two lines take is two orders, and one that none takes is no order: what a file sums to and what a
    scenario orders then differ, and nobody says so. Of a file that one line reads nothing is uneven: what its ``where``
    leaves out was left out on purpose; it is counted all the same.
    """

    file: str
    """As the scenario calls it."""
    lines: tuple[str, ...]
    """The demand lines that take orders from it."""
    read: int
    """All rows but those in which every cell is empty."""
    outside: int
    """Those that fall before or after the run, by the date that a line goes by: at nothing else in them is looked."""
    rows: int
    """All that fall into the run."""
    used_once: int
    used_more: tuple[int, ...]
    """The numbers of the rows that more than one line takes, from 1 below the header."""
    unused: tuple[int, ...]
    """The numbers of the rows within the run that no line takes, since no line's ``where`` lets them in."""

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
    every = len(file.numbers)
    used, again = bytearray(every), set[int]()
    for taken in file.lines.values():
        for row in taken.rows:
            if used[row]:
                again.add(row)
            used[row] = 1
    rows, taken_at_all = sum(file.within), sum(used)
    more = tuple(file.numbers[row] for row in sorted(again))
    unused: tuple[int, ...] = ()
    if taken_at_all < rows:
        unused = tuple(file.numbers[row] for row, inside in enumerate(file.within) if inside and not used[row])
    lines = tuple(file.lines)
    return RegisterAccount(file.name, lines, every, every - rows, rows, taken_at_all - len(more), more, unused)


def odd_registers(files: Sequence[RegisterFile]) -> Iterator[Complaint]:
    """What is odd about registers of which nothing is wrong: rows used twice or not at all, texts that are nowhere."""
    for file in files:
        for line, taken in file.lines.items():
            for at, cell, close in taken.nowhere:
                kind = "nowhere" if close is None else "nowhere_near"
                message = text(f"warnings.{kind}", cell=cell, column=at[-1], close=close, file=file.name)
                yield Complaint(("demand", line, "orders", "where", *at), message)
    yield from _uneven(files)


def _uneven(files: Sequence[RegisterFile]) -> Iterator[Complaint]:
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
