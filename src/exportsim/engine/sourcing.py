"""Who may supply an order: candidates, trust, qualification, and the slots that open with it."""

from __future__ import annotations

import numpy as np

from exportsim.chance import PURPOSES
from exportsim.engine.clock import At, Settled
from exportsim.engine.state import Life, Order, Run
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import AT_DISRUPTION, FROM_THE_START, NEVER
from exportsim.rules import is_closed, is_filed, is_on_record, pick, slot_delay, trust_at

FIRST_SLOT = 1 << 31  # slots open after the qualifications of the same minute


class Sourcing:
    """The sources of a run's lines."""

    def __init__(self, run: Run) -> None:
        self.run, self.env, self.plan, self.chance = run, run.env, run.plan, run.chance
        self.qualified = [starts == FROM_THE_START for starts in run.plan.sources.starts.tolist()]
        self.trust = [(1.0, run.plan.start)] * len(self.qualified)
        """Of each line in each source: what it was, and when."""
        self.disrupted = [False] * len(run.plan.names.lines)
        self.ramping_since: list[int] = [
            NEVER if not open_ else FROM_THE_START for open_ in run.plan.suppliers.open.tolist()
        ]
        """Of each supplier, the minute from which on its slots open: that of its first qualification."""

    def start(self) -> None:
        """Let the qualifications that start on a date begin."""
        for source, starts in enumerate(self.plan.sources.starts.tolist()):
            if starts not in (FROM_THE_START, AT_DISRUPTION):
                self.env.process(self.qualify(source, starts))

    def choose(self, order: Order) -> int:
        """One of the order's candidates, by weight × trust; -1 if it has none."""
        sources = self.run.sources[order.line]
        order.filing = self.filing_luck(order)
        on_record = is_on_record(order.attempt + 1, order.placed, self.run.bound_until[order.line])
        pulls = [self.recorded_pull(source) if on_record else self.pull(order, source) for source in sources]
        if not any(pulls):
            return -1
        u = self.chance.number(order.stream, order.number, PURPOSES["source"], order.attempt + 1)
        return sources[pick(np.array(pulls), u)]

    def pull(self, order: Order, source: int) -> float:
        """Weight × trust of a source, 0 if it is no candidate for this order."""
        if not self.qualified[source] or source in order.excluded:
            return 0.0
        if self.run.authority[source] >= 0 and self.is_closed(order, source):
            return 0.0
        trust, since = self.trust[source]
        weight: float = self.run.weight[source]
        return weight * trust_at(trust, since, self.env.now, self.run.half_life[order.line])

    def recorded_pull(self, source: int) -> float:
        """Weight of a source that a recorded application can be of: one that needs a permit, whatever holds now."""
        weight: float = self.run.weight[source]
        return weight if self.qualified[source] and self.run.authority[source] >= 0 else 0.0

    def filing_luck(self, order: Order) -> float:
        """The luck of the filing of the order's attempt to come."""
        return self.chance.number(order.stream, order.number, PURPOSES["filing"], order.attempt + 1)

    def is_closed(self, order: Order, source: int) -> bool:
        """Whether a licensed source is closed to new attempts of the order."""
        run, cell = self.run, self.cell(order, source)
        hold, _, deny = run.filing[order.line]
        closed: bool = is_closed(
            run.applications[cell], run.stop[cell], run.stop_ended[cell], self.env.now, run.restart[source],
            order.filing, hold, deny,
        )  # fmt: skip
        return closed

    def is_filed(self, order: Order) -> bool:
        """Whether the order of an attempt is filed under the present regime of its cell."""
        filed: bool = is_filed(self.run.applications[order.cell], order.filing, *self.run.filing[order.line])
        return filed

    def reopen(self, source: int, minute: int) -> Life:
        """From a minute on the line orders from a source again, unless that has been stopped anew."""
        yield At(self.env, minute, Moment.RESTART, source)
        line, authority, restart = (
            int(self.plan.sources.line[source]),
            self.run.authority[source],
            self.run.restart[source],
        )
        cells = np.flatnonzero(self.plan.line_cell[line] & (self.plan.cell_authority == authority)).tolist()
        if any(self.run.stop_ended[cell] + restart == self.env.now for cell in cells):
            yield from self.try_unserved()

    def cell(self, order: Order, source: int) -> int:
        """The cell of an order at the authority that licenses a source."""
        cell: int = self.run.cells[self.run.authority[source]][self.run.place[order.line]][order.programme]
        return cell

    def try_unserved(self) -> Life:
        """Try the unserved orders again, in order of arrival. What is tried in vain leaves no fact."""
        for _, order in sorted(self.run.unserved.items()):
            if any(self.pull(order, source) > 0.0 for source in self.run.sources[order.line]):
                assert order.wake is not None
                order.wake.succeed()
                yield Settled(self.env)

    def lose_trust(self, source: int, act: int, minute: int) -> None:
        """Multiply a line's trust in a source by 1 − loss of an act, at a minute (perhaps before the run)."""
        line = int(self.plan.sources.line[source])
        trust, since = self.trust[source]
        left = trust_at(trust, since, minute, self.run.half_life[line])
        self.trust[source] = (left * (1.0 - float(self.plan.lines.loss[line, act])), minute)

    def disrupt(self, line: int, minute: int) -> None:
        """At a line's first disruption (perhaps before the run), the sources that waited for it start qualifying."""
        if not self.disrupted[line]:
            self.disrupted[line] = True
            for source in self.run.sources[line]:
                if self.plan.sources.starts[source] == AT_DISRUPTION:
                    self.env.process(self.qualify(source, minute))

    def qualify(self, source: int, begins: int) -> Life:
        """Try to qualify a source until it succeeds; then open its supplier's slots and try the unserved."""
        sources = self.plan.sources
        stream = int(sources.digest[source])
        attempt = 0
        succeeded = False
        while not succeeded:
            attempt += 1
            minutes = self.chance.draw(int(sources.time[source]), stream, 0, PURPOSES["qualification"], attempt)
            begins += max(minutes, 1)
            # What was over before the run's first minute is found in it.
            yield At(self.env, max(begins, self.plan.start), Moment.QUALIFICATION, source)
            u = self.chance.number(stream, 0, PURPOSES["success"], attempt)
            succeeded = u < float(sources.success[source])
        self.qualified[source] = True
        supplier = self.run.supplier[source]
        self.run.write(Fact.QUALIFIED, int(sources.line[source]), 0, 0, supplier, -1, 0)
        if begins < self.ramping_since[supplier]:
            self.ramping_since[supplier] = begins
            self.open_slot(supplier, 1)
            for slot in range(2, int(self.plan.suppliers.slots[supplier]) + 1):
                self.env.process(self.ramp_up(supplier, slot, begins))
            yield Settled(self.env)
        yield from self.try_unserved()

    def ramp_up(self, supplier: int, slot: int, since: int) -> Life:
        """Open a slot in its turn, so long after the supplier's first qualification."""
        suppliers = self.plan.suppliers
        due = since + slot_delay(slot, int(suppliers.slots[supplier]), int(suppliers.ramp_up[supplier]))
        yield At(self.env, max(due, self.env.now), Moment.QUALIFICATION, FIRST_SLOT + supplier, slot)
        self.open_slot(supplier, slot)

    def open_slot(self, supplier: int, slot: int) -> None:
        """Open one more slot; whoever waits takes it."""
        if slot <= self.run.slots[supplier].number:
            return  # of two qualifications before the run, the one found later was the earlier
        self.run.write(Fact.SLOT_OPENED, -1, 0, 0, supplier, slot, 0)
        self.run.slots[supplier].resize(slot)
