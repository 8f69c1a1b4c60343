"""Rules about the lives of orders: time, numbers, passages, money, parts and sources."""

from __future__ import annotations

from bisect import bisect_right

from exportsim.invariants.ahead import announcements
from exportsim.invariants.filing import candidates, is_closed, restarts
from exportsim.invariants.ledger_reading import ASIDE, ENDS, LedgerReading, Order, bounds
from exportsim.invariants.recorded import is_on_record
from exportsim.invariants.rule import Broken, Rule
from exportsim.lifecycle import MEANINGS, REASONS, Fact, State

OPEN_VALUE = {
    fact for fact, meaning in MEANINGS.items() if meaning.amount in ("value still open", "value applied for")
} | {Fact.APPROVED, Fact.SUSPENDED, Fact.REINSTATED, Fact.CANCELLED, Fact.EXPIRED}
MOVES = (Fact.DELIVERED, Fact.STRANDED)
PART_VALUE = (Fact.FINISHED, Fact.DELIVERED, Fact.STRANDED)


def time_never_goes_back(reading: LedgerReading) -> Broken:
    """Rows are in order of time, from the start of the warm-up to before the midnight after the end."""
    last = reading.start
    for number, minute in enumerate(reading.minutes):
        if minute < last:
            yield number, f"minute {minute} comes after {last}"
        if minute >= reading.end:
            yield number, f"the run stops before {reading.end}"
        last = max(last, minute)


def orders_are_numbered_in_their_line(reading: LedgerReading) -> Broken:
    """Orders and other applications are numbered 1, 2, 3 … as they arrive, each once, where no orders come ahead."""
    last: dict[object, int] = {}
    for number in [*reading.by_fact[Fact.ORDERED], *reading.by_fact[Fact.APPLIED]]:
        order = reading.order_of[number]
        assert order is not None
        if reading.facts[number] is Fact.APPLIED and order.line >= 0:
            continue
        if order.line >= 0 and announcements(reading, order.line):
            continue  # another rule
        stream = order.line if order.line >= 0 else order.authority
        if order.number != last.get(stream, 0) + 1:
            yield number, f"number {order.number} follows {last.get(stream, 0)}"
        last[stream] = order.number


def orders_are_worth_what_their_line_says(reading: LedgerReading) -> Broken:
    """An order is worth at least a cent, and so is each part by its share; its programme is one of its line's."""
    for number in reading.by_fact[Fact.ORDERED]:
        _, _, line, _, _, _, programme, cents = reading.rows[number]
        written = reading.lines[line]
        shares = written.deliveries.shares or [1]
        if any(cents * share < sum(shares) for share in shares):
            yield number, f"its value is {cents} cents"
        name = reading.names.programmes[programme]
        if name != "none" and name not in written.programmes:
            yield number, f"the line has no programme {name}"


def passages_are_legal(reading: LedgerReading) -> Broken:
    """Every fact of an order is one of the passages of ``lifecycle``; lost and completed are final."""
    for number, legal in enumerate(reading.legal):
        if not legal:
            yield number, f"an order that is {reading.before[number] or 'not there yet'} cannot make this passage"


def attempts_are_numbered_and_end_for_good(reading: LedgerReading) -> Broken:
    """Attempts are numbered 1, 2, 3 …; facts are of the latest one, but for work in hand of one that has ended."""
    for order in reading.orders.values():
        latest = 0
        for number in order.rows:
            _, _, _, _, attempt_number, supplier, _, _ = reading.rows[number]
            fact, attempt = reading.facts[number], reading.attempt_of[number]
            if fact is Fact.SOURCED:
                if attempt_number != latest + 1:
                    yield number, f"attempt {attempt_number} follows {latest}"
                latest = attempt_number
            if attempt is None:
                if fact not in (Fact.ORDERED, Fact.UNSERVED, Fact.LOST):
                    yield number, "speaks of no attempt"
                continue
            if supplier != attempt.supplier:
                yield number, f"attempt {attempt_number} is with {reading.supplier_names[attempt.supplier]}"
            if 0 <= attempt.ended < number and fact not in ASIDE:
                yield number, f"attempt {attempt_number} had ended in row {attempt.ended}"
            elif attempt_number != latest and fact not in ASIDE:
                yield number, f"attempt {attempt_number} while attempt {latest} is under way"


