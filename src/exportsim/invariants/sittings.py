"""Rules about stages that sit: on which days they do, and whom they deal with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from exportsim.invariants.compiled_offices import days_of_sittings
from exportsim.invariants.ledger_reading import DAY, LedgerReading
from exportsim.invariants.offices import ENTERS, LEAVES, STARTS, Movement, movements
from exportsim.invariants.rule import Broken, Rule


def committees_sit_on_their_days_and_deal_with_the_first_who_wait(reading: LedgerReading) -> Broken:
    """A stage that sits deals, on its days alone, with all that wait when it begins, or with as many as it takes."""
    days = [
        reading.scenario.period.start + timedelta(days=day) for day in range(reading.start // DAY, reading.end // DAY)
    ]
    moves: dict[str, list[Movement]] = {}
    for movement in movements(reading):
        moves.setdefault(movement.stage, []).append(movement)
    for name, authority in reading.authorities.items():
        for stage in chain(*reading.stages(name)):
            if stage.sits is not None:
                sat = {reading.minute_of(day) for day in days_of_sittings(stage.sits, authority.calendar, days)}
                most = len(reading.rows) if stage.sits.most is None else stage.sits.most
                yield from _sat(reading, moves.get(f"{name}/{stage.stage}", []), sat, most)


def _sat(reading: LedgerReading, moves: Sequence[Movement], sat: set[int], most: int) -> Broken:
    starts: dict[int, list[int]] = {}
    for movement in moves:
        if movement.kind == STARTS:
            starts.setdefault(reading.minutes[movement.row], []).append(movement.row)
    for minute in sorted(starts.keys() - sat):
        yield starts[minute][0], "it is no day of a sitting"
    for minute in sorted(sat):
        rows = starts.get(minute, [])
        waiting = 0
        for movement in moves:
            if movement.row < rows[0] if rows else reading.minutes[movement.row] < minute:
                waiting += (movement.kind == ENTERS) - (movement.kind in (STARTS, LEAVES))
        if len(rows) != min(waiting, most):
            where = rows[0] if rows else len(reading.rows)
            yield where, f"at minute {minute} {waiting} wait, {most} can be dealt with, and {len(rows)} are"


RULES: tuple[Rule, ...] = (committees_sit_on_their_days_and_deal_with_the_first_who_wait,)
