"""Counting a ledger: all figures and series of a play in one pass over its rows, compiled.

The pass knows each order by a few numbers (:data:`WIDTH` of them): when it was placed, what is open of it, where it
stands. They lie one after the other in a vector called *room*, which :func:`_layout` divides before the pass. What an
event adds to the outcomes is said in :mod:`exportsim.analysis.figures`.

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
from exportsim.analysis.ledger_rows import ALIEN, is_export_part, minutes_taken
from exportsim.analysis.quantities import SLOT
from exportsim.jit import compiled, compiled_part
from exportsim.lifecycle import Fact
from exportsim.packed_rows import row_at
from exportsim.plan import Int

# What is known of an order while its ledger is read. STANDS is the quantity it is counted in beside what is open.
PLACED, OPEN, PROGRAMME, APPLIED, APPLIED_TO, PLACE, STANDS, WIDTH = range(8)
IN_TIME, LATE, NO_STANDARD = range(3)
NOT = -(1 << 50)  # nothing is known yet: before all minutes, and less than nothing is open

SLOTS = len(SLOT)
NOTES = 8  # words in the journal that one row takes at most: four changes, each a slot and cents
SPEND_SLOT, UNSERVED_SLOT, OTHER_SLOT = SLOT["spend"], SLOT["unserved"], SLOT["open"]
IS_ORDERED, IS_APPLIED = int(Fact.ORDERED), int(Fact.APPLIED)
IS_APPROVED, IS_DENIED, IS_WITHDRAWN = int(Fact.APPROVED), int(Fact.DENIED), int(Fact.WITHDRAWN)
IS_DELIVERED, IS_LOST = int(Fact.DELIVERED), int(Fact.LOST)
IS_INCIDENT, IS_EVIDENCE = int(Fact.INCIDENT), int(Fact.EVIDENCE)


@compiled
def tally(rows: Int, terms: Terms, sums: Int, figures: Int, journal: Int, room: Int) -> int:
    """Count a play. The words noted in the journal; else ALIEN, or the negative of the room that is needed.

    Written are the figures of each group of ``terms`` to ``sums``, shape (groups, FIGURES), those that only a play has
    to ``figures``, shape (figures,), and changes of the table, as :func:`post` reads them, to ``journal``, shape
    (NOTES × rows or more,).
    """
    lines, authorities, nobody = len(terms.place), len(terms.standard), len(terms.price)
    first = lines + authorities  # of what is known of the orders
    if len(room) < first + len(rows):
        return -(first + len(rows) + 1)
    figures[:] = 0
    sums[:] = 0
    past, times, needed, turns, others = _layout(rows, terms, room, figures)
    if needed == ALIEN or len(room) < needed:
        return ALIEN if needed == ALIEN else -needed
    room[first:times] = NOT
    final_by = of.FIRST_PART + nobody
    exported_by, received_by = final_by + nobody, final_by + nobody + authorities
    noted = month = decided = timely = judged = 0
    last_month = len(terms.month_end) - 1
    begun = False
    chosen = len(room) - len(rows)
    for turn in range(chosen, chosen + turns):  # the rows in which an order turns, which lie at the end of the room
        row = row_at(rows, room[turn])
        minute, fact, line, supplier, amount = row.minute, row.fact, row.line, row.supplier, row.amount
        if minute >= 0 and not begun:
            begun = True
            _add_open(terms, sums, of.OPEN_AT_START, room, past, 0)
        while month < last_month and terms.month_end[month] <= minute:
            month += 1
            _turn_of_year(terms, sums, room, past, month)

        at = room[line] + WIDTH * row.order
        was_open = room[at + OPEN]
        cents = now_open = was_open  # of what the fact speaks of, and what is open afterwards
        paid = 0
        if fact == IS_ORDERED:
            room[at + PLACED], room[at + PROGRAMME] = minute, row.detail
            cents = now_open = amount
            if minute >= 0:
                of.add(sums, terms.group[terms.year[month], line, nobody], of.ORDERED, amount)
        elif fact == IS_DELIVERED:
            cents, now_open, paid = amount, was_open - amount, spend(amount, terms.price[supplier])
            if minute >= 0:
                group = terms.group[terms.year[month], line, supplier]
                authority = terms.authority[line, supplier]
                exported = bool(is_export_part(authority))
                of.count_delivery(sums, group, amount, paid, minute - room[at + PLACED], exported)
                _add_part(figures, of.FIRST_PART + supplier, amount)
                _add_part(figures, received_by + terms.destination[line], amount)
                if exported:
                    _add_part(figures, exported_by + authority, amount)
                if minute >= terms.final:
                    _add_part(figures, final_by + supplier, amount)
        elif fact == IS_LOST:
            cents, now_open = amount, 0
            if minute >= 0:
                of.add(sums, terms.group[terms.year[month], line, nobody], of.LOST, amount)
        elif fact == IS_APPLIED:
            room[at + APPLIED], room[at + APPLIED_TO] = minute, row.detail
        elif fact in (IS_APPROVED, IS_DENIED, IS_WITHDRAWN) and room[at + APPLIED] != NOT:
            if minute >= 0:
                room[times + decided] = minute - room[at + APPLIED]
                late = _late(terms, room[at + APPLIED_TO], room[at + APPLIED], minute)
                # What was withdrawn in time says nothing of the authority; what was withdrawn late, it was late for.
                judged += late == LATE or (late == IN_TIME and fact != IS_WITHDRAWN)
                timely += late == IN_TIME and fact != IS_WITHDRAWN
                decided += fact != IS_WITHDRAWN  # a time written for a withdrawal is written over
            room[at + APPLIED] = NOT

        place = _place(terms, line, supplier, room[at + PROGRAMME])
        if place < 0:
            return ALIEN
        at_place = SLOTS * (month * terms.place_count + place)
        flow, stock = terms.meaning[fact, FLOW], terms.meaning[fact, STOCK]
        if flow >= 0 and minute >= 0:
            noted = _note(journal, noted, at_place + flow, 1, cents)
            if fact == IS_DELIVERED:
                noted = _note(journal, noted, at_place + SPEND_SLOT, 1, paid)
        if stock != UNSERVED_SLOT and terms.authority[line, supplier] < 0:
            stock = OTHER_SLOT  # without a permit there is neither review nor a permit in force
        stood = SLOTS * (month * terms.place_count + room[at + PLACE]) + room[at + STANDS]
        noted = _move(journal, noted, stood, was_open, at_place + stock, now_open)
        room[at + OPEN], room[at + PLACE], room[at + STANDS] = now_open, place, stock

    for at in range(first, past, WIDTH):  # applications undecided at the end
        if room[at + APPLIED] != NOT:
            judged += _late(terms, room[at + APPLIED_TO], room[at + APPLIED], terms.end) == LATE
    if not begun:
        _add_open(terms, sums, of.OPEN_AT_START, room, past, 0)
    for later in range(month + 1, last_month + 1):
        _turn_of_year(terms, sums, room, past, later)
    _add_open(terms, sums, of.PENDING, room, past, terms.year[last_month])
    figures[of.TIMELY], figures[of.JUDGED] = timely, judged
    figures[of.MEDIAN] = interpolated(room, times, times + decided, 5)
    figures[of.P90] = interpolated(room, times, times + decided, 9)
    figures[of.TRAFFIC_MEDIAN] = _traffic_median(rows, room, lines, others, times)
    return noted


@compiled_part
def _late(terms: Terms, authority: int, applied: int, ended: int) -> int:
    """Whether an application took longer than its authority's service standard: IN_TIME, LATE or NO_STANDARD."""
    standard, calendar = terms.standard[authority, 0], terms.standard[authority, 1]
    if standard < 0:
        return NO_STANDARD
    taken = minutes_taken(terms.calendars, calendar, applied, ended)
    return LATE if taken > standard else IN_TIME


