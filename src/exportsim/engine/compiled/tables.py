"""A plan and a policy as the compiled engine wants them: tables in a few vectors, each table and column with a name.

The kernel hands its tables from function to function. Fifty arrays passed so cost more than the work done on them (and
minutes of compilation), two vectors cost nothing; so all whole numbers of a plan lie in one vector, table after table,
all other numbers in a second, and all that a run changes in a third. The vectors begin with a directory: where each
table starts, and how many columns and rows it has. ``given`` and ``real`` read the world, ``get``, ``put`` and ``add``
the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from exportsim.jit import compiled, pointer_to_reals, pointer_to_wholes, reals, wholes
from exportsim.plan import FROM_THE_START, Float, Int, Plan, Policy
from exportsim.plan import OPEN as OPEN_CELL

# Tables of the world, in whole numbers. Rows as the axes of exportsim.plan.
(BOUNDS, LINES, SOURCES, SUPPLIERS, AUTHORITIES, STAGES, DISTRIBUTIONS, STREAMS, PIECE_STARTS, PIECE_HAZARDS, RECORDS,
 WORKING, WORKING_BEFORE, WORKING_DAY, INCIDENTS, INCIDENT_SCOPE, CELLS, CELL_AUTHORITIES, LINE_CELLS, MEASURES,
 MEASURE_SCOPE, MEASURE_TRAFFIC, BRANCHES) = range(23)  # fmt: skip
# Tables of the world, in real numbers; their directory follows that of the others.
(LINE_REALS, SOURCE_REALS, AUTHORITY_REALS, DISTRIBUTION_REALS, POINT_XS, POINT_YS, PIECE_RATES, INCIDENT_RATES,
 BRANCH_CHANCES) = range(23, 32)  # fmt: skip
# Tables of the state. ORDERS has a row an order or other application, by rank; DESK_STATE the stages' officers, then
# the suppliers' slots; AGENDA who has been given a desk and has yet to go on; CHANGED (applications, permits) by cell.
(COUNTERS, ORDERS, AGENDA, DESK_STATE, CELL_STATE, CHANGED, SOURCE_STATE, CANCELLED_SOURCES, RAMPING, DISRUPTED,
 TRAFFIC, STREAM_STATE, INCIDENT_STATE, MEASURE_STATE) = range(14)  # fmt: skip
DIRECTORY = 3  # numbers a table: start, columns, rows

# Columns of LINES. LINE_REALS: five losses of trust, then the cumulated chances of programmes.
(VALUE, PARTS, PLACE, SOURCE_FIRST, SOURCE_COUNT, PATIENCE_REVIEW, PATIENCE_SUSPENSION, PATIENCE_UNSERVED,
 HALF_LIFE) = range(9)  # fmt: skip
LOSSES = 5
# SOURCES and SOURCE_REALS
LINE, SUPPLIER, AUTHORITY, STARTS, TIME, DIGEST = range(6)
WEIGHT, SUCCESS = range(2)
# SUPPLIERS
SLOTS, LEAD_TIME, RAMP_UP, OPEN_FROM_START = range(4)
# AUTHORITIES and AUTHORITY_REALS
VALIDITY, VALIDITY_CALENDAR, STAGE_FIRST, STAGE_COUNT, CASE_FIRST, CASE_COUNT = range(6)
APPROVAL, APPROVAL_CASE_BY_CASE = range(2)
# STAGES
STAGE_OFFICERS, STAGE_WORK, STAGE_PURPOSE = range(3)
# DISTRIBUTIONS
KIND, CALENDAR, POINT_FIRST, POINT_COUNT = range(4)
# STREAMS and RECORDS
STREAM_DIGEST, PIECE_FIRST, PIECE_COUNT, RECORD_FIRST, RECORD_COUNT = range(5)
RECORD_MINUTE, RECORD_CENTS, RECORD_PROGRAMME = range(3)
# INCIDENTS
INCIDENT_DIGEST, INCIDENT_MINUTE, WINDOW, EXPOSURE = range(4)
# MEASURES
(TRIGGER, MEASURE_MINUTE, MEASURE_INCIDENT, DELAY, MEASURE_DIGEST, BRANCH_FIRST, BRANCH_COUNT, THEN, FIGURE, ABOVE,
 BELOW, EVERY, FIGURE_WINDOW) = range(13)  # fmt: skip
# BRANCHES, the last a column a stage
BRANCH_APPLICATIONS, BRANCH_PERMITS, BRANCH_CANCEL, BRANCH_OFFICERS = range(4)
# BOUNDS
START, END, SEED, FUTURE, CALENDAR_ORIGIN, PLACES = range(6)


class World(NamedTuple):
    """A plan, a policy and a future, unchanged by the run. Pointers; see :mod:`exportsim.jit`."""

    whole: Any
    real: Any


# Columns of ORDERS
(ORDER_LINE, NUMBER, RUN_STREAM, ORDER_VALUE, PROGRAMME, ORDER_PARTS, OPEN, ATTEMPT, SOURCE, CELL, PART, DELIVERED,
 IS_SUSPENDED, IS_REFERRED, HAS_PERMIT, STANDING, STAGE, STAGE_END, TOKEN, DESK, AHEAD, BEHIND,
 EXCLUDED) = range(23)  # fmt: skip
# DESK_STATE
DESKS, TAKEN, QUEUE_FIRST, QUEUE_LAST = range(4)
# CELL_STATE
CELL_APPLICATIONS, CELL_PERMITS, STOPPED_BY, IN_REVIEW, HELD_NOW, IN_FORCE_NOW = range(6)
# SOURCE_STATE
QUALIFIED, TRUST_SINCE, TRIES, BEGINS = range(4)
# STREAM_STATE and INCIDENT_STATE
HAZARD, COUNT = range(2)
# MEASURE_STATE
ACTING, ACTS = range(2)
# COUNTERS
NOW, ROWS, EVENTS, RANKS, AGENDA_FIRST, AGENDA_LAST, FULL, MOST_ROWS, MOST_EVENTS = range(9)
ROWS_FULL, EVENTS_FULL, TOO_MANY_ATTEMPTS = 1, 2, 3  # in the counter FULL
ROW_WIDTH = 9  # a ledger's columns, and the cell of a delivery under licence


class State(NamedTuple):
    """What a run changes. Pointers; see :mod:`exportsim.jit`."""

    whole: Any
    trust: Any  # by source
    row: Any  # the ledger, row after row
    key: Any  # the heap's columns
    note: Any


@compiled
def given(w: World, table: int, row: int, column: int) -> int:
    """A whole number of the world."""
    whole = wholes(w.whole)
    return int(whole[whole[DIRECTORY * table] + row * whole[DIRECTORY * table + 1] + column])


@compiled
def given_run(w: World, table: int, first: int, last: int) -> Int:
    """Whole numbers of the world one after the other, by their places in the table."""
    whole = wholes(w.whole)
    start = whole[DIRECTORY * table]
    run: Int = whole[start + first : start + last]
    return run


@compiled
def real(w: World, table: int, row: int, column: int) -> float:
    """A real number of the world."""
    whole = wholes(w.whole)
    return float(reals(w.real)[whole[DIRECTORY * table] + row * whole[DIRECTORY * table + 1] + column])


@compiled
def real_run(w: World, table: int, first: int, last: int) -> Float:
    """Real numbers of the world one after the other, by their places in the table."""
    start = wholes(w.whole)[DIRECTORY * table]
    run: Float = reals(w.real)[start + first : start + last]
    return run


@compiled
def width(w: World, table: int) -> int:
    """The number of columns of a table of the world."""
    return int(wholes(w.whole)[DIRECTORY * table + 1])


@compiled
def count(w: World, table: int) -> int:
    """The number of rows of a table of the world."""
    return int(wholes(w.whole)[DIRECTORY * table + 2])


@compiled
def get(s: State, table: int, row: int, column: int) -> int:
    """A number of the state."""
    whole = wholes(s.whole)
    return int(whole[whole[DIRECTORY * table] + row * whole[DIRECTORY * table + 1] + column])


@compiled
def put(s: State, table: int, row: int, column: int, value: int) -> None:
    """Set a number of the state."""
    whole = wholes(s.whole)
    whole[whole[DIRECTORY * table] + row * whole[DIRECTORY * table + 1] + column] = value


@compiled
def add(s: State, table: int, row: int, column: int, value: int) -> None:
    """Add to a number of the state."""
    whole = wholes(s.whole)
    whole[whole[DIRECTORY * table] + row * whole[DIRECTORY * table + 1] + column] += value


@compiled
def size(s: State, table: int) -> int:
    """The number of rows of a table of the state."""
    return int(wholes(s.whole)[DIRECTORY * table + 2])


@compiled
def world_of(whole: Int, real: Float) -> World:
    """The world for compiled code, from vectors that the caller holds."""
    return World(pointer_to_wholes(whole), pointer_to_reals(real))


@compiled
def state_of(whole: Int, trust: Float, row: Int, key: Int, note: Int) -> State:
    """The state for compiled code, from vectors that the caller holds."""
    return State(
        pointer_to_wholes(whole),
        pointer_to_reals(trust),
        pointer_to_wholes(row),
        pointer_to_wholes(key),
        pointer_to_wholes(note),
    )


def tables(plan: Plan, policy: int, seed: int, future: int) -> tuple[Int, Float]:
    """The world's whole and real numbers: a plan, a policy and a future."""
    lines, sources, streams, played = plan.lines, plan.sources, plan.streams, plan.policies[policy]
    authorities, suppliers, distributions = plan.authorities, plan.suppliers, plan.distributions
    traffic = len(streams.digest) - len(lines.value)
    bounds = [plan.start, plan.end, seed, future, plan.calendars.origin, plan.cell.shape[1]]
    whole = [
        np.array([bounds]),
        _columns(
            lines.value, lines.parts, lines.place, lines.source_first, lines.source_count, lines.patience_review,
            lines.patience_suspension, lines.patience_unserved, lines.half_life,
        ),
        _columns(sources.line, sources.supplier, sources.authority, sources.starts, sources.time, sources.digest),
        _columns(suppliers.slots, suppliers.lead_time, suppliers.ramp_up, suppliers.open),
        _columns(
            authorities.validity, authorities.validity_calendar, authorities.stage_first, authorities.stage_count,
            authorities.case_first, authorities.case_count,
        ),
        _columns(plan.stages.officers, plan.stages.work, plan.stages.purpose),
        _columns(distributions.kind, distributions.calendar, distributions.first, distributions.points),
        _columns(
            streams.digest, streams.first, streams.pieces,
            np.append(streams.record_first, np.full(traffic, -1)), np.append(streams.record_count, np.zeros(traffic)),
        ),
        _columns(streams.start),
        _columns(streams.hazard),
        _columns(streams.record_minute, streams.record_cents, streams.record_programme),
        plan.calendars.working,
        plan.calendars.before,
        plan.calendars.day,
        _columns(plan.incidents.digest, plan.incidents.minute, plan.incidents.window, plan.incidents.exposure),
        plan.incidents.scope,
        plan.cell.reshape(-1, plan.cell.shape[2]),
        _columns(plan.cell_authority),
        plan.line_cell,
        _columns(*played[: Policy._fields.index("scope")]),
        played.scope,
        played.traffic,
        np.hstack([_columns(played.applications, played.permits, played.cancel), played.officers]),
    ]  # fmt: skip
    reals = [
        np.hstack([lines.loss, lines.programme]),
        _columns(sources.weight, sources.success),
        _columns(authorities.approval, authorities.approval_case_by_case),
        _columns(distributions.a, distributions.b, distributions.c),
        _columns(distributions.x),
        _columns(distributions.y),
        _columns(streams.rate),
        _columns(plan.incidents.rate),
        _columns(played.chance),
    ]
    room = DIRECTORY * (len(whole) + len(reals))
    directory = [*_directory(whole, room), *_directory(reals, 0)]
    return (
        np.concatenate([np.array(directory), *(table.ravel() for table in whole)]).astype(np.int64),
        np.concatenate([table.ravel() for table in reals]).astype(np.float64),
    )


