"""The headline outcomes: what each is, in one table, and how it is computed from a ledger.

What is counted: facts from ``period.start`` on. An order placed in the warm-up and delivered in the period counts where
it is delivered, not where it is ordered, so that for every play, to the cent,

    ordered + open_at_start = delivered + lost + pending.

The median of an even number of times is halfway between the middle two, and the 90th percentile lies on a straight
line between the two times about rank 0.9 · (n − 1): the definition of spreadsheets, NumPy and pandas (``linear``). An
outcome of which there is nothing in a future (a delay without deliveries) is undefined there, NaN, and its interval
rests on the other futures.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import NONE, OVERFLOWN
from exportsim.analysis.counter import Counter, Journal, rows_of
from exportsim.analysis.intervals import FROM_ZERO, OF_SHARE, OF_SHARES_APART, UNBOUNDED, Bounds
from exportsim.analysis.series import TOO_LARGE, Entries
from exportsim.analysis.tally import (
    DELAY_HIGH,
    DELAY_LOW,
    DELIVERED,
    DELIVERED_BY,
    EXPORTS,
    JUDGED,
    LIMB,
    LOST,
    MEDIAN,
    OPEN_AT_START,
    ORDERED,
    P90,
    PENDING,
    PREMIUM,
    SUBSTITUTED,
    TIMELY,
    TRAFFIC_MEDIAN,
)
from exportsim.errors import ExportsimError
from exportsim.ledger import Ledger
from exportsim.plan import Float, Int, Plan
from exportsim.working_time import DAY

MONEY = "money"  # the scenario's currency
DAYS = "days"
SHARE = "share"  # from 0 to 1


class Outcome(NamedTuple):
    """One outcome: its name, its unit (``money`` is the scenario's currency) and what it is."""

    name: str
    unit: str
    definition: str


#: Every outcome, in the order of reports. ``SUPPLIER`` stands for each supplier of the scenario in turn.
OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "exports",
        MONEY,
        "Value of the parts delivered across a border by suppliers that an authority of the scenario licenses to "
        "their destination.",
    ),
    Outcome("delivered", MONEY, "Value of the parts delivered, by anybody."),
    Outcome(
        "substituted",
        MONEY,
        "Value of the parts delivered by another supplier than the first one that their order went to.",
    ),
    Outcome("lost", MONEY, "Value that nobody will deliver: what was open of an order when its last hope ended."),
    Outcome("pending", MONEY, "Value open at the end of the period: neither delivered nor lost."),
    Outcome("ordered", MONEY, "Value of the orders placed."),
    Outcome("open_at_start", MONEY, "Value open at the start of the period, of orders placed in the warm-up."),
    Outcome(
        "delay",
        DAYS,
        "Time from an order to the delivery of its parts, weighted by their value: "
        "sum(cents x days) / sum(cents) over the parts delivered.",
    ),
    Outcome(
        "premium",
        MONEY,
        "What buyers pay above the orders' value: sum over the parts delivered of value x price, to the nearest cent, "
        "less value.",
    ),
    Outcome(
        "processing_time_median",
        DAYS,
        "Calendar days from application to approval or denial: the median over the applications decided. "
        "Of an even number it is halfway between the middle two. "
        "Withdrawn and undecided applications have no processing time.",
    ),
    Outcome("processing_time_p90", DAYS, "The same: the 90th percentile, by linear interpolation."),
    Outcome(
        "within_standard",
        SHARE,
        "Of the applications to authorities with a service standard that were decided, and those that were withdrawn "
        "or undecided at the end after it had run out: the share decided within it. Working days count on the "
        "authority's calendar if the standard is in them.",
    ),
    Outcome(
        "traffic_processing_time_median",
        DAYS,
        "Calendar days from application to decision of the authorities' other applications: the median.",
    ),
    Outcome("delivered/SUPPLIER", MONEY, "Value of the parts delivered by that supplier."),
    Outcome(
        "final_share/SUPPLIER",
        SHARE,
        "That supplier's share of the value delivered in the last year of the period (in all of it, if it is shorter).",
    ),
)


#: Outcomes that can be less than zero: a price below the orders' value is saved.
SIGNED = frozenset({"premium"})


