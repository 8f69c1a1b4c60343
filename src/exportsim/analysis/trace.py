"""One order's life under one policy, read from a ledger: its own facts, and those of the world that concern it.

Each has the waiting time that it ended and, where a regime decided, the act that had set it. The words for it are in
:mod:`exportsim.report.fact_sentences`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.analysis.measures_in_force import Act, Acts
from exportsim.chance import PURPOSES, Chance
from exportsim.ledger import COLUMNS, Ledger
from exportsim.lifecycle import REASONS, Fact
from exportsim.packed_rows import rows_of
from exportsim.plan import MOST_PARTS, Plan
from exportsim.rules import is_on_record

if TYPE_CHECKING:
    import pandas as pd

#: The facts of an attempt from which a fact counts its wait: the latest of them.
SINCE: dict[Fact, tuple[Fact, ...]] = {
    Fact.SOURCED: (Fact.UNSERVED,),
    Fact.APPLIED: (Fact.UNFILED,),
    Fact.REVIEW_STARTED: (Fact.APPLIED, Fact.LEFT_OPEN, Fact.REVIEW_ENDED, Fact.REFERRED, Fact.ANSWERED),
    Fact.LEFT_OPEN: (Fact.APPLIED,),
    Fact.ANSWERED: (Fact.RETURNED,),
    Fact.REVIEW_ENDED: (Fact.REVIEW_STARTED,),
    Fact.REFERRED: (Fact.HELD, Fact.REVIEW_ENDED),
    Fact.HELD: (Fact.APPLIED,),
    Fact.APPROVED: (Fact.APPLIED,),
    Fact.DENIED: (Fact.APPLIED,),
    Fact.REINSTATED: (Fact.SUSPENDED,),
    Fact.CANCELLED: (Fact.APPROVED,),
    Fact.EXPIRED: (Fact.APPROVED,),
    Fact.FINISHED: (Fact.SOURCED, Fact.FINISHED),
    Fact.LOST: (Fact.UNSERVED,),
}
LAST, FIRST = -1, -2  # in the place of a fact's detail
#: What may follow from the regime of applications.
DECIDED = frozenset({Fact.UNFILED, Fact.HELD, Fact.REFERRED, Fact.APPROVED, Fact.DENIED})


#: What may be recorded of an application.
DECISIONS = frozenset({Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN})


class Happening(NamedTuple):
    """One fact in a life."""

    row: int  # in the ledger
    minute: int
    fact: Fact
    own: bool  # of the order itself, not of the world around it
    attempt: int
    supplier: int
    detail: int
    cents: int
    waited: int  # minutes of the wait that it ended, -1 for none
    act: Act | None  # the measure's act that it names, or that had set the regime it follows from
    recorded: bool = False  # whether it happened so because a register says so


class Account(NamedTuple):
    """Where an order's cents are at the end of the period."""

    delivered: dict[int, int]  # by supplier
    lost: int
    pending: int


