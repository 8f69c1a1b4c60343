"""The outcomes of a ledger, and of parts of it: the rows of :mod:`exportsim.outcomes`, computed from one.

What is counted: facts from ``period.start`` on. An order placed in the warm-up and delivered in the period counts where
it is delivered, not where it is ordered, so that for every play, to the cent,

    ordered + open_at_start = delivered + lost + pending.

The median of an even number of times is halfway between the middle two, and the 90th percentile lies on a straight
line between the two times about rank 0.9 · (n − 1): the definition of spreadsheets, NumPy and pandas (``linear``). An
outcome of which there is nothing in a future (a delay without deliveries) is undefined there, NaN, and its interval
rests on the other futures.

Outcomes are also told apart by year, line, destination, goods, supplier and authority. A delivery, a loss and an order
belong to one year, one line and one supplier or none; every group is a set of these, so sums over groups are the
totals, to the cent. What stands open is, by year, what stands open at each year's start and end, so that the above
holds of every year. What belongs to no supplier (what is ordered, lost or open) has no place in tables by supplier or
authority, and is left out there, as the table of outcomes says (:mod:`exportsim.outcomes`). So are processing times and
the outcomes named after suppliers and others, which groups do not add up to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from operator import mul
from typing import NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import check_sums
from exportsim.analysis.counter import Counter, Journal
from exportsim.analysis.counting_tables import Groups, licensing, line_axes, months, supplied
from exportsim.analysis.figures import FIGURES, Parts, merge, outcome_values, parts_of
from exportsim.analysis.intervals import FROM_ZERO, OF_SHARE, OF_SHARES_APART, UNBOUNDED, Bounds
from exportsim.analysis.ledger_rows import Plays
from exportsim.analysis.series import Entries, blank, taken
from exportsim.compile import compile_plan
from exportsim.ledger import Ledger
from exportsim.outcomes import MONEY, OBJECTIVE, OUTCOMES, SECTION, SHARE, Outcome, row, told_by
from exportsim.packed_rows import rows_of
from exportsim.plan import Float, Int, Plan
from exportsim.scenario import Scenario


def bounds_of(outcome: str, unit: str, *, difference: bool = False) -> Bounds:
    """Between what the mean of an outcome, or of a difference of it, must be."""
    if unit == SHARE:
        return OF_SHARES_APART if difference else OF_SHARE
    return UNBOUNDED if difference or outcome in SIGNED else FROM_ZERO


SIGNED = frozenset(outcome.name for outcome in (*OUTCOMES, OBJECTIVE) if outcome.signed)


class Measured(NamedTuple):
    """What one ledger comes to."""

    outcomes: dict[str, float]
    """By name. Money in currency units, times in days, shares from 0 to 1; NaN where undefined."""
    series: Entries


def outcomes(plan: Plan) -> tuple[Outcome, ...]:
    """The outcomes of a scenario: :data:`OUTCOMES` with its suppliers' and other names and its currency filled in."""
    names, filled = {section: getattr(plan.names, section) for section in SECTION.values()}, []
    for outcome in OUTCOMES:
        unit = plan.currency if outcome.unit == MONEY else outcome.unit
        filled += [outcome._replace(name=name, unit=unit) for name in outcome.names(names)]
    if plan.objective:
        filled.append(OBJECTIVE._replace(unit=plan.currency))
    return tuple(filled)


def names_of_outcomes(scenario: Scenario) -> tuple[str, ...]:
    """The names of a scenario's outcomes."""
    return tuple(outcome.name for outcome in outcomes(compile_plan(scenario)))


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
    table, figures, journal = blank(counter.terms), counter.figures(), Journal()
    counter.count(rows_of(ledger), figures, journal=journal)
    journal.post(table)
    names = [outcome.name for outcome in outcomes(plan)]
    return Measured(dict(zip(names, values(figures, plan).tolist(), strict=True)), taken(table, counter.terms))


def values(figures: Int, plan: Plan) -> Float:
    """The outcomes of plays, from figures of shape (…, figures); shape (…, outcomes), in the order of the table."""
    found = _values([outcome.name for outcome in OUTCOMES], figures, parts_of(plan))
    if not plan.objective:
        return found
    return np.concatenate([found, _objective(found, plan)[..., np.newaxis]], axis=-1)


