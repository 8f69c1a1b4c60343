"""The outcomes, in one table, from which figures, expectations, records of the past, units and pages are made.

To add one, give it a row here, and let :mod:`exportsim.analysis.figures` count it: a sum has a figure of its name, any
other outcome a formula of its name. What an outcome is compared with, by what it can be told apart, how it is printed
and on which pages it stands follows from the row. Its words are in the catalogue: ``name`` and ``definition`` under
``outcomes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from exportsim.language import has, text
from exportsim.lifecycle import Fact

MONEY = "money"  # the scenario's currency
DAYS = "days"
SHARE = "share"  # from 0 to 1
NUMBER = "number"

#: By what outcomes can be told apart.
BY = ("year", "line", "destination", "goods", "supplier", "authority")
OF_DELIVERIES = OF_APPLICATIONS = BY
OF_ORDERS = ("year", "line", "destination", "goods")  # an order is with several suppliers, or none

#: What stands for a name in an outcome's name, and in which section of a plan's names those are.
SECTION = {"SUPPLIER": "suppliers", "AUTHORITY": "authorities", "DESTINATION": "destinations"}


class Outcome(NamedTuple):
    """One outcome: its name and its unit (``money`` is the scenario's currency). What it is, the catalogue says."""

    name: str
    unit: str
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
    def definition(self) -> str:
        """What it is, in sentences."""
        return text(f"outcomes.definition.{_entry(self.name)}")

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
    Outcome("exports", MONEY, by=OF_DELIVERIES, record=Fact.DELIVERED, shown=True),
    Outcome("delivered", MONEY, by=OF_DELIVERIES, record=Fact.DELIVERED),
    Outcome("elsewhere", MONEY, by=OF_DELIVERIES, shown=True),
    Outcome("lost", MONEY, by=OF_ORDERS, record=Fact.LOST, less=True, shown=True),
    Outcome("pending", MONEY, by=OF_ORDERS, shown=True),
    Outcome("ordered", MONEY, by=OF_ORDERS, record=Fact.ORDERED),
    Outcome("open_at_start", MONEY, by=OF_ORDERS),
    Outcome("delay", DAYS, by=OF_DELIVERIES, less=True, shown=True),
    Outcome("premium", MONEY, by=OF_DELIVERIES, less=True, signed=True),  # a price below the value is saved
    Outcome("processing_time_mean", DAYS, by=OF_APPLICATIONS, less=True),
    Outcome("processing_time_median", DAYS, less=True),
    Outcome("processing_time_p90", DAYS, less=True),
    Outcome("elapsed_time_median", DAYS, less=True),
    Outcome("within_standard", SHARE, by=OF_APPLICATIONS),
    Outcome("within_standard_cohort", SHARE, by=OF_APPLICATIONS),
    Outcome("backlog", NUMBER, by=OF_APPLICATIONS, less=True),
    Outcome("backlog_age_median", DAYS, less=True),
    Outcome("traffic_processing_time_mean", DAYS, less=True),
    Outcome("traffic_processing_time_median", DAYS, less=True),
    Outcome("delivered/SUPPLIER", MONEY),
    Outcome("final_share/SUPPLIER", SHARE),
    Outcome("final_share_by_number/SUPPLIER", SHARE),
    Outcome("exports/AUTHORITY", MONEY),
    Outcome("received/DESTINATION", MONEY),
    Outcome("incidents", NUMBER, less=True),
    Outcome("evidence", NUMBER, less=True),
)

#: What a record of the past may hold beside the outcomes that name a fact of their own. Times and shares of
#: applications, of which there are as many as there are limits, are read by ``study/calibration/observations.py``.
RECORDED: tuple[Outcome, ...] = (
    *(outcome for outcome in OUTCOMES if outcome.record is not None),
    Outcome("approved_value", MONEY, by=BY, record=Fact.APPROVED),
    Outcome("ordered_number", NUMBER, by=OF_ORDERS, record=Fact.ORDERED),
    Outcome("applied", NUMBER, by=BY, record=Fact.APPLIED),
    Outcome("approved", NUMBER, by=BY, record=Fact.APPROVED),
    Outcome("denied", NUMBER, by=BY, record=Fact.DENIED),
    Outcome("suspended", NUMBER, by=BY, record=Fact.SUSPENDED),
    Outcome("cancelled", NUMBER, by=BY, record=Fact.CANCELLED),
)

#: What a record of the past may hold: the share closed within so many days or working days, counted whole.
WITHIN = re.compile(r"within_([1-9][0-9]{0,3})(bd|d)")

#: The names of those with a column in the tables of a run.
SHOWN = tuple(outcome.name for outcome in OUTCOMES if outcome.shown)

#: What a scenario with an ``objective`` has as well: a sum over its outcomes, each with the weight given there.
OBJECTIVE = Outcome("objective", MONEY, signed=True)

_ROWS = {(outcome.name.partition("/")[0], "/" in outcome.name): outcome for outcome in (*OUTCOMES, OBJECTIVE)}


def row(name: str) -> Outcome:
    """The row of an outcome of a scenario, that of ``delivered/SUPPLIER`` for ``delivered/aselsan``; else KeyError."""
    return _ROWS[name.partition("/")[0], "/" in name]


def in_words(name: str, of: str = "") -> str:
    """An outcome's name in words: ``median processing time``, or ``delivered: ASELSAN`` with the title that it is of.

    What only a record of the past holds has words too: ``closed within 20 working days``.
    """
    entry, each = _entry(name), name.partition("/")[2]
    if has(f"outcomes.name.{entry}"):
        return text(f"outcomes.name.{entry}", of=of or each)
    if (within := WITHIN.fullmatch(name)) is not None:
        return text(f"outcomes.recorded.within_{within[2]}", number=int(within[1]))
    return text(f"outcomes.recorded.{entry}") if has(f"outcomes.recorded.{entry}") else name


def unit_words(unit: str) -> str:
    """A unit in words; a currency stays as it is."""
    entry = unit.replace(" ", "_")
    return text(f"outcomes.unit.{entry}") if has(f"outcomes.unit.{entry}") else unit


def _entry(name: str) -> str:
    kind, of_each, _ = name.partition("/")
    return f"{kind}_each" if of_each else kind


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