@dataclass(frozen=True, eq=False)
class Life:
    """One order's life; its programme is an index, its value in cents."""

    plan: Plan
    ledger: Ledger
    line: int
    order: int
    programme: int
    value: int
    parts: int
    acts: Acts = field(repr=False)

    @cached_property
    def happenings(self) -> tuple[Happening, ...]:
        """Its facts, and those around it, in the order of the ledger."""
        return tuple(_happenings(self))

    @cached_property
    def placed(self) -> int:
        """The minute in which it was ordered."""
        of = self.ledger
        return int(of.minute[(of.line == self.line) & (of.order == self.order) & (of.fact == Fact.ORDERED)][0])

    @property
    def policy(self) -> str:
        """The name of the policy."""
        return self.plan.names.policies[self.ledger.policy]

    @property
    def own(self) -> list[Happening]:
        """The order's own facts."""
        return [happening for happening in self.happenings if happening.own]

    def account(self) -> Account:
        """Where its value is at the end: delivered by supplier, lost, pending, to the cent."""
        delivered: dict[int, int] = {}
        lost = 0
        for fact in self.own:
            if fact.fact is Fact.DELIVERED:
                delivered[fact.supplier] = delivered.get(fact.supplier, 0) + fact.cents
            elif fact.fact is Fact.LOST:
                lost = fact.cents
        return Account(delivered, lost, self.value - sum(delivered.values()) - lost)

    def frame(self) -> pd.DataFrame:
        """The life as a table.

        Returns
        -------
        pandas.DataFrame
            The columns of :meth:`exportsim.ledger.Ledger.frame` for the order's facts and those around it, and
            ``waited_days`` (days of the wait that the fact ended, missing for none) and ``measure`` (that the fact
            names, or that had set the regime it follows from; an empty text for none).
        """
        import pandas as pd

        facts = self.happenings
        table = self.ledger.frame().iloc[[fact.row for fact in facts]].reset_index(drop=True)
        waited = [fact.waited / 1440 if fact.waited >= 0 else None for fact in facts]
        names = self.plan.names.measures[self.ledger.policy]
        return table.assign(
            waited_days=pd.array(waited, dtype="Float64"),
            measure=["" if fact.act is None else names[fact.act.branch] for fact in facts],
        )


def cell_of(plan: Plan, line: int, programme: int, supplier: int) -> int:
    """The cell of an order's applications by a supplier; -1 if it needs no permit."""
    sources = plan.sources
    authority = sources.authority[(sources.line == line) & (sources.supplier == supplier)].max(initial=-1)
    return -1 if authority < 0 else int(plan.cell[authority, plan.lines.place[line], programme])


def numbers_of(ledger: Ledger, line: int) -> list[int]:
    """The numbers of a line's orders that arrived, in order."""
    numbers: list[int] = ledger.order[(ledger.fact == Fact.ORDERED) & (ledger.line == line)].tolist()
    return numbers


def life_of(plan: Plan, ledger: Ledger, line: int, order: int) -> Life:
    """Read one order's life."""
    placed = int(np.flatnonzero((ledger.line == line) & (ledger.order == order))[0])
    programme, value = int(ledger.detail[placed]), int(ledger.amount[placed])
    chance = Chance(plan, ledger.seed, ledger.future)
    stream, distribution = int(plan.streams.digest[line]), int(plan.lines.parts[line])
    parts = min(max(chance.draw(distribution, stream, order, PURPOSES["parts"], 0), 1), value, MOST_PARTS)
    return Life(plan, ledger, line, order, programme, value, parts, Acts(plan, rows_of(ledger), ledger.policy))


def _happenings(life: Life) -> Iterator[Happening]:
    ledger = life.ledger
    own = np.flatnonzero((ledger.line == life.line) & (ledger.order == life.order)).tolist()
    since: dict[tuple[Fact, int], int] = {}  # minute of the attempt's facts: the last, the first, that of each part
    current, chosen = 0, -1  # attempt, and the supplier of it
    around = set(_around(life, own))
    acts = {act.row: act for act in life.acts}
    for row in sorted({*own, *around}):
        minute, number, _, _, attempt, supplier, detail, cents = (int(getattr(ledger, name)[row]) for name in COLUMNS)
        fact = Fact(number)
        if row in around:
            if fact is not Fact.SLOT_OPENED or supplier == chosen:
                yield Happening(row, minute, fact, False, attempt, supplier, detail, cents, -1, acts.get(row))
            continue
        stray = attempt < current  # work in hand of an attempt that has ended
        waited = -1 if stray else _waited(since, fact, detail, minute)
        if fact is Fact.SOURCED:
            current, chosen = attempt, supplier
            since.clear()
        recorded = _is_recorded(life, fact, attempt, minute, since)
        act = None if recorded else _behind(life, fact, row, supplier, detail)
        yield Happening(row, minute, fact, True, attempt, supplier, detail, cents, waited, act, recorded)
        if not stray:
            since[fact, detail] = since[fact, LAST] = minute
            since.setdefault((fact, FIRST), minute)
        if fact is Fact.APPLIED:
            since.pop((Fact.HELD, LAST), None)  # it was the application before that was held


