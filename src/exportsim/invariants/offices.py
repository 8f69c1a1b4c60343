"""Rules about review: stages in turn, officers, queues and the time that work takes."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from itertools import chain
from math import floor
from typing import Any, NamedTuple

from exportsim.invariants.ledger_reading import AT_STAGES, ENDS, Attempt, Bounds, LedgerReading, Order, bounds, reaches
from exportsim.invariants.reviews import reviews
from exportsim.invariants.rule import Broken, Rule
from exportsim.invariants.stated import exact
from exportsim.invariants.terms import WORK_AT
from exportsim.lifecycle import Fact

DECISIONS = (Fact.APPROVED, Fact.DENIED, Fact.HELD)
ENTERS, STARTS, FINISHES, LEAVES = range(4)


class Movement(NamedTuple):
    """An application enters a stage's queue, starts and finishes there, or leaves the queue, withdrawn."""

    row: int
    kind: int
    stage: str
    application: Attempt | Order


def applications_pass_the_stages_in_turn(reading: LedgerReading) -> Broken:
    """Every stage that it needs in its turn, each once, and a decision before anything else when the last is over."""
    for review in reviews(reading):
        under_work = ended = away = False
        due: int | None = None
        for number in review.rows:
            fact = reading.facts[number]
            if due is not None:
                if number != due + 1 or reading.minutes[number] != reading.minutes[due]:
                    yield number, f"review was over in row {due}, minute {reading.minutes[due]}"
                due = None
            if fact in (Fact.REVIEW_STARTED, Fact.REVIEW_ENDED):
                stage = reading.names.stages[reading.rows[number][6]]
                if stage != review.next:
                    yield number, f"at {stage}, while {review.next or 'no stage'} is next"
                if under_work != (fact is Fact.REVIEW_ENDED):
                    yield number, "an officer is at work on it" if under_work else "no officer is at work on it"
                if (ended or away) and fact is Fact.REVIEW_STARTED:
                    yield number, "the attempt has ended" if ended else "it is with the applicant"
                under_work = fact is Fact.REVIEW_STARTED
            elif fact in (Fact.RETURNED, Fact.ANSWERED):
                stage = reading.names.stages[reading.rows[number][6]]
                if stage != review.next or not review.sent_back or away != (fact is Fact.ANSWERED):
                    yield number, "it is not with the applicant" if fact is Fact.ANSWERED else "chance does not say so"
                away = fact is Fact.RETURNED
            elif (fact in DECISIONS or fact is Fact.REFERRED) and (review.to_come or under_work):
                yield number, f"review is not over: {', '.join(stage.stage for stage in review.to_come)} to come"
            review.follow(number)
            ended = ended or fact in ENDS
            waits_for_decision = fact in (Fact.APPLIED, Fact.LEFT_OPEN, Fact.REVIEW_ENDED, Fact.REFERRED)
            leaves_the_desk = (waits_for_decision and not review.to_come) or (
                fact is Fact.REVIEW_ENDED and review.sent_back
            )
            if leaves_the_desk and not under_work and not ended and not review.on_record:
                due = number
        if due is not None and not (isinstance(review.application, Attempt) and review.application.ended >= 0):
            yield due, "review is over, and nothing was decided"


def other_applications_are_approved_or_denied(reading: LedgerReading) -> Broken:
    """Other applications apply once and are decided once, and nothing else befalls them."""
    allowed = (Fact.APPLIED, *AT_STAGES, Fact.APPROVED, Fact.DENIED)
    for order in reading.traffic.values():
        for position, number in enumerate(order.rows):
            fact = reading.facts[number]
            if fact not in allowed:
                yield number, "does not befall other applications"
            if (fact is Fact.APPLIED) != (position == 0):
                yield number, "an application applies first, and once"
            if fact in (Fact.APPROVED, Fact.DENIED) and number != order.rows[-1]:
                yield number, "it goes on after its decision"


def movements(reading: LedgerReading) -> list[Movement]:
    """What happens in queues and at desks, in the order of the ledger."""
    if "movements" not in reading.shared:
        reading.shared["movements"] = _movements(reading)
    found: list[Movement] = reading.shared["movements"]
    return found


