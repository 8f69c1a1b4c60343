"""One application's review, followed through its rows: which stages are to come, by what is written and by chance."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import itemgetter

from exportsim.invariants.ledger_reading import ENDS, Attempt, Cell, LedgerReading, Order
from exportsim.invariants.luck import number_at
from exportsim.invariants.recorded import is_on_record, on_record
from exportsim.invariants.stated import exact
from exportsim.lifecycle import Fact, State
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
        self.returns = 0
        """From the stage that is next, in this round."""
        self.sent_back = False
        """Whether it is to go back from the stage that is next, or has."""
        self.over = False
        """Whether its attempt has ended."""
        self.on_record = False
        """Whether what is recorded of it binds."""
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
            self.on_record = is_on_record(self.reading, row)
            self.to_come = [] if self.on_record else self._needed(ordinary)
        elif fact is Fact.LEFT_OPEN:
            self.on_record, self.to_come = False, self._from_where_it_stands(ordinary, further)
        elif fact is Fact.REFERRED:
            again = is_reviewed_again(self.reading, row)
            self.round += again
            self.returns = 0
            self.to_come = self._needed(ordinary if again else further)
        elif fact is Fact.REVIEW_ENDED and self.to_come:
            self.sent_back = not self.over and self._goes_back(self.to_come[0])
            if not self.sent_back:
                self.to_come, self.returns = self.to_come[1:], 0
        elif fact is Fact.ANSWERED:
            self.sent_back = False
            self.returns += 1
        elif fact in ENDS:
            self.over = True

    def _from_where_it_stands(self, ordinary: list[Stage], further: list[Stage]) -> list[Stage]:
        """The stage that its record names, and those after it that it needs; all that it needs if it names none."""
        record = on_record(self.reading, self.application if isinstance(self.application, Attempt) else None)
        for stages in (ordinary, further):
            names = [stage.stage for stage in stages]
            if record is not None and record.stage in names:
                place = names.index(record.stage)
                return [stages[place], *self._needed(stages[place + 1 :])]
        return self._needed(ordinary)

    def _needed(self, stages: list[Stage]) -> list[Stage]:
        """Those of some stages that this round of the application needs."""
        return [stage for stage in stages if is_among(self.cell, stage.only) and self._drawn(stage)]

    def _goes_back(self, stage: Stage) -> bool:
        """Whether chance sends the application back from a stage, now that work there has ended."""
        written = stage.returns
        if written is None or self.returns >= written.most:
            return False
        index = self.attempt + (self.round * (written.most + 1) + self.returns) * ROUND
        u = number_at(self.reading, self._stream, self._number, f"returns/{stage.stage}", index)
        return u < exact(written.chance)

    def _drawn(self, stage: Stage) -> bool:
        if stage.share >= 1:
            return True
        index = self.attempt + self.round * ROUND
        u = number_at(self.reading, self._stream, self._number, f"share/{stage.stage}", index)
        return u < exact(stage.share)


def is_reviewed_again(reading: LedgerReading, row: int) -> bool:
    """Whether an application that is referred in a row goes through review again, since the hold on it has ended."""
    if reading.review_before[row] is not State.HELD:
        return False
    acts = reading.acts()
    latest = bisect_left(acts, row, key=itemgetter(0)) - 1
    return latest >= 0 and acts[latest][1].act.backlog == "review"


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
