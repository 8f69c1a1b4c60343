"""One run as it stands: the clock, every order, permit, officer and slot, and the facts written so far.

Nothing here decides anything; see :mod:`exportsim.engine.reference` for the life of an order,
:mod:`exportsim.engine.sourcing` for who may supply it, :mod:`exportsim.engine.policy` for what authorities do.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray
from simpy.events import Event, Process

from exportsim.chance import PURPOSES, Chance
from exportsim.engine.clock import At, Clock, Desks
from exportsim.ledger import Row
from exportsim.lifecycle import Fact
from exportsim.plan import AS_DRAWN, EXEMPT, IN_FORCE, NEVER, NORMAL, OPEN, STANDARD, Int, Plan
from exportsim.rules import multiplied, part_value, share_value, term, treated_as
from exportsim.working_time import advance

Life = Generator[Event, Any, None]
Observer = Callable[[Row], None]


@dataclass(eq=False, slots=True)
class Order:
    """One order, as it stands; or one of an authority's other applications, which is of no line."""

    line: int
    """-1 for another application."""
    number: int
    """In its line, from 1: the address of its luck."""
    rank: int
    """Comparison the run, by arrival: its turn among events of the same minute."""
    stream: int
    value: int
    programme: int
    parts: int
    shares: Int | None
    """What its parts are worth, against each other; None for even shares."""
    placed: int
    """The minute in which it arrived."""
    open: int
    """Cents neither delivered nor lost."""
    attempt: int = 0
    round: int = 0
    """Of the attempt's reviews: the first is 0."""
    returns: int = 0
    """How often the stage at which it is has sent it back in this round."""
    source: int = -1
    cell: int = -1
    """Where it is while it needs a permit. Other applications are in a place of their authority's, after all cells."""
    part: int = 1
    """The next part to be produced in this attempt; parts before it are delivered or wait for reinstatement."""
    delivered: int = 0
    """Parts delivered: they are delivered in order."""
    excluded: set[int] = field(default_factory=set)
    suspended: bool = False
    waiting: list[int] = field(default_factory=list)
    """Parts finished under a suspended permit, or while it is renewed."""
    process: Process | None = None
    renewal: Process | None = None
    """The application for a new permit, while production goes on."""
    wake: Event | None = None
    """What it waits for unserved, or with everything produced."""
    decision: Event | None = None
    """What it waits for at the gate."""
    patience: At | None = None
    expiry: At | None = None
    filing: float = 0.0
    """The luck of the attempt's filing."""
    lag: At | None = None
    """When it will be filed, if the regime of its cell allows it again."""

    def part_value(self, part: int) -> int:
        """Cents of one part (from 1)."""
        if self.shares is not None:
            return share_value(self.value, self.shares, part)
        return part_value(self.value, self.parts, part)


class AttemptEnded(Exception):  # noqa: N818  it is no error
    """This attempt is over and another must follow."""

    def __init__(self, fact: Fact, detail: int) -> None:
        self.fact, self.detail = fact, detail