def _movements(reading: LedgerReading) -> list[Movement]:
    found: list[Movement] = []
    for review in reviews(reading):
        application = review.application
        queued = over = False
        for number in review.rows:
            fact, stage = reading.facts[number], review.next
            review.follow(number)
            if fact is Fact.REVIEW_STARTED:
                found.append(Movement(number, STARTS, reading.names.stages[reading.rows[number][6]], application))
                queued = False
            elif fact is Fact.REVIEW_ENDED:
                found.append(Movement(number, FINISHES, reading.names.stages[reading.rows[number][6]], application))
            elif fact in ENDS:
                if queued:
                    found.append(Movement(number, LEAVES, stage, application))
                over, queued = True, False
            comes = fact in (Fact.APPLIED, Fact.LEFT_OPEN, Fact.REFERRED, Fact.ANSWERED)
            if (comes or (fact is Fact.REVIEW_ENDED and not review.sent_back)) and review.to_come and not over:
                found.append(Movement(number, ENTERS, review.next, application))
                queued = True
    return sorted(found, key=lambda movement: movement[:2])  # finishing in one stage, then entering the next


def officers_are_never_over_capacity_nor_idle(reading: LedgerReading) -> Broken:
    """No review starts without a free officer, and no officer is free while applications wait."""
    officers: dict[str, int] = {}
    for name in reading.authorities:
        for written in chain(*reading.stages(name)):
            if written.officers is not None:
                officers[f"{name}/{written.stage}"] = written.officers
    busy = dict.fromkeys(officers, 0)
    waiting = dict.fromkeys(officers, 0)
    changes: list[tuple[int, int, str, int]] = []
    for row, branch in reading.acts():
        for name in officers:
            authority, stage_name = name.split("/")
            if stage_name in branch.act.officers and reaches(branch.measure, authority):
                changes.append((row, -1, name, branch.act.officers[stage_name]))
    steps = [(movement.row, movement.kind, movement.stage, 0) for movement in movements(reading)]
    touched: set[str] = set()
    last = 0
    for row, kind, stage, number in sorted([*steps, *changes]):
        if reading.minutes[row] > reading.minutes[last]:
            yield from _idle(last, touched, officers, busy, waiting)
            touched.clear()
        last = row
        if stage not in officers:
            continue
        touched.add(stage)
        if kind < 0:
            officers[stage] = number
        elif kind == ENTERS:
            waiting[stage] += 1
        elif kind == LEAVES:
            waiting[stage] -= 1
        elif kind == STARTS:
            if busy[stage] >= officers[stage]:
                yield row, f"{busy[stage]} reviews are under way at {stage}, which has {officers[stage]} officers"
            busy[stage] += 1
            waiting[stage] -= 1
        else:
            busy[stage] -= 1
    yield from _idle(last, touched, officers, busy, waiting)


def _idle(
    row: int, touched: set[str], officers: dict[str, int], busy: dict[str, int], waiting: dict[str, int]
) -> Broken:
    for stage in sorted(touched):
        if waiting[stage] > 0 and busy[stage] < officers[stage]:
            free = officers[stage] - busy[stage]
            yield row, f"when this minute is over {waiting[stage]} wait at {stage} and {free} officers are free"


def stages_that_sit(reading: LedgerReading) -> set[str]:
    """The stages that have days instead of officers."""
    stages = ((name, stage) for name in reading.authorities for stage in chain(*reading.stages(name)))
    return {f"{name}/{stage.stage}" for name, stage in stages if stage.sits is not None}


def queues_are_served_by_rank_and_first_come_first_served(reading: LedgerReading) -> Broken:
    """At each stage those are taken up first who rank first, and of one rank those who came to it first."""
    queues: dict[str, dict[int, tuple[int, Attempt | Order]]] = {}
    acts = [row for row, _ in reading.acts()]
    ranked = any(branch.act.priority is not None for _, branch in reading.acts())
    sit = stages_that_sit(reading)
    last_left: dict[str, int] = {}
    for row, kind, stage, application in movements(reading):
        queue = queues.setdefault(stage, {})
        if kind == ENTERS:
            queue[id(application)] = row, application
        elif kind == FINISHES:
            last_left[stage] = row
        elif kind in (STARTS, LEAVES):
            if kind == STARTS and queue:
                # Whoever came after the officer had been free was not there when somebody else was called.
                freed = max(last_left.get(stage, -1), acts[bisect_right(acts, row) - 1] if acts else -1)
                freed = row if stage in sit else freed  # on its day it calls all that came before
                best = next(iter(queue))
                if ranked:
                    there = [key for key, (entered, _) in queue.items() if entered < freed] or [best]
                    best = min(there, key=lambda key: _rank(reading, queue[key][1], row))  # of one rank, the first
                if best != id(application):
                    yield row, f"another application ranks first at {stage}, or came to it earlier"
            queue.pop(id(application), None)


