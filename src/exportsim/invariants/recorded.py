"""Rules about what registers record of decisions, and which minute ends it, worked out from what is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from exportsim.invariants.ledger_reading import NOWHERE, Attempt, Cell, LedgerReading, in_scope
from exportsim.invariants.rule import Broken, Rule
from exportsim.invariants.stated import Stated, first_day, is_announced, is_worse, programmes_of, stated_measures
from exportsim.invariants.terms import WORK_AT, stated
from exportsim.lifecycle import Fact
from exportsim.scenario.policies import authorities_reached, names_authorities_only
from exportsim.scenario.quantities import Duration
from exportsim.scenario.register import records_of
from exportsim.scenario.register_decisions import RECORDED
from exportsim.scenario.schema import Act, DemandLine, Register, Scenario, Stage

DAY = 1440
FACT_OF = {"approved": Fact.APPROVED, "denied": Fact.DENIED, "withdrawn": Fact.WITHDRAWN}
DECISIONS = frozenset(FACT_OF.values())


class Recorded(NamedTuple):
    """What is recorded of an order, and the minute that ends it."""

    until: int | None
    decided: int | None
    """The minute of a decision that binds; None where it is not to be taken from the record."""
    fact: Fact | None
    expires: int | None
    stage: str = ""
    """That at which it stands where records end; empty where that is not said, as of what is decided before."""
    since: int | None = None
    """The minute since which it stands there, if that is said."""


def bound_until(scenario: Scenario, line: str) -> int | None:
    """The minute before which the decisions of a line's register bind; None if they bind to the end of the run."""
    register = scenario.demand[line].orders
    assert isinstance(register, Register)
    differ = first_difference(scenario)
    told = None if register.as_of is None else _minute(scenario, register.as_of)
    return min((minute for minute in (differ, told) if minute is not None), default=None)


def first_difference(scenario: Scenario) -> int | None:
    """The first minute in which what two policies do may differ."""
    does = [set(_does(scenario, policy)) for policy in scenario.policies]
    return min((minute for other in does for minute, *_ in does[0] ^ other), default=None)


def _does(scenario: Scenario, policy: str) -> Iterator[tuple[int, int, str]]:
    """By measure of a policy the first minute in which it may do anything, its place, and all that it is and does."""
    for place, one in enumerate(stated_measures(scenario, policy)):
        yield _first_minute(scenario, one), place, repr(_content(scenario, one))


def _first_minute(scenario: Scenario, one: Stated) -> int:
    measure = one.measure
    if measure.on is not None:
        since = measure.announced if _hastens(scenario, one) and measure.announced is not None else measure.on
        return max(_minute(scenario, since), _minute(scenario, first_day(scenario)))
    happens = None if measure.after is None else scenario.incidents[measure.after].on
    return 0 if happens is None else _minute(scenario, happens)


def _hastens(scenario: Scenario, one: Stated) -> bool:
    """Whether orders may come ahead of a measure: those of lines that order ahead, for which it makes things worse."""
    ahead = [name for name, line in scenario.demand.items() if line.anticipation and line.anticipation.share > 0]
    return is_announced(scenario, one.measure) and any(
        _covers(one, cell) and is_worse(scenario, one.measure, cell.authority)
        for line, cells in _cells(scenario).items()
        if line in ahead
        for cell in cells
    )


def _covers(one: Stated, cell: Cell) -> bool:
    return in_scope(cell, one.measure) and not any(in_scope(cell, scope) for scope in one.exceptions)


def _content(scenario: Scenario, one: Stated) -> dict[str, Any]:
    measure = one.measure
    acts: list[Act] = [*measure.outcomes] or [measure]
    cells = sorted(cell for cell in set().union(*_cells(scenario).values()) if _covers(one, cell))
    reached = sorted(authorities_reached(list(scenario.authorities), measure, one.exceptions))
    delay = measure.delay
    drawn = bool(measure.outcomes) or (measure.after is not None and not isinstance(delay, Duration))
    when = measure.when
    return {
        "trigger": (measure.on, measure.after, None if measure.after is None else repr(delay)),
        "when": None if when is None else (when.figure, repr(when.limits), when.every.minutes, repr(when.window)),
        "announced": measure.announced if _hastens(scenario, one) else None,
        "luck": one.luck if drawn else "",
        "cells": cells,
        "traffic": reached if names_authorities_only(measure) else [],
        "acts": [(getattr(act, "chance", 1.0), _act(scenario, act, reached)) for act in acts],
        "then": None if when is None else _act(scenario, measure.then or Act(), reached),
    }


def _act(scenario: Scenario, act: Act, reached: list[str]) -> dict[str, Any]:
    keys = ("applications", "permits", "cancel", "approval", "validity", "take_up", "backlog", "priority")
    found: dict[str, Any] = {key: repr(stated(act, key)) for key in keys}
    for name, authority in scenario.authorities.items():
        further = authority.case_by_case.review if authority.case_by_case else []
        stages: list[Stage] = [*authority.review, *further]
        for stage in stages:
            found[f"{name}/{stage.stage}"] = act.officers.get(stage.stage) if name in reached else None
            found[f"work {name}/{stage.stage}"] = stated(act, WORK_AT + stage.stage)
    return found


