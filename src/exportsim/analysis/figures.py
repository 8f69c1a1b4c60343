"""The figures that a play is counted into, and the outcomes that are made of them.

Here stands what an outcome counts: :func:`count_delivery` is called for every part delivered in the period, of the
play as a whole or of one of the groups that it is told apart by. Figures are whole numbers (cents, minutes, numbers of
applications), so that they add up exactly in any order; each outcome is made of them by one division at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import NONE, OVERFLOWN, plus
from exportsim.jit import compiled, inlined_part
from exportsim.outcomes import MONEY, OUTCOMES, row
from exportsim.plan import Float, Int, Plan
from exportsim.working_time import DAY

#: The figures of a play, or of a group: first the sums of that name, then what other outcomes are made of.
FIGURES = (
    *(outcome.name for outcome in OUTCOMES if outcome.adds_up and outcome.by),
    *("waited_high", "waited_low"),  # of the parts delivered, cents × minutes from the order
    *("decided", "processing_minutes"),  # applications approved or denied, and how long that took, the clock stopped
    *("closed", "closed_in_time"),  # applications closed, at authorities with a service standard
    *("judged", "judged_in_time"),  # applications made in the period, of which it is known whether they were in time
)
EXPORTS, DELIVERED, ELSEWHERE, PREMIUM = map(FIGURES.index, ("exports", "delivered", "elsewhere", "premium"))
ORDERED, LOST = map(FIGURES.index, ("ordered", "lost"))
OPEN_AT_START, PENDING = map(FIGURES.index, ("open_at_start", "pending"))
BACKLOG = FIGURES.index("backlog")
WAITED_HIGH, WAITED_LOW = map(FIGURES.index, ("waited_high", "waited_low"))
DECIDED, PROCESSING = map(FIGURES.index, ("decided", "processing_minutes"))
CLOSED, CLOSED_IN_TIME = map(FIGURES.index, ("closed", "closed_in_time"))
JUDGED, JUDGED_IN_TIME = map(FIGURES.index, ("judged", "judged_in_time"))
LIMB, LOW = 28, (1 << 28) - 1  # bits of WAITED_LOW: cents × minutes may pass 64 bits, so their sum is kept in two parts

#: After them, of a play alone: quantiles in tenths of minutes; how many other applications were decided, and how long
#: that took; numbers of incidents; then what :class:`Parts` names.
(MEDIAN, P90, ELAPSED_MEDIAN, BACKLOG_AGE, TRAFFIC_MEDIAN, TRAFFIC_DECIDED, TRAFFIC_PROCESSING, INCIDENTS, EVIDENCE,
 FIRST_PART) = range(len(FIGURES), len(FIGURES) + 10)  # fmt: skip


class Parts(NamedTuple):
    """Where the figures of a play lie that there is one of for each supplier, authority or destination: cents, or
    numbers of parts.
    """

    delivered: slice  # by supplier
    final: slice  # the same in the last year
    final_number: slice  # by supplier: how many parts these are
    exports: slice  # by authority
    received: slice  # by destination


def parts_of(plan: Plan) -> Parts:
    """Those of a plan."""
    names, first, slices = plan.names, FIRST_PART, []
    for section in (*[names.suppliers] * 3, names.authorities, names.destinations):
        slices.append(slice(first, first + len(section)))
        first += len(section)
    return Parts(*slices)


@inlined_part
def add(sums: Int, group: int, figure: int, amount: int) -> None:
    """Add to a figure of a group."""
    sums[group, figure] = plus(sums[group, figure], amount)


@inlined_part
def count_delivery(sums: Int, group: int, cents: int, paid: int, waited: int, exported: bool) -> None:
    """Count a part that was delivered in the period.

    ``sums`` has shape (groups, FIGURES); ``waited`` are the minutes since the order.
    """
    add(sums, group, DELIVERED, cents)
    add(sums, group, EXPORTS if exported else ELSEWHERE, cents)
    add(sums, group, PREMIUM, plus(paid, -cents))
    if cents >> 52 != 0 or waited >> 33 != 0:  # further, the products below might not fit
        sums[group, WAITED_HIGH] = OVERFLOWN
    low = sums[group, WAITED_LOW] + (cents & LOW) * waited
    sums[group, WAITED_LOW] = low & LOW
    add(sums, group, WAITED_HIGH, (cents >> LIMB) * waited + (low >> LIMB))


@inlined_part
def count_decision(sums: Int, group: int, minutes: int) -> None:
    """Count an application that was approved or denied in the period after so many minutes, the clock stopped."""
    add(sums, group, DECIDED, 1)
    add(sums, group, PROCESSING, minutes)


@compiled
def merge(figures: Int, into: Int, opens: Int, closes: Int, merged: Int) -> None:
    """Add groups up to larger ones.

    ``figures`` has shape (plays, groups, FIGURES), ``merged``, which is zero, (plays, larger groups, FIGURES). Of each
    group ``into`` has the larger one, ``opens`` and ``closes`` say whether what is open at its start and at its end is
    so of the larger one: not where that goes on over several years.
    """
    for play in range(figures.shape[0]):
        for group in range(figures.shape[1]):
            for figure in range(figures.shape[2]):
                at_end = figure in (PENDING, BACKLOG)
                counts = opens[group] if figure == OPEN_AT_START else closes[group] if at_end else 1
                amount = figures[play, group, figure]
                if counts != 0 and amount != 0:
                    add(merged[play], into[group], figure, amount)


def outcome_values(outcome: str, figures: Int, parts: Parts) -> Float:
    """An outcome of plays or of groups, from their figures.

    Of figures of shape (…, figures), shape (…, 1), or (…, suppliers) of an outcome that each supplier has, and so for
    authorities and destinations: the nearest number to the exact quotient of two whole ones, NaN where undefined.
    """
    if outcome in FORMULAS:
        return FORMULAS[outcome](figures, parts)
    return quotient(_figure(figures, FIGURES.index(outcome)), 100 if row(outcome).unit == MONEY else 1)


def _delay(figures: Int, _: Parts) -> Float:
    high, low, cents = (_figure(figures, number) for number in (WAITED_HIGH, WAITED_LOW, DELIVERED))
    if high.max(initial=0) >> 33 or cents.max(initial=0) >> 52:  # else the products fit
        high, cents = high.astype(object), cents.astype(object)
    return quotient(high * 2**LIMB + low, cents * DAY)


def _mean_days(figures: Int, minutes: int, number: int) -> Float:
    return quotient(_figure(figures, minutes), _figure(figures, number) * DAY)


def _shares(amounts: Int) -> Float:
    return quotient(amounts, amounts.sum(axis=-1, keepdims=True))


#: How the outcomes that are no sums are made of figures.
FORMULAS: dict[str, Callable[[Int, Parts], Float]] = {
    "delay": _delay,
    "processing_time_mean": lambda figures, _: _mean_days(figures, PROCESSING, DECIDED),
    "processing_time_median": lambda figures, _: in_days(_figure(figures, MEDIAN)),
    "processing_time_p90": lambda figures, _: in_days(_figure(figures, P90)),
    "elapsed_time_median": lambda figures, _: in_days(_figure(figures, ELAPSED_MEDIAN)),
    "within_standard": lambda figures, _: quotient(_figure(figures, CLOSED_IN_TIME), _figure(figures, CLOSED)),
    "within_standard_cohort": lambda figures, _: quotient(_figure(figures, JUDGED_IN_TIME), _figure(figures, JUDGED)),
    "backlog_age_median": lambda figures, _: in_days(_figure(figures, BACKLOG_AGE)),
    "traffic_processing_time_mean": lambda figures, _: _mean_days(figures, TRAFFIC_PROCESSING, TRAFFIC_DECIDED),
    "traffic_processing_time_median": lambda figures, _: in_days(_figure(figures, TRAFFIC_MEDIAN)),
    "delivered/SUPPLIER": lambda figures, parts: quotient(figures[..., parts.delivered], 100),
    "final_share/SUPPLIER": lambda figures, parts: _shares(figures[..., parts.final]),
    "final_share_by_number/SUPPLIER": lambda figures, parts: _shares(figures[..., parts.final_number]),
    "exports/AUTHORITY": lambda figures, parts: quotient(figures[..., parts.exports], 100),
    "received/DESTINATION": lambda figures, parts: quotient(figures[..., parts.received], 100),
    "incidents": lambda figures, _: quotient(_figure(figures, INCIDENTS), 1),
    "evidence": lambda figures, _: quotient(_figure(figures, EVIDENCE), 1),
}


def _figure(figures: Int, figure: int) -> Int:
    return figures[..., figure, np.newaxis]


def in_days(tenths: Int | np.int64) -> Float:
    """Quantiles of times, in tenths of a minute, as days; NaN of no times."""
    return np.where(tenths == NONE, np.nan, tenths / (10 * DAY))


def quotient(parts: Any, wholes: Any) -> Float:
    """Parts divided by wholes, whole numbers of any size, rounded once; NaN where there is no whole."""
    parts, wholes = np.broadcast_arrays(parts, wholes)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients: Float = np.where(wholes == 0, np.nan, parts.astype(float) / wholes.astype(float))
    # Numbers that a float cannot hold: Python divides whole numbers of any size, and rounds once.
    large = (wholes != 0) & ((np.abs(parts) > 2**53) | (np.abs(wholes) > 2**53))
    if large.any():
        pairs = zip(parts[large].tolist(), wholes[large].tolist(), strict=True)
        quotients[large] = [part / whole for part, whole in pairs]
    return quotients
