"""Rules about permits: needed, valid, suspended, reinstated and cancelled."""

from __future__ import annotations

from bisect import bisect_right

from exportsim.invariants.ledger_reading import Attempt, Branch, LedgerReading
from exportsim.invariants.recorded import is_on_record, on_record
from exportsim.invariants.regimes import treated
from exportsim.invariants.rule import Broken, Rule
from exportsim.lifecycle import Fact, State
from exportsim.scenario.quantities import Duration

OF_PERMITS = (
    Fact.APPLIED, Fact.LEFT_OPEN, Fact.REVIEW_STARTED, Fact.REVIEW_ENDED, Fact.RETURNED, Fact.ANSWERED, Fact.REFERRED,
    Fact.HELD, Fact.APPROVED, Fact.DENIED,
    Fact.SUSPENDED, Fact.REINSTATED, Fact.CANCELLED, Fact.EXPIRED,
)  # fmt: skip
STATUS = {Fact.APPROVED: "in_force", Fact.REINSTATED: "in_force", Fact.SUSPENDED: "suspended"}


def nothing_ships_without_a_permit_in_force(reading: LedgerReading) -> Broken:
    """A licensed part is delivered only while its permit is in force, and never more than was authorised."""
    for attempt in _attempts(reading):
        standing, authorised, shipped = "not issued", 0, 0
        for number in attempt.rows:
            fact, cents = reading.facts[number], reading.rows[number][7]
            standing = STATUS.get(fact, standing)
            if fact in (Fact.CANCELLED, Fact.EXPIRED, Fact.WITHDRAWN, Fact.DENIED):
                standing = fact.word
            if fact is Fact.APPROVED:
                authorised, shipped = cents, 0
            if fact is not Fact.DELIVERED or attempt.cell is None:
                continue
            if standing != "in_force":
                yield number, f"the permit is {standing}"
            shipped += cents
            if shipped > authorised:
                yield number, f"{shipped} cents are delivered of {authorised} authorised"


def permits_are_only_where_needed(reading: LedgerReading) -> Broken:
    """No application and no permit for a supplier that needs none, and only of the authority that is asked."""
    for attempt in _attempts(reading):
        for number in attempt.rows:
            fact, detail = reading.facts[number], reading.rows[number][6]
            if attempt.cell is None:
                if fact in OF_PERMITS:
                    yield number, "the supplier needs no permit"
            elif fact in (
                Fact.APPLIED,
                Fact.LEFT_OPEN,
                Fact.REFERRED,
                Fact.HELD,
                Fact.APPROVED,
                Fact.DENIED,
                Fact.EXPIRED,
            ):
                if reading.names.authorities[detail] != attempt.cell.authority:
                    yield number, f"the permit is {attempt.cell.authority}'s to give"
            elif fact is Fact.FINISHED and not 0 <= attempt.approved < number:
                yield number, "production begins with the permit"


def permits_expire_when_their_validity_ends(reading: LedgerReading) -> Broken:
    """A permit expires at the end of its validity, neither sooner nor later; what was not applied for never does."""
    for attempt in _attempts(reading):
        if attempt.cell is None:
            continue
        for permit in attempt.permits:
            validity = reading.term(attempt.cell, "validity", permit)
            if validity == "standard":
                validity = reading.authorities[attempt.cell.authority].validity
            issued = reading.minutes[permit]
            expired = next((row for row in attempt.expiries if row > permit), None)
            unasked = not 0 <= attempt.applied < permit
            record = on_record(reading, attempt) if is_on_record(reading, permit) else None
            stated = None if record is None else record.expires
            if stated is None and (unasked or not isinstance(validity, Duration)):
                if expired is not None:
                    yield expired, "nothing was applied for" if unasked else "its validity never ends"
                continue
            term = validity if stated is None else None
            working = isinstance(term, Duration) and term.working
            due = issued + term.minutes if isinstance(term, Duration) else int(stated or 0)
            if expired is not None:
                minute = reading.minutes[expired]
                if minute < due or (minute > due and not working):
                    yield expired, f"issued at minute {issued}, its validity ends at {due}"
                if treated(reading, attempt, attempt.cell, expired) == "exempt":
                    yield expired, "its cell is exempt: no permit is needed"
            elif not working and due < reading.end:
                over, then = max(attempt.ended, attempt.completed), bisect_right(reading.minutes, due) - 1
                gone = over >= 0 and reading.minutes[over] <= due
                if not gone and treated(reading, attempt, attempt.cell, then) != "exempt":
                    yield permit, f"it should have expired at minute {due}"


