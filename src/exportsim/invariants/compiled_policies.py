"""Cells, incidents, and the measures of every policy, held against the scenario cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from exportsim.invariants.compiled import (
    Compiled,
    Faults,
    PlanRule,
    Written,
    carried,
    cents,
    close,
    hazard,
    minutes,
    never,
    same,
    stages_of,
)
from exportsim.invariants.stated import digest, exact, is_announced, is_worse
from exportsim.plan import (
    APPLICATIONS,
    BACKLOGS,
    CANCELS,
    FIGURES,
    NEVER,
    PERMITS,
    TRIGGER_AFTER,
    TRIGGER_ON,
    TRIGGER_WHEN,
)
from exportsim.scenario.schema import Act, Only, Scope

SMALL = 1e-9  # what sums of chances in floats may be off


class Cell(NamedTuple):
    authorities: str
    destinations: str
    goods: str
    programmes: str


# ------------------------------------------------------------------ cells


def cells_are_numbered_once(compiled: Compiled) -> Faults:
    """Each authority, place and programme together have a number of their own, from 0 on, which leads back to them."""
    plan = compiled.plan
    shape = (len(compiled.authorities), plan.cell.shape[1], len(plan.names.programmes))
    yield from same("cell", plan.cell.shape, shape)
    numbers = plan.cell.ravel().tolist()
    yield from same("cell", sorted(numbers), [*range(len(plan.cell_authority))])
    back = list(zip(plan.cell_authority.tolist(), plan.cell_place.tolist(), plan.cell_programme.tolist(), strict=False))
    triples = [(a, p, q) for a in range(shape[0]) for p in range(shape[1]) for q in range(shape[2])]
    for number, triple in zip(numbers, triples, strict=False):
        if not 0 <= number < len(back) or back[number] != triple:
            yield f"cell{list(triple)}", f"found {number}, which does not lead back"


def cells(compiled: Compiled) -> list[Cell]:
    """The cells by their number, in words."""
    plan = compiled.plan
    place_of = {int(place): line for place, (_, line) in zip(plan.lines.place, compiled.lines, strict=False)}
    found = []
    for authority, place, programme in zip(plan.cell_authority, plan.cell_place, plan.cell_programme, strict=False):
        line = place_of.get(int(place))
        words = [listed[at] if 0 <= at < len(listed) else "?" for listed, at in (
            (plan.names.authorities, int(authority)), (plan.names.programmes, int(programme)))]  # fmt: skip
        destination, goods = ("?", "?") if line is None else (line.destination, line.goods)
        found.append(Cell(words[0], destination, goods, words[1]))
    return found


def cells_of_line(compiled: Compiled, index: int, words: list[Cell]) -> list[bool]:
    """By cell, whether an order of a line can be in it."""
    _, line = compiled.lines[index]
    licensors = {compiled.licensor(line, supplier) for supplier in line.sources}
    programmes = compiled.programmes(index)
    return [
        cell.authorities in licensors
        and (cell.destinations, cell.goods) == (line.destination, line.goods)
        and cell.programmes in programmes
        for cell in words
    ]


def lines_reach_the_cells_that_an_order_can_be_in(compiled: Compiled) -> Faults:
    """An order can be in a cell of an authority that licenses a source of its line, with a programme it may have."""
    words = cells(compiled)
    for index in range(len(compiled.lines)):
        yield from same(f"line_cell[{index}]", compiled.plan.line_cell[index], cells_of_line(compiled, index, words))


# ------------------------------------------------------------------ incidents


def incidents_are_those_written(compiled: Compiled) -> Faults:
    """An incident happens on its date or at its rate, and looks at the lines of its destinations and goods."""
    incidents = compiled.plan.incidents
    for index, (_, incident) in enumerate(compiled.incidents):
        minute, rate = -1 if incident.on is None else compiled.minute(incident.on), hazard(incident.rate)
        found = incidents.rate[index].item()
        yield from carried("incidents", incidents, index, incident, minute=minute, rate=found)
        yield from close(f"incidents.rate[{index}]", found, rate, rate / 2**50)
        scope = []
        for _, line in compiled.lines:
            left_out = (incident.destinations and line.destination not in incident.destinations) or (
                incident.goods and line.goods not in incident.goods
            )
            scope.append(not left_out)
        yield from same(f"incidents.scope[{index}]", incidents.scope[index], scope)


# ------------------------------------------------------------------ measures


def meets(cell: Cell, scope: Scope | Only) -> bool:
    """Whether a cell is in a scope: no list that is given leaves it out."""
    for part, value in zip(cell._fields, cell, strict=True):
        listed = getattr(scope, part, None)
        if listed is not None and value not in listed:
            return False
    return True


def of_authorities_only(scope: Scope) -> bool:
    """Whether a scope gives no list but that of authorities."""
    return {part for part in Cell._fields if getattr(scope, part) is not None} <= {"authorities"}


def reached(written: Written, authority: str) -> bool:
    """Whether a measure changes officers at an authority: in its scope, and in no exception of authorities only."""
    scopes = [written.measure, *filter(of_authorities_only, written.exceptions)]
    inside = [scope.authorities is None or authority in scope.authorities for scope in scopes]
    return inside[0] and not any(inside[1:])


def luck_of(written: Written) -> int:
    """Where a measure's luck is."""
    return digest(written.luck)


