"""The reference engine: the model as one SimPy process per order. Written to be read; see ``docs/model.md``.

:class:`Run` holds the state of one run and the life of an order; what authorities do to it is in
:mod:`exportsim.engine.policy`, the order of things in one minute in :mod:`exportsim.engine.clock`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy
from simpy.events import Event, Process

from exportsim.chance import PURPOSES, Chance, minute_of
from exportsim.engine.clock import At, Desks, Settled, is_waiting
from exportsim.ledger import Row
from exportsim.lifecycle import REASONS, Fact, Moment
from exportsim.plan import (
    AT_DISRUPTION,
    DENY,
    EXEMPT,
    FROM_THE_START,
    LOSS_DENY,
    MOST_PARTS,
    OPEN,
    SUSPENDED,
    Plan,
)
from exportsim.rules import (
    APPROVED,
    DENIED,
    HELD,
    REFERRED,
    decision,
    part_value,
    pick,
    programme_of,
    slot_delay,
    trust_at,
)
from exportsim.working_time import advance

Life = Generator[Event, Any, None]
Observer = Callable[[Row], None]

REVIEW, SUSPENSION, EXCLUDED, UNSERVED = range(len(REASONS))
FIRST_SLOT = 1 << 31  # slots open after the qualifications of the same minute


@dataclass(eq=False, slots=True)
class Order:
    """One order, as it stands."""

    line: int
    number: int
    """In its line, from 1: the address of its luck."""
    rank: int
    """Across the run, by arrival: its turn among events of the same minute."""
    stream: int
    value: int
    programme: int
    parts: int
    open: int
    """Cents neither delivered nor lost."""
    attempt: int = 0
    source: int = -1
    cell: int = -1
    part: int = 1
    """The next part to be produced in this attempt; parts before it are delivered or wait for reinstatement."""
    delivered: int = 0
    """Parts delivered: they are delivered in order."""
    excluded: set[int] = field(default_factory=set)
    suspended: bool = False
    waiting: list[int] = field(default_factory=list)
    """Parts finished under a suspended permit."""
    process: Process | None = None
    wake: Event | None = None
    """What it waits for at the gate, unserved, or with everything produced."""
    patience: At | None = None
    expiry: At | None = None


class AttemptEnded(Exception):  # noqa: N818  it is no error
    """This attempt is over and another must follow."""

    def __init__(self, fact: Fact, detail: int, exclude: bool = True) -> None:
        self.fact, self.detail, self.exclude = fact, detail, exclude


class Run:
    """One run: a plan, a policy, a future.

    Parameters
    ----------
    plan : Plan
    chance : Chance
        The future.
    observers : sequence of callable
        Each is called with every row as it is written.
    """

    def __init__(self, plan: Plan, chance: Chance, observers: Sequence[Observer] = ()) -> None:
        self.plan, self.chance, self.observers = plan, chance, observers
        self.env = simpy.Environment(initial_time=plan.start)
        self.rows: list[Row] = []
        self.orders = 0
        self.applications = [OPEN] * len(plan.cell_authority)
        self.permits = [0] * len(plan.cell_authority)
        self.stopped_by = [-1] * len(plan.cell_authority)
        """The branch that last set a cell's permits."""
        self.officers = [Desks(self.env, number) for number in plan.stages.officers.tolist()]
        slots = zip(plan.suppliers.slots.tolist(), plan.suppliers.open.tolist(), strict=True)
        self.slots = [Desks(self.env, number if open_ else 0) for number, open_ in slots]
        self.ramping = [not open_ for open_ in plan.suppliers.open.tolist()]
        self.qualified = [starts == FROM_THE_START for starts in plan.sources.starts.tolist()]
        self.trust = [(1.0, plan.start)] * len(plan.sources.line)
        self.disrupted = [False] * len(plan.names.lines)
        # Who is where, by rank; a rank is given once, so sorted is in order of arrival.
        self.in_review: dict[int, Order] = {}
        self.held: dict[int, Order] = {}
        self.permitted: dict[int, Order] = {}
        self.unserved: dict[int, Order] = {}
        self.traffic_in_review = [0] * len(plan.names.authorities)
        self.deliveries: list[tuple[int, int, int, int]] = []
        """Minute, line, cell and cents of what was delivered under licence."""
        self._read_plan()

    def _read_plan(self) -> None:
        """Take from the plan, as plain numbers, what an order asks for again and again."""
        plan = self.plan
        self._digest = plan.streams.digest.tolist()
        self._work = list(zip(plan.stages.work.tolist(), plan.stages.purpose.tolist(), strict=True))
        self._calendar = plan.distributions.calendar.tolist()
        self._calendars = [
            (plan.calendars.origin, working, before, day)
            for working, before, day in zip(plan.calendars.working, plan.calendars.before, plan.calendars.day, strict=True)
        ]
        first, count = plan.lines.source_first.tolist(), plan.lines.source_count.tolist()
        self._sources = [range(a, a + n) for a, n in zip(first, count, strict=True)]
        self._authority = plan.sources.authority.tolist()
        self._supplier = plan.sources.supplier.tolist()
        self._weight = plan.sources.weight.tolist()
        self._cell = plan.cell.tolist()
        self._place = plan.lines.place.tolist()
        a = plan.authorities
        self._review = [range(f, f + n) for f, n in zip(a.stage_first.tolist(), a.stage_count.tolist(), strict=True)]
        self._case_review = [range(f, f + n) for f, n in zip(a.case_first.tolist(), a.case_count.tolist(), strict=True)]
        self._approval = list(zip(a.approval.tolist(), a.approval_case_by_case.tolist(), strict=True))
        self._validity = list(zip(a.validity.tolist(), a.validity_calendar.tolist(), strict=True))
        self._half_life = plan.lines.half_life.tolist()
        self._lead_time = plan.suppliers.lead_time.tolist()

    # ------------------------------------------------------------------ an order, from arrival to its end

    def life(self, order: Order) -> Life:
        """One order's life: attempt after attempt until it is delivered or lost."""
        self.tell(Fact.ORDERED, order, detail=order.programme, cents=order.value)
        while order.open:
            source = self.choose_source(order)
            if source < 0:
                if len(order.excluded) == len(self._sources[order.line]):
                    self.lose(order, EXCLUDED)
                else:
                    yield from self.wait_unserved(order)
                continue
            order.attempt += 1
            order.source, order.part, order.suspended = source, order.delivered + 1, False
            self.tell(Fact.SOURCED, order, cents=order.open)
            try:
                if self._authority[source] >= 0:
                    order.cell = self.cell(order, source)
                    yield from self.obtain_permit(order)
                yield from self.produce(order)
            except AttemptEnded as ended:
                self.end_attempt(order, ended)
            except simpy.Interrupt as interrupt:
                self.end_attempt(order, interrupt.cause)
            self.clean_up(order)

    def choose_source(self, order: Order) -> int:
        """One of the order's candidates, by weight × trust; -1 if it has none."""
        sources = self._sources[order.line]
        pulls = np.array([self.pull(order, source) for source in sources])
        if not pulls.any():
            return -1
        u = self.chance.number(order.stream, order.number, PURPOSES["source"], order.attempt + 1)
        return sources[pick(pulls, u)]

    def sources_of(self, line: int) -> range:
        """The sources of a line, in the order of the file."""
        return self._sources[line]

    def pull(self, order: Order, source: int) -> float:
        """Weight × trust of a source, 0 if it is no candidate for this order."""
        if not self.qualified[source] or source in order.excluded:
            return 0.0
        if self._authority[source] >= 0 and self.applications[self.cell(order, source)] == DENY:
            return 0.0
        trust, since = self.trust[source]
        return self._weight[source] * trust_at(trust, since, self.env.now, self._half_life[order.line])

    def cell(self, order: Order, source: int) -> int:
        """The cell of an order at the authority that licenses a source."""
        return self._cell[self._authority[source]][self._place[order.line]][order.programme]

    def wait_unserved(self, order: Order) -> Life:
        """Wait until some source can be used again, or patience runs out."""
        self.tell(Fact.UNSERVED, order, cents=order.open)
        self.unserved[order.rank] = order
        order.wake = self.env.event()
        self.start_patience(order, "unserved", self.plan.lines.patience_unserved, order.attempt + 1)
        try:
            yield order.wake
        except simpy.Interrupt:
            self.lose(order, UNSERVED)
        del self.unserved[order.rank]
        self.stop_patience(order)

    def try_unserved(self) -> Life:
        """Try the unserved orders again, in order of arrival. What is tried in vain leaves no fact."""
        for _, order in sorted(self.unserved.items()):
            if any(self.pull(order, source) > 0.0 for source in self._sources[order.line]):
                assert order.wake is not None
                order.wake.succeed()
                yield Settled(self.env)

    def lose(self, order: Order, reason: int) -> None:
        """Give up what is still open."""
        self.tell(Fact.LOST, order, detail=reason, cents=order.open)
        order.open = 0

    # ------------------------------------------------------------------ application and review

    def obtain_permit(self, order: Order) -> Life:
        """Apply, pass the stages, wait at the gate if need be; end with a permit, or end the attempt."""
        authority = self._authority[order.source]
        if self.applications[order.cell] == EXEMPT:
            self.issue_permit(order)
            return
        self.tell(Fact.APPLIED, order, detail=authority, cents=order.open)
        self.start_patience(order, "review", self.plan.lines.patience_review, order.attempt)
        yield from self.pass_stages(order, self._review[authority])
        u = self.chance.number(order.stream, order.number, PURPOSES["approval"], order.attempt)
        referred = False
        while True:
            decided = decision(self.applications[order.cell], referred, u, *self._approval[authority])
            if decided == HELD:
                yield from self.wait_at_gate(order)
            elif decided == REFERRED:
                self.tell(Fact.REFERRED, order, detail=authority)
                referred = True
                yield from self.pass_stages(order, self._case_review[authority])
            else:
                break
        self.stop_patience(order)
        if decided == DENIED:
            raise AttemptEnded(Fact.DENIED, authority)
        self.issue_permit(order)

    def pass_stages(self, order: Order, stages: Iterable[int]) -> Life:
        """Pass stages one after the other, with an officer's work at each."""
        self.in_review[order.rank] = order
        try:
            for stage in stages:
                yield from self.review(order, stage)
        finally:
            del self.in_review[order.rank]

    def review(self, order: Order, stage: int) -> Life:
        """Wait for an officer of a stage, then for the end of the work."""
        officers, attempt = self.officers[stage], order.attempt
        request = officers.request()
        ended = None
        try:
            if is_waiting(request):
                yield request
            self.tell(Fact.REVIEW_STARTED, order, detail=stage)
            minute = self.end_of_work(order.stream, order.number, stage, attempt)
            ended = At(self.env, minute, Moment.REVIEW_END, order.rank, attempt)
            yield ended
        except simpy.Interrupt:
            if ended is None:
                request.cancel()
            else:  # an officer already at work finishes
                source = order.source
                ended.callbacks.append(lambda _: self.finish_withdrawn(order, attempt, source, stage, request))
            raise
        self.tell(Fact.REVIEW_ENDED, order, detail=stage)
        officers.release(request)

    def finish_withdrawn(self, order: Order, attempt: int, source: int, stage: int, request: Any) -> None:
        """The end of an officer's work on an application that has been withdrawn."""
        self.tell_of(Fact.REVIEW_ENDED, order, attempt, source, stage, 0)
        self.officers[stage].release(request)

    def end_of_work(self, stream: int, number: int, stage: int, attempt: int) -> int:
        """When work at a stage that begins now will end."""
        distribution, purpose = self._work[stage]
        minutes = self.chance.draw(distribution, stream, number, purpose, attempt)
        return self.later(minutes, self._calendar[distribution])

    def later(self, minutes: int, calendar: int) -> int:
        """The minute after so many, on an authority's calendar or (-1) on the clock."""
        return self.env.now + minutes if calendar < 0 else advance(*self._calendars[calendar], self.env.now, minutes)

    def wait_at_gate(self, order: Order) -> Life:
        """Wait, reviewed and undecided, until the regime changes."""
        self.tell(Fact.HELD, order, detail=self._authority[order.source])
        self.held[order.rank] = order
        order.wake = self.env.event()
        try:
            yield order.wake
        finally:
            del self.held[order.rank]

    # ------------------------------------------------------------------ permit, production, delivery

    def issue_permit(self, order: Order) -> None:
        """Issue the permit, suspended if its cell is."""
        authority = self._authority[order.source]
        self.tell(Fact.APPROVED, order, detail=authority, cents=order.open)
        self.permitted[order.rank] = order
        validity, calendar = self._validity[authority]
        if validity >= 0:
            order.expiry = At(self.env, self.later(validity, calendar), Moment.EXPIRY, order.rank, order.attempt)
            self.on(order.expiry, order, AttemptEnded(Fact.EXPIRED, authority, exclude=False))
        if self.permits[order.cell] == SUSPENDED:
            self.suspend(order, self.stopped_by[order.cell])

    def suspend(self, order: Order, branch: int) -> None:
        """Suspend a permit: production goes on, delivery waits, and so does the buyer, for a while."""
        order.suspended = True
        self.tell(Fact.SUSPENDED, order, detail=branch, cents=order.open)
        self.start_patience(order, "suspension", self.plan.lines.patience_suspension, order.attempt)

    def reinstate(self, order: Order, branch: int) -> None:
        """Put a permit in force again and deliver at once what waited: the release spike is real."""
        order.suspended = False
        self.stop_patience(order)
        self.tell(Fact.REINSTATED, order, detail=branch, cents=order.open)
        for part in order.waiting:
            self.deliver(order, part)
        order.waiting.clear()
        if not order.open:
            assert order.wake is not None
            order.wake.succeed()

    def produce(self, order: Order) -> Life:
        """Produce and deliver the parts one after the other, each in one of the supplier's slots."""
        supplier = self._supplier[order.source]
        while order.part <= order.parts:
            yield from self.produce_part(order, supplier)
            if order.suspended:
                order.waiting.append(order.part)
            else:
                self.deliver(order, order.part)
            order.part += 1
        if order.open:
            order.wake = self.env.event()
            yield order.wake

    def produce_part(self, order: Order, supplier: int) -> Life:
        """Wait for a slot, then for the lead time."""
        slots, attempt, part = self.slots[supplier], order.attempt, order.part
        request = slots.request()
        ended = None
        try:
            if is_waiting(request):
                yield request
            minutes = self.chance.draw(
                self._lead_time[supplier], order.stream, order.number, PURPOSES["lead_time"], attempt << 16 | part
            )
            ended = At(self.env, self.env.now + minutes, Moment.PRODUCTION_END, order.rank, attempt)
            yield ended
        except simpy.Interrupt:
            if ended is None:
                request.cancel()
            else:  # work in hand is finished first, and stranded
                source = order.source
                ended.callbacks.append(lambda _: self.strand_work_in_hand(order, attempt, source, part, request))
            raise
        self.tell(Fact.FINISHED, order, detail=part, cents=self.part_value(order, part))
        slots.release(request)

    def strand_work_in_hand(self, order: Order, attempt: int, source: int, part: int, request: Any) -> None:
        """The end of production for an attempt that has ended."""
        for fact in (Fact.FINISHED, Fact.STRANDED):
            self.tell_of(fact, order, attempt, source, part, self.part_value(order, part))
        self.slots[self._supplier[source]].release(request)

    def deliver(self, order: Order, part: int) -> None:
        """Deliver a finished part. A permit whose last part is delivered is used up."""
        cents = self.part_value(order, part)
        order.open -= cents
        order.delivered = part
        self.tell(Fact.DELIVERED, order, detail=part, cents=cents)
        if self._authority[order.source] >= 0:
            self.deliveries.append((self.env.now, order.line, order.cell, cents))
            if not order.open:
                del self.permitted[order.rank]

    def part_value(self, order: Order, part: int) -> int:
        """Cents of one part of an order."""
        return part_value(order.value, order.parts, part)

    # ------------------------------------------------------------------ the end of an attempt

    def end_attempt(self, order: Order, ended: AttemptEnded) -> None:
        """Write down why an attempt is over, and what that means for source, trust and parts."""
        denied = ended.fact == Fact.DENIED
        self.tell(ended.fact, order, detail=ended.detail, cents=0 if denied else order.open)
        if ended.exclude:
            order.excluded.add(order.source)
        if denied:
            self.lose_trust(order.source, LOSS_DENY)
            self.disrupt(order.line)
        for part in order.waiting:
            self.tell(Fact.STRANDED, order, detail=part, cents=self.part_value(order, part))
        order.waiting.clear()

    def clean_up(self, order: Order) -> None:
        """Call off what the attempt was still waiting for."""
        self.stop_patience(order)
        self.permitted.pop(order.rank, None)
        order.source = -1
        if order.expiry is not None:
            order.expiry.call_off()
            order.expiry = None

    def start_patience(self, order: Order, what: str, distributions: Any, index: int) -> None:
        """From now on the buyer waits for so long and no longer."""
        distribution = int(distributions[order.line])
        if distribution < 0:
            return
        minutes = self.chance.draw(distribution, order.stream, order.number, PURPOSES[f"patience/{what}"], index)
        order.patience = At(self.env, self.env.now + minutes, Moment.PATIENCE, order.rank, index)
        self.on(order.patience, order, AttemptEnded(Fact.WITHDRAWN, SUSPENSION if what == "suspension" else REVIEW))

    def stop_patience(self, order: Order) -> None:
        """The wait is over."""
        if order.patience is not None:
            order.patience.call_off()
            order.patience = None

    def on(self, event: At, order: Order, ended: AttemptEnded) -> None:
        """Let an event end the order's attempt (or, unserved, its wait)."""
        event.callbacks.append(lambda _: self.interrupt(order, ended))

    def interrupt(self, order: Order, ended: AttemptEnded) -> None:
        """End the order's attempt now."""
        assert order.process is not None
        order.process.interrupt(ended)

    # ------------------------------------------------------------------ trust and qualification

    def lose_trust(self, source: int, act: int) -> None:
        """Multiply a line's trust in a source by 1 − loss of an act."""
        line = int(self.plan.sources.line[source])
        trust, since = self.trust[source]
        now = trust_at(trust, since, self.env.now, self._half_life[line])
        self.trust[source] = (now * (1.0 - float(self.plan.lines.loss[line, act])), self.env.now)

    def disrupt(self, line: int) -> None:
        """At a line's first disruption, the sources that waited for it start qualifying."""
        if not self.disrupted[line]:
            self.disrupted[line] = True
            for source in self._sources[line]:
                if self.plan.sources.starts[source] == AT_DISRUPTION:
                    self.env.process(self.qualify(source))

    def qualify(self, source: int, start: int | None = None) -> Life:
        """Try to qualify a source until it succeeds; then open its supplier's slots and try the unserved."""
        sources = self.plan.sources
        stream = int(sources.digest[source])
        begins = self.env.now if start is None else start
        attempt = 0
        succeeded = False
        while not succeeded:
            attempt += 1
            minutes = self.chance.draw(int(sources.time[source]), stream, 0, PURPOSES["qualification"], attempt)
            begins += max(minutes, 1)
            yield At(self.env, begins, Moment.QUALIFICATION, source)
            u = self.chance.number(stream, 0, PURPOSES["success"], attempt)
            succeeded = u < float(sources.success[source])
        self.qualified[source] = True
        supplier = self._supplier[source]
        self.write(Fact.QUALIFIED, int(sources.line[source]), 0, 0, supplier, -1, 0)
        if self.ramping[supplier]:
            self.ramping[supplier] = False
            self.open_slot(supplier, 1)
            for slot in range(2, int(self.plan.suppliers.slots[supplier]) + 1):
                self.env.process(self.ramp_up(supplier, slot))
            yield Settled(self.env)
        yield from self.try_unserved()

    def ramp_up(self, supplier: int, slot: int) -> Life:
        """Open a slot in its turn."""
        suppliers = self.plan.suppliers
        delay = slot_delay(slot, int(suppliers.slots[supplier]), int(suppliers.ramp_up[supplier]))
        yield At(self.env, self.env.now + delay, Moment.QUALIFICATION, FIRST_SLOT + supplier, slot)
        self.open_slot(supplier, slot)

    def open_slot(self, supplier: int, slot: int) -> None:
        """Open one more slot; whoever waits takes it."""
        self.write(Fact.SLOT_OPENED, -1, 0, 0, supplier, slot, 0)
        self.slots[supplier].resize(slot)

    # ------------------------------------------------------------------ arrivals

    def arrivals(self, stream: int) -> Life:
        """The orders of a line, or the other applications of an authority, as they come."""
        streams, lines = self.plan.streams, len(self.plan.names.lines)
        first, count = int(streams.first[stream]), int(streams.count[stream])
        pieces = slice(first, first + count)
        curve = streams.start[pieces], streams.hazard[pieces], streams.rate[pieces]
        hazard = number = 0
        while True:
            number += 1
            hazard += self.chance.gap(self._digest[stream], number)
            minute = minute_of(hazard, *curve)
            if minute >= self.plan.end:
                return
            yield At(self.env, minute, Moment.ARRIVAL, stream)
            if stream < lines:
                self.place_order(stream, number, -1, -1)
            else:
                self.orders += 1
                self.env.process(self.other_application(stream, stream - lines, number, self.orders))

    def replay(self, line: int) -> Life:
        """The orders of a line that has a register."""
        streams = self.plan.streams
        first = int(streams.record_first[line])
        for number in range(1, int(streams.record_count[line]) + 1):
            record = first + number - 1
            yield At(self.env, int(streams.record_minute[record]), Moment.ARRIVAL, line)
            self.place_order(line, number, int(streams.record_cents[record]), int(streams.record_programme[record]))

    def place_order(self, line: int, number: int, value: int, programme: int) -> None:
        """Draw what an order is, unless its record says, and let its life begin."""
        stream, lines = self._digest[line], self.plan.lines
        if value < 0:
            value = self.chance.draw(int(lines.value[line]), stream, number, PURPOSES["value"], 0)
        if programme < 0:
            u = self.chance.number(stream, number, PURPOSES["programme"], 0)
            programme = int(programme_of(lines.programme[line], u))
        value = max(value, 1)
        parts = self.chance.draw(int(lines.parts[line]), stream, number, PURPOSES["parts"], 0)
        parts = min(max(parts, 1), value, MOST_PARTS)
        self.orders += 1
        order = Order(line, number, self.orders, stream, value, programme, parts, value)
        order.process = self.env.process(self.life(order))

    def other_application(self, stream: int, authority: int, number: int, rank: int) -> Life:
        """An application that uses officers and nothing else."""
        self.write(Fact.APPLIED, -1, number, 1, -1, authority, 0)
        self.traffic_in_review[authority] += 1
        digest = self._digest[stream]
        for stage in self._review[authority]:
            request = self.officers[stage].request()
            if is_waiting(request):
                yield request
            self.write(Fact.REVIEW_STARTED, -1, number, 1, -1, stage, 0)
            yield At(self.env, self.end_of_work(digest, number, stage, 1), Moment.REVIEW_END, rank, 1)
            self.write(Fact.REVIEW_ENDED, -1, number, 1, -1, stage, 0)
            self.officers[stage].release(request)
        self.traffic_in_review[authority] -= 1
        u = self.chance.number(digest, number, PURPOSES["approval"], 1)
        decided = decision(OPEN, False, u, *self._approval[authority])
        fact = Fact.APPROVED if decided == APPROVED else Fact.DENIED
        self.write(fact, -1, number, 1, -1, authority, 0)

    # ------------------------------------------------------------------ the ledger

    def tell(self, fact: Fact, order: Order, detail: int = -1, cents: int = 0) -> None:
        """Write a fact of an order's present attempt."""
        self.tell_of(fact, order, order.attempt, order.source, detail, cents)

    def tell_of(self, fact: Fact, order: Order, attempt: int, source: int, detail: int, cents: int) -> None:
        """Write a fact of any of an order's attempts."""
        supplier = self._supplier[source] if source >= 0 else -1
        self.write(fact, order.line, order.number, attempt, supplier, detail, cents)

    def write(
        self, fact: Fact, line: int, order: int, attempt: int, supplier: int, detail: int, amount: int
    ) -> None:
        """Write a row, and show it to the observers."""
        row = (self.env.now, fact, line, order, attempt, supplier, detail, amount)
        self.rows.append(row)
        for observer in self.observers:
            observer(row)

    def start(self) -> None:
        """Let demand, traffic and qualifications that start on a date begin."""
        streams = self.plan.streams
        for stream in range(len(streams.digest)):
            register = stream < len(self.plan.names.lines) and streams.record_first[stream] >= 0
            self.env.process(self.replay(stream) if register else self.arrivals(stream))
        for source, starts in enumerate(self.plan.sources.starts.tolist()):
            if starts not in (FROM_THE_START, AT_DISRUPTION):
                self.env.process(self.qualify(source, starts))