def bounds_of(outcome: str, unit: str, *, difference: bool = False) -> Bounds:
    """Between what the mean of an outcome, or of a difference of it, must be."""
    if unit == SHARE:
        return OF_SHARES_APART if difference else OF_SHARE
    return UNBOUNDED if difference or outcome in SIGNED else FROM_ZERO


class Measured(NamedTuple):
    """What one ledger comes to."""

    outcomes: dict[str, float]
    """By name. Money in currency units, times in days, shares from 0 to 1; NaN where undefined."""
    series: Entries


def outcomes(plan: Plan) -> tuple[Outcome, ...]:
    """The outcomes of a scenario: :data:`OUTCOMES` with its suppliers' and its currency's names filled in."""
    filled = []
    for outcome in OUTCOMES:
        unit = plan.currency if outcome.unit == MONEY else outcome.unit
        names = plan.names.suppliers if "SUPPLIER" in outcome.name else ("",)
        filled += [Outcome(outcome.name.replace("SUPPLIER", name), unit, outcome.definition) for name in names]
    return tuple(filled)


def measure(ledger: Ledger, plan: Plan) -> Measured:
    """Compute every outcome, and the series, of one ledger.

    Parameters
    ----------
    ledger : Ledger
        Of any policy of the plan, from the start of the warm-up on.
    plan : Plan
        The scenario as numbers: names, prices, calendars and service standards.

    Returns
    -------
    Measured
        Sums are exact: whole cents and minutes until the last division.

    Raises
    ------
    ExportsimError
        If the ledger is of another plan, or a sum grows past 64 bits.
    """
    counter = Counter(plan)
    table, figures, journal = counter.blank(), counter.figures(), Journal()
    counter.count(rows_of(ledger), journal, figures)
    journal.post(table)
    names = [outcome.name for outcome in outcomes(plan)]
    return Measured(dict(zip(names, values(figures, plan).tolist(), strict=True)), counter.taken(table))


def values(figures: Int, plan: Plan) -> Float:
    """The outcomes of plays, from their figures.

    Parameters
    ----------
    figures : ndarray of int64, shape (…, figures)
        As :mod:`exportsim.analysis.tally` numbers them.

    Returns
    -------
    ndarray of float64, shape (…, outcomes)
        In the order of :func:`outcomes`. Each is the nearest number to the exact quotient of two whole ones.
    """
    if figures.size and figures.min() == OVERFLOWN:
        raise ExportsimError(TOO_LARGE)
    suppliers = len(plan.names.suppliers)
    by_supplier = figures[..., DELIVERED_BY : DELIVERED_BY + suppliers]
    finally_by = figures[..., DELIVERED_BY + suppliers :]
    cents = [EXPORTS, DELIVERED, SUBSTITUTED, LOST, PENDING, ORDERED, OPEN_AT_START]
    waited = figures[..., DELAY_HIGH, np.newaxis].astype(object) * 2**LIMB + figures[..., DELAY_LOW, np.newaxis]
    return np.concatenate(
        [
            quotient(figures[..., cents], 100),
            quotient(waited, figures[..., [DELIVERED]].astype(object) * DAY),
            quotient(figures[..., [PREMIUM]], 100),
            in_days(figures[..., [MEDIAN, P90]]),
            quotient(figures[..., [TIMELY]], figures[..., [JUDGED]]),
            in_days(figures[..., [TRAFFIC_MEDIAN]]),
            quotient(by_supplier, 100),
            quotient(finally_by, finally_by.sum(axis=-1, keepdims=True)),
        ],
        axis=-1,
    )


def in_days(tenths: Int | np.int64) -> Float:
    """Quantiles of times, in tenths of a minute, as days; NaN of no times."""
    return np.where(tenths == NONE, np.nan, tenths / (10 * DAY))


def quotient(parts: Any, wholes: Any) -> Float:
    """Parts divided by wholes, whole numbers of any size, rounded once; NaN where there is no whole."""
    parts, wholes = np.broadcast_arrays(parts, wholes)
    if parts.dtype != object and max(np.abs(parts).max(initial=0), np.abs(wholes).max(initial=0)) <= 2**53:
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Float = np.where(wholes == 0, np.nan, parts / wholes)
        return found
    # Numbers that a float cannot hold: Python divides whole numbers of any size, and rounds once.
    pairs = zip(parts.ravel().tolist(), wholes.ravel().tolist(), strict=True)
    return np.array([part / whole if whole else np.nan for part, whole in pairs]).reshape(parts.shape)
