"""A plan and a policy as the compiled engine wants them: tables in memory, each table, column and value with a name.

The kernel hands its tables from function to function. Fifty arrays passed so cost more than the work done on them (and
minutes of compilation), an address costs nothing. So the world is one address and the state another: that of a header,
in which stand the address, the rows and the columns of each table, and some single values. A column's name holds its
table and the table's width, so that the compiler knows both: ``get(s, order, SOURCE)`` is two reads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exportsim import chance
from exportsim.jit import compiled_part, put_real, put_whole, real_at, reals, vector, whole_at, wholes
from exportsim.plan import CONSTANT, FROM_THE_START, NEVER, Float, Int, Plan
from exportsim.plan import OPEN as OPEN_CELL

# Tables of the world. Rows as the axes of exportsim.plan.
(LINES, LOSSES, PROGRAMMES, SOURCES, SOURCE_CHANCES, SUPPLIERS, AUTHORITIES, APPROVALS, STAGES, DISTRIBUTIONS,
 PARAMETERS, POINT_XS, POINT_YS, STREAMS, PIECE_STARTS, PIECE_HAZARDS, PIECE_RATES, RECORDS, WORKING, WORKING_BEFORE,
 WORKING_DAY, INCIDENTS, INCIDENT_RATES, INCIDENT_SCOPE, CELLS, CELL_AUTHORITIES, LINE_CELLS, MEASURES, MEASURE_SCOPE,
 MEASURE_TRAFFIC, BRANCHES, BRANCH_CHANCES, OFFICERS) = range(33)  # fmt: skip
# Tables of the state. ORDERS has a row an order or other application, by rank; DESK_STATE the stages' officers, then
# the suppliers' slots; AGENDA who has been given a desk and has yet to go on.
(LEDGER, HEAP, ORDERS, EXCLUDED, AGENDA, DESK_STATE, CELL_STATE, SOURCE_STATE, TRUSTS, PULLS, SUPPLIER_STATE,
 LINE_STATE, TRAFFIC_STATE, STREAM_STATE, INCIDENT_STATE, MEASURE_STATE) = range(16)  # fmt: skip
TABLES = 33  # a header has room for so many addresses, then as many numbers of rows, then of columns, then the values
WORDS, BYTE = 8, 255


def columns(table: int, number: int) -> tuple[int, ...]:
    """The names of a table's columns."""
    return tuple(table << 2 * WORDS | number << WORDS | column for column in range(number))


def table_of(column: int) -> int:
    """The table of a column."""
    return column >> 2 * WORDS


def width_of(column: int) -> int:
    """How many columns the table of a column has."""
    return column >> WORDS & BYTE


(VALUE, PARTS, PLACE, SOURCE_FIRST, SOURCE_COUNT, PATIENCE_REVIEW, PATIENCE_SUSPENSION, PATIENCE_UNSERVED,
 HALF_LIFE) = columns(LINES, 9)  # fmt: skip
LOSS = columns(LOSSES, 5)[0]  # + which loss
LINE, SUPPLIER, AUTHORITY, STARTS, TIME, DIGEST = columns(SOURCES, 6)
WEIGHT, SUCCESS = columns(SOURCE_CHANCES, 2)
SLOTS, LEAD_TIME, RAMP_UP = columns(SUPPLIERS, 3)
VALIDITY, VALIDITY_CALENDAR, STAGE_FIRST, STAGE_COUNT, CASE_FIRST, CASE_COUNT = columns(AUTHORITIES, 6)
APPROVAL, APPROVAL_CASE_BY_CASE = columns(APPROVALS, 2)
STAGE_WORK, STAGE_PURPOSE = columns(STAGES, 2)
ALWAYS, KIND, CALENDAR, POINT_FIRST, POINT_COUNT = columns(DISTRIBUTIONS, 5)  # ALWAYS: a constant's value, else -1
A, B, C = columns(PARAMETERS, 3)
STREAM_DIGEST, PIECE_FIRST, PIECE_COUNT, RECORD_FIRST, RECORD_COUNT = columns(STREAMS, 5)
RECORD_MINUTE, RECORD_CENTS, RECORD_PROGRAMME = columns(RECORDS, 3)
INCIDENT_DIGEST, INCIDENT_MINUTE, WINDOW, EXPOSURE = columns(INCIDENTS, 4)
(INCIDENT_RATE,) = columns(INCIDENT_RATES, 1)
(CELL_AUTHORITY,) = columns(CELL_AUTHORITIES, 1)
(TRIGGER, MEASURE_MINUTE, MEASURE_INCIDENT, DELAY, MEASURE_DIGEST, BRANCH_FIRST, BRANCH_COUNT, THEN, FIGURE, ABOVE,
 BELOW, EVERY, FIGURE_WINDOW) = columns(MEASURES, 13)  # fmt: skip