class Run:
    """One run: a plan, a policy, a future."""

    def __init__(self, plan: Plan, chance: Chance, observers: Sequence[Observer] = ()) -> None:
        self.plan, self.chance, self.observers = plan, chance, observers
        self.env = Clock(initial_time=plan.start)
        self.rows: list[Row] = []
        self.applications = [OPEN] * len(plan.cell_authority)
        self.permits = [IN_FORCE] * len(plan.cell_authority)
        self.stopped_by = [-1] * len(plan.cell_authority)
        """The branch that last set a cell's permits."""
        self.stop = [-1] * len(plan.cell_authority)
        """As which regime a cell is stopped, or was last; -1 if it never was."""
        self.stop_ended = [NEVER] * len(plan.cell_authority)
        """When that ended; NEVER while it holds."""
        self.approval_set = [float(STANDARD)] * len(plan.cell_authority)
        self.approval_denied = [0.0] * len(plan.cell_authority)
        """The chance of approval where applications are denied: none, unless a measure has given one since."""
        self.take_up = [1.0] * len(plan.cell_authority)
        """The share of orders that use the exemption of a cell, where it is exempt."""
        stages, places = len(plan.stages.officers), self.place_of_others(len(plan.names.authorities))
        self.work_factor = [[AS_DRAWN] * stages for _ in range(places)]
        """Of each cell, and of each authority's other applications, by stage, in millionths."""
        self.priority = [NORMAL] * places
        self.validity_set = [(STANDARD, False)] * len(plan.cell_authority)
        """Minutes, and whether these are working time."""
        self.officers = [Desks(self.env, number) for number in plan.stages.officers.tolist()]
        slots = _pairs(plan.suppliers.slots, plan.suppliers.open)
        self.slots = [Desks(self.env, number if open_ else 0) for number, open_ in slots]
        # Who is where, by rank; a rank is given once, so sorted is in order of arrival.
        self.in_review: dict[int, Order] = {}
        self.held: dict[int, Order] = {}
        self.permitted: dict[int, Order] = {}
        self.unserved: dict[int, Order] = {}
        self.unfiled: dict[int, Order] = {}
        self.deliveries: list[tuple[int, int, int, int]] = []
        """Minute, line, cell and cents of what was delivered under licence."""
        self._read_plan()

    def _read_plan(self) -> None:
        """Take from the plan, as plain numbers, what an order asks for again and again."""
        plan = self.plan
        self.digest = plan.streams.digest.tolist()
        self.work = _pairs(plan.stages.work, plan.stages.purpose)
        self.need = _pairs(plan.stages.share, plan.stages.need)
        self.returns = _pairs(plan.stages.chance, plan.stages.sent_back)
        self.answer, self.most = _pairs(plan.stages.answer, plan.stages.answered), plan.stages.most.tolist()
        self.sits = plan.stages.sits.tolist()
        self.may_need, self.others = plan.stages.may_need.tolist(), plan.stages.others.tolist()
        self.calendar = plan.distributions.calendar.tolist()
        self.calendars = [
            (plan.calendars.origin, working, before, day)
            for working, before, day in zip(*plan.calendars[1:], strict=True)
        ]
        self.sources = _ranges(plan.lines.source_first, plan.lines.source_count)
        self.authority = plan.sources.authority.tolist()
        self.supplier = plan.sources.supplier.tolist()
        self.weight = plan.sources.weight.tolist()
        self.cells = plan.cell.tolist()
        lines = plan.lines
        self.value, self.parts, self.programme = lines.value.tolist(), lines.parts.tolist(), list(lines.programme)
        self.least, self.place = lines.least.tolist(), lines.place.tolist()
        self.delivery_plan = _pairs(lines.deliveries_first, lines.deliveries_every)
        shares = _ranges(lines.share_first, lines.share_count)
        self.part_shares = [lines.share[each.start : each.stop] if each else None for each in shares]
        authorities = plan.authorities
        self.review_stages = _ranges(authorities.stage_first, authorities.stage_count)
        self.case_stages = _ranges(authorities.case_first, authorities.case_count)
        self.approval = _pairs(authorities.approval, authorities.approval_case_by_case)
        self.validity = _pairs(authorities.validity, authorities.validity_calendar)
        self.half_life = lines.half_life.tolist()
        self.filing = list(
            zip(
                *(shares.tolist() for shares in (lines.filing_hold, lines.filing_case_by_case, lines.filing_deny)),
                strict=True,
            )
        )
        self.restart = plan.sources.restart.tolist()
        self.bound_until = lines.bound_until.tolist()
        self.lead_time = plan.suppliers.lead_time.tolist()

    def place_of_others(self, authority: int) -> int:
        """The place, after all cells, of an authority's other applications."""
        return len(self.plan.cell_authority) + authority

    def needs(self, stage: int, cell: int, stream: int, number: int, index: int) -> bool:
        """Whether an application of a cell, or of other applications' place, needs a stage."""
        may_need: bool = self.may_need[stage][cell] if cell < self.place_of_others(0) else self.others[stage]
        share, purpose = self.need[stage]
        return may_need and bool(share >= 1.0 or self.chance.number(stream, number, purpose, index) < share)

    def is_returned(self, stream: int, number: int, stage: int, returns: int, index: int) -> bool:
        """Whether an application goes back now that work on it at a stage ends, after so many returns."""
        chance, purpose = self.returns[stage]
        return returns < self.most[stage] and bool(self.chance.number(stream, number, purpose, index) < chance)

    def time_to_answer(self, stream: int, number: int, stage: int, index: int) -> int:
        """The minutes until what a stage has sent back is answered."""
        distribution, purpose = self.answer[stage]
        return self.chance.draw(distribution, stream, number, purpose, index)

    def end_of_work(self, stream: int, number: int, stage: int, index: int, factor: int) -> int:
        """When work at a stage that begins now will end. ``index`` is where the luck of the visit stands."""
        distribution, purpose = self.work[stage]
        minutes = self.chance.draw(distribution, stream, number, purpose, index)
        return self.later(multiplied(minutes, factor), self.calendar[distribution])

    def approvals(self, cell: int, authority: int) -> tuple[float, float, float]:
        """The chances of approval in a cell: after ordinary review, after case-by-case review, and under denial."""
        ordinary, further = (term(self.approval_set[cell], own) for own in self.approval[authority])
        return ordinary, further, self.approval_denied[cell]

    def treatment(self, order: Order) -> int:
        """How the applications of an order's cell are treated, and so this order's."""
        applications, take_up = self.applications[order.cell], self.take_up[order.cell]
        if applications != EXEMPT or take_up >= 1.0:
            return applications
        u = self.chance.number(order.stream, order.number, PURPOSES["take_up"], 0)
        return treated_as(applications, u, take_up)

    def validity_of(self, cell: int, authority: int) -> tuple[int, int]:
        """How long a permit is valid that is issued now in a cell (-1 for ever), and on which calendar."""
        minutes, works = self.validity_set[cell]
        if minutes == STANDARD:
            own: tuple[int, int] = self.validity[authority]
            return own
        return minutes, authority if works else -1

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


def _ranges(first: Int, count: Int) -> list[range]:
    """Runs of indices, from where each starts and how long it is."""
    return [range(start, start + length) for start, length in zip(first.tolist(), count.tolist(), strict=True)]


def _pairs(first: NDArray[Any], second: NDArray[Any]) -> list[tuple[Any, Any]]:
    """Two columns as plain pairs."""
    return list(zip(first.tolist(), second.tolist(), strict=True))