def nothing_rests_on_the_way(reading: LedgerReading) -> Broken:
    """A new attempt starts at once, and so does the application for it, before anything else happens."""
    for order in reading.orders.values():
        needs_permit = False
        due: int | None = None
        for number in order.rows:
            if due is not None and (number != due + 1 or reading.minutes[number] != reading.minutes[due]):
                yield number, f"other things happened since row {due} (minute {reading.minutes[due]})"
            if reading.facts[number] is Fact.SOURCED:
                attempt = reading.attempt_of[number]
                needs_permit = attempt is not None and attempt.cell is not None
            fact, after = reading.facts[number], reading.after[number]
            waits = after is State.SOURCING or (after is State.SOURCED and needs_permit) or fact is Fact.EXPIRED
            due = number if waits else None
        if due is not None:
            yield due, "nothing followed"


def money_is_conserved(reading: LedgerReading) -> Broken:
    """Ordered is delivered and lost and still open, to the cent, at every moment; never is more delivered than open."""
    for number, fact in enumerate(reading.facts):
        order = reading.order_of[number]
        if order is None or order.line < 0:
            continue
        cents, left = reading.rows[number][7], reading.opened[number]
        if fact in OPEN_VALUE and cents != left:
            yield number, f"says {cents} cents, but {left} are still open"
        if fact is Fact.DELIVERED and cents > left:
            yield number, f"delivers {cents} cents of {left} that are still open"


def amounts_stand_where_they_are_meant(reading: LedgerReading) -> Broken:
    """A row has no amount where its fact has none: 0, and −1 for a measure without a figure."""
    for number, fact in enumerate(reading.facts):
        order, amount = reading.order_of[number], reading.rows[number][7]
        if fact is Fact.MEASURE:
            detail = reading.rows[number][6]
            figure = 0 <= detail < len(reading.branches) and reading.branches[detail].measure.when is not None
            if not figure and amount != -1:
                yield number, f"its amount is {amount}, though it watches no figure"
        elif amount and (not MEANINGS[fact].amount or (order is not None and order.line < 0)):
            yield number, f"its amount is {amount}, and means nothing"


