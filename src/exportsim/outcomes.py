"""The outcomes, in one table, from which figures, expectations, records of the past, units and pages are made.

To add one, give it a row here, and let :mod:`exportsim.analysis.figures` count it: a sum has a figure of its name, any
other outcome a formula of its name. What an outcome is compared with, by what it can be told apart, how it is printed
and on which pages it stands follows from the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from exportsim.lifecycle import Fact

MONEY = "money"  # the scenario's currency
DAYS = "days"
SHARE = "share"  # from 0 to 1
NUMBER = "number"

#: By what outcomes can be told apart.
BY = ("year", "line", "destination", "goods", "supplier", "authority")
OF_DELIVERIES = BY
OF_ORDERS = ("year", "line", "destination", "goods")  # an order is with several suppliers, or none

#: What stands for a name in an outcome's name, and in which section of a plan's names those are.
SECTION = {"SUPPLIER": "suppliers", "AUTHORITY": "authorities", "DESTINATION": "destinations"}


class Outcome(NamedTuple):
    """One outcome: its name, its unit (``money`` is the scenario's currency) and what it is."""

    name: str
    unit: str
    definition: str
    by: tuple[str, ...] = ()
    """By which of :data:`BY` it can be told apart; such parts of a sum add up to it, save what stands open by year."""
    record: Fact | None = None
    """The fact that it counts, if a record of the past may hold it."""
    less: bool = False
    """Whether less of it is better."""
    signed: bool = False
    """Whether it can be less than zero."""
    shown: bool = False
    """Whether it has a column in the tables of a run."""

    @property
    def adds_up(self) -> bool:
        """Whether it is a sum, which its parts add up to."""
        return self.unit in (MONEY, NUMBER)

    def names(self, of: Mapping[str, Iterable[str]]) -> list[str]:
        """Its name; if there is one for each of something, its names, given those of each section."""
        kind, _, each = self.name.partition("/")
        return [f"{kind}/{name}" for name in of[SECTION[each]]] if each else [self.name]


#: Every outcome, in the order of reports. What :data:`SECTION` names stands for each of the scenario in turn.
OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "exports",
        MONEY,
        "Value of the parts delivered across a border by suppliers that an authority of the scenario licenses to "
        "their destination.",
        by=OF_DELIVERIES,
        record=Fact.DELIVERED,
        shown=True,
    ),
    Outcome("delivered", MONEY, "Value of the parts delivered, by anybody.", by=OF_DELIVERIES, record=Fact.DELIVERED),
    Outcome(
        "elsewhere",
        MONEY,
        "Value of the parts delivered that are no exports: by suppliers that need no permit of an authority of the "
        "scenario, or within one country.",
        by=OF_DELIVERIES,
        shown=True,
    ),
    Outcome(
        "lost",
        MONEY,
        "Value that nobody will deliver: what was open of an order when its last hope ended.",
        by=OF_ORDERS,
        record=Fact.LOST,
        less=True,
        shown=True,
    ),
    Outcome(
        "pending",
        MONEY,
        "Value open at the end of the period: neither delivered nor lost. By year: at the end of the year.",
        by=OF_ORDERS,
        shown=True,
    ),
    Outcome("ordered", MONEY, "Value of the orders placed.", by=OF_ORDERS, record=Fact.ORDERED),
    Outcome(
        "open_at_start",
        MONEY,
        "Value open at the start of the period, of orders placed in the warm-up. By year: at the start of the year.",
        by=OF_ORDERS,
    ),
    Outcome(
        "delay",
        DAYS,
        "Time from an order to the delivery of its parts, weighted by their value: "
        "sum(cents x days) / sum(cents) over the parts delivered.",
        by=OF_DELIVERIES,
        less=True,
        shown=True,
    ),
    Outcome(
        "premium",
        MONEY,
        "What buyers pay above the orders' value: sum over the parts delivered of value x price, to the nearest cent, "
        "less value.",
        by=OF_DELIVERIES,
        less=True,
        signed=True,  # a price below the orders' value is saved
    ),
    Outcome(
        "processing_time_median",
        DAYS,
        "Calendar days from application to approval or denial: the median over the applications decided. "
        "Of an even number it is halfway between the middle two. "
        "Withdrawn and undecided applications have no processing time.",
        less=True,
    ),
    Outcome("processing_time_p90", DAYS, "The same: the 90th percentile, by linear interpolation.", less=True),
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
        less=True,
    ),
    Outcome("delivered/SUPPLIER", MONEY, "Value of the parts delivered by that supplier."),
    Outcome(
        "final_share/SUPPLIER",
        SHARE,
        "That supplier's share of the value delivered in the last year of the period (in all of it, if it is shorter).",
    ),
    Outcome(
        "exports/AUTHORITY",
        MONEY,
        "What of the exports this authority's permits let out, or its exemptions. All authorities' add up to exports.",
    ),
    Outcome(
        "received/DESTINATION",
        MONEY,
        "Value of the parts delivered to that destination, by anybody: what a restriction on it aims at. All "
        "destinations' add up to delivered.",
    ),
    Outcome("incidents", NUMBER, "Incidents in the period.", less=True),
    Outcome("evidence", NUMBER, "Incidents in the period that were found with evidence of diversion.", less=True),
)

