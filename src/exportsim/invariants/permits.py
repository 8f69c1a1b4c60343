"""Rules about permits: needed, valid, suspended, reinstated and cancelled."""

from __future__ import annotations

from exportsim.invariants.record import Attempt, Branch, Record
from exportsim.invariants.rule import Broken, Rule
from exportsim.lifecycle import Fact, State
from exportsim.scenario.quantities import Duration

OF_PERMITS = (
    Fact.APPLIED, Fact.REVIEW_STARTED, Fact.REVIEW_ENDED, Fact.REFERRED, Fact.HELD, Fact.APPROVED, Fact.DENIED,
    Fact.SUSPENDED, Fact.REINSTATED, Fact.CANCELLED, Fact.EXPIRED,
)  # fmt: skip
STATUS = {Fact.APPROVED: "in_force", Fact.REINSTATED: "in_force", Fact.SUSPENDED: "suspended"}


def nothing_ships_without_a_permit_in_force(record: Record) -> Broken:
    """A licensed part is delivered only while its permit is in force, and never more than was authorised."""
    for attempt in _attempts(record):
        standing, authorised, shipped = "not issued", 0, 0
        for number in attempt.rows:
            fact, cents = record.facts[number], record.rows[number][7]
            standing = STATUS.get(fact, standing)
            if fact in (Fact.CANCELLED, Fact.EXPIRED, Fact.WITHDRAWN, Fact.DENIED):
                standing = fact.word
            if fact is Fact.APPROVED:
                authorised = cents
            if fact is not Fact.DELIVERED or attempt.cell is None:
                continue
            if standing != "in_force":
                yield number, f"the permit is {standing}"
            shipped += cents
            if shipped > authorised:
                yield number, f"{shipped} cents are delivered of {authorised} authorised"


def permits_are_only_where_needed(record: Record) -> Broken:
    """No application and no permit for a supplier that needs none, and only of the authority that is asked."""
    for attempt in _attempts(record):
        for number in attempt.rows:
            fact, detail = record.facts[number], record.rows[number][6]
            if attempt.cell is None:
                if fact in OF_PERMITS:
                    yield number, "the supplier needs no permit"
            elif fact in (Fact.APPLIED, Fact.REFERRED, Fact.HELD, Fact.APPROVED, Fact.DENIED, Fact.EXPIRED):
                if record.names.authorities[detail] != attempt.cell.authority:
                    yield number, f"the permit is {attempt.cell.authority}'s to give"
            elif fact is Fact.FINISHED and attempt.approved < 0:
                yield number, "production begins with the permit"


def permits_expire_when_their_validity_ends(record: Record) -> Broken:
    """A permit expires at the end of its validity, neither sooner nor later; what was not applied for never does."""
    for attempt in _attempts(record):
        if attempt.approved < 0 or attempt.cell is None:
            continue
        validity = record.authorities[attempt.cell.authority].validity
        issued = record.minutes[attempt.approved]
        expired = next((row for row in attempt.rows if record.facts[row] is Fact.EXPIRED), None)
        unasked = not 0 <= attempt.applied < attempt.approved
        if unasked or not isinstance(validity, Duration):
            if expired is not None:
                yield expired, "nothing was applied for" if unasked else "its validity never ends"
            continue
        due = issued + validity.minutes
        if expired is not None:
            minute = record.minutes[expired]
            if minute < due or (minute > due and not validity.working):
                yield expired, f"issued at minute {issued}, its validity ends at {due}"
        elif not validity.working and due < record.end:
            over = max(attempt.ended, attempt.completed)
            if over < 0 or record.minutes[over] > due:
                yield attempt.approved, f"it should have expired at minute {due}"


def permits_are_suspended_exactly_while_their_cell_is(record: Record) -> Broken:
    """When a minute is over, a permit is suspended if its cell is and in force if not, by the measure named."""
    acts = [row for row, branch in record.acts() if branch.act.permits]
    for attempt in _attempts(record):
        if attempt.approved < 0 or attempt.cell is None:
            continue
        for number in attempt.rows:
            if record.facts[number] in (Fact.SUSPENDED, Fact.REINSTATED):
                standing = STATUS[record.facts[number]]
                if record.regime(attempt.cell, number)[1] != standing:
                    yield number, f"the cell's permits are {record.regime(attempt.cell, number)[1]}"
                elif not _did(record, number, attempt, standing):
                    yield number, "the measure named did no such thing"
        for row in [attempt.approved, *(row for row in acts if row > attempt.approved)]:
            settled = record.settled(row) - 1
            if attempt.over(settled):
                break
            standing = next(
                STATUS[record.facts[number]]
                for number in reversed(attempt.rows)
                if number <= settled and record.facts[number] in STATUS
            )
            expected = record.regime(attempt.cell, settled)[1]
            if standing != expected:
                yield row, f"{attempt.order.name}'s permit is {standing}, but its cell's are {expected}"
                break


def _did(record: Record, number: int, attempt: Attempt, standing: str) -> bool:
    detail = record.rows[number][6]
    if not 0 <= detail < len(record.branches) or attempt.cell is None:
        return False
    branch = record.branches[detail]
    return branch.act.permits == standing and branch.covers(attempt.cell)


def permits_are_cancelled_by_measures_alone(record: Record) -> Broken:
    """A permit is cancelled only by a measure that cancels it, in the minute and in the turn of that measure."""
    acts = dict(record.acts())
    for number in record.by_fact[Fact.CANCELLED]:
        attempt = record.attempt_of[number]
        row = max((row for row in acts if row < number), default=-1)
        if row < 0 or record.minutes[row] != record.minutes[number]:
            yield number, "no measure acts now"
            continue
        branch = acts[row]
        if branch.number != record.rows[number][6]:
            yield number, "another measure is acting"
        if attempt is None or attempt.cell is None or branch.act.cancel is None or not branch.covers(attempt.cell):
            yield number, "the measure does not cancel it"
        elif branch.act.cancel == "suspended" and record.before[number] is not State.SUSPENDED:
            yield number, "the permit was in force, and only suspended ones are cancelled"


def measures_cancel_all_they_should(record: Record) -> Broken:
    """When a measure that cancels has acted, no permit that it cancels is left."""
    acts = record.acts()
    for position, (row, branch) in enumerate(acts):
        if not branch.act.cancel:
            continue
        until = record.settled(row)
        if position + 1 < len(acts):
            until = min(until, acts[position + 1][0])
        for attempt in _attempts(record):
            if _doomed(record, attempt, row, branch) and not attempt.over(until - 1):
                yield row, f"{attempt.order.name}'s permit is left"


def _doomed(record: Record, attempt: Attempt, row: int, branch: Branch) -> bool:
    if not 0 <= attempt.approved < row or attempt.cell is None or attempt.over(row) or not branch.covers(attempt.cell):
        return False
    return branch.act.cancel == "all" or record.regime(attempt.cell, row)[1] == "suspended"


def _attempts(record: Record) -> list[Attempt]:
    return [attempt for order in record.orders.values() for attempt in order.attempts.values()]


RULES: tuple[Rule, ...] = (
    nothing_ships_without_a_permit_in_force,
    permits_are_only_where_needed,
    permits_expire_when_their_validity_ends,
    permits_are_suspended_exactly_while_their_cell_is,
    permits_are_cancelled_by_measures_alone,
    measures_cancel_all_they_should,
)
