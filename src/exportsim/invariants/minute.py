"""Rules about the order of one minute."""

from __future__ import annotations

from exportsim.invariants.ledger_reading import NOWHERE, Attempt, LedgerReading, bounds
from exportsim.invariants.offices import FINISHES, STARTS, movements, stages_that_sit
from exportsim.invariants.recorded import DECISIONS, is_on_record, on_record
from exportsim.invariants.rule import Broken, Rule
from exportsim.lifecycle import Fact, Moment, State

Turn = tuple[int, ...]
LATER = 1 << 40  # incidents come after measures, slots after qualifications
GIVING_UP = (Fact.WITHDRAWN, Fact.LOST)


def events_of_one_minute_are_taken_in_their_order(reading: LedgerReading) -> Broken:
    """What was due in a minute before it began is taken by class, then by number, then by attempt."""
    turns = _turns(reading)
    last: int | None = None
    for number in sorted(turns):
        if last is not None and reading.minutes[number] == reading.minutes[last] and turns[number] < turns[last]:
            yield number, f"after row {last}, whose turn comes later"
        last = number


def measures_take_orders_in_order_of_arrival(reading: LedgerReading) -> Broken:
    """A measure turns to permits, cancellations, held and unserved orders in this order, and in each by arrival."""
    last: Turn = ()
    began = NOWHERE
    for number, fact in enumerate(reading.facts):
        if fact in (Fact.MEASURE, Fact.QUALIFIED):
            last, began = (), number
        order, attempt = reading.order_of[number], reading.attempt_of[number]
        if order is None or attempt is None or began == NOWHERE or reading.minutes[number] != reading.minutes[began]:
            continue
        rank = order.rank
        turn: Turn = ()
        if fact in (Fact.SUSPENDED, Fact.REINSTATED) and attempt.last(attempt.permits, number) < began:
            turn = (3, rank)
        elif fact is Fact.CANCELLED:
            turn = (6, rank)
        elif reading.review_before[number] is State.HELD and fact in (Fact.APPROVED, Fact.DENIED, Fact.REFERRED):
            turn = (7, rank)
        elif reading.before[number] is State.UNSERVED and fact is Fact.SOURCED:
            turn = (8, rank)
        if turn:
            if turn < last:
                yield number, "its turn came earlier"
            last = turn


def _turns(reading: LedgerReading) -> dict[int, Turn]:
    """The rows that were due before their minute began, and their turn in it. What a minute itself sets off is free."""
    turns = _turns_of_the_world(reading)
    started: dict[int, int] = {}
    sits = stages_that_sit(reading)
    for row, kind, at, application in movements(reading):
        if kind == STARTS:
            started[id(application)] = row
            if at in sits:
                turns[row] = (Moment.SITTING, reading.names.stages.index(at))
        elif kind == FINISHES and _earlier(reading, started.get(id(application), NOWHERE), row):
            order, number = (
                (application.order, application.number) if isinstance(application, Attempt) else (application, 1)
            )
            turns[row] = (Moment.REVIEW_END, order.rank, number)
    for row in reading.by_fact[Fact.ANSWERED]:
        whose, attempt = reading.order_of[row], reading.attempt_of[row]
        assert whose is not None
        returned = (other for other in whose.rows if other < row and reading.facts[other] is Fact.RETURNED)
        asked = max(returned, default=NOWHERE)
        if _earlier(reading, asked, row):
            turns[row] = (Moment.ANSWER, whose.rank, 1 if attempt is None else attempt.number)
    least = [bounds(supplier.lead_time).least for supplier in reading.suppliers]
    for order in reading.orders.values():
        since = NOWHERE
        for row in order.rows:
            fact, attempt = reading.facts[row], reading.attempt_of[row]
            if fact is Fact.LEFT_OPEN:
                placed, record = reading.minutes[order.rows[0]], on_record(reading, attempt)
                stands = placed if record is None or record.since is None else record.since
                turns[row] = (Moment.LEFT_OPEN, stands, placed, order.line, order.number)
            elif fact in DECISIONS and is_on_record(reading, row):
                if _earlier(reading, since, row):
                    turns[row] = (Moment.RECORDED_DECISION, order.rank, 1)
            elif fact is Fact.ORDERED:
                turns[row] = (Moment.ARRIVAL, order.line)
            elif fact is Fact.FINISHED and attempt is not None and least[attempt.supplier] > 0:
                turns[row] = (Moment.PRODUCTION_END, order.rank, attempt.number)
            elif fact is Fact.EXPIRED and attempt is not None:
                if _earlier(reading, attempt.last(attempt.permits, row), row):
                    turns[row] = (Moment.EXPIRY, order.rank, attempt.number)
            elif reading.before[row] is State.UNFILED and fact in (Fact.APPLIED, Fact.APPROVED) and attempt is not None:
                if reading.lines[order.line].filing.lag.minutes:
                    turns[row] = (Moment.FILING, order.rank, attempt.number)
            elif fact in GIVING_UP and reading.before[row] is not State.SOURCING and _earlier(reading, since, row):
                turns[row] = (Moment.PATIENCE, order.rank)
            if fact in (Fact.APPLIED, Fact.LEFT_OPEN, Fact.UNSERVED, Fact.UNFILED, Fact.SUSPENDED):
                since = row
    for row in reading.by_fact[Fact.APPLIED]:
        other = reading.order_of[row]
        if other is not None and other.line < 0:
            turns[row] = (Moment.ARRIVAL, len(reading.lines) + reading.names.authorities.index(other.authority))
    return turns


def _turns_of_the_world(reading: LedgerReading) -> dict[int, Turn]:
    """The turns of measures, incidents, qualifications and slots."""
    turns: dict[int, Turn] = {}
    numbers: dict[int, int] = {}
    for branch in reading.branches:
        numbers.setdefault(id(branch.measure), len(numbers))
    for row, branch in reading.acts():
        measure = branch.measure
        if measure.after is None or bounds(measure.delay).least > 0:
            turns[row] = (Moment.MEASURE, numbers[id(measure)])
    for row in reading.by_fact[Fact.INCIDENT]:
        turns[row] = (Moment.MEASURE, LATER + reading.rows[row][6])
    for row in reading.by_fact[Fact.QUALIFIED]:
        line, supplier = reading.rows[row][2], reading.supplier_names[reading.rows[row][5]]
        if supplier in reading.lines[line].sources:
            turns[row] = (Moment.QUALIFICATION, line, list(reading.lines[line].sources).index(supplier))
    first: dict[int, int] = {}
    for row in reading.by_fact[Fact.SLOT_OPENED]:
        supplier_index = reading.rows[row][5]
        if _earlier(reading, first.setdefault(supplier_index, row), row):
            turns[row] = (Moment.QUALIFICATION, LATER, supplier_index, reading.rows[row][6])
    return turns


def _earlier(reading: LedgerReading, begun: int, row: int) -> bool:
    return begun != NOWHERE and reading.minutes[begun] < reading.minutes[row]


RULES: tuple[Rule, ...] = (events_of_one_minute_are_taken_in_their_order, measures_take_orders_in_order_of_arrival)