def measures_act_when_written(compiled: Compiled) -> Faults:
    """A measure acts on its date, after its incident, or when its figure passes its limits, with luck of its name."""
    yield from same("policies", len(compiled.plan.policies), len(compiled.scenario.policies))
    for number, (policy, measures) in enumerate(zip(compiled.plan.policies, compiled.measures(), strict=False)):
        path = f"policies[{number}]"
        expected: dict[str, list[Any]] = {}
        for written in measures:
            for column, value in _trigger(compiled, written).items():
                expected.setdefault(column, []).append(value)
        for column, values in expected.items():
            yield from same(f"{path}.{column}", getattr(policy, column), values)
        for column in ("delay", "scope", "traffic", "hastened", "announced"):
            yield from same(f"{path}.{column}", len(getattr(policy, column)), len(measures))


def orders_come_ahead_of_what_is_announced(compiled: Compiled) -> Faults:
    """Orders may come ahead of a measure of the run that is announced and makes things worse in a cell of theirs."""
    words = cells(compiled)
    lines = [cells_of_line(compiled, index, words) for index in range(len(compiled.lines))]
    for number, (policy, measures) in enumerate(zip(compiled.plan.policies, compiled.measures(), strict=False)):
        for index, written in enumerate(measures[: len(policy.hastened)]):
            measure, expected, since = written.measure, list[bool](), -1
            reached = [
                meets(cell, measure)
                and not any(meets(cell, scope) for scope in written.exceptions)
                and is_worse(compiled.scenario, measure, cell.authorities)
                for cell in words
            ]
            comes = is_announced(compiled.scenario, measure)
            for (_, line), possible in zip(compiled.lines, lines, strict=True):
                ahead = comes and line.anticipation is not None and line.anticipation.share > 0
                worse = {
                    cell.programmes for cell, own, hit in zip(words, possible, reached, strict=True) if own and hit
                }
                expected += [ahead and name in worse for name in compiled.plan.names.programmes]
            if any(expected) and measure.announced is not None:
                since = max(compiled.minute(measure.announced), compiled.minute(compiled.first_day))
            yield from same(f"policies[{number}].hastened[{index}]", policy.hastened[index], expected)
            yield from same(f"policies[{number}].announced[{index}]", int(policy.announced[index]), since)


def _trigger(compiled: Compiled, written: Written) -> dict[str, Any]:
    measure, when = written.measure, written.measure.when
    found = {"trigger": TRIGGER_ON, "minute": -1, "incident": -1, "figure": -1} | dict.fromkeys(
        ("above", "below", "every", "window"), 0
    )
    found["digest"] = luck_of(written)
    if measure.on is not None:
        found["minute"] = compiled.minute(measure.on)
    elif measure.after is not None:
        found |= {
            "trigger": TRIGGER_AFTER,
            "incident": [name for name, _ in compiled.incidents].index(measure.after),
        }
    else:
        assert when is not None
        watched = next(name for name in FIGURES if getattr(when, name) is not None)
        above, below = (cents(limit) for limit in (when.limits.above, when.limits.below))
        if watched != "delivered":  # a number of applications or permits, read as if it were money
            above, below = above // 100, below // 100
        found |= {"trigger": TRIGGER_WHEN, "figure": FIGURES.index(watched), "above": above, "below": below}
        found |= {"every": minutes(when.every), "window": max(never(when.window), 0)}
    return found