def _objective(found: Float, plan: Plan) -> Float:
    """The weighted sum of the other outcomes: exact in what they are (money in cents), and rounded once."""
    numbers = {outcome.name: number for number, outcome in enumerate(outcomes(plan))}
    columns = [numbers[weight.outcome] for weight in plan.objective]
    is_money = [row(weight.outcome).unit == MONEY for weight in plan.objective]
    taken = np.where(is_money, np.rint(found[..., columns] * 100), found[..., columns])
    amounts = [each.amount / (100 if money else 1) for each, money in zip(plan.objective, is_money, strict=True)]
    sums = [
        float(sum(map(mul, amounts, map(Fraction, play)))) if all(map(math.isfinite, play)) else math.nan
        for play in taken.reshape(-1, len(columns)).tolist()
    ]
    return np.array(sums).reshape(found.shape[:-1])


def _values(names: Sequence[str], figures: Int, parts: Parts) -> Float:
    check_sums(figures)
    return np.concatenate([outcome_values(name, figures, parts) for name in names], axis=-1)


class Grouped(NamedTuple):
    """The figures of plays by group."""

    by: tuple[str, ...]
    figures: Int  # (policies, futures, groups, FIGURES)


class Grouping:
    """Sorts plays' outcomes into groups; a thread has its own."""

    def __init__(self, plan: Plan, by: Sequence[str]) -> None:
        groups = groups_by(plan, by)
        self._plan, self._by, self.labels = plan, tuple(by), groups.labels
        self.outcomes = told_by(*by)
        self._parts = parts_of(plan)
        self._counter = Counter(plan, groups)

    def figures(self, *plays: int) -> Int:
        """Room for the figures of an array of plays, by group."""
        return np.zeros((*plays, len(self.labels), len(FIGURES)), dtype=np.int64)

    def count(self, plays: Plays, figures: Int) -> None:
        """Write the figures of a future's plays, by group; shape (plays, groups, figures)."""
        self._counter.count_plays(plays, self._counter.figures(len(plays)), figures)

    def merged(self, finer: Grouped) -> Int:
        """The figures of these groups, given those of smaller ones; shape (policies, futures, groups, figures)."""
        return add_up(finer, groups_by(self._plan, finer.by), self._by, self.labels)

    def values(self, figures: Int) -> Float:
        """The outcomes of plays, from their figures.

        Shape (…, groups, outcomes): money in currency units, delay in days, NaN where nothing was delivered.
        """
        return _values(self.outcomes, figures, self._parts)


def add_up(finer: Grouped, groups: Groups, by: Sequence[str], labels: Sequence[tuple[str | int, ...]]) -> Int:
    """The figures of larger groups, told apart by fewer names, from those of smaller ones: exact sums."""
    parts = [dict(zip(finer.by, label, strict=True)) for label in groups.labels]
    places = {label: place for place, label in enumerate(labels)}
    into = [places[tuple(part[name] for name in by)] for part in parts]
    # What is open at a year's start or end is so of all years only in the first and in the last one.
    years = [0 if "year" in by else int(part.get("year", 0)) for part in parts]
    opens, closes = (np.equal(years, end).astype(np.int64) for end in (min(years), max(years)))
    *plays, _, figures = finer.figures.shape
    merged = np.zeros((*plays, len(labels), figures), dtype=np.int64)
    flat = finer.figures.reshape(-1, len(parts), figures)
    merge(flat, np.array(into), opens, closes, merged.reshape(-1, len(labels), figures))
    return merged


def groups_by(plan: Plan, by: Sequence[str]) -> Groups:
    """The groups of a plan and their labels, in the order of years, then of the scenario."""
    calendar_years = [month.year if "year" in by else 0 for month in months(plan)[0]]
    years = sorted(set(calendar_years))
    lines, suppliers, authorities = len(plan.names.lines), len(plan.names.suppliers), plan.names.authorities
    year, line, supplier = np.indices((len(years), lines, suppliers + 1))
    axes: dict[str, tuple[Int, Sequence[str | int]]] = {
        "year": (year, years),
        "supplier": (supplier, plan.names.suppliers),
        "authority": (licensing(plan)[line, supplier] % (len(authorities) + 1), (*authorities, "")),  # -1, none, last
        **{name: (part[line], names) for name, (part, names) in line_axes(plan).items()},
    }
    counted = np.broadcast_to(np.insert(supplied(plan), suppliers, False, axis=1), year.shape)
    keys = np.stack([axes[name][0] for name in by], axis=-1)[counted]
    existing, inverse = np.unique(keys, axis=0, return_inverse=True)
    number = np.zeros(year.shape, dtype=np.int64)
    number[counted] = inverse.ravel()
    # Nobody's group: without suppliers in the key that of the line's first source, else any, since it is not looked at.
    number[:, plan.sources.line[::-1], suppliers] = number[:, plan.sources.line[::-1], plan.sources.supplier[::-1]]
    labels = [tuple(axes[name][1][index] for name, index in zip(by, key, strict=True)) for key in existing.tolist()]
    return Groups(np.searchsorted(years, calendar_years), number, labels)
