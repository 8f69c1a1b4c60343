"""The tables of the compiled engine: each of rows with named numbers, found by address.

The kernel hands its tables from function to function. Fifty arrays passed so cost more than the work done on them, an
address costs nothing. So the world is one address and the state another: that of a header, in which stand the address,
the rows and the columns of each table, then some single numbers. The class of a row is the one source of its table's
layout, access, width, start: ``order_at(s, o).stage`` is two reads. Tables whose width differs from plan to plan have
no names for their columns: they are read by :func:`entry`, or as runs.
"""

from __future__ import annotations

from exportsim.engine.compiled.luck_rows import ARRIVED, HERE, Announcement, Arrived, Here, LuckNumbers, Record
from exportsim.jit import (
    Half,
    accessor,
    compiled_part,
    fixed_at,
    inlined_part,
    put_whole,
    real_at,
    reals,
    single_accessor,
    whole_at,
    wholes,
)
from exportsim.jit import width as row_width
from exportsim.plan import NEVER, NORMAL, STANDARD, Float, Int
from exportsim.plan import OPEN as OPEN_CELL

# Tables of the world. Rows as the axes of exportsim.plan.
(LINES, LOSSES, PROGRAMMES, SOURCES, SUPPLIERS, AUTHORITIES, STAGES, DISTRIBUTIONS, POINT_XS, POINT_YS, STREAMS,
 PIECE_STARTS, PIECE_HAZARDS, PIECE_RATES, RECORDS, WORKING, WORKING_BEFORE, WORKING_DAY, INCIDENTS, INCIDENT_SCOPE,
 CELLS, CELL_AUTHORITIES, LINE_CELLS, MEASURES, MEASURE_SCOPE, MEASURE_TRAFFIC, BRANCHES, BRANCH_CHANCES,
 OFFICERS, STAGE_CELLS, SITTINGS, SHARES, BRANCH_FACTORS, ANNOUNCEMENTS, HASTENED) = range(35)  # fmt: skip
# Tables of the state. ORDERS has a row an order or other application, by rank; PLACES two, in queues for officer and
# slot; DESKS the stages' officers, then the suppliers' slots; AGENDA whose place has been given a desk, to go on.
(LEDGER, HEAP, ORDERS, EXCLUDED, PLACES, AGENDA, DESKS, CELL_STATES, SOURCE_STATES, PULLS, SUPPLIER_STATES, LINE_STATES,
 TRAFFIC, INCIDENT_STATES, WORK_FACTORS, MEASURE_STATES) = range(16)  # fmt: skip
TABLES = 35  # a header has room for so many addresses, then as many numbers of rows, then of columns, then single ones
SINGLE = 3 * TABLES
LEDGER_FULL, HEAP_FULL, ORDERS_FULL, LUCK_FULL, TOO_MANY_WAITS, TOO_MANY_VISITS = range(1, 7)  # StateNumbers.full


# ------------------------------------------------------------------------------------------------------- the world


class WorldNumbers:
    """The single numbers of the world; ``arriving`` is its luck, or what arrives in turns that the policy changes."""

    start: int
    end: int
    seed: int
    future: int
    calendar_origin: int
    places: int
    most_returns: int
    luck: int
    arriving: int
    not_all_file: int


class Line:
    """A demand line; patience, value, parts and what its delivery plan says of time are distributions.

    Where nothing is said of filing and of restarts (``not_all_file`` is 0), neither is looked at.
    """

    value: int
    parts: int
    least: int
    deliveries_first: int
    deliveries_every: int
    share_first: int
    share_count: int
    place: int
    source_first: int
    source_count: int
    patience_review: int
    patience_suspension: int
    patience_unserved: int
    half_life: int
    not_all_file: int
    filing_lag: int
    bound_until: int
    ahead_within: int
    filing_hold: float
    filing_case_by_case: float
    filing_deny: float
    ahead_share: float


class Source:
    """A line's use of a supplier; its place in the whole table is what orders are sourced from."""

    line: int
    supplier: int
    authority: int
    starts: int
    time: int
    digest: int
    restart: int
    weight: float
    success: float


class Supplier:
    """A maker."""

    slots: int
    lead_time: int
    ramp_up: int