def stages_are_for_those_written(compiled: Compiled) -> Faults:
    """A stage is for the applications of all cells, or for those alone of the cells that it names."""
    words = cells(compiled)
    written = [stage for _, authority in compiled.authorities for stage in stages_of(authority)]
    for number, (found, stage) in enumerate(zip(compiled.plan.stages.may_need, written, strict=True)):
        expected = [stage.only is None or meets(cell, stage.only) for cell in words]
        yield from same(f"stages.may_need[{number}]", found, expected)


def measures_reach_their_cells(compiled: Compiled) -> Faults:
    """A measure reaches cells with orders, in its scope and in none of its exceptions; traffic if it names no more."""
    words = cells(compiled)
    lines = [cells_of_line(compiled, index, words) for index in range(len(compiled.lines))]
    ordered = [any(column) for column in zip(*lines, strict=True)]
    for number, (policy, measures) in enumerate(zip(compiled.plan.policies, compiled.measures(), strict=False)):
        for index, written in enumerate(measures[: len(policy.scope)]):
            spared = [[meets(cell, scope) for scope in written.exceptions] for cell in words]
            scope = [
                possible and meets(cell, written.measure) and not any(out)
                for cell, possible, out in zip(words, ordered, spared, strict=True)
            ]
            yield from same(f"policies[{number}].scope[{index}]", policy.scope[index], scope)
            counts = of_authorities_only(written.measure)
            traffic = [counts and reached(written, name) for name in compiled.authority_names]
            yield from same(f"policies[{number}].traffic[{index}]", policy.traffic[index], traffic)


class Branch(NamedTuple):
    """One thing that a measure may do."""

    act: Act
    reached: float
    label: str


def _branches(written: Written) -> tuple[list[Branch], bool]:
    """What a measure may do, its release last, and whether it has one."""
    measure, found, total = written.measure, list[Branch](), exact(0)
    for outcome in measure.outcomes:
        total += exact(outcome.chance)
        found.append(Branch(outcome, float(total), f"{written.name}: {in_words(outcome)}"))
    if not found:
        found.append(Branch(measure, 1.0, written.name))
    if measure.when is not None:
        release = measure.then if measure.then is not None else Act()
        found.append(Branch(release, 1.0, f"{written.name}: then {in_words(release)}"))
    return found, measure.when is not None


def in_words(act: Act) -> str:
    """What an act does, as output says it."""
    words = [
        f"{what} {value}" for what, value in act if what in ("applications", "permits", "cancel", "backlog") and value
    ]
    words.extend(f"{number} officers at {stage}" for stage, number in sorted(act.officers.items()))
    if act.approval is not None:
        words.append(f"approval {act.approval if act.approval == 'standard' else format(float(act.approval), 'g')}")
    if act.validity is not None:
        words.append(f"validity {act.validity}")
    if act.take_up is not None:
        words.append(f"take_up {act.take_up if act.take_up == 'standard' else format(float(act.take_up), 'g')}")
    if act.priority is not None:
        words.append(f"priority {act.priority}")
    for stage, factor in sorted(act.work.items() if isinstance(act.work, dict) else [("", act.work)]):
        if factor is not None:
            number = factor if isinstance(factor, str) else format(float(factor), "g")
            words.append(f"work {number} at {stage}" if stage else f"work {number}")
    return ", ".join(words) if words else "nothing"


