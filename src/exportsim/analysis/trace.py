"""One order's life under one policy, read from a ledger: its own facts, and those of the world that concern it.

Each has the waiting time that it ended and, where a regime decided, the act that had set it. The words for it are in
:mod:`exportsim.report.fact_sentences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.analysis.measures_in_force import Act, Acts
from exportsim.chance import PURPOSES, Chance
from exportsim.ledger import Ledger
from exportsim.lifecycle import REASONS, Fact
from exportsim.plan import MOST_PARTS, Plan

if TYPE_CHECKING:
    import pandas as pd

#: The facts of an attempt from which a fact counts its wait: the latest of them.
SINCE: dict[Fact, tuple[Fact, ...]] = {
    Fact.SOURCED: (Fact.UNSERVED,),
    Fact.REVIEW_STARTED: (Fact.APPLIED, Fact.REVIEW_ENDED, Fact.REFERRED),
    Fact.REVIEW_ENDED: (Fact.REVIEW_STARTED,),
    Fact.REFERRED: (Fact.HELD,),
    Fact.HELD: (Fact.APPLIED,),
    Fact.APPROVED: (Fact.APPLIED,),
    Fact.DENIED: (Fact.APPLIED,),
    Fact.REINSTATED: (Fact.SUSPENDED,),
    Fact.CANCELLED: (Fact.APPROVED,),
    Fact.EXPIRED: (Fact.APPROVED,),
    Fact.FINISHED: (Fact.SOURCED, Fact.APPROVED, Fact.FINISHED),
    Fact.LOST: (Fact.UNSERVED,),
}
#: What may follow from the regime of applications.
DECIDED = frozenset({Fact.HELD, Fact.REFERRED, Fact.APPROVED, Fact.DENIED})


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


class Account(NamedTuple):
    """Where an order's cents are at the end of the period."""

    delivered: dict[int, int]  # by supplier
    lost: int
    pending: int


@dataclass(frozen=True, eq=False)
class Life:
    """One order's life.

    Attributes
    ----------
    programme, value, parts : int
        What was ordered: index, cents, number.
    """

    plan: Plan
    ledger: Ledger
    line: int
    order: int
    acts: Acts
    programme: int
    value: int
    parts: int
    happenings: tuple[Happening, ...] = field(repr=False)

    @property
    def policy(self) -> str:
        """The name of the policy."""
        return self.plan.names.policies[self.ledger.policy]

    @property
    def own(self) -> list[Happening]:
        """The order's own facts."""
        return [each for each in self.happenings if each.own]

    def account(self) -> Account:
        """Where its value is at the end: delivered by supplier, lost, pending, to the cent."""
        delivered: dict[int, int] = {}
        lost = 0
        for each in self.own:
            if each.fact is Fact.DELIVERED:
                delivered[each.supplier] = delivered.get(each.supplier, 0) + each.cents
            elif each.fact is Fact.LOST:
                lost = each.cents
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

        rows = [each.row for each in self.happenings]
        table = self.ledger.frame().iloc[rows].reset_index(drop=True)
        waited = [each.waited / 1440 if each.waited >= 0 else None for each in self.happenings]
        names = self.plan.names.measures[self.ledger.policy]
        return table.assign(
            waited_days=pd.array(waited, dtype="Float64"),
            measure=["" if each.act is None else names[each.act.branch] for each in self.happenings],
        )


def cell_of(plan: Plan, line: int, programme: int, supplier: int) -> int:
    """The cell of an order's applications by a supplier; -1 if it needs no permit."""
    sources = plan.sources
    first = int(plan.lines.source_first[line])
    for source in range(first, first + int(plan.lines.source_count[line])):
        authority = int(sources.authority[source])
        if sources.supplier[source] == supplier and authority >= 0:
            return int(plan.cell[authority, plan.lines.place[line], programme])
    return -1


def cells_of(plan: Plan, line: int, programme: int) -> list[int]:
    """The cells in which an order can come to be: one for each licensed source of its line."""
    first = int(plan.lines.source_first[line])
    suppliers = plan.sources.supplier[first : first + int(plan.lines.source_count[line])].tolist()
    found = (cell_of(plan, line, programme, supplier) for supplier in suppliers)
    return sorted({cell for cell in found if cell >= 0})


def numbers_of(ledger: Ledger, line: int) -> list[int]:
    """The numbers of a line's orders that arrived, in order."""
    numbers: list[int] = ledger.order[(ledger.fact == Fact.ORDERED) & (ledger.line == line)].tolist()
    return numbers


def life_of(plan: Plan, ledger: Ledger, line: int, order: int) -> Life:
    """Read one order's life."""
    ours = (ledger.line == line) & (ledger.order == order)
    first = int(np.flatnonzero(ours)[0])
    programme, value = int(ledger.detail[first]), int(ledger.amount[first])
    chance = Chance(plan, ledger.seed, ledger.future)
    stream, distribution = int(plan.streams.digest[line]), int(plan.lines.parts[line])
    parts = min(max(chance.draw(distribution, stream, order, PURPOSES["parts"], 0), 1), value, MOST_PARTS)
    acts = Acts(plan, ledger)
    life = Life(plan, ledger, line, order, acts, programme, value, parts, ())
    happenings = tuple(_happenings(life, np.flatnonzero(ours).tolist()))
    return Life(plan, ledger, line, order, acts, programme, value, parts, happenings)


