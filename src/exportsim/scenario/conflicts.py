"""Checks on policies: measures of one day that contradict each other, names that come twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from exportsim.language import listed, text
from exportsim.scenario.cells import Cells, cells_of
from exportsim.scenario.measures import TERMS
from exportsim.scenario.messages import Complaint
from exportsim.scenario.policies import HISTORY, chain_of, listed_at
from exportsim.scenario.schema import Act, Measure, Scenario, stages_of
from exportsim.scenario.text import Path

LASTING = ("applications", "permits", *TERMS)
"""What a measure sets in cells until another sets it otherwise."""


class Placed(NamedTuple):
    """A dated measure with what it sets and on which cells."""

    origin: Path
    address: str
    measure: Measure
    cells: int
    sets: Mapping[str, set[str]]
    """What it may set, by key."""


def conflicts(scenario: Scenario) -> tuple[list[Complaint], list[Complaint]]:
    """Measures that set one cell differently on one day: what is wrong, and what is only odd.

    Within one list it is wrong unless one scope lies within the other (a rule and its exception); where one of the
    two comes from a policy that is extended it is odd, since the list at hand did not say so. Of a measure either is
    told once, beside the first that it contradicts so.
    """
    cells = Cells(cells_of(scenario))
    own = {name: _by_day(cells, scenario, name) for name in scenario.policies}
    history = _by_day(cells, scenario, None)
    excepted = {name: cells.of_all(policy.except_) for name, policy in scenario.policies.items()}
    wrong: list[Complaint] = []
    odd: list[Complaint] = []
    for measures in history.values():
        for number, later in enumerate(measures):
            wrong += _contradicted(cells, measures[:number], later, nested=False)
    for policy, days in own.items():
        *below, _ = chain_of(scenario.policies, policy)
        for day, measures in days.items():
            inherited: list[Placed] = []
            left_alone = excepted[policy]
            for name in reversed(below):
                of_day = own[name].get(day, ())
                inherited[:0] = [placed._replace(cells=placed.cells & ~left_alone) for placed in of_day]
                left_alone |= excepted[name]
            inherited[:0] = history.get(day, ())
            for number, later in enumerate(measures):
                odd += _contradicted(cells, inherited, later, nested=True)
                wrong += _contradicted(cells, measures[:number], later, nested=False)
    return wrong, odd


def _by_day(cells: Cells, scenario: Scenario, lister: str | None) -> dict[date, list[Placed]]:
    """The dated measures that a policy lists itself; or, with None, the history."""
    days: dict[date, list[Placed]] = {}
    addresses = listed_at(scenario, lister)
    stages = {stage.stage for authority in scenario.authorities.values() for stage in stages_of(authority)}
    path: Path = (HISTORY,) if lister is None else ("policies", lister, "measures")
    for index, measure in enumerate(scenario.history if lister is None else scenario.policies[lister].measures):
        if measure.on is not None:
            acts: Sequence[Act] = measure.outcomes or [measure]
            sets = {key: {str(getattr(act, key)) for act in acts} - {"None"} for key in LASTING}
            sets |= {f"work: {{{stage}}}": {str(act.factor(stage)) for act in acts} - {"None"} for stage in stages}
            placed = Placed((*path, index), addresses[index], measure, cells.reached(measure), sets)
            days.setdefault(measure.on, []).append(placed)
    return days


def _contradicted(cells: Cells, before: Sequence[Placed], later: Placed, *, nested: bool) -> list[Complaint]:
    """The first measure that another sets cells differently from, be their scopes nested or not."""
    for earlier in before:
        common = earlier.cells & later.cells
        if not common or (not nested and common in (earlier.cells, later.cells)):
            continue
        differing = [
            f"`{key}`"
            for key, settings in later.sets.items()
            if settings and earlier.sets[key] and len(settings | earlier.sets[key]) > 1
        ]
        if differing:
            message = text(
                "warnings.contradicted" if nested else "warnings.contradicting",
                number=common.bit_count(),
                keys=listed(differing),
                day=later.measure.on,
                address=earlier.address,
                cell=" × ".join(cells.first(common)),
            )
            return [Complaint(later.origin, message)]
    return []


def repeated_names(scenario: Scenario) -> Iterator[Complaint]:
    """Two measures of one policy with one name would share their luck and be one in the output."""
    in_history: set[str | None] = set()
    for index, measure in enumerate(scenario.history):
        if measure.name is not None and measure.name in in_history:
            yield Complaint((HISTORY, index, "name"), f"found the name `{measure.name}` again in the history")
        in_history.add(measure.name)
    for policy in scenario.policies:
        *below, _ = chain_of(scenario.policies, policy)
        taken = in_history | {measure.name for name in below for measure in scenario.policies[name].measures}
        for index, measure in enumerate(scenario.policies[policy].measures):
            if measure.name is not None and measure.name in taken:
                path = ("policies", policy, "measures", index, "name")
                where = "in this policy" if measure.name not in in_history else "in this policy: the history has it"
                yield Complaint(path, f"found the name `{measure.name}` again {where}")
            taken.add(measure.name)