BRANCH_APPLICATIONS, BRANCH_PERMITS, BRANCH_CANCEL = columns(BRANCHES, 3)

ROW_WIDTH = 9  # a ledger's columns, and the cell of a delivery under licence
(ROW_MINUTE, ROW_FACT, ROW_LINE, ROW_ORDER, ROW_ATTEMPT, ROW_SUPPLIER, ROW_DETAIL, ROW_AMOUNT,
 ROW_CELL) = columns(LEDGER, ROW_WIDTH)  # fmt: skip
(ORDER_LINE, NUMBER, RUN_STREAM, ORDER_VALUE, PROGRAMME, ORDER_PARTS, OPEN, ATTEMPT, SOURCE, CELL, PART, DELIVERED,
 IS_SUSPENDED, IS_REFERRED, HAS_PERMIT, STANDING, STAGE, STAGE_END, TOKEN, DESK, AHEAD,
 BEHIND) = columns(ORDERS, 22)  # fmt: skip
(ON_AGENDA,) = columns(AGENDA, 1)
DESKS, TAKEN, QUEUE_FIRST, QUEUE_LAST = columns(DESK_STATE, 4)
(CELL_APPLICATIONS, CELL_PERMITS, STOPPED_BY, IN_REVIEW, HELD_NOW, IN_FORCE_NOW, APPLICATIONS_CHANGED,
 PERMITS_CHANGED) = columns(CELL_STATE, 8)  # fmt: skip
QUALIFIED, TRUST_SINCE, TRIES, BEGINS, IS_CANCELLED = columns(SOURCE_STATE, 5)
(TRUST,) = columns(TRUSTS, 1)
(PULL,) = columns(PULLS, 1)
(RAMPING_SINCE,) = columns(SUPPLIER_STATE, 1)
(DISRUPTED,) = columns(LINE_STATE, 1)
(TRAFFIC,) = columns(TRAFFIC_STATE, 1)
HAZARD, COUNT = columns(STREAM_STATE, 2)
(OCCURRENCE_HAZARD, OCCURRENCES) = columns(INCIDENT_STATE, 2)
ACTING, ACTS = columns(MEASURE_STATE, 2)

# Values of the world, and of the state.
START, END, SEED, FUTURE, CALENDAR_ORIGIN, PLACES = range(3 * TABLES, 3 * TABLES + 6)
NOW, ROWS, EVENTS, RANKS, AGENDA_FIRST, AGENDA_LAST, FULL = range(3 * TABLES, 3 * TABLES + 7)
LEDGER_FULL, HEAP_FULL, ORDERS_FULL, TOO_MANY_ATTEMPTS, TOO_MANY_WAITS = 1, 2, 3, 4, 5  # in FULL
HEADER = 3 * TABLES + 7


@compiled_part
def get(m: int, row: int, column: int) -> int:
    """A whole number of a table."""
    return whole_at(whole_at(m, column >> 2 * WORDS), row * ((column >> WORDS) & BYTE) + (column & BYTE))


@compiled_part
def put(m: int, row: int, column: int, number: int) -> None:
    """Set a whole number of a table."""
    put_whole(whole_at(m, column >> 2 * WORDS), row * ((column >> WORDS) & BYTE) + (column & BYTE), number)


@compiled_part
def add(m: int, row: int, column: int, number: int) -> None:
    """Add to a whole number of a table."""
    table, place = whole_at(m, column >> 2 * WORDS), row * ((column >> WORDS) & BYTE) + (column & BYTE)
    put_whole(table, place, whole_at(table, place) + number)


@compiled_part
def real(m: int, row: int, column: int) -> float:
    """A real number of a table."""
    return real_at(whole_at(m, column >> 2 * WORDS), row * ((column >> WORDS) & BYTE) + (column & BYTE))