@compiled_part
def _place(terms: Terms, line: int, supplier: int, programme: int) -> int:
    """The number of a place, or ALIEN."""
    if not 0 <= programme < terms.place.shape[2]:
        return ALIEN
    return int(terms.place[line, supplier, programme])


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
def _layout(rows: Int, terms: Terms, room: Int, figures: Int) -> tuple[int, int, int, int, int]:
    """Divide the room: for each line and authority where its order number 0 would be, then what is known of orders, of
    other applications, processing times, and at the very end which rows to read: those in which an order turns, and
    from the back those of other applications. Incidents, which are nobody's, are counted here.

    Returns where orders and other applications end, what is needed in all, and the numbers of those rows; or ALIEN.
    """
    lines, suppliers, authorities = len(terms.place), len(terms.price), len(terms.standard)
    room[: lines + authorities] = 0
    applications = turns = others = 0
    chosen, last = len(room) - len(rows), len(room) - 1
    for r in range(len(rows)):
        row = row_at(rows, r)
        fact, line, number, supplier, detail = row.fact, row.line, row.order, row.supplier, row.detail
        if not 0 <= fact < len(terms.meaning) or line >= lines or not -1 <= supplier < suppliers:
            return ALIEN, ALIEN, ALIEN, ALIEN, ALIEN
        if (fact == IS_APPLIED and not 0 <= detail < authorities) or (fact == IS_DELIVERED and supplier < 0):
            return ALIEN, ALIEN, ALIEN, ALIEN, ALIEN
        if line >= 0:
            # Written in any case, and written over unless it counts: that is sooner done than guessed.
            room[chosen + turns] = r
            turns += terms.meaning[fact, TURNS]
            if number < terms.meaning[fact, TURNS]:
                return ALIEN, ALIEN, ALIEN, ALIEN, ALIEN
            room[line] = max(room[line], number)
            applications += fact == IS_APPLIED
        elif fact in (IS_APPLIED, IS_APPROVED, IS_DENIED):
            if number < 1 or not 0 <= detail < authorities:
                return ALIEN, ALIEN, ALIEN, ALIEN, ALIEN
            room[last - others] = r
            others += 1
            room[lines + detail] = max(room[lines + detail], number)
            applications += fact == IS_APPLIED
        elif row.minute >= 0:
            figures[of.INCIDENTS] += fact == IS_INCIDENT
            figures[of.EVIDENCE] += fact == IS_EVIDENCE
    end = lines + authorities
    for line in range(lines):
        number = room[line]
        room[line] = end - WIDTH
        end += WIDTH * number
    past = end
    for authority in range(lines, lines + authorities):
        number = room[authority]
        room[authority] = end - 1
        end += number
    return past, end, end + applications + len(rows), turns, others


