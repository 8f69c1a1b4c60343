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
from exportsim.rules import APPROVED, decision, visit_index


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
        self.run.write(Fact.APPLIED, -1, number, 1, -1, authority, 0)
        self.run.traffic_in_review[authority] += 1
        digest = self.run.digest[stream]
        for stage in self.run.review_stages[authority]:
            if not self.run.needs(stage, -1, digest, number, 1):
                continue
            returns = 0
            while True:
                index = visit_index(1, 0, returns, self.run.most[stage])
                yield from self.run.officers[stage].take(lambda: self.run.traffic_priority[authority])
                self.run.write(Fact.REVIEW_STARTED, -1, number, 1, -1, stage, 0)
                if not self.run.sits[stage]:
                    minute = self.run.end_of_work(
                        digest, number, stage, index, self.run.traffic_factor[authority][stage]
                    )
                    yield At(self.env, minute, Moment.REVIEW_END, rank, 1)
                self.run.write(Fact.REVIEW_ENDED, -1, number, 1, -1, stage, 0)
                if not self.run.sits[stage]:
                    self.run.officers[stage].leave()
                if not self.run.is_returned(digest, number, stage, returns, index):
                    break
                self.run.write(Fact.RETURNED, -1, number, 1, -1, stage, 0)
                self.run.traffic_in_review[authority] -= 1
                minutes = self.run.time_to_answer(digest, number, stage, index)
                yield At(self.env, self.env.now + minutes, Moment.ANSWER, rank, 1)
                self.run.write(Fact.ANSWERED, -1, number, 1, -1, stage, 0)
                self.run.traffic_in_review[authority] += 1
                returns += 1
        self.run.traffic_in_review[authority] -= 1
        u = self.chance.number(digest, number, PURPOSES["approval"], 1)
        decided = decision(OPEN, False, u, *self.run.approval[authority], 0.0)
        fact = Fact.APPROVED if decided == APPROVED else Fact.DENIED
        self.run.write(fact, -1, number, 1, -1, authority, 0)
