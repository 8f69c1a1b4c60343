"""Counting ledgers: all figures and series of a play in one pass over its rows, compiled.

The pass knows each order by a few numbers (:data:`WIDTH` of them): when it was placed, what is open of it, where it
stands, and a digest of its facts. A play is counted in stretches: what policies have in common is counted once, and the
counts of others go on from there (:mod:`exportsim.analysis.counter`). What an event adds to the outcomes is said in
:mod:`exportsim.analysis.figures`.

What the pass finds for the series it notes in a *journal*, as changes of a table: an order is added in the month in
which it begins to stand somewhere and taken away in the month in which it goes on, and stocks at the months' ends are
made of that when all is over (:mod:`exportsim.analysis.series`). So many plays, whoever counts them in whatever order,
add up to one table; and journals of several plays are posted together, since finding the table's entries in memory
takes longer than adding to them.
"""

from __future__ import annotations

from exportsim.analysis import figures as of
from exportsim.analysis.checked_sums import interpolated, plus, spend
from exportsim.analysis.counting_tables import FLOW, STOCK, TURNS, Terms
from exportsim.analysis.ledger_rows import ALIEN, is_export_part, minutes_taken, whole_days
from exportsim.analysis.quantities import SLOT
from exportsim.analysis.untouched_orders import digest_with
from exportsim.jit import compiled, compiled_part
from exportsim.lifecycle import Fact
from exportsim.packed_rows import row_at
from exportsim.plan import Int
from exportsim.working_time import DAY

# What is known of an order while its ledger is read. STANDS is the quantity it is counted in beside what is open;
# DIGEST and LAST are of its facts, and the minute of the last. What an office has sent back stops its clock: SENT_BACK
# is since when, STOPPED for how long in all, on the clock, by the standard's calendar, and in whole days of that.
(PLACED, OPEN, PROGRAMME, APPLIED, APPLICANT, PLACE, STANDS, DIGEST, LAST, SENT_BACK, STOPPED, STOPPED_WORKING,
 STOPPED_DAYS, WIDTH) = range(14)  # fmt: skip
IN_TIME, LATE, NO_STANDARD = range(3)
NOT = -(1 << 50)  # nothing is known yet: before all minutes, and less than nothing is open

#: The single numbers of a count: the month; whether the period has begun; how many processing times have been written,
#: of orders and of other applications; words of the journal.
MONTH, BEGUN, DECIDED, OTHERS_DECIDED, NOTED, NUMBERS = range(6)

SLOTS = len(SLOT)
NOTES = 8  # words in the journal that one row takes at most: four changes, each a slot and cents
SPEND_SLOT, UNSERVED_SLOT, OTHER_SLOT = SLOT["spend"], SLOT["unserved"], SLOT["open"]
IS_ORDERED, IS_APPLIED = int(Fact.ORDERED), int(Fact.APPLIED)
IS_APPROVED, IS_DENIED, IS_WITHDRAWN = int(Fact.APPROVED), int(Fact.DENIED), int(Fact.WITHDRAWN)
IS_RETURNED, IS_ANSWERED = int(Fact.RETURNED), int(Fact.ANSWERED)
IS_DELIVERED, IS_LOST = int(Fact.DELIVERED), int(Fact.LOST)
IS_INCIDENT, IS_EVIDENCE = int(Fact.INCIDENT), int(Fact.EVIDENCE)


@compiled
def highest_numbers(rows: Int, most: Int, lines: int) -> None:
    """Raise the highest numbers of orders, by line, and then of other applications, by authority, to a ledger's."""
    for r in range(len(rows)):
        row = row_at(rows, r)
        fact, line, detail, number = row.fact, row.line, row.detail, row.order
        if 0 <= line < lines:
            most[line] = max(most[line], number)
        elif line < 0 and fact in (IS_APPLIED, IS_APPROVED, IS_DENIED) and 0 <= detail < len(most) - lines:
            most[lines + detail] = max(most[lines + detail], number)