def permits_that_expire_are_applied_for_again(reading: LedgerReading) -> Broken:
    """After a permit has expired the supplier applies again at once, in the same attempt, and at no other time."""
    for attempt in _attempts(reading):
        for expired in attempt.expiries:
            if expired + 1 not in attempt.applications:
                yield expired, "nothing was applied for"
        for applied in attempt.applications[1:]:
            if applied - 1 not in attempt.expiries:
                yield applied, "there is or was an application, and no permit has expired"


def permits_are_suspended_exactly_while_their_cell_is(reading: LedgerReading) -> Broken:
    """When a minute is over, a permit is suspended if its cell is and in force if not, by the measure named."""
    acts = [row for row, branch in reading.acts() if branch.act.permits]
    for attempt in _attempts(reading):
        if attempt.approved < 0 or attempt.cell is None:
            continue
        for number in attempt.rows:
            if reading.facts[number] in (Fact.SUSPENDED, Fact.REINSTATED):
                standing = STATUS[reading.facts[number]]
                if reading.regime(attempt.cell, number)[1] != standing:
                    yield number, f"the cell's permits are {reading.regime(attempt.cell, number)[1]}"
                elif not _did(reading, number, attempt, standing):
                    yield number, "the measure named did no such thing"
        for row in sorted([*attempt.permits, *(row for row in acts if row > attempt.approved)]):
            settled = reading.settled(row) - 1
            if attempt.over(settled):
                break
            if not attempt.has_permit(settled):
                continue
            standing = next(
                STATUS[reading.facts[number]]
                for number in reversed(attempt.rows)
                if number <= settled and reading.facts[number] in STATUS
            )
            expected = reading.regime(attempt.cell, settled)[1]
            if standing != expected:
                yield row, f"{attempt.order.name}'s permit is {standing}, but its cell's are {expected}"
                break


def _did(reading: LedgerReading, number: int, attempt: Attempt, standing: str) -> bool:
    detail = reading.rows[number][6]
    if not 0 <= detail < len(reading.branches) or attempt.cell is None:
        return False
    branch = reading.branches[detail]
    return branch.act.permits == standing and branch.covers(attempt.cell)


def permits_are_cancelled_by_measures_alone(reading: LedgerReading) -> Broken:
    """A permit is cancelled only by a measure that cancels it, in the minute and in the turn of that measure."""
    acts = dict(reading.acts())
    for number in reading.by_fact[Fact.CANCELLED]:
        attempt = reading.attempt_of[number]
        row = max((row for row in acts if row < number), default=-1)
        if row < 0 or reading.minutes[row] != reading.minutes[number]:
            yield number, "no measure acts now"
            continue
        branch = acts[row]
        if branch.number != reading.rows[number][6]:
            yield number, "another measure is acting"
        if attempt is None or attempt.cell is None or branch.act.cancel is None or not branch.covers(attempt.cell):
            yield number, "the measure does not cancel it"
        elif branch.act.cancel == "suspended" and reading.before[number] is not State.SUSPENDED:
            yield number, "the permit was in force, and only suspended ones are cancelled"


def measures_cancel_all_they_should(reading: LedgerReading) -> Broken:
    """When a measure that cancels has acted, no permit that it cancels is left."""
    acts = reading.acts()
    for position, (row, branch) in enumerate(acts):
        if not branch.act.cancel:
            continue
        until = reading.settled(row)
        if position + 1 < len(acts):
            until = min(until, acts[position + 1][0])
        for attempt in _attempts(reading):
            if _doomed(reading, attempt, row, branch) and not attempt.over(until - 1):
                yield row, f"{attempt.order.name}'s permit is left"


def _doomed(reading: LedgerReading, attempt: Attempt, row: int, branch: Branch) -> bool:
    if not attempt.has_permit(row) or attempt.cell is None or attempt.over(row) or not branch.covers(attempt.cell):
        return False
    return branch.act.cancel == "all" or reading.regime(attempt.cell, row)[1] == "suspended"


def _attempts(reading: LedgerReading) -> list[Attempt]:
    return [attempt for order in reading.orders.values() for attempt in order.attempts.values()]


RULES: tuple[Rule, ...] = (
    nothing_ships_without_a_permit_in_force,
    permits_are_only_where_needed,
    permits_expire_when_their_validity_ends,
    permits_that_expire_are_applied_for_again,
    permits_are_suspended_exactly_while_their_cell_is,
    permits_are_cancelled_by_measures_alone,
    measures_cancel_all_they_should,
)
