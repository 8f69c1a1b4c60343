"""Rules about applications under the regime of their cell, replayed from the measures that acted."""

from __future__ import annotations

from exportsim.invariants.ledger_reading import NOWHERE, Attempt, Cell, LedgerReading
from exportsim.invariants.luck import number_at
from exportsim.invariants.recorded import is_on_record, on_record
from exportsim.invariants.reviews import is_reviewed_again
from exportsim.invariants.rule import Broken, Rule
from exportsim.invariants.stated import exact
from exportsim.invariants.terms import DENIAL
from exportsim.lifecycle import Fact, State


def applications_are_made_where_needed(reading: LedgerReading) -> Broken:
    """There is an application exactly where a permit is needed and the cell is not exempt."""
    for number in reading.by_fact[Fact.APPLIED]:
        attempt, order = reading.attempt_of[number], reading.order_of[number]
        if attempt is None:
            if order is not None and order.line >= 0:
                yield number, "of no attempt"
        elif attempt.cell is None:
            yield number, "the supplier needs no permit"
        elif treated(reading, attempt, attempt.cell, number) == "exempt" and not is_on_record(reading, number):
            yield number, "the cell is exempt"
    for number in reading.by_fact[Fact.APPROVED]:
        attempt = reading.attempt_of[number]
        if attempt is not None and attempt.cell is not None and not 0 <= attempt.applied < number:
            if treated(reading, attempt, attempt.cell, number) != "exempt":
                yield number, "without an application, though the cell is not exempt"
            elif reading.before[number] is not State.UNFILED and (
                reading.minutes[number] != reading.minutes[attempt.sourced]
            ):
                yield number, "an exempt order has its permit when it is sourced"


def applications_are_decided_by_their_regime(reading: LedgerReading) -> Broken:
    """Nothing is decided in a cell on hold nor held in another; none is approved where all are denied, and so on."""
    for fact in (Fact.APPROVED, Fact.DENIED, Fact.HELD, Fact.REFERRED):
        for number in reading.by_fact[fact]:
            attempt = reading.attempt_of[number]
            if attempt is None or attempt.cell is None:
                continue
            if not 0 <= attempt.applied < number and fact is Fact.APPROVED:
                continue  # exempt: another rule
            if is_on_record(reading, number):
                continue  # another rule
            regime = treated(reading, attempt, attempt.cell, number)
            if is_left_by_a_hold(reading, number, regime):
                if fact is not Fact.REFERRED:
                    yield number, "what was held is to be reviewed again"
                continue
            begun = max((row for row in attempt.rows if row <= number and is_begun(reading, row)), default=NOWHERE)
            if begun < 0:
                yield number, "nothing was applied for"
                continue
            referred = any(
                reading.facts[row] is Fact.REFERRED or stands_in_further_review(reading, row)
                for row in attempt.rows
                if begun < row < number
            )
            if fact not in _possible(reading, attempt.cell.authority, regime, referred, attempt.cell, number):
                after = ", after case-by-case review" if referred else ""
                yield number, f"the cell's regime is {regime}{after}"


def stands_in_further_review(reading: LedgerReading, row: int) -> bool:
    """Whether an application that is left open in a row stands at a stage of the case-by-case review."""
    attempt = reading.attempt_of[row]
    if reading.facts[row] is not Fact.LEFT_OPEN or attempt is None or attempt.cell is None:
        return False
    record, further = on_record(reading, attempt), reading.stages(attempt.cell.authority)[1]
    return record is not None and record.stage in [stage.stage for stage in further]


def is_begun(reading: LedgerReading, row: int) -> bool:
    """Whether a round of review begins in a row."""
    fact = reading.facts[row]
    return fact is Fact.APPLIED or (fact is Fact.REFERRED and is_reviewed_again(reading, row))


def is_left_by_a_hold(reading: LedgerReading, row: int, regime: str) -> bool:
    """Whether what happens to a held application in a row is that it goes through review again."""
    return regime != "exempt" and is_reviewed_again(reading, row)


def treated(reading: LedgerReading, attempt: Attempt, cell: Cell, row: int) -> str:
    """The regime of an order: that of its cell, but `open` if it does not use the general licence of an exempt one."""
    regime, take_up = reading.regime(cell, row)[0], reading.term(cell, "take_up", row)
    if regime != "exempt" or take_up == "standard":
        return regime
    order = attempt.order
    u = number_at(reading, f"line/{reading.line_names[order.line]}", order.number, "take_up")
    return regime if u < exact(take_up) else "open"


def _possible(
    reading: LedgerReading, authority: str, regime: str, referred: bool, cell: Cell | None, row: int
) -> set[Fact]:
    """What may become of a reviewed application; of others than orders' no cell is known."""
    written = reading.authorities[authority]
    if regime == "exempt":
        return {Fact.APPROVED}
    if regime == "hold":
        return {Fact.HELD}
    if regime == "case_by_case" and not referred:
        return {Fact.REFERRED}
    case_by_case = written.case_by_case
    approval = case_by_case.approval if regime == "case_by_case" and case_by_case else written.approval
    approval = 0.0 if regime == "deny" else approval
    if cell is not None:
        set_to = reading.term(cell, DENIAL if regime == "deny" else "approval", row)
        approval = approval if set_to == "standard" else set_to
    return {Fact.APPROVED} if approval >= 1 else {Fact.DENIED} if approval <= 0 else {Fact.APPROVED, Fact.DENIED}


def other_applications_are_decided_by_chance_alone(reading: LedgerReading) -> Broken:
    """Other applications know no regime: only the authority's approval probability."""
    for fact in (Fact.APPROVED, Fact.DENIED):
        for number in reading.by_fact[fact]:
            order = reading.order_of[number]
            if (
                order is not None
                and order.line < 0
                and fact not in _possible(reading, order.authority, "open", False, None, number)
            ):
                yield number, f"the approval probability is {reading.authorities[order.authority].approval}"


def held_applications_are_decided_when_the_hold_ends(reading: LedgerReading) -> Broken:
    """No application is at the gate of a cell that is not on hold when a minute is over."""
    acts = [(row, reading.settled(row)) for row, branch in reading.acts() if branch.act.applications]
    for number in reading.by_fact[Fact.HELD]:
        attempt = reading.attempt_of[number]
        if attempt is None or attempt.cell is None:
            continue
        left = next(
            (row for row in attempt.order.rows if row > number and reading.review_after[row] is not State.HELD),
            len(reading.rows),
        )
        for row, settled in acts:
            if number < row < left and settled <= left and reading.regime(attempt.cell, settled - 1)[0] != "hold":
                yield row, f"{attempt.order.name} is still held"
                break


RULES: tuple[Rule, ...] = (
    applications_are_made_where_needed,
    applications_are_decided_by_their_regime,
    other_applications_are_decided_by_chance_alone,
    held_applications_are_decided_when_the_hold_ends,
)
