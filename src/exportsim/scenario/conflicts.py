"""Checks on policies: measures of one day that contradict each other, names that come twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from exportsim.scenario.messages import Complaint
from exportsim.scenario.policies import chain_of, resolved_measures
from exportsim.scenario.references import NO_PROGRAMME
from exportsim.scenario.schema import Act, Measure, Scenario, Scope
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


def in_scope(cells: frozenset[Cell], scope: Scope) -> frozenset[Cell]:
    """The cells that a scope names."""
    lists = (scope.authorities, scope.destinations, scope.goods, scope.programmes)
    return frozenset(
        cell for cell in cells if all(names is None or name in names for name, names in zip(cell, lists, strict=True))
    )


def cells_reached(all_cells: frozenset[Cell], measure: Measure) -> frozenset[Cell]:
    """The cells in a measure's scope, less those of its exceptions."""
    return in_scope(all_cells, measure).difference(*(in_scope(all_cells, scope) for scope in measure.except_))


def conflicts(scenario: Scenario) -> tuple[list[Complaint], list[Complaint]]:
    """Measures that set one cell differently on one day: what is wrong, and what is only odd.

    Within one list it is wrong unless one scope lies within the other (a rule and its exception); where one of the
    two comes from a policy that is extended it is odd, since the list at hand did not say so.
    """
    all_cells = cells_of(scenario)
    wrong, odd = [], []
    for policy in scenario.policies:
        origins: list[Path] = [
            ("policies", name, "measures", index)
            for name in chain_of(scenario.policies, policy)
            for index in range(len(scenario.policies[name].measures))
        ]
        measures = resolved_measures(scenario, policy)

        dated = [index for index, measure in enumerate(measures) if measure.on is not None]
        cells = {index: cells_reached(all_cells, measures[index]) for index in dated}
        for earlier, later in combinations(dated, 2):
            if measures[earlier].on != measures[later].on:
                continue
            differing = _differing(measures[earlier], measures[later])
            common = cells[earlier] & cells[later]
            if not differing or not common:
                continue
            owns = [origins[index][1] == policy for index in (earlier, later)]
            nested = cells[earlier] <= cells[later] or cells[later] <= cells[earlier]
            example = " × ".join(min(common))
            message = (
                f"sets {differing} on {measures[later].on} differently from `{dotted(origins[earlier])}`, "
                f"for {len(common)} {'cell' if len(common) == 1 else 'cells'} such as {example}"
            )
            if all(owns) and not nested:
                message += "; let one scope lie within the other, or do not let them meet"
                wrong.append(Complaint(origins[later], message))
            elif not all(owns) and owns[1]:
                odd.append(Complaint(origins[later], f"{message}; this one holds"))
    return wrong, odd


def _differing(earlier: Measure, later: Measure) -> str:
    """What two measures may set differently."""
    found = []
    for what in ("applications", "permits"):
        settings = [{getattr(act, what) for act in _acts(measure)} - {None} for measure in (earlier, later)]
        if settings[0] and settings[1] and len(settings[0] | settings[1]) > 1:
            found.append(f"`{what}`")
    return " and ".join(found)


def _acts(measure: Measure) -> Sequence[Act]:
    return measure.outcomes or [measure]


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
