"""A plan and a policy laid down in memory, as the rows of the compiled engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from exportsim import chance
from exportsim.chance import ONE_ARRIVAL
from exportsim.engine.compiled import luck_rows, rows
from exportsim.jit import first_rows, layout, vector, width
from exportsim.plan import AS_DRAWN, CONSTANT, FROM_THE_START, NEVER, Float, Int, Plan

MOST_FORESEEN = 1 << 17  # orders of a window: what they take grows to some 20 MB


class Memory:
    """Tables that compiled code reaches by one address, for as long as this object is held."""

    def __init__(self, single: type) -> None:
        self.header, self.address = vector(rows.SINGLE + width(single), np.int64)
        self.header[:] = 0
        self.single = self.header[rows.SINGLE :].view(layout(single))
        self._vectors: dict[int, Any] = {}
        self.held: list[Memory] = []

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

    def share(self, table: int, other: Memory) -> None:
        """Have the table of another, which neither changes."""
        self._vectors[table], of_table = other._vectors[table], [table, rows.TABLES + table, 2 * rows.TABLES + table]
        self.header[of_table] = other.header[of_table]

    def view(self, table: int) -> Any:
        """The table as a view of two axes; records as whole words."""
        shape = self.header[[rows.TABLES + table, 2 * rows.TABLES + table]]
        return self._vectors[table].reshape(shape)


def in_bits(matrix: NDArray[np.bool_]) -> Int:
    """A matrix with 64 columns in a word: lines × cells may be millions, of which a player has one for each policy."""
    width = max(1, -(-matrix.shape[1] // 64))
    packed = np.zeros((len(matrix), 8 * width), dtype=np.uint8)
    bits = np.packbits(matrix, axis=1, bitorder="little")
    packed[:, : bits.shape[1]] = bits
    return packed.view("<i8").astype(np.int64)


def words(records: Any) -> Int:
    """Records as whole words, a row a record."""
    matrix: Int = records.view(np.int64).reshape(len(records), records.itemsize // 8)
    return matrix


def filled(row: type, part: object, **columns: Any) -> NDArray[np.void]:
    """Records of a row's fields: each from a column as given, or else from that of its name in a part of the plan."""
    names = layout(row).names or ()
    kept = {name: np.asarray(columns[name] if name in columns else getattr(part, name)) for name in names}
    records = first_rows(row, len(kept[names[0]]))
    for name, column in kept.items():
        records[name] = column
    return records