def _happenings(life: Life, own: list[int]) -> Iterator[Happening]:
    ledger = life.ledger
    since: dict[tuple[Fact, int], int] = {}  # minute of the attempt's facts; those of parts by the part
    attempt, supplier = 0, -1
    around = set(_around(life, own[0], _last(life, own)))
    acts = {act.row: act for act in life.acts}
    for row in sorted({*own, *around}):
        fact, minute, detail = Fact(int(ledger.fact[row])), int(ledger.minute[row]), int(ledger.detail[row])
        if row in around:
            if fact is Fact.SLOT_OPENED and int(ledger.supplier[row]) != supplier:
                continue
            yield _happening(ledger, row, own=False, waited=-1, act=acts.get(row))
            continue
        number, where = int(ledger.attempt[row]), int(ledger.supplier[row])
        stray = number < attempt  # work in hand of an attempt that has ended
        waited = -1 if stray else _waited(since, fact, detail, minute)
        if fact is Fact.SOURCED:
            attempt, supplier = number, where
            since.clear()
        yield _happening(ledger, row, own=True, waited=waited, act=_behind(life, fact, row, where, since))
        if not stray:
            since[fact, detail if fact is Fact.FINISHED else -1] = minute
            if fact is Fact.FINISHED:
                since[fact, -1] = minute


def _happening(ledger: Ledger, row: int, *, own: bool, waited: int, act: Act | None) -> Happening:
    fact = Fact(int(ledger.fact[row]))
    columns = (ledger.attempt, ledger.supplier, ledger.detail, ledger.amount)
    attempt, supplier, detail, cents = (int(column[row]) for column in columns)
    return Happening(row, int(ledger.minute[row]), fact, own, attempt, supplier, detail, cents, waited, act)


def _waited(since: dict[tuple[Fact, int], int], fact: Fact, detail: int, minute: int) -> int:
    """Minutes since the wait began that this fact ends."""
    begins: Iterable[tuple[Fact, int]] = [(start, -1) for start in SINCE.get(fact, ())]
    if fact is Fact.DELIVERED:
        begins = [(Fact.FINISHED, detail)]
    elif fact is Fact.WITHDRAWN:
        begins = [(Fact.SUSPENDED if REASONS[detail] == "suspension" else Fact.APPLIED, -1)]
    begun = [since[start] for start in begins if start in since]
    return minute - max(begun) if begun else -1


def _behind(life: Life, fact: Fact, row: int, supplier: int, since: dict[tuple[Fact, int], int]) -> Act | None:
    """The act that a fact names, or that had set the regime it follows from."""
    before = life.acts.before(row)
    if fact in (Fact.SUSPENDED, Fact.REINSTATED, Fact.CANCELLED):
        branch = int(life.ledger.detail[row])
        return next((act for act in reversed(before) if act.branch == branch), None)
    if fact in DECIDED and (cell := cell_of(life.plan, life.line, life.programme, supplier)) >= 0:
        number = int(life.acts.state(row).applications_by[cell])
        return life.acts[number] if number >= 0 else None
    return None


def _last(life: Life, own: list[int]) -> int:
    """The last row of the ledger that can concern the order: its own last, or the ledger's while it is open."""
    ledger = life.ledger
    settled = ledger.amount[own][np.isin(ledger.fact[own], (Fact.DELIVERED, Fact.LOST))].sum()
    return own[-1] if settled == life.value else len(ledger) - 1


def _around(life: Life, first: int, last: int) -> Iterator[int]:
    """The rows of the world that concern the order while it lives."""
    plan, ledger = life.plan, life.ledger
    cells = cells_of(plan, life.line, life.programme)
    stages = np.isin(plan.stages.authority, plan.cell_authority[cells])
    acts = {act.row: act for act in life.acts}
    world = (Fact.MEASURE, Fact.INCIDENT, Fact.EVIDENCE, Fact.QUALIFIED, Fact.SLOT_OPENED)
    for row in (np.flatnonzero(np.isin(ledger.fact[first : last + 1], world)) + first).tolist():
        fact = Fact(int(ledger.fact[row]))
        if fact is Fact.MEASURE:
            concerns = bool(acts[row].cells[cells].any() or (acts[row].officers & stages).any())
        elif fact is Fact.QUALIFIED:
            concerns = int(ledger.line[row]) == life.line
        elif fact is Fact.SLOT_OPENED:
            concerns = True  # if the order is with that supplier, which is seen when its life is read in order
        else:
            concerns = bool(plan.incidents.scope[int(ledger.detail[row]), life.line])
        if concerns:
            yield row
