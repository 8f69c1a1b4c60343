"""What arrives: the orders of the demand lines, from rates or registers, and the other applications of authorities."""

from __future__ import annotations

from collections.abc import Iterator

from exportsim.chance import PURPOSES, minute_of
from exportsim.engine.ahead import Ahead
from exportsim.engine.clock import At
from exportsim.engine.reference import OrderLife
from exportsim.engine.state import Life, Order, Run
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import MOST_PARTS, OPEN, Policy
from exportsim.rules import APPROVED, decision


class Arrivals:
    """The streams of a run, each a process."""

    def __init__(self, run: Run, lives: OrderLife, policy: Policy) -> None:
        self.run, self.lives = run, lives
        self.ahead = Ahead(run, policy)
        self.env, self.plan, self.chance = run.env, run.plan, run.chance
        self.count = 0
        """Orders and other applications so far: the rank of the latest."""

    def start(self) -> None:
        """Let every stream begin."""
        streams, lines = self.plan.streams, len(self.plan.names.lines)
        for stream in range(len(streams.digest)):
            register = stream < lines and streams.record_first[stream] >= 0
            self.env.process(self.replay(stream) if register else self.arrivals(stream))

    def arrivals(self, stream: int) -> Life:
        """The orders of a line, or the other applications of an authority, as they come."""
        lines = len(self.plan.names.lines)
        for minute, number in self.ahead.in_turn(stream, self.times(stream)):
            yield At(self.env, minute, Moment.ARRIVAL, stream)
            if stream < lines:
                self.place_order(stream, number, -1, -1)
            else:
                self.count += 1
                self.env.process(self.other_application(stream, stream - lines, number, self.count))

    def times(self, stream: int) -> Iterator[int]:
        """When those of a stream with a rate come of themselves, one after the other."""
        streams = self.plan.streams
        first, count = int(streams.first[stream]), int(streams.pieces[stream])
        pieces = slice(first, first + count)
        curve = streams.start[pieces], streams.hazard[pieces], streams.rate[pieces]
        hazard = number = 0
        while True:
            number += 1
            hazard += self.chance.gap(self.run.digest[stream], number)
            minute = minute_of(hazard, *curve)
            if minute >= self.plan.end:
                return
            yield int(minute)

    def replay(self, line: int) -> Life:
        """The orders of a line that has a register."""
        streams = self.plan.streams
        first = int(streams.record_first[line])
        minutes = streams.record_minute[first : first + int(streams.record_count[line])].tolist()
        for minute, number in self.ahead.in_turn(line, minutes):
            record = first + number - 1
            yield At(self.env, minute, Moment.ARRIVAL, line)
            self.place_order(line, number, int(streams.record_cents[record]), int(streams.record_programme[record]))

    def place_order(self, line: int, number: int, value: int, programme: int) -> None:
        """Draw what an order is, unless its record says, and let its life begin."""
        stream = self.run.digest[line]
        if value < 0:
            value = self.chance.draw(self.run.value[line], stream, number, PURPOSES["value"], 0)
        if programme < 0:
            programme = self.ahead.programme(line, number)
        value = max(value, self.run.least[line])
        parts = self.chance.draw(self.run.parts[line], stream, number, PURPOSES["parts"], 0)
        parts = min(max(parts, 1), value, MOST_PARTS)
        self.count += 1
        shares = self.run.part_shares[line]
        order = Order(line, number, self.count, stream, value, programme, parts, shares, self.env.now, value)
        order.process = self.env.process(self.lives.life(order))

    def other_application(self, stream: int, authority: int, number: int, rank: int) -> Life:
        """An application that uses officers and nothing else."""
        digest, place = self.run.digest[stream], self.run.place_of_others(authority)
        application = Order(-1, number, rank, digest, 0, -1, 0, None, self.env.now, 0, attempt=1, cell=place)
        self.run.tell(Fact.APPLIED, application, detail=authority)
        yield from self.lives.pass_stages(application, self.run.review_stages[authority])
        u = self.chance.number(digest, number, PURPOSES["approval"], 1)
        decided = decision(OPEN, False, u, *self.run.approval[authority], 0.0)
        self.run.tell(Fact.APPROVED if decided == APPROVED else Fact.DENIED, application, detail=authority)
