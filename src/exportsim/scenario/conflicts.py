"""Checks on policies: measures of one day that contradict each other, names that come twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from exportsim.scenario.messages import Complaint
from exportsim.scenario.policies import chain_of
from exportsim.scenario.references import NO_PROGRAMME
from exportsim.scenario.schema import Act, Measure, Policy, Scenario, Scope
from exportsim.scenario.text import Path, dotted

Cell = tuple[str, str, str, str]  # authority, destination, goods, programme


def cells_of(scenario: Scenario) -> frozenset[Cell]:
    """All the cells that an order of a scenario can be in."""
    cells = set()
    for line in scenario.demand.values():
        for supplier in line.sources:
            authority = scenario.suppliers[supplier].authority
            if authority is not None and scenario.authorities[authority].country != line.destination:
                for programme in (NO_PROGRAMME, *line.programmes):
                    cells.add((authority, line.destination, line.goods, programme))
    return frozenset(cells)


class Cells:
    """The cells of a scenario as bits of a number, so that sets of thousands are compared at once."""

    def __init__(self, scenario: Scenario) -> None:
        self.cells = sorted(cells_of(scenario))
        self._all = (1 << len(self.cells)) - 1
        self._named: list[dict[str, int]] = [{}, {}, {}, {}]  # by place in a cell, by name
        for axis, named in enumerate(self._named):
            places: dict[str, list[int]] = {}
            for place, cell in enumerate(self.cells):
                places.setdefault(cell[axis], []).append(place)
            named |= {name: _bits(of_name, len(self.cells)) for name, of_name in places.items()}

    def of(self, scope: Scope) -> int:
        """The cells that a scope names."""
        found = self._all
        lists = (scope.authorities, scope.destinations, scope.goods, scope.programmes)
        for names, named in zip(lists, self._named, strict=True):
            if names is not None:
                found &= self.of_any(named.get(name, 0) for name in names)
        return found

    def of_all(self, scopes: Sequence[Scope]) -> int:
        """The cells that one of some scopes names."""
        return self.of_any(map(self.of, scopes))

    @staticmethod
    def of_any(sets: Iterable[int]) -> int:
        """The cells of any of some sets."""
        found = 0
        for each in sets:
            found |= each
        return found

    def first(self, some: int) -> Cell:
        """The first cell of a set."""
        return self.cells[(some & -some).bit_length() - 1]


def _bits(places: Sequence[int], size: int) -> int:
    found = bytearray(size // 8 + 1)
    for place in places:
        found[place // 8] |= 1 << place % 8
    return int.from_bytes(found, "little")


class Placed(NamedTuple):
    """A dated measure with what it sets and on which cells."""

    origin: Path
    measure: Measure
    cells: int
    sets: tuple[frozenset[str], frozenset[str]]
    """The `applications` and the `permits` that it may set."""


def conflicts(scenario: Scenario) -> tuple[list[Complaint], list[Complaint]]:
    """Measures that set one cell differently on one day: what is wrong, and what is only odd.

    Within one list it is wrong unless one scope lies within the other (a rule and its exception); where one of the
    two comes from a policy that is extended it is odd, since the list at hand did not say so. Of a measure either is
    told once, beside the first that it contradicts so.
    """
    cells = Cells(scenario)
    own = {name: _by_day(cells, name, policy) for name, policy in scenario.policies.items()}
    excepted = {name: cells.of_all(policy.except_) for name, policy in scenario.policies.items()}
    wrong: list[Complaint] = []
    odd: list[Complaint] = []
    for policy, days in own.items():
        *below, _ = chain_of(scenario.policies, policy)
        for day, measures in days.items():
            inherited: list[Placed] = []
            left_alone = excepted[policy]
            for name in reversed(below):
                of_day = own[name].get(day, ())
                inherited[:0] = [each._replace(cells=each.cells & ~left_alone) for each in of_day]
                left_alone |= excepted[name]
            for number, later in enumerate(measures):
                odd += _contradicted(cells, inherited, later, nested=True)
                wrong += _contradicted(cells, measures[:number], later, nested=False)
    return wrong, odd


def _by_day(cells: Cells, name: str, policy: Policy) -> dict[date, list[Placed]]:
    days: dict[date, list[Placed]] = {}
    for index, measure in enumerate(policy.measures):
        if measure.on is not None:
            some = cells.of(measure) & ~cells.of_all(measure.except_)
            acts: Sequence[Act] = measure.outcomes or [measure]
            applications = frozenset(act.applications for act in acts if act.applications is not None)
            permits = frozenset(act.permits for act in acts if act.permits is not None)
            placed = Placed(("policies", name, "measures", index), measure, some, (applications, permits))
            days.setdefault(measure.on, []).append(placed)
    return days


def _contradicted(cells: Cells, before: Sequence[Placed], later: Placed, *, nested: bool) -> list[Complaint]:
    """The first measure that another sets cells differently from, be their scopes nested or not."""
    for earlier in before:
        common = earlier.cells & later.cells
        if not common or (not nested and common in (earlier.cells, later.cells)):
            continue
        differing = [
            f"`{what}`"
            for what, here, there in zip(("applications", "permits"), earlier.sets, later.sets, strict=True)
            if here and there and len(here | there) > 1
        ]
        if differing:
            number = common.bit_count()
            message = (
                f"sets {' and '.join(differing)} on {later.measure.on} differently from `{dotted(earlier.origin)}`, "
                f"for {number} {'cell' if number == 1 else 'cells'} such as {' × '.join(cells.first(common))}"
            )
            end = "; this one holds" if nested else "; let one scope lie within the other, or do not let them meet"
            return [Complaint(later.origin, message + end)]
    return []


def repeated_names(scenario: Scenario) -> Iterator[Complaint]:
    """Two measures of one policy with one name would share their luck and be one in the output."""
    for policy in scenario.policies:
        chain = chain_of(scenario.policies, policy)
        taken: set[str] = set()
        for name in chain:
            for index, measure in enumerate(scenario.policies[name].measures):
                if measure.name is not None and measure.name in taken and name == policy:
                    path = ("policies", name, "measures", index, "name")
                    yield Complaint(path, f"found the name `{measure.name}` again in this policy")
                if measure.name is not None:
                    taken.add(measure.name)