def _is_recorded(life: Life, fact: Fact, attempt: int, minute: int, since: dict[tuple[Fact, int], int]) -> bool:
    """Whether a fact is the decision that is recorded, or the day on which that permit is recorded to expire."""
    lines, streams = life.plan.lines, life.plan.streams
    if not is_on_record(attempt, life.placed, int(lines.bound_until[life.line])):
        return False
    if fact is Fact.EXPIRED:
        return minute == int(streams.record_expires[int(streams.record_first[life.line]) + life.order - 1])
    decided = {(Fact.LEFT_OPEN, LAST), *((each, LAST) for each in DECISIONS)}
    return fact in DECISIONS and not decided & since.keys()


def _waited(since: dict[tuple[Fact, int], int], fact: Fact, detail: int, minute: int) -> int:
    """Minutes since the wait began that this fact ends."""
    begins = [(start, LAST) for start in SINCE.get(fact, ())]
    if fact is Fact.DELIVERED:
        begins = [(Fact.FINISHED, detail)]
    elif fact is Fact.FINISHED:
        begins.append((Fact.APPROVED, FIRST))  # production begins with the first permit, not with one that renews it
    elif fact is Fact.WITHDRAWN:
        began = {"suspension": Fact.SUSPENDED, "unfiled": Fact.UNFILED}
        begins = [(began.get(REASONS[detail], Fact.APPLIED), LAST)]
    begun = [since[start] for start in begins if start in since]
    return minute - max(begun) if begun else -1


def _behind(life: Life, fact: Fact, row: int, supplier: int, detail: int) -> Act | None:
    """The act that a fact names, or that had set the regime it follows from."""
    if fact in (Fact.SUSPENDED, Fact.REINSTATED, Fact.CANCELLED):
        return next((act for act in reversed(life.acts.before(row)) if act.branch == detail), None)
    if fact in DECIDED and (cell := cell_of(life.plan, life.line, life.programme, supplier)) >= 0:
        number = int(life.acts.state(row).applications_by[cell])
        return life.acts[number] if number >= 0 else None
    return None


def _around(life: Life, own: list[int]) -> Iterator[int]:
    """The rows of the world that concern the order while it lives: to its own last, or to the end while it is open."""
    plan, ledger = life.plan, life.ledger
    settled = ledger.amount[own][np.isin(ledger.fact[own], (Fact.DELIVERED, Fact.LOST))].sum()
    past = own[-1] + 1 if settled == life.value else len(ledger)
    suppliers = plan.sources.supplier[plan.sources.line == life.line].tolist()
    cells = {cell_of(plan, life.line, life.programme, supplier) for supplier in suppliers} - {-1}
    touchable = np.isin(np.arange(len(plan.cell_authority)), list(cells))
    stages = np.isin(plan.stages.authority, plan.cell_authority[touchable])
    reached = {act.row for act in life.acts if (act.cells & touchable).any() or (act.officers & stages).any()}
    world = (Fact.MEASURE, Fact.INCIDENT, Fact.EVIDENCE, Fact.QUALIFIED, Fact.SLOT_OPENED)
    for row in (np.flatnonzero(np.isin(ledger.fact[own[0] : past], world)) + own[0]).tolist():
        fact, line, detail = ledger.fact[row], ledger.line[row], ledger.detail[row]
        if fact == Fact.MEASURE:
            concerns = row in reached
        elif fact == Fact.QUALIFIED:
            concerns = line == life.line
        elif fact == Fact.SLOT_OPENED:
            concerns = True  # if the order is with that supplier, which is seen when its life is read in order
        else:
            concerns = bool(plan.incidents.scope[detail, life.line])
        if concerns:
            yield row