#: What a record of the past may hold beside the outcomes that name a fact of their own. Times and shares of
#: applications, of which there are as many as there are limits, are read by ``study/calibration/observations.py``.
RECORDED: tuple[Outcome, ...] = (
    *(outcome for outcome in OUTCOMES if outcome.record is not None),
    Outcome("approved_value", MONEY, "Value of the permits issued.", by=BY, record=Fact.APPROVED),
    Outcome("ordered_number", NUMBER, "Orders placed.", by=OF_ORDERS, record=Fact.ORDERED),
    Outcome("applied", NUMBER, "Applications made.", by=BY, record=Fact.APPLIED),
    Outcome("approved", NUMBER, "Permits issued.", by=BY, record=Fact.APPROVED),
    Outcome("denied", NUMBER, "Applications denied.", by=BY, record=Fact.DENIED),
)

#: The names of those with a column in the tables of a run.
SHOWN = tuple(outcome.name for outcome in OUTCOMES if outcome.shown)

#: What a scenario with an ``objective`` has as well: a sum over its outcomes, each with the weight given there.
OBJECTIVE = Outcome(
    "objective",
    MONEY,
    "The scenario's `objective`: the sum of weight x outcome over what it weighs, with money to the cent; undefined "
    "where one of these is.",
    signed=True,
)

_ROWS = {(outcome.name.partition("/")[0], "/" in outcome.name): outcome for outcome in (*OUTCOMES, OBJECTIVE)}


def row(name: str) -> Outcome:
    """The row of an outcome of a scenario, that of ``delivered/SUPPLIER`` for ``delivered/aselsan``; else KeyError."""
    return _ROWS[name.partition("/")[0], "/" in name]


def names(of: Mapping[str, Iterable[str]]) -> list[str]:
    """The names of a scenario's outcomes, given those of the sections in :data:`SECTION`."""
    return [name for outcome in OUTCOMES for name in outcome.names(of)]


def less_is_better(name: str, weights: Mapping[str, float] | None = None) -> bool:
    """Whether less of an outcome is better: as the objective weighs it, if it does, else as its row says."""
    weight = 0.0 if weights is None else weights.get(name, 0.0)
    return weight < 0 if weight else row(name).less


def told_by(*by: str) -> tuple[str, ...]:
    """The outcomes that can be told apart by all of these: first those that add up, then the others."""
    known = [outcome for outcome in OUTCOMES if outcome.by and set(by) <= set(outcome.by)]
    return tuple(outcome.name for outcome in sorted(known, key=lambda outcome: not outcome.adds_up))