def measures_do_what_was_written(compiled: Compiled) -> Faults:
    """Each outcome of a measure, and its release, is a branch with its chance, its regimes and its officers."""
    plan = compiled.plan
    yield from same("names.measures", len(plan.names.measures), len(plan.policies))
    for number, (policy, measures) in enumerate(zip(plan.policies, compiled.measures(), strict=False)):
        path, branches = f"policies[{number}]", list[tuple[Written, Branch]]()
        first, count, then = list[int](), list[int](), list[int]()
        for written in measures:
            acts, has_release = _branches(written)
            first.append(len(branches))
            count.append(len(acts) - has_release)
            branches += [(written, branch) for branch in acts]
            then.append(len(branches) - 1 if has_release else -1)
        yield from same(f"{path}.branch_first", policy.branch_first, first)
        yield from same(f"{path}.branch_count", policy.branch_count, count)
        yield from same(f"{path}.then", policy.then, then)
        for what, words in (
            ("applications", APPLICATIONS),
            ("permits", PERMITS),
            ("cancel", CANCELS),
            ("backlog", BACKLOGS),
        ):
            chosen = [getattr(branch.act, what) for _, branch in branches]
            expected = [-1 if word is None else words.index(word) for word in chosen]
            yield from same(f"{path}.{what}", getattr(policy, what), expected)
        factors = [_factors(compiled, branch.act) for _, branch in branches]
        yield from same(f"{path}.work", policy.work, factors)
        officers = [_officers(compiled, written, branch.act) for written, branch in branches]
        yield from same(f"{path}.officers", policy.officers, officers)
        for what, number_of in (
            ("approval", _chance),
            ("validity", _validity),
            ("validity_works", _works),
            ("take_up", _take_up),
            ("priority", _priority),
        ):
            yield from same(f"{path}.{what}", getattr(policy, what), [number_of(branch.act) for _, branch in branches])
        yield from _chances(f"{path}.chance", policy.chance.tolist(), [branch.reached for _, branch in branches])
        labels = [branch.label for _, branch in branches]
        yield from same(f"names.measures[{number}]", plan.names.measures[number : number + 1], [labels])


def _officers(compiled: Compiled, written: Written, act: Act) -> list[int]:
    """By stage, the officers that an act leaves there; -1 where it does not change them."""
    found = []
    for name, authority in compiled.authorities:
        meant = act.officers if reached(written, name) else {}
        found += [-1 if stage.officers is None else meant.get(stage.stage, -1) for stage in stages_of(authority)]
    return found


def _chance(act: Act) -> float:
    """The chance of approval that an act sets: -1 if it sets none, -2 for the authority's own."""
    return {None: -1.0, "standard": -2.0}.get(act.approval, act.approval)  # type: ignore[return-value, arg-type]


def _validity(act: Act) -> int:
    """The minutes for which an act lets permits be valid, in the same way."""
    if isinstance(act.validity, str):
        return -2 if act.validity == "standard" else NEVER
    return -1 if act.validity is None else minutes(act.validity)


def _priority(act: Act) -> int:
    """Who is taken up first: 0 is first, 1 as usual, 2 last; -1 if an act says nothing of it."""
    return {None: -1, "first": 0, "last": 2}.get(act.priority, 1)


def _factors(compiled: Compiled, act: Act) -> list[int]:
    """By stage, the millionths with which an act lets work be multiplied; -1 where it does not change it."""
    found = []
    for _, authority in compiled.authorities:
        for stage in stages_of(authority):
            factor = act.work.get(stage.stage) if isinstance(act.work, dict) else act.work
            millionths = exact(1 if factor == "standard" else factor or 0) * 10**6
            found.append(-1 if factor is None else int(millionths))
    return found


def _take_up(act: Act) -> float:
    """The share of orders that use what an act exempts: all, unless it says less; -1 if it exempts nothing."""
    if act.applications != "exempt":
        return -1.0
    return act.take_up if isinstance(act.take_up, float) else 1.0


def _works(act: Act) -> bool:
    """Whether these are working time."""
    return str(act.validity).endswith("bd")


def _chances(path: str, found: list[float], expected: Iterable[float]) -> Faults:
    expected = list(expected)
    yield from same(path, len(found), len(expected))
    for index, (one, other) in enumerate(zip(found, expected, strict=False)):
        yield from close(f"{path}[{index}]", one, other, SMALL)


RULES: tuple[PlanRule, ...] = (
    cells_are_numbered_once,
    lines_reach_the_cells_that_an_order_can_be_in,
    stages_are_for_those_written,
    incidents_are_those_written,
    measures_act_when_written,
    orders_come_ahead_of_what_is_announced,
    measures_reach_their_cells,
    measures_do_what_was_written,
)