@compiled_part
def set_real(m: int, row: int, column: int, number: float) -> None:
    """Set a real number of a table."""
    put_real(whole_at(m, column >> 2 * WORDS), row * ((column >> WORDS) & BYTE) + (column & BYTE), number)


@compiled_part
def entry(m: int, table: int, row: int, column: int) -> int:
    """A whole number of a table whose width differs from plan to plan."""
    return whole_at(whole_at(m, table), row * width(m, table) + column)


@compiled_part
def set_entry(m: int, table: int, row: int, column: int, number: int) -> None:
    """Set a whole number of a table whose width differs from plan to plan."""
    put_whole(whole_at(m, table), row * width(m, table) + column, number)


@compiled_part
def clear(m: int, table: int, row: int) -> None:
    """Set a row of whole numbers to nought."""
    address, across = whole_at(m, table), width(m, table)
    for place in range(row * across, (row + 1) * across):
        put_whole(address, place, 0)


@compiled_part
def whole_run(m: int, table: int, first: int, last: int) -> Int:
    """Whole numbers of a table one after the other, by their places in it."""
    return wholes(whole_at(m, table), first, last)


@compiled_part
def real_run(m: int, table: int, first: int, last: int) -> Float:
    """Real numbers of a table one after the other, by their places in it."""
    return reals(whole_at(m, table), first, last)


@compiled_part
def count(m: int, table: int) -> int:
    """The number of rows of a table."""
    return whole_at(m, TABLES + table)


@compiled_part
def width(m: int, table: int) -> int:
    """The number of columns of a table."""
    return whole_at(m, 2 * TABLES + table)


@compiled_part
def value(m: int, name: int) -> int:
    """A single value."""
    return whole_at(m, name)


@compiled_part
def set_value(m: int, name: int, number: int) -> None:
    """Set a single value."""
    put_whole(m, name, number)


class Memory:
    """Tables that compiled code reaches by one address, for as long as this object is held.

    Attributes
    ----------
    address : int
        Of the header.
    header : ndarray of int64
    """

    def __init__(self) -> None:
        self.header, self.address = vector(HEADER, np.int64)
        self.header[:] = 0
        self._vectors: dict[int, Any] = {}

    def room(self, table: int, rows: int, width: int, kind: type[np.generic] = np.int64) -> None:
        """Make room for a table, in the place of what was there. Nothing is written into it."""
        self._vectors[table], address = vector(rows * width, kind)
        self.header[[table, TABLES + table, 2 * TABLES + table]] = address, rows, width

    def lay(self, table: int, content: Any) -> None:
        """Lay a table of two axes down, in the place of what was there."""
        rows, width = content.shape
        self.room(table, rows, width, content.dtype.type)
        self.table(table)[:] = content

    def table(self, table: int) -> Any:
        """The table, as a view."""
        rows, width = self.header[[TABLES + table, 2 * TABLES + table]]
        return self._vectors[table].reshape(rows, width)


