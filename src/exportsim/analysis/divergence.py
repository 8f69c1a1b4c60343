"""Where two lives of one order part, and which measure parted them.

Both lives are read from ledgers of the same future. They part at the first fact of the order's own that is not the
same in both; of what the policies did by then, the act named is the one that most directly made that difference:

* an order that comes ahead of an announced measure under one policy: no act;
* a permit cancelled under one policy: the act that cancelled it;
* a permit suspended or reinstated, an application decided otherwise: of the acts that set the regime of the order's
  cell under one policy and under the other, the later;
* a supplier that one policy has closed to the order: the act that closed it, or opened it under the other.

Otherwise the order itself was treated alike, and the difference came to it through others:

* an officer came sooner or later, and their number at that stage differs: the later act that set it;
* another supplier was chosen, as one has qualified under one policy alone: the first act that cost the line trust and
  that the policies do not have in common, since qualifying begins with a line's first disruption;
* another supplier was chosen, though the same could be: the last such act, since trust is all that may differ;
* an officer or a production slot came sooner or later: the last act that the policies do not have in common and that
  touched cells or officers of the authority. Where there is none that reached so far, the last of any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import NamedTuple
from zlib import crc32

import numpy as np

from exportsim.analysis.measures_in_force import TERMS, Act, State
from exportsim.analysis.trace import DECIDED, Happening, Life, cell_of
from exportsim.lifecycle import Fact
from exportsim.plan import DENY, FROM_THE_START, SUSPENDED, Float, Int, Plan
from exportsim.rules import loss_of


class Channel(StrEnum):
    """By which way a measure came to part two lives."""

    CANCELLATION = "cancellation"
    PERMITS = "permits"
    APPLICATIONS = "applications"
    CLOSED = "closed"
    QUALIFICATION = "qualification"
    TRUST = "trust"
    OFFICERS = "officers"
    WORK = "work"
    PRIORITY = "priority"
    QUEUE = "queue"
    SLOTS = "slots"
    OTHERS = "others"
    AHEAD = "ahead"

    @property
    def direct(self) -> bool:
        """Whether the measure acted on the order's own permit, application or choice of supplier."""
        return self in (
            Channel.CANCELLATION,
            Channel.PERMITS,
            Channel.APPLICATIONS,
            Channel.CLOSED,
            Channel.WORK,
            Channel.PRIORITY,
        )


class Parting(NamedTuple):
    """Where two lives part."""

    minute: int
    first: tuple[Happening | None, Happening | None]  # of each life, the fact at that minute that the other has not
    alike: int  # how many of the order's own facts are the same
    channel: Channel
    act: Act | None  # that parted them; none where orders came ahead of what is announced
    reached: bool  # whether the act reached the order's cell, line or authority; if not, it came through other orders
    side: int  # 0 if it is the act of the first life's policy, 1 of the second's


class _Side(NamedTuple):
    """One life, looked at up to the fact with which the other parts from it, or to the end of that minute."""

    life: Life
    minute: int
    fact: Happening | None

    @property
    def row(self) -> int:
        if self.fact is not None:
            return self.fact.row
        return int(np.searchsorted(self.life.ledger.minute, self.minute, side="right"))

    @property
    def acts(self) -> Sequence[Act]:
        return self.life.acts.before(self.row)

    @property
    def state(self) -> State:
        return self.life.acts.state(self.row)


def parting(life: Life, other: Life) -> Parting | None:
    """Where the lives of one order under two policies part; None if they are the same to the end of the period."""
    facts = life.own, other.own
    alike = 0
    while alike < min(map(len, facts)) and _compared(facts[0][alike]) == _compared(facts[1][alike]):
        alike += 1
    following = [own[alike] if alike < len(own) else None for own in facts]
    if following == [None, None]:
        return None
    minute = min(fact.minute for fact in following if fact is not None)
    first, second = (fact if fact is not None and fact.minute == minute else None for fact in following)
    sides = [_Side(life, minute, first), _Side(other, minute, second)]
    channel, (act, reached) = _cause(sides, facts[0][:alike])
    side = int(act is not None and act.policy != life.ledger.policy)
    return Parting(minute, (first, second), alike, channel, act, reached, side)


