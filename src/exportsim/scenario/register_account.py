"""The account of a register: of its rows within the run, how many orders each became.

A row that two lines take is two orders, and one that none takes is no order: what a file sums to and what a scenario
orders then differ, and nobody says so. A file that one line reads is not complained of: what its ``where`` leaves out
was left out on purpose; it is counted all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exportsim.scenario.messages import Complaint, counted
from exportsim.scenario.register import RegisterFile, registers_of
from exportsim.scenario.schema import Scenario

SHOWN = 3  # rows of a kind that are named


class RegisterAccount(NamedTuple):
    """What became of the rows of a file that fall into the run."""

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

    @property
    def summary(self) -> str:
        """The account in a line: ``r.csv: 9 of 10 rows within the run used; 1 by none (row 3)``."""
        used = f"{self.rows - len(self.unused):,} of {counted(self.rows, 'row')} within the run used"
        return "; ".join([f"{self.file}: {used}", *(f"{number:,} {by_whom}" for number, by_whom in self.uneven)])

    @property
    def uneven(self) -> list[tuple[int, str]]:
        """How many rows are used twice and how many not at all, each in words; nothing if there are none."""
        kinds = ((self.used_more, "more than one line"), (self.unused, "none"))
        return [(len(rows), f"by {whom} ({_numbers(rows)})") for rows, whom in kinds if rows]

    def document(self) -> dict[str, object]:
        """The same as a mapping of plain values, for ``--json``."""
        return self._asdict() | {
            "lines": list(self.lines),
            "used_more": len(self.used_more),
            "unused": len(self.unused),
            "rows_used_more": list(self.used_more[:SHOWN]),
            "rows_unused": list(self.unused[:SHOWN]),
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
        if found.uneven:
            (first, by_whom), *others = found.uneven
            are_taken = f"{first:,} {'is' if first == 1 else 'are'} taken {by_whom}"
            kinds = " and ".join([are_taken, *(f"{number:,} {by_whom}" for number, by_whom in others)])
            message = f"of {counted(found.rows, 'row')} within the run, {kinds}"
            yield Complaint(("demand", found.lines[0], "orders", "register"), message)


def _numbers(rows: Sequence[int]) -> str:
    """The first few numbers of rows."""
    return f"row{'s' * (len(rows) != 1)} {', '.join(map(str, rows[:SHOWN]))}{', …' * (len(rows) > SHOWN)}"