def _term(reading: LedgerReading, application: Attempt | Order, key: str, row: int) -> Any:
    """What the measures have set of an application by then: of its cell or, of others, of its authority."""
    if isinstance(application, Attempt):
        assert application.cell is not None
        return reading.term(application.cell, key, row)
    return reading.traffic_term(application.authority, key, row)


def _rank(reading: LedgerReading, application: Attempt | Order, row: int) -> int:
    return {"first": 1, "last": 3}.get(_term(reading, application, "priority", row), 2)


def reviews_take_the_time_they_can(reading: LedgerReading) -> Broken:
    """A review takes no less and no more time than the stage's work can."""
    limits = {
        f"{name}/{stage.stage}": Bounds(0, 0) if stage.work is None else bounds(stage.work)
        for name in reading.authorities
        for stage in chain(*reading.stages(name))
    }
    started: dict[tuple[int, str], int] = {}
    for row, kind, stage, application in movements(reading):
        if kind == STARTS:
            started[id(application), stage] = row
        elif kind == FINISHES and (begin := started.pop((id(application), stage), None)) is not None:
            took, (least, most) = reading.minutes[row] - reading.minutes[begin], limits[stage]
            factor = _term(reading, application, WORK_AT + stage.split("/")[1], begin)
            if factor != "standard":
                least, most = _times(factor, least), None if most is None else _times(factor, most)
            if took < least or (most is not None and took > most):
                yield row, f"took {took} minutes at {stage}, where work takes {least} to {most or 'any number'}"
    applications = {id(movement.application): movement.application for movement in movements(reading)}
    for (number, stage), row in started.items():
        most = limits[stage].most
        factor = _term(reading, applications[number], WORK_AT + stage.split("/")[1], row)
        if most is not None and factor != "standard":
            most = _times(factor, most)
        if most is not None and reading.minutes[row] + most < reading.end:
            yield row, f"the review at {stage} never ends"


def _times(factor: float, minutes: int) -> int:
    """Minutes times a factor as it was written, to the nearest, half a minute up."""
    return floor(exact(factor) * minutes + Fraction(1, 2))


def answers_take_the_time_they_can(reading: LedgerReading) -> Broken:
    """Questions are answered after no less and no more time than the stage's answers take, or patience ends first."""
    for review in reviews(reading):
        since: int | None = None
        for number in review.rows:
            fact = reading.facts[number]
            if fact is Fact.RETURNED:
                since = number
            elif since is not None and (fact is Fact.ANSWERED or fact in ENDS):
                took = reading.minutes[number] - reading.minutes[since]
                least, most = _time_to_answer(reading, since)
                if (fact is Fact.ANSWERED and took < least) or (most is not None and took > most):
                    yield number, f"took {took} minutes, where answers take {least} to {most or 'any number'}"
                since = None
        if since is not None:
            most = _time_to_answer(reading, since).most
            if most is not None and reading.minutes[since] + most < reading.end:
                yield since, "it is never answered"


def _time_to_answer(reading: LedgerReading, row: int) -> Bounds:
    """The time that the answer to what is asked in a row can take."""
    authority, name = reading.names.stages[reading.rows[row][6]].split("/")
    (written,) = (stage.returns for stage in chain(*reading.stages(authority)) if stage.stage == name)
    return bounds("never" if written is None else written.answer)


RULES: tuple[Rule, ...] = (
    answers_take_the_time_they_can,
    applications_pass_the_stages_in_turn,
    other_applications_are_approved_or_denied,
    officers_are_never_over_capacity_nor_idle,
    queues_are_served_by_rank_and_first_come_first_served,
    reviews_take_the_time_they_can,
)