def _compared(fact: Happening) -> tuple[int, ...]:
    """What must be the same in both lives. Measures are numbered in their own policy: which it was does not count."""
    named = fact.fact in (Fact.SUSPENDED, Fact.REINSTATED, Fact.CANCELLED)
    return fact.minute, fact.fact, fact.attempt, fact.supplier, -1 if named else fact.detail, fact.cents


# ------------------------------------------------------------------ why


Cause = tuple[Channel, tuple[Act | None, bool]]


def _cause(sides: Sequence[_Side], before: Sequence[Happening]) -> Cause:
    facts = {side.fact.fact for side in sides if side.fact is not None}
    if Fact.ORDERED in facts:
        return Channel.AHEAD, (None, True)
    for side in sides:
        if side.fact is not None and side.fact.fact is Fact.CANCELLED:
            return Channel.CANCELLATION, (side.fact.act, True)
    life = sides[0].life
    chosen = [fact.supplier for fact in before if fact.fact is Fact.SOURCED]
    cell = cell_of(life.plan, life.line, life.programme, chosen[-1] if chosen else -1)
    if cell >= 0:
        permits = facts & {Fact.SUSPENDED, Fact.REINSTATED}
        if permits and (act := _set_apart(sides, lambda state: int(state.permits[cell]))):
            return Channel.PERMITS, (act, True)
        decided = facts & (DECIDED | {Fact.APPLIED})
        if decided and (act := _set_apart(sides, lambda state: int(state.applications[cell]))):
            return Channel.APPLICATIONS, (act, True)
        for name in ("approval", "denial", "take_up") if decided else ():
            if act := _set_apart(sides, partial(_term, name, cell)):
                return Channel.APPLICATIONS, (act, True)
        if Fact.EXPIRED in facts and (act := _set_apart(sides, partial(_term, "validity", cell))):
            return Channel.PERMITS, (act, True)
    if facts & {Fact.SOURCED, Fact.UNSERVED, Fact.LOST}:
        return _choice(sides, before)
    at_authority = partial(_at_authority, life.plan, int(life.plan.cell_authority[cell]) if cell >= 0 else -1)
    taken_up = [fact.detail for side in sides if (fact := side.fact) is not None and fact.fact is Fact.REVIEW_STARTED]
    if taken_up:
        if act := _set_apart(sides, lambda state: int(state.officers[taken_up[0]])):
            return Channel.OFFICERS, (act, True)
        if cell >= 0 and (act := _set_apart(sides, partial(_pace, cell, 0))):
            return Channel.PRIORITY, (act, True)
        return Channel.QUEUE, _nearest(sides, at_authority)
    worked = [fact.detail for side in sides if (fact := side.fact) is not None and fact.fact is Fact.REVIEW_ENDED]
    if worked and cell >= 0 and (act := _set_apart(sides, partial(_pace, cell, 1 + worked[0]))):
        return Channel.WORK, (act, True)
    return Channel.SLOTS if Fact.FINISHED in facts else Channel.OTHERS, _nearest(sides, at_authority)


def _choice(sides: Sequence[_Side], before: Sequence[Happening]) -> Cause:
    """Why another supplier was chosen, or one was found sooner."""
    life = sides[0].life
    plan = life.plan
    excluded = {fact.supplier for fact in before if fact.fact in (Fact.DENIED, Fact.WITHDRAWN, Fact.CANCELLED)}
    usable = [{k: minute for k, minute in _usable(side).items() if k not in excluded} for side in sides]
    for supplier in sorted(usable[0].keys() | usable[1].keys()):
        cell = cell_of(plan, life.line, life.programme, supplier)
        if cell >= 0 and (act := _set_apart(sides, partial(_is_closed, cell))):
            return Channel.CLOSED, (act, True)
    bites = partial(_bites, plan, life.line)
    if usable[0].keys() != usable[1].keys():
        apart = set(usable[0].items()) ^ set(usable[1].items())
        return Channel.QUALIFICATION, _nearest(sides, bites, first=True, until=min(minute for _, minute in apart))
    return Channel.TRUST, _nearest(sides, bites)


def _bites(plan: Plan, line: int, act: Act) -> bool:
    """Whether an act costs a line trust: cells of it are no longer as they were, or permits may be cancelled."""
    policy = plan.policies[act.policy]
    applications, permits, cancels, *_ = (act.touched & plan.line_cell[line]).any(axis=1)
    restricts = applications and loss_of(int(policy.applications[act.branch])) >= 0
    suspends = permits and policy.permits[act.branch] == SUSPENDED
    return bool(restricts or suspends or cancels)


