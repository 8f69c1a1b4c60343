"""A ledger read against its scenario: whose facts are whose, where each order stood, which regime held when.

Nothing here judges; the rules do. It is read from the ledger's rows and from what the user wrote, without the plan's
arrays, the engines' chance or their rules, so that a mistake in those cannot hide itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from exportsim.invariants.stated import programmes_of
from exportsim.invariants.terms import stated
from exportsim.ledger import Ledger, Row
from exportsim.lifecycle import PASSAGES, Fact, State
from exportsim.scenario.distributions import Empirical, Quantiles, Triangular, Uniform
from exportsim.scenario.policies import resolved_measures
from exportsim.scenario.quantities import Duration
from exportsim.scenario.register import read_register
from exportsim.scenario.schema import (
    Act,
    Authority,
    DemandLine,
    Measure,
    Register,
    Scenario,
    Scope,
    SourceOfLine,
    Stage,
    Supplier,
)

DAY = 1440
NOWHERE = -1
FACTS = [Fact(number) for number in range(len(Fact))]
AFTER: dict[tuple[State | None, Fact], State] = {}
for _before, _fact, _after in PASSAGES:
    AFTER.setdefault((_before, _fact), _after)
LANDING = {fact: after for _, fact, after in reversed(PASSAGES)}
OF_ORDERS = frozenset(fact for _, fact, _ in PASSAGES) | {Fact.STRANDED}
ENDS = frozenset({Fact.DENIED, Fact.WITHDRAWN, Fact.CANCELLED})
AT_STAGES = frozenset({Fact.REVIEW_STARTED, Fact.REVIEW_ENDED, Fact.RETURNED, Fact.ANSWERED})
REVIEWED = {
    **dict.fromkeys((Fact.APPLIED, Fact.REFERRED, Fact.ANSWERED), State.IN_REVIEW),
    Fact.RETURNED: State.RETURNED,
    Fact.HELD: State.HELD,
    **dict.fromkeys((Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN), None),
}
ASIDE = frozenset({Fact.REVIEW_ENDED, Fact.FINISHED, Fact.STRANDED})


class Cell(NamedTuple):
    authority: str
    destination: str
    goods: str
    programme: str


class Branch(NamedTuple):
    """One thing a measure may do: itself, one of its outcomes, or its release."""

    number: int
    measure: Measure
    act: Act
    release: bool

    def covers(self, cell: Cell) -> bool:
        """Whether a cell is in the measure's scope and not excepted."""
        return in_scope(cell, self.measure) and not any(in_scope(cell, scope) for scope in self.measure.except_)


def in_scope(cell: Cell, scope: Scope) -> bool:
    return (
        (scope.authorities is None or cell.authority in scope.authorities)
        and (scope.destinations is None or cell.destination in scope.destinations)
        and (scope.goods is None or cell.goods in scope.goods)
        and (scope.programmes is None or cell.programme in scope.programmes)
    )


def names_authorities_only(scope: Scope) -> bool:
    """Whether a scope says nothing of destinations, goods and programmes."""
    return scope.destinations is None and scope.goods is None and scope.programmes is None


def reaches(measure: Measure, authority: str) -> bool:
    """Whether an authority is in a measure's scope and not spared by an exception of authorities only."""
    spared = any(
        names_authorities_only(scope) and (scope.authorities is None or authority in scope.authorities)
        for scope in measure.except_
    )
    return not spared and (measure.authorities is None or authority in measure.authorities)


@dataclass(eq=False, slots=True)
class Attempt:
    """One attempt of an order with one supplier, and the rows that speak of it."""

    order: Order
    number: int
    supplier: int
    cell: Cell | None
    """The cell of its permit; None if the supplier needs none."""
    rows: list[int] = field(default_factory=list)
    sourced: int = NOWHERE
    applied: int = NOWHERE
    approved: int = NOWHERE
    """The rows of its first application and of its first permit; those of all follow."""
    applications: list[int] = field(default_factory=list)
    permits: list[int] = field(default_factory=list)
    expiries: list[int] = field(default_factory=list)
    ended: int = NOWHERE
    """The row that ends it before everything is delivered."""
    completed: int = NOWHERE
    """The row that delivers the last part."""

    def over(self, row: int) -> bool:
        """Whether it was over when a row had been written."""
        return NOWHERE < self.ended <= row or NOWHERE < self.completed <= row

    def has_permit(self, row: int) -> bool:
        """Whether its permit had been issued and had not expired when a row had been written."""
        return bisect_right(self.permits, row) > bisect_right(self.expiries, row)

    def last(self, rows: list[int], row: int) -> int:
        """The last of some of its rows that is before another, NOWHERE if there is none."""
        return next((earlier for earlier in reversed(rows) if earlier < row), NOWHERE)


