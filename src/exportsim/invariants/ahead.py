"""Rules about ordering ahead: who comes before an announced measure instead of after it, drawn again."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from exportsim.invariants.ledger_reading import Branch, LedgerReading, Order, in_scope
from exportsim.invariants.luck import number_at
from exportsim.invariants.rule import Broken, Rule
from exportsim.invariants.stated import exact, is_announced, is_worse
from exportsim.lifecycle import Fact


class Announced(NamedTuple):
    """A measure of which orders of a line may come ahead."""

    since: int
    minute: int
    branch: Branch

    def is_worse_for(self, reading: LedgerReading, order: Order) -> bool:
        """Whether the measure makes things worse in a cell in which the order can be."""
        return any(
            cell.programme == order.programme
            and self.branch.covers(cell)
            and is_worse(reading.scenario, self.branch.measure, cell.authority)
            for cell in reading.cells_of_line(order.line)
        )


def announcements(reading: LedgerReading, line: int) -> list[Announced]:
    """The announced measures of which orders of a line may come ahead, by when they are announced."""
    known: dict[int, list[Announced]] = reading.shared.setdefault("announcements", {})
    if line not in known:
        ahead, found = reading.lines[line].anticipation, list[Announced]()
        for branch in reading.branches if ahead is not None and ahead.share > 0 else ():
            measure = branch.measure
            if is_announced(reading.scenario, measure) and measure.announced is not None and measure.on is not None:
                since = max(reading.minute_of(measure.announced), reading.start)
                found.append(Announced(since, reading.minute_of(measure.on), branch))
        cells = reading.cells_of_line(line)
        reached = [
            each
            for each in found
            if any(
                in_scope(cell, each.branch.measure) and is_worse(reading.scenario, each.branch.measure, cell.authority)
                for cell in cells
            )
        ]
        known[line] = sorted(reached, key=lambda each: each.since)  # of one day as they are listed
    return known[line]


def orders_come_ahead_as_chance_has_it(reading: LedgerReading) -> Broken:
    """Of the orders that would come after an announced measure, those that chance picks come before it, as it says."""
    by_line: dict[int, list[tuple[int, Order]]] = {}
    for row in reading.by_fact[Fact.ORDERED]:
        order = reading.order_of[row]
        if order is not None and announcements(reading, order.line):
            by_line.setdefault(order.line, []).append((row, order))
    for line, arrived in by_line.items():
        last, seen = 0, set[int]()
        for row, order in arrived:
            if order.number in seen:
                yield row, f"number {order.number} comes again"
            seen.add(order.number)
            drawn, minutes = _drawn(reading, order)
            if drawn and reading.minutes[row] in minutes:
                continue  # it came ahead
            if order.number < last:
                yield row, f"number {order.number} follows {last}, and it does not come ahead of a measure"
            last = max(last, order.number)
            if drawn and any(_would_move(reading, each, order, row) for each in announcements(reading, line)):
                yield row, "it was to come ahead of a measure"
        if missing := set(range(1, max(seen) + 1)) - seen:
            yield len(reading.rows), f"{reading.line_names[line]} has no order {min(missing)}, and has {max(seen)}"
        for (before, one), (row, other) in pairwise(arrived):
            if reading.minutes[before] == reading.minutes[row] and one.number > other.number:
                yield row, f"number {other.number} follows {one.number} in one minute"


def _drawn(reading: LedgerReading, order: Order) -> tuple[bool, set[int]]:
    """Whether chance picks an order of those that may come ahead, and in which minutes it would come."""
    ahead = reading.lines[order.line].anticipation
    assert ahead is not None
    stream = f"line/{reading.line_names[order.line]}"
    u = number_at(reading, stream, order.number, "ahead_when")
    minutes = {
        each.since + int(u * (each.minute - each.since))
        for each in announcements(reading, order.line)
        if each.is_worse_for(reading, order)
    }
    return number_at(reading, stream, order.number, "ahead") < exact(ahead.share), minutes


def _would_move(reading: LedgerReading, announced: Announced, order: Order, row: int) -> bool:
    ahead = reading.lines[order.line].anticipation
    assert ahead is not None
    within = announced.minute <= reading.minutes[row] < announced.minute + ahead.within.minutes
    return within and announced.is_worse_for(reading, order)


RULES: tuple[Rule, ...] = (orders_come_ahead_as_chance_has_it,)
