"""The reference engine: the model as one SimPy process per order. Written to be read; see ``docs/model.md``.

This is the life of an order. The state of the run is in :mod:`exportsim.engine.state`, who may supply in
:mod:`exportsim.engine.sourcing`, what authorities do to it in :mod:`exportsim.engine.policy`, the order of things in
one minute in :mod:`exportsim.engine.clock`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any, cast

import simpy
from simpy.events import Event

from exportsim.chance import PURPOSES
from exportsim.engine.clock import At
from exportsim.engine.sourcing import Sourcing
from exportsim.engine.state import AttemptEnded, Life, Order, Run
from exportsim.errors import ExportsimError
from exportsim.lifecycle import REASONS, Fact, Moment
from exportsim.plan import (
    EXEMPT,
    LOSS_DENY,
    NEVER,
    RECORDED_DENIED,
    RECORDED_WITHDRAWN,
    SUSPENDED,
    most_rounds,
)
from exportsim.rules import DENIED, HELD, REFERRED, called_off, decision, is_on_record, round_index, visit_index

REVIEW, SUSPENSION, EXCLUDED, UNSERVED, UNFILED = range(len(REASONS))
PLANNED = ("deliveries/first", "deliveries/every")


class OrderLife:
    """The lives of a run's orders."""

    def __init__(self, run: Run, sourcing: Sourcing) -> None:
        self.run, self.sourcing = run, sourcing
        self.env, self.plan, self.chance = run.env, run.plan, run.chance

    def life(self, order: Order) -> Life:
        """One order's life: attempt after attempt until it is delivered or lost."""
        self.run.tell(Fact.ORDERED, order, detail=order.programme, cents=order.value)
        while order.open:
            source = self.sourcing.choose(order)
            if source < 0:
                if len(order.excluded) == len(self.run.sources[order.line]):
                    self.lose(order, EXCLUDED)
                else:
                    yield from self.wait_unserved(order)
                continue
            order.attempt += 1
            order.source, order.part, order.suspended, order.round = source, order.delivered + 1, False, 0
            self.run.tell(Fact.SOURCED, order, cents=order.open)
            try:
                if self.run.authority[source] >= 0:
                    order.cell = self.sourcing.cell(order, source)
                    yield from self.obtain_permit(order)
                yield from self.produce(order)
            except AttemptEnded as ended:
                self.end_attempt(order, ended)
            except simpy.Interrupt as interrupt:
                self.end_attempt(order, cast(AttemptEnded, interrupt.cause))
            self.clean_up(order)

    def wait_unserved(self, order: Order) -> Life:
        """Wait until some source can be used again, or patience runs out."""
        self.run.tell(Fact.UNSERVED, order, cents=order.open)
        self.run.unserved[order.rank] = order
        order.wake = self.env.event()
        self.start_patience(order, "unserved", self.plan.lines.patience_unserved, order.attempt + 1, UNSERVED)
        try:
            yield order.wake
        except simpy.Interrupt:
            self.lose(order, UNSERVED)
        del self.run.unserved[order.rank]
        self.stop_patience(order)

    def lose(self, order: Order, reason: int) -> None:
        """Give up what is still open."""
        self.run.tell(Fact.LOST, order, detail=reason, cents=order.open)
        order.open = 0

    # ------------------------------------------------------------------ application and review

    def obtain_permit(self, order: Order) -> Life:
        """Apply for a permit, once the order is filed, or have it at once in an exempt cell; on record, as recorded."""
        if is_on_record(order.attempt, order.placed, self.run.bound_until[order.line]):
            yield from self.follow_record(order)
            return
        if not self.sourcing.is_filed(order):
            yield from self.wait_unfiled(order)
        if self.run.treatment(order) == EXEMPT:
            self.issue_permit(order, expires=False)
            return
        yield from self.apply(order)

    def apply(self, order: Order) -> Life:
        """Apply for a permit and be reviewed."""
        self.run.tell(Fact.APPLIED, order, detail=self.run.authority[order.source], cents=order.open)
        yield from self.be_reviewed(order)

    def follow_record(self, order: Order) -> Life:
        """Apply, and be decided as and when it is recorded; or be reviewed from where records bind no more."""
        authority, streams = self.run.authority[order.source], self.plan.streams
        record = int(streams.record_first[order.line]) + order.number - 1
        decided, outcome, expires = (
            int(column[record]) for column in (streams.record_decided, streams.record_outcome, streams.record_expires)
        )
        self.run.tell(Fact.APPLIED, order, detail=authority, cents=order.open)
        self.run.in_review[order.rank] = order
        until = self.run.bound_until[order.line]
        if decided >= until:
            yield At(self.env, until, Moment.LEFT_OPEN, int(streams.record_turn[record]), order.attempt)
            self.run.tell(Fact.LEFT_OPEN, order, detail=authority, cents=order.open)
            yield from self.be_reviewed(order, int(streams.record_stage[record]))
            return
        if decided > self.env.now:
            yield At(self.env, decided, Moment.RECORDED_DECISION, order.rank, order.attempt)
        del self.run.in_review[order.rank]
        if outcome == RECORDED_DENIED:
            raise AttemptEnded(Fact.DENIED, authority)
        if outcome == RECORDED_WITHDRAWN:
            raise AttemptEnded(Fact.WITHDRAWN, REVIEW)
        self.issue_permit(order, expires_at=expires)

    def be_reviewed(self, order: Order, stands_at: int = -1) -> Life:
        """Pass the stages, from that at which it stands, wait at the gate if need be; end with a permit that expires,
        or end the attempt."""
        authority = self.run.authority[order.source]
        index = round_index(order.attempt, order.round)
        self.start_patience(order, "review", self.plan.lines.patience_review, index, REVIEW)
        referred = stands_at in self.run.case_stages[authority]
        stages = (self.run.case_stages if referred else self.run.review_stages)[authority]
        yield from self.pass_stages(order, [stage for stage in stages if stage >= stands_at], stands_at)
        while True:
            index = round_index(order.attempt, order.round)
            u = self.chance.number(order.stream, order.number, PURPOSES["approval"], index)
            decided = decision(self.run.treatment(order), referred, u, *self.run.approvals(order.cell, authority))
            if decided == HELD:
                reviewed_again = yield from self.wait_at_gate(order)
                if reviewed_again and self.run.treatment(order) != EXEMPT:
                    self.next_round(order)
                    self.run.tell(Fact.REFERRED, order, detail=authority)
                    referred = False
                    yield from self.pass_stages(order, self.run.review_stages[authority])
            elif decided == REFERRED:
                self.run.tell(Fact.REFERRED, order, detail=authority)
                referred = True
                yield from self.pass_stages(order, self.run.case_stages[authority])
            else:
                break
        self.stop_patience(order)
        if decided == DENIED:
            raise AttemptEnded(Fact.DENIED, authority)
        self.issue_permit(order)

    def wait_unfiled(self, order: Order) -> Life:
        """Wait, without applying, until the regime allows it for so long as filing takes, or patience runs out."""
        self.run.tell(Fact.UNFILED, order, detail=self.run.authority[order.source], cents=order.open)
        self.run.unfiled[order.rank] = order
        order.wake = self.env.event()
        self.start_patience(order, "unserved", self.plan.lines.patience_unserved, order.attempt, UNFILED)
        try:
            yield order.wake
        finally:
            del self.run.unfiled[order.rank]
            self.stop_lag(order)
        self.stop_patience(order)

    def reconsider_filing(self, order: Order) -> None:
        """The regime of an unfiled order's cell has changed: it is filed after a lag, or is not to be filed yet."""
        if not self.sourcing.is_filed(order):
            self.stop_lag(order)
        elif order.lag is None:
            minute = self.env.now + int(self.plan.lines.filing_lag[order.line])
            order.lag = At(self.env, minute, Moment.FILING, order.rank, order.attempt)
            order.lag.callbacks.append(lambda _: self.file(order))

    def file(self, order: Order) -> None:
        """Let an unfiled order be applied for."""
        assert order.wake is not None
        order.wake.succeed()

    def stop_lag(self, order: Order) -> None:
        """The order is filed, or is not to be filed."""
        if order.lag is not None:
            order.lag.call_off()
            order.lag = None

    def next_round(self, order: Order) -> None:
        """Review what the order has applied for once more: its luck is drawn anew."""
        order.round += 1
        most = most_rounds(self.plan.stages)
        if order.round > most:
            name = f"{self.plan.names.lines[order.line]}/{order.number}"
            raise ExportsimError(
                f"an attempt of order {name} has been reviewed more than {most} times: is validity too short?"
            )

    def pass_stages(self, order: Order, stages: Iterable[int], stands_at: int = -1) -> Life:
        """Pass the stages that the application needs one after the other, with an officer's work at each visit; that at
        which it stands it needs."""
        self.run.in_review[order.rank] = order
        index = round_index(order.attempt, order.round)
        try:
            for stage in stages:
                if stage == stands_at or self.run.needs(stage, order.cell, order.stream, order.number, index):
                    order.returns = 0
                    yield from self.review(order, stage)
                    while self.is_returned(order, stage):
                        yield from self.wait_for_answer(order, stage)
                        yield from self.review(order, stage)
        finally:
            self.run.in_review.pop(order.rank, None)

    def review(self, order: Order, stage: int) -> Life:
        """Wait for an officer of a stage, then for the end of the work; or for a sitting, which takes no time."""
        officers, attempt = self.run.officers[stage], order.attempt
        yield from officers.take(lambda: self.run.priority[order.cell])
        self.run.tell(Fact.REVIEW_STARTED, order, detail=stage)
        if self.run.sits[stage]:
            self.run.tell(Fact.REVIEW_ENDED, order, detail=stage)
            return
        index = visit_index(attempt, order.round, order.returns, self.run.most[stage])
        minute = self.run.end_of_work(order.stream, order.number, stage, index, self.run.work_factor[order.cell][stage])
        ended = At(self.env, minute, Moment.REVIEW_END, order.rank, attempt)
        try:
            yield ended
        except simpy.Interrupt:  # an officer already at work finishes
            source = order.source
            ended.callbacks.append(lambda _: self.finish_withdrawn(order, attempt, source, stage))
            raise
        self.run.tell(Fact.REVIEW_ENDED, order, detail=stage)
        officers.leave()

    def is_returned(self, order: Order, stage: int) -> bool:
        """Whether an application goes back to who made it, now that work on it has ended."""
        index = visit_index(order.attempt, order.round, order.returns, self.run.most[stage])
        return self.run.is_returned(order.stream, order.number, stage, order.returns, index)

    def wait_for_answer(self, order: Order, stage: int) -> Life:
        """Wait, in nobody's queue, until the supplier has answered what the authority asked."""
        self.run.tell(Fact.RETURNED, order, detail=stage)
        del self.run.in_review[order.rank]
        index = visit_index(order.attempt, order.round, order.returns, self.run.most[stage])
        minutes = self.run.time_to_answer(order.stream, order.number, stage, index)
        answer = At(self.env, self.env.now + minutes, Moment.ANSWER, order.rank, order.attempt)
        try:
            yield answer
        except simpy.Interrupt:
            answer.call_off()
            raise
        self.run.tell(Fact.ANSWERED, order, detail=stage)
        self.run.in_review[order.rank] = order
        order.returns += 1

    def finish_withdrawn(self, order: Order, attempt: int, source: int, stage: int) -> None:
        """The end of an officer's work on an application that has been withdrawn."""
        self.run.tell_of(Fact.REVIEW_ENDED, order, attempt, source, stage, 0)
        self.run.officers[stage].leave()

    def wait_at_gate(self, order: Order) -> Generator[Event, Any, bool]:
        """Wait, reviewed and undecided, until the regime changes; whether to be reviewed again."""
        self.run.tell(Fact.HELD, order, detail=self.run.authority[order.source])
        self.run.held[order.rank] = order
        order.decision = self.env.event()
        try:
            reviewed_again = yield order.decision
            return bool(reviewed_again)
        finally:
            del self.run.held[order.rank]

    # ------------------------------------------------------------------ permit, production, delivery

    def issue_permit(self, order: Order, expires: bool = True, expires_at: int = NEVER) -> None:
        """Issue the permit, suspended if its cell is. Where nothing was applied for, there is nothing that expires."""
        authority = self.run.authority[order.source]
        self.run.tell(Fact.APPROVED, order, detail=authority, cents=order.open)
        self.run.permitted[order.rank] = order
        validity, calendar = self.run.validity_of(order.cell, authority)
        if expires_at < NEVER or (expires and validity >= 0):
            minute = expires_at if expires_at < NEVER else self.run.later(validity, calendar)
            order.expiry = At(self.env, minute, Moment.EXPIRY, order.rank, order.attempt)
            order.expiry.callbacks.append(lambda _: self.expire(order))
        if self.run.permits[order.cell] == SUSPENDED:
            self.suspend(order, self.run.stopped_by[order.cell])

    def expire(self, order: Order) -> None:
        """The permit's validity ends, where one is needed: what is undelivered is applied for again meanwhile."""
        if self.run.treatment(order) == EXEMPT:
            return
        del self.run.permitted[order.rank]
        order.suspended = False
        self.stop_patience(order)
        self.run.tell(Fact.EXPIRED, order, detail=self.run.authority[order.source], cents=order.open)
        self.next_round(order)
        order.renewal = self.env.process(self.renew(order))

    def renew(self, order: Order) -> Life:
        """Apply for a new permit while production goes on, and deliver what waited for it."""
        try:
            yield from self.apply(order)
        except AttemptEnded as denied:
            order.renewal = None
            self.interrupt(order, denied)
        except simpy.Interrupt:
            order.renewal = None
        else:
            order.renewal = None
            if not order.suspended:
                self.deliver_waiting(order)

    def suspend(self, order: Order, branch: int) -> None:
        """Suspend a permit: production goes on, delivery waits, and so does the buyer, for a while."""
        order.suspended = True
        self.run.tell(Fact.SUSPENDED, order, detail=branch, cents=order.open)
        self.start_patience(order, "suspension", self.plan.lines.patience_suspension, order.attempt, SUSPENSION)

    def reinstate(self, order: Order, branch: int) -> None:
        """Put a permit in force again and deliver at once what waited: the release spike is real."""
        order.suspended = False
        self.stop_patience(order)
        self.run.tell(Fact.REINSTATED, order, detail=branch, cents=order.open)
        self.deliver_waiting(order)

    def deliver_waiting(self, order: Order) -> None:
        """Deliver the parts that are finished and waited for a permit in force."""
        for part in order.waiting:
            self.deliver(order, part)
        order.waiting.clear()
        if not order.open:
            assert order.wake is not None
            order.wake.succeed()

    def produce(self, order: Order) -> Life:
        """Produce and deliver the parts one after the other, each in one of the supplier's slots."""
        supplier = self.run.supplier[order.source]
        while order.part <= order.parts:
            yield from self.produce_part(order, supplier)
            if order.suspended or order.renewal is not None:
                order.waiting.append(order.part)
            else:
                self.deliver(order, order.part)
            order.part += 1
        if order.open:
            order.wake = self.env.event()
            yield order.wake

    def produce_part(self, order: Order, supplier: int) -> Life:
        """Wait for the part to be called off, for a slot, then for the lead time."""
        slots, attempt, part = self.run.slots[supplier], order.attempt, order.part
        due = self.called_off(order, part)
        if due > self.env.now:
            yield At(self.env, due, Moment.CALL_OFF, order.rank, attempt)
        yield from slots.take()
        minutes = self.chance.draw(
            self.run.lead_time[supplier], order.stream, order.number, PURPOSES["lead_time"], attempt << 16 | part
        )
        ended = At(self.env, self.env.now + minutes, Moment.PRODUCTION_END, order.rank, attempt)
        try:
            yield ended
        except simpy.Interrupt:  # work in hand is finished first, and stranded
            source = order.source
            ended.callbacks.append(lambda _: self.strand_work_in_hand(order, attempt, source, part))
            raise
        self.run.tell(Fact.FINISHED, order, detail=part, cents=order.part_value(part))
        slots.leave()

    def called_off(self, order: Order, part: int) -> int:
        """The minute from which on a part of an order may be begun."""
        first, every = (
            0 if distribution < 0 else self.chance.draw(distribution, order.stream, order.number, PURPOSES[purpose], 0)
            for distribution, purpose in zip(self.run.delivery_plan[order.line], PLANNED, strict=True)
        )
        return called_off(order.placed, first, every, part)

    def strand_work_in_hand(self, order: Order, attempt: int, source: int, part: int) -> None:
        """The end of production for an attempt that has ended."""
        for fact in (Fact.FINISHED, Fact.STRANDED):
            self.run.tell_of(fact, order, attempt, source, part, order.part_value(part))
        self.run.slots[self.run.supplier[source]].leave()

    def deliver(self, order: Order, part: int) -> None:
        """Deliver a finished part."""
        cents = order.part_value(part)
        order.open -= cents
        order.delivered = part
        self.run.tell(Fact.DELIVERED, order, detail=part, cents=cents)
        if self.run.authority[order.source] >= 0:
            self.run.deliveries.append((self.env.now, order.line, order.cell, cents))

    # ------------------------------------------------------------------ the end of an attempt

    def end_attempt(self, order: Order, ended: AttemptEnded) -> None:
        """Write down why an attempt is over, and what that means for source, trust and parts."""
        denied = ended.fact == Fact.DENIED
        self.run.tell(ended.fact, order, detail=ended.detail, cents=0 if denied else order.open)
        order.excluded.add(order.source)
        if denied:
            self.sourcing.lose_trust(order.source, LOSS_DENY, self.env.now)
            self.sourcing.disrupt(order.line, self.env.now)
        for part in order.waiting:
            self.run.tell(Fact.STRANDED, order, detail=part, cents=order.part_value(part))
        order.waiting.clear()

    def clean_up(self, order: Order) -> None:
        """Call off what the attempt was still waiting for; a permit whose last part is delivered is used up."""
        self.stop_patience(order)
        self.run.permitted.pop(order.rank, None)
        order.source = -1
        if order.expiry is not None:
            order.expiry.call_off()
            order.expiry = None

    def start_patience(self, order: Order, what: str, distributions: Any, index: int, reason: int) -> None:
        """From now on the buyer waits for so long and no longer."""
        distribution = int(distributions[order.line])
        if distribution < 0:
            return
        minutes = self.chance.draw(distribution, order.stream, order.number, PURPOSES[f"patience/{what}"], index)
        order.patience = At(self.env, self.env.now + minutes, Moment.PATIENCE, order.rank, order.attempt)
        self.on(order.patience, order, AttemptEnded(Fact.WITHDRAWN, reason))

    def stop_patience(self, order: Order) -> None:
        """The wait is over."""
        if order.patience is not None:
            order.patience.call_off()
            order.patience = None

    def on(self, event: At, order: Order, ended: AttemptEnded) -> None:
        """Let an event end the order's attempt (or, unserved, its wait)."""
        event.callbacks.append(lambda _: self.interrupt(order, ended))

    def interrupt(self, order: Order, ended: AttemptEnded) -> None:
        """End the order's attempt now, and first its renewal if it is under way."""
        assert order.process is not None
        if order.renewal is not None:
            order.renewal.interrupt()
        order.process.interrupt(ended)