def _cells(scenario: Scenario) -> dict[str, set[Cell]]:
    """By line the cells in which its orders can be."""
    records, found = records_of(scenario), dict[str, set[Cell]]()
    for name, line in scenario.demand.items():
        cells = found.setdefault(name, set())
        recorded = [record.programme for record in records[name]] if name in records else None
        for supplier in line.sources:
            authority = scenario.suppliers[supplier].authority
            if authority is not None and scenario.authorities[authority].country != line.destination:
                of_line = programmes_of(line, recorded)
                cells |= {Cell(authority, line.destination, line.goods, programme) for programme in of_line}
    return found


def _minute(scenario: Scenario, day: date) -> int:
    return (day - scenario.period.start).days * DAY


# ------------------------------------------------------------------ what is recorded of an attempt


def on_record(reading: LedgerReading, attempt: Attempt | None) -> Recorded | None:
    """What binds an attempt of what is recorded: the first of an order that came while records bind."""
    if attempt is None or attempt.number != 1 or attempt.cell is None:
        return None
    known: dict[int, tuple[int | None, list[tuple[int, ...]]] | None] = reading.shared.setdefault("recorded", {})
    line = attempt.order.line
    if line not in known:
        known[line] = _read(reading, line)
    found = known[line]
    if found is None or attempt.order.number > len(found[1]):
        return None
    until, rows = found
    if until is not None and reading.minutes[attempt.order.rows[0]] >= until:
        return None
    decided, outcome, expires, stage, since = rows[attempt.order.number - 1]
    if decided < 0 or (until is not None and _since(reading, decided) >= until):
        written = reading.lines[line]
        assert isinstance(written.orders, Register)
        as_of = written.orders.as_of
        if as_of is None or until != _minute(reading.scenario, as_of):
            return Recorded(until, None, None, None)
        named = [each.stage for each in stages_reached(written, chain(*reading.stages(attempt.cell.authority)))]
        stands_at = "" if stage < 0 else named[stage]
        return Recorded(until, None, None, None, stands_at, None if since < 0 else _since(reading, since))
    binds = None if expires < 0 else _since(reading, expires)
    return Recorded(until, _since(reading, decided), FACT_OF[RECORDED[outcome]], binds)


def stages_reached(line: DemandLine, stages: Iterable[Stage]) -> list[Stage]:
    """Those of some stages that applications of a line come to."""
    destination, goods = line.destination, line.goods
    return [
        stage
        for stage in stages
        if stage.only is None
        or (destination in (stage.only.destinations or [destination]) and goods in (stage.only.goods or [goods]))
    ]


def _since(reading: LedgerReading, minute: int) -> int:
    """A minute of a register, counted from the beginning of the period."""
    return minute - reading.scenario.period.start.toordinal() * DAY


def _read(reading: LedgerReading, line: int) -> tuple[int | None, list[tuple[int, ...]]] | None:
    name = reading.line_names[line]
    records = records_of(reading.scenario).get(name)
    if records is None or records.decisions is None:
        return None
    rows = sorted(enumerate(zip(*records.decisions, strict=True)), key=lambda one: (records.minutes[one[0]], one[0]))
    return bound_until(reading.scenario, name), [row for _, row in rows]


def is_on_record(reading: LedgerReading, row: int) -> bool:
    """Whether a row is of an attempt while its record binds, be it what ends it."""
    attempt = reading.attempt_of[row]
    if attempt is None or on_record(reading, attempt) is None:
        return False
    ends = (Fact.LEFT_OPEN, *DECISIONS)
    return not any(reading.facts[earlier] in ends for earlier in attempt.rows if earlier < row)


def decisions_are_those_recorded(reading: LedgerReading) -> Broken:
    """While records bind an application is decided when and as it is recorded, and no officer looks at it."""
    for order in reading.orders.values():
        first = order.attempts.get(1)
        record = on_record(reading, first)
        if first is None or record is None:
            continue
        after = [row for row in first.rows if row > first.applied >= 0]
        end = min((row for row in after if is_on_record(reading, row)), default=NOWHERE)
        due, fact = (record.until, Fact.LEFT_OPEN) if record.decided is None else (record.decided, record.fact)
        if first.applied == NOWHERE:
            yield first.rows[0], "what is recorded was applied for"
        elif due is None or due >= reading.end:
            if after:
                yield after[0], "nothing is recorded of this"
        elif end == NOWHERE or reading.facts[end] is not fact or reading.minutes[end] != due:
            yield end if end != NOWHERE else first.applied, f"{fact.word if fact else ''} is due at minute {due}"
    for row in reading.by_fact[Fact.LEFT_OPEN]:
        if not is_on_record(reading, row):
            yield row, "no record binds it"


RULES: tuple[Rule, ...] = (decisions_are_those_recorded,)
