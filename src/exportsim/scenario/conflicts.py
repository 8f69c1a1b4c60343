"""Checks on policies: measures of one day that contradict each other or end no hold, names that come twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from exportsim.language import listed, text
from exportsim.scenario.cells import Cells, cells_of
from exportsim.scenario.measures import TERMS
from exportsim.scenario.messages import Complaint
from exportsim.scenario.policies import HISTORY, Listed, addresses_of, chain_of, listed_at, measures_listed
from exportsim.scenario.references import acts_of
from exportsim.scenario.schema import Act, Measure, Scenario, stages_of
from exportsim.scenario.text import Path
from exportsim.scenario.workload import scope_text

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


def backlogs_of_no_hold(scenario: Scenario) -> Iterator[Complaint]:
    """Measures that say what becomes of what was held where, under no policy that has them, anything can be on hold."""
    lists: dict[str | None, list[Measure]] = {name: policy.measures for name, policy in scenario.policies.items()}
    lists[None] = scenario.history
    naming = {lister for lister, listed in lists.items() if any(_backlogs(measure, ()) for measure in listed)}
    having = [name for name in scenario.policies if naming & {None, *chain_of(scenario.policies, name)}]
    for (lister, place), near in ends_of_holds(scenario, having).items():
        measure = lists[lister][place]
        path: Path = (HISTORY, place) if lister is None else ("policies", lister, "measures", place)
        for where, backlog in () if near is None else _backlogs(measure, path):
            message = text("warnings.no_hold", found=backlog, scope=scope_text(measure))
            yield Complaint(where, text("warnings.no_hold_by_then", fault=message, address=near) if near else message)


def ends_of_holds(scenario: Scenario, policies: Iterable[str]) -> dict[tuple[str | None, int], str | None]:
    """For each measure of some policies, by list and place, None if something it reaches may be on hold when it acts.

    Else where the first measure stands that holds something of it too late, or too early; nothing, if none does. What
    waits for an incident or a threshold may act at any time, and whatever has a chance, be it 0, may come to pass. A
    measure that reaches nothing is left out.
    """
    cells, found = Cells(cells_of(scenario)), dict[tuple[str | None, int], str | None]()
    for policy in policies:
        measures = measures_listed(scenario, policy)
        reached = [cells.reached(each.measure) for each in measures]
        addresses = addresses_of(scenario, policy)
        holding = [number for number, each in enumerate(measures) if "hold" in _regimes(each.measure)]
        for number, held in enumerate(_held_before(measures, reached)):
            key = measures[number].lister, measures[number].place
            if not reached[number] or found.get(key, "") is None:
                continue
            others = (addresses[other] for other in holding if other != number and reached[other] & reached[number])
            found[key] = None if held & reached[number] else found.get(key) or next(others, "")
    return found


def _backlogs(measure: Measure, path: Path) -> list[tuple[Path, str]]:
    """Where a measure says what becomes of what was held, and what it says."""
    acts = acts_of(measure, path)
    return [((*where, "backlog"), act.backlog) for where, act in acts if act.backlog is not None]


def _regimes(measure: Measure) -> set[str | None]:
    """What a measure may set as a regime; with None if it may leave what holds."""
    acts = [act for where, act in acts_of(measure, ()) if where or not measure.outcomes]
    return {act.applications for act in acts}


def _held_before(measures: Sequence[Listed], reached: Sequence[int]) -> list[int]:
    """For each measure of a policy, the cells that may be on hold when it acts."""
    regimes = [_regimes(each.measure) for each in measures]
    undated = [number for number, each in enumerate(measures) if each.measure.on is None]
    any_time = held = Cells.of_any(reached[number] for number in undated if "hold" in regimes[number])
    before, ever = [0] * len(measures), held
    dated = [(day, number) for number, each in enumerate(measures) if (day := each.measure.on) is not None]
    for _, number in sorted(dated):
        before[number] = held
        if "hold" in regimes[number]:
            held |= reached[number]
        elif None not in regimes[number]:
            held = held & ~reached[number] | any_time
        ever |= held
    for number in undated:
        before[number] = ever
    return before


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