def world(plan: Plan, policy: int, luck: Luck, other: Memory | None = None) -> Memory:
    """A plan and a policy, unchanged by a run; the future is set by the player.

    What is recorded, which may be millions of orders, is shared with the world of another policy, if there is one.
    """
    lines, sources, streams, played = plan.lines, plan.sources, plan.streams, plan.policies[policy]
    distributions, no_records = plan.distributions, len(streams.digest) - len(lines.value)
    likely, lines_sources = likely_sources(plan), (lines.source_first, lines.source_count)
    # Of each stream, the authority whose stages its applications are likely to pass; the last is that of none.
    offices = np.append(np.append(sources.authority, -1)[likely], np.arange(no_records))
    may_deny = (plan.authorities.approval < 1.0) | (plan.authorities.approval_case_by_case < 1.0)
    denied = np.append(may_deny, False)[sources.authority]
    licensed = [denied[first : first + number].any() for first, number in zip(*lines_sources, strict=True)]
    stage_first, stage_count = np.append(plan.authorities.stage_first, 0), np.append(plan.authorities.stage_count, 0)
    stages, cells_of_stages = plan.stages, plan.stages.may_need
    for_some = (stages.share < 1.0) | ~stages.others | ~cells_of_stages.all(axis=1)
    said = [lines.filing_hold >= 0.0, lines.filing_case_by_case >= 0.0, lines.filing_deny >= 0.0]
    restarts = [(sources.restart[first : first + n] >= 0).any() for first, n in zip(*lines_sources, strict=True)]
    not_all_file = np.logical_or.reduce([*said, np.array(restarts, dtype=bool)])
    always = [chance.whole(a) if kind == CONSTANT else -1 for kind, a in zip(*distributions[:2], strict=True)]
    announced = np.flatnonzero(played.hastened.any(axis=1))
    announced = announced[np.argsort(played.announced[announced], kind="stable")]
    memory = Memory(rows.WorldNumbers)
    for table, records in (
        (rows.LINES, filled(rows.Line, lines, not_all_file=not_all_file)),
        (rows.SOURCES, filled(rows.Source, sources)),
        (rows.SUPPLIERS, filled(rows.Supplier, plan.suppliers)),
        (rows.AUTHORITIES, filled(rows.Authority, plan.authorities, may_deny=may_deny)),
        (rows.STAGES, filled(rows.Stage, stages, for_some=for_some)),
        (rows.DISTRIBUTIONS, filled(
            rows.Distribution, distributions,
            always=always, point_first=distributions.first, point_count=distributions.points,
        )),
        (rows.STREAMS, filled(
            rows.Stream, streams, piece_first=streams.first, piece_count=streams.pieces,
            record_first=np.append(streams.record_first, np.full(no_records, -1)),
            record_count=np.append(streams.record_count, np.zeros(no_records, dtype=np.int64)),
            source=np.append(likely, np.full(no_records, -1)),
            stage_first=stage_first[offices], stage_count=stage_count[offices],
            may_be_denied=np.append(licensed, may_deny),
        )),
        (rows.INCIDENTS, filled(rows.Incident, plan.incidents)),
        (rows.MEASURES, filled(rows.Measure, played)),
        (rows.BRANCHES, filled(rows.Branch, played)),
        (rows.ANNOUNCEMENTS, filled(
            luck_rows.Announcement, played, since=played.announced[announced], minute=played.minute[announced],
        )),
    ):  # fmt: skip
        memory.lay(table, records)
    if other is None:
        recorded = {name: getattr(streams, f"record_{name}") for name in layout(luck_rows.Record).names or ()}
        memory.lay(rows.RECORDS, filled(luck_rows.Record, streams, **recorded))
    else:
        memory.share(rows.RECORDS, other)
    wholes: dict[int, Any] = {
        rows.PIECE_STARTS: streams.start[:, None],
        rows.PIECE_HAZARDS: streams.hazard[:, None],
        rows.WORKING: plan.calendars.working,
        rows.WORKING_BEFORE: plan.calendars.before,
        rows.WORKING_DAY: plan.calendars.day,
        rows.INCIDENT_SCOPE: plan.incidents.scope,
        rows.CELLS: plan.cell.reshape(-1, plan.cell.shape[2]),
        rows.CELL_AUTHORITIES: plan.cell_authority[:, None],
        rows.LINE_CELLS: in_bits(plan.line_cell),
        rows.MEASURE_SCOPE: played.scope,
        rows.MEASURE_TRAFFIC: played.traffic,
        rows.OFFICERS: played.officers,
        rows.SITTINGS: stages.sitting[:, None],
        rows.HASTENED: played.hastened[announced],
        rows.SHARES: lines.share[:, None],
        rows.BRANCH_FACTORS: played.work,
        rows.STAGE_CELLS: cells_of_stages[: len(cells_of_stages) if for_some.any() else 0],
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
    memory.single["luck"] = luck.address
    memory.single["most_returns"] = stages.most.max(initial=0)
    memory.single["arriving"] = luck.turns_of(memory) if len(announced) else luck.address
    memory.single["not_all_file"] = not_all_file.any()
    memory.single["calendar_origin"], memory.single["places"] = plan.calendars.origin, plan.cell.shape[1]
    return memory


def likely_sources(plan: Plan) -> Int:
    """Of each line the source that it is most likely to turn to at first, -1 if it has none at the start."""
    sources, likely = plan.sources, np.full(len(plan.lines.value), -1)
    for line, (first, count) in enumerate(zip(plan.lines.source_first, plan.lines.source_count, strict=True)):
        pulls = np.where(sources.starts == FROM_THE_START, sources.weight, 0.0)[first : first + count]
        if pulls.max(initial=0.0) > 0.0:
            likely[line] = first + pulls.argmax()
    return likely


class Luck(Memory):
    """What is foreseen of a future, for all players of a thread: in windows, each of about so many orders at most."""

    def __init__(self, plan: Plan, most: int = MOST_FORESEEN) -> None:
        super().__init__(luck_rows.LuckNumbers)
        minutes = plan.end - plan.start
        windows = min(math.ceil(orders_by(plan, np.array([plan.end]))[0] / most) or 1, minutes)
        span = math.ceil(minutes / windows)
        evenly = np.minimum(plan.start + span * np.arange(1, windows + 1), plan.end)
        ahead = spans_ahead(plan)
        whole = [int(end) for end in evenly if not any(since < end < past for _, since, past in ahead)]
        ends = np.array([*whole, plan.end] if not whole or whole[-1] < plan.end else whole)
        expected = float(np.diff(orders_by(plan, ends), prepend=0.0).max())
        self._streams = len(plan.streams.digest)
        self._kinds = luck_rows.FIRST_WORK + int(plan.authorities.stage_count.max(initial=0))
        self.orders = orders_with_luck(expected)
        self.single["window"] = -1
        self._turns: WeakSet[Memory] = WeakSet()
        self.lay(luck_rows.ENDS, ends[:, None])
        self.room(luck_rows.UNIFORMS, 2 * luck_rows.BATCH, 1)
        self.room(luck_rows.MERGING, self._streams + 1, 2)
        self.lay(luck_rows.HERE, first_rows(luck_rows.Here, self._streams))
        self.lay(luck_rows.ARRIVED, first_rows(luck_rows.Arrived, (len(ends) + 1) * self._streams))
        self.make_room(self.orders)

    def make_room(self, orders: int) -> None:
        """Make room for so many orders in a window."""
        self.orders = orders
        self.room(luck_rows.LUCK, self._kinds, orders)
        self.room(luck_rows.ARRIVING, orders + 1, 2)
        for turns in self._turns:
            self._make_room_for(turns)

    def turns_of(self, world: Memory) -> int:
        """Room for what arrives under a policy in an order of its own, held as long as its world: the address."""
        turns = Memory(luck_rows.LuckNumbers)
        world.held.append(turns)
        self._turns.add(turns)
        self._make_room_for(turns)
        return turns.address

    def _make_room_for(self, turns: Memory) -> None:
        turns.single["window"] = -1  # nothing is in it
        turns.room(luck_rows.MOVED, self.orders, 1)
        for table in (luck_rows.ARRIVING, luck_rows.MERGING):
            turns.room(table, self.orders + 1, 2)


def spans_ahead(plan: Plan) -> list[tuple[int, int, int]]:
    """By line and announcement of any policy: from when on orders come ahead, and before when they would have come."""
    return [
        (int(line), int(policy.announced[measure]), int(policy.minute[measure] + plan.lines.ahead_within[line]))
        for policy in plan.policies
        for measure in np.flatnonzero(policy.hastened.any(axis=1))
        for line in np.flatnonzero(policy.hastened[measure].reshape(plan.lines.may_have.shape).any(axis=1))
    ]


def orders_by(plan: Plan, minutes: Any) -> Float:
    """How many orders and other applications are expected to arrive before each of some minutes, all in all."""
    streams = plan.streams
    expected: Float = np.zeros(len(minutes))
    for first, pieces in zip(streams.first, streams.pieces, strict=True):
        start, hazard, rate = (each[first : first + pieces] for each in (streams.start, streams.hazard, streams.rate))
        piece = np.maximum(np.searchsorted(start, minutes, side="right") - 1, 0)
        expected += (hazard[piece] + rate[piece] * np.maximum(minutes - start[piece], 0)) / ONE_ARRIVAL
    expected += np.searchsorted(np.sort(streams.record_minute), minutes)
    return expected


def orders_with_luck(expected: float) -> int:
    """Room for as many as are expected and as luck adds, nearly always."""
    return math.ceil(expected + 4 * math.sqrt(expected)) + 16


def state(plan: Plan) -> Memory:
    """What a run changes, as it stands at the start, whatever the policy; there is no room yet for what grows."""
    memory = Memory(rows.StateNumbers)
    for table, content in at_the_start(plan).items():
        memory.lay(table, content)
    make_room(memory, plan, dict.fromkeys(rows.GROWING, 0))
    return memory


def make_room(memory: Memory, plan: Plan, rooms: Mapping[int, int]) -> None:
    """Make room in a state for so many facts, events and orders."""
    for table, room in rooms.items():
        memory.room(table, room, rows.GROWING[table])
    orders = rooms[rows.ORDERS]
    memory.room(rows.EXCLUDED, orders, int(plan.lines.source_count.max(initial=0)))
    memory.room(rows.PLACES, 2 * orders, width(rows.Place))
    memory.room(rows.AGENDA, 2 * orders + 1, 1)


def at_the_start(plan: Plan) -> dict[int, Any]:
    """What a run changes, as it stands at the start: the tables whose length the plan fixes."""
    stages, suppliers, sources = len(plan.stages.officers), len(plan.suppliers.slots), len(plan.sources.line)
    ramping = plan.suppliers.open == 0
    tables: dict[int, Any] = {
        rows.DESKS: first_rows(rows.Desk, stages + suppliers),
        rows.CELL_STATES: first_rows(rows.CellState, len(plan.cell_authority)),
        rows.SOURCE_STATES: first_rows(rows.SourceState, sources),
        rows.PULLS: first_rows(rows.Pull, max(sources, 1)),
        rows.SUPPLIER_STATES: first_rows(rows.SupplierState, suppliers),
        rows.LINE_STATES: first_rows(rows.LineState, len(plan.lines.value)),
        rows.TRAFFIC: first_rows(rows.Traffic, len(plan.authorities.digest)),
        rows.INCIDENT_STATES: first_rows(rows.IncidentState, len(plan.incidents.digest)),
        rows.WORK_FACTORS: np.full(
            (len(plan.cell_authority) + len(plan.authorities.digest), stages), AS_DRAWN, dtype=np.int64
        ),
        rows.MEASURE_STATES: first_rows(
            rows.MeasureState, max((len(policy.trigger) for policy in plan.policies), default=0)
        ),
    }
    tables[rows.DESKS]["number"][:stages] = plan.stages.officers
    tables[rows.DESKS]["number"][stages:] = np.where(ramping, 0, plan.suppliers.slots)
    tables[rows.SOURCE_STATES]["qualified"] = plan.sources.starts == FROM_THE_START
    tables[rows.SOURCE_STATES]["trust_since"] = plan.start
    tables[rows.SUPPLIER_STATES]["ramping_since"] = np.where(ramping, NEVER, FROM_THE_START)
    return tables