@compiled_part
def _traffic_median(rows: Int, room: Int, lines: int, others: int, first: int) -> int:
    """The median processing time of the authorities' other applications; ``room`` from ``first`` on is used for it."""
    past = first
    for place in range(len(room) - 1, len(room) - 1 - others, -1):
        row = row_at(rows, room[place])
        at = room[lines + row.detail] + row.order
        if row.fact == IS_APPLIED:
            room[at] = row.minute
        elif row.minute >= 0 and room[at] != NOT:
            room[past] = row.minute - room[at]
            past += 1
    return interpolated(room, first, past, 5)


@compiled_part
def _note(journal: Int, noted: int, slot: int, number: int, cents: int) -> int:
    """Note a change of a slot of the table: a number, -1, 0 or 1, and cents."""
    journal[noted], journal[noted + 1] = slot << 2 | number + 1, cents
    return noted + 2


@compiled_part
def _add_part(figures: Int, figure: int, cents: int) -> None:
    figures[figure] = plus(figures[figure], cents)


@compiled_part
def _turn_of_year(terms: Terms, sums: Int, room: Int, past: int, month: int) -> None:
    """Where a month is the first of a year that is told apart: add what is open to the year's end and to its start."""
    ended, begun = terms.year[month - 1], terms.year[month]
    if ended != begun:
        _add_open(terms, sums, of.PENDING, room, past, ended)
        _add_open(terms, sums, of.OPEN_AT_START, room, past, begun)


@compiled_part
def _add_open(terms: Terms, sums: Int, figure: int, room: Int, past: int, year: int) -> None:
    """Add what is open of all orders to the groups of a year."""
    lines, nobody = len(terms.place), len(terms.price)
    for line in range(lines):
        end = room[line + 1] + WIDTH if line + 1 < lines else past
        for at in range(room[line] + WIDTH, end, WIDTH):
            of.add(sums, terms.group[year, line, nobody], figure, max(room[at + OPEN], 0))
