"""What a plan must be, by the scenario that it was made from: every number of it, found another way.

Both engines read the plan, so a wrong number in it is wrong in both ledgers and no comparison of engines sees it.
Here nothing of :mod:`exportsim.compile` is used: quantities are worked out from what was written, addresses from their
names, days one after the other, and a distribution is asked whether it has the median, mean or bounds that were meant.
What is numbered freely (places, cells, rows of distributions, programmes) may be in any order that fits together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from itertools import chain, count
from typing import Any, NamedTuple, get_type_hints

from pydantic import BaseModel

from exportsim.invariants.stated import Stated, exact, programmes_of, stated_measures
from exportsim.plan import LOSSES, Drawn, Plan
from exportsim.scenario.quantities import Duration, Money, Rate
from exportsim.scenario.register import read_register
from exportsim.scenario.register_records import Record
from exportsim.scenario.schema import (
    Authority,
    DemandLine,
    Incident,
    Measure,
    Register,
    Scenario,
    Scope,
    Stage,
    Supplier,
)

Faults = Iterator[tuple[str, str]]
"""Where in the plan a number is wrong, and in what way."""

DAY = 1440
A_MONTH = 43_830  # minutes: 30.4375 days
A_YEAR = 525_960  # minutes: 365.25 days
MINUTES = {"min": 1, "h": 60, "d": DAY, "bd": DAY, "w": 7 * DAY, "mo": A_MONTH, "y": A_YEAR}
CENTS = {"": 100, "k": 100_000, "M": 100_000_000, "bn": 100_000_000_000}
ONE_ARRIVAL = 2**32
MOST_TOLD = 5  # of the wrong entries of a vector


class Written(NamedTuple):
    """A measure as a policy comes to have it."""

    name: str
    measure: Measure
    exceptions: list[Scope]
    """Its own, and those of the policies that inherit it."""
    luck: str
    """The name of its luck: its own, or else the policy that lists it and its place there."""


class Compiled:
    """A plan beside its scenario, and what several rules ask of the scenario."""

    def __init__(self, plan: Plan, scenario: Scenario) -> None:
        self.plan, self.scenario = plan, scenario
        self.lines: list[tuple[str, DemandLine]] = list(scenario.demand.items())
        self.suppliers: list[tuple[str, Supplier]] = list(scenario.suppliers.items())
        self.authorities: list[tuple[str, Authority]] = list(scenario.authorities.items())
        self.incidents: list[tuple[str, Incident]] = list(scenario.incidents.items())
        self.authority_names = [name for name, _ in self.authorities]
        self.supplier_names = [name for name, _ in self.suppliers]
        first = self.midnight(scenario.period.start) - timedelta(minutes=minutes(scenario.period.warm_up))
        self.first_day = first.date()
        self.last_day = scenario.period.end
        self._measures: list[list[Written]] | None = None
        self.records = {index: self._records(name, line) for index, (name, line) in enumerate(self.lines)}

    @staticmethod
    def midnight(day: date) -> datetime:
        """The moment at which a day begins."""
        return datetime.combine(day, time())

    def minute(self, moment: date | datetime) -> int:
        """Minutes from the beginning of the period to a moment, or to the midnight before a day."""
        if not isinstance(moment, datetime):
            moment = self.midnight(moment)
        return int((moment - self.midnight(self.scenario.period.start)).total_seconds()) // 60

    def days(self) -> list[date]:
        """Every day of the run, from its first to its last."""
        found = [self.first_day]
        while found[-1] < self.last_day:
            found.append(found[-1] + timedelta(days=1))
        return found

    def licensor(self, line: DemandLine, supplier: str) -> str | None:
        """The authority whose permit a supplier needs for a line's orders; none at home."""
        authority = self.scenario.suppliers[supplier].authority
        if authority is not None and self.scenario.authorities[authority].country == line.destination:
            return None
        return authority

    def programmes(self, index: int) -> set[str]:
        """What programmes the orders of a line have."""
        records = self.records[index]
        recorded = None if records is None else [record.programme for record in records]
        return programmes_of(self.lines[index][1], recorded)

    def measures(self) -> list[list[Written]]:
        """By policy, its measures with their names and all their exceptions, those of what it extends first."""
        if self._measures is None:
            self._measures = [_named(stated_measures(self.scenario, policy)) for policy in self.scenario.policies]
        return self._measures

    def _records(self, name: str, line: DemandLine) -> list[Record] | None:
        """The records of a line's register that fall into the run, by date, then by row."""
        if not isinstance(line.orders, Register):
            return None
        end = self.midnight(self.last_day) + timedelta(days=1)
        inside = [
            (record.when, row, record)
            for row, record in enumerate(read_register(self.scenario, name))
            if self.midnight(self.first_day) <= record.when < end
        ]
        return [record for _, _, record in sorted(inside, key=lambda one: one[:2])]