def new_state(plan: Plan, orders: int, rows: int, events: int) -> tuple[Int, Float, Int, Int, Int]:
    """What a run changes, as it stands at the start: whole numbers, trust, rows, and the two columns of the heap.

    Parameters
    ----------
    plan : Plan
    orders : int
        Orders and other applications that will arrive.
    rows, events : int
        How many the ledger and the heap have room for.
    """
    stages, suppliers, sources = len(plan.stages.officers), len(plan.suppliers.slots), len(plan.sources.line)
    ramping = plan.suppliers.open == 0
    desks = np.zeros((stages + suppliers, 4), dtype=np.int64)
    desks[:stages, DESKS] = plan.stages.officers
    desks[stages:, DESKS] = np.where(ramping, 0, plan.suppliers.slots)
    desks[:, QUEUE_FIRST] = desks[:, QUEUE_LAST] = -1
    cells = np.zeros((len(plan.cell_authority), 6), dtype=np.int64)
    cells[:, CELL_APPLICATIONS], cells[:, STOPPED_BY] = OPEN_CELL, -1
    of_sources = np.zeros((sources, 4), dtype=np.int64)
    of_sources[:, QUALIFIED], of_sources[:, TRUST_SINCE] = plan.sources.starts == FROM_THE_START, plan.start
    measures = max((len(policy.trigger) for policy in plan.policies), default=0)
    shapes = {
        COUNTERS: (1, 9),
        ORDERS: (orders, EXCLUDED + int(plan.lines.source_count.max(initial=0))),
        AGENDA: (orders + 1, 1),
        DESK_STATE: desks.shape,
        CELL_STATE: cells.shape,
        CHANGED: (2, len(cells)),
        SOURCE_STATE: of_sources.shape,
        CANCELLED_SOURCES: (sources, 1),
        RAMPING: (suppliers, 1),
        DISRUPTED: (len(plan.lines.value), 1),
        TRAFFIC: (len(plan.authorities.digest), 1),
        STREAM_STATE: (len(plan.streams.digest), 2),
        INCIDENT_STATE: (len(plan.incidents.digest), 2),
        MEASURE_STATE: (measures, 2),
    }
    directory = _directory([np.empty(shape) for shape in shapes.values()], DIRECTORY * len(shapes))
    whole = np.zeros(directory[-3] + directory[-2] * directory[-1], dtype=np.int64)
    whole[: len(directory)] = directory
    for table, filled in ((DESK_STATE, desks), (CELL_STATE, cells), (SOURCE_STATE, of_sources), (RAMPING, ramping)):
        start = directory[DIRECTORY * table]
        whole[start : start + filled.size] = filled.ravel()
    counters = directory[DIRECTORY * COUNTERS]
    whole[counters + MOST_ROWS], whole[counters + MOST_EVENTS] = rows, events
    row = np.empty(rows * ROW_WIDTH, dtype=np.int64)
    return (whole, np.ones(sources), row, np.empty(events, dtype=np.int64), np.empty(events, dtype=np.int64))


def _directory(arrays: Sequence[Any], start: int) -> list[int]:
    """Where tables laid one after the other start, and their columns and rows."""
    directory = []
    for array in arrays:
        directory += [start, array.shape[1], array.shape[0]]
        start += array.size
    return directory


def _columns(*columns: Any) -> Any:
    """Vectors side by side as a table."""
    return np.column_stack(columns)