@dataclass(eq=False, slots=True)
class Order:
    """One order, or (``line`` −1) one other application of an authority."""

    line: int
    number: int
    rank: int = 0
    """Comparison the run, by arrival."""
    value: int = 0
    programme: str = "none"
    rows: list[int] = field(default_factory=list)
    attempts: dict[int, Attempt] = field(default_factory=dict)
    authority: str = ""
    """Of other applications: where they are."""
    name: str = ""
    lost: list[tuple[int, str]] = field(default_factory=list)
    """The sources lost to it, and the rows from which on."""


class LedgerReading:
    """What the rules look at."""

    def __init__(self, ledger: Ledger, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rows: list[Row] = ledger.rows()
        self.facts = [FACTS[row[1]] for row in self.rows]
        names = ledger.names
        self.line_names, self.supplier_names, self.names = names.lines, names.suppliers, names
        self.supplier_index = {name: index for index, name in enumerate(names.suppliers)}
        self.lines: list[DemandLine] = [scenario.demand[name] for name in names.lines]
        self.suppliers: list[Supplier] = [scenario.suppliers[name] for name in names.suppliers]
        self.authorities: dict[str, Authority] = scenario.authorities
        self.start = -scenario.period.warm_up.minutes // DAY * DAY
        self.end = self.minute_of(scenario.period.end) + DAY
        self.seed, self.future, self.policy = ledger.seed, ledger.future, names.policies[ledger.policy]
        self.branches = list(_branches(resolved_measures(scenario, self.policy)))
        self.orders: dict[tuple[int, int], Order] = {}
        self.traffic: dict[tuple[str, int], Order] = {}
        self.before: list[State | None] = []
        self.after: list[State | None] = []
        self.review_before: list[State | None] = []
        self.review_after: list[State | None] = []
        """Where the order's application stood before and after each row: in review, held, or nowhere."""
        self.opened: list[int] = []
        self.legal: list[bool] = []
        self.order_of: list[Order | None] = []
        self.attempt_of: list[Attempt | None] = []
        self.by_fact: dict[Fact, list[int]] = {fact: [] for fact in FACTS}
        self.qualified_at: dict[tuple[int, str], int] = {}
        self.shared: dict[str, Any] = {}
        """What several rules work out alike, by name."""
        self._authority_of: dict[tuple[int, int], str | None] = {}
        self._recorded: dict[int, list[str | None] | None] = {}
        self._cells: dict[int, set[Cell]] = {}
        self._acts = [
            (row, self.branches[self.rows[row][6]])
            for row, fact in enumerate(self.facts)
            if fact is Fact.MEASURE and 0 <= self.rows[row][6] < len(self.branches)
        ]
        self._terms: dict[tuple[Cell, str], tuple[list[int], list[Any]]] = {}
        self._regimes: dict[Cell, tuple[list[int], list[tuple[str, str]]]] = {}
        self._read()

    # ------------------------------------------------------------------ what the user wrote

    def minute_of(self, day: date) -> int:
        """Minutes from period.start to the midnight before a day."""
        return (day - self.scenario.period.start).days * DAY

    def permit_from(self, line: int, supplier: int) -> str | None:
        """The authority whose permit a supplier needs for a line's orders; None if it needs none."""
        key = line, supplier
        if key not in self._authority_of:
            name = self.suppliers[supplier].authority
            home = name is None or self.authorities[name].country == self.lines[line].destination
            self._authority_of[key] = None if home else name
        return self._authority_of[key]

    def source(self, line: int, supplier: int) -> SourceOfLine | None:
        """The line's use of a supplier, if it has it among its sources."""
        return self.lines[line].sources.get(self.supplier_names[supplier])

    def cell_of(self, order: Order, supplier: int) -> Cell | None:
        """The cell of an order at the authority whose permit the supplier needs."""
        authority, line = self.permit_from(order.line, supplier), self.lines[order.line]
        return None if authority is None else Cell(authority, line.destination, line.goods, order.programme)

    def stages(self, authority: str) -> tuple[list[Stage], list[Stage]]:
        """Its ordinary and its case-by-case stages."""
        written = self.authorities[authority]
        return written.review, written.case_by_case.review if written.case_by_case else []

    # ------------------------------------------------------------------ what held when

    def regime(self, cell: Cell, row: int) -> tuple[str, str]:
        """How the applications and permits of a cell stand when a row is written."""
        if cell not in self._regimes:
            rows, standing = [NOWHERE], [("open", "in_force")]
            for number, branch in self._acts:
                if (branch.act.applications or branch.act.permits) and branch.covers(cell):
                    applications, permits = standing[-1]
                    rows.append(number)
                    standing.append((branch.act.applications or applications, branch.act.permits or permits))
            self._regimes[cell] = rows, standing
        rows, standing = self._regimes[cell]
        return standing[bisect_right(rows, row) - 1]

    def term(self, cell: Cell, key: str, row: int) -> Any:
        """What the measures have set of a cell by then, by the key that sets it; `standard` where they set nothing."""
        if (cell, key) not in self._terms:
            rows, terms = [NOWHERE], ["standard"]
            for number, branch in self._acts:
                if branch.covers(cell) and (written := stated(branch.act, key)) is not None:
                    rows.append(number)
                    terms.append(written)
            self._terms[cell, key] = rows, terms
        rows, terms = self._terms[cell, key]
        return terms[bisect_right(rows, row) - 1]

    def traffic_term(self, authority: str, key: str, row: int) -> Any:
        """The same of an authority's other applications, which measures reach that name authorities only."""
        found = "standard"
        for number, branch in self._acts:
            meant = number <= row and names_authorities_only(branch.measure) and reaches(branch.measure, authority)
            if meant and (written := stated(branch.act, key)) is not None:
                found = written
        return found

    def recorded_programmes(self, line: int) -> list[str | None] | None:
        """The programme of each record of a line's register within the run, in order, None where it is drawn.

        None for a line without a register.
        """
        if line not in self._recorded:
            written = self.lines[line]
            if not isinstance(written.orders, Register):
                self._recorded[line] = None
            else:
                midnight = datetime.combine(self.scenario.period.start, time())
                dated = (
                    ((when - midnight) // timedelta(minutes=1), programme)
                    for when, _, programme in read_register(self.scenario, self.line_names[line])
                )
                within = [(minute, programme) for minute, programme in dated if self.start <= minute < self.end]
                # By date alone: records of a day stay in the order of the register.
                self._recorded[line] = [programme for _, programme in sorted(within, key=lambda record: record[0])]
        return self._recorded[line]

    def cells_of_line(self, line: int) -> set[Cell]:
        """The cells that an order of a line can be in, from what is written."""
        if line not in self._cells:
            self._cells[line] = self._read_cells(line)
        return self._cells[line]

    def _read_cells(self, line: int) -> set[Cell]:
        written = self.lines[line]
        programmes = programmes_of(written, self.recorded_programmes(line))
        licensors = {self.permit_from(line, self.supplier_index[name]) for name in written.sources} - {None}
        return {
            Cell(str(authority), written.destination, written.goods, programme)
            for authority in licensors
            for programme in programmes
        }

    def acts(self) -> list[tuple[int, Branch]]:
        """The rows at which measures acted, and what each did."""
        return self._acts

    def is_qualified(self, line: int, supplier: str, row: int) -> bool:
        """Whether a line could use a source when a row is written."""
        if self.lines[line].sources[supplier].qualification is None:
            return True
        return self.qualified_at.get((line, supplier), len(self.rows)) < row

    def excluded(self, order: Order, row: int) -> set[str]:
        """The sources that an order had lost before a row."""
        return {supplier for since, supplier in order.lost if since < row}

    def settled(self, row: int) -> int:
        """The first row of a later minute than a row's: by then the minute's consequences are over."""
        return bisect_right(self.minutes, self.rows[row][0])

    # ------------------------------------------------------------------ reading the rows

    def _read(self) -> None:
        self.minutes = [row[0] for row in self.rows]
        state: dict[int, State] = {}
        review: dict[int, State | None] = {}
        still_open: dict[int, int] = {}
        rank = 0
        self.review_before, self.review_after = [None] * len(self.rows), [None] * len(self.rows)
        for number, (row, fact) in enumerate(zip(self.rows, self.facts, strict=True)):
            self.by_fact[fact].append(number)
            order, attempt = self._whose(row, fact)
            self.order_of.append(order)
            self.attempt_of.append(attempt)
            if order is None:
                if fact is Fact.QUALIFIED and row[2] >= 0:
                    self.qualified_at.setdefault((row[2], self.supplier_names[row[5]]), number)
                self._note(None, None, 0, True)
                continue
            order.rows.append(number)
            if fact is Fact.ORDERED or (order.line < 0 and fact is Fact.APPLIED):
                rank += 1
                order.rank = rank
            if order.line < 0:
                self._note(None, None, 0, True)
                continue
            if fact is Fact.ORDERED:
                order.value = still_open[id(order)] = row[7]
                order.programme = self.names.programmes[row[6]]
            was = state.get(id(order))
            left = still_open.get(id(order), 0)
            aside = fact is Fact.STRANDED or (fact in ASIDE and (attempt is None or attempt.ended >= 0))
            if attempt is not None:
                self._file(attempt, number, fact)
            self.review_before[number] = self.review_after[number] = review.get(id(order))
            if aside:
                self._note(was, was, left, was is not None)
                continue
            if fact in REVIEWED:
                review[id(order)] = self.review_after[number] = REVIEWED[fact]
            legal = (was, fact) in AFTER
            now = AFTER[was, fact] if legal else LANDING[fact]
            if fact is Fact.DELIVERED:
                still_open[id(order)] = left - row[7]
                if left - row[7] <= 0:
                    now = State.COMPLETED
                    if attempt is not None:
                        attempt.completed = number
            elif fact is Fact.LOST:
                still_open[id(order)] = 0
            state[id(order)] = now
            self._note(was, now, left, legal)

    def _note(self, before: State | None, after: State | None, left: int, legal: bool) -> None:
        self.before.append(before)
        self.after.append(after)
        self.opened.append(left)
        self.legal.append(legal)

    def _whose(self, row: Row, fact: Fact) -> tuple[Order | None, Attempt | None]:
        _, _, line, number, attempt_number, supplier, detail, _ = row
        if fact not in OF_ORDERS:
            return None, None
        if line < 0:
            stage = fact in AT_STAGES
            authority = self.names.stages[detail].split("/")[0] if stage else self.names.authorities[detail]
            key = authority, number
            if key not in self.traffic:
                name = f"other application {authority}/{number}"
                self.traffic[key] = Order(-1, number, authority=authority, name=name)
            return self.traffic[key], None
        order = self.orders.get((line, number))
        if order is None:
            order = self.orders[line, number] = Order(line, number, name=f"order {self.line_names[line]}/{number}")
        if attempt_number <= 0 or supplier < 0:
            return order, None
        attempt = order.attempts.get(attempt_number)
        if attempt is None:
            attempt = Attempt(order, attempt_number, supplier, self.cell_of(order, supplier))
            order.attempts[attempt_number] = attempt
        return order, attempt

    def _file(self, attempt: Attempt, number: int, fact: Fact) -> None:
        attempt.rows.append(number)
        if fact is Fact.SOURCED and attempt.sourced < 0:
            attempt.sourced = number
        elif fact is Fact.APPLIED:
            attempt.applications.append(number)
            attempt.applied = attempt.applications[0]
        elif fact is Fact.APPROVED:
            attempt.permits.append(number)
            attempt.approved = attempt.permits[0]
        elif fact is Fact.EXPIRED:
            attempt.expiries.append(number)
        elif fact in ENDS and attempt.ended < 0:
            attempt.ended = number
            attempt.order.lost.append((number, self.supplier_names[attempt.supplier]))


def _branches(measures: list[Measure]) -> Iterator[Branch]:
    """What the measures of a policy may do, in the order of ``names.measures``."""
    number = 0
    for measure in measures:
        alternatives: Sequence[Act] = measure.outcomes or [measure]
        acts = [(act, False) for act in alternatives]
        if measure.when is not None:
            acts.append((measure.then or Act(), True))
        for act, release in acts:
            yield Branch(number, measure, act, release)
            number += 1


class Bounds(NamedTuple):
    """The least and the most that a duration distribution can give, in minutes; ``most`` is None without bound."""

    least: int
    most: int | None


def bounds(distribution: Any) -> Bounds:
    """What can be said of a duration without drawing it. Business days bound it from below only."""
    if isinstance(distribution, str):  # never
        return Bounds(1 << 60, None)
    if isinstance(distribution, Duration):
        quantities = [distribution]
    elif isinstance(distribution, Uniform | Triangular):
        quantities = distribution.quantities()
    elif isinstance(distribution, Empirical):
        listed = distribution.empirical
        quantities = list(listed.quantiles.values() if isinstance(listed, Quantiles) else listed)
    else:
        return Bounds(0, None)
    minutes = [quantity.minutes for quantity in quantities]
    return Bounds(min(minutes), None if quantities[0].working else max(minutes))