class Authority:
    """A licensing authority, and where its stages stand in their table. One that never denies needs no luck."""

    validity: int
    validity_calendar: int
    stage_first: int
    stage_count: int
    case_first: int
    case_count: int
    may_deny: int
    approval: float
    approval_case_by_case: float


class Stage:
    """A stage of review, and whether it is for some alone: not for all that are reviewed, among them other traffic."""

    work: int
    purpose: int
    for_some: int
    others: int
    need: int
    most: int
    sent_back: int
    answer: int
    answered: int
    sits_first: int
    sits_count: int
    sits_most: int
    share: float
    chance: float


class Distribution:
    """A distribution; ``always`` is a constant's value, else -1."""

    always: int
    kind: int
    calendar: int
    point_first: int
    point_count: int
    a: float
    b: float
    c: float


class Stream:
    """Arrivals: at rates, in pieces, or from the records of a register (whose first is else -1).

    The lead times of ``source`` (-1: of none) are foreseen, the work of so many stages from ``stage_first`` on, and the
    luck of approval if an authority may deny.
    """

    digest: int
    piece_first: int
    piece_count: int
    record_first: int
    record_count: int
    source: int
    stage_first: int
    stage_count: int
    may_be_denied: int


class Incident:
    """An incident, on a date or (minute -1) at a rate."""

    digest: int
    minute: int
    window: int
    exposure: int
    rate: float


class Measure:
    """A measure of the policy, its fields in the order of :class:`exportsim.plan.Policy`."""

    trigger: int
    minute: int
    incident: int
    delay: int
    digest: int
    branch_first: int
    branch_count: int
    then: int
    figure: int
    above: int
    below: int
    every: int
    window: int


class Branch:
    """What a measure may do."""

    applications: int
    permits: int
    cancel: int
    approval: float
    validity: int
    validity_works: int
    backlog: int
    take_up: float
    priority: int


# ------------------------------------------------------------------------------------------------------- the state


class StateNumbers:
    """The single numbers of the state; ``full`` says of which table there is too little, or of what too much.

    ``arrived`` counts those of the present window of luck; ``has_factors`` and ``is_ranked``: a measure has set any.
    """

    now: int
    ledger_rows: int
    events: int
    ranks: int
    window: int
    has_factors: int
    is_ranked: int
    arrived: int
    agenda_first: int
    agenda_last: int
    full: int


class LedgerRow:
    """A fact in four words, see :mod:`exportsim.packed_rows`."""

    when: int
    amount: int
    who: int
    what: int


class Order:
    """An order or other application: what it is, and how far it has come in review and in production.

    ``lag`` counts the lags before it is filed, begun and ended: it is odd while one runs.
    """

    value: int
    open: int
    placed: int
    line: Half
    number: Half
    programme: Half
    parts: Half
    attempt: Half
    round: Half
    returns: Half
    source: Half = -1
    cell: Half
    part: Half
    delivered: Half
    is_suspended: Half
    is_referred: Half
    has_permit: Half
    standing: Half
    stage: Half
    stage_end: Half
    token: Half
    lag: Half
    production: Half


class Place:
    """The places before and behind one in the queue for a desk, by their numbers in the whole table; -1 for none."""

    ahead: Half
    behind: Half


class Waiting:
    """The place of whoever has been given a desk and has yet to go on."""

    place: int


class Desk:
    """The officers of a stage, or the slots of a supplier, and the queue for them: its first and its last place."""

    number: int
    taken: int
    queue_first: int = -1
    queue_last: int = -1


class CellState:
    """How the applications and permits of a cell stand, and what stands in it."""

    applications: int = OPEN_CELL
    permits: int
    stopped_by: int = -1
    in_review: int
    held: int
    in_force: int
    applications_changed: int
    permits_changed: int
    stop: int = -1
    stop_ended: int = NEVER
    stop_ends: int
    approval: float = float(STANDARD)
    approval_denied: float
    validity: int = STANDARD
    validity_works: int
    take_up: float = 1.0
    priority: int = NORMAL


class SourceState:
    """A line's trust in a supplier, and how its qualifying goes."""

    qualified: int
    trust_since: int
    tries: int
    begins: int
    is_cancelled: int
    trust: float = 1.0


