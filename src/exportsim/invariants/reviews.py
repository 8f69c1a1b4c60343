"""One application's review, followed through its rows: which stages are to come, by what is written and by chance."""

from __future__ import annotations

from collections.abc import Iterator

from exportsim.invariants.ledger_reading import Attempt, Cell, LedgerReading, Order
from exportsim.invariants.luck import number_at
from exportsim.invariants.stated import exact
from exportsim.lifecycle import Fact
from exportsim.scenario.schema import Only, Stage

ROUND = 1 << 16


class Review:
    """What is to come of a review, after each of its rows in turn."""

    def __init__(self, reading: LedgerReading, application: Attempt | Order, rows: list[int], authority: str) -> None:
        self.reading, self.application, self.rows, self.authority = reading, application, rows, authority
        if isinstance(application, Attempt):
            order, self.cell, self.attempt = application.order, application.cell, application.number
            self._stream = f"line/{reading.line_names[order.line]}"
        else:
            order, self.cell, self.attempt = application, None, 1
            self._stream = f"authority/{authority}"
        self._number = order.number
        self.round = -1
        self.to_come: list[Stage] = []

    @property
    def next(self) -> str:
        """The stage that is next, empty if none is."""
        return f"{self.authority}/{self.to_come[0].stage}" if self.to_come else ""

    def follow(self, row: int) -> None:
        """Take note of a row."""
        fact = self.reading.facts[row]
        ordinary, further = self.reading.stages(self.authority)
        if fact is Fact.APPLIED:
            self.round += 1
            self.to_come = self._needed(ordinary)
        elif fact is Fact.REFERRED:
            self.to_come = self._needed(further)
        elif fact is Fact.REVIEW_ENDED:
            self.to_come = self.to_come[1:]

    def _needed(self, stages: list[Stage]) -> list[Stage]:
        """Those of some stages that this round of the application needs."""
        return [stage for stage in stages if is_among(self.cell, stage.only) and self._drawn(stage)]

    def _drawn(self, stage: Stage) -> bool:
        if stage.share >= 1:
            return True
        index = self.attempt + self.round * ROUND
        u = number_at(self.reading, self._stream, self._number, f"share/{stage.stage}", index)
        return u < exact(stage.share)


def is_among(cell: Cell | None, only: Only | None) -> bool:
    """Whether an application of a cell, or (None) of other traffic, is among those that a stage is for."""
    if only is None or cell is None:
        return only is None
    return (
        (only.destinations is None or cell.destination in only.destinations)
        and (only.goods is None or cell.goods in only.goods)
        and (only.programmes is None or cell.programme in only.programmes)
    )


def reviews(reading: LedgerReading) -> Iterator[Review]:
    """Every application, before its first row."""
    for order in reading.orders.values():
        for attempt in order.attempts.values():
            if attempt.applied >= 0 and attempt.cell is not None:
                yield Review(reading, attempt, attempt.rows, attempt.cell.authority)
    for order in reading.traffic.values():
        yield Review(reading, order, order.rows, order.authority)
