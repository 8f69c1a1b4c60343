"""What registers record, as columns of the plan: orders, decisions, and the minute until which decisions bind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from exportsim.divergence import first_difference
from exportsim.plan import NEVER, Int, Plan
from exportsim.scenario.quantities import MINUTES_A_DAY
from exportsim.scenario.register import telling
from exportsim.scenario.register_records import Records
from exportsim.scenario.schema import DemandLine


class RecordedDecisions(NamedTuple):
    """What becomes of the decisions that a line's register tells of."""

    line: str
    until: str | None
    """The day before whose first minute they happen as recorded; None if to the end of the run."""
    decided: int
    """So many do."""
    open: int
    """Applications that are open then: the model decides them, under every policy."""
    decided_later: int
    """Of these, those of which a decision is recorded that is not followed."""


def recorded(records: Sequence[Records | None], programmes: Sequence[str], origin: int) -> dict[str, Int]:
    """The records of all registers, line after line, each line's by date, then by row.

    ``origin`` is minute 0 of the plan, as registers count minutes.
    """
    columns: dict[str, list[Int]] = {
        name: [np.zeros(0, np.int64)] for name in ("minute", "cents", "programme", "decided", "outcome", "expires")
    }
    indices = {name: index for index, name in enumerate(programmes)}
    for found in records:
        if found is not None:
            order = np.argsort(np.asarray(found.minutes, np.int64), kind="stable")
            for name, column in _columns(found, indices, origin).items():
                columns[name].append(column[order])
    return {f"record_{name}": np.concatenate(parts) for name, parts in columns.items()}


def _columns(records: Records, programmes: dict[str, int], origin: int) -> dict[str, Int]:
    """The columns of one line's records, in the order of its rows."""
    never, none = np.full(len(records), NEVER), np.full(len(records), -1)
    decided, outcome, expires, programme = never, none, never, none
    if records.programmes is not None:
        # Names that no order has may be among them, of rows that the line does not take.
        known = np.array([programmes.get(name, -1) for name in records.names], np.int64)
        programme = known[np.asarray(records.programmes, np.int64)]
    if records.decisions is not None:
        on, outcome, until = (np.asarray(column, np.int64) for column in records.decisions)
        decided, expires = np.where(on < 0, NEVER, on - origin), np.where(until < 0, NEVER, until - origin)
    return {
        "minute": np.asarray(records.minutes, np.int64) - origin,
        "cents": np.asarray(records.cents, np.int64),
        "programme": programme,
        "decided": decided,
        "outcome": outcome,
        "expires": expires,
    }


def bound_until(plan: Plan, lines: Sequence[DemandLine]) -> Int:
    """By line the minute before which what its register says of decisions happens as recorded.

    It is that in which any policies first differ, or that of the day of which the register tells, if it comes before;
    the first of the run where nothing is recorded of decisions.
    """
    differ = first_difference(plan) if any(telling(line) is not None for line in lines) else NEVER
    return np.array([_until(plan, line, differ) for line in lines], np.int64)


def _until(plan: Plan, line: DemandLine, differ: int) -> int:
    register = telling(line)
    if register is None:
        return plan.start
    as_of = register.as_of
    return differ if as_of is None else min(differ, (as_of - plan.origin.date()).days * MINUTES_A_DAY)


def left_open(plan: Plan) -> list[tuple[int, int]]:
    """The applications that are on record and undecided where records end: line and number of the order."""
    streams, found = plan.streams, []
    for line, until in enumerate(plan.lines.bound_until.tolist()):
        first, count = int(streams.record_first[line]), int(streams.record_count[line])
        if plan.start < until < plan.end:
            rows = slice(first, first + count)
            open_then = (streams.record_minute[rows] < until) & (streams.record_decided[rows] >= until)
            found += [(line, int(row) + 1) for row in np.flatnonzero(open_then)]
    return found


def recorded_decisions(plan: Plan) -> list[RecordedDecisions]:
    """What becomes of the decisions of each line whose register tells of any."""
    streams, found = plan.streams, []
    for line, until in enumerate(plan.lines.bound_until.tolist()):
        if until <= plan.start:
            continue
        first = int(streams.record_first[line])
        rows = slice(first, first + int(streams.record_count[line]))
        on_record = streams.record_minute[rows] < min(until, plan.end)
        decided = streams.record_decided[rows][on_record]
        day = None if until >= plan.end else str(plan.origin.date() + timedelta(minutes=until))
        happened, later = int((decided < min(until, plan.end)).sum()), int((decided < NEVER).sum())
        name = plan.names.lines[line]
        found.append(RecordedDecisions(name, day, happened, len(decided) - happened, later - happened))
    return found
