"""A plan and a policy laid down in memory, as the rows of the compiled engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exportsim import chance
from exportsim.engine.compiled import rows
from exportsim.jit import first_rows, layout, vector, width
from exportsim.plan import CONSTANT, FROM_THE_START, NEVER, Int, Plan


class Memory:
    """Tables that compiled code reaches by one address, for as long as this object is held."""

    def __init__(self, single: type) -> None:
        self.header, self.address = vector(rows.SINGLE + width(single), np.int64)
        self.header[:] = 0
        self.single = self.header[rows.SINGLE :].view(layout(single))
        self._vectors: dict[int, Any] = {}

    def room(self, table: int, count: int, width: int, kind: Any = np.int64) -> None:
        """Make room for a table, in the place of what was there. Nothing is written into it."""
        self._vectors[table], address = vector(count * width, kind)
        self.header[[table, rows.TABLES + table, 2 * rows.TABLES + table]] = address, count, width

    def lay(self, table: int, content: Any) -> None:
        """Lay a table down, of records or of two axes, in the place of what was there."""
        matrix = words(content) if content.dtype.names else content
        count, width = matrix.shape
        self.room(table, count, width, matrix.dtype.type)
        self.view(table)[:] = matrix

    def view(self, table: int) -> Any:
        """The table as a view of two axes; records as whole words."""
        shape = self.header[[rows.TABLES + table, 2 * rows.TABLES + table]]
        return self._vectors[table].reshape(shape)


def words(records: Any) -> Int:
    """Records as whole words, a row a record."""
    matrix: Int = records.view(np.int64).reshape(len(records), len(records.dtype))
    return matrix


def filled(row: type, part: object, **columns: Any) -> NDArray[np.void]:
    """Records of a row's fields: each from a column as given, or else from that of its name in a part of the plan."""
    names = layout(row).names or ()
    kept = {name: np.asarray(columns[name] if name in columns else getattr(part, name)) for name in names}
    records = first_rows(row, len(kept[names[0]]))
    for name, column in kept.items():
        records[name] = column
    return records


def world(plan: Plan, policy: int) -> Memory:
    """A plan and a policy, unchanged by a run; the future is set by the player."""
    lines, sources, streams, played = plan.lines, plan.sources, plan.streams, plan.policies[policy]
    distributions, no_records = plan.distributions, len(streams.digest) - len(lines.value)
    always = [chance.whole(a) if kind == CONSTANT else -1 for kind, a in zip(*distributions[:2], strict=True)]
    memory = Memory(rows.WorldNumbers)
    for table, records in (
        (rows.LINES, filled(rows.Line, lines)),
        (rows.SOURCES, filled(rows.Source, sources)),
        (rows.SUPPLIERS, filled(rows.Supplier, plan.suppliers)),
        (rows.AUTHORITIES, filled(rows.Authority, plan.authorities)),
        (rows.STAGES, filled(rows.Stage, plan.stages)),
        (rows.DISTRIBUTIONS, filled(
            rows.Distribution, distributions,
            always=always, point_first=distributions.first, point_count=distributions.points,
        )),
        (rows.STREAMS, filled(
            rows.Stream, streams, piece_first=streams.first, piece_count=streams.pieces,
            record_first=np.append(streams.record_first, np.full(no_records, -1)),
            record_count=np.append(streams.record_count, np.zeros(no_records, dtype=np.int64)),
        )),
        (rows.RECORDS, filled(
            rows.Record, streams,
            minute=streams.record_minute, cents=streams.record_cents, programme=streams.record_programme,
        )),
        (rows.INCIDENTS, filled(rows.Incident, plan.incidents)),
        (rows.MEASURES, filled(rows.Measure, played)),
        (rows.BRANCHES, filled(rows.Branch, played)),
    ):  # fmt: skip
        memory.lay(table, records)
    wholes: dict[int, Any] = {
        rows.PIECE_STARTS: streams.start[:, None],
        rows.PIECE_HAZARDS: streams.hazard[:, None],
        rows.WORKING: plan.calendars.working,
        rows.WORKING_BEFORE: plan.calendars.before,
        rows.WORKING_DAY: plan.calendars.day,
        rows.INCIDENT_SCOPE: plan.incidents.scope,
        rows.CELLS: plan.cell.reshape(-1, plan.cell.shape[2]),
        rows.CELL_AUTHORITIES: plan.cell_authority[:, None],
        rows.LINE_CELLS: plan.line_cell,
        rows.MEASURE_SCOPE: played.scope,
        rows.MEASURE_TRAFFIC: played.traffic,
        rows.OFFICERS: played.officers,
    }
    reals: dict[int, Any] = {
        rows.LOSSES: lines.loss,
        rows.PROGRAMMES: lines.programme,
        rows.POINT_XS: distributions.x[:, None],
        rows.POINT_YS: distributions.y[:, None],
        rows.PIECE_RATES: streams.rate[:, None],
        rows.BRANCH_CHANCES: played.chance[:, None],
    }
    for contents, kind in ((wholes, np.int64), (reals, np.float64)):
        for table, content in contents.items():
            memory.lay(table, content.astype(kind))
    memory.single["start"], memory.single["end"] = plan.start, plan.end
    memory.single["calendar_origin"], memory.single["places"] = plan.calendars.origin, plan.cell.shape[1]
    return memory


def at_the_start(plan: Plan, policy: int) -> dict[int, Any]:
    """What a run changes, as it stands at the start: the tables whose length the plan fixes."""
    stages, suppliers, sources = len(plan.stages.officers), len(plan.suppliers.slots), len(plan.sources.line)
    ramping = plan.suppliers.open == 0
    tables = {
        rows.DESKS: first_rows(rows.Desk, stages + suppliers),
        rows.CELL_STATES: first_rows(rows.CellState, len(plan.cell_authority)),
        rows.SOURCE_STATES: first_rows(rows.SourceState, sources),
        rows.PULLS: first_rows(rows.Pull, max(sources, 1)),
        rows.SUPPLIER_STATES: first_rows(rows.SupplierState, suppliers),
        rows.LINE_STATES: first_rows(rows.LineState, len(plan.lines.value)),
        rows.TRAFFIC: first_rows(rows.Traffic, len(plan.authorities.digest)),
        rows.STREAM_STATES: first_rows(rows.StreamState, len(plan.streams.digest)),
        rows.INCIDENT_STATES: first_rows(rows.StreamState, len(plan.incidents.digest)),
        rows.MEASURE_STATES: first_rows(rows.MeasureState, len(plan.policies[policy].trigger)),
    }
    tables[rows.DESKS]["number"][:stages] = plan.stages.officers
    tables[rows.DESKS]["number"][stages:] = np.where(ramping, 0, plan.suppliers.slots)
    tables[rows.SOURCE_STATES]["qualified"] = plan.sources.starts == FROM_THE_START
    tables[rows.SOURCE_STATES]["trust_since"] = plan.start
    tables[rows.SUPPLIER_STATES]["ramping_since"] = np.where(ramping, NEVER, FROM_THE_START)
    return tables
