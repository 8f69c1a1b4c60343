"""The Plan: a scenario as numbers, with every array's axes and units where it is declared. Nothing in it is random.

Names have become indices, durations minutes, money cents, distributions rows of parameters. ``-1`` in an index or a
duration means *none* or *never*. A plan is made by :mod:`exportsim.compile` alone; both engines read it. A column that
bears the name of a scenario's key carries what is written there: declared here, it is compiled, laid out for the
compiled engine (if its row asks for it) and checked. Letters for axes: D distributions, L demand lines, S sources (a
line's use of a supplier), P suppliers, A authorities, G stages, C cells, I incidents, M measures, B branches (what a
measure may do), Q streams of arrivals (the lines, then the authorities' traffic).
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Drawn = Annotated[Int, "distribution"]
"""Rows of ``Distributions``, -1 for never and for none."""

NEVER = 1 << 40  # minutes: later than any run ends; sums of a few of them stay far inside int64

MOST_PARTS = 1000  # of an order
MOST_ATTEMPTS = (1 << 16) - 1  # of an order, each with another source: they have 16 bits of an address
MOST_VISITS = 1 << 16  # to a stage, by one attempt in all its rounds of review: they have the next 16

# How the applications and permits of a cell stand.
EXEMPT, OPEN, CASE_BY_CASE, HOLD, DENY = range(5)
IN_FORCE, SUSPENDED = range(2)
APPLICATIONS = ("exempt", "open", "case_by_case", "hold", "deny")
PERMITS = ("in_force", "suspended")
CANCELS = ("suspended", "all")
BACKLOGS = ("decide", "review")
FIRST, NORMAL, LAST = range(3)
PRIORITIES = ("first", "normal", "last")
AS_DRAWN = 1_000_000  # millionths: the factor on work that changes nothing

# What an act says of a number that it may set: that it leaves it, or sets what is written of the authority again.
LEFT, STANDARD = -1, -2

# What costs trust, the second axis of ``Lines.loss``.
LOSS_CASE_BY_CASE, LOSS_HOLD, LOSS_DENY, LOSS_SUSPEND, LOSS_CANCEL = range(5)
LOSSES = ("case_by_case", "hold", "deny", "suspend", "cancel")

# How a source becomes qualified, in ``Sources.starts`` (else the minute at which qualifying starts).
FROM_THE_START, AT_DISRUPTION = -(1 << 41), -(1 << 42)

# Kinds of distribution, in ``Distributions.kind``.
CONSTANT, UNIFORM, TRIANGULAR, EXPONENTIAL, LOGNORMAL, WEIBULL, VALUES, QUANTILES = range(8)

# What may be recorded of a decision, in ``Streams.record_outcome``.
RECORDED_APPROVED, RECORDED_DENIED, RECORDED_WITHDRAWN = range(3)

FIGURES = ("in_review", "held", "in_force", "delivered")
TRIGGER_ON, TRIGGER_AFTER, TRIGGER_WHEN = range(3)


class Names(NamedTuple):
    """What the indices stand for; ``detail`` in a ledger is read through these."""

    lines: tuple[str, ...]
    suppliers: tuple[str, ...]
    authorities: tuple[str, ...]
    stages: tuple[str, ...]  # "authority/stage"
    programmes: tuple[str, ...]  # the first is "none", the others in alphabetical order
    incidents: tuple[str, ...]
    goods: tuple[str, ...]
    destinations: tuple[str, ...]
    policies: tuple[str, ...]
    measures: tuple[tuple[str, ...], ...]  # by policy: the names of its branches
    reasons: tuple[str, ...]
    licences: tuple[tuple[str, ...], ...] = ()  # by line whose register has an `id`: that of each order, from the first


class Distributions(NamedTuple):
    kind: Int  # (D,)
    a: Float  # (D,) low, mean, mu, scale …: minutes, log minutes, cents, log cents or plain
    b: Float  # (D,) high, mode, sigma, 1/shape …
    c: Float  # (D,)
    calendar: Int  # (D,) authority whose calendar its minutes run on, -1 the clock
    first: Int  # (D,) start of its points
    points: Int  # (D,) number of its points
    x: Float  # (points,) probabilities, for QUANTILES
    y: Float  # (points,) values, rising


class Streams(NamedTuple):
    """Arrivals. Hazard is counted in 2⁻³² of an expected arrival, so that its sum is exact."""

    digest: Int  # (Q,) address of the stream's luck
    first: Int  # (Q,) start of its pieces of constant rate
    pieces: Int  # (Q,) number of its pieces
    start: Int  # (pieces,) minute from which the rate holds
    hazard: Int  # (pieces,) 2⁻³² arrivals expected before `start`
    rate: Float  # (pieces,) 2⁻³² arrivals a minute
    record_first: Int  # (L,) start of the line's records, -1 if it has no register
    record_count: Int  # (L,)
    record_minute: Int  # (records,)
    record_cents: Int  # (records,) -1: to be drawn
    record_programme: Int  # (records,) -1: to be drawn
    record_decided: Int  # (records,) minute of the decision that is recorded, NEVER while there is none
    record_outcome: Int  # (records,) RECORDED_APPROVED, RECORDED_DENIED or RECORDED_WITHDRAWN, -1 while there is none
    record_expires: Int  # (records,) minute in which its permit expires, NEVER where that is not recorded
    record_stage: Int  # (records,) stage at which it stands where records end; -1: the first that it needs
    record_turn: Int  # (records,) which place among all it has in going there


class Lines(NamedTuple):
    value: Drawn  # (L,) of an order's cents, -1 if its register says
    parts: Drawn  # (L,)
    least: Int  # (L,) cents that an order is worth at least: one, and with shares one for each part
    deliveries_first: Drawn  # (L,) minutes from an order to the first part's being called off, -1 for none
    deliveries_every: Drawn  # (L,) minutes from one part to the next, -1 for none
    share_first: Int  # (L,) start of the line's shares
    share_count: Int  # (L,) 0: parts are even shares
    share: Int  # (shares,) what a part is worth, against the others of its order
    place: Int  # (L,) (destination, goods) pair
    destination: Int  # (L,)
    goods: Int  # (L,)
    programme: (
        Float  # (L, programmes) cumulated chance, in the order of Names.programmes but for "none",
        # which is the rest
    )
    may_have: NDArray[np.bool_]  # (L, programmes) those that an order of the line can have, "none" first
    source_first: Int  # (L,)
    source_count: Int  # (L,)
    patience_review: Drawn  # (L,)
    patience_suspension: Drawn  # (L,)
    patience_unserved: Drawn  # (L,)
    loss: Float  # (L, 5) share of trust that an act costs
    half_life: Int  # (L,) minutes, -1 never
    ahead_share: Float  # (L,) share of the orders that come ahead of what is announced and makes things worse, 0 none
    ahead_within: Int  # (L,) of those that would come so many minutes after it
    filing_hold: Float  # (L,) share of the orders that is filed under that regime, -1 if nothing is said
    filing_case_by_case: Float  # (L,)
    filing_deny: Float  # (L,)
    filing_lag: Int  # (L,) minutes
    bound_until: (
        Int  # (L,) minute before which its register's decisions are taken as recorded; the first where none are
    )


class Sources(NamedTuple):
    line: Int  # (S,)
    supplier: Int  # (S,)
    authority: Int  # (S,) that licenses this supplier to this line's destination, -1 if no permit is needed
    weight: Float  # (S,)
    starts: Int  # (S,) FROM_THE_START, AT_DISRUPTION or a minute
    time: Drawn  # (S,) of one try
    success: Float  # (S,) chance of one try
    digest: Int  # (S,) address of its luck
    restart: Int  # (S,) minutes after a stop until the line orders from it again, -1 if stops do not matter


class Suppliers(NamedTuple):
    digest: Int  # (P,)
    country: tuple[str, ...]  # (P,)
    authority: Int  # (P,) -1 unlicensed
    slots: Int  # (P,)
    lead_time: Drawn  # (P,)
    price: Int  # (P,) millionths of the value
    ramp_up: Int  # (P,) minutes
    open: Int  # (P,) 1 if all slots are there from the start


class Authorities(NamedTuple):
    digest: Int  # (A,)
    validity: Int  # (A,) minutes, -1 never ends
    validity_calendar: Int  # (A,) the authority itself if in working time, else -1
    approval: Float  # (A,)
    approval_case_by_case: Float  # (A,)
    stage_first: Int  # (A,) of the ordinary review, in Stages
    stage_count: Int  # (A,)
    case_first: Int  # (A,) of the case-by-case review
    case_count: Int  # (A,)
    standard: Int  # (A,) service standard in minutes, -1 none
    standard_calendar: Int  # (A,)


class Stages(NamedTuple):
    authority: Int  # (G,)
    officers: Int  # (G,)
    work: Drawn  # (G,)
    purpose: Int  # (G,) address of the luck of its work
    share: Float  # (G,) of the applications that may need it, those that do
    need: Int  # (G,) address of the luck of who does
    may_need: NDArray[np.bool_]  # (G, C) cells whose applications may need it
    others: NDArray[np.bool_]  # (G,) whether other traffic may
    chance: Float  # (G,) of being sent back when work ends, 0 where nothing is
    sent_back: Int  # (G,) address of the luck of what is
    most: Int  # (G,) how often one application is sent back in a round, 0 where none is
    answer: Drawn  # (G,) of the time until the answer
    answered: Int  # (G,) address of its luck
    sits: Int  # (G,) 1 where a committee sits, which has no officers
    sits_first: Int  # (G,) of its sittings
    sits_count: Int  # (G,) number of its sittings in the run
    sits_most: Int  # (G,) how many applications it takes in one, -1 all that wait
    sitting: Int  # (sittings,) minute, in their order stage by stage


class Calendars(NamedTuple):
    """Working days by authority, from the midnight ``origin`` on. Both tables run one past their end."""

    origin: int  # minute of the first day in the tables
    working: Int  # (A, days) 1 on working days
    before: Int  # (A, days + 1) working days before a day
    day: Int  # (A, days + 1) the n-th working day, by number of day; past the last, the number of days


class Incidents(NamedTuple):
    digest: Int  # (I,)
    minute: Int  # (I,) -1 if it comes at a rate
    rate: Float  # (I,) 2⁻³² incidents a minute
    window: Int  # (I,) minutes
    exposure: Int  # (I,) cents
    scope: NDArray[np.bool_]  # (I, lines) lines whose licensed deliveries count


class Policy(NamedTuple):
    """The measures of one policy, in order, and their branches."""

    trigger: Int  # (M,) TRIGGER_ON, TRIGGER_AFTER or TRIGGER_WHEN
    minute: Int  # (M,) for TRIGGER_ON
    announced: Int  # (M,) minute from which on orders may come ahead of it, -1 if none do
    incident: Int  # (M,) for TRIGGER_AFTER
    delay: Drawn  # (M,) for TRIGGER_AFTER
    digest: Int  # (M,) address of the measure's luck
    branch_first: Int  # (M,)
    branch_count: Int  # (M,) 1, or the number of outcomes
    then: Int  # (M,) branch of release, -1 none
    figure: Int  # (M,) index in FIGURES, for TRIGGER_WHEN
    above: Int  # (M,) cents or a number
    below: Int  # (M,)
    every: Int  # (M,) minutes
    window: Int  # (M,) minutes, for "delivered"
    scope: NDArray[np.bool_]  # (M, C) cells
    traffic: NDArray[np.bool_]  # (M, A) authorities whose other traffic counts in `in_review`
    hastened: NDArray[np.bool_]  # (M, L × programmes) orders of a line and programme that may come ahead of it
    chance: Float  # (B,) cumulated within the measure
    applications: Int  # (B,) -1 leaves them
    permits: Int  # (B,)
    cancel: Int  # (B,) index in CANCELS
    officers: Int  # (B, G) number of officers, -1 leaves them
    approval: Float  # (B,) chance, LEFT or STANDARD
    validity: Int  # (B,) minutes, NEVER, LEFT or STANDARD
    validity_works: Int  # (B,) 1 if those minutes are working time of the authority
    backlog: Int  # (B,) index in BACKLOGS, -1 where nothing is said
    take_up: Float  # (B,) share of orders that use an exemption, LEFT where there is none
    work: Int  # (B, G) factor on work in millionths, LEFT leaves it
    priority: Int  # (B,) index in PRIORITIES


ACTS = Policy._fields[Policy._fields.index("chance") + 1 :]
"""What a branch does, column by column."""


def most_rounds(stages: Stages) -> int:
    """How many reviews an attempt may have after the first, so that its visits to every stage have addresses."""
    return MOST_VISITS // (int(stages.most.max(initial=0)) + 1) - 1


class Weight(NamedTuple):
    """What a unit of an outcome counts in the scenario's objective."""

    outcome: str
    amount: Fraction  # currency units


class Plan(NamedTuple):
    """Everything an engine needs to know; see the parts for axes and units."""

    names: Names
    origin: datetime  # the moment of minute 0, which is period.start
    start: int  # minute at which the run starts: minus the warm-up
    end: int  # minute at which it stops: the midnight after period.end
    currency: str
    objective: tuple[Weight, ...]  # of outcomes, not of what is played; none without an objective
    distributions: Distributions
    streams: Streams
    lines: Lines
    sources: Sources
    suppliers: Suppliers
    authorities: Authorities
    stages: Stages
    calendars: Calendars
    incidents: Incidents
    policies: tuple[Policy, ...]
    cell: Int  # (A, places, programmes) number of the cell
    cell_authority: Int  # (C,)
    cell_place: Int  # (C,)
    cell_programme: Int  # (C,)
    line_cell: NDArray[np.bool_]  # (L, C) cells that an order of the line can be in