def world(plan: Plan, policy: int) -> Memory:
    """A plan and a policy, unchanged by a run; the future is set by the player."""
    lines, sources, streams, played = plan.lines, plan.sources, plan.streams, plan.policies[policy]
    authorities, suppliers, distributions = plan.authorities, plan.suppliers, plan.distributions
    traffic = len(streams.digest) - len(lines.value)
    always = [chance.whole(a) if kind == CONSTANT else -1 for kind, a in zip(*distributions[:2], strict=True)]
    whole: dict[int, Any] = {
        LINES: (
            lines.value, lines.parts, lines.place, lines.source_first, lines.source_count, lines.patience_review,
            lines.patience_suspension, lines.patience_unserved, lines.half_life,
        ),
        SOURCES: (sources.line, sources.supplier, sources.authority, sources.starts, sources.time, sources.digest),
        SUPPLIERS: (suppliers.slots, suppliers.lead_time, suppliers.ramp_up),
        AUTHORITIES: (
            authorities.validity, authorities.validity_calendar, authorities.stage_first, authorities.stage_count,
            authorities.case_first, authorities.case_count,
        ),
        STAGES: (plan.stages.work, plan.stages.purpose),
        DISTRIBUTIONS: (always, distributions.kind, distributions.calendar, distributions.first, distributions.points),
        STREAMS: (
            streams.digest, streams.first, streams.pieces,
            np.append(streams.record_first, np.full(traffic, -1)), np.append(streams.record_count, np.zeros(traffic)),
        ),
        PIECE_STARTS: (streams.start,),
        PIECE_HAZARDS: (streams.hazard,),
        RECORDS: (streams.record_minute, streams.record_cents, streams.record_programme),
        WORKING: plan.calendars.working,
        WORKING_BEFORE: plan.calendars.before,
        WORKING_DAY: plan.calendars.day,
        INCIDENTS: (plan.incidents.digest, plan.incidents.minute, plan.incidents.window, plan.incidents.exposure),
        INCIDENT_SCOPE: plan.incidents.scope,
        CELLS: plan.cell.reshape(-1, plan.cell.shape[2]),
        CELL_AUTHORITIES: (plan.cell_authority,),
        LINE_CELLS: plan.line_cell,
        MEASURES: played[: played._fields.index("scope")],
        MEASURE_SCOPE: played.scope,
        MEASURE_TRAFFIC: played.traffic,
        BRANCHES: (played.applications, played.permits, played.cancel),
        OFFICERS: played.officers,
    }  # fmt: skip
    real: dict[int, Any] = {
        LOSSES: lines.loss,
        PROGRAMMES: lines.programme,
        SOURCE_CHANCES: (sources.weight, sources.success),
        APPROVALS: (authorities.approval, authorities.approval_case_by_case),
        PARAMETERS: (distributions.a, distributions.b, distributions.c),
        POINT_XS: (distributions.x,),
        POINT_YS: (distributions.y,),
        PIECE_RATES: (streams.rate,),
        INCIDENT_RATES: (plan.incidents.rate,),
        BRANCH_CHANCES: (played.chance,),
    }
    memory = Memory()
    for tables, kind in ((whole, np.int64), (real, np.float64)):
        for table, content in tables.items():
            matrix = content if isinstance(content, np.ndarray) else np.column_stack(content)
            memory.lay(table, matrix.astype(kind))
    for name, number in ((START, plan.start), (END, plan.end), (CALENDAR_ORIGIN, plan.calendars.origin)):
        memory.header[name] = number
    memory.header[PLACES] = plan.cell.shape[1]
    return memory


def at_the_start(plan: Plan, policy: int) -> dict[int, Any]:
    """What a run changes, as it stands at the start: the tables whose length the plan fixes."""
    stages, suppliers, sources = len(plan.stages.officers), len(plan.suppliers.slots), len(plan.sources.line)
    ramping = plan.suppliers.open == 0
    lengths = (
        (DESKS, stages + suppliers), (CELL_APPLICATIONS, len(plan.cell_authority)), (QUALIFIED, sources),
        (RAMPING_SINCE, suppliers), (DISRUPTED, len(plan.lines.value)), (TRAFFIC, len(plan.authorities.digest)),
        (HAZARD, len(plan.streams.digest)), (OCCURRENCES, len(plan.incidents.digest)),
        (ACTING, len(plan.policies[policy].trigger)),
    )  # fmt: skip
    tables = {table_of(column): np.zeros((rows, width_of(column)), dtype=np.int64) for column, rows in lengths}
    tables[DESK_STATE][:stages, DESKS & BYTE] = plan.stages.officers
    tables[DESK_STATE][stages:, DESKS & BYTE] = np.where(ramping, 0, plan.suppliers.slots)
    tables[DESK_STATE][:, [QUEUE_FIRST & BYTE, QUEUE_LAST & BYTE]] = -1
    tables[CELL_STATE][:, CELL_APPLICATIONS & BYTE] = OPEN_CELL
    tables[CELL_STATE][:, STOPPED_BY & BYTE] = -1
    tables[SOURCE_STATE][:, QUALIFIED & BYTE] = plan.sources.starts == FROM_THE_START
    tables[SOURCE_STATE][:, TRUST_SINCE & BYTE] = plan.start
    tables[SUPPLIER_STATE][:, RAMPING_SINCE & BYTE] = np.where(ramping, NEVER, FROM_THE_START)
    return tables | {TRUSTS: np.ones((sources, 1)), PULLS: np.zeros((max(sources, 1), 1))}
