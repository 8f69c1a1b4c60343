"""The outcomes of a ledger: the rows of :mod:`exportsim.outcomes`, computed from one.

What is counted: facts from ``period.start`` on. An order placed in the warm-up and delivered in the period counts where
it is delivered, not where it is ordered, so that for every play, to the cent,

    ordered + open_at_start = delivered + lost + pending.

The median of an even number of times is halfway between the middle two, and the 90th percentile lies on a straight
line between the two times about rank 0.9 · (n − 1): the definition of spreadsheets, NumPy and pandas (``linear``). An
outcome of which there is nothing in a future (a delay without deliveries) is undefined there, NaN, and its interval
rests on the other futures.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import check_sums
from exportsim.analysis.counter import Counter, Journal
from exportsim.analysis.figures import outcome_values
from exportsim.analysis.intervals import FROM_ZERO, OF_SHARE, OF_SHARES_APART, UNBOUNDED, Bounds
from exportsim.analysis.ledger_rows import rows_of
from exportsim.analysis.series import Entries
from exportsim.ledger import Ledger
from exportsim.outcomes import MONEY, OUTCOMES, SHARE, Outcome
from exportsim.plan import Float, Int, Plan


def bounds_of(outcome: str, unit: str, *, difference: bool = False) -> Bounds:
    """Between what the mean of an outcome, or of a difference of it, must be."""
    if unit == SHARE:
        return OF_SHARES_APART if difference else OF_SHARE
    return UNBOUNDED if difference or outcome in SIGNED else FROM_ZERO


SIGNED = frozenset(outcome.name for outcome in OUTCOMES if outcome.signed)


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
        filled += [outcome._replace(name=outcome.name.replace("SUPPLIER", name), unit=unit) for name in names]
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
    """The outcomes of plays, from figures of shape (…, figures); shape (…, outcomes), in the order of the table."""
    check_sums(figures)
    suppliers = len(plan.names.suppliers)
    return np.concatenate([outcome_values(outcome.name, figures, suppliers) for outcome in OUTCOMES], axis=-1)
