"""The headline outcomes: what each is, in one table, and how it is computed from a ledger.

What is counted: facts from ``period.start`` on. An order placed in the warm-up and delivered in the period counts where
it is delivered, not where it is ordered, so that for every play, to the cent,

    ordered + open_at_start = delivered + lost + pending.

A quantile is the shortest time within which at least that share fell (no interpolation). An outcome of which there is
nothing in a future (a delay without deliveries) is undefined there, NaN, and its interval rests on the other futures.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.analysis import processing
from exportsim.analysis.history import History, history, spend
from exportsim.analysis.series import Entries, series
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import Int, Plan

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
        "Withdrawn and undecided applications have no processing time.",
    ),
    Outcome("processing_time_p90", DAYS, "The same: the 90th percentile."),
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
    """
    lives = history(ledger, plan)
    cents = _money(lives, plan)
    found = {name: amount / 100 for name, amount in cents.items()}
    found |= _times(lives, ledger, plan)
    found |= _final_shares(lives, plan)
    return Measured({outcome.name: found[outcome.name] for outcome in outcomes(plan)}, series(lives, plan))


def _money(lives: History, plan: Plan) -> dict[str, int]:
    counted = lives.minute >= 0
    delivered = counted & (lives.fact == Fact.DELIVERED)
    before = (lives.minute < 0) & (lives.until >= 0)  # where each order of the warm-up stands when the period starts
    last = np.ones(len(lives.order), dtype=bool)
    last[:-1] = lives.order[1:] != lives.order[:-1]
    supplier, parts = lives.supplier[delivered], lives.cents[delivered]
    sums = {
        "exports": lives.cents[delivered & (lives.authority >= 0)],
        "delivered": parts,
        "substituted": parts[supplier != lives.first[lives.order[delivered]]],
        "lost": lives.cents[counted & (lives.fact == Fact.LOST)],
        "pending": lives.open[last],
        "ordered": lives.cents[counted & (lives.fact == Fact.ORDERED)],
        "open_at_start": lives.open[before],
        "premium": spend(parts, plan.suppliers.price[supplier]) - parts,
    }
    sums |= {f"delivered/{name}": parts[supplier == number] for number, name in enumerate(plan.names.suppliers)}
    return {name: int(values.sum()) for name, values in sums.items()}


def _times(lives: History, ledger: Ledger, plan: Plan) -> dict[str, float]:
    delivered = (lives.minute >= 0) & (lives.fact == Fact.DELIVERED)
    taken = lives.minute[delivered] - lives.placed[lives.order[delivered]]
    weight = lives.cents[delivered]
    applications = processing.of_orders(lives)
    took = processing.times(applications)
    timely, counted = processing.within_standard(applications, plan)
    return {
        "delay": _ratio(_product_sum(weight, taken), int(weight.sum()) * processing.DAY),
        "processing_time_median": _quantile_days(took, 0.5),
        "processing_time_p90": _quantile_days(took, 0.9),
        "within_standard": _ratio(timely, counted),
        "traffic_processing_time_median": _quantile_days(processing.times(processing.of_traffic(ledger)), 0.5),
    }


def _final_shares(lives: History, plan: Plan) -> dict[str, float]:
    delivered = (lives.minute >= final_year(plan)) & (lives.fact == Fact.DELIVERED)
    supplier, parts = lives.supplier[delivered], lives.cents[delivered]
    total = int(parts.sum())
    return {
        f"final_share/{name}": _ratio(int(parts[supplier == number].sum()), total)
        for number, name in enumerate(plan.names.suppliers)
    }


def final_year(plan: Plan) -> int:
    """The minute at which the last year of the period begins: the same day a year before its end, or its start."""
    end = plan.origin + timedelta(minutes=plan.end)
    try:
        begin = end.replace(year=end.year - 1)
    except ValueError:  # 29 February
        begin = datetime(end.year - 1, 3, 1, tzinfo=end.tzinfo)
    return max(0, (begin - plan.origin) // timedelta(minutes=1))


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _product_sum(a: Int, b: Int) -> int:
    """The exact sum of products, which may pass int64."""
    bound = float(np.abs(a).max(initial=0)) * float(np.abs(b).max(initial=0)) * len(a)
    if bound < 2.0**62:
        return int((a * b).sum())
    return sum(x * y for x, y in zip(a.tolist(), b.tolist(), strict=True))


def _quantile_days(minutes: NDArray[np.int64], share: float) -> float:
    if not len(minutes):
        return math.nan
    found = np.quantile(minutes, share, method="inverted_cdf")
    return float(found) / processing.DAY
