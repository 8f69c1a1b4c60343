"""What registers record, as columns of the plan: orders, decisions, and the minute until which decisions bind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from exportsim.divergence import first_difference
from exportsim.plan import NEVER, Int, Plan, Streams
from exportsim.scenario.quantities import MINUTES_A_DAY
from exportsim.scenario.register import stages_of_line, telling
from exportsim.scenario.register_forms import minute_at
from exportsim.scenario.register_records import Records
from exportsim.scenario.schema import DemandLine, Scenario


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
    stages_of: str | None
    """The day on which they stood at the stages that the register names; None if it names none."""
    standing: int
    """So many stand there; none if records end before that day."""


def recorded(records: Sequence[Records | None], programmes: Sequence[str], origin: int) -> dict[str, Int]:
    """The records of all registers, line after line, each line's by date, then by row.

    ``origin`` is minute 0 of the plan, as registers count minutes.
    """
    columns: dict[str, list[Int]] = {
        name: [np.zeros(0, np.int64)] for name in ("minute", "cents", "programme", "decided", "outcome", "expires")
    }
    none = np.full(sum(len(found) for found in records if found is not None), -1)
    indices = {name: index for index, name in enumerate(programmes)}
    for found in records:
        if found is not None:
            order = np.argsort(np.asarray(found.minutes, np.int64), kind="stable")
            for name, column in _columns(found, indices, origin).items():
                columns[name].append(column[order])
    of_all = {f"record_{name}": np.concatenate(parts) for name, parts in columns.items()}
    of_all |= {"record_stage": none, "record_turn": _turns(of_all["record_minute"], of_all["record_minute"])}
    return {name: _in_little_room(column) for name, column in of_all.items()}


def _in_little_room(column: Int) -> Int:
    """The column, in the room of one number where all are the same: most registers tell nothing of most columns."""
    alike = len(column) > 1 and bool((column == column[0]).all())
    return np.broadcast_to(column[:1].copy(), column.shape) if alike else column


def _turns(since: Int, minutes: Int) -> Int:
    """The place of each record among all: by a minute, then by that of the order, then by line and number."""
    turns = np.empty(len(minutes), np.int64)
    turns[np.lexsort((minutes, since))] = np.arange(len(minutes))
    return turns


def _columns(records: Records, programmes: dict[str, int], origin: int) -> dict[str, Int]:
    """The columns of one line's records, in the order of its rows."""
    never, none = np.full(len(records), NEVER), np.full(len(records), -1)
    decided, outcome, expires, programme = never, none, never, none
    if records.programmes is not None:
        # Names that no order has may be among them, of rows that the line does not take.
        known = np.array([programmes.get(name, -1) for name in records.names], np.int64)
        programme = known[np.asarray(records.programmes, np.int64)]
    if records.decisions is not None:
        on, outcome, until = (np.asarray(column, np.int64) for column in records.decisions[:3])
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
    return differ if as_of is None else min(differ, _midnight(plan, as_of))


def _midnight(plan: Plan, day: date) -> int:
    return (day - plan.origin.date()).days * MINUTES_A_DAY


def standing(plan: Plan, scenario: Scenario, records: Sequence[Records | None]) -> Streams:
    """The streams of a plan, with where applications stand that are open where records end, and in which order.

    A register tells of the day ``as_of``: of a day before it, when policies differ already, it does not say.
    """
    streams = plan.streams
    stages, since = np.full_like(streams.record_stage, -1), streams.record_minute.copy()
    for line, (written, found) in enumerate(zip(scenario.demand.values(), records, strict=True)):
        register, named = telling(written), stages_of_line(written, scenario.authorities, scenario.suppliers)
        if register is None or named is None or found is None or found.decisions is None:
            continue
        if register.as_of is None or plan.lines.bound_until[line] != _midnight(plan, register.as_of):
            continue
        rows = slice(int(streams.record_first[line]), int(streams.record_first[line]) + len(found))
        order = np.argsort(np.asarray(found.minutes, np.int64), kind="stable")
        at, day = (np.asarray(column, np.int64)[order] for column in (found.decisions.stages, found.decisions.since))
        indices = np.array([*_stage_indices(plan, line, named), -1], np.int64)  # -1, the last, is of a blank
        stages[rows] = indices[at]
        since[rows] = np.where(day < 0, since[rows], day - minute_at(plan.origin))
    return streams._replace(record_stage=_in_little_room(stages), record_turn=_turns(since, streams.record_minute))


def _stage_indices(plan: Plan, line: int, named: Sequence[str]) -> Iterator[int]:
    """The stages of the authority that licenses a line's sources, by their names."""
    first = int(plan.lines.source_first[line])
    licensors = plan.sources.authority[first : first + int(plan.lines.source_count[line])]
    authority = plan.names.authorities[int(licensors[licensors >= 0][0])]
    return (plan.names.stages.index(f"{authority}/{name}") for name in named)


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


def recorded_decisions(plan: Plan, lines: Sequence[DemandLine]) -> list[RecordedDecisions]:
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
        name, register = plan.names.lines[line], telling(lines[line])
        stages_of = None if register is None or register.stage is None else str(register.as_of)
        standing = int((streams.record_stage[rows][on_record] >= 0).sum())
        found.append(
            RecordedDecisions(name, day, happened, len(decided) - happened, later - happened, stages_of, standing)
        )
    return found
