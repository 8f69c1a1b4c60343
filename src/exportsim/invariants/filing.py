"""Rules about who is applied for under which regime, and which sources are closed to an order meanwhile."""

from __future__ import annotations

from fractions import Fraction

from exportsim.invariants.ledger_reading import Attempt, Cell, LedgerReading, Order
from exportsim.invariants.luck import number_at
from exportsim.invariants.recorded import is_on_record
from exportsim.invariants.rule import Broken, Rule
from exportsim.invariants.stated import exact
from exportsim.lifecycle import Fact, State

ENDED = (Fact.APPLIED, Fact.APPROVED, Fact.WITHDRAWN)


def luck_of_filing(reading: LedgerReading, order: Order, attempt: int) -> Fraction:
    """The number in (0, 1) below which a share must not lie for the attempt to be filed."""
    return number_at(reading, f"line/{reading.line_names[order.line]}", order.number, "filing", attempt)


def is_filed(reading: LedgerReading, order: Order, attempt: int, regime: str) -> bool:
    """Whether an attempt is filed under a regime of applications."""
    shares = reading.lines[order.line].filing
    share = {"hold": shares.hold, "case_by_case": shares.case_by_case, "deny": shares.deny or 0.0}.get(regime)
    return share is None or luck_of_filing(reading, order, attempt) < exact(share)


def stops(reading: LedgerReading, cell: Cell) -> list[tuple[int, str, int | None]]:
    """From which rows on a cell was stopped, as which regime, and since which minute no more (None: it still is)."""
    known = reading.shared.setdefault("stops", {})
    if cell not in known:
        known[cell] = found = []
        stop, ended = "", None
        for row, branch in reading.acts():
            if (branch.act.applications or branch.act.permits) and branch.covers(cell):
                applications, permits = reading.regime(cell, row)
                now = "hold" if applications != "deny" and permits == "suspended" else applications
                if now in ("hold", "deny"):
                    stop, ended = now, None
                elif stop and ended is None:
                    on = branch.measure.on
                    ended = reading.minutes[row] if on is None else reading.minute_of(on)
                found.append((row, stop, ended))
    return list(known[cell])


def is_closed(
    reading: LedgerReading, order: Order, attempt: int, supplier: str, cell: Cell, row: int, minute: int
) -> bool:
    """Whether a licensed source is closed to an attempt of an order that begins in a minute, after a row."""
    line = reading.lines[order.line]
    shares = {"hold": line.filing.hold, "deny": line.filing.deny}
    if reading.regime(cell, row)[0] == "deny" and not _tries(reading, order, attempt, shares["deny"]):
        return True
    restart = line.sources[supplier].restart
    if restart is None:
        return False
    last = [(stop, ended) for since, stop, ended in stops(reading, cell) if since <= row and stop]
    if not last:
        return False
    stop, ended = last[-1]
    if ended is not None and minute >= ended + restart.minutes:
        return False
    return not _tries(reading, order, attempt, shares[stop])


def _tries(reading: LedgerReading, order: Order, attempt: int, share: float | None) -> bool:
    """Whether an attempt is among those of which it is written that they are filed all the same."""
    return share is not None and luck_of_filing(reading, order, attempt) < exact(share)


def candidates(reading: LedgerReading, order: Order, row: int, minute: int) -> list[str]:
    """The sources that may be used for an order in a minute, after a row."""
    out, line = reading.excluded(order, row), reading.lines[order.line]
    attempt = 1 + sum(each.sourced <= row for each in order.attempts.values())
    found = []
    for supplier in line.sources:
        if supplier in out or not reading.is_qualified(order.line, supplier, row):
            continue
        cell = reading.cell_of(order, reading.supplier_index[supplier])
        if cell is None or not is_closed(reading, order, attempt, supplier, cell, row, minute):
            found.append(supplier)
    return found


def restarts(reading: LedgerReading, order: Order) -> list[int]:
    """The minutes in which the line of an order orders again from one of its sources, as far as stops have ended."""
    found = set()
    for supplier, source in reading.lines[order.line].sources.items():
        cell = reading.cell_of(order, reading.supplier_index[supplier])
        if cell is not None and source.restart is not None:
            ends = {ended for _, _, ended in stops(reading, cell) if ended is not None}
            found |= {ended + source.restart.minutes for ended in ends}
    return sorted(found)


def orders_are_filed_as_chance_has_it(reading: LedgerReading) -> Broken:
    """An order is unfiled at first exactly where its luck is not below its line's share for the regime."""
    for row in reading.by_fact[Fact.SOURCED]:
        attempt = reading.attempt_of[row]
        if attempt is None or attempt.cell is None or is_on_record(reading, row):
            continue
        filed = is_filed(reading, attempt.order, attempt.number, reading.regime(attempt.cell, row)[0])
        following = next((reading.facts[later] for later in attempt.rows if later > row), None)
        if filed == (following is Fact.UNFILED):
            yield row, f"it is {'filed' if filed else 'unfiled'}"


def unfiled_orders_are_filed_a_lag_after_their_regime_allows_it(reading: LedgerReading) -> Broken:
    """What is unfiled is filed so long after its regime has come to allow it, unless that disallows it before."""
    for row in reading.by_fact[Fact.UNFILED]:
        attempt = reading.attempt_of[row]
        if attempt is None or attempt.cell is None:
            yield row, "of no application"
            continue
        left = next((later for later in attempt.rows if later > row and reading.facts[later] in ENDED), None)
        last = reading.end if left is None else reading.minutes[left]
        due = _due(reading, attempt, attempt.cell, row, last)
        filed = left is not None and reading.facts[left] is not Fact.WITHDRAWN
        if filed and due != last:
            yield row, f"filed at minute {last}, expected {'not yet' if due is None else due}"
        elif not filed and due is not None and due <= last and due < reading.end:
            yield row, f"it was to be filed at minute {due}"


def _due(reading: LedgerReading, attempt: Attempt, cell: Cell, row: int, last: int) -> int | None:
    """The minute in which an attempt, unfiled in a row, is filed, as measures to a minute have it."""
    lag, due = reading.lines[attempt.order.line].filing.lag.minutes, None
    before = reading.regime(cell, row)[0]
    for act, _ in reading.acts():
        if act <= row:
            continue
        minute, regime = reading.minutes[act], reading.regime(cell, act)[0]
        if (due is not None and due < minute) or minute > last:
            break
        if regime != before:
            filed, before = is_filed(reading, attempt.order, attempt.number, regime), regime
            due = (minute + lag if due is None else due) if filed else None
    return due


def unfiled_orders_are_given_up_for_that_reason(reading: LedgerReading) -> Broken:
    """The buyer of an unfiled order gives up because it is unfiled, and that of no other."""
    for row in reading.by_fact[Fact.WITHDRAWN]:
        reason = reading.names.reasons[reading.rows[row][6]]
        if (reason == "unfiled") != (reading.before[row] is State.UNFILED):
            yield row, f"the reason is {reason}"


RULES: tuple[Rule, ...] = (
    orders_are_filed_as_chance_has_it,
    unfiled_orders_are_filed_a_lag_after_their_regime_allows_it,
    unfiled_orders_are_given_up_for_that_reason,
)