@compiled
def count_on(
    rows: Int, first: int, past: int, terms: Terms, places: Int, chosen: Int,
    orders: Int, others: Int, times: Int, other_times: Int, numbers: Int, sums: Int, figures: Int, journal: Int,
) -> int:  # fmt: skip
    """Go on with a count, of which the last eight are, by some rows of a ledger: from one on and before another.

    ``places`` has for each line where its orders begin among all, then the same of authorities and other applications;
    ``chosen`` is room, longer than the rows. Returns ALIEN if the ledger is of another plan, else 0.
    """
    lines, authorities, nobody = len(terms.place), len(terms.standard), len(terms.price)
    turns, of_others = _choose(rows, first, past, terms, places, chosen, orders, figures)
    if turns == ALIEN:
        return ALIEN
    numbers[OTHERS_DECIDED] = _count_others(
        rows, terms, chosen, of_others, places, lines, others, other_times, numbers[OTHERS_DECIDED]
    )
    place_of, year_of, group_of, month_end = terms.place, terms.year, terms.group, terms.month_end
    authority_of, price, meaning = terms.authority, terms.price, terms.meaning
    final_by = of.FIRST_PART + nobody
    exported_by, received_by = final_by + 2 * nobody, final_by + 2 * nobody + authorities
    month, begun, decided = numbers[MONTH], numbers[BEGUN], numbers[DECIDED]
    noted = numbers[NOTED]
    last_month, notes = len(terms.month_end) - 1, len(journal) > 0
    for turn in range(turns):
        row = row_at(rows, chosen[turn])
        minute, fact, line, supplier, amount = row.minute, row.fact, row.line, row.supplier, row.amount
        if minute >= 0 and begun == 0:
            begun = 1
            _add_open(terms, places, orders, sums, of.OPEN_AT_START, 0)
        while month < last_month and month_end[month] <= minute:
            month += 1
            _turn_of_year(terms, places, orders, sums, month)

        at = WIDTH * (places[line] + row.order - 1)
        was_open = orders[at + OPEN]
        cents = now_open = was_open  # of what the fact speaks of, and what is open afterwards
        paid = 0
        if fact == IS_ORDERED:
            orders[at + PLACED], orders[at + PROGRAMME] = minute, row.detail
            cents = now_open = amount
            if minute >= 0:
                of.add(sums, group_of[year_of[month], line, nobody], of.ORDERED, amount)
        elif fact == IS_DELIVERED:
            cents, now_open, paid = amount, was_open - amount, spend(amount, price[supplier])
            if minute >= 0:
                group = group_of[year_of[month], line, supplier]
                authority = authority_of[line, supplier]
                exported = bool(is_export_part(authority))
                of.count_delivery(sums, group, amount, paid, minute - orders[at + PLACED], exported)
                _add_part(figures, of.FIRST_PART + supplier, amount)
                _add_part(figures, received_by + terms.destination[line], amount)
                if exported:
                    _add_part(figures, exported_by + authority, amount)
                if minute >= terms.final:
                    _add_part(figures, final_by + supplier, amount)
                    figures[final_by + nobody + supplier] += 1
        elif fact == IS_LOST:
            cents, now_open = amount, 0
            if minute >= 0:
                of.add(sums, group_of[year_of[month], line, nobody], of.LOST, amount)
        elif fact == IS_APPLIED:
            orders[at + APPLIED], orders[at + APPLICANT] = minute, supplier
            orders[at + SENT_BACK], orders[at + STOPPED] = NOT, 0
            orders[at + STOPPED_WORKING], orders[at + STOPPED_DAYS] = 0, 0
        elif fact in (IS_APPROVED, IS_DENIED, IS_WITHDRAWN) and orders[at + APPLIED] != NOT:
            if orders[at + SENT_BACK] != NOT:
                _stop(terms, orders, at, line, minute)
            if minute >= 0:
                times[decided] = minute - orders[at + APPLIED] - orders[at + STOPPED]
                times[len(times) // 2 + decided] = minute - orders[at + APPLIED]
                if fact != IS_WITHDRAWN:
                    of.count_decision(
                        sums, terms.group[terms.year[month], line, orders[at + APPLICANT]], times[decided]
                    )
                _count_closed(terms, orders, at, line, minute, month, fact != IS_WITHDRAWN, sums)
                decided += fact != IS_WITHDRAWN  # a time written for a withdrawal is written over
            orders[at + APPLIED] = NOT
        elif fact == IS_RETURNED:
            orders[at + SENT_BACK] = minute
        elif fact == IS_ANSWERED and orders[at + SENT_BACK] != NOT:
            _stop(terms, orders, at, line, minute)

        orders[at + OPEN] = now_open
        programme = orders[at + PROGRAMME]
        if not 0 <= programme < place_of.shape[2]:
            return ALIEN
        place = place_of[line, supplier, programme]
        if place < 0:
            return ALIEN
        if notes:
            at_place = SLOTS * (month * terms.place_count + place)
            flow, stock = meaning[fact, FLOW], meaning[fact, STOCK]
            if flow >= 0 and minute >= 0:
                noted = _note(journal, noted, at_place + flow, 1, cents)
                if fact == IS_DELIVERED:
                    noted = _note(journal, noted, at_place + SPEND_SLOT, 1, paid)
            if stock != UNSERVED_SLOT and authority_of[line, supplier] < 0:
                stock = OTHER_SLOT  # without a permit there is neither review nor a permit in force
            stood = SLOTS * (month * terms.place_count + orders[at + PLACE]) + orders[at + STANDS]
            noted = _move(journal, noted, stood, was_open, at_place + stock, now_open)
            orders[at + PLACE], orders[at + STANDS] = place, stock

    numbers[MONTH], numbers[BEGUN], numbers[DECIDED] = month, begun, decided
    numbers[NOTED] = noted
    return 0


@compiled_part
def _choose(
    rows: Int, first: int, past: int, terms: Terms, places: Int, chosen: Int, orders: Int, figures: Int
) -> tuple[int, int]:
    """Choose the rows in which an order turns, and from the back those of other applications, and digest the facts of
    orders. Incidents, which are nobody's, are counted here.

    Returns the numbers of those rows; or ALIEN.
    """
    lines, suppliers, authorities = len(terms.place), len(terms.price), len(terms.standard)
    meaning, authority_of, offices = terms.meaning, terms.authority, terms.office
    turns = others = 0
    last = len(chosen) - 1
    for r in range(first, past):
        row = row_at(rows, r)
        fact, line, number, supplier, detail = row.fact, row.line, row.order, row.supplier, row.detail
        if not 0 <= fact < len(meaning) or line >= lines or not -1 <= supplier < suppliers:
            return ALIEN, ALIEN
        if (fact == IS_APPLIED and not 0 <= detail < authorities) or (fact == IS_DELIVERED and supplier < 0):
            return ALIEN, ALIEN
        if line >= 0 and fact == IS_APPLIED and authority_of[line, supplier] != detail:
            return ALIEN, ALIEN
        if line >= 0:
            # Written in any case, and written over unless it counts: that is sooner done than guessed.
            chosen[turns] = r
            turns += meaning[fact, TURNS]
            place = places[line] + number - 1
            if number < meaning[fact, TURNS] or place >= places[line + 1]:
                return ALIEN, ALIEN
            if number > 0:
                at = WIDTH * place
                orders[at + DIGEST] = digest_with(
                    orders[at + DIGEST], row.minute, fact, row.attempt, supplier, detail, row.amount
                )
                orders[at + LAST] = row.minute
        elif fact in (IS_APPLIED, IS_APPROVED, IS_DENIED):
            if number < 1 or not 0 <= detail < authorities:
                return ALIEN, ALIEN
            if places[lines + detail] + number > places[lines + detail + 1]:
                return ALIEN, ALIEN
            chosen[last - others] = r
            others += 1
        elif fact in (IS_RETURNED, IS_ANSWERED):
            if number < 1 or not 0 <= detail < len(offices):
                return ALIEN, ALIEN
            office = offices[detail]
            if places[lines + office] + number > places[lines + office + 1]:
                return ALIEN, ALIEN
            chosen[last - others] = r
            others += 1
        elif row.minute >= 0:
            figures[of.INCIDENTS] += fact == IS_INCIDENT
            figures[of.EVIDENCE] += fact == IS_EVIDENCE
    return turns, others


@compiled_part
def _count_others(
    rows: Int, terms: Terms, chosen: Int, of_others: int, places: Int, lines: int, others: Int, times: Int, decided: int
) -> int:  # fmt: skip
    """Write the processing times of the authorities' other applications; how many are written by then."""
    for place in range(len(chosen) - 1, len(chosen) - 1 - of_others, -1):
        row = row_at(rows, chosen[place])
        at_stage = row.fact == IS_RETURNED or row.fact == IS_ANSWERED
        office = terms.office[row.detail] if at_stage else row.detail
        at = places[lines + office] - places[lines] + row.order - 1
        if row.fact == IS_APPLIED:
            others[at] = row.minute
        elif at_stage:  # it counts from later by as much as it was sent back for
            others[at] += row.minute if row.fact == IS_ANSWERED else -row.minute
        elif row.minute >= 0 and others[at] != NOT:
            times[decided] = row.minute - others[at]
            decided += 1
    return decided


@compiled
def end_count(
    terms: Terms, places: Int, orders: Int, times: Int, other_times: Int, numbers: Int, sums: Int, figures: Int
) -> None:
    """Count what is open and undecided when a play is over, and find the quantiles of its times, which it shuffles."""
    last_month = len(terms.month_end) - 1
    if numbers[BEGUN] == 0:
        _add_open(terms, places, orders, sums, of.OPEN_AT_START, 0)
    for later in range(numbers[MONTH] + 1, last_month + 1):
        _turn_of_year(terms, places, orders, sums, later)
    _add_open(terms, places, orders, sums, of.PENDING, terms.year[last_month])
    _add_backlog(terms, places, orders, sums, terms.year[last_month])
    figures[of.MEDIAN] = interpolated(times, 0, numbers[DECIDED], 5)
    figures[of.P90] = interpolated(times, 0, numbers[DECIDED], 9)
    elapsed = len(times) // 2
    figures[of.ELAPSED_MEDIAN] = interpolated(times, elapsed, elapsed + numbers[DECIDED], 5)
    for decided in range(numbers[OTHERS_DECIDED]):
        figures[of.TRAFFIC_PROCESSING] += other_times[decided]
    figures[of.TRAFFIC_DECIDED] = numbers[OTHERS_DECIDED]
    figures[of.TRAFFIC_MEDIAN] = interpolated(other_times, 0, numbers[OTHERS_DECIDED], 5)
    waiting = 0  # from here on, `times` has how long they have been waiting
    for line in range(len(terms.place)):
        for at in range(WIDTH * places[line], WIDTH * places[line + 1], WIDTH):
            if orders[at + APPLIED] != NOT:
                times[waiting] = terms.end - orders[at + APPLIED]
                waiting += 1
                if orders[at + SENT_BACK] != NOT:
                    _stop(terms, orders, at, line, terms.end)
                if _late(terms, orders, at, line, terms.end) == LATE:
                    _judge(terms, orders, at, line, last_month, sums, False)
    figures[of.BACKLOG_AGE] = interpolated(times, 0, waiting, 5)


@compiled_part
def _stop(terms: Terms, orders: Int, at: int, line: int, minute: int) -> None:
    """Add to the time for which an application was sent back what has passed until a minute."""
    authority, since = terms.authority[line, orders[at + APPLICANT]], orders[at + SENT_BACK]
    calendar = terms.standard[authority, 1]
    orders[at + STOPPED] += minute - since
    orders[at + STOPPED_WORKING] += minutes_taken(terms.calendars, calendar, since, minute)
    orders[at + STOPPED_DAYS] += whole_days(terms.calendars, calendar, since, minute)
    orders[at + SENT_BACK] = NOT


@compiled_part
def _late(terms: Terms, orders: Int, at: int, line: int, ended: int) -> int:
    """Whether an application took longer than its authority's service standard: IN_TIME, LATE or NO_STANDARD."""
    authority = terms.authority[line, orders[at + APPLICANT]]
    standard, calendar = terms.standard[authority, 0], terms.standard[authority, 1]
    if standard < 0:
        return NO_STANDARD
    taken = minutes_taken(terms.calendars, calendar, orders[at + APPLIED], ended) - orders[at + STOPPED_WORKING]
    return LATE if taken > standard else IN_TIME


@compiled_part
def _count_closed(
    terms: Terms, orders: Int, at: int, line: int, minute: int, month: int, decided: bool, sums: Int
) -> None:  # fmt: skip
    """Count an order's application that was closed in the period, if its authority has a service standard."""
    applied, supplier = orders[at + APPLIED], orders[at + APPLICANT]
    late = _late(terms, orders, at, line, minute)
    if late == NO_STANDARD:
        return
    authority = terms.authority[line, supplier]
    days = whole_days(terms.calendars, terms.standard[authority, 1], applied, minute) - orders[at + STOPPED_DAYS]
    group = terms.group[terms.year[month], line, supplier]
    of.add(sums, group, of.CLOSED, 1)
    of.add(sums, group, of.CLOSED_IN_TIME, 1 if days * DAY <= terms.standard[authority, 0] else 0)
    # What was withdrawn in time says nothing of the authority; what was withdrawn late, it was late for.
    if decided or late == LATE:
        _judge(terms, orders, at, line, month, sums, late == IN_TIME)


@compiled_part
def _judge(terms: Terms, orders: Int, at: int, line: int, month: int, sums: Int, in_time: bool) -> None:
    """Count an application of which it is known whether it was in time, where it was made in the period."""
    applied = orders[at + APPLIED]
    if applied < 0:
        return
    while month > 0 and terms.month_end[month - 1] > applied:
        month -= 1
    group = terms.group[terms.year[month], line, orders[at + APPLICANT]]
    of.add(sums, group, of.JUDGED, 1)
    of.add(sums, group, of.JUDGED_IN_TIME, 1 if in_time else 0)


@compiled_part
def _move(journal: Int, noted: int, stood: int, was_open: int, stands: int, now_open: int) -> int:
    """Note that an order, so much of which was open, stands no more where it stood, and where it stands now."""
    if was_open > 0 and now_open > 0 and stood == stands:
        return _note(journal, noted, stands, 0, now_open - was_open) if was_open != now_open else noted
    if was_open > 0:
        noted = _note(journal, noted, stood, -1, -was_open)
    if now_open > 0:
        noted = _note(journal, noted, stands, 1, now_open)
    return noted


@compiled
def post(table: Int, journal: Int, noted: int) -> None:
    """Make the changes that a journal notes in a table, shape (months × places × SLOTS × 2,): numbers and cents, see
    :data:`exportsim.analysis.quantities.SLOT`.
    """
    for note in range(0, noted, 2):
        slot, number, cents = journal[note] >> 2, (journal[note] & 3) - 1, journal[note + 1]
        table[2 * slot] += number
        table[2 * slot + 1] = plus(table[2 * slot + 1], cents)


@compiled_part
def _note(journal: Int, noted: int, slot: int, number: int, cents: int) -> int:
    """Note a change of a slot of the table: a number, -1, 0 or 1, and cents."""
    journal[noted], journal[noted + 1] = slot << 2 | number + 1, cents
    return noted + 2


@compiled_part
def _add_part(figures: Int, figure: int, cents: int) -> None:
    figures[figure] = plus(figures[figure], cents)


@compiled_part
def _turn_of_year(terms: Terms, places: Int, orders: Int, sums: Int, month: int) -> None:
    """Where a month is the first of a year that is told apart: add what is open to the year's end and to its start."""
    ended, begun = terms.year[month - 1], terms.year[month]
    if ended != begun:
        _add_open(terms, places, orders, sums, of.PENDING, ended)
        _add_backlog(terms, places, orders, sums, ended)
        _add_open(terms, places, orders, sums, of.OPEN_AT_START, begun)


@compiled_part
def _add_open(terms: Terms, places: Int, orders: Int, sums: Int, figure: int, year: int) -> None:
    """Add what is open of all orders to the groups of a year."""
    for line in range(len(terms.place)):
        group = terms.group[year, line, len(terms.price)]
        for at in range(WIDTH * places[line], WIDTH * places[line + 1], WIDTH):
            of.add(sums, group, figure, max(orders[at + OPEN], 0))


@compiled_part
def _add_backlog(terms: Terms, places: Int, orders: Int, sums: Int, year: int) -> None:
    """Add the applications that are open to the groups of a year."""
    for line in range(len(terms.place)):
        for at in range(WIDTH * places[line], WIDTH * places[line + 1], WIDTH):
            if orders[at + APPLIED] != NOT:
                of.add(sums, terms.group[year, line, orders[at + APPLICANT]], of.BACKLOG, 1)
