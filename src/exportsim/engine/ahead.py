"""Ordering ahead, in the reference engine: which orders come between an announcement and its measure, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exportsim.chance import PURPOSES
from exportsim.engine.state import Run
from exportsim.plan import Policy
from exportsim.rules import minute_ahead, programme_of


class Ahead:
    """When the orders of a run arrive under its policy."""

    def __init__(self, run: Run, policy: Policy) -> None:
        self.run, self.chance, self.plan = run, run.chance, run.plan
        shape = len(policy.trigger), *self.plan.lines.may_have.shape
        self.hastened = policy.hastened.reshape(shape)
        """By measure, line and programme: whether such an order may come ahead of it."""
        announced = [measure for measure in range(len(policy.trigger)) if self.hastened[measure].any()]
        self.announced = [
            (int(policy.announced[measure]), measure, int(policy.minute[measure])) for measure in announced
        ]
        self.announced.sort()

    def in_turn(self, stream: int, times: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Minute and number of what arrives, in order: in one minute by number, which is that of its own time."""
        numbered = ((minute, number) for number, minute in enumerate(times, 1))
        if stream >= len(self.plan.names.lines) or not any(
            self.hastened[m, stream].any() for _, m, _ in self.announced
        ):
            return numbered
        moved = ((self.minute(stream, number, minute), number) for minute, number in numbered)
        return iter(sorted(moved))

    def minute(self, line: int, number: int, own: int) -> int:
        """When an order comes that would come of itself at a minute: ahead of the measure that is announced first."""
        lines, stream, programme = self.plan.lines, self.run.digest[line], self.recorded(line, number)
        for since, measure, minute in self.announced:
            if minute <= own < minute + lines.ahead_within[line] and self.hastened[measure, line, programme]:
                if not self.chance.number(stream, number, PURPOSES["ahead"], 0) < lines.ahead_share[line]:
                    return own
                u = self.chance.number(stream, number, PURPOSES["ahead_when"], 0)
                return int(minute_ahead(since, minute, u))
        return own

    def recorded(self, line: int, number: int) -> int:
        """The programme of an order: that of its record, or the one that is drawn."""
        streams = self.plan.streams
        first = int(streams.record_first[line])
        programme = -1 if first < 0 else int(streams.record_programme[first + number - 1])
        return programme if programme >= 0 else self.programme(line, number)

    def programme(self, line: int, number: int) -> int:
        """The programme that an order draws."""
        u = self.chance.number(self.run.digest[line], number, PURPOSES["programme"], 0)
        return int(programme_of(self.run.programme[line], u))