def parts_share_the_value(reading: LedgerReading) -> Broken:
    """Parts are the shares of the value that are written, or even ones, with the odd cents in the last."""
    for order in reading.orders.values():
        shares: dict[int, int] = {}
        for number in order.rows:
            if reading.facts[number] in PART_VALUE:
                part, cents = reading.rows[number][6], reading.rows[number][7]
                if shares.setdefault(part, cents) != cents:
                    yield number, f"part {part} is worth {shares[part]} cents elsewhere"
        written = reading.lines[order.line].deliveries.shares
        if written is not None:
            stated = [order.value * share // sum(written) for share in written[:-1]]
            expected = dict(enumerate([*stated, order.value - sum(stated)], 1))
            if not shares.items() <= expected.items():
                yield order.rows[-1], f"parts worth {shares} are not the shares {written} of {order.value} cents"
        elif shares and not _shared_evenly(reading, order, shares):
            yield order.rows[-1], f"parts worth {shares} do not share {order.value} cents evenly"


def _shared_evenly(reading: LedgerReading, order: Order, shares: dict[int, int]) -> bool:
    """Whether some number of parts gives these shares: that of the last part seen, or a greater one."""
    last = max(shares)
    written = reading.lines[order.line].parts
    count = min(int(written), order.value) if isinstance(written, float) and written == int(written) else None
    if min(shares) < 1 or (count is not None and last > count):
        return False
    even = {cents for part, cents in shares.items() if part < last}
    if count in (None, last):
        share = order.value // last
        if even <= {share} and shares[last] == order.value - share * (last - 1):
            return True
    even.add(shares[last])
    if len(even) > 1 or (share := even.pop()) < 1:
        return False
    most = order.value // share if count is None else count
    return most > last and order.value // most == share


def parts_are_produced_in_turn(reading: LedgerReading) -> Broken:
    """An attempt produces what is undelivered, part by part, each once; after its end at most the part in hand."""
    for order in reading.orders.values():
        delivered = 0
        upcoming: dict[int, int] = {}
        after_the_end: dict[int, int] = {}
        for number in order.rows:
            attempt, fact, part = reading.attempt_of[number], reading.facts[number], reading.rows[number][6]
            if attempt is None:
                continue
            if fact is Fact.SOURCED:
                upcoming[attempt.number] = delivered + 1
            elif fact is Fact.FINISHED:
                if part != upcoming.get(attempt.number):
                    yield number, f"part {part} while part {upcoming.get(attempt.number)} is next"
                upcoming[attempt.number] = part + 1
                if attempt.over(number):
                    after_the_end[attempt.number] = after_the_end.get(attempt.number, 0) + 1
                    if after_the_end[attempt.number] > 1:
                        yield number, "a second part since the attempt ended"
            elif fact is Fact.DELIVERED:
                if part != delivered + 1:
                    yield number, f"part {part} while part {delivered + 1} is next"
                delivered = part


def finished_parts_are_delivered_or_stranded_at_once(reading: LedgerReading) -> Broken:
    """A finished part is delivered at once, or with the next permit in force; if its attempt has ended, stranded."""
    for number in reading.by_fact[Fact.FINISHED]:
        attempt, part = reading.attempt_of[number], reading.rows[number][6]
        if attempt is None:
            continue
        later = [row for row in attempt.rows if row > number]
        moved = next((row for row in later if reading.facts[row] in MOVES and reading.rows[row][6] == part), None)
        due: int | None = number
        if reading.after[number] in (State.SUSPENDED, State.RENEWING) and not 0 <= attempt.ended < number:
            due = next((row for row in later if _is_in_force(reading, row) or reading.facts[row] in ENDS), None)
        if moved is None and due is not None:
            yield number, f"part {part} is neither delivered nor stranded"
        elif moved is not None and (due is None or moved < due or not _uninterrupted(reading, due, moved)):
            yield moved, f"part {part} was not to be moved then"
    for number in [*reading.by_fact[Fact.DELIVERED], *reading.by_fact[Fact.STRANDED]]:
        attempt = reading.attempt_of[number]
        if attempt is None:
            continue
        if not any(_is_finishing(reading, row, reading.rows[number][6]) for row in attempt.rows if row < number):
            yield number, f"part {reading.rows[number][6]} was never finished"
        if (reading.facts[number] is Fact.STRANDED) != (0 <= attempt.ended < number):
            yield number, "a part is stranded if its attempt has ended, delivered if not"


def _is_in_force(reading: LedgerReading, row: int) -> bool:
    """Whether a permit is in force from a row on: reinstated, or issued and not suspended at once."""
    if reading.facts[row] is Fact.APPROVED:
        following = row + 1
        suspended = following < len(reading.rows) and reading.facts[following] is Fact.SUSPENDED
        return not (suspended and reading.attempt_of[following] is reading.attempt_of[row])
    return reading.facts[row] is Fact.REINSTATED


def _uninterrupted(reading: LedgerReading, first: int, last: int) -> bool:
    """Whether the rows from one to another are of one minute and one attempt."""
    attempt = reading.attempt_of[first]
    return reading.minutes[first] == reading.minutes[last] and all(
        reading.attempt_of[row] is attempt for row in range(first, last)
    )


def _is_finishing(reading: LedgerReading, row: int, part: int) -> bool:
    return reading.facts[row] is Fact.FINISHED and reading.rows[row][6] == part


def sources_may_be_used(reading: LedgerReading) -> Broken:
    """An order goes only to a source of its line that is qualified, not lost to this order, and not closed."""
    for number in reading.by_fact[Fact.SOURCED]:
        attempt = reading.attempt_of[number]
        if attempt is None:
            continue
        supplier, order = reading.supplier_names[attempt.supplier], attempt.order
        if reading.source(order.line, attempt.supplier) is None:
            yield number, f"{supplier} is no source of the line"
            continue
        if not reading.is_qualified(order.line, supplier, number):
            yield number, f"{supplier} is not qualified"
        if supplier in reading.excluded(order, number):
            yield number, f"{supplier} was lost to this order"
        minute = reading.minutes[number]
        if is_on_record(reading, number):
            continue  # it went there whatever holds
        if attempt.cell and is_closed(reading, order, attempt.number, supplier, attempt.cell, number, minute):
            yield number, f"{supplier} is closed to it"


def orders_wait_only_without_a_source(reading: LedgerReading) -> Broken:
    """An order is unserved only while it has no candidate but may yet have one, and lost when it has lost them all."""
    changes = sorted([*reading.by_fact[Fact.QUALIFIED], *(row for row, _ in reading.acts())])
    for number in [*reading.by_fact[Fact.UNSERVED], *reading.by_fact[Fact.LOST]]:
        order = reading.order_of[number]
        assert order is not None
        line = reading.lines[order.line]
        everything = len(reading.excluded(order, number)) == len(line.sources)
        if reading.facts[number] is Fact.LOST:
            reason = reading.rows[number][6]
            if not 0 <= reason < len(REASONS) or REASONS[reason] not in ("excluded", "unserved"):
                yield number, "not for a reason to lose an order"
            elif (REASONS[reason] == "excluded") != everything:
                yield (
                    number,
                    f"for the reason {REASONS[reason]}, with {len(reading.excluded(order, number))} sources lost",
                )
            continue
        if everything:
            yield number, "every source is lost to it: it should be lost"
        if 1.0 in line.trust.loss.model_dump().values():
            continue  # a source without any trust is not taken, and trust cannot be seen
        if found := candidates(reading, order, number, reading.minutes[number]):
            yield number, f"it could go to {', '.join(found)}"
        following = next((row for row in order.rows if row > number and reading.after[row] is not State.UNSERVED), None)
        for change in changes:
            if change < number:
                continue
            settled = reading.settled(change)
            if following is not None and following < settled:
                break
            if found := candidates(reading, order, settled - 1, reading.minutes[change]):
                yield change, f"{order.name} still waits, though it could go to {', '.join(found)}"
                break
        for minute in restarts(reading, order):
            settled = bisect_right(reading.minutes, minute)
            waits = number < settled and (following is None or following >= settled)
            if waits and minute < reading.end and (found := candidates(reading, order, settled - 1, minute)):
                yield number, f"it still waits at minute {minute}, though it could go to {', '.join(found)}"
                break


def patience_is_never_exceeded(reading: LedgerReading) -> Broken:
    """No wait is longer than its patience can be, and none is given up sooner."""
    kinds = (
        ("review", "review", (State.IN_REVIEW, State.RETURNED, State.HELD, State.RENEWING)),
        ("suspension", "suspension", (State.SUSPENDED,)),
        ("unserved", "unserved", (State.UNSERVED,)),
        ("unfiled", "unserved", (State.UNFILED,)),
    )
    limits = [[bounds(getattr(line.patience, written)) for _, written, _ in kinds] for line in reading.lines]
    for order in reading.orders.values():
        for (kind, _, states), (least, most) in zip(kinds, limits[order.line], strict=True):
            since: int | None = None
            for number in order.rows:
                before, after = reading.before[number], reading.after[number]
                if since is not None and most is not None and reading.minutes[number] > since + most:
                    yield number, f"patience ({kind}) ended at minute {since + most}"
                    since = None
                if reading.facts[number] in ASIDE and before is after:
                    continue
                if reading.facts[number] is Fact.LEFT_OPEN and kind == "review":
                    since = reading.minutes[number]  # until then it was on record
                if before in states and after not in states:
                    given_up = reading.facts[number] in (Fact.WITHDRAWN, Fact.LOST)
                    if given_up and since is not None and reading.minutes[number] < since + least:
                        yield number, f"patience ({kind}) lasted only since minute {since}"
                    if given_up and REASONS[reading.rows[number][6]] != kind:
                        yield number, f"the reason is {kind}"
                    since = None
                elif before not in states and after in states and not is_on_record(reading, number):
                    since = reading.minutes[number]
            if since is not None and most is not None and since + most < reading.end:
                yield order.rows[-1], f"patience ({kind}) ended at minute {since + most}, and nothing happened"


RULES: tuple[Rule, ...] = (
    time_never_goes_back,
    orders_are_numbered_in_their_line,
    orders_are_worth_what_their_line_says,
    passages_are_legal,
    attempts_are_numbered_and_end_for_good,
    nothing_rests_on_the_way,
    money_is_conserved,
    amounts_stand_where_they_are_meant,
    parts_share_the_value,
    parts_are_produced_in_turn,
    finished_parts_are_delivered_or_stranded_at_once,
    sources_may_be_used,
    orders_wait_only_without_a_source,
    patience_is_never_exceeded,
)