class Pull:
    """Weight × trust of one of the sources that are being chosen from."""

    weight: float


class SupplierState:
    """The minute from which on a supplier's slots open one by one: that of its first qualification."""

    ramping_since: int


class LineState:
    """Whether a line has been disrupted."""

    disrupted: int


class Traffic:
    """Other applications under review at an authority, and how they rank."""

    in_review: int
    priority: int = NORMAL


class IncidentState:
    """Occurrences so far, and the hazard accumulated by the last."""

    hazard: int
    count: int


class MeasureState:
    """Whether a threshold has acted and not been released, and how often it has."""

    acting: int
    acts: int


world_of, state_of = single_accessor(SINGLE, WorldNumbers), single_accessor(SINGLE, StateNumbers)

line_at, source_at = accessor(LINES, Line), accessor(SOURCES, Source)
supplier_at, authority_at = accessor(SUPPLIERS, Supplier), accessor(AUTHORITIES, Authority)
stage_at, distribution_at = accessor(STAGES, Stage), accessor(DISTRIBUTIONS, Distribution)
stream_at, record_at = accessor(STREAMS, Stream), accessor(RECORDS, Record)
incident_at, announcement_at = accessor(INCIDENTS, Incident), accessor(ANNOUNCEMENTS, Announcement)
measure_at, branch_at = accessor(MEASURES, Measure), accessor(BRANCHES, Branch)
fact_at, order_at = accessor(LEDGER, LedgerRow), accessor(ORDERS, Order)
place_at, waiting_at = accessor(PLACES, Place), accessor(AGENDA, Waiting)
desk_at, cell_at, pull_at = accessor(DESKS, Desk), accessor(CELL_STATES, CellState), accessor(PULLS, Pull)
source_state_at, supplier_state_at = accessor(SOURCE_STATES, SourceState), accessor(SUPPLIER_STATES, SupplierState)
line_state_at, traffic_at = accessor(LINE_STATES, LineState), accessor(TRAFFIC, Traffic)
incident_state_at, measure_state_at = accessor(INCIDENT_STATES, IncidentState), accessor(MEASURE_STATES, MeasureState)
luck_of, here_at, arrived_at = single_accessor(SINGLE, LuckNumbers), accessor(HERE, Here), accessor(ARRIVED, Arrived)

#: The tables whose length a run decides, and how wide they are; an event is a pair.
GROWING = {LEDGER: row_width(LedgerRow), HEAP: 2, ORDERS: row_width(Order)}


@compiled_part
def entry(m: int, table: int, row: int, column: int) -> int:
    """A whole number of a table whose width differs from plan to plan."""
    return whole_at(fixed_at(m, table), row * width(m, table) + column)


@compiled_part
def real_entry(m: int, table: int, row: int, column: int) -> float:
    """A real number of a table whose width differs from plan to plan."""
    return real_at(fixed_at(m, table), row * width(m, table) + column)


@compiled_part
def set_entry(m: int, table: int, row: int, column: int, number: int) -> None:
    """Set a whole number of a table whose width differs from plan to plan."""
    put_whole(fixed_at(m, table), row * width(m, table) + column, number)


@inlined_part
def clear(m: int, table: int, row: int, across: int) -> None:
    """Set a row of whole numbers, so wide, to zero."""
    address = fixed_at(m, table)
    for place in range(row * across, (row + 1) * across):
        put_whole(address, place, 0)


@compiled_part
def whole_run(m: int, table: int, first: int, last: int) -> Int:
    """Whole numbers of a table one after the other, by their places in it."""
    return wholes(fixed_at(m, table), first, last)


@compiled_part
def real_run(m: int, table: int, first: int, last: int) -> Float:
    """Real numbers of a table one after the other, by their places in it."""
    return reals(fixed_at(m, table), first, last)


@compiled_part
def count(m: int, table: int) -> int:
    """The number of rows of a table."""
    return fixed_at(m, TABLES + table)


@compiled_part
def width(m: int, table: int) -> int:
    """The number of columns of a table."""
    return fixed_at(m, 2 * TABLES + table)
