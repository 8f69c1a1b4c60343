"""What a register tells of decisions: when each order of a line was decided, how, and when its permit expires."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, get_args

from exportsim.scenario.demand import Outcome, Register
from exportsim.scenario.quantities import MINUTES_A_DAY, show
from exportsim.scenario.register_forms import BLANK, UNREAD
from exportsim.scenario.register_table import Columns, Table
from exportsim.scenario.schema_paths import near

RECORDED: Sequence[str] = get_args(Outcome)


class Reading(Protocol):
    """What is read of a table for a line, and where it is said what is wrong."""

    register: Register
    table: Table
    columns: Columns
    minutes: array[int]
    stages: tuple[str, ...] | None

    def fault(self, row: int, place: int, message: str) -> None: ...

    def found(self, row: int, place: int) -> str: ...

    def dates(self, unread: Sequence[int], mine: Sequence[int], place: int, others: str = "") -> None: ...


class Decisions(NamedTuple):
    """What a register says of its orders' applications, one by one: minutes as those of dates, -1 for a blank."""

    decided: array[int]
    outcomes: array[int]
    """By their number among those that can be recorded."""
    expires: array[int]
    stages: array[int]
    """Where those stand that are open, by the number of the stage among those that the line's applications come to."""
    since: array[int]

    def of(self, places: Iterable[int]) -> Decisions:
        """Those of some of its orders."""
        listed = list(places)
        return Decisions(*(array("q", [column[place] for place in listed]) for column in self))


def decisions_of(reading: Reading, rows: Sequence[int]) -> Decisions | None:
    """What was decided of each row, and when; each is a blank where nothing was yet."""
    decided_at = reading.columns.decided
    if decided_at is None:
        return None
    decided, expires = _days(reading, rows, decided_at), _days(reading, rows, reading.columns.expires)
    for day, row in zip(decided, rows, strict=True):
        if 0 <= day < reading.minutes[row]:
            title = reading.table.header[reading.columns.date]
            reading.fault(row, decided_at, f"{reading.found(row, decided_at)}, which is before its `{title}`")
    outcomes = array("q", [BLANK if day < 0 else 0 for day in decided])
    if (place := reading.columns.outcome) is not None:
        meant, numbers = reading.register.outcome_of(), reading.table.numbers[place]
        known = [RECORDED.index(meant[text]) if text in meant else UNREAD for text in reading.table.texts[place]]
        expected = " or ".join(f"`{cell}`" for cell in meant)
        for at, row in enumerate(rows):
            if decided[at] >= 0:
                outcomes[at] = known[numbers[row]]
                if outcomes[at] == UNREAD:
                    reading.fault(row, place, f"{reading.found(row, place)}, expected {expected}: it is decided")
    for at, row in enumerate(rows):
        if outcomes[at] != RECORDED.index("approved"):
            expires[at] = BLANK
        elif 0 <= expires[at] <= decided[at]:
            title, place = reading.table.header[decided_at], reading.columns.expires or 0
            reading.fault(row, place, f"{reading.found(row, place)}, which is not after its `{title}`")
    return Decisions(decided, outcomes, expires, *_stages(reading, rows, decided))


def _stages(reading: Reading, rows: Sequence[int], decided: Sequence[int]) -> tuple[array[int], array[int]]:
    """At which stage each row that is open stands on the day of which the register tells, and since when."""
    stages, since = array("q", [BLANK]) * len(rows), _days(reading, rows, reading.columns.stage_since)
    place, as_of = reading.columns.stage, reading.register.as_of
    if place is None or reading.stages is None or as_of is None:
        return stages, since
    meant, last = reading.register.stage_of(reading.stages), as_of.toordinal() * MINUTES_A_DAY
    texts, numbers = reading.table.texts[place], reading.table.numbers[place]
    for at, row in enumerate(rows):
        cell = texts[numbers[row]]
        stage = meant.get(cell)
        if 0 <= decided[at] < last:
            since[at] = BLANK
            if cell and stage is not None:
                reading.fault(row, place, f"{reading.found(row, place)}, expected no stage: it is decided")
        elif stage in reading.stages:
            stages[at] = reading.stages.index(stage)
        elif cell or stage is not None:
            why = f": no application of this line comes to the stage `{stage}`"
            if stage is None:
                why = near(cell, list(meant)) or ", expected the name of a stage, or what `stages` has for one"
            reading.fault(row, place, reading.found(row, place) + why)
        if since[at] >= 0 and not reading.minutes[row] <= since[at] < last:
            title, place_since = reading.table.header[reading.columns.date], reading.columns.stage_since or 0
            expected = f"expected a day from its `{title}` to the one before `as_of`, {as_of}"
            reading.fault(row, place_since, f"{reading.found(row, place_since)}, {expected}")
    return stages, since


def _days(reading: Reading, rows: Sequence[int], place: int | None) -> array[int]:
    """The minutes of a column of dates that may be blank."""
    if place is None:
        return array("q", [BLANK]) * len(rows)
    column = reading.table.minutes[place, reading.register.date_format]
    said = [row for row in rows if column[row] != BLANK]
    reading.dates([row for row in said if column[row] == UNREAD], said, place, ", or nothing")
    return array("q", [column[row] for row in rows])


def compare_decisions(
    reading: Reading, decisions: Decisions | None, rows: Sequence[int], place: int, first: int
) -> None:
    """A licence is decided as a whole."""
    columns = (
        reading.columns.decided, reading.columns.outcome, reading.columns.expires,
        reading.columns.stage, reading.columns.stage_since,
    )  # fmt: skip
    for column, at in zip(decisions or (), columns, strict=False):
        if at is not None and column[place] != column[first]:
            cell = reading.table.cells(at)[rows[first]].strip()
            expected = f"{show(cell) if cell else 'nothing'} as in row {reading.table.rows[rows[first]]}"
            reading.fault(rows[place], at, f"{reading.found(rows[place], at)}, expected {expected} of the same licence")
