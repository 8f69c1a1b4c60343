"""The life of an order: its states, the facts a ledger can hold, and the order of things in one minute.

Theory of operation
-------------------
An order lives through *attempts*, each with one supplier. An attempt passes through the states below; every passage is
written to the ledger as a fact, and :data:`PASSAGES` lists every passage there is. An engine that writes a fact not
listed for the state an order is in is wrong, and :mod:`exportsim.invariants` says so.

                                   returned
                                       ⇅
    arrival → sourcing → sourced → in review ⇄ held → producing ⇄ suspended → completed
                 ⇅          ⇅           │                  ⇅ renewing ↲ │
                 ⇅       unfiled        └── a new attempt: sourcing ────┘
             unserved → lost

Applications and permits are seen through the order they belong to. A licensed order that is ``producing`` has a permit,
in force or suspended; ``suspended`` below is the state in which its permit is suspended (production goes on, delivery
waits), ``renewing`` that in which it has expired and another is applied for (in review or held; production goes on,
delivery waits). Completed and lost are final.

The same minute
---------------
Events of one minute are taken by class (:class:`Moment`), then by the number of the order, source, supplier, measure,
incident or stage that they belong to, then by attempt. What an event causes without need of time happens at once,
inside it:

* the order at hand first goes on until it must wait,
* then whoever it made room for (the next application in an officer's queue, the next part in a slot's queue) goes on.

A measure, a qualification, a change of officers or a sitting finishes with each order that it touches, consequences
included, before it turns to the next. Nothing else of the same minute comes between.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple

from exportsim.language import text


class Moment(IntEnum):
    """The classes of events, in the order in which one minute takes them."""

    MEASURE = 1
    QUALIFICATION = 2
    RESTART = 3
    REVIEW_END = 4
    RECORDED_DECISION = 5
    LEFT_OPEN = 6
    SITTING = 7
    ANSWER = 8
    EXPIRY = 9
    FILING = 10
    PRODUCTION_END = 11
    CALL_OFF = 12
    PATIENCE = 13
    ARRIVAL = 14

    @property
    def says(self) -> str:
        """Which events these are."""
        return text(f"moments.{self.name.lower()}")


class Fact(IntEnum):
    """What a row of a ledger can state."""

    ORDERED = 0
    SOURCED = 1
    UNSERVED = 2
    APPLIED = 3
    REVIEW_STARTED = 4
    REVIEW_ENDED = 5
    REFERRED = 6
    HELD = 7
    APPROVED = 8
    DENIED = 9
    WITHDRAWN = 10
    SUSPENDED = 11
    REINSTATED = 12
    CANCELLED = 13
    EXPIRED = 14
    FINISHED = 15
    DELIVERED = 16
    STRANDED = 17
    LOST = 18
    MEASURE = 19
    INCIDENT = 20
    EVIDENCE = 21
    QUALIFIED = 22
    SLOT_OPENED = 23
    UNFILED = 24
    RETURNED = 25
    ANSWERED = 26
    LEFT_OPEN = 27

    @property
    def word(self) -> str:
        """The fact as it is written in tables."""
        return self.name.lower()

    @property
    def says(self) -> str:
        """What has happened, in a clause."""
        return text(f"facts.{self.word}")


class Meaning(NamedTuple):
    """How to read a row of one fact."""

    detail: str
    """What the column ``detail`` speaks of: a list in :class:`exportsim.plan.Names`, ``number``, or nothing."""
    amount: str
    """What the column ``cents`` means."""


MEANINGS: dict[Fact, Meaning] = {
    Fact.ORDERED: Meaning("programmes", "value of the order"),
    Fact.SOURCED: Meaning("", "value still open"),
    Fact.UNSERVED: Meaning("", "value still open"),
    Fact.APPLIED: Meaning("authorities", "value applied for"),
    Fact.REVIEW_STARTED: Meaning("stages", ""),
    Fact.REVIEW_ENDED: Meaning("stages", ""),
    Fact.REFERRED: Meaning("authorities", ""),
    Fact.HELD: Meaning("authorities", ""),
    Fact.APPROVED: Meaning("authorities", "value authorised"),
    Fact.DENIED: Meaning("authorities", ""),
    Fact.WITHDRAWN: Meaning("reasons", "value still open"),
    Fact.SUSPENDED: Meaning("measures", "value authorised and undelivered"),
    Fact.REINSTATED: Meaning("measures", "value authorised and undelivered"),
    Fact.CANCELLED: Meaning("measures", "value authorised and undelivered"),
    Fact.EXPIRED: Meaning("authorities", "value authorised and undelivered"),
    Fact.FINISHED: Meaning("number", "value of the part"),
    Fact.DELIVERED: Meaning("number", "value of the part"),
    Fact.STRANDED: Meaning("number", "value of the part"),
    Fact.LOST: Meaning("reasons", "value still open"),
    Fact.MEASURE: Meaning("measures", "for thresholds: the figure (cents, or a number)"),
    Fact.INCIDENT: Meaning("incidents", ""),
    Fact.EVIDENCE: Meaning("incidents", "value delivered in its window"),
    Fact.QUALIFIED: Meaning("", ""),
    Fact.SLOT_OPENED: Meaning("number", ""),
    Fact.UNFILED: Meaning("authorities", "value still open"),
    Fact.RETURNED: Meaning("stages", ""),
    Fact.ANSWERED: Meaning("stages", ""),
    Fact.LEFT_OPEN: Meaning("authorities", "value applied for"),
}

#: Reasons why patience or sources ended, by their number in ``detail``.
REASONS = ("review", "suspension", "excluded", "unserved", "unfiled")


class State(StrEnum):
    """Where an order stands between two facts."""

    SOURCING = "sourcing"
    UNSERVED = "unserved"
    SOURCED = "sourced"
    UNFILED = "unfiled"
    IN_REVIEW = "in review"
    RETURNED = "returned"
    HELD = "held"
    PRODUCING = "producing"
    SUSPENDED = "suspended"
    RENEWING = "renewing"
    COMPLETED = "completed"
    LOST = "lost"

    @property
    def says(self) -> str:
        """The state in a word or two."""
        return text(f"states.{self.name.lower()}")


#: From which state a fact takes an order to which. ``None`` is before its arrival. A fact that keeps the state stands
#: with itself on both sides. Delivering the last part completes the order; facts of work in hand that belongs to an
#: ended attempt (``review_ended``, ``finished``, ``stranded``) are free of the order's state and not listed here.
PASSAGES: tuple[tuple[State | None, Fact, State], ...] = (
    (None, Fact.ORDERED, State.SOURCING),
    (State.SOURCING, Fact.UNSERVED, State.UNSERVED),
    (State.SOURCING, Fact.LOST, State.LOST),
    (State.UNSERVED, Fact.SOURCED, State.SOURCED),
    (State.UNSERVED, Fact.LOST, State.LOST),
    (State.SOURCING, Fact.SOURCED, State.SOURCED),
    (State.SOURCED, Fact.UNFILED, State.UNFILED),
    (State.UNFILED, Fact.APPLIED, State.IN_REVIEW),
    (State.UNFILED, Fact.APPROVED, State.PRODUCING),  # the cell has become exempt
    (State.UNFILED, Fact.WITHDRAWN, State.SOURCING),
    (State.SOURCED, Fact.APPLIED, State.IN_REVIEW),
    (State.SOURCED, Fact.APPROVED, State.PRODUCING),  # the cell is exempt: the permit is there at once
    (State.SOURCED, Fact.FINISHED, State.PRODUCING),  # the supplier needs no permit
    (State.IN_REVIEW, Fact.LEFT_OPEN, State.IN_REVIEW),  # its record ends, and it goes to the stages
    (State.IN_REVIEW, Fact.REVIEW_STARTED, State.IN_REVIEW),
    (State.IN_REVIEW, Fact.REVIEW_ENDED, State.IN_REVIEW),
    (State.IN_REVIEW, Fact.RETURNED, State.RETURNED),
    (State.RETURNED, Fact.ANSWERED, State.IN_REVIEW),
    (State.RETURNED, Fact.WITHDRAWN, State.SOURCING),
    (State.IN_REVIEW, Fact.HELD, State.HELD),
    (State.IN_REVIEW, Fact.REFERRED, State.IN_REVIEW),
    (State.HELD, Fact.REFERRED, State.IN_REVIEW),
    (State.IN_REVIEW, Fact.APPROVED, State.PRODUCING),
    (State.HELD, Fact.APPROVED, State.PRODUCING),
    (State.IN_REVIEW, Fact.DENIED, State.SOURCING),
    (State.HELD, Fact.DENIED, State.SOURCING),
    (State.IN_REVIEW, Fact.WITHDRAWN, State.SOURCING),
    (State.HELD, Fact.WITHDRAWN, State.SOURCING),
    (State.PRODUCING, Fact.FINISHED, State.PRODUCING),
    (State.PRODUCING, Fact.DELIVERED, State.PRODUCING),
    (State.PRODUCING, Fact.DELIVERED, State.COMPLETED),
    (State.PRODUCING, Fact.SUSPENDED, State.SUSPENDED),
    (State.SUSPENDED, Fact.FINISHED, State.SUSPENDED),
    (State.SUSPENDED, Fact.REINSTATED, State.PRODUCING),
    (State.SUSPENDED, Fact.WITHDRAWN, State.SOURCING),
    (State.PRODUCING, Fact.CANCELLED, State.SOURCING),
    (State.SUSPENDED, Fact.CANCELLED, State.SOURCING),
    (State.PRODUCING, Fact.EXPIRED, State.RENEWING),
    (State.SUSPENDED, Fact.EXPIRED, State.RENEWING),
    (State.RENEWING, Fact.APPLIED, State.RENEWING),
    (State.RENEWING, Fact.REVIEW_STARTED, State.RENEWING),
    (State.RENEWING, Fact.REVIEW_ENDED, State.RENEWING),
    (State.RENEWING, Fact.RETURNED, State.RENEWING),
    (State.RENEWING, Fact.ANSWERED, State.RENEWING),
    (State.RENEWING, Fact.REFERRED, State.RENEWING),
    (State.RENEWING, Fact.HELD, State.RENEWING),
    (State.RENEWING, Fact.FINISHED, State.RENEWING),
    (State.RENEWING, Fact.APPROVED, State.PRODUCING),
    (State.RENEWING, Fact.DENIED, State.SOURCING),
    (State.RENEWING, Fact.WITHDRAWN, State.SOURCING),
)
