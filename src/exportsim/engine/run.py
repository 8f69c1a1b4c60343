"""One run as it stands: the clock, every order, permit, officer and slot, and the facts written so far.

Nothing here decides anything; see :mod:`exportsim.engine.reference` for the life of an order,
:mod:`exportsim.engine.sourcing` for who may supply it, :mod:`exportsim.engine.policy` for what authorities do.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import simpy
from simpy.events import Event, Process

from exportsim.chance import Chance
from exportsim.engine.clock import At, Desks
from exportsim.ledger import Row
from exportsim.lifecycle import Fact
from exportsim.plan import IN_FORCE, OPEN, Plan
from exportsim.rules import part_value
from exportsim.working_time import advance

Life = Generator[Event, Any, None]
Observer = Callable[[Row], None]


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

    def part_value(self, part: int) -> int:
        """Cents of one part (from 1)."""
        return part_value(self.value, self.parts, part)


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
        self.applications = [OPEN] * len(plan.cell_authority)
        self.permits = [IN_FORCE] * len(plan.cell_authority)
        self.stopped_by = [-1] * len(plan.cell_authority)
        """The branch that last set a cell's permits."""
        self.officers = [Desks(self.env, number) for number in plan.stages.officers.tolist()]
        slots = zip(plan.suppliers.slots.tolist(), plan.suppliers.open.tolist(), strict=True)
        self.slots = [Desks(self.env, number if open_ else 0) for number, open_ in slots]
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
        self.digest = plan.streams.digest.tolist()
        self.work = list(zip(plan.stages.work.tolist(), plan.stages.purpose.tolist(), strict=True))
        self.calendar = plan.distributions.calendar.tolist()
        self.calendars = [
            (plan.calendars.origin, working, before, day)
            for working, before, day in zip(
                plan.calendars.working, plan.calendars.before, plan.calendars.day, strict=True
            )
        ]
        first, count = plan.lines.source_first.tolist(), plan.lines.source_count.tolist()
        self.sources = [range(a, a + n) for a, n in zip(first, count, strict=True)]
        self.authority = plan.sources.authority.tolist()
        self.supplier = plan.sources.supplier.tolist()
        self.weight = plan.sources.weight.tolist()
        self.cells = plan.cell.tolist()
        self.place = plan.lines.place.tolist()
        a = plan.authorities
        self.review_stages = [
            range(f, f + n) for f, n in zip(a.stage_first.tolist(), a.stage_count.tolist(), strict=True)
        ]
        self.case_stages = [range(f, f + n) for f, n in zip(a.case_first.tolist(), a.case_count.tolist(), strict=True)]
        self.approval = list(zip(a.approval.tolist(), a.approval_case_by_case.tolist(), strict=True))
        self.validity = list(zip(a.validity.tolist(), a.validity_calendar.tolist(), strict=True))
        self.half_life = plan.lines.half_life.tolist()
        self.lead_time = plan.suppliers.lead_time.tolist()

    def end_of_work(self, stream: int, number: int, stage: int, attempt: int) -> int:
        """When work at a stage that begins now will end."""
        distribution, purpose = self.work[stage]
        minutes = self.chance.draw(distribution, stream, number, purpose, attempt)
        return self.later(minutes, self.calendar[distribution])

    def later(self, minutes: int, calendar: int) -> int:
        """The minute after so many, on an authority's calendar or (-1) on the clock."""
        return self.env.now + minutes if calendar < 0 else advance(*self.calendars[calendar], self.env.now, minutes)

    def tell(self, fact: Fact, order: Order, detail: int = -1, cents: int = 0) -> None:
        """Write a fact of an order's present attempt."""
        self.tell_of(fact, order, order.attempt, order.source, detail, cents)

    def tell_of(self, fact: Fact, order: Order, attempt: int, source: int, detail: int, cents: int) -> None:
        """Write a fact of any of an order's attempts."""
        supplier = self.supplier[source] if source >= 0 else -1
        self.write(fact, order.line, order.number, attempt, supplier, detail, cents)

    def write(self, fact: Fact, line: int, order: int, attempt: int, supplier: int, detail: int, amount: int) -> None:
        """Write a row, and show it to the observers."""
        row = (self.env.now, fact, line, order, attempt, supplier, detail, amount)
        self.rows.append(row)
        for observer in self.observers:
            observer(row)
