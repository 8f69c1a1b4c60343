"""The small rules that both engines share. Each is a pure function of a few numbers, with a truth table in the tests.

Shared rules are blind to the comparison of the engines, so they stay tiny: what a regime decides, which source is
taken, how trust returns, how value is split.
"""

from __future__ import annotations

from exportsim.elementary import LN_2, exp
from exportsim.jit import compiled
from exportsim.plan import (
    AS_DRAWN,
    CASE_BY_CASE,
    DENY,
    EXEMPT,
    HOLD,
    LOSS_CASE_BY_CASE,
    LOSS_DENY,
    LOSS_HOLD,
    OPEN,
    SUSPENDED,
    Float,
    Int,
)

# What becomes of a reviewed application.
APPROVED, DENIED, HELD, REFERRED = range(4)


@compiled
def round_index(attempt: int, round_number: int) -> int:
    """Where the luck of an attempt's round of review stands: the first, 0, where that of the attempt does."""
    return attempt + (round_number << 16)


@compiled
def visit_index(attempt: int, round_number: int, returns: int, most: int) -> int:
    """Where the luck of a visit to a stage stands, after so many returns from it in a round that has ``most``."""
    return attempt + (round_number * (most + 1) + returns << 16)


@compiled
def decision(
    applications: int, referred: bool, u: float, approval: float, approval_case_by_case: float, approval_denied: float
) -> int:
    """What the regime of its cell makes of an application at the end of its review.

    ``referred`` says whether it has been through the case-by-case stages, ``u`` is the luck of its approval, and the
    authority approves with the one or the other probability; where applications are denied, with the last.
    """
    if applications == EXEMPT:
        return APPROVED
    if applications == HOLD:
        return HELD
    if applications == DENY:
        return APPROVED if u < approval_denied else DENIED
    if applications == OPEN:
        return APPROVED if u < approval else DENIED
    if not referred:
        return REFERRED
    return APPROVED if u < approval_case_by_case else DENIED


@compiled
def is_filed(applications: int, u: float, hold: float, case_by_case: float, deny: float) -> bool:
    """Whether an order is filed under a regime: its luck ``u`` lies below the line's share for it.

    A share of -1 is one of which nothing is said: all are filed, and none where all are denied.
    """
    if applications == DENY:
        return u < deny
    if applications == HOLD:
        return hold < 0.0 or u < hold
    if applications == CASE_BY_CASE:
        return case_by_case < 0.0 or u < case_by_case
    return True


@compiled
def stop_of(applications: int, permits: int) -> int:
    """As which regime a cell is stopped: DENY, HOLD (or its permits are suspended), or -1."""
    if applications == DENY:
        return DENY
    return HOLD if applications == HOLD or permits == SUSPENDED else -1


@compiled
def is_closed(
    applications: int, stop: int, ended: int, now: int, restart: int, u: float, hold: float, deny: float
) -> bool:
    """Whether a source is closed to an order whose luck of filing is ``u``.

    ``stop`` is the regime of the cell's last stop (-1: there was none), ``ended`` the minute of its end, NEVER while it
    holds; ``restart`` (-1: stops do not matter) is how long after it the line orders again.
    """
    if applications == DENY and not u < deny:
        return True
    if restart < 0 or stop < 0 or now - ended >= restart:
        return False
    return not u < (deny if stop == DENY else hold)


@compiled
def is_on_record(attempt: int, placed: int, bound_until: int) -> bool:
    """Whether what is recorded of an order binds its attempt: its first, of an order that came while records bind."""
    return attempt == 1 and placed < bound_until


@compiled
def term(set_to: float, standard: float) -> float:
    """What holds of a number that a measure may set: what it set, or else what the authority has."""
    return set_to if set_to >= 0.0 else standard


@compiled
def multiplied(minutes: int, millionths: int) -> int:
    """Minutes times a factor, exactly, to the nearest; half a minute counts as one."""
    whole, rest = minutes // AS_DRAWN, minutes % AS_DRAWN  # their products have room
    return whole * millionths + (2 * rest * millionths + AS_DRAWN) // (2 * AS_DRAWN)