def _term(name: str, cell: int, state: State) -> float:
    return float(state.terms[TERMS.index(name), cell])


def _pace(cell: int, column: int, state: State) -> int:
    return int(state.pace[cell, column])


def _is_closed(cell: int, state: State) -> int:
    return int(state.applications[cell] == DENY)


def _usable(side: _Side) -> dict[int, int]:
    """The suppliers that the order's line can use by now, and since which minute."""
    life, ledger, sources = side.life, side.life.ledger, side.life.plan.sources
    first = sources.supplier[(sources.line == life.line) & (sources.starts == FROM_THE_START)]
    rows = np.flatnonzero((ledger.fact[: side.row] == Fact.QUALIFIED) & (ledger.line[: side.row] == life.line))
    later = zip(ledger.supplier[rows].tolist(), ledger.minute[rows].tolist(), strict=True)
    return dict.fromkeys(first.tolist(), life.plan.start) | dict(later)


def _at_authority(plan: Plan, authority: int, act: Act) -> bool:
    """Whether an act touched cells or officers of an authority."""
    cells, stages = plan.cell_authority == authority, plan.stages.authority == authority
    return bool((act.cells & cells).any() or (act.officers & stages).any())


# ------------------------------------------------------------------ the acts of two policies


def _set_apart(sides: Sequence[_Side], value: Callable[[State], float]) -> Act | None:
    """The act by which a value came to differ as it does: of either side, the last that set it; none if it is equal.

    Before that act the values may have differed as well, but not in this way.
    """
    if value(sides[0].state) == value(sides[1].state):
        return None
    changes = [act for side in sides for act in side.acts if value(act.before) != value(act.after)]
    last = max(act.minute for act in changes)
    return _preferred(sides, [act for act in changes if act.minute == last])


def _preferred(sides: Sequence[_Side], acts: Sequence[Act]) -> Act:
    """Of acts of one minute the last of the first side, if it has any."""
    of_first = [act for act in acts if act.policy == sides[0].life.ledger.policy]
    return (of_first or acts)[-1]


def _nearest(
    sides: Sequence[_Side], reaches: Callable[[Act], bool], *, first: bool = False, until: int | None = None
) -> tuple[Act | None, bool]:
    """The last act (or the first) that the policies do not have in common, one that reaches what matters
    if any does.
    """
    apart = [act for act in _apart(sides) if until is None or act.minute <= until]
    near = [act for act in apart if reaches(act)]
    if not apart:
        return None, False
    minute = (min if first else max)(act.minute for act in near or apart)
    return _preferred(sides, [act for act in near or apart if act.minute == minute]), bool(near)


def _apart(sides: Sequence[_Side]) -> list[Act]:
    """The acts of either side that the other has not: what a minute changed, cell by cell and stage by stage.

    Of an act, only what the other side has not done is left; acts of which nothing is left are not returned.
    """
    apart_acts = []
    for minute in sorted({act.minute for side in sides for act in side.acts}):
        together = [[act for act in side.acts if act.minute == minute] for side in sides]
        example = (together[0] or together[1])[0]
        (cells, officers), (other_cells, other_officers) = (_done(acts, example) for acts in together)
        apart, stages = (cells != other_cells).any(axis=0), officers != other_officers
        for act in (*together[0], *together[1]):
            left = act._replace(touched=act.touched & apart, officers=act.officers & stages)
            if left.touched.any() or left.officers.any():
                apart_acts.append(left)
    return apart_acts


def _ways(act: Act) -> Int:
    """A number for how the work of each cell is ranked and multiplied after an act: alike where that is alike."""
    return np.array([crc32(row.tobytes()) for row in act.after.pace[: act.touched.shape[1]]], dtype=np.int64)


def _done(acts: Sequence[Act], example: Act) -> tuple[Float, Int]:
    """What the acts of one minute come to: of each cell as :attr:`Act.touched`, of each stage; -1 for nothing."""
    cells = np.full(example.touched.shape, -1.0)
    officers = np.full(example.officers.shape, -1, dtype=np.int64)
    for act in acts:
        regimes = np.stack([act.after.applications, act.after.permits, act.cancels, *act.after.terms, _ways(act)])
        cells[act.touched] = regimes[act.touched]
        officers[act.officers] = act.after.officers[act.officers]
    return cells, officers