def _named(measures: list[Stated]) -> list[Written]:
    """Measures with their names; one made from a trigger counts up until it is nobody's."""
    names = {measure.name for measure, _, _ in measures}
    found = []
    for measure, exceptions, luck in measures:
        if measure.on is not None:
            made = f"{measure.on:%Y-%m-%d}"
        elif measure.when is not None:
            made = f"when {measure.when.figure} above {measure.when.limits.above}"
        else:
            made = f"after {measure.after}"
        again = (f"{made} ({number})" for number in count(2))
        name = measure.name or next(name for name in chain([made], again) if name not in names)
        names.add(name)
        found.append(Written(name, measure, exceptions, luck))
    return found


# ------------------------------------------------------------------ quantities, worked out from what was written


def rounded(amount: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def minutes(duration: Duration) -> int:
    """Whole minutes of a duration."""
    return rounded(exact(duration.number) * MINUTES[duration.unit])


def cents(money: Money) -> int:
    """Whole cents of an amount of money."""
    return rounded(exact(money.number) * CENTS[money.multiple])


def hazard(rate: Rate | None) -> Fraction:
    """How many arrivals a minute of a rate brings, in 2⁻³² of an arrival."""
    return Fraction(0) if rate is None else exact(rate.number) / MINUTES[rate.unit] * ONE_ARRIVAL


def never(duration: Any) -> int:
    """Minutes of a duration, -1 for none and for `never`."""
    return minutes(duration) if isinstance(duration, Duration) else -1


# ------------------------------------------------------------------ what a rule says of an array


def same(path: str, found: Any, expected: Any) -> Faults:
    """Whether numbers of the plan are exactly those that were written."""
    found = found.tolist() if hasattr(found, "tolist") else found
    if found == expected:
        return
    if isinstance(found, list | tuple) and isinstance(expected, Sequence) and not isinstance(expected, str):
        if len(found) != len(expected):
            yield path, f"found {len(found)}, expected {len(expected)} entries"
            return
        wrong = [index for index, (one, other) in enumerate(zip(found, expected, strict=True)) if one != other]
        for index in wrong[:MOST_TOLD]:
            yield from same(f"{path}[{index}]", found[index], expected[index])
        if len(wrong) > MOST_TOLD:
            yield path, f"{len(wrong) - MOST_TOLD} more entries are not as expected"
    elif found != expected:
        yield path, f"found {found!r}, expected {expected!r}"


def carried(name: str, part: Any, index: int, written: BaseModel, **expected: Any) -> Faults:
    """Whether the columns of a part of the plan that bear the names of keys hold what is written there.

    ``expected`` are the columns of which something else is to be expected; distributions are judged by themselves.
    """
    table: Any = type(part)
    kinds = _kinds(table)
    keys = [key for key in type(written).model_fields if kinds.get(key, Drawn) != Drawn]
    for column, value in ({key: _number(getattr(written, key)) for key in keys} | expected).items():
        found = getattr(part, column)[index]
        yield from same(f"{name}.{column}[{index}]", found if isinstance(found, str) else found.item(), value)


@cache
def _kinds(table: type) -> dict[str, Any]:
    """Of what kind each column of a part of the plan is."""
    return get_type_hints(table, include_extras=True)


def _number(written: Any) -> Any:
    if isinstance(written, Money):
        return cents(written)
    return never(written) if written in (None, "never") or isinstance(written, Duration) else written


def close(path: str, found: float, expected: Fraction | float, allowed: Fraction | float) -> Faults:
    """Whether a number of the plan is as near to what was written as a rounding leaves it."""
    if not math.isfinite(found) or abs(Fraction(found) - Fraction(expected)) > Fraction(allowed):
        yield path, f"found {found!r}, expected {float(expected)!r}"


def tiles(path: str, first: Sequence[int], count: Sequence[int], length: int) -> Faults:
    """Whether pieces lie one after the other and fill their table."""
    reached = 0
    for index, (start, number) in enumerate(zip(first, count, strict=True)):
        if start != reached or number < 0:
            yield f"{path}[{index}]", f"found {number} from {start}, expected them from {reached}"
        reached += max(number, 0)
    if reached != length:
        yield path, f"found {reached} in all, expected {length}"


def shapes(compiled: Compiled) -> Faults:
    """Every array of a plan is as long and as wide as what it is about."""
    plan, axes = compiled.plan, Axes(compiled)
    parts: list[tuple[Any, dict[str, tuple[int, ...]]]] = [
        (
            plan.lines,
            {
                "programme": (axes.lines, axes.programmes - 1),
                "may_have": (axes.lines, axes.programmes),
                "loss": (axes.lines, len(LOSSES)),
                "share": (sum(len(line.deliveries.shares or []) for _, line in compiled.lines),),
            },
        ),
        (plan.sources, {}),
        (plan.suppliers, {}),
        (plan.authorities, {}),
        (plan.stages, {"may_need": (axes.stages, len(plan.cell_authority)), "sitting": plan.stages.sitting.shape}),
        (plan.calendars, {"": (axes.authorities, axes.days + 1), "working": (axes.authorities, axes.days)}),
        (plan.incidents, {"scope": (axes.incidents, axes.lines)}),
        (plan.distributions, {"": plan.distributions.kind.shape, "x": axes.points, "y": axes.points}),
        (plan.streams, axes.of_streams()),
        *(
            (policy, axes.of_policy(measures))
            for policy, measures in zip(plan.policies, compiled.measures(), strict=False)
        ),
    ]
    for part, known in parts:
        name = type(part).__name__.lower()
        for field, array in zip(part._fields, part, strict=True):
            yield from shaped(f"{name}.{field}", array, known.get(field, known.get("", (getattr(axes, name, 0),))))
    cells = (axes.authorities * plan.cell.shape[1] * axes.programmes,)
    for field in ("cell_authority", "cell_place", "cell_programme"):
        yield from shaped(field, getattr(plan, field), cells)
    yield from shaped("line_cell", plan.line_cell, (axes.lines, *cells))
    yield from shaped(
        "cell",
        plan.cell,
        (axes.authorities, len({(line.destination, line.goods) for _, line in compiled.lines}), axes.programmes),
    )
    yield from same("policies", len(plan.policies), len(compiled.scenario.policies))


def shaped(path: str, array: Any, expected: tuple[int, ...]) -> Faults:
    """Whether an array has the shape that it must have."""
    found = (len(array),) if isinstance(array, tuple) else getattr(array, "shape", expected)
    if found != expected:
        yield path, f"found the shape {found}, expected {expected}"


OF_RECORDS = ("minute", "cents", "programme", "decided", "outcome", "expires", "stage", "turn")


class Axes:
    """How long the axes of a plan are, by the scenario."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.lines, self.suppliers = len(compiled.lines), len(compiled.suppliers)
        self.authorities, self.incidents = len(compiled.authorities), len(compiled.incidents)
        self.sources = sum(len(line.sources) for _, line in compiled.lines)
        self.stages = sum(len(stages_of(authority)) for _, authority in compiled.authorities)
        self.days = len(compiled.days())
        self.programmes = len(compiled.plan.names.programmes)  # which are checked by name
        self.points = (int(compiled.plan.distributions.points.sum()),)

    def of_streams(self) -> dict[str, tuple[int, ...]]:
        """The shapes of arrivals: streams, pieces of rates, lines, and records of registers."""
        rates = [line.orders for _, line in self.compiled.lines]
        rates += [authority.traffic.applications for _, authority in self.compiled.authorities]
        pieces = sum(1 + (len(rate) if isinstance(rate, dict) else isinstance(rate, Rate)) for rate in rates)
        records = sum(len(records or ()) for records in self.compiled.records.values())
        shapes: dict[str, tuple[int, ...]] = {}
        for names, length in (
            (("digest", "first", "pieces"), self.lines + self.authorities),
            (("start", "hazard", "rate"), pieces),
            (("record_first", "record_count"), self.lines),
            (tuple(f"record_{name}" for name in OF_RECORDS), records),
        ):
            shapes |= dict.fromkeys(names, (length,))
        return shapes

    def of_policy(self, measures: list[Written]) -> dict[str, tuple[int, ...]]:
        """The shapes of a policy's arrays: by measure, but for what its branches do."""
        branches = sum(max(len(one.measure.outcomes), 1) + (one.measure.when is not None) for one in measures)
        one_each = ("chance", "applications", "permits", "cancel", "backlog", "approval", "validity", "validity_works",
                    "take_up", "priority")  # fmt: skip
        shapes: dict[str, tuple[int, ...]] = dict.fromkeys(one_each, (branches,))
        return (
            shapes
            | {"": (len(measures),), "officers": (branches, self.stages), "work": (branches, self.stages)}
            | {"traffic": (len(measures), self.authorities)}
            | {"scope": (len(measures), len(self.compiled.plan.cell_authority))}
            | {"hastened": (len(measures), self.lines * self.programmes)}
        )


def stages_of(authority: Authority) -> list[Stage]:
    """Its stages, those of the case-by-case review last."""
    return [*authority.review, *(authority.case_by_case.review if authority.case_by_case is not None else [])]


PlanRule = Callable[[Compiled], Faults]
"""A function that yields what is wrong with a plan; its first sentence is what must hold."""