@compiled
def treated_as(applications: int, u: float, take_up: float) -> int:
    """How an application is treated in a cell: who does not use its general licence goes as under ``open``.

    ``u`` is the order's luck in this, of which as many make use of the licence as ``take_up`` says.
    """
    return OPEN if applications == EXEMPT and u >= take_up else applications


@compiled
def pick(pulls: Float, u: float) -> int:
    """Which of several is taken, with probability proportional to its pull; -1 if none has any.

    A pull is weight × trust, 0 for what is no candidate; ``u`` lies between 0 and 1.
    """
    total = 0.0
    for pull in pulls:
        total += pull
    if total <= 0.0:
        return -1
    reached = 0.0
    chosen = -1
    for k in range(len(pulls)):
        if pulls[k] > 0.0:
            chosen = k
            reached += pulls[k]
            if u * total < reached:
                break
    return chosen


@compiled
def programme_of(cumulated: Float, u: float) -> int:
    """The programme of an order: 0 for none, k for the k-th, whose cumulated chance ``u`` falls under."""
    for k in range(len(cumulated)):
        if u < cumulated[k]:
            return k + 1
    return 0


@compiled
def outcome_of(cumulated: Float, u: float) -> int:
    """Which of a measure's outcomes chance takes."""
    for k in range(len(cumulated) - 1):
        if u < cumulated[k]:
            return k
    return len(cumulated) - 1


@compiled
def trust_at(trust: float, since: int, now: int, half_life: int) -> float:
    """Trust now, if it was ``trust`` at ``since``: what is missing halves every ``half_life`` minutes (-1: never)."""
    if half_life < 0 or trust >= 1.0:
        return trust
    if half_life == 0:
        return 1.0 if now > since else trust
    return 1.0 - (1.0 - trust) * exp(-LN_2 * (now - since) / half_life)


@compiled
def part_value(value: int, parts: int, part: int) -> int:
    """Cents of one part (from 1): an even share, the odd cents in the last."""
    share = value // parts
    return share if part < parts else value - share * (parts - 1)


@compiled
def share_value(value: int, shares: Int, part: int) -> int:
    """Cents of one part (from 1) by the shares of all, each rounded down, the odd cents in the last."""
    total = 0
    for share in shares:
        total += share
    left = value
    for k in range(len(shares) - 1):
        cents = value // total * shares[k] + value % total * shares[k] // total
        if k + 1 == part:
            return int(cents)
        left -= cents
    return int(left)


@compiled
def called_off(ordered: int, first: int, every: int, part: int) -> int:
    """The minute from which on a part (from 1) of an order may be begun."""
    return ordered + first + (part - 1) * every


@compiled
def evidence_chance(delivered: int, exposure: int) -> float:
    """Probability that a diversion is found out after so many cents delivered: 1 − exp(−V / exposure)."""
    return 1.0 - exp(-delivered / exposure)


@compiled
def slot_delay(slot: int, slots: int, ramp_up: int) -> int:
    """Minutes from a supplier's first qualification to the opening of a slot (from 1): the first at once, the last
    after the whole ramp-up, the others evenly between, to the nearest minute."""
    if slots <= 1:
        return 0
    return (2 * (slot - 1) * ramp_up + (slots - 1)) // (2 * (slots - 1))


@compiled
def minute_ahead(since: int, measure: int, u: float) -> int:
    """The minute in which an order comes ahead of a measure, from that of its announcement on; ``u`` lies in (0, 1)."""
    return since + int(u * (measure - since))


@compiled
def loss_of(applications: int) -> int:
    """Which loss of trust a regime of applications costs; -1 for none."""
    if applications == CASE_BY_CASE:
        return LOSS_CASE_BY_CASE
    if applications == HOLD:
        return LOSS_HOLD
    if applications == DENY:
        return LOSS_DENY
    return -1
